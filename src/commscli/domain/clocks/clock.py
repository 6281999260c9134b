"""One clock: since when, until when, whether it was met, and why it runs at all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class State(StrEnum):
    """How a clock stands. ``broken``: what it asked for was done, and too late."""

    RUNNING = "running"
    MET = "met"
    OVERDUE = "overdue"
    BROKEN = "broken"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something."""
        return self in {State.RUNNING, State.OVERDUE}


class Kind(StrEnum):
    """What a clock is about."""

    ACKNOWLEDGEMENT = "acknowledgement"
    CADENCE = "cadence"
    PROMISE = "promise"
    CONTRACT = "contract"
    URGENCY = "urgency"
    ANALYSIS = "analysis"
    POSTMORTEM = "postmortem"
    REGULATORY = "regulatory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A time by which something has to be said, as it stands at one moment. Times are UTC.

    ``due`` is nothing where what is asked for has no fixed time ("without undue delay").
    ``message`` is what the promise stands in, or what met it.
    """

    id: str
    kind: Kind
    started: datetime
    due: datetime | None
    state: State
    reason: str
    met: datetime | None = None
    audience: str = ""
    message: str = ""


def state_of(due: datetime | None, met: datetime | None, now: datetime) -> State:
    """Return how a clock stands. At the very moment at which it is due, it is kept."""
    if met is not None:
        return State.BROKEN if due is not None and met > due else State.MET
    return State.OVERDUE if due is not None and now > due else State.RUNNING


_SOON = timedelta(hours=1)


def most_urgent_first(clocks: Iterable[Clock]) -> tuple[Clock, ...]:
    """Return clocks in the order in which somebody has to look at them.

    Overdue ones by how long they have been; then what is due, the next first. What has to be
    done without delay, with no time named, stands as if it were due an hour after it began.
    Clocks that are due at the same time stay in the order in which they were given.
    """

    def place(clock: Clock) -> tuple[bool, bool, datetime]:
        due = clock.due or clock.started + _SOON
        return not clock.state.is_open, clock.state is not State.OVERDUE, due

    return tuple(sorted(clocks, key=place))
