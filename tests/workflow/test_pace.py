"""How time passes for a send: no faster than a channel takes it, and patient where that helps."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from commscli.delivery.channels.channel import Outcome
from commscli.delivery.ledger import Step
from commscli.domain.moments import stamp
from commscli.workflow.sends.pace import FIRST_WAIT, LONGEST_WAIT, Pace, Throttle, wait_after

AT = datetime(2026, 11, 22, 9, 20, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that moves when somebody sleeps."""

    seconds: float = 0.0
    slept: list[float] = field(default_factory=list)

    def pace(self) -> Pace:
        return Pace(now=lambda: AT + timedelta(seconds=self.seconds), sleep=self.sleep,
                    passed=lambda: self.seconds)  # fmt: skip

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds


def test_no_more_in_a_second_than_a_channel_takes() -> None:
    clock = Clock()
    throttle = Throttle(per_second=4, pace=clock.pace())
    for _ in range(9):
        throttle.wait()
    assert clock.seconds == pytest.approx(2.0)
    clock.seconds = 100.0
    throttle.wait()
    assert clock.seconds == 100.0, "who comes late waits for nothing, and saves nothing up"
    throttle.wait()
    assert clock.seconds == pytest.approx(100.25)


def test_a_channel_that_takes_all_there_is_waits_for_nothing() -> None:
    clock = Clock()
    throttle = Throttle(per_second=0, pace=clock.pace())
    for _ in range(100):
        throttle.wait()
    assert clock.slept == []


@pytest.mark.parametrize("number", range(8))
def test_the_wait_before_another_try_is_bounded_and_random(number: int) -> None:
    waits = [wait_after(Outcome(step=Step.DEFERRED), number) for _ in range(200)]
    most = min(LONGEST_WAIT, FIRST_WAIT * 2**number)
    assert all(wait is not None and 0 <= wait <= most for wait in waits)
    assert len(set(waits)) > 100


@pytest.mark.parametrize(("after", "wait"), [(5.0, 5.0), (30.0, 30.0), (31.0, None), (0.0, 0.0)])
def test_what_the_other_side_asks_for_is_kept_or_left_to_a_person(
    after: float, wait: float | None
) -> None:
    assert wait_after(Outcome(step=Step.DEFERRED, after=after), 0) == wait


@pytest.mark.parametrize(
    ("ago", "wait"), [(0, 30.0), (10, 20.0), (30, 0.0), (999, 0.0), (-999, 30.0)]
)
def test_what_was_just_written_may_still_show(ago: int, wait: float) -> None:
    """Clocks that jump make it no longer than it is, and never shorter than nothing."""
    pace = Clock().pace()
    assert pace.settling(stamp(AT - timedelta(seconds=ago))) == wait


def test_of_what_nobody_knows_when_nothing_settles() -> None:
    assert Clock().pace().settling("") == 0.0
