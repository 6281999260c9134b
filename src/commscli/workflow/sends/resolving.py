"""How a send stands, delivery by delivery; and what a person decides about those in doubt."""

from dataclasses import dataclass

from commscli.delivery.ledger import Step, opened, read
from commscli.domain.report import MessageState
from commscli.errors import BadInput, Refused
from commscli.gates.message import MessageCase
from commscli.workflow.messages.picking import pick
from commscli.workflow.recording import require_may
from commscli.workflow.sends.delivering import Standing, standings
from commscli.workflow.sends.send_plan import Plan, plan_file, resumed
from commscli.workflow.session import Session

EVERYBODY = "all"
SHORTEST = 6
"""Characters of a digest that are enough to mean one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A send that was begun on this machine, and how far each delivery has come."""

    plan: Plan
    standings: tuple[Standing, ...]

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
    return Progress(plan=plan, standings=standings(plan, lines))


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

    ``recipient`` is a row's digest or an unambiguous beginning of one, an address, or ``all``.
    What did not arrive is sent by the next ``comms send``.

    Raises:
        BadInput: if it means none that is in doubt.
        Refused: if the send is over.
    """
    require_may(session, "send-intent")
    message = _begun(session, reference)
    if message.verdict.state is MessageState.SENT:
        raise Refused(f"{message.message} is sent, and its record stands", remedy="comms log")
    plan = resumed(session, message)
    with opened(plan_file(session, plan.send_id).parent) as ledger:
        found = [one for one in standings(plan, ledger.lines) if one.line.step.is_in_doubt]
        meant = [one for one in found if _is_meant(one, recipient)]
        if not meant or (len(meant) > 1 and recipient != EVERYBODY and "@" not in recipient):
            listed = ", ".join(one.delivery.row[:16] for one in found[:20]) or "none"
            raise BadInput(
                f"{recipient!r} means {len(meant)} of those in doubt: {listed}",
                remedy=f"comms send {message.message} --status lists them",
                code="no-delivery",
            )
        step = Step.ACCEPTED if arrived else Step.PLANNED
        for one in meant:
            text = f"{session.actor.person.id}: {why}"
            ledger.append(one.delivery.key, step, session.circumstances.now, detail=text)
        return tuple(
            one
            for one in standings(plan, ledger.lines)
            if one.delivery.key in {m.delivery.key for m in meant}
        )


def _is_meant(one: Standing, recipient: str) -> bool:
    row, to = one.delivery.row, one.delivery.payload.to
    begins = len(recipient) >= SHORTEST and row.startswith(recipient)
    return begins or recipient in {EVERYBODY, row, to}
