"""How a send stands, delivery by delivery; and what a person decides about those in doubt."""

from collections.abc import Callable
from dataclasses import dataclass

from commscli.delivery.ledger import Step, opened, read
from commscli.domain.report import MessageState
from commscli.errors import BadInput, Refused
from commscli.gates.message import MessageCase
from commscli.workflow.messages.picking import pick
from commscli.workflow.recording import require_may
from commscli.workflow.sends.late_news import LateNews, late_news
from commscli.workflow.sends.send_plan import Plan, plan_file, resumed
from commscli.workflow.sends.standings import Standing, standings
from commscli.workflow.sends.wishes import SHORTEST
from commscli.workflow.session import Session

EVERYBODY = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A send that was begun on this machine, and how far each delivery has come."""

    plan: Plan
    standings: tuple[Standing, ...]
    late: tuple[LateNews, ...] = ()
    """What is on record that was said later."""

    @property
    def in_doubt(self) -> tuple[Standing, ...]:
        """Those of which nobody knows whether they arrived."""
        return tuple(one for one in self.standings if one.line.step.is_in_doubt)


def progress(session: Session, reference: str) -> Progress:
    """Return how the send of a message stands.

    Raises:
        Refused: if it was not begun.
        Busy: if it was begun on another machine, where its ledger is.
    """
    message = _begun(session, reference)
    plan = resumed(session, message)
    lines = read(plan_file(session, plan.send_id).parent)
    late = late_news(session, message, message.sends[-1].intent.digest)
    return Progress(plan=plan, standings=tuple(standings(plan, lines)), late=late)


def _begun(session: Session, reference: str) -> MessageCase:
    message = pick(session, reference, lambda m: bool(m.sends)).message
    if not message.sends:
        raise Refused(
            f"{message.message} was not begun to be sent",
            remedy="comms status says what it waits for",
            code="not-begun",
        )
    return message


def resolve(
    session: Session, reference: str, recipient: str, *, arrived: bool, why: str
) -> tuple[Standing, ...]:
    """Write down what a person found out about deliveries in doubt: that they arrived, or did not.

    ``recipient`` is a row's digest or an unambiguous beginning of one, an address, or ``all``;
    with ``CHANNEL/`` before it, it is meant over that channel alone.
    What did not arrive is sent by the next ``comms send``.

    Raises:
        BadInput: if it means none that is in doubt.
        Refused: if the send is over.
    """
    came_to = Step.ACCEPTED if arrived else Step.PLANNED
    kind = _Kind(found=lambda step: step.is_in_doubt, called="in doubt", came_to=came_to)
    return _decided(session, reference, recipient, kind, why)


def hand_back(
    session: Session, reference: str, recipient: str, *, done: bool, note: str
) -> tuple[Standing, ...]:
    """Write down what came of something in a person's hands, a call as a rule: done, or failed.

    Raises:
        BadInput: if it means none that is in somebody's hands.
        Refused: if the send is over.
    """
    came_to = Step.DONE if done else Step.FAILED
    kind = _Kind(found=lambda step: step is Step.HANDED_OUT, called="handed out", came_to=came_to)
    return _decided(session, reference, recipient, kind, note)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """Which deliveries a person may decide about, and what becomes of them."""

    found: Callable[[Step], bool]
    called: str
    came_to: Step


def _decided(
    session: Session, reference: str, recipient: str, kind: _Kind, why: str
) -> tuple[Standing, ...]:
    require_may(session, "send-intent")
    message = _begun(session, reference)
    if message.verdict.state is MessageState.SENT:
        raise Refused(f"{message.message} is sent, and its record stands", remedy="comms log")
    plan = resumed(session, message)
    with opened(plan_file(session, plan.send_id).parent) as ledger:
        found = [one for one in standings(plan, ledger.lines) if kind.found(one.line.step)]
        meant = [one for one in found if _is_meant(one, recipient)]
        if not meant or (len(meant) > 1 and recipient.rpartition("/")[2] != EVERYBODY):
            listed = ", ".join(_named(one) for one in (meant or found)[:20]) or "none"
            said = repr(recipient) if recipient else "to name nobody"
            raise BadInput(
                f"{said} means {len(meant)} of those {kind.called}: {listed}",
                remedy=f"name one as it stands there; comms send {message.message} --status lists "
                "them all",
                code="no-delivery",
            )
        for one in meant:
            text = f"{session.actor.person.id}: {why}"
            now = session.circumstances.now
            ledger.append(one.delivery.key, kind.came_to, now, detail=text)
        keys = {one.delivery.key for one in meant}
        return tuple(s for s in standings(plan, ledger.lines) if s.delivery.key in keys)


def _named(one: Standing) -> str:
    """Return what a delivery is called that nothing else is called, copies aside."""
    row, payload = one.delivery.row, one.delivery.payload
    return f"{payload.channel}/{payload.to if payload.is_copy else row[:16]}"


def _is_meant(one: Standing, recipient: str) -> bool:
    row, to = one.delivery.row, one.delivery.payload.to
    if not recipient:
        return True  # the only one, or else it is refused
    own = recipient.removeprefix(f"{one.delivery.payload.channel}/")
    return any(
        (len(said) >= SHORTEST and row.startswith(said)) or said in {EVERYBODY, row, to}
        for said in {recipient, own}
    )
