"""The numbers of an incident, worked out by hand from times that people claimed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commscli.domain.metrics.course import Course, Journey, Judged, SentOut
from commscli.domain.metrics.gate_times import gate_times
from commscli.domain.metrics.many import spread, summarise
from commscli.domain.metrics.measures import measure
from commscli.domain.metrics.promises import promises

NINE = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def at(minute: float) -> datetime:
    return NINE + timedelta(minutes=minute)


def judged(gate: str, *oks: float, after: Sequence[str] = (), written: float = 0) -> Judged:
    how = "passed" if oks else "open"
    return Judged(gate=gate, how=how, after=tuple(after), written=at(written),
                  oks=tuple(map(at, oks)))  # fmt: skip


def journey(
    audience: str,
    *sends: float | tuple[float, float],
    gates: Sequence[Judged] = (),
    number: int = 1,
    drafted: float = 0,
) -> Journey:
    """A message; a send is a minute, or a minute and that of the promised next update."""
    out = [(send, None) if isinstance(send, int | float) else send for send in sends]
    return Journey(
        message=f"investigation-{audience}-{number}", audience=audience, phase="investigation",
        state="sent" if sends else "in-review", drafted=at(drafted), revisions=2, objections=1,
        suggestions=3, gates=tuple(gates),
        sends=tuple(SentOut(at=at(s), promised=None if p is None else at(p)) for s, p in out),
    )  # fmt: skip


def course(*journeys: Journey, declared: datetime = NINE, drill: bool = False) -> Course:
    return Course(
        incident="i", title="T", severity="SEV-1", stage="active", drill=drill, declared=declared,
        inside=frozenset({"inside"}), skipped={("investigation", "b"): "phoned"},
        journeys=journeys,
    )  # fmt: skip


# -- gates


def test_a_gate_takes_from_the_words_to_its_ok_and_a_later_one_from_the_gates_before() -> None:
    times = gate_times([
        judged("accuracy", 5, written=2),
        judged("legal", 12, written=2),
        judged("approval", 20, after=["accuracy", "legal"]),
        judged("release", 21, after=["approval"]),
    ])  # fmt: skip

    assert [time.seconds for time in times] == [180, 600, 480, 60]
    assert times[2].turn == at(12), "the slowest of those before"


def test_the_words_may_be_newer_than_the_gates_before() -> None:
    _, approval = gate_times([judged("legal", 5), judged("approval", 30, after=["legal"],
                                                         written=20)])  # fmt: skip

    assert approval.seconds == 600


def test_a_gate_of_two_takes_until_the_second() -> None:
    (time,) = gate_times([judged("legal", 9, 4)])

    assert time.seconds == 540


def test_a_gate_that_nobody_passed_now_took_no_time_and_delays_nothing() -> None:
    legal, approval = gate_times([judged("legal"), judged("approval", 3, after=["legal"])])

    assert (legal.seconds, legal.passed) == (None, None)
    assert approval.seconds == 180


def test_clocks_that_disagree_are_told_and_count_as_nothing() -> None:
    (time,) = gate_times([judged("legal", 4, written=10)])

    assert (time.seconds, time.disagree) == (0, True)


@given(st.lists(st.integers(0, 500), min_size=2, max_size=6))
def test_no_gate_takes_less_than_nothing_or_longer_than_all(minutes: list[int]) -> None:
    names = [f"g{number}" for number in range(len(minutes))]
    gates = [judged(name, m, after=names[:n]) for n, (name, m) in enumerate(
        zip(names, minutes, strict=True))]  # fmt: skip

    times = gate_times(gates)

    assert all(0 <= (time.seconds or 0) <= max(minutes) * 60 for time in times)


# -- promises


def test_a_promise_is_kept_by_the_next_send_to_the_same_audience() -> None:
    found = promises([journey("a", (10, 40)), journey("a", 40, number=2)], at(60))

    assert [(p.state, p.by, p.late) for p in found] == [("kept", "investigation-a-2", 0)]


def test_a_send_to_others_keeps_nothing() -> None:
    found = promises([journey("a", (10, 40)), journey("b", 20)], at(60))

    assert [(p.state, p.by, p.late) for p in found] == [("broken", "", 20 * 60)]


def test_one_that_comes_late_breaks_it_by_so_much() -> None:
    found = promises([journey("a", (10, 40)), journey("a", 45, number=2)], at(600))

    assert [(p.state, p.late) for p in found] == [("broken", 5 * 60)]


def test_one_that_is_not_due_yet_is_running() -> None:
    (promise,) = promises([journey("a", (10, 40))], at(30))

    assert (promise.state, promise.late) == ("running", 0)


def test_each_promise_is_held_against_the_send_after_it() -> None:
    found = promises([journey("a", (10, 20), (15, 50), (60, 90))], at(70))

    assert [(p.due, p.state) for p in found] == [
        (at(20), "kept"), (at(50), "broken"), (at(90), "running"),
    ]  # fmt: skip


# -- an incident


def test_the_first_word_is_to_those_affected() -> None:
    found = measure(course(journey("inside", 3), journey("a", 9), journey("c", 12)), at(60))

    word = found.acknowledgement
    assert word
    assert (word.audience, word.seconds, word.in_time) == ("a", 540, True)
    assert [a.first.seconds for a in found.audiences] == [180, 540, 720]


@pytest.mark.parametrize(("minutes", "in_time"), [(15, True), (15.1, False)])
def test_fifteen_minutes_are_the_limit(minutes: float, *, in_time: bool) -> None:
    found = measure(course(journey("a", minutes)), at(60))

    assert found.acknowledgement
    assert found.acknowledgement.in_time is in_time


def test_nothing_sent_is_no_first_word_and_colleagues_are_none() -> None:
    assert measure(course(journey("a")), at(60)).acknowledgement is None
    assert measure(course(journey("inside", 3)), at(60)).acknowledgement is None


def test_silence_is_the_longest_between_two_sends_of_any_message() -> None:
    found = measure(course(journey("a", 10, 30), journey("a", 75, number=2)), at(600))

    (audience,) = found.audiences
    assert (audience.sends, audience.longest_gap) == (3, 45 * 60)


def test_after_the_end_nobody_waits_and_it_is_no_silence() -> None:
    end = replace(journey("a", 30), message="resolution-a-1", phase="resolution")
    after = replace(journey("a", 600), message="publishing-a-1", phase="publishing")
    (audience,) = measure(course(journey("a", 10), end, after), at(900)).audiences

    assert (audience.sends, audience.longest_gap) == (3, 20 * 60)


def test_counts_are_of_all_messages() -> None:
    found = measure(course(journey("a", 10), journey("b")), at(60))

    assert [found.total(what) for what in ("revisions", "objections", "suggestions")] == [4, 2, 6]
    assert [m.to_send for m in found.messages] == [600, None]


def test_a_send_before_the_declaration_is_a_disagreement() -> None:
    found = measure(course(journey("a", -5)), at(60))

    assert found.acknowledgement
    assert (found.acknowledgement.seconds, found.disagreements) == (0, 1)


# -- several


@pytest.mark.parametrize(
    ("numbers", "median", "p90"),
    [([], None, None), ([7], 7, 7), ([1, 2], 1.5, 2), (range(1, 11), 5.5, 9),
     (range(1, 12), 6, 10), ([9, 1, 5], 5, 9)],
)  # fmt: skip
def test_a_spread(numbers: Sequence[int], median: float | None, p90: int | None) -> None:
    found = spread(numbers)

    assert (found.count, found.median, found.p90) == (len(numbers), median, p90)


@given(st.lists(st.integers(0, 10_000), min_size=1))
def test_nine_in_ten_do_not_exceed_p90(numbers: list[int]) -> None:
    found = spread(numbers)

    assert found.p90 in numbers
    assert sum(number <= (found.p90 or 0) for number in numbers) >= 0.9 * len(numbers)


def test_several_incidents_together() -> None:
    early = measure(course(journey("a", (10, 20), 30, gates=[judged("legal", 4)])), at(600))
    later = measure(
        course(journey("a", 90, gates=[judged("legal", 8)]), declared=at(60)), at(600)
    )  # fmt: skip

    found = summarise([early, later], UTC)

    assert (found.acknowledgement.median, found.acknowledgement.p90) == (1200, 1800)
    assert found.gates["legal"].median == 360
    assert (found.sends, found.kept, found.broken, found.skips) == (3, 0, 1, 2)
    assert [(m.month, m.incidents) for m in found.months] == [("2026-11", 2)]


def test_a_month_is_one_of_the_organisation() -> None:
    night = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    one = measure(course(declared=night), night)

    assert summarise([one], timezone(timedelta(hours=1))).months[0].month == "2026-12"
    assert summarise([one], UTC).months[0].month == "2026-11"
