"""Times as people read them."""

from zoneinfo import ZoneInfo

import pytest

from commscli.domain.moments import moment
from commscli.domain.wall_time import brief, near, when


@pytest.mark.parametrize(
    ("stamped", "zone", "expected"),
    [
        ("2026-11-22T09:14:00Z", "Europe/London", "09:14 GMT on 22 November 2026"),
        ("2026-07-01T23:30:00Z", "Europe/London", "00:30 BST on 2 July 2026"),
        ("2026-11-22T02:00:00Z", "America/New_York", "21:00 EST on 21 November 2026"),
        ("2026-11-22T09:14:00Z", "America/Sao_Paulo", "06:14 UTC-03 on 22 November 2026"),
        ("2026-11-22T09:14:00Z", "UTC", "09:14 UTC on 22 November 2026"),
    ],
)
def test_a_time_is_said_in_the_zone_of_its_readers(stamped: str, zone: str, expected: str) -> None:
    assert when(stamped, ZoneInfo(zone)) == expected


def test_what_is_no_time_is_refused() -> None:
    with pytest.raises(ValueError, match="soon"):
        when("soon", ZoneInfo("UTC"))


def test_what_is_today_is_said_by_its_hour_and_what_is_not_by_its_day() -> None:
    at, london = moment("2026-07-01T23:30:00Z"), ZoneInfo("Europe/London")
    today, tomorrow = moment("2026-07-02T08:00:00Z"), moment("2026-07-03T08:00:00Z")

    assert near(at, today, london) == brief(at, today, london) == "00:30"
    assert near(at, tomorrow, london) == "00:30 BST on 2 July 2026"
    assert brief(at, tomorrow, london) == "2 Jul"
