"""Clocks that a send meets: first words, cadence, promises, contracts. Times are minutes."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from commscli.domain.clocks.clock import Clock
from commscli.domain.clocks.course import Course, Stretch, Told
from commscli.domain.clocks.updates import (
    acknowledgement,
    cadence,
    cadence_of,
    contract,
    promises,
)

ZERO = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
PLAYBOOK = {"investigation": 30, "identification": 30, "monitoring": 60}


def minute(number: float) -> datetime:
    return ZERO + timedelta(minutes=number)


def minutes(**values: float) -> dict[str, timedelta]:
    return {key: timedelta(minutes=value) for key, value in values.items()}


def sent(
    at: float, *, phase: str = "investigation", to: str = "public", promised: float = 0
) -> Told:
    return Told(
        audience=to,
        phase=phase,
        at=minute(at),
        message=f"{phase}-{to}-1",
        promised=minute(promised) if promised else None,
    )


def course(
    *told: Told,
    phases: Sequence[tuple[str, float]] = (("investigation", 0),),
    severities: Sequence[str] = (),
    skipped: Sequence[tuple[str, str]] = (),
) -> Course:
    ends = [minute(at) for _, at in phases[1:]]
    names = severities or ["SEV-1"] * len(phases)
    return Course(
        told=told,
        stretches=[
            Stretch(phase=phase, severity=severity, since=minute(at), until=until)
            for (phase, at), severity, until in zip(phases, names, [*ends, None], strict=True)
        ],
        skipped=dict.fromkeys(skipped, "why"),
    )


def due(clock: Clock) -> float:
    assert clock.due is not None
    return (clock.due - ZERO) / timedelta(minutes=1)


def told(clocks: Sequence[Clock]) -> list[tuple[float, str]]:
    return [(due(clock), clock.state.value) for clock in clocks]


@pytest.mark.parametrize(
    ("at", "now", "state"),
    [(None, 15, "running"), (None, 15.1, "overdue"), (15, 90, "met"), (16, 90, "broken")],
)
def test_the_first_words_are_due_in_a_quarter_of_an_hour(
    at: float | None, now: float, state: str
) -> None:
    story = course(*[sent(at)] if at is not None else [])
    clock = acknowledgement(story, ["public"], minute(now))

    assert (due(clock), clock.state) == (15, state)


def test_telling_our_own_people_acknowledges_nothing_to_those_affected() -> None:
    clock = acknowledgement(course(sent(3, to="internal")), ["public"], minute(20))

    assert clock.state == "overdue"


def cadences(story: Course, now: float, **own: float) -> list[tuple[float, str]]:
    lookup = cadence_of(minutes(**own), {}, minutes(**PLAYBOOK))
    return told([*cadence(story, "public", lookup, minute(now))])


def test_each_send_starts_the_cadence_anew() -> None:
    assert cadences(course(sent(10), sent(50)), 60) == [
        (30, "met"),
        (40, "broken"),
        (80, "running"),
    ]
    assert cadences(course(), 31) == [(30, "overdue")]


def test_an_audience_waits_longer_while_a_remedy_is_watched() -> None:
    story = course(sent(10), phases=[("investigation", 0), ("monitoring", 20)])

    assert cadences(story, 65)[-1] == (70, "running")


def test_a_shorter_cadence_is_due_at_once_where_it_is_over_already() -> None:
    story = course(sent(1, phase="monitoring"), phases=[("monitoring", 0), ("investigation", 50)])

    assert cadences(story, 55)[-1] == (50, "overdue")


def test_after_the_resolution_nobody_waits_for_the_next_update() -> None:
    story = course(sent(10), phases=[("investigation", 0), ("resolution", 20)])

    assert cadences(story, 600) == [(30, "met")]


def test_silence_before_the_resolution_stays_one() -> None:
    story = course(sent(10), phases=[("investigation", 0), ("resolution", 50)])

    assert cadences(story, 600)[-1] == (40, "overdue")


def test_one_message_is_all_that_a_cadence_of_the_resolution_asks_for() -> None:
    phases = [("investigation", 0), ("resolution", 20)]
    waits = course(sent(10), phases=phases)
    told_ = course(sent(10), sent(25, phase="resolution"), phases=phases)

    assert cadences(waits, 22, resolution=10)[-1] == (30, "running")
    assert cadences(told_, 600, resolution=10)[-1] == (30, "met")


def test_a_skipped_audience_does_not_wait() -> None:
    assert cadences(course(skipped=[("investigation", "public")]), 600) == []


def test_the_audience_says_it_before_the_severity_and_the_playbook() -> None:
    lookup = cadence_of(
        minutes(investigation=5),
        {"SEV-1": minutes(investigation=10, identification=15)},
        minutes(**PLAYBOOK),
    )

    assert lookup("investigation", "SEV-1") == timedelta(minutes=5)
    assert lookup("identification", "SEV-1") == timedelta(minutes=15)
    assert lookup("identification", "SEV-2") == timedelta(minutes=30)
    assert lookup("publishing", "SEV-1") is None


def test_a_severity_that_is_raised_shortens_the_wait() -> None:
    lookup = cadence_of({}, {"SEV-1": minutes(investigation=10)}, minutes(**PLAYBOOK))
    story = course(
        sent(1), phases=[("investigation", 0), ("investigation", 20)], severities=["SEV-3", "SEV-1"]
    )

    assert told([*cadence(story, "public", lookup, minute(21))])[-1] == (20, "overdue")


def test_a_promise_is_judged_by_the_next_real_send() -> None:
    story = course(sent(0, promised=30), sent(30, promised=60), sent(61, promised=90))

    assert told([*promises(story, "public", minute(91))]) == [
        (30, "met"),
        (60, "broken"),
        (90, "overdue"),
    ]


def test_nobody_was_told_and_nothing_was_promised() -> None:
    assert [*promises(course(), "public", minute(90))] == []
    assert [*promises(course(sent(0)), "public", minute(90))] == []


def test_what_others_were_told_keeps_no_promise() -> None:
    story = course(sent(0, promised=30), sent(20, to="internal"))

    assert told([*promises(story, "public", minute(31))]) == [(30, "overdue")]


def contracts(story: Course, now: float, **limits: float) -> dict[str, list[tuple[float, str]]]:
    named = {key.replace("_", "-"): value for key, value in minutes(**limits).items()}
    found: dict[str, list[tuple[float, str]]] = {}
    for clock in contract(story, "public", named, minute(now)):
        name = clock.id.removeprefix("contract-public-")
        found.setdefault(name, []).append((due(clock), clock.state.value))
    return found


def test_a_contract_sets_clocks_by_name() -> None:
    story = course(sent(10), sent(30))
    found = contracts(story, 55, first_response=15, update=20, resolution=240, workaround=50)

    assert found == {
        "first-response": [(15, "met")],
        "update": [(20, "met"), (30, "met"), (50, "overdue")],
        "resolution": [(240, "running")],
        "workaround": [(50, "overdue")],
    }


def test_no_update_is_owed_after_the_resolution() -> None:
    story = course(
        sent(10), sent(60, phase="resolution"), phases=[("investigation", 0), ("resolution", 25)]
    )

    assert contracts(story, 600, update=20)["update"] == [(20, "met")]
    assert contracts(story, 600, resolution=70)["resolution"] == [(70, "met")]
