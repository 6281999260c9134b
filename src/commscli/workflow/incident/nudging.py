"""Who is waited for, how long, and how to reach them."""

from dataclasses import dataclass
from datetime import timedelta

from commscli.domain.ids import PersonId
from commscli.gates.message import MessageCase
from commscli.workflow.incident.overview import Standing, minutes_since, status
from commscli.workflow.incident.pacing import Wait
from commscli.workflow.messages.picking import pick
from commscli.workflow.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Somebody on the roster, and how they want to be reached."""

    person: str
    name: str
    contact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Nudge:
    """One step that is waited for. Lengths are whole minutes; ``people`` has the backups last."""

    incident: str
    drill: bool
    message: str
    phase: str
    audience: str
    gate: str
    minutes: int
    estimate: int | None
    late: int
    people: tuple[Contact, ...]
    to_all: bool
    """Whether the backups are asked as well: they are from the start, or enough time passed."""

    @property
    def asked(self) -> tuple[Contact, ...]:
        """Whoever is to hear of it now."""
        return self.people if self.to_all else self.people[:1]


def nudges(session: Session, reference: str) -> tuple[Nudge, ...]:
    """Return every step that is waited for, of one message or of all, the latest first."""
    session.refresh()
    message = pick(session, reference, lambda m: not m.sends).message if reference else None
    found = [
        _nudge(session, standing, wait)
        for standing in status(session)
        for wait in standing.waits
        if _is_of(wait, message) and wait.people
    ]
    return tuple(sorted(found, key=lambda nudge: -nudge.late))


def _is_of(wait: Wait, message: MessageCase | None) -> bool:
    own = wait.cell.message
    return message is None or (
        own is not None and (own.incident, own.message) == (message.incident, message.message)
    )


def _nudge(session: Session, standing: Standing, wait: Wait) -> Nudge:
    people = session.trust.people
    minutes = minutes_since(wait.since, standing.now)
    patience = standing.settings.organisation.turns.backups_after
    return Nudge(
        incident=standing.incident.id,
        drill=standing.incident.drill,
        message=wait.cell.message.message if wait.cell.message else "",
        phase=wait.cell.phase,
        audience=wait.cell.audience,
        gate=wait.verdict.gate,
        minutes=minutes,
        estimate=wait.estimate,
        late=wait.late,
        to_all=patience is None or timedelta(minutes=minutes) >= patience,
        people=tuple(
            Contact(person=p.id, name=p.name, contact=p.contact or p.email)
            for p in (people[PersonId(id_)] for id_ in wait.people)
        ),
    )
