"""What every writing command says: notes and results on stderr, data on stdout."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from commscli.cli.state import State
    from commscli.workflow.recording import Recorded
    from commscli.workflow.session import Written


def tell_sharing(state: "State", written: "Written", notes: tuple[str, ...] = ()) -> None:
    """Say what a user should hear about where the record is now."""
    for note in dict.fromkeys(notes):
        state.tell(f"note: {note}")
    if not written.shared and not written.alone:
        state.tell("not yet shared: others do not see it until comms sync")


def tell_recorded(
    state: "State", recorded: "Recorded", text: Callable[[], str], **more: Any
) -> None:
    """Print what was recorded: ``comms/recorded@1``, or the given text."""
    from commscli.render.documents import recorded_document  # noqa: PLC0415 - lazy

    state.answer(lambda: recorded_document(recorded, **more), text)
    tell_sharing(state, recorded.written, recorded.notes)


def tell_meant(state: "State", incident: str, message: str, revision: int) -> None:
    """Echo on stderr which message and revision a few letters were taken for."""
    state.tell(f"{incident}/{message}@{revision}")


def tell_resolved(state: "State", recorded: "Recorded") -> None:
    """Echo on stderr which message and revision each record is about."""
    for entry in recorded.records:
        record = entry.record
        subject = getattr(record.body, "subject", entry.digest)
        gate = f" {record.gate}" if record.gate else ""
        state.tell(f"{record.kind}{gate}: {record.incident}/{record.message}@{subject[:8]}")
