"""Go on with a send whose machine is gone: by what it left on the remote, and no guess."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path

from commscli.delivery.ledger import Ledger, Step, opened
from commscli.domain.moments import moment, stamp
from commscli.domain.records import SendIntent
from commscli.errors import BadInput, Refused
from commscli.gates.message import MessageCase
from commscli.ledger import send_locks
from commscli.ledger.journal import place_file
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
from commscli.workflow.sends.send_plan import Plan, plan_file, planned_at, resumed, send_id_of
from commscli.workflow.sends.standings import deliveries
from commscli.workflow.session import Session


def take_over(session: Session, message: MessageCase, why: str, reason: str = "") -> None:
    """Bring a send here that another machine began; afterwards it is resumed as if begun here.

    What that machine said it had sent is sent; what it said it had not, is not. Where it did not
    stop in order, everything else is in doubt. Where it has the lock and stated no intent, nothing
    left: the lock alone is taken away. ``reason`` is what the intent would have stated.

    Raises:
        Refused: if it was not begun, or cannot be gone on with here.
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
    path = plan_file(session, send_id)
    held = held_elsewhere(session, send_id, message.message)
    if held is None:
        _without_a_lock(session, message, path, body, why)
        return
    if sha256(held.files[PLAN]).hexdigest() != body.plan:
        raise BadInput(
            f"the plan on the remote is not the one that {last.intent.record.person} began with",
            remedy="ask them; nothing of it was sent from here",
            code="plan-changed",
        )
    if stated(held).get("clone") == clone_id(session):
        return
    place_file(path, held.files[PLAN])
    told = stated(held)
    whose = f"{told.get('person', '?')} on {told.get('host', '?')}"
    _sign_in(session, path, f"from {whose}: {why}", before=takers_in(held))
    plan = resumed(session, message)
    with opened(path.parent) as ledger:
        _take_in(session, plan, ledger, whose, steps_in(held))
        claim = claim_of(session, plan, state=OPEN_STATE, why=why)
        send_locks.take(session.repository, send_id, claim, session.network, instead_of=held.commit)


def _without_a_lock(
    session: Session, message: MessageCase, path: Path, intent: SendIntent, why: str
) -> None:
    """Take over what was begun offline, or where the remote takes no locks: all of it in doubt.

    The plan is made again from the records and the list that is here; the signed intent has its
    digest, so it is that plan or none.

    Raises:
        Refused: if it cannot be made again here.
    """
    if path.exists():
        return  # it was begun here
    last = message.sends[-1].intent.record
    plan = planned_at(session, message, moment(last.at), intent.why)
    if sha256(plan.data()).hexdigest() != intent.plan:
        raise Refused(
            f"the plan of {message.message} is where it was begun, and cannot be made again here",
            remedy=f"only {last.person}'s machine can go on: who was left out, or the time zone, "
            "is not what it was",
            code="no-lock",
        )
    place_file(path, plan.data())
    _sign_in(session, path, f"from {last.person}, without a lock: {why}", before=())
    with opened(path.parent) as ledger:
        _take_in(session, plan, ledger, last.person, None)


def _sign_in(session: Session, path: Path, what: str, before: Iterable[str]) -> None:
    """Write down who took it over, behind those who did before."""
    path.chmod(0o600)
    at = stamp(session.circumstances.now.replace(microsecond=0))
    line = f"{at} {session.actor.person.id} took it over {what}"
    lines = [*dict.fromkeys([*taken_over(path.parent), *before]), " ".join(line.split())]
    place_file(path.with_name(TAKEN), "".join(f"{one}\n" for one in lines).encode())


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


def _take_in(
    session: Session, plan: Plan, ledger: Ledger, by: str, steps: Mapping[str, Step] | None
) -> None:
    """Write down what somebody said of each delivery; where they said nothing, all is in doubt."""
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
