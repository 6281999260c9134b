"""``comms next`` on a terminal: one item at a time, one key each."""

import sys
from typing import TYPE_CHECKING

import typer

from commscli.cli.asking import edit, one_key
from commscli.cli.boundary import error_text
from commscli.errors import CommsError
from commscli.render.human import Paint
from commscli.render.message_text import diff_text, message_text
from commscli.workflow.drafting import Wanted, draft
from commscli.workflow.judging import Opinion, judge
from commscli.workflow.overview import Task, tasks
from commscli.workflow.revising import Source, revise
from commscli.workflow.sending import send
from commscli.workflow.showing import compare, see
from commscli.workflow.shown import last_shown, remember

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
    passed: set[tuple[str, str]] = set()
    paint = run.paint(sys.stderr)
    while True:
        left = [t for t in tasks(session) if (t.verb, t.what) not in passed]
        if not left:
            run.tell(f"nothing {'more ' if passed else ''}waits on {session.me}")
            return
        task = left[0]
        _show(run, session, task, len(left), paint)
        key = one_key(f"{_KEYS[task.verb]}  ")
        if key in {"q", "\x1b"}:
            return
        if key == "n" or not _do(run, session, task, key):
            passed.add((task.verb, task.what))


def _show(run: "State", session: "Session", task: Task, left: int, paint: Paint) -> None:
    incident = task.incident
    head = f"{incident.id}  {incident.severity}  {incident.phase}   {left} left"
    sys.stderr.write(f"\n{paint(head, 'bold')}\n{task.what}\n")
    if task.message is None or task.verb == "send":
        return
    digest = task.message.verdict.subject
    if digest is None:
        return
    before = last_shown(session, task.message)
    if before is not None and before != digest:
        changed = compare(session, f"{task.message.incident}/{task.message.message}", "")
        sys.stderr.write("changed since you looked:\n" + diff_text(changed, paint))
    sys.stderr.write(message_text(see(session, task.message, digest), paint))
    remember(session, task.message, digest)
    del run


def _do(run: "State", session: "Session", task: Task, key: str) -> bool:
    """Do what a key says; return whether the task is done."""
    try:
        return _act(session, task, key)
    except CommsError as fault:
        sys.stderr.write(error_text(fault))
        run.exit_code = 0
        return fault.code == "newer-revision"


def _act(session: "Session", task: Task, key: str) -> bool:
    if task.verb == "draft" and key == "d":
        draft(session, Wanted(audiences=[task.command.rsplit(" ", 1)[1]]))
        return True
    if task.message is None:
        return False
    name = f"{task.message.incident}/{task.message.message}"
    if task.verb == "revise" and key == "r":
        revise(session, name, Source(edit=edit))
        return True
    if task.verb == "send" and key == "s":
        outcome = send(session, name, confirm=None)
        sys.stderr.write(f"sent {outcome.plan.message}: {len(outcome.files)} files\n")
        return True
    opinion = _opinion(session, task, key)
    if opinion is None:
        return False
    subject = task.message.verdict.subject or ""
    judge(session, [f"{name}@{subject}"], opinion, show=None)
    return True


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
        from commscli.workflow.proposing import proposal  # noqa: PLC0415 - beside its only use

        name = f"{task.message.incident}/{task.message.message}"
        return Opinion(kind="suggested", gate=task.gate, edit=proposal(session, name, None, edit))
    return None
