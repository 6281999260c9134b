"""Which message somebody means to send."""

from commscli.domain.report import MessageState
from commscli.errors import Refused
from commscli.gates.case import IncidentCase
from commscli.gates.message import MessageCase
from commscli.workflow.incident.matrix import in_order
from commscli.workflow.messages.picking import pick
from commscli.workflow.session import Session
from commscli.workflow.settings import load_settings

_WANTED = frozenset({MessageState.RELEASED, MessageState.SENDING})


def released(session: Session) -> list[str]:
    """Return the messages that may be sent, or were begun, as INCIDENT/MESSAGE."""
    chosen = session.circumstances.incident
    return [
        f"{m.incident}/{m.message}"
        for m in in_order(session.case.messages, load_settings(session).audiences)
        if m.verdict.state in _WANTED and (not chosen or chosen in m.incident)
    ]


def find(session: Session, reference: str) -> tuple[IncidentCase, MessageCase]:
    """Return the message that a reference means, with its incident.

    Raises:
        Refused: if it means a revision that another one has replaced.
    """
    named = pick(session, reference, lambda m: m.verdict.state in _WANTED)
    if named.revision is not None and named.revision != named.message.verdict.subject:
        raise Refused(
            f"{named.message.message} is at another revision by now",
            remedy=f"comms show {named.message.message}",
            code="newer-revision",
        )
    return named.incident, named.message
