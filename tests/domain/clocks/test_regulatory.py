"""Clocks of laws: what starts them, what they are chained to, what meets them, what is first."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from commscli.domain.clocks.aftermath import aftermath
from commscli.domain.clocks.clock import Clock, Kind, State, most_urgent_first
from commscli.domain.clocks.course import Course, Stretch, Told
from commscli.domain.clocks.periods import Calendar, Period, Unit, monday_to_friday
from commscli.domain.clocks.regulatory import Duty, Mark, met_by_hand, regulatory

ZERO = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
"""A Friday."""
CALENDAR = Calendar(zone=UTC, is_working_day=monday_to_friday)


def hour(number: float) -> datetime:
    return ZERO + timedelta(hours=number)


def duty(id_: str, hours: int, chained_from: str, *met_with: str) -> Duty:
    period = Period(count=hours, unit=Unit.HOURS) if hours else None
    return Duty(id=id_, regime="DORA", period=period, chained_from=chained_from, met_with=met_with)


DUTIES = {
    d.id: d
    for d in (
        duty("initial", 4, "determination"),
        duty("initial-limit", 24, "awareness", "initial"),
        duty("intermediate", 72, "initial"),
        duty("final", 720, "intermediate"),
        duty("at-once", 0, "awareness"),
    )
}


def started(clock: str, at: float) -> Mark:
    return Mark(clock=clock, is_start=True, time=hour(at), why="told by the bank")


def met(clock: str, at: float) -> Mark:
    return Mark(clock=clock, is_start=False, time=hour(at))


def run(*marks: Mark, now: float = 0) -> dict[str, tuple[float | None, str]]:
    found = regulatory(DUTIES, marks, lambda _: CALENDAR, hour(now))
    return {clock.id: (_hours(clock), clock.state.value) for clock in found}


def _hours(clock: Clock) -> float | None:
    return (clock.due - ZERO) / timedelta(hours=1) if clock.due else None


def test_nothing_runs_until_a_person_records_the_event() -> None:
    assert run(now=500) == {}


def test_a_clock_runs_from_the_event_and_not_from_the_record() -> None:
    assert run(started("initial", -2), now=1) == {"initial": (2, "running")}
    assert run(started("initial", -2), now=3) == {"initial": (2, "overdue")}


def test_the_next_clock_runs_from_the_submission_of_the_one_before() -> None:
    found = run(started("initial", 0), met("initial", 3), now=4)

    assert found == {"initial": (4, "met"), "intermediate": (75, "running")}


def test_the_latest_intermediate_notice_starts_the_final_one() -> None:
    notices = [started("initial", 0), met("initial", 3), met("intermediate", 50)]

    assert run(*notices, now=60)["final"] == (770, "running")
    assert run(*notices, met("intermediate", 60), now=61)["final"] == (780, "running")


def test_a_notice_that_is_late_breaks_its_clock_and_starts_the_next() -> None:
    found = run(started("initial", 0), met("initial", 5), now=6)

    assert found["initial"] == (4, "broken")
    assert found["intermediate"] == (77, "running")


def test_one_notice_can_meet_two_limits() -> None:
    found = run(started("initial-limit", 0), started("initial", 10), met("initial", 12), now=30)

    assert found["initial-limit"] == (24, "met")


def test_a_clock_that_is_started_again_runs_again() -> None:
    found = run(started("initial", 0), met("initial", 3), started("initial", 10), now=11)

    assert found == {"initial": (14, "running")}


def test_without_delay_has_no_time_and_is_never_overdue() -> None:
    assert run(started("at-once", 0), now=5000) == {"at-once": (None, "running")}
    assert run(started("at-once", 0), met("at-once", 5), now=6) == {"at-once": (None, "met")}


def test_a_clock_that_is_no_longer_known_is_still_shown() -> None:
    assert run(started("gone", 0), now=5) == {"gone": (None, "running")}
    assert run(started("gone", 0), met("gone", 1), now=5) == {"gone": (None, "met")}


def course(severity: str, *told: Told, back: bool = False) -> Course:
    phases = [("investigation", 0), ("resolution", 2), *([("investigation", 3)] if back else [])]
    return Course(
        told=told,
        stretches=[Stretch(phase=p, severity=severity, since=hour(at)) for p, at in phases],
        skipped={},
    )


def said(phase: str, at: float) -> Told:
    return Told(audience="internal", phase=phase, at=hour(at), message=f"{phase}-internal-1")


def after(story: Course, now: float) -> dict[str, tuple[str, str]]:
    found: Sequence[Clock] = [
        *aftermath(story, ["internal"], ["internal", "public"], CALENDAR, hour(now))
    ]
    return {c.id: (f"{c.due:%Y-%m-%dT%H:%M:%S}", c.state.value) for c in found}


def test_the_analysis_is_due_in_a_day_and_the_postmortem_by_severity() -> None:
    analysis = {"preliminary-analysis": ("2026-11-21T11:00:00", "running")}

    assert after(course("SEV-1"), 3) == {
        **analysis, "postmortem": ("2026-11-23T23:59:59", "running")
    }  # fmt: skip
    assert after(course("SEV-2"), 3) == {
        **analysis, "postmortem": ("2026-11-27T23:59:59", "running")
    }  # fmt: skip
    assert after(course("SEV-3"), 3) == analysis


def test_both_are_met_by_what_was_sent_in_their_phase() -> None:
    found = after(course("SEV-1", said("analysis", 20), said("publishing", 200)), 300)

    assert {id_: state for id_, (_, state) in found.items()} == {
        "preliminary-analysis": "met",
        "postmortem": "broken",
    }


def test_an_incident_that_came_back_owes_no_postmortem_yet() -> None:
    assert after(course("SEV-1", back=True), 300) == {}


def test_a_postmortem_that_was_published_elsewhere_is_recorded_by_hand() -> None:
    clocks = [*aftermath(course("SEV-1"), ["internal"], ["public"], CALENDAR, hour(30))]
    marks = [met("postmortem", 28)]

    assert [met_by_hand(c, marks, hour(30)).state for c in clocks] == ["overdue", "met"]


def test_a_promise_is_met_by_a_send_and_by_no_record() -> None:
    promise = clock("next-update-public", Kind.PROMISE, due=1)

    assert met_by_hand(promise, [met("next-update-public", 0.5)], hour(2)).state == "overdue"


def clock(id_: str, kind: Kind, due: float | None, state: State = State.OVERDUE) -> Clock:
    return Clock(
        id=id_, kind=kind, started=ZERO, due=hour(due) if due is not None else None, state=state,
        reason="",
    )  # fmt: skip


def test_what_is_late_comes_first_and_what_is_done_last() -> None:
    running, kind = State.RUNNING, Kind.REGULATORY
    clocks = [
        clock("met", kind, -5, State.MET),
        clock("in-three-days", kind, 72, running),
        clock("at-once", kind, None, running),
        clock("in-a-quarter", kind, 0.25, running),
        clock("late", kind, -1),
        clock("later", kind, -2),
    ]

    assert [c.id for c in most_urgent_first(clocks)] == [
        "later", "late", "in-a-quarter", "at-once", "in-three-days", "met",
    ]  # fmt: skip
