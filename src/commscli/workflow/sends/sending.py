"""Send a message: check, lock, intent, wire, evidence.

1. A freshly fetched tip, checked whole, without any cache.
2. The words, the list and the payloads are those that were approved, by digest.
3. Every channel lets us in, and every delivery could be made.
4. The plan is on this machine's disk, the lock and the intent are shared, before the first byte
   leaves.
5. Every delivery is made, each step durable in the ledger before it is taken.
6. A signed ``sent`` says what left. Running it again goes on where it stopped.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from commscli.delivery.channels.channel import Sending
from commscli.delivery.channels.file import FileChannel
from commscli.delivery.drills import FOLDER
from commscli.delivery.ledger import Ledger, Step, opened
from commscli.delivery.outbox import Outbox
from commscli.delivery.payload import OPEN
from commscli.domain.ids import Digest
from commscli.domain.moments import moment
from commscli.domain.records import SendIntent
from commscli.domain.report import MessageState
from commscli.errors import CommsError, Interrupted, Refused
from commscli.gates.case import IncidentCase
from commscli.gates.message import MessageCase
from commscli.ledger.syncing import Unreachable
from commscli.workflow.messages.attaching import attached
from commscli.workflow.recording import Recorded, find_message, require_may
from commscli.workflow.secrets import secrets_of
from commscli.workflow.sends.carrying import carried_out, unfinished
from commscli.workflow.sends.delivering import Crew, crew_of, probe
from commscli.workflow.sends.finding import find
from commscli.workflow.sends.lease import Lease, give_back, held_by_us
from commscli.workflow.sends.pace import Pace, Told, pace_of
from commscli.workflow.sends.preview import Preview, previewed
from commscli.workflow.sends.send_plan import Plan, make_plan, plan_file, plan_of, repeats
from commscli.workflow.sends.send_records import ENDED, begin, end
from commscli.workflow.sends.standings import standings
from commscli.workflow.sends.taking_over import take_over
from commscli.workflow.sends.wishes import Wishes, require_sense, rows_of, withhold
from commscli.workflow.session import Session
from commscli.workflow.settings import load_settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a send did. ``recorded`` is ``None`` where it had been done before, or was dry."""

    plan: Plan
    recorded: Recorded | None
    files: tuple[Path, ...]
    note: str = ""
    preview: Preview | None = None


Confirm = Callable[[Plan, Preview], bool]


def send(
    session: Session,
    reference: str,
    wishes: Wishes,
    *,
    confirm: Confirm | None = None,
    stopped: Callable[[], bool] = lambda: False,
    told: Callable[[Plan], Told] | None = None,
) -> Outcome:
    """Send one message, or go on sending it.

    ``told`` is given the plan when the first delivery is about to be made, and returns who hears
    of each.

    Raises:
        Refused: if a gate is open, or anything is not as it was approved or planned.
        Unreachable: if the remote cannot be asked, and nobody said ``--offline``.
        Unfinished: if it began and stopped half way; running it again goes on.
        UnknownOutcome: if nobody knows of some whether they arrived.
    """
    session.require_pin()
    require_may(session, "send-intent")
    session.refresh(required=True)
    case, message = find(session, reference)
    if wishes.take_over:
        take_over(session, message, wishes.take_over, wishes.reason)
    if message.verdict.state is MessageState.SENT and not repeats(message, wishes.again):
        return _already(session, message, wishes)
    plan = _planned(session, case, message, wishes)
    crew = crew_of(plan, sending_of(session, plan))
    outbox_of(session, plan).require_own(plan.body.channels)
    preview = previewed(crew)
    wishes.require_plan(plan)
    if wishes.dry_run:
        return Outcome(plan=plan, recorded=None, files=(), note="nothing was sent",
                       preview=preview)  # fmt: skip
    begun = _is_begun(message)
    if not begun and confirm is not None and not confirm(plan, preview):
        raise Refused("nothing was sent", remedy="comms send --dry-run", code="declined")
    pace = replace(pace_of(session), stopped=stopped)
    with opened(plan_file(session, plan.send_id).parent) as ledger:
        down = {} if begun else probe(crew, partial=wishes.partial)
        lease = held_by_us(session, plan)
        intent = message.sends[-1].intent.digest if begun else _begun(plan, lease, message)
        pace = replace(pace, held=lease.look, told=told(plan) if told else pace.told)
        recorded = _to_its_end(crew, ledger, pace, down, lease, intent)
    return Outcome(plan=plan, recorded=recorded, files=tuple(_files(crew, ledger)))


