"""When an escalation is set off, worked out from plain values."""

from datetime import UTC, datetime, timedelta

import pytest

from commscli.domain.clocks.course import Course, Stretch
from commscli.domain.escalations import Trigger, escalation_named, record_name

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def course(*stretches: tuple[int, str, str], closed: int | None = None) -> Course:
    """Stretches as (minutes after the declaration, phase, severity)."""
    ends = [at(begun) for begun, _, _ in stretches[1:]]
    return Course(
        told=(),
        stretches=[
            Stretch(phase=phase, severity=severity, since=at(begun), until=end)
            for (begun, phase, severity), end in zip(stretches, [*ends, None], strict=True)
        ],
        skipped={},
        closed=at(closed) if closed else None,
    )


CALM = course((0, "investigation", "SEV-3"))
WORSE = course((0, "investigation", "SEV-3"), (20, "investigation", "SEV-1"))


@pytest.mark.parametrize(
    ("threshold", "since"), [("SEV-1", 20), ("SEV-2", 20), ("SEV-3", 0), ("SEV-5", 0)]
)
def test_severity_counts_from_when_it_was_first_as_bad(threshold: str, since: int) -> None:
    assert Trigger(severity=threshold).since(WORSE, {}, at(60)) == at(since)


def test_severity_that_was_never_reached() -> None:
    assert Trigger(severity="SEV-2").since(CALM, {}, at(600)) is None


def test_severity_that_went_down_again_was_reached() -> None:
    both = course((0, "investigation", "SEV-1"), (5, "investigation", "SEV-4"))
    assert Trigger(severity="SEV-2").since(both, {}, at(6)) == at(0)


@pytest.mark.parametrize(("now", "since"), [(59, None), (60, 60), (61, 60), (6000, 60)])
def test_time_counts_to_the_minute(now: int, since: int | None) -> None:
    found = Trigger(after=timedelta(hours=1)).since(CALM, {}, at(now))
    assert found == (at(since) if since is not None else None)


@pytest.mark.parametrize(("resolved", "is_set_off"), [(59, False), (60, False), (61, True)])
def test_time_says_nothing_once_nothing_is_wrong_any_more(resolved: int, is_set_off: bool) -> None:
    over = course((0, "investigation", "SEV-1"), (resolved, "resolution", "SEV-1"))
    assert (Trigger(after=timedelta(hours=1)).since(over, {}, at(120)) is not None) is is_set_off


def test_time_says_nothing_of_what_was_closed_before() -> None:
    closed = course((0, "investigation", "SEV-1"), closed=30)
    assert Trigger(after=timedelta(hours=1)).since(closed, {}, at(120)) is None


def test_a_fact_counts_from_when_it_was_known() -> None:
    trigger = Trigger(fact="data_loss")
    assert trigger.since(CALM, {}, at(60)) is None
    assert trigger.since(CALM, {"data_loss": at(7)}, at(60)) == at(7)


def test_the_name_of_its_record_is_that_of_no_clock() -> None:
    assert escalation_named(record_name("worst-severity")) == "worst-severity"
    assert escalation_named("gdpr-33") == ""
