"""Facts: the published keys, and the one spelling in which a value is recorded."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commscli.domain import facts
from commscli.domain.moments import is_moment
from commscli.errors import BadInput

LONDON = ZoneInfo("Europe/London")
SAO_PAULO = ZoneInfo("America/Sao_Paulo")
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def normal(key: str, value: str, zone: ZoneInfo = LONDON, now: datetime = NOON) -> str:
    return facts.normalise(key, value, zone=zone, now=now)


def test_the_vocabulary_holds_every_word_of_the_process() -> None:
    words = (
        "start end services symptoms impact customers_affected regions severity cause remedy "
        "workaround next_step resolution prevention data_loss reporter ticket bridge owner "
        "status_page"
    )
    assert set(words.split()) <= facts.KEYS.keys()


@pytest.mark.parametrize("fact", facts.PUBLISHED, ids=lambda fact: fact.key)
def test_every_published_key_accepts_its_own_example(fact: facts.FactKey) -> None:
    assert facts.checked_key(fact.key) == fact.key
    recorded = normal(fact.key, fact.example)
    assert is_moment(recorded) == (fact.kind == "time")
    assert normal(fact.key, recorded) == recorded, "recording again changes nothing"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("09:14", "2026-11-22T09:14:00Z"),
        ("9:14", "2026-11-22T09:14:00Z"),
        ("09:14:07", "2026-11-22T09:14:07Z"),
        ("23:59", "2026-11-22T23:59:00Z"),
        ("2026-11-20 09:14", "2026-11-20T09:14:00Z"),
        ("2026-07-20 09:14", "2026-07-20T08:14:00Z"),
        ("2026-07-20T09:14", "2026-07-20T08:14:00Z"),
        ("2026-11-22T09:14:00Z", "2026-11-22T09:14:00Z"),
        ("2026-11-22T09:14:00.5Z", "2026-11-22T09:14:00Z"),
        ("2026-11-22T06:14:00-03:00", "2026-11-22T09:14:00Z"),
        ("2026-11-22 10:14 +01:00", "2026-11-22T09:14:00Z"),
    ],
)
def test_times_are_recorded_in_utc(value: str, expected: str) -> None:
    assert normal("start", value) == expected


def test_a_time_of_day_is_one_in_the_zone_of_the_organisation() -> None:
    assert normal("start", "08:30", SAO_PAULO) == "2026-11-22T11:30:00Z"


def test_shortly_after_midnight_a_late_hour_was_yesterday() -> None:
    now = datetime(2026, 11, 22, 0, 10, tzinfo=UTC)
    assert normal("start", "23:50", now=now) == "2026-11-21T23:50:00Z"
    assert normal("start", "12:10", now=now) == "2026-11-22T12:10:00Z", "twelve hours is today"
    assert normal("start", "12:11", now=now) == "2026-11-21T12:11:00Z"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("soon", "is no time"),
        ("09.14", "is no time"),
        ("9", "is no time"),
        ("09:14Z", "is no time"),
        ("0914", "is no time"),
        ("24:00", "does not exist"),
        ("09:60", "does not exist"),
        ("2026-02-30 09:14", "does not exist"),
        ("2026-11-22T09:14:00+99:00", "does not exist"),
        ("2026-03-29 01:30", "the clocks of Europe/London skip"),
        ("2026-10-25 01:30", "as 2026-10-25T00:30:00Z and 2026-10-25T01:30:00Z"),
    ],
)
def test_a_time_that_nobody_can_place_is_refused(value: str, said: str) -> None:
    with pytest.raises(BadInput, match=r"^start: ") as caught:
        normal("start", value)
    assert said in caught.value.text
    assert "comms fact set start=" in caught.value.remedy


@pytest.mark.parametrize(
    ("value", "expected"),
    [("1200", "1200"), ("1,200", "1200"), ("1 200 000", "1200000"), ("12%", "12%"),
     ("12.5 %", "12.5%")],
)  # fmt: skip
def test_numbers_lose_their_separators(value: str, expected: str) -> None:
    assert normal("customers_affected", value) == expected


@pytest.mark.parametrize("value", ["many", "about 1200", "1,20", "1.2.3", "-1", "1e3"])
def test_words_are_no_number(value: str) -> None:
    with pytest.raises(BadInput, match=r"customers_affected: .* is no number"):
        normal("customers_affected", value)


def test_a_severity_has_one_spelling() -> None:
    assert normal("severity", "critical") == "SEV-1"
    with pytest.raises(BadInput, match="is no severity"):
        normal("severity", "terrible")


@pytest.mark.parametrize("value", ["urgent", "Urgent", " HIGH ", "medium"])
def test_an_urgency_is_one_of_three_words(value: str) -> None:
    assert normal("urgency", value) == value.strip().lower()


@pytest.mark.parametrize("value", ["low", "asap", "critical", "1", "yes"])
def test_another_urgency_is_refused_with_what_each_means(value: str) -> None:
    with pytest.raises(BadInput, match=f"urgency: {value!r} is no urgency") as caught:
        normal("urgency", value)
    assert "urgent (customers or a deadline are blocked)" in caught.value.text
    assert "comms fact set urgency=urgent" in caught.value.remedy
    assert "comms fact set customers_blocked=no deadline_blocked=yes" in caught.value.remedy


@pytest.mark.parametrize("key", ["customers_blocked", "deadline_blocked"])
def test_whether_somebody_is_blocked_is_yes_or_no(key: str) -> None:
    assert [normal(key, v) for v in ("yes", "No", "TRUE", "")] == ["yes", "no", "yes", ""]
    with pytest.raises(BadInput, match=f"{key}: 'perhaps' is no answer: expected yes or no"):
        normal(key, "perhaps")


def test_space_around_a_value_goes_and_an_empty_value_takes_the_fact_back() -> None:
    assert normal("impact", "  nobody can pay \n") == "nobody can pay"
    assert normal("start", " ") == ""


@pytest.mark.parametrize("mark", ["{{ send.time }}", "{% if x %}", "{# note #}"])
def test_template_marks_cannot_come_in_through_a_fact(mark: str) -> None:
    with pytest.raises(BadInput, match="is a mark of templates"):
        normal("impact", f"nobody {mark} can pay")


@pytest.mark.parametrize("character", ["\n", "\t", "\0", "\x1b", "\x85", "\u202e", "\u2066",
                                       "\u200f", "\u2028", "\ufeff", "\ud800"])  # fmt: skip
def test_characters_that_nobody_sees_are_refused(character: str) -> None:
    with pytest.raises(BadInput, match=rf"impact: the character U\+{ord(character):04X} "):
        normal("impact", f"nobody{character}can pay")


def test_a_value_has_a_size() -> None:
    assert len(normal("impact", "é" * 2048)) == 2048
    with pytest.raises(BadInput, match=r"4098 bytes: expected at most 4096"):
        normal("impact", "é" * 2049)


@pytest.mark.parametrize("key", ["payment_gateway", "x", "sla2"])
def test_an_organisation_adds_keys_of_its_own(key: str) -> None:
    assert normal(key, "09:14") == "09:14", "its own keys are text"


@pytest.mark.parametrize(
    "key",
    ["", "Start", "next-step", "1st", "_x", "x_", "a__b", "no", "words", "send", "recipient",
     "self", "in", "x" * 81, "über"],
)  # fmt: skip
def test_what_cannot_be_a_key_is_refused(key: str) -> None:
    with pytest.raises(BadInput, match="cannot be the key of a fact"):
        normal(key, "value")


@given(st.text(max_size=40))
def test_whatever_is_typed_is_recorded_the_same_way_twice_or_refused(text: str) -> None:
    for key in ("start", "customers_affected", "impact"):
        try:
            recorded = normal(key, text)
        except BadInput:
            continue
        assert normal(key, recorded) == recorded
