"""Clocks that begin when the incident is over: the preliminary analysis and the postmortem."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from commscli.domain.clocks.clock import Clock, Kind, state_of
from commscli.domain.clocks.course import Course
from commscli.domain.clocks.periods import Calendar, Period, Unit

ANALYSIS = Period(count=24, unit=Unit.HOURS)
"""Internal stakeholders only, and it asserts no contributing factors."""
POSTMORTEM = {
    "SEV-1": Period(count=3, unit=Unit.CALENDAR_DAYS),
    "SEV-2": Period(count=5, unit=Unit.BUSINESS_DAYS),
}
"""PagerDuty's. A lesser incident has none, unless a playbook or a person sets one."""


def aftermath(
    course: Course, internal: Iterable[str], everybody: Iterable[str], calendar: Calendar,
    now: datetime,
) -> Iterator[Clock]:  # fmt: skip
    """Yield what is due after the resolution; nothing while something is still wrong."""
    resolved = course.resolved
    if resolved is None:
        return
    told = course.first(internal, since=resolved, phase="analysis")
    due, met = ANALYSIS.due(resolved, calendar), told.at if told else None
    yield Clock(
        id="preliminary-analysis",
        kind=Kind.ANALYSIS,
        started=resolved,
        due=due,
        met=met,
        state=state_of(due, met, now),
        reason=f"to our own people only, within {ANALYSIS} of the resolution",
        message=told.message if told else "",
    )
    period = POSTMORTEM.get(course.now.severity)
    if period is None:
        return
    told = course.first(everybody, since=resolved, phase="publishing")
    due, met = period.due(resolved, calendar), told.at if told else None
    yield Clock(
        id="postmortem",
        kind=Kind.POSTMORTEM,
        started=resolved,
        due=due,
        met=met,
        state=state_of(due, met, now),
        reason=f"{course.now.severity}: within {period} of the resolution",
        message=told.message if told else "",
    )