def _is_begun(message: MessageCase) -> bool:
    return bool(message.sends) and message.sends[-1].sent is None


def _planned(session: Session, case: IncidentCase, message: MessageCase, wishes: Wishes) -> Plan:
    """Return the plan of a send, with the wishes that change it."""
    plan = make_plan(session, case, message, wishes.reason)
    begun = _is_begun(message)
    require_sense(wishes, message.message, begun=begun, first=not message.sends, stated=plan.why)
    return replace(plan, withheld=rows_of(plan, wishes.without)) if wishes.without else plan


def _begun(plan: Plan, lease: Lease, message: MessageCase) -> Digest:
    """State the intent; where that is refused, nothing was begun, and others may send."""
    try:
        return begin(lease.session, plan, before=len(message.sends)).digest
    except Unreachable:
        raise  # it may have arrived all the same: who goes on then needs the plan in the lock
    except CommsError:
        lease.end()
        raise


def _to_its_end(
    crew: Crew, ledger: Ledger, pace: Pace, down: Mapping[str, str], lease: Lease, intent: Digest
) -> Recorded:
    """Deliver, record it, and give the lock back; or leave for others how far it came."""
    session, plan = lease.session, crew.plan
    withhold(session, plan, ledger)
    with _left_in_order(lease, ledger):
        carried_out(crew, ledger, pace, down)
        recorded = _recorded(session, plan, intent, ledger)
    lease.end()
    return recorded


@contextmanager
def _left_in_order(lease: Lease, ledger: Ledger) -> Iterator[None]:
    """Where a send stops half way, and knows how far it came, leave that for others."""
    try:
        yield
    except (CommsError, Interrupted) as fault:
        if _is_ended(fault):
            lease.end()
        else:
            lease.pause(ledger)
        raise


def _recorded(session: Session, plan: Plan, intent: Digest, ledger: Ledger) -> Recorded:
    try:
        return end(session, plan, intent, ledger)
    except (CommsError, OSError) as fault:
        if _is_ended(fault):
            raise
        raise unfinished(plan, f"all of it has left, and that is not recorded: {fault}") from fault


def _is_ended(fault: BaseException) -> bool:
    """Whether somebody else has recorded how it ended."""
    return isinstance(fault, CommsError) and fault.code == ENDED


def _files(crew: Crew, ledger: Ledger) -> Iterator[Path]:
    own = {name: c for name, c in crew.channels.items() if isinstance(c, FileChannel)}
    for one in standings(crew.plan, ledger.lines) if own else ():
        channel = own.get(one.delivery.payload.channel)
        if channel is not None and one.line.step is Step.ACCEPTED:
            yield channel.file(one.delivery)


def _already(session: Session, message: MessageCase, wishes: Wishes) -> Outcome:
    last = message.sends[-1]
    body = last.intent.record.body
    why = body.why if isinstance(body, SendIntent) else ""
    plan = plan_of(session, message, last.subject, dict(OPEN), why)
    if not wishes.dry_run:
        give_back(session, plan)
    sent = last.sent.record if last.sent else last.intent.record
    note = f"{message.message} was sent by {sent.person} at {sent.at}; nothing was sent again"
    if not wishes.again:
        note += f" (comms send {message.message} --again WHY does)"
    return Outcome(plan=plan, recorded=None, files=(), note=note)


def outbox_of(session: Session, plan: Plan) -> Outbox:
    """Return where the files of a message go; those of a drill have a folder of their own."""
    home = session.repository.home
    outbox = home / "outbox" / FOLDER if plan.drill else home / "outbox"
    return Outbox(root=home, folder=outbox / plan.incident / plan.message)


def sending_of(session: Session, plan: Plan) -> Sending:
    """Return what all deliveries of a plan have in common."""
    outbox, secrets = outbox_of(session, plan), secrets_of(session)
    message = find_message(session.case, plan.incident, plan.message)
    return Sending(
        send_id=plan.send_id,
        words=plan.words,
        domain=load_settings(session).organisation.domain,
        at=moment(plan.slots["send.time"]),
        root=outbox.root,
        outbox=outbox.folder,
        secret=secrets.get,
        phase=plan.body.phase,
        one_to_one=bool(plan.body.recipients["count"]),
        attachments=attached(session, message, plan.subject) if message else (),
    )
