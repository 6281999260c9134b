"""What is still open over all incidents: messages in work, promises, follow-ups."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from commscli.domain.clocks.clock import Clock, Kind
from commscli.domain.follow_ups import FollowUp
from commscli.domain.incident import Incident
from commscli.domain.metrics.measures import Measures
from commscli.domain.metrics.promises import Promise
from commscli.domain.moments import moment
from commscli.gates.case import IncidentCase
from commscli.ledger.record_files import folder_of
from commscli.workflow.afterwards.measuring import measures_of
from commscli.workflow.afterwards.reporting import PAGE, follow_ups_of, page_of
from commscli.workflow.incident.clocks import every_clock
from commscli.workflow.incident.matrix import OPEN_STATES, waited_for
from commscli.workflow.session import Session
from commscli.workflow.settings import Settings, load_settings


@dataclass(frozen=True, slots=True, kw_only=True)
class InWork:
    """A message that is neither sent nor given up, and the gates whose turn it is."""

    message: str
    state: str
    gates: tuple[str, ...]
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenMatters:
    """One incident with what is open in it. ``promises`` are those that nothing followed."""

    incident: Incident
    messages: tuple[InWork, ...]
    promises: tuple[Promise, ...]
    laws: tuple[Clock, ...]
    """The clocks of laws that nobody recorded as met."""
    follow_ups: tuple[FollowUp, ...]

    @property
    def count(self) -> int:
        """How many things are open."""
        return sum(map(len, (self.messages, self.promises, self.laws, self.follow_ups)))


@dataclass(frozen=True, slots=True, kw_only=True)
class StillOpen:
    """The list. ``quiet``: incidents in which nothing was recorded of late, with their counts."""

    incidents: tuple[OpenMatters, ...]
    quiet: tuple[tuple[str, int], ...]
    settings: Settings


def still_open(session: Session, *, since: timedelta | None, drills: bool) -> StillOpen:
    """Return what is open. With ``since``, incidents in which less has happened are only counted.

    Raises:
        BadInput: if a report's marker lines are damaged.
    """
    settings = load_settings(session)
    found: list[OpenMatters] = []
    quiet: list[tuple[str, int]] = []
    for case in session.case.incidents:
        incident = case.incident
        if incident is None or (incident.drill and not drills):
            continue
        one = _matters(session, settings, case, incident)
        if since is not None and session.circumstances.now - since > moment(_last(case)):
            quiet += [(incident.id, one.count)] if one.count else []
        elif one.count:
            found.append(one)
    found.sort(key=lambda one: (one.incident.declared_at, one.incident.id))
    return StillOpen(incidents=tuple(found), quiet=tuple(quiet), settings=settings)


def _matters(
    session: Session, settings: Settings, case: IncidentCase, incident: Incident
) -> OpenMatters:
    measures = measures_of(case, incident, settings, session)
    page = page_of(session, incident)
    follow_ups = follow_ups_of(incident, page, f"{folder_of(incident.id)}/{PAGE}")
    return OpenMatters(
        incident=incident,
        messages=tuple(_in_work(case)),
        promises=tuple(_unfollowed(measures)),
        laws=tuple(
            clock
            for clock in every_clock(session, settings, case, incident)
            if clock.kind is Kind.REGULATORY and clock.state.is_open
        ),
        follow_ups=tuple(one for one in follow_ups if not one.done),
    )


def _in_work(case: IncidentCase) -> Iterator[InWork]:
    for message in case.messages:
        if message.verdict.state in OPEN_STATES:
            waiting = tuple(waited_for(message))
            people = dict.fromkeys(person for verdict in waiting for person in verdict.could)
            yield InWork(
                message=message.message,
                state=str(message.verdict.state),
                gates=tuple(verdict.gate for verdict in waiting),
                people=tuple(people),
            )


def _unfollowed(measures: Measures) -> Iterator[Promise]:
    """Yield promises that nothing followed; one that came late is broken, and over."""
    return (promise for promise in measures.promises if not promise.by)


def _last(case: IncidentCase) -> str:
    """Return when something was recorded last, as it is claimed."""
    own = [placed.record.at for placed in case.ordered.records]
    return max([*own, *(p.record.at for m in case.messages for p in m.ordered.records)])
