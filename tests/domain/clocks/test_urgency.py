"""How often a client hears of an issue: hourly, three times a day, daily, and by 16:30."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from commscli.domain.clocks.periods import Calendar, monday_to_friday
from commscli.domain.clocks.urgency import rhythm
from commscli.domain.urgency import Urgency

CALENDAR = Calendar(zone=ZoneInfo("Europe/London"), is_working_day=monday_to_friday)


@pytest.mark.parametrize(
    ("urgency", "last", "due", "limit"),
    [
        ("urgent", "2026-11-23T10:00", "2026-11-23T11:00", "2026-11-23T13:00"),
        ("urgent", "2026-11-23T14:30", "2026-11-23T15:30", "2026-11-23T16:30"),
        ("urgent", "2026-11-23T16:00", "2026-11-23T16:30", "2026-11-23T16:30"),
        ("urgent", "2026-11-23T18:00", "2026-11-23T19:00", "2026-11-23T21:00"),
        ("high", "2026-11-23T07:00", "2026-11-23T09:00", ""),
        ("high", "2026-11-23T09:00", "2026-11-23T12:30", ""),
        ("high", "2026-11-23T13:00", "2026-11-23T16:30", ""),
        ("high", "2026-11-20T16:30", "2026-11-23T09:00", ""),  # a Friday
        ("high", "2026-11-21T10:00", "2026-11-23T09:00", ""),  # a Saturday
        ("medium", "2026-11-23T10:00", "2026-11-23T16:30", ""),
        ("medium", "2026-11-20T17:00", "2026-11-23T16:30", ""),
        # 16:30 in London is 15:30 UTC in summer.
        ("medium", "2026-07-01T10:00", "2026-07-01T15:30", ""),
    ],
)
def test_when_the_next_word_is_due(urgency: Urgency, last: str, due: str, limit: str) -> None:
    found = rhythm(urgency, datetime.fromisoformat(last).replace(tzinfo=UTC), CALENDAR)

    assert f"{found.due:%Y-%m-%dT%H:%M}" == due
    assert f"{found.limit:%Y-%m-%dT%H:%M}" == (limit or due)
