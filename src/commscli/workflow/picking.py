"""Which message somebody means, among those that were in the clone when the command began."""

from collections.abc import Callable

from commscli.errors import BadInput, Refused
from commscli.gates.message import MessageCase
from commscli.workflow.naming import Named, pick_message
from commscli.workflow.session import Session
from commscli.workflow.settings import load_settings


def pick(
    session: Session, reference: str, waiting: Callable[[MessageCase], bool], *, seen: bool = False
) -> Named:
    """Return the message that is meant.

    With ``seen``, one that only this command's own fetch would bring is refused, because
    nobody can have read it.

    Raises:
        BadInput: if no message fits, or several do.
        Refused: if it has just arrived.
    """
    try:
        return _pick(session, reference, waiting)
    except BadInput as fault:
        if fault.code not in {"no-message", "no-incident"} or not session.online:
            raise
        session.refresh()
    named = _pick(session, reference, waiting)
    if not seen:
        return named
    raise Refused(
        f"{named.message.message} has only just arrived here, and nobody signs unseen words",
        remedy=f"comms show {named.message.message}, then try again",
        code="newer-revision",
    )


def _pick(session: Session, reference: str, waiting: Callable[[MessageCase], bool]) -> Named:
    return pick_message(
        session.case,
        reference,
        incident=session.circumstances.incident,
        aliases=load_settings(session).audience_names(),
        waiting=waiting,
    )
