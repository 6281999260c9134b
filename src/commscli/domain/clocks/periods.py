"""Periods as contracts and laws count them, and the moment at which each of them ends.

Minutes and hours are counted through, in UTC: a change to summer time makes no notice late or
early. Days and months are days of people: they end with the day, at the organisation's place.
How the EU counts hours over weekends is Regulation 1182/71; see ``docs/clocks.md``.
"""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

WorkingDay = Callable[[date], bool]
"""Whether people work on a day; which country's holidays count is decided outside."""

MONTHS = 12
SATURDAY = 5
_LONGEST_BREAK = 31
"""Days. A predicate that finds no working day in a month is wrong, and must not run on."""
_NOON = time(12)


class Unit(StrEnum):
    """What a period counts."""

    MINUTES = "minutes"
    HOURS = "hours"
    CALENDAR_DAYS = "calendar-days"
    BUSINESS_DAYS = "business-days"
    CALENDAR_MONTHS = "calendar-months"


class WeekendRule(StrEnum):
    """What a regime grants when a limit falls on a day on which nobody works."""

    NONE = "none"
    NEXT_WORKING_DAY = "next-working-day"
    """The limit is the end of the next working day."""
    NOON_OF_NEXT_WORKING_DAY = "noon-of-next-working-day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Where days end, and which of them people work on."""

    zone: tzinfo
    is_working_day: WorkingDay

    def day(self, at: datetime) -> date:
        """Return the day that it is there."""
        return at.astimezone(self.zone).date()

    def at(self, day: date, clock: time) -> datetime:
        """Return a time of day there, in UTC."""
        return datetime.combine(day, clock, self.zone).astimezone(UTC)

    def end_of(self, day: date) -> datetime:
        """Return the last second of a day there, in UTC."""
        return self.at(day + timedelta(days=1), time()) - timedelta(seconds=1)

    def next_working_day(self, day: date) -> date:
        """Return the first working day after a day.

        Raises:
            ValueError: if there is none for a month.
        """
        for ahead in range(1, _LONGEST_BREAK + 1):
            if self.is_working_day(day + timedelta(days=ahead)):
                return day + timedelta(days=ahead)
        raise ValueError(f"no working day within {_LONGEST_BREAK} days after {day}")


def monday_to_friday(day: date) -> bool:
    """Whether a day is none of a weekend: what counts where no country is set."""
    return day.weekday() < SATURDAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A number of units. The day on which it starts is not counted: day 1 is the day after."""

    count: int
    unit: Unit
    weekend: WeekendRule = WeekendRule.NONE

    def due(self, start: datetime, calendar: Calendar) -> datetime:
        """Return the last moment at which it is still kept, in UTC, to the second.

        Raises:
            ValueError: if the calendar knows no working day.
            OverflowError: if it ends after the year 9999.
        """
        return self._relieved(self._end(start.astimezone(UTC), calendar), calendar)

    def __str__(self) -> str:
        name = self.unit.value.replace("-", " ")
        return f"{self.count} {name.removesuffix('s') if self.count == 1 else name}"

    def _end(self, start: datetime, calendar: Calendar) -> datetime:
        if self.unit is Unit.MINUTES:
            return start + timedelta(minutes=self.count)
        if self.unit is Unit.HOURS:
            return start + timedelta(hours=self.count)
        day = calendar.day(start)
        if self.unit is Unit.CALENDAR_DAYS:
            return calendar.end_of(day + timedelta(days=self.count))
        if self.unit is Unit.CALENDAR_MONTHS:
            return calendar.end_of(months_after(day, self.count))
        for _ in range(self.count):
            day = calendar.next_working_day(day)
        return calendar.end_of(day)

    def _relieved(self, end: datetime, calendar: Calendar) -> datetime:
        """Return the limit moved to a working day, where the regime grants that."""
        day = calendar.day(end)
        if self.weekend is WeekendRule.NONE or calendar.is_working_day(day):
            return end
        moved = calendar.next_working_day(day)
        if self.weekend is WeekendRule.NOON_OF_NEXT_WORKING_DAY:
            return calendar.at(moved, _NOON)
        return calendar.end_of(moved)


def months_after(day: date, months: int) -> date:
    """Return the same day of a later month, or its last day where it is shorter.

    A month after 31 January ends with February, in a leap year on the 29th.
    """
    years, month = divmod(day.month - 1 + months, MONTHS)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
