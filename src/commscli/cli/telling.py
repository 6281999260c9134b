"""What every writing command says: notes and results on stderr, data on stdout."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from commscli.cli.state import State
    from commscli.workflow.recording import Recorded
    from commscli.workflow.session import Session
    from commscli.workflow.sharing import Shared
    from commscli.workflow.turns.telling import Told
    from commscli.workflow.written import Written


def tell_sharing(state: "State", written: "Written", notes: tuple[str, ...] = ()) -> None:
    """Say what a user should hear about where the record is now."""
    for note in dict.fromkeys(notes):
        state.tell(f"note: {note}")
    if not written.shared and not written.alone:
        state.tell("not yet shared: others do not see it until comms sync")


def tell_turns(state: "State", session: "Session") -> None:
    """Let people hear what became their turn by what was written; a failure is said, no more.

    What was recorded is recorded: nothing that goes wrong here changes how the command ended.
    """
    from commscli.workflow.turns.following import follow  # noqa: PLC0415 - lazy

    _tell_people(state, lambda: follow(session))


def tell_shared(state: "State", session: "Session", shared: "Shared") -> None:
    """Let people hear what became their turn by records that others can see only now."""
    from commscli.domain.ids import CommitId  # noqa: PLC0415 - lazy
    from commscli.workflow.turns.following import catch_up  # noqa: PLC0415 - lazy

    old, new = CommitId(shared.before), CommitId(shared.head)
    _tell_people(state, lambda: catch_up(session, old, new))


def _tell_people(state: "State", tell: Callable[[], "Sequence[Told]"]) -> None:
    from commscli.errors import CommsError  # noqa: PLC0415 - lazy
    from commscli.render.turns_text import turns_lines  # noqa: PLC0415 - lazy

    try:
        for line in turns_lines(tell()):
            state.tell(line)
    except CommsError as fault:
        state.tell(f"note: nobody was told of this: {fault.text}")


def tell_recorded(
    state: "State", recorded: "Recorded", text: Callable[[], str], **more: Any
) -> None:
    """Print what was recorded: ``comms/recorded@1``, or the given text."""
    from commscli.render.documents import recorded_document  # noqa: PLC0415 - lazy

    for incident in dict.fromkeys(r.record.incident for r in recorded.records if r.record.drill):
        state.tell(f"DRILL: {incident} is an exercise, and nothing of it leaves the outbox")
    state.answer(lambda: recorded_document(recorded, **more), text)
    tell_sharing(state, recorded.written, recorded.notes)


def tell_meant(
    state: "State", incident: str, message: str, revision: int, *, drill: bool = False
) -> None:
    """Echo on stderr which message and revision a few letters were taken for."""
    state.tell(f"{'DRILL ' if drill else ''}{incident}/{message}@{revision}")


def tell_resolved(state: "State", recorded: "Recorded") -> None:
    """Echo on stderr which message and revision each record is about."""
    for entry in recorded.records:
        record = entry.record
        subject = getattr(record.body, "subject", entry.digest)
        gate = f" {record.gate}" if record.gate else ""
        drill = "DRILL " if record.drill else ""
        state.tell(f"{drill}{record.kind}{gate}: {record.incident}/{record.message}@{subject[:8]}")
