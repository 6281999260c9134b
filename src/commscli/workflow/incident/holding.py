"""Stop, and go on: anybody on the roster holds, and who leads or commands lifts."""

from commscli.domain.holds import standing_holds
from commscli.domain.ids import MessageId
from commscli.domain.order import Placed
from commscli.domain.records import Reasoned
from commscli.errors import Refused
from commscli.gates.case import IncidentCase
from commscli.gates.message import MessageCase
from commscli.gates.standing import Worth
from commscli.workflow.incident.declaring import active
from commscli.workflow.messages.picking import pick, still_there
from commscli.workflow.recording import NO_MESSAGE, Act, Recorded, find_incident, record_acts
from commscli.workflow.session import Session


def holds_of(about: IncidentCase | MessageCase) -> tuple[Placed, ...]:
    """Return the holds that stand on an incident, or on a message by itself."""
    valid = {d for d, s in about.standings.items() if s.worth is Worth.VALID}
    return standing_holds(about.ordered, valid)


def all_holds(case: IncidentCase) -> tuple[Placed, ...]:
    """Return every hold that stands on an incident and on its messages."""
    return (*holds_of(case), *(hold for message in case.messages for hold in holds_of(message)))


def hold(session: Session, reference: str, why: str) -> Recorded:
    """Record that nothing may be sent: of the incident, or of the one message that is named."""
    session.refresh()
    case, message = _about(session, reference)
    act = _act(case, message, "hold", why)
    return record_acts(session, [act], subject=f"Hold {message or case.id}")


def lift(session: Session, reference: str, why: str) -> Recorded:
    """Record that sending may go on.

    Raises:
        Refused: if nobody holds it.
    """
    session.refresh()
    case, message = _about(session, reference)

    def require() -> None:
        now = find_incident(session.case, case.id) or case
        about = still_there(session, case.id, message)[1] if message else now
        if not holds_of(about):
            others = [h.record.message for h in all_holds(now)]
            raise Refused(
                f"nobody holds {message or case.id}",
                remedy=_other(others),
                code="no-hold",
            )

    act = _act(case, message, "lifted", why)
    return record_acts(session, [act], subject=f"Lift {message or case.id}", require=require)


def _other(held: list[MessageId]) -> str:
    if not held:
        return "comms status"
    return f"comms lift -m {held[0]} --why TEXT" if held[0] else "comms lift --why TEXT"


def _about(session: Session, reference: str) -> tuple[IncidentCase, MessageId]:
    if not reference:
        return active(session)[0], NO_MESSAGE
    named = pick(session, reference, lambda m: bool(holds_of(m)) or not m.sends)
    return named.incident, named.message.message


def _act(case: IncidentCase, message: MessageId, kind: str, why: str) -> Act:
    drill = bool(case.incident and case.incident.drill)
    return Act(kind=kind, body=Reasoned(why=why), incident=case.id, message=message, drill=drill)


def require_no_hold(session: Session, case: IncidentCase, message: MessageCase) -> None:
    """Refuse to send while somebody says stop.

    Raises:
        Refused: naming who holds it, why, and who lifts it.
    """
    found = (*holds_of(case), *holds_of(message))
    if not found:
        return
    reasons = "; ".join(f"{h.record.person} holds it ({reason(h)})" for h in found)
    option = f" -m {message.message}" if found[0].record.message else ""
    raise Refused(
        f"{message.message} may not be sent now: {reasons}",
        remedy=f"{' or '.join(lifters(session)) or 'an admin'}: comms lift{option} --why TEXT",
        code="held",
    )


def reason(hold: Placed) -> str:
    """Return why somebody holds."""
    return getattr(hold.record.body, "why", "")


def lifters(session: Session) -> tuple[str, ...]:
    """Return who may lift a hold."""
    trust = session.trust
    roles = trust.may.get("lifted", ())
    return tuple(dict.fromkeys(p for role in roles for p in trust.holders(role)))
