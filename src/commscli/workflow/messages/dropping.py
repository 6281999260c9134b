"""Drop a message that nobody sends: its cell of the matrix is free again."""

from commscli.domain.records import Reasoned
from commscli.domain.report import MessageState
from commscli.errors import Refused
from commscli.gates.message import MessageCase
from commscli.workflow.messages.picking import pick, still_there
from commscli.workflow.recording import Act, Recorded, record_acts
from commscli.workflow.session import Session


def drop(session: Session, reference: str, why: str) -> Recorded:
    """Record that a message is not going to be sent, and why.

    Raises:
        Refused: if it is sent, or its sending has begun, or it was dropped before.
    """
    session.refresh()
    named = pick(session, reference, lambda m: not m.sends)
    incident, message = named.incident, named.message
    act = Act(
        kind="dropped",
        body=Reasoned(why=why),
        incident=incident.id,
        message=message.message,
        drill=bool(incident.incident and incident.incident.drill),
    )

    def require() -> None:
        _require_unsent(still_there(session, incident.id, message.message)[1])

    return record_acts(session, [act], subject=f"Drop {message.message}", require=require)


def _require_unsent(message: MessageCase) -> None:
    state, name = message.verdict.state, message.message
    if state is MessageState.SENT:
        raise Refused(
            f"{name} is sent, and what was said cannot be dropped",
            remedy=f"comms correct {name} --why TEXT says what was wrong",
            code="sent",
        )
    if state is MessageState.SENDING:
        raise Refused(
            f"somebody has begun to send {name}, and part of it may have arrived",
            remedy=f"comms hold -m {name} --why TEXT stops it; comms send {name} ends it",
            code="sending",
        )
    if state is MessageState.DROPPED:
        raise Refused(f"{name} was dropped already", remedy="comms log", code="dropped")
