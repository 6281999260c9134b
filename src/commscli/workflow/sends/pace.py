"""How time passes for a send: waiting before another try, no faster than a channel takes it."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock

from commscli.delivery.channels.channel import Delivery, Outcome
from commscli.delivery.ledger import Step
from commscli.domain.moments import moment
from commscli.workflow.session import Session

FIRST_WAIT = 1.0
LONGEST_WAIT = 30.0
"""Seconds. Who asks for more patience than this gets it from a person who runs it again."""

SETTLED = 30.0
"""Seconds after which a request that got no answer is through on the other side, or never will be:
what is not there by then, did not arrive."""

Told = Callable[[Delivery, Step], None]
"""Called when something came of a delivery."""


@dataclass(slots=True, kw_only=True)
class Pace:
    """How time passes for a send, whether somebody says stop, and who hears how it goes on."""

    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    stopped: Callable[[], bool] = field(default=lambda: False)
    held: Callable[[], None] = field(default=lambda: None)
    """Called before each delivery; it raises once the send is somebody else's."""
    told: Told = field(default=lambda _delivery, _step: None)
    passed: Callable[[], float] = time.monotonic
    """Seconds, from whenever; a clock that is set does not change it."""
    settled: float = SETTLED

    def settling(self, at: str) -> float:
        """Return how many seconds something written then may still take to show."""
        passed = (self.now() - moment(at)).total_seconds() if at else self.settled
        return min(self.settled, max(0.0, self.settled - passed))


def pace_of(session: Session) -> Pace:
    """Return how time passes: as it does, but for a clock that somebody set for the whole run."""
    stated = session.circumstances.environ.get("COMMS_NOW")
    now = session.circumstances.now
    if stated:  # it does not move, so that nothing would ever settle by it
        return Pace(now=lambda: now, sleep=time.sleep, settled=0.0)
    return Pace(now=lambda: datetime.now(UTC), sleep=time.sleep)


@dataclass(slots=True, kw_only=True)
class Throttle:
    """Lets so many through in a second; all, where that is 0."""

    per_second: float
    pace: Pace
    _next: float = 0.0
    _lock: Lock = field(default_factory=Lock)

    def wait(self) -> None:
        """Wait for one's turn."""
        if not self.per_second:
            return
        with self._lock:
            now = self.pace.passed()
            turn = max(now, self._next)
            self._next = turn + 1 / self.per_second
        if turn > now:
            self.pace.sleep(turn - now)


def wait_after(outcome: Outcome, number: int) -> float | None:
    """Return how long to wait before it is tried again; nothing, where that is too long."""
    if outcome.after is not None:
        return outcome.after if outcome.after <= LONGEST_WAIT else None
    return random.uniform(0, min(LONGEST_WAIT, FIRST_WAIT * 2**number))  # noqa: S311 - jitter
