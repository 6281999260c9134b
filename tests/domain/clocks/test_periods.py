"""When a period ends: hours through the clock change, days at local midnight, month ends."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from commscli.domain.clocks.periods import (
    Calendar,
    Period,
    Unit,
    WeekendRule,
    monday_to_friday,
    months_after,
)

LONDON, KOLKATA = ZoneInfo("Europe/London"), ZoneInfo("Asia/Kolkata")
CHRISTMAS = {date(2026, 12, 25), date(2026, 12, 28)}
"""Boxing Day of 2026 is a Saturday: the bank holiday is Monday the 28th."""


def calendar(zone: ZoneInfo = LONDON, holidays: frozenset[date] = frozenset()) -> Calendar:
    return Calendar(
        zone=zone, is_working_day=lambda day: monday_to_friday(day) and day not in holidays
    )


def due(
    count: int, unit: str, start: str, where: Calendar | None = None, weekend: str = "none"
) -> str:
    period = Period(count=count, unit=Unit(unit), weekend=WeekendRule(weekend))
    return period.due(at(start), where or calendar()).strftime("%Y-%m-%dT%H:%M:%SZ")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("count", "unit", "start", "end"),
    [
        (15, "minutes", "2026-11-22T23:50", "2026-11-23T00:05:00Z"),
        (72, "hours", "2026-11-20T17:00", "2026-11-23T17:00:00Z"),
        # 72 hours over both clock changes of 2026 are 72 hours.
        (72, "hours", "2026-03-28T12:00", "2026-03-31T12:00:00Z"),
        (72, "hours", "2026-10-24T12:00", "2026-10-27T12:00:00Z"),
        # Day 1 is the day after; the last second of day N, in winter and in summer time.
        (3, "calendar-days", "2026-11-22T09:00", "2026-11-25T23:59:59Z"),
        (3, "calendar-days", "2026-07-01T09:00", "2026-07-04T22:59:59Z"),
        # 23:30 UTC in July is the next day in London.
        (1, "calendar-days", "2026-07-01T23:30", "2026-07-03T22:59:59Z"),
        # The end of the day on which the clocks change has the new offset.
        (1, "calendar-days", "2026-03-28T12:00", "2026-03-29T22:59:59Z"),
        (1, "calendar-days", "2026-10-24T12:00", "2026-10-25T23:59:59Z"),
        # A determination on Friday: Monday is day 1. On a Saturday, too.
        (4, "business-days", "2026-11-20T12:00", "2026-11-26T23:59:59Z"),
        (4, "business-days", "2026-11-21T12:00", "2026-11-26T23:59:59Z"),
        (1, "calendar-months", "2026-11-25T09:00", "2026-12-25T23:59:59Z"),
        (1, "calendar-months", "2026-01-31T09:00", "2026-02-28T23:59:59Z"),
        (1, "calendar-months", "2028-01-31T09:00", "2028-02-29T23:59:59Z"),
        (12, "calendar-months", "2028-02-29T09:00", "2029-02-28T23:59:59Z"),
        (1, "calendar-months", "2026-12-31T09:00", "2027-01-31T23:59:59Z"),
    ],
)
def test_the_end_of_a_period(count: int, unit: str, start: str, end: str) -> None:
    assert due(count, unit, start) == end


def test_holidays_are_no_business_days() -> None:
    british = calendar(holidays=frozenset(CHRISTMAS))

    assert due(2, "business-days", "2026-12-23T12:00") == "2026-12-25T23:59:59Z"
    assert due(2, "business-days", "2026-12-23T12:00", british) == "2026-12-29T23:59:59Z"


def test_days_end_where_the_organisation_is() -> None:
    assert due(1, "calendar-days", "2026-11-22T20:00", calendar(KOLKATA)) == "2026-11-24T18:29:59Z"


@pytest.mark.parametrize(
    ("rule", "end"),
    [
        ("none", "2026-11-22T08:00:00Z"),
        ("next-working-day", "2026-11-23T23:59:59Z"),
        ("noon-of-next-working-day", "2026-11-23T12:00:00Z"),
    ],
)
def test_a_limit_on_a_sunday_as_the_regime_has_it(rule: str, end: str) -> None:
    assert due(72, "hours", "2026-11-19T08:00", weekend=rule) == end


def test_a_limit_on_a_working_day_is_not_moved() -> None:
    assert due(72, "hours", "2026-11-16T08:00", weekend="noon-of-next-working-day") == (
        "2026-11-19T08:00:00Z"
    )


def test_relief_skips_the_holiday_after_the_weekend() -> None:
    british = calendar(holidays=frozenset(CHRISTMAS))
    end = due(24, "hours", "2026-12-25T20:00", british, "noon-of-next-working-day")

    assert end == "2026-12-29T12:00:00Z"


def test_a_calendar_without_working_days_does_not_run_for_ever() -> None:
    never = Calendar(zone=LONDON, is_working_day=lambda _: False)

    with pytest.raises(ValueError, match="no working day"):
        Period(count=1, unit=Unit.BUSINESS_DAYS).due(at("2026-11-22T09:00"), never)


def test_months_keep_their_day_as_far_as_they_have_it() -> None:
    assert months_after(date(2026, 8, 31), 1) == date(2026, 9, 30)
    assert months_after(date(2026, 8, 31), 2) == date(2026, 10, 31)


def test_a_period_says_what_it_is() -> None:
    assert str(Period(count=1, unit=Unit.CALENDAR_MONTHS)) == "1 calendar month"
    assert str(Period(count=4, unit=Unit.BUSINESS_DAYS)) == "4 business days"
