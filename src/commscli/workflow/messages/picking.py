"""Which message somebody means, among those that were in the clone when the command began."""

from collections.abc import Callable, Iterator, Mapping

from commscli.errors import BadInput, Refused
from commscli.gates.case import IncidentCase
from commscli.gates.message import MessageCase
from commscli.workflow.messages.naming import Named, pick_message
from commscli.workflow.session import Session

_ELSEWHERE = frozenset({"no-message", "no-incident", "no-revision"})
"""What may be only because others' records are not here yet."""


def pick(
    session: Session, reference: str, waiting: Callable[[MessageCase], bool], *, seen: bool = False
) -> Named:
    """Return the message that is meant.

    With ``seen``, one that only this command's own fetch would bring is refused, because
    nobody can have read it; unless its revision is typed, which was then read elsewhere.

    Raises:
        BadInput: if no message fits, or several do.
        Refused: if it has just arrived.
    """
    try:
        return _pick(session, reference, waiting)
    except BadInput as fault:
        if fault.code not in _ELSEWHERE or not session.online:
            raise
        session.refresh()
    named = _pick(session, reference, waiting)
    if not seen or named.revision is not None:
        return named
    raise Refused(
        f"{named.message.message} has only just arrived here, and nobody signs unseen words",
        remedy=f"comms show {named.message.message}, then try again",
        code="newer-revision",
    )


def still_there(session: Session, incident: str, message: str) -> tuple[IncidentCase, MessageCase]:
    """Return a message as it is now, after whatever a fetch brought.

    Raises:
        Refused: if it is gone.
    """
    for case in session.case.incidents:
        for found in case.messages:
            if (case.id, found.message) == (incident, message):
                return case, found
    raise Refused(f"{message} is not here any more", remedy="comms sync")


def _pick(session: Session, reference: str, waiting: Callable[[MessageCase], bool]) -> Named:
    return pick_message(
        session.case,
        reference,
        incident=session.circumstances.incident,
        aliases=AudienceNames(session),
        waiting=waiting,
    )


class AudienceNames(Mapping[str, str]):
    """Other names of audiences, read from the settings only when somebody used one."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._names: dict[str, str] | None = None

    def _read(self) -> dict[str, str]:
        if self._names is None:
            from commscli.workflow.settings import load_settings  # noqa: PLC0415 - costs start-up

            self._names = load_settings(self._session).audience_names()
        return self._names

    def __getitem__(self, name: str) -> str:
        return self._read()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())
