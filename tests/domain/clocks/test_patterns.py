"""Silence, broken promises, noise and single channels, each seen once and only where it is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from commscli.domain.clocks.clock import Clock, Kind, State
from commscli.domain.clocks.course import Course, Stretch, Told
from commscli.domain.clocks.patterns import Pattern, patterns

ZERO = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def minute(number: float) -> datetime:
    return ZERO + timedelta(minutes=number)


def told(at: float, *, words: str = "", channels: str = "page mail", to: str = "public") -> Told:
    return Told(
        audience=to,
        phase="investigation",
        at=minute(at),
        message=f"investigation-{to}-{at}",
        words=words or f"words of {at}",
        channels=frozenset(channels.split()),
    )


def found(*sends: Told, severity: str = "SEV-1", clocks: tuple[Clock, ...] = ()) -> list[Pattern]:
    stretches = [Stretch(phase="investigation", severity=severity, since=ZERO)]
    return [*patterns(Course(told=sends, stretches=stretches, skipped={}), clocks)]


def clock(kind: Kind, state: State) -> Clock:
    return Clock(
        id=f"{kind}-public", kind=kind, started=ZERO, due=minute(30), state=state, reason="why",
        audience="public", met=minute(40) if state is State.BROKEN else None,
    )  # fmt: skip


def test_nothing_is_wrong_with_two_messages_over_two_channels() -> None:
    running = (clock(Kind.CADENCE, State.RUNNING), clock(Kind.PROMISE, State.MET))

    assert found(told(5), told(30), clocks=running) == []


def test_one_silence_that_broke_a_promise_and_the_cadence_is_told_once() -> None:
    promise, cadence = clock(Kind.PROMISE, State.BROKEN), clock(Kind.CADENCE, State.BROKEN)
    sooner, later = replace(cadence, due=minute(20)), replace(cadence, started=minute(5))

    assert [p.id for p in found(clocks=(cadence, promise))] == ["broken-promise"]
    for other in (sooner, later, replace(cadence, audience="us")):
        ids = [p.id for p in found(clocks=(promise, other))]
        assert ids == ["broken-promise", "radio-silence"]


@pytest.mark.parametrize(
    ("kind", "id_"),
    [
        (Kind.CADENCE, "radio-silence"),
        (Kind.ACKNOWLEDGEMENT, "radio-silence"),
        (Kind.CONTRACT, "radio-silence"),
        (Kind.REGULATORY, "radio-silence"),
        (Kind.PROMISE, "broken-promise"),
    ],
)
def test_a_clock_that_ran_out_is_silence_or_a_broken_promise(kind: Kind, id_: str) -> None:
    (now,) = found(clocks=(clock(kind, State.OVERDUE),))
    (past,) = found(clocks=(clock(kind, State.BROKEN),))

    assert (now.id, past.id) == (id_, id_)
    assert (now.open, past.open) == (True, False)
    assert "2026-11-22T09:30:00Z" in now.text
    assert "has not come" in now.text
    assert "came at 2026-11-22T09:40:00Z" in past.text


def test_a_seventh_message_within_an_hour_is_one_too_many() -> None:
    assert found(*(told(8 * n) for n in range(6))) == []
    assert found(*(told(10 * n) for n in range(12))) == [], "every ten minutes is the quickest"

    (one,) = found(*(told(8 * n) for n in range(8)))
    assert one.id == "over-communication"
    assert "7 times within an hour" in one.text
    assert one.message == "investigation-public-48"


def test_each_audience_is_counted_by_itself() -> None:
    assert found(*(told(8 * n, to=f"audience-{n % 2}") for n in range(8))) == []


def test_the_same_text_again_is_noise_and_to_others_it_is_not() -> None:
    (one,) = found(told(5, words="w"), told(30, words="w"), told(31, words="w", to="internal"))

    assert one.id == "over-communication"
    assert "as in investigation-public-5" in one.text


def test_what_is_critical_goes_over_more_than_one_channel() -> None:
    (one,) = found(told(5, channels="page"), told(30, channels="page"))
    assert (one.id, one.text) == (
        "single-channel-critical",
        "public was reached over page alone, in a SEV-1",
    )

    assert found(told(5, channels="page"), told(30, channels="mail")) == []
    assert found(told(5, channels="page"), severity="SEV-3") == []


def test_two_of_one_kind_have_keys_of_their_own() -> None:
    many = found(*(told(9 * n, words="w", channels="page") for n in range(9)))

    assert len({(p.id, p.key) for p in many}) == len(many) > 5
