"""How often a client hears of an issue by its urgency, within the hours in which they work.

From the consulting guide: urgent, hourly, with at most two hours skipped; high, first thing,
at lunch and at the end of the day; medium, daily; and always by 16:30 local on the day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from types import MappingProxyType

from commscli.domain.clocks.periods import Calendar
from commscli.domain.urgency import Urgency

RHYTHMS: Mapping[Urgency, str] = MappingProxyType({
    "urgent": "hourly, at most two hours skipped",
    "high": "first thing, lunch, end of day",
    "medium": "daily",
})  # fmt: skip
FIRST_THING, LUNCH, END_OF_DAY = time(9), time(12, 30), time(16, 30)
HOUR = timedelta(hours=1)
SKIPPED = 2
"""Hours that may pass in silence before the rhythm of an urgent issue is broken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """When the next word is due, and until when its absence is still forgiven. UTC."""

    due: datetime
    limit: datetime


def rhythm(
    urgency: Urgency, last: datetime, calendar: Calendar, end_of_day: time = END_OF_DAY
) -> Rhythm:
    """Return when a client is due the next word after the last one."""
    if urgency == "urgent":
        end = _end_after(last, calendar, end_of_day)
        due = min(last + HOUR, end)
        return Rhythm(due=due, limit=min(last + (1 + SKIPPED) * HOUR, end))
    if urgency == "high":
        due = _next_of((FIRST_THING, LUNCH, end_of_day), last, calendar)
        return Rhythm(due=due, limit=due)
    due = _end_after(last, calendar, end_of_day)
    return Rhythm(due=due, limit=due)


def _end_after(last: datetime, calendar: Calendar, end_of_day: time) -> datetime:
    """Return the next end of a working day. What is said at that end belongs to its day."""
    return _next_of((end_of_day,), last, calendar)


def _next_of(times: tuple[time, ...], last: datetime, calendar: Calendar) -> datetime:
    day = calendar.day(last)
    if not calendar.is_working_day(day):
        return calendar.at(calendar.next_working_day(day), times[0])
    later = [at for at in (calendar.at(day, clock) for clock in times) if at > last]
    return later[0] if later else calendar.at(calendar.next_working_day(day), times[0])
