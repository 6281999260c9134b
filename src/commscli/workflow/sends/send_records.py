"""The two records of a send: the intent before the first byte, and what left afterwards."""

from hashlib import sha256

from commscli.delivery.ledger import Ledger
from commscli.domain.ids import Digest
from commscli.domain.records import SendIntent, Sent
from commscli.errors import Busy, Refused
from commscli.ledger.journal import place_file
from commscli.ledger.record_files import RecordBytes, folder_of
from commscli.ledger.writer import Change
from commscli.workflow.recording import (
    Act,
    Recorded,
    change_of,
    find_incident,
    message_heads,
    record_of,
)
from commscli.workflow.sends.finding import find
from commscli.workflow.sends.lease import taken_over
from commscli.workflow.sends.send_plan import Plan, plan_file, require_ready
from commscli.workflow.sends.standings import counts, evidence, standings
from commscli.workflow.session import Session
from commscli.workflow.written import Written

ENDED = "ended-elsewhere"
"""The code of the refusal to say a second time how a send ended."""


def begin(session: Session, plan: Plan, *, before: int) -> RecordBytes:
    """Put the plan on this machine's disk, and share the intent.

    ``before`` is how many sends of the message there were when it was planned.

    Raises:
        Busy: if somebody else has begun it.
        Refused: if anything is not as it was when it was planned.
        Unreachable: if it cannot be shared.
    """
    place_file(plan_file(session, plan.send_id), plan.data())
    plan_file(session, plan.send_id).chmod(0o600)
    kept: list[RecordBytes] = []

    def make() -> Change:
        kept.clear()
        case, message = find(session, f"{plan.incident}/{plan.message}")
        if len(message.sends) != before:
            person = message.sends[-1].intent.record.person
            raise Busy(f"{person} has begun to send {plan.message}", remedy="comms status")
        require_ready(session, case, message, plan.why)
        if message.verdict.subject != plan.subject:
            raise Refused(f"{plan.message} was revised meanwhile", remedy="comms show")
        body = SendIntent(
            subject=plan.subject,
            plan=Digest(sha256(plan.data()).hexdigest()),
            why=plan.why,
            offline=session.circumstances.offline,
        )
        kept.append(record_of(session, _act(session, plan, "send-intent", body)))
        return change_of(session, kept, subject=f"Begin to send {plan.message}")

    session.write(make, must_share=session.online)
    return kept[0]


def end(session: Session, plan: Plan, intent: Digest, ledger: Ledger) -> Recorded:
    """Record what left, with a line for each delivery beside the record.

    Raises:
        Busy: if somebody who took it over has recorded that already.
    """
    over = taken_over(plan_file(session, plan.send_id).parent)
    rows = evidence(standings(plan, ledger.lines), remarks=over)
    came_to = counts(standings(plan, ledger.lines))
    digest = Digest(sha256(rows).hexdigest())
    folder = folder_of(plan.incident, plan.message)
    kept: list[RecordBytes] = []

    def make() -> Change:
        kept.clear()
        _require_open(session, plan, intent)
        body = Sent(
            intent=intent,
            slots=plan.slots,
            counts=came_to,
            payloads=plan.payload_digests(),
            evidence=digest,
        )
        kept.append(record_of(session, _act(session, plan, "sent", body)))
        return change_of(
            session,
            kept,
            subject=f"Send {plan.message}",
            files={f"{folder}/evidence/{digest[:16]}.txt": rows},
        )

    written: Written = session.write(make)
    return Recorded(records=tuple(kept), written=written, notes=tuple(session.notes))


def _require_open(session: Session, plan: Plan, intent: Digest) -> None:
    _, message = find(session, f"{plan.incident}/{plan.message}")
    ended = [one.sent for one in message.sends if one.intent.digest == intent and one.sent]
    if ended:
        person = ended[0].record.person
        raise Busy(
            f"{person} has recorded meanwhile how this send of {plan.message} ended",
            remedy="comms log says how; what left from here since is in no record",
            code=ENDED,
        )


def _act(session: Session, plan: Plan, kind: str, body: SendIntent | Sent) -> Act:
    incident = find_incident(session.case, plan.incident)
    message = next(m for m in session.case.messages if m.message == plan.message
                   and m.incident == plan.incident)  # fmt: skip
    return Act(
        kind=kind,
        body=body,
        incident=message.incident,
        message=message.message,
        drill=bool(incident and incident.incident and incident.incident.drill),
        after=message_heads(message),
    )
