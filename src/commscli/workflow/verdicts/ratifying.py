"""After an emergency: whoever was skipped looks at what was sent, and agrees."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from commscli.domain.ids import Digest, GateId
from commscli.domain.records import Ratified
from commscli.domain.report import GateState, GateVerdict
from commscli.errors import Refused
from commscli.gates.message import MessageCase
from commscli.ledger.record_files import RecordBytes
from commscli.ledger.writer import Change
from commscli.workflow.messages.picking import pick, still_there
from commscli.workflow.recording import (
    Act,
    Recorded,
    change_of,
    message_heads,
    record_of,
    require_may,
)
from commscli.workflow.session import Session

if TYPE_CHECKING:  # who looks what there is to ratify judges nothing
    from commscli.workflow.verdicts.judging import Show


def skipped(message: MessageCase, person: str = "") -> list[GateVerdict]:
    """Return the gates that an emergency skipped, and that this person could ratify."""
    gates = message.sends[-1].gates if message.sends else ()
    return [
        v for v in gates if v.state is GateState.EMERGENCY and (not person or person in v.could)
    ]


def ratify(session: Session, reference: str, gate: str, *, show: "Show | None") -> Recorded:
    """Record that somebody whom an emergency skipped agrees to what was sent.

    ``show`` shows what was sent to who has not seen it.

    Raises:
        Refused: if nothing was skipped that this person could ratify.
    """
    me = session.me
    wanted = _wanted(gate)
    named = pick(session, reference, lambda m: any(map(wanted, skipped(m, me))), seen=True)
    subject = _sent(named.message)
    if show is not None and not show(named.message, subject):
        raise Refused("nothing was signed", remedy="comms next", code="declined")
    kept: list[RecordBytes] = []

    def make() -> Change:
        kept.clear()
        session.require_pin()
        case, message = still_there(session, named.incident.id, named.message.message)
        chosen = [v for v in skipped(message, me) if wanted(v)]
        if not chosen:
            raise _nothing(message, gate)
        require_may(session, "ratified", chosen[0].gate)
        act = Act(
            kind="ratified",
            body=Ratified(of=message.sends[-1].intent.digest),
            incident=message.incident,
            message=message.message,
            gate=chosen[0].gate,
            drill=bool(case.incident and case.incident.drill),
            after=message_heads(message),
        )
        kept.append(record_of(session, act))
        return change_of(session, kept, subject=f"Ratify {message.message}")

    written = session.write(make)
    return Recorded(
        records=tuple(kept),
        written=written,
        notes=tuple(session.notes),
        judged=named.message.revisions.number(subject),
    )


def _wanted(gate: str) -> Callable[[GateVerdict], bool]:
    return lambda verdict: gate in {"", GateId(verdict.gate)}


def _sent(message: MessageCase) -> Digest:
    if not message.sends:
        raise _nothing(message, "")
    return message.sends[-1].subject


def _nothing(message: MessageCase, gate: str) -> Refused:
    left = skipped(message)
    names = "; ".join(f"{v.gate}: {' or '.join(v.could) or 'nobody'}" for v in left)
    return Refused(
        f"there is nothing of {message.message} that you could ratify"
        + (f" for {gate}" if gate else ""),
        remedy=f"it waits for {names}" if names else "no emergency skipped a gate of it",
        code="nothing-to-ratify",
    )
