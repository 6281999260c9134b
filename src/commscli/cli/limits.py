"""How long a check may take, and how much memory: a hostile repository is no reason to hang.

A few kilobytes of folders can name more files than anybody has room for. What goes beyond the
limits is *undecided*: nothing was judged, and nothing is said about the rest.
"""

import errno
import gc
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType

from commscli.errors import BadInput, Undecided

SECONDS, MEGABYTES = "COMMS_CHECK_SECONDS", "COMMS_CHECK_MEMORY"
DEFAULTS: dict[str, float] = {SECONDS: 900.0, MEGABYTES: 4096.0}
_MEGABYTE = 1024 * 1024
_ROOM = 4 * _MEGABYTE
"""Kept back, so that where all is used up there is room to say so."""


class _OutOfTime(BaseException):
    """No `Exception`: nobody who expects some other failure may take it for that one."""


@contextmanager
def limited(environ: Mapping[str, str]) -> Iterator[None]:
    """Run something within the limits that the environment sets, where the system has them.

    Raises:
        Undecided: if it would go beyond one.
        BadInput: if a limit is no number above 0.
    """
    seconds, megabytes = _limit(environ, SECONDS), _limit(environ, MEGABYTES)
    try:
        with _memory(int(megabytes * _MEGABYTE)), _time(seconds), _uncollected():
            yield
    except _OutOfTime:
        raise _beyond(f"more than {seconds:g} seconds", SECONDS) from None
    except (MemoryError, OSError) as fault:
        if isinstance(fault, OSError) and fault.errno != errno.ENOMEM:
            raise
        raise _beyond(f"more than {megabytes:g} MB of memory", MEGABYTES) from None


def _limit(environ: Mapping[str, str], name: str) -> float:
    stated = environ.get(name, "")
    value = DEFAULTS[name]
    if stated:
        try:
            value = float(stated)
        except ValueError:
            value = 0.0
    if 0 < value < float("inf"):
        return value
    raise BadInput(f"{name} is {stated!r}: expected a number above 0", remedy=f"unset {name}")


def _beyond(what: str, name: str) -> Undecided:
    return Undecided(
        f"this history takes {what} to check",
        remedy=f"look at what is large in it (git count-objects -v), or set {name} higher",
        code="too-large",
    )


@contextmanager
def _time(seconds: float) -> Iterator[None]:
    if not hasattr(signal, "SIGALRM") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def late(_number: int, _frame: FrameType | None) -> None:
        raise _OutOfTime

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Let the collector of circular garbage rest: a check makes millions of things, and none."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextmanager
def _memory(octets: int) -> Iterator[None]:
    """Limit what this process, and each git that it starts, may ask for."""
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        yield
        return
    soft, hard = before = resource.getrlimit(resource.RLIMIT_DATA)
    bounds = [octets, *(limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY)]
    try:
        resource.setrlimit(resource.RLIMIT_DATA, (min(bounds), hard))
    except (ValueError, OSError):  # a system that knows no such limit
        yield
        return
    room = bytearray(_ROOM)
    try:
        yield
    finally:
        del room
        resource.setrlimit(resource.RLIMIT_DATA, before)
