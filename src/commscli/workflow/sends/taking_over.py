"""Go on with a send whose machine is gone: by what it left on the remote, and no guess."""

from hashlib import sha256

from commscli.delivery.ledger import Ledger, Step, opened
from commscli.domain.moments import stamp
from commscli.domain.records import SendIntent
from commscli.errors import BadInput, Refused
from commscli.gates.message import MessageCase
from commscli.ledger import send_locks
from commscli.ledger.journal import place_file
from commscli.ledger.send_locks import Held
from commscli.workflow.sends.lease import (
    OPEN_STATE,
    PLAN,
    TAKEN,
    claim_of,
    clone_id,
    held_elsewhere,
    stated,
    steps_in,
    taken_over,
    takers_in,
)
from commscli.workflow.sends.send_plan import Plan, plan_file, resumed, send_id_of
from commscli.workflow.sends.standings import deliveries
from commscli.workflow.session import Session


def take_over(session: Session, message: MessageCase, why: str, reason: str = "") -> None:
    """Bring a send here that another machine began; afterwards it is resumed as if begun here.

    What that machine said it had sent is sent; what it said it had not, is not. Where it did not
    stop in order, everything else is in doubt. Where it has the lock and stated no intent, nothing
    left: the lock alone is taken away. ``reason`` is what the intent would have stated.

    Raises:
        Refused: if it was not begun, or nothing of it is on the remote.
        BadInput: if the plan there is not the one that the intent states.
        Busy: if somebody else takes it over just now.
    """
    last = message.sends[-1] if message.sends else None
    body = last.intent.record.body if last else None
    if last is None or last.sent is not None or not isinstance(body, SendIntent):
        if not _unlocked(session, message, reason):
            raise Refused(f"nobody is sending {message.message}", remedy="comms status")
        return
    send_id = send_id_of(last.subject, body.why)
    held = held_elsewhere(session, send_id, message.message)
    if sha256(held.files[PLAN]).hexdigest() != body.plan:
        raise BadInput(
            f"the plan on the remote is not the one that {last.intent.record.person} began with",
            remedy="ask them; nothing of it was sent from here",
            code="plan-changed",
        )
    if stated(held).get("clone") == clone_id(session):
        return
    path = plan_file(session, send_id)
    place_file(path, held.files[PLAN])
    path.chmod(0o600)
    told = stated(held)
    before = takers_in(held)
    line = (
        f"{stamp(session.circumstances.now.replace(microsecond=0))} {session.actor.person.id} "
        f"took it over from {told.get('person', '?')} on {told.get('host', '?')}: {why}"
    )
    lines = [*dict.fromkeys([*taken_over(path.parent), *before]), " ".join(line.split())]
    place_file(path.with_name(TAKEN), "".join(f"{one}\n" for one in lines).encode())
    plan = resumed(session, message)
    with opened(path.parent) as ledger:
        _take_in(session, plan, ledger, held)
        claim = claim_of(session, plan, state=OPEN_STATE, why=why)
        send_locks.take(session.repository, send_id, claim, session.network, instead_of=held.commit)


def _unlocked(session: Session, message: MessageCase, reason: str) -> bool:
    """Take away the lock of a machine that ended between the lock and the intent, if one did."""
    subject = message.verdict.subject
    if subject is None or not session.online:
        return False
    repository, send_id, network = session.repository, send_id_of(subject, reason), session.network
    held = send_locks.read(repository, send_id, network)
    if held is None or stated(held).get("clone") == clone_id(session):
        return False
    send_locks.release(repository, send_id, held.commit, network)
    return True


def _take_in(session: Session, plan: Plan, ledger: Ledger, held: Held) -> None:
    told, steps = stated(held), steps_in(held)
    by = f"{told.get('person', 'somebody')} on {told.get('host', 'another machine')}"
    now = session.circumstances.now
    for delivery in deliveries(plan):
        if ledger.of(delivery.key).step.is_final:
            continue
        step = Step.UNKNOWN if steps is None else steps.get(delivery.key, Step.PLANNED)
        if not step.is_in_doubt:
            # Of one that has not left this would be told as the reason why.
            detail = f"as {by} left it" if step.is_settled else ""
            ledger.append(delivery.key, step, now, detail=detail)
        else:
            detail = f"{by} had it, and did not say what became of it"
            ledger.append(delivery.key, Step.UNKNOWN, now, detail=detail)
