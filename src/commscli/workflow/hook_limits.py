"""What a push may cost the machine that receives it: so much time, so much memory."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from time import process_time
from types import FrameType

from commscli.errors import CommsError

SECONDS = 120.0
MEMORY = 2 * 1024**3
"""Bytes of data of this process, and of each git that it starts."""
_AGAIN = 5.0


class TooCostly(CommsError):
    """It takes longer, or needs more room, than a push may."""

    code = "too-costly"


@contextmanager
def bounded(seconds: float, memory: int = MEMORY) -> Iterator[None]:
    """Let what is done inside take only so long, and only so much room.

    The system ends what does not end itself: by a limit on processor time, twice as long.

    Raises:
        TooCostly: when that is used up.
    """

    def late(_: int, __: FrameType | None) -> None:
        raise TooCostly(
            f"it takes longer than {seconds:.0f} seconds to check",
            remedy="push less at a time; the admin of this server can allow more: "
            "git config comms.hookSeconds N",
        )

    before = signal.signal(signal.SIGALRM, late)
    # Again and again: what a `suppress` on the way up takes for its own comes back.
    signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
    try:
        with _limits(seconds, memory):
            yield
    except MemoryError:
        raise TooCostly(
            f"it takes more than {memory >> 20} MiB to check", remedy="push less at a time"
        ) from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def _limits(seconds: float, memory: int) -> Iterator[None]:
    try:
        import resource  # noqa: PLC0415 - not on every system; the clock remains
    except ImportError:
        yield
        return
    wanted = {
        resource.RLIMIT_DATA: memory,
        resource.RLIMIT_CPU: int(process_time() + 2 * seconds) + 1,
    }
    before = {which: resource.getrlimit(which) for which in wanted}
    for which, amount in wanted.items():
        soft, hard = before[which]
        known = [n for n in (soft, hard, amount) if n != resource.RLIM_INFINITY]
        resource.setrlimit(which, (min(known), hard))
    try:
        yield
    finally:
        for which, limits in before.items():
            resource.setrlimit(which, limits)
