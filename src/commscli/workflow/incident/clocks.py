"""Every clock of an incident: ours from its course, and those of laws from what was recorded."""

from collections.abc import Iterator
from datetime import datetime, time

from commscli.domain.clocks.aftermath import aftermath
from commscli.domain.clocks.clock import Clock, Kind, most_urgent_first, state_of
from commscli.domain.clocks.course import Course
from commscli.domain.clocks.periods import Calendar
from commscli.domain.clocks.regulatory import met_by_hand, regulatory
from commscli.domain.clocks.updates import (
    acknowledgement,
    cadence,
    cadence_of,
    contract,
    promises,
)
from commscli.domain.clocks.urgency import END_OF_DAY, RHYTHMS, rhythm
from commscli.domain.escalations import escalation_named
from commscli.domain.incident import Incident
from commscli.domain.urgency import urgency_of
from commscli.gates.case import IncidentCase
from commscli.workflow.incident.clock_files import clocks_of_repository
from commscli.workflow.incident.courses import course_of, marks_of
from commscli.workflow.incident.working_days import calendars
from commscli.workflow.session import Session
from commscli.workflow.settings import Settings

BY_SENDS = frozenset({Kind.ACKNOWLEDGEMENT, Kind.CADENCE, Kind.PROMISE, Kind.URGENCY})
INWARD = frozenset({"technical", "operational"})
"""The detail levels of our own people: telling them is telling nobody who is affected."""


def every_clock(
    session: Session, settings: Settings, case: IncidentCase, incident: Incident
) -> tuple[Clock, ...]:
    """Return every clock that ever ran in an incident, the most urgent first.

    Raises:
        BadInput: if the files of clocks are needed, and cannot be used.
    """
    now = session.circumstances.now
    course, marks = course_of(case, incident), marks_of(case)
    calendar_of = calendars(settings)
    found = [*_of_messages(settings, incident, course, calendar_of(""), now)]
    inward, outward = _sides(settings)
    everybody = [*inward, *outward]
    found += aftermath(course, inward or everybody, everybody, calendar_of(""), now)
    ours = {clock.id for clock in found}
    theirs = [m for m in marks if m.clock not in ours and not escalation_named(m.clock)]
    found = [met_by_hand(clock, marks, now) for clock in found]
    if theirs:  # what nobody started needs no file of clocks
        duties = {id_: entry.duty for id_, entry in clocks_of_repository(session).items()}
        found += regulatory(duties, theirs, calendar_of, now)
    return most_urgent_first(found)


def open_clocks(clocks: tuple[Clock, ...], incident: Incident) -> tuple[Clock, ...]:
    """Return the clocks that ask somebody for something now; a closed incident owes no update.

    Where a promise to an audience is due no later than its cadence, the promise says it all.
    """
    promised = {c.audience: c.due for c in clocks if c.kind is Kind.PROMISE and c.state.is_open}

    def asks(clock: Clock) -> bool:
        if not clock.state.is_open or (incident.closed and clock.kind in BY_SENDS):
            return False
        earlier = promised.get(clock.audience)
        covered = earlier is not None and clock.due is not None and earlier <= clock.due
        return not (clock.kind is Kind.CADENCE and covered)

    return tuple(clock for clock in clocks if asks(clock))


def _sides(settings: Settings) -> tuple[list[str], list[str]]:
    """Return the audiences of our own people, and all others."""
    inward = [id_ for id_, a in settings.audiences.items() if a.detail in INWARD]
    return inward, [id_ for id_ in settings.audiences if id_ not in inward]


def _of_messages(
    settings: Settings, incident: Incident, course: Course, calendar: Calendar, now: datetime
) -> Iterator[Clock]:
    """Yield the clocks that sends meet. Once the incident is closed, they stand still."""
    then = min(now, course.closed) if course.closed else now
    inward, outward = _sides(settings)
    playbook = settings.playbook(incident.playbook)
    yield acknowledgement(course, outward or inward, then, playbook.acknowledge)
    told = {one.audience for one in course.told}
    for id_, audience in settings.audiences.items():
        if id_ in told or any(playbook.requires(phase, id_) for phase in incident.phases):
            lookup = cadence_of(audience.cadence, playbook.cadence_by_severity, playbook.cadence)
            yield from cadence(course, id_, lookup, then)
        yield from promises(course, id_, then)
        yield from contract(course, id_, audience.contract, then)
    yield from _of_urgency(incident, course, outward, calendar, then, playbook.end_of_day)


def _of_urgency(
    incident: Incident,
    course: Course,
    outward: list[str],
    calendar: Calendar,
    now: datetime,
    end_of_day: str,
) -> Iterator[Clock]:
    """Yield when a client is due the next word, by urgency, or by the end of the working day.

    The facts say the one, the playbook the other: with both, the day ends as it says.
    """
    urgency = urgency_of(incident.facts)
    if (urgency is None and not end_of_day) or course.resolved is not None:
        return
    end = time.fromisoformat(end_of_day) if end_of_day else END_OF_DAY
    reason = f"the issue is {urgency}: {RHYTHMS[urgency]}" if urgency else "every working day"
    last = [one for one in course.told if one.audience in outward]
    started = last[-1].at if last else course.declared
    found = rhythm(urgency or "medium", started, calendar, end)
    due = found.due if now <= found.due else found.limit
    yield Clock(
        id="update-by-urgency" if urgency else "update-by-end-of-day",
        kind=Kind.URGENCY,
        started=started,
        due=due,
        state=state_of(due, None, now),
        reason=f"{reason}, and by {end:%H:%M}",
        message=last[-1].message if last else "",
    )
