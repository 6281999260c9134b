"""Signatures, checked on other cores while their reader reads on.

Checking one takes longer than reading it. The library lets go of the interpreter meanwhile, so
threads are enough; but Python hands it back only every few milliseconds, unless asked to do so
more often. Whoever waits for the results takes part in the work, and a result that is missing
is an error: nothing counts as checked that was not.
"""

import os
import sys
from queue import Empty, SimpleQueue
from threading import Thread
from types import TracebackType
from typing import Self

from commscli.domain.history import Signature
from commscli.ledger.signed import signature_of

WORTH_A_THREAD = 64
"""Signatures; fewer are checked sooner than a thread gets going."""
MOST_WAITING = 512
"""Signatures that wait at a time; their reader checks what comes on top."""
MOST_OCTETS = 128 * 1024
"""What is longer does not wait: it would have to be kept."""
MOST_THREADS = 1
_SWITCH_SECONDS = 50e-6

_Job = tuple[int, bytes, bytes, str]


class SignatureChecks:
    """Takes signatures one after the other, and in the end says who made each."""

    def __init__(self) -> None:
        self._found: list[Signature | None] = []
        self._waiting: SimpleQueue[_Job | None] = SimpleQueue()
        self._threads: list[Thread] = []
        self._failed: list[BaseException] = []
        self._switch_seconds = sys.getswitchinterval()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        while self._next() is not None:
            pass
        self._end()

    def add(self, data: bytes, armored: bytes | None, namespace: str) -> int:
        """Take a signature to check; return its place among the results."""
        number = len(self._found)
        if not armored or len(data) + len(armored) > MOST_OCTETS:
            return self.add_found(signature_of(data, armored, namespace))
        self._found.append(None)
        self._waiting.put((number, data, armored, namespace))
        waiting = self._waiting.qsize()
        if waiting >= WORTH_A_THREAD and not self._threads:
            self._start()
        if waiting > MOST_WAITING:
            self._help()
        return number

    def add_found(self, signature: Signature) -> int:
        """Take what needs no check any more; return its place among the results."""
        self._found.append(signature)
        return len(self._found) - 1

    def results(self) -> list[Signature]:
        """Return who made each signature that was taken, in that order; wait for the last."""
        while self._help():
            pass
        self._end()
        if self._failed:
            raise self._failed[0]
        found = [signature for signature in self._found if signature is not None]
        if len(found) != len(self._found):
            raise AssertionError("a signature was not checked")
        return found

    def _start(self) -> None:
        count = min(_cores() - 1, MOST_THREADS)
        self._threads = [Thread(target=self._work, daemon=True) for _ in range(count)]
        if self._threads:
            self._switch_seconds = sys.getswitchinterval()
            sys.setswitchinterval(_SWITCH_SECONDS)
        for thread in self._threads:
            thread.start()

    def _end(self) -> None:
        """Let the threads finish what they are at, and no more."""
        if not self._threads:
            return
        for _ in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join()
        self._threads = []
        sys.setswitchinterval(self._switch_seconds)

    def _work(self) -> None:
        try:
            while job := self._waiting.get():
                self._check(job)
        except BaseException as failure:  # noqa: BLE001 - raised again where the results are asked for
            self._failed.append(failure)

    def _help(self) -> bool:
        """Check one that waits; say whether there was one."""
        job = self._next()
        if job is None:
            return False
        self._check(job)
        return True

    def _next(self) -> _Job | None:
        try:
            return self._waiting.get_nowait()
        except Empty:
            return None

    def _check(self, job: _Job) -> None:
        number, data, armored, namespace = job
        self._found[number] = signature_of(data, armored, namespace)


def _cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
