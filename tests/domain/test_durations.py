"""Lengths of time: what is read, what is refused, and that writing gives back what was read."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commscli.domain import durations
from commscli.errors import BadInput

SECONDS_IN_TEN_YEARS = 3650 * 86400


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("30m", 1800), ("2h", 7200), ("1d", 86400), ("3650d", SECONDS_IN_TEN_YEARS)],
)
def test_a_number_and_a_unit_is_a_length(text: str, seconds: int) -> None:
    assert durations.parse_duration(text) == timedelta(seconds=seconds)
    assert durations.parse_offset(f"+{text}") == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text",
    ["", "30", "m", "0m", "030m", "-30m", "+30m", "1.5h", "30 m", "30M", "1h30m", "3651d",
     "99999999999d", "٣0m", "30m\n"],
)  # fmt: skip
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(BadInput, match=r"30m, 2h or 1d"):
        durations.parse_duration(text)
    assert not durations.is_duration(text)


@pytest.mark.parametrize("text", ["30m", "", "+", "++30m", "+0m", "+ 30m"])
def test_an_offset_needs_its_plus(text: str) -> None:
    with pytest.raises(BadInput, match=r"such as \+30m"):
        durations.parse_offset(text)
    assert not durations.is_offset(text)


def test_only_text_is_an_offset() -> None:
    assert durations.is_offset("+30m")
    assert not durations.is_offset(30)
    assert not durations.is_duration(None)


@pytest.mark.parametrize(
    ("minutes", "text"), [(90, "90m"), (60, "1h"), (1440, "1d"), (2160, "36h")]
)
def test_the_largest_unit_that_divides_is_written(minutes: int, text: str) -> None:
    assert durations.format_duration(timedelta(minutes=minutes)) == text
    assert durations.format_offset(timedelta(minutes=minutes)) == f"+{text}"


@pytest.mark.parametrize(
    "length", [timedelta(0), timedelta(seconds=-1), timedelta(milliseconds=1), timedelta(3651)]
)
def test_what_cannot_be_read_back_is_not_written(length: timedelta) -> None:
    with pytest.raises(ValueError, match="cannot be written"):
        durations.format_duration(length)


@given(st.integers(1, SECONDS_IN_TEN_YEARS))
def test_writing_and_reading_gives_the_same_length(seconds: int) -> None:
    length = timedelta(seconds=seconds)
    assert durations.parse_duration(durations.format_duration(length)) == length
    assert durations.parse_offset(durations.format_offset(length)) == length
