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
from commscli.cli.sending import Stop, send_one, tell_sent
from commscli.cli.telling import tell_turns
from commscli.errors import CommsError
from commscli.render.human import Paint, drilled
from commscli.render.tasks_text import nudges_text
from commscli.render.turns_text import turns_lines
from commscli.workflow.incident.desk import Task
from commscli.workflow.incident.escalating import escalate
from commscli.workflow.incident.estimating import estimate
from commscli.workflow.incident.matrix import DRAFT
from commscli.workflow.incident.nudging import nudges
from commscli.workflow.incident.tasks import tasks
from commscli.workflow.messages.drafting import Wanted, draft
from commscli.workflow.messages.revising import Source, revise
from commscli.workflow.messages.shown import remember
from commscli.workflow.sends.wishes import Wishes
from commscli.workflow.turns.following import remind
from commscli.workflow.verdicts.judging import Opinion, judge

if TYPE_CHECKING:
    from commscli.cli.state import State
    from commscli.gates.message import MessageCase
    from commscli.workflow.session import Session

_TIME = "[1-9]x5 min"
"""One key says how long a step takes: the lead asks, and this is the answer."""
_MINUTES = 5
_KEYS = {
    "review": f"[o]k  [s]uggest  [b]lock  [e]dit  {_TIME}  [n]ext  [q]uit",
    "approve": f"[o]k  [s]uggest  [b]lock  {_TIME}  [n]ext  [q]uit",
    "draft": f"[d]raft  {_TIME}  [n]ext  [q]uit",
    "revise": f"[r]evise  {_TIME}  [n]ext  [q]uit",
    "send": f"[s]end  {_TIME}  [n]ext  [q]uit",
    "nudge": "[t]ell them  [n]ext  [q]uit",
    "escalate": "[e]scalate  [n]ext  [q]uit",
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
    known = set(re.findall(r"\[(\w)\]", choices)) | set("123456789" if _TIME in choices else "")
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
    if key.isdecimal():
        return _estimate(session, task, int(key) * _MINUTES)
    if task.verb == "draft":
        with _about(session, task.incident.id):
            draft(session, Wanted(audiences=task.audiences, phase=task.phase))
        return True
    if task.verb == "escalate":
        escalate(session, task.incident.id)
        return True
    if task.verb == "nudge":
        return _nudge(run, session, task)
    return task.message is not None and _on_message(run, session, task, task.message, key)


def _estimate(session: "Session", task: Task, minutes: int) -> bool:
    """Record how long this person needs; the task stays theirs, and the next one is shown."""
    with _about(session, task.incident.id):
        about = task.message.message if task.message else (*task.audiences, "")[0]
        recorded = estimate(session, about, f"{minutes}m", task.gate or DRAFT, "")
    sys.stderr.write(f"recorded: {recorded.first.person} needs {minutes} min\n")
    return False


def _nudge(run: "State", session: "Session", task: Task) -> bool:
    with _about(session, task.incident.id):
        found = nudges(session, task.message.message if task.message else "")
    sys.stderr.write(nudges_text(found, run.paint(sys.stderr)))
    for line in turns_lines([one for one in remind(session, found) if one.how or one.fault]):
        run.tell(line)
    return False


def _on_message(
    run: "State", session: "Session", task: Task, message: "MessageCase", key: str
) -> bool:
    name = f"{message.incident}/{message.message}"
    if task.verb == "revise":
        revise(session, name, Source(edit=edit))
        return True
    if task.verb == "send":
        tell_sent(run, send_one(run, session, name, Wishes(), Stop()))
        return True
    opinion = _opinion(session, task, key)
    if opinion is None:
        return False
    subject = message.verdict.subject or ""
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
