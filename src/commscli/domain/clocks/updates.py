"""Clocks that a send to an audience meets: first words, cadence, promises, contracts."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from commscli.domain.clocks.clock import Clock, Kind, State, state_of
from commscli.domain.clocks.course import Course, Gap, Stretch, Told, gaps
from commscli.domain.durations import format_duration
from commscli.domain.phases import names_next_update

FIRST_WORDS = timedelta(minutes=15)
"""The outer limit of the managed-IT guide, from the declaration to the first real send."""

Cadence = Callable[[str, str], timedelta | None]
"""Phase and severity to how long an audience waits at most; nothing, where nobody says."""


def acknowledgement(
    course: Course, audiences: Iterable[str], now: datetime, limit: timedelta = FIRST_WORDS
) -> Clock:
    """Return the clock of the first words to anybody who is affected."""
    first, due = course.first(audiences), course.declared + limit
    met = first.at if first else None
    return Clock(
        id="first-acknowledgement",
        kind=Kind.ACKNOWLEDGEMENT,
        started=course.declared,
        due=due,
        met=met,
        state=state_of(due, met, now),
        reason=f"those affected hear from us within {format_duration(limit)} of the declaration",
        message=first.message if first else "",
    )


def cadence_of(
    audience: Mapping[str, timedelta],
    by_severity: Mapping[str, Mapping[str, timedelta]],
    playbook: Mapping[str, timedelta],
) -> Cadence:
    """Return the cadence of an audience: its own, else the severity's, else the playbook's."""

    def lookup(phase: str, severity: str) -> timedelta | None:
        return (
            audience.get(phase) or by_severity.get(severity, {}).get(phase) or playbook.get(phase)
        )

    return lookup


def cadence(course: Course, audience: str, lookup: Cadence, now: datetime) -> Iterator[Clock]:
    """Yield a clock for each time in which an audience waited, as far as one ran in it.

    The limit is that of the phase and severity at the time. Where these change to a shorter
    one that is already over, the update is due at the change. From the resolution on, one
    message a phase is all that a cadence asks for.
    """
    for gap in gaps(course, audience):
        found = _limit(course, audience, lookup, gap, now)
        if found is None:
            continue
        stretch, due = found
        met = gap.until.at if gap.until else None
        length = lookup(stretch.phase, stretch.severity) or timedelta(0)
        yield Clock(
            id=f"cadence-{audience}",
            kind=Kind.CADENCE,
            started=gap.since,
            due=due,
            met=met,
            state=state_of(due, met, now),
            reason=f"in {stretch.phase}, {stretch.severity}: every {format_duration(length)}",
            audience=audience,
            message=gap.until.message if gap.until else "",
        )


def _limit(
    course: Course, audience: str, lookup: Cadence, gap: Gap, now: datetime
) -> tuple[Stretch, datetime] | None:
    """Return the first limit that ran out in a gap, else the one that runs or was kept."""
    limits = [*_limits(course, audience, lookup, gap, now)]
    end = gap.until.at if gap.until else now
    for stretch, due in limits:
        if due < min(end, stretch.until or end):
            return stretch, due
    if not limits:
        return None
    stretch, due = limits[-1]
    # A limit that lay beyond its phase was never reached: the next phase asks for less.
    counts = end <= due if gap.until else stretch.until is None
    return (stretch, due) if counts else None


def _limits(
    course: Course, audience: str, lookup: Cadence, gap: Gap, now: datetime
) -> Iterator[tuple[Stretch, datetime]]:
    """Yield each stretch in which an audience waited, with when it was due a message there."""
    end = gap.until.at if gap.until else now
    for stretch in course.stretches:
        last = stretch.until is None or stretch.until > gap.since
        length = lookup(stretch.phase, stretch.severity)
        if stretch.since > end or not last or length is None:
            continue
        if (stretch.phase, audience) in course.skipped:
            continue
        if names_next_update(stretch.phase):
            yield stretch, max(gap.since + length, stretch.since)
        elif gap.after is None or gap.after.phase != stretch.phase:
            yield stretch, stretch.since + length


def promises(course: Course, audience: str, now: datetime) -> Iterator[Clock]:
    """Yield each promised next update, judged against the next real send to that audience."""
    for gap in gaps(course, audience):
        promise, after = gap.after, gap.until
        if promise is None or promise.promised is None:
            continue
        met = after.at if after else None
        yield Clock(
            id=f"next-update-{audience}",
            kind=Kind.PROMISE,
            started=promise.at,
            due=promise.promised,
            met=met,
            state=state_of(promise.promised, met, now),
            reason=f"{promise.message} promised the next update",
            audience=audience,
            message=promise.message,
        )


def contract(
    course: Course, audience: str, limits: Mapping[str, timedelta], now: datetime
) -> Iterator[Clock]:
    """Yield the clocks that a contract sets for an audience, by their names.

    ``first-response`` and ``resolution`` run from the declaration to the first message, and to
    the first one of the resolution; ``update`` from message to message, until the resolution.
    Every other name runs from the declaration until somebody records that it was met.
    """
    for name, limit in limits.items():
        if name == "update":
            yield from _contract_updates(course, audience, limit, now)
            continue
        phases = {"first-response": "", "resolution": "resolution"}
        met = course.first([audience], phase=phases[name]) if name in phases else None
        yield _of_contract(name, audience, limit, course.declared, met, now)


def _contract_updates(
    course: Course, audience: str, limit: timedelta, now: datetime
) -> Iterator[Clock]:
    over = course.resolved
    for gap in gaps(course, audience):
        if over is None or gap.since < over:
            clock = _of_contract("update", audience, limit, gap.since, gap.until, now)
            is_owed = over is None or gap.since + limit < over
            if is_owed or clock.state is State.MET:
                yield clock


def _of_contract(
    name: str,
    audience: str,
    limit: timedelta,
    started: datetime,
    until: Told | None,
    now: datetime,
) -> Clock:
    due, met = started + limit, until.at if until else None
    return Clock(
        id=f"contract-{audience}-{name}",
        kind=Kind.CONTRACT,
        started=started,
        due=due,
        met=met,
        state=state_of(due, met, now),
        reason=f"the contract says {name} within {format_duration(limit)}",
        audience=audience,
        message=until.message if until else "",
    )
