"""Take back one's own verdict."""

from commscli.domain.ids import Digest
from commscli.domain.records import Verdict, Withdrawn
from commscli.errors import Refused
from commscli.gates.message import MessageCase
from commscli.ledger.record_files import RecordBytes
from commscli.ledger.writer import Change
from commscli.workflow.messages.picking import pick
from commscli.workflow.recording import Act, Recorded, change_of, message_heads, record_of
from commscli.workflow.session import Session


def withdraw(session: Session, reference: str, gate: str, why: str) -> Recorded:
    """Take back one's own last verdict on a message.

    Raises:
        Refused: if there is none to take back.
    """
    kept: list[RecordBytes] = []
    numbers: list[int] = []

    def make() -> Change:
        kept.clear()
        session.require_pin()
        named = pick(session, reference, lambda m: bool(_mine(session, m, gate)))
        mine = _mine(session, named.message, gate)
        if not mine:
            raise Refused(
                f"{session.actor.person.id} has no verdict on {named.message.message} to take back",
                remedy="comms show",
                code="nothing-to-withdraw",
            )
        taken = named.message.standings[mine[-1]].file.record
        if taken is None or not isinstance(taken.body, Verdict):
            raise AssertionError("one's own verdicts are verdicts")
        numbers[:] = [named.message.revisions.number(taken.body.subject)]
        act = Act(
            kind="withdrawn",
            body=Withdrawn(of=mine[-1], text=why),
            incident=named.message.incident,
            message=named.message.message,
            gate=taken.gate,
            drill=bool(named.incident.incident and named.incident.incident.drill),
            after=message_heads(named.message),
        )
        kept.append(record_of(session, act))
        return change_of(session, kept, subject=f"Withdraw from {named.message.message}")

    written = session.write(make)
    return Recorded(
        records=tuple(kept), written=written, notes=tuple(session.notes), judged=numbers[0]
    )


def _mine(session: Session, message: MessageCase, gate: str) -> list[Digest]:
    """Return this person's verdicts on a message that still stand, oldest first."""
    taken = {
        placed.record.body.of
        for placed in message.ordered.records
        if isinstance(placed.record.body, Withdrawn)
    }
    return [
        placed.digest
        for placed in message.ordered.records
        if isinstance(placed.record.body, Verdict)
        and placed.record.person == session.me
        and placed.digest not in taken
        and (not gate or placed.record.gate == gate)
    ]
