"""One ``git cat-file``: names of objects in, objects out, many on the way at once.

Nobody's word is taken for what comes out; whoever reads here hashes it (`objects`).
"""

import os
import re
from collections import deque
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from math import inf
from pathlib import Path
from threading import Event, Thread
from time import monotonic

from commscli.errors import Undecided
from commscli.ledger import git
from commscli.ledger.repository import Reading

PIPE_ROOM = 400
"""Requests that surely fit into a pipe at once (at most 74 bytes each, 64 KiB of pipe)."""
_READ_AHEAD = 128 * 1024
_FLUSHES = (2, 36)
"""The git that learned ``--batch-command``: it writes in large pieces, and at once when told."""
LITTLE_MEMORY = (
    *("-c", "core.packedGitWindowSize=1m"),  # a pack is mapped piece by piece, not whole
    *("-c", "core.packedGitLimit=8m"),
    *("-c", "core.deltaBaseCacheLimit=8m"),
    *("-c", "core.bigFileThreshold=1m"),  # larger blobs are handed on as they are unpacked
)


class CatFile:
    """A running ``git cat-file --batch``. Ends with whoever uses it in a ``with``."""

    def __init__(self, reading: Reading, *, seconds: float) -> None:
        """Start git. ``seconds``: how long it may take for as much as is asked at once."""
        flushes = _version() >= _FLUSHES
        self._request = "contents {}\n" if flushes else "{}\n"
        self._go = "flush\n" if flushes else ""
        form = ["--batch-command", "--buffer"] if flushes else ["--batch"]
        self._process = git.start(
            [*git.QUIET_CONFIG, *LITTLE_MEMORY, "cat-file", *form],
            cwd=reading.git_dir,
            env=reading.env,
        )
        self._in, out = git.pipes(self._process)
        self._out = os.fdopen(out.fileno(), "rb", _READ_AHEAD, closefd=False)
        self._asked: deque[str] = deque()
        self._left = 0
        self._seconds = seconds
        self._waited, self._answered = 0.0, 0
        self._since = inf
        self._done = Event()
        Thread(target=self._watch, daemon=True).start()

    @property
    def is_idle(self) -> bool:
        """Whether everything that was asked for has been read."""
        return not self._asked and not self._left

    def end(self) -> None:
        """End git, whatever it is doing."""
        self._done.set()
        self._process.kill()
        self._process.communicate()

    def answers(self, ids: Iterable[str]) -> Iterator[tuple[str, bytes, int]]:
        """Yield id, kind and size of objects in the order asked for.

        The bytes of each must be taken (`take`) before the next.

        Raises:
            Undecided: if one is not there.
        """
        waiting = iter(ids)
        more = True
        while True:
            if more and len(self._asked) <= PIPE_ROOM // 2:
                batch = list(islice(waiting, PIPE_ROOM - len(self._asked)))
                more = bool(batch)
                self._ask(batch)
            if not self._asked:
                return
            object_id = self._asked.popleft()
            self._begin()
            header = self._out.readline().split()
            if len(header) != 3:  # noqa: PLR2004 - id, kind, size
                raise missing(object_id)
            size = int(header[2])
            self._left = size + 1
            yield object_id, header[1], size

    def take(self, size: int) -> bytes:
        """Return the next bytes of an object; fewer, if git does not hand them out."""
        self._left -= size
        return self._out.read(size)

    def take_last(self, object_id: str, size: int) -> bytes:
        """Return the rest of an object.

        Raises:
            Undecided: if git does not hand all of it out.
        """
        data = self._out.read(size + 1)
        self._pause()
        if len(data) != size + 1 or not data.endswith(b"\n"):
            raise broken(object_id, "git does not hand all of it out")
        self._left -= size + 1
        return data[:-1]

    def _ask(self, batch: list[str]) -> None:
        if not batch:
            return
        self._begin()
        try:
            self._in.write(("".join(map(self._request.format, batch)) + self._go).encode())
            self._in.flush()
        except OSError:
            raise broken(batch[0], "git ended before it read this") from None
        self._pause()
        self._asked.extend(batch)

    def _begin(self) -> None:
        """Note that we wait for git from now on."""
        self._since = monotonic() - self._waited

    def _pause(self) -> None:
        """Note that git does not keep us waiting; what it took counts until enough came."""
        self._waited = monotonic() - self._since
        self._since = inf
        self._answered += 1
        if self._answered >= PIPE_ROOM:
            self._waited, self._answered = 0.0, 0

    def _watch(self) -> None:
        """End a git that keeps us waiting: of a damaged object it announces more than it gives."""
        while not self._done.wait(min(1.0, self._seconds / 4)):
            if monotonic() - self._since > self._seconds:
                self._process.kill()


@cache
def _version() -> tuple[int, ...]:
    """Return the version of git as far as it is numbers."""
    said = git.run(["version"], cwd=Path("/")).decode(errors="replace")
    found = re.search(r"\d+(?:\.\d+)*", said)
    return tuple(map(int, found[0].split("."))) if found else ()


def missing(object_id: str) -> Undecided:
    """Return the error for an object that is not there."""
    return Undecided(
        f"object {object_id[:12]} is not here: the history is not complete",
        remedy="fetch all of it: git fetch --unshallow (in a workflow: fetch-depth: 0)",
        code="incomplete-history",
    )


def broken(object_id: str, why: str) -> Undecided:
    """Return the error for an object that is not what its name says."""
    return Undecided(
        f"object {object_id[:12]} cannot be used: {why}",
        remedy="git fsck --full, then clone afresh",
        code="broken-object",
    )
