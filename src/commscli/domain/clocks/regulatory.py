"""Clocks that a law or a card scheme sets: started by a person, chained to one another.

None of them starts by itself from the incident: what starts one is that somebody who may say
so records the event that the regime names (awareness, a determination). Only a clock that runs
from an earlier notice starts when that notice was recorded as given.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from commscli.domain.clocks.clock import Clock, Kind, state_of
from commscli.domain.clocks.periods import Calendar, Period

EVENTS = ("awareness", "determination")
"""What a clock runs from, where it is not an earlier notice."""
BY_HAND = frozenset({Kind.CONTRACT, Kind.ANALYSIS, Kind.POSTMORTEM, Kind.REGULATORY})
"""Clocks that a person can record as met; the rest are met by a real send alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One clock of a regime. ``period`` is nothing where the law says "without delay"."""

    id: str
    regime: str
    period: Period | None
    chained_from: str
    met_with: tuple[str, ...] = ()
    tell: tuple[str, ...] = ()
    country: str = ""
    """Whose holidays count, where the regime says so; else the organisation's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What somebody recorded of a clock, in the order of the records."""

    clock: str
    is_start: bool
    time: datetime
    why: str = ""
    message: str = ""


def regulatory(
    duties: Mapping[str, Duty],
    marks: Sequence[Mark],
    calendar_of: Callable[[str], Calendar],
    now: datetime,
) -> Iterator[Clock]:
    """Yield every clock that was started, or that an earlier notice started.

    ``calendar_of`` gives the calendar of a country, and the organisation's for ``""``.
    """
    ledger = _Ledger(duties=duties, marks=marks)
    for id_, duty in duties.items():
        started = ledger.started(id_)
        if started is None:
            continue
        met = ledger.met(id_)
        due = duty.period.due(started.time, calendar_of(duty.country)) if duty.period else None
        yield Clock(
            id=id_,
            kind=Kind.REGULATORY,
            started=started.time,
            due=due,
            met=met.time if met else None,
            state=state_of(due, met.time if met else None, now),
            reason=_reason(duty, started),
            message=met.message if met else "",
        )
    yield from _nameless(ledger, now)


def _reason(duty: Duty, started: Mark) -> str:
    length = f"{duty.period}" if duty.period else "without undue delay"
    told = f", to {', '.join(duty.tell)}" if duty.tell else ""
    why = f" ({started.why})" if started.why else ""
    return f"{duty.regime}: {length}{told}{why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ledger:
    """What was recorded of which clock."""

    duties: Mapping[str, Duty]
    marks: Sequence[Mark]

    def started(self, id_: str) -> Mark | None:
        """Return what started a clock last: a record, or that the notice before was given."""
        starts = [mark for mark in self.marks if mark.clock == id_ and mark.is_start]
        if starts:
            return starts[-1]
        before = self.duties[id_].chained_from
        notice = self.notice(before) if before in self.duties else None
        return replace(notice, why=f"{before} was met") if notice else None

    def met(self, id_: str) -> Mark | None:
        """Return what met a clock since it was last started: the first notice is what counts."""
        return next(iter(self._notices(id_)), None)

    def notice(self, id_: str) -> Mark | None:
        """Return the latest notice: the clock that is chained to it runs from there."""
        return next(iter(reversed(self._notices(id_))), None)

    def _notices(self, id_: str) -> list[Mark]:
        also = {id_, *self.duties[id_].met_with}
        found: list[Mark] = []
        for mark in self.marks:
            if mark.is_start and mark.clock == id_:
                found = []
            elif not mark.is_start and mark.clock in also:
                found.append(mark)
        return found


def _nameless(ledger: _Ledger, now: datetime) -> Iterator[Clock]:
    """Yield clocks that were started under a name that the clocks of today do not have."""
    names = dict.fromkeys(m.clock for m in ledger.marks if m.is_start)
    for name in names:
        if name in ledger.duties:
            continue
        own = [mark for mark in ledger.marks if mark.clock == name]
        met = own[-1].time if not own[-1].is_start else None
        started = next(mark for mark in reversed(own) if mark.is_start)
        yield Clock(
            id=name,
            kind=Kind.REGULATORY,
            started=started.time,
            due=None,
            met=met,
            state=state_of(None, met, now),
            reason="no clock of this name in playbooks/clocks any more",
        )


def met_by_hand(clock: Clock, marks: Sequence[Mark], now: datetime) -> Clock:
    """Return a clock of ours with what somebody recorded as having met it."""
    found = [m for m in marks if m.clock == clock.id and not m.is_start and m.time >= clock.started]
    if clock.met is not None or clock.kind not in BY_HAND or not found:
        return clock
    mark = found[-1]
    return replace(
        clock, met=mark.time, state=state_of(clock.due, mark.time, now), message=mark.message
    )
