"""A copy of this process that works through what it is given, and answers once, in the end.

Nothing is started by name: the copy is a fork, and all that it does is one function of ours. It
holds no files but its two pipes, and ends with whoever made it.
"""

import os
import signal
import sys
from collections.abc import Callable, Collection
from contextlib import suppress
from select import select
from typing import BinaryIO, Never

from commscli.errors import Undecided

_ROOM = 1 << 20
"""Bytes that may be on the way to the copy, where the system lets us say so."""
_SET_PIPE_SIZE = 1031  # F_SETPIPE_SZ, which Python's fcntl has from 3.10 on Linux

Work = Callable[[BinaryIO, BinaryIO], None]
"""Reads all of its input, and then writes its answer."""


class Forked:
    """A running copy. Its maker gives it bytes, and takes its answer."""

    def __init__(self, work: Work, *, keep: Collection[int] = ()) -> None:
        """Make one. ``keep``: files of ours that it needs too."""
        into, self._into = os.pipe()
        out, self._child_out = os.pipe()
        with suppress(OSError, ImportError):
            import fcntl  # noqa: PLC0415 - not on every system

            fcntl.fcntl(self._into, _SET_PIPE_SIZE, _ROOM)
        self._pid = os.fork()
        if not self._pid:
            _live(work, into, self._child_out, keep)
        os.close(into)
        os.close(self._child_out)
        self._out = os.fdopen(out, "rb")

    @property
    def has_room(self) -> bool:
        """Whether it takes more at once, or has enough to do."""
        return bool(select([], [self._into], [], 0)[1])

    def give(self, data: bytes) -> None:
        """Hand on bytes to work on.

        Raises:
            Undecided: if it has ended.
        """
        left = memoryview(data)
        try:
            while left:
                left = left[os.write(self._into, left) :]
        except BrokenPipeError:
            raise _gone() from None

    def answer(self) -> bytes:
        """Say that this was all; wait for the answer, and for its end.

        Raises:
            Undecided: if it did not end well.
        """
        self._close()
        with self._out:
            data = self._out.read()
        _, status = os.waitpid(self._pid, 0)
        self._pid = 0
        if status:
            raise _gone()
        return data

    def end(self) -> None:
        """End it, whatever it is doing."""
        self._close()
        self._out.close()
        if self._pid:
            with suppress(OSError):
                os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
            self._pid = 0

    def _close(self) -> None:
        if self._into >= 0:
            os.close(self._into)
            self._into = -1


def can_fork() -> bool:
    """Whether a copy helps: there is a second core, and the system copies a process well."""
    return sys.platform == "linux" and cores() > 1


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _live(work: Work, into: int, out: int, keep: Collection[int]) -> Never:
    """Do the work, and nothing of what this process would do when it ends."""
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        begin = 3
        for number in sorted({into, out, *keep}):
            os.closerange(begin, number)
            begin = number + 1
        os.closerange(begin, os.sysconf("SC_OPEN_MAX"))
        with os.fdopen(into, "rb") as given, os.fdopen(out, "wb") as answer:
            work(given, answer)
        status = 0
    finally:
        os._exit(status)


def _gone() -> Undecided:
    return Undecided(
        "the process that checks signatures ended before its work",
        remedy="try again; if it is out of memory, set COMMS_CHECK_MEMORY higher",
        code="process-ended",
    )
