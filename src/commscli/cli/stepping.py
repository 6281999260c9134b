"""``comms next`` on a terminal: one item at a time, one key each."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from commscli.cli.asking import edit, one_key
from commscli.cli.boundary import error_text
from commscli.cli.reading_out import read_out
from commscli.cli.sending import confirmed, tell_sent
from commscli.cli.telling import tell_turns
from commscli.errors import CommsError
from commscli.render.human import Paint, drilled
from commscli.workflow.incident.tasks import Task, tasks
from commscli.workflow.messages.drafting import Wanted, draft
from commscli.workflow.messages.revising import Source, revise
from commscli.workflow.messages.shown import remember
from commscli.workflow.sends.sending import send
from commscli.workflow.verdicts.judging import Opinion, judge

if TYPE_CHECKING:
    from commscli.cli.state import State
    from commscli.workflow.session import Session

_KEYS = {
    "review": "[o]k  [s]uggest  [b]lock  [e]dit  [n]ext  [q]uit",
    "approve": "[o]k  [s]uggest  [b]lock  [n]ext  [q]uit",
    "draft": "[d]raft  [n]ext  [q]uit",
    "revise": "[r]evise  [n]ext  [q]uit",
    "send": "[s]end  [n]ext  [q]uit",
}


def step_through(run: "State", session: "Session") -> None:
    """Go through what waits on this person until nothing does, or they quit."""
    passed: set[tuple[str, ...]] = set()
    paint = run.paint(sys.stderr)
    while True:
        left = [task for task in tasks(session) if task.key not in passed]
        if not left:
            run.tell(f"nothing {'more ' if passed else ''}waits on {session.me}")
            return
        task = left[0]
        _show(run, session, task, len(left), paint)
        key = _asked(_KEYS.get(task.verb, "[n]ext  [q]uit"))
        if key == "q":
            return
        if key == "n" or not _do(run, session, task, key):
            passed.add(task.key)


def _asked(choices: str) -> str:
    """Return the key that was chosen; one that means nothing is asked again."""
    known = re.findall(r"\[(\w)\]", choices)
    while True:
        key = one_key(f"{choices}  ").lower()
        if key == "\x1b":
            return "q"
        if key in known:
            return key


def _show(run: "State", session: "Session", task: Task, left: int, paint: Paint) -> None:
    incident = task.incident
    name = drilled(incident.id, drill=incident.drill)
    head = f"{name}  {incident.severity}  {incident.phase}   {left} left"
    sys.stderr.write(f"\n{paint(head, 'bold')}\n{task.what}\n")
    if task.verb not in _KEYS:
        sys.stderr.write(f"{task.command}\n")
    if task.message is None or task.verb in {"send", "nudge"}:
        return
    digest = task.message.verdict.subject
    if digest is None:
        return
    read_out(run, session, task.message, digest)
    remember(session, task.message, digest)


def _do(run: "State", session: "Session", task: Task, key: str) -> bool:
    """Do what a key says; return whether the task is done."""
    try:
        done = _act(run, session, task, key)
    except CommsError as fault:
        sys.stderr.write(error_text(fault))
        run.exit_code = 0
        done = fault.code == "newer-revision"
    tell_turns(run, session)
    return done


def _act(run: "State", session: "Session", task: Task, key: str) -> bool:
    if task.verb == "draft" and key == "d":
        with _about(session, task.incident.id):
            draft(session, Wanted(audiences=[task.audience], phase=task.phase))
        return True
    if task.message is None:
        return False
    name = f"{task.message.incident}/{task.message.message}"
    if task.verb == "revise" and key == "r":
        revise(session, name, Source(edit=edit))
        return True
    if task.verb == "send" and key == "s":
        tell_sent(run, send(session, name, confirm=lambda plan: confirmed(run, plan)))
        return True
    opinion = _opinion(session, task, key)
    if opinion is None:
        return False
    subject = task.message.verdict.subject or ""
    judge(session, [f"{name}@{subject}"], opinion, show=None)
    sys.stderr.write(f"recorded: {opinion.kind} {opinion.gate}\n")
    return True


@contextmanager
def _about(session: "Session", incident: str) -> Iterator[None]:
    """Let a command that takes no incident be about this one."""
    before = session.circumstances
    session.circumstances = replace(before, incident=incident)
    try:
        yield
    finally:
        session.circumstances = before


def _opinion(session: "Session", task: Task, key: str) -> Opinion | None:
    approving = task.verb == "approve"
    if key == "o":
        return Opinion(kind="ok", gate=task.gate, approving=approving)
    if key in {"s", "b"}:
        words = "Suggestion" if key == "s" else "Strong objection"
        text = typer.prompt(words, err=True, default="", show_default=False)
        kind = "suggested" if key == "s" else "objected"
        return Opinion(kind=kind, text=text, gate=task.gate, approving=approving) if text else None
    if key == "e" and task.message is not None:
        from commscli.workflow.roster.proposing import proposal  # noqa: PLC0415 - beside its only use

        name = f"{task.message.incident}/{task.message.message}"
        return Opinion(kind="suggested", gate=task.gate, edit=proposal(session, name, None, edit))
    return None
