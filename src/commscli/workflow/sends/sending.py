"""Send a message: check, intent, wire, evidence.

1. A freshly fetched tip, checked whole, without any cache.
2. The words, the list and the payloads are those that were approved, by digest.
3. The plan is on this machine's disk and the intent is shared before the first byte leaves.
4. Every delivery is made, each step durable in the ledger before it is taken.
5. A signed ``sent`` says what left. Running it again goes on where it stopped.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from commscli.delivery.channels.channel import Channel, Sending
from commscli.delivery.channels.file import FileChannel
from commscli.delivery.drills import FOLDER
from commscli.delivery.ledger import Step, opened
from commscli.delivery.outbox import Outbox
from commscli.delivery.payload import OPEN
from commscli.domain.ids import Digest
from commscli.domain.moments import moment
from commscli.domain.records import SendIntent, Sent
from commscli.domain.report import MessageState
from commscli.errors import (
    Busy,
    CommsError,
    Refused,
)
from commscli.gates.case import IncidentCase
from commscli.gates.message import MessageCase
from commscli.ledger.journal import place_file
from commscli.ledger.record_files import RecordBytes, folder_of
from commscli.ledger.writer import Change
from commscli.workflow.incident.matrix import in_order
from commscli.workflow.messages.picking import pick
from commscli.workflow.recording import (
    Act,
    Recorded,
    change_of,
    find_incident,
    message_heads,
    record_of,
    require_may,
)
from commscli.workflow.secrets import secrets_of
from commscli.workflow.sends.carrying import carried_out, pace_of, unfinished
from commscli.workflow.sends.delivering import (
    Standing,
    channels_of,
    counts,
    evidence,
    probe,
)
from commscli.workflow.sends.send_plan import Plan, make_plan, plan_file, plan_of, require_ready
from commscli.workflow.session import Session
from commscli.workflow.settings import load_settings
from commscli.workflow.written import Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a send did. ``recorded`` is ``None`` where it had been done before, or was dry."""

    plan: Plan
    recorded: Recorded | None
    files: tuple[Path, ...]
    note: str = ""


Confirm = Callable[[Plan], bool]


def released(session: Session) -> list[str]:
    """Return the messages that may be sent, or were begun, as INCIDENT/MESSAGE."""
    wanted = {MessageState.RELEASED, MessageState.SENDING}
    chosen = session.circumstances.incident
    return [
        f"{m.incident}/{m.message}"
        for m in in_order(session.case.messages, load_settings(session).audiences)
        if m.verdict.state in wanted and (not chosen or chosen in m.incident)
    ]


def send(
    session: Session,
    reference: str,
    *,
    why: str = "",
    dry_run: bool = False,
    confirm: Confirm | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> Outcome:
    """Send one message, or go on sending it.

    Raises:
        Refused: if a gate is open, or anything is not as it was approved.
        Unreachable: if the remote cannot be asked, and nobody said ``--offline``.
        Unfinished: if it began and stopped half way; running it again goes on.
        UnknownOutcome: if nobody knows of some whether they arrived.
    """
    session.require_pin()
    require_may(session, "send-intent")
    session.refresh(required=True)
    case, message = _find(session, reference)
    if message.verdict.state is MessageState.SENT and not why:
        return _already(session, message)
    plan = make_plan(session, case, message, why)
    channels = channels_of(plan, _sending(session, plan))
    _outbox(session, plan).require_own(plan.body.channels)
    if dry_run:
        return Outcome(plan=plan, recorded=None, files=(), note="nothing was sent")
    begun = message.sends and message.sends[-1].sent is None
    if not begun and confirm is not None and not confirm(plan):
        raise Refused("nothing was sent", remedy="comms send --dry-run", code="declined")
    with opened(plan_file(session, plan.send_id).parent) as ledger:
        if not begun:
            probe(plan, channels)
        intent = message.sends[-1].intent.digest if begun else _begin(session, plan).digest
        ready = set() if begun else set(channels)
        found = carried_out(plan, ledger, channels, pace_of(session, stopped), ready)
        try:
            recorded = _end(session, plan, intent, found)
        except (CommsError, OSError) as fault:
            raise unfinished(
                plan, f"all of it has left, and that is not recorded: {fault}"
            ) from fault
    return Outcome(plan=plan, recorded=recorded, files=tuple(_files(channels, found)))


def _files(channels: Mapping[str, Channel], found: Iterable[Standing]) -> Iterator[Path]:
    """Yield the files of the outbox, where a channel is one."""
    for one in found:
        channel = channels[one.delivery.payload.channel]
        if isinstance(channel, FileChannel) and one.line.step is Step.ACCEPTED:
            yield channel.file(one.delivery)


def _find(session: Session, reference: str) -> tuple[IncidentCase, MessageCase]:
    wanted = {MessageState.RELEASED, MessageState.SENDING}
    named = pick(session, reference, lambda m: m.verdict.state in wanted)
    if named.revision is not None and named.revision != named.message.verdict.subject:
        raise Refused(
            f"{named.message.message} is at another revision by now",
            remedy=f"comms show {named.message.message}",
            code="newer-revision",
        )
    return named.incident, named.message


def _already(session: Session, message: MessageCase) -> Outcome:
    last = message.sends[-1]
    plan = plan_of(session, message, last.subject, dict(OPEN), "")
    sent = last.sent.record if last.sent else last.intent.record
    return Outcome(
        plan=plan,
        recorded=None,
        files=(),
        note=f"{message.message} was sent by {sent.person} at {sent.at}; nothing was sent again",
    )


def _begin(session: Session, plan: Plan) -> RecordBytes:
    place_file(plan_file(session, plan.send_id), plan.data())
    plan_file(session, plan.send_id).chmod(0o600)
    kept: list[RecordBytes] = []

    def make() -> Change:
        kept.clear()
        case, message = _find(session, f"{plan.incident}/{plan.message}")
        if message.sends and not plan.why:
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


def _outbox(session: Session, plan: Plan) -> Outbox:
    home = session.repository.home
    outbox = home / "outbox" / FOLDER if plan.drill else home / "outbox"
    return Outbox(root=home, folder=outbox / plan.incident / plan.message)


def _sending(session: Session, plan: Plan) -> Sending:
    outbox = _outbox(session, plan)
    return Sending(
        send_id=plan.send_id,
        words=plan.words,
        domain=load_settings(session).organisation.domain,
        at=moment(plan.slots["send.time"]),
        root=outbox.root,
        outbox=outbox.folder,
        secret=lambda name, host: secrets_of(session).get(name, host),
        phase=plan.body.phase,
        one_to_one=bool(plan.body.recipients["count"]),
    )


def _end(session: Session, plan: Plan, intent: Digest, found: tuple[Standing, ...]) -> Recorded:
    rows = evidence(found)
    digest = Digest(sha256(rows).hexdigest())
    folder = folder_of(plan.incident, plan.message)
    kept: list[RecordBytes] = []

    def make() -> Change:
        kept.clear()
        body = Sent(
            intent=intent,
            slots=plan.slots,
            counts=counts(found),
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
