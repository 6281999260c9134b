"""The ledger of a send: a line for each step of each delivery, before it is taken.

A kill at any moment leaves a ledger that says at least as much as happened: what has no
``wire`` line certainly did not leave, and what has one and no result is unknown. Each line has
the digest of the one before it; half a line at the end, which is what a kill leaves, is cut off.
"""

import errno
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import IO, Any, NamedTuple

from commscli.domain.moments import stamp
from commscli.errors import BadInput, Busy

NAME = "ledger.jsonl"
ROOM = 1024 * 1024
_WRITTEN = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode
_SYNC = getattr(os, "fdatasync", os.fsync)  # neither is to be had everywhere
_ROOM = getattr(os, "posix_fallocate", None)
START = "0" * 64


class Step(StrEnum):
    """How far a delivery has come."""

    PLANNED = "planned"
    ATTEMPTING = "attempting"
    WIRE = "wire"
    """The bytes that commit it are about to be written."""
    ACCEPTED = "accepted"
    """The next hop took it; whether it arrives, nobody knows yet."""
    REJECTED = "rejected"
    DEFERRED = "deferred"
    UNKNOWN = "unknown"
    HANDED_OUT = "handed-out"
    """Somebody has it in hand, a call to make: what comes of it they say."""
    DONE = "done"
    FAILED = "failed"
    KEPT = "kept"
    """It is there for whoever asks, and goes to nobody."""
    WITHHELD = "withheld"
    """A person took this recipient out after the gates had passed the list."""

    @property
    def is_final(self) -> bool:
        """Whether nothing more is done about it."""
        return self in _FINAL

    @property
    def is_settled(self) -> bool:
        """Whether a send does nothing more about it: it is final, or in somebody's hand."""
        return self in _FINAL or self is Step.HANDED_OUT

    @property
    def is_in_doubt(self) -> bool:
        """Whether it may have arrived, and may not."""
        return self in {Step.WIRE, Step.UNKNOWN}


_FINAL = frozenset({
    Step.ACCEPTED, Step.REJECTED, Step.DONE, Step.FAILED, Step.KEPT, Step.WITHHELD,
})  # fmt: skip


class Line(NamedTuple):
    """The last that the ledger says of a delivery. ``id`` is what the provider calls it.

    ``at`` is when the bytes that commit it were last about to be written, where it is in doubt.
    """

    step: Step
    detail: str = ""
    id: str = ""
    at: str = ""


@dataclass(slots=True, kw_only=True)
class Ledger:
    """An open ledger; nobody else on this machine has it."""

    file: IO[bytes]
    lines: dict[str, Line] = field(default_factory=dict)
    seq: int = 0
    last: str = START
    size: int = 0
    """Bytes of whole lines."""
    lock: Lock = field(default_factory=Lock)
    syncing: Lock = field(default_factory=Lock)
    synced: int = 0
    """Bytes of which it is known that they are on the disk."""
    reserved: int = 0
    """Bytes that the file has room for."""

    def of(self, key: str) -> Line:
        """Return how far a delivery has come."""
        return self.lines.get(key, Line(step=Step.PLANNED))

    def append(
        self, key: str, step: Step, at: datetime, *, detail: str = "", id_: str = ""
    ) -> None:
        """Write a step; return once ``wire``, and all before it, is on the disk.

        The rest is with the machine, and outlives a kill of ours. A power cut may take what came
        after the last ``wire``: that delivery is in doubt then, and no other is.

        Raises:
            OSError: if it cannot be written: then nothing may leave.
        """
        # What is no text must not stop a line that says what happened.
        detail, id_ = (text.encode(errors="replace").decode() for text in (detail, id_))
        with self.lock:
            entry: dict[str, Any] = {
                "seq": self.seq, "prev": self.last, "at": stamp(at), "key": key,
                "step": str(step), "detail": detail, "id": id_,
            }  # fmt: skip
            data = f"{_WRITTEN(entry)}\n".encode()
            self._reserve(self.size + len(data))
            try:
                self._write(data)
            except OSError:
                self._take_back()
                raise
            before = (self.size, self.seq, self.last, self.of(key))
            line = _line(before[3], step, detail, id_, entry["at"])
            self._count(len(data), _digest(data), key, line)
            end = self.size
        if step is Step.WIRE:
            try:
                self._sync(end)
            except OSError:
                self._never_left(key, end, before)
                raise

    def _sync(self, end: int) -> None:
        """Wait until all up to ``end`` is on the disk.

        While one waits for the disk others write, and the next sync is for all of them.
        """
        with self.syncing:
            if self.synced < end:
                size = self.size
                _SYNC(self.file.fileno())
                self.synced = size

    def _reserve(self, size: int) -> None:
        """Have room before it is written to: a file that does not grow is synced in less time.

        What is reserved and not written is nothing, as half a line at the end is.
        """
        if size <= self.reserved or _ROOM is None:
            return
        with suppress(OSError):  # then it grows as it is written, or the write says why not
            _ROOM(self.file.fileno(), self.reserved, size + ROOM - self.reserved)
            self.reserved = size + ROOM

    def _count(self, size: int, digest: str, key: str, line: Line) -> None:
        self.size += size
        self.seq, self.last = self.seq + 1, digest
        self.lines[key] = line

    def _never_left(self, key: str, end: int, before: tuple[int, int, str, Line]) -> None:
        """Take a ``wire`` back that is not on the disk: nothing leaves after it.

        Where others wrote behind it, it stays, and the delivery is in doubt for a person.
        """
        with self.lock:
            if self.size == end:
                self.size, self.seq, self.last, self.lines[key] = before
                self._take_back()

    def _write(self, data: bytes) -> None:
        if self.file.write(data) != len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _take_back(self) -> None:
        """Leave no half line: the next one would be glued to it, and the ledger be damaged."""
        with suppress(OSError):
            self.file.truncate(self.size)
            self.file.seek(self.size)
            self.reserved = self.size


@contextmanager
def opened(folder: Path) -> Iterator[Ledger]:
    """Open the ledger of a send, with half a line at its end cut off.

    Raises:
        Busy: if another process has it open.
        BadInput: if somebody changed it.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / NAME
    new = not path.exists()
    # Unbuffered: what could not be written must not lie in wait and be written at the end.
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b", buffering=0) as file:
        _lock(file, folder)
        if new:
            _keep(folder)
        with path.open("rb") as reading:
            ledger = _replayed(reading, path)
        ledger.file = file
        file.truncate(ledger.size)
        file.seek(ledger.size)
        ledger.reserved = ledger.size
        try:
            yield ledger
        finally:
            with suppress(OSError):  # of a disk that is full everybody has been told
                file.truncate(ledger.size)
                os.fsync(file.fileno())


def read(folder: Path) -> Mapping[str, Line]:
    """Return what a ledger says, without opening it for anything; nothing, where there is none."""
    try:
        with (folder / NAME).open("rb") as file:
            return _replayed(file, folder / NAME).lines
    except FileNotFoundError:
        return {}


def _replayed(file: IO[bytes], path: Path) -> Ledger:
    """Return what the whole lines of a file say; half a line at its end is none of them."""
    whole, seq, last = 0, 0, START
    lines: dict[str, Line] = {}
    for number, data in enumerate(iter(file.readline, b""), 1):
        if not data.endswith(b"\n"):
            break
        entry = _entry(data)
        if entry is None or entry["prev"] != last or entry["seq"] != seq:
            raise BadInput(
                f"{path}:{number}: this line was changed, or one before it is gone",
                remedy="keep the file, and resolve by hand what it says: comms send --status",
                code="ledger-damaged",
            )
        key, step = entry["key"], _STEPS[entry["step"]]
        lines[key] = _line(lines.get(key), step, entry["detail"], entry["id"], entry["at"])
        seq, last, whole = number, _digest(data), whole + len(data)
    return Ledger(file=file, lines=lines, seq=seq, last=last, size=whole)


_STEPS = {str(step): step for step in Step}
_FIELDS = {"seq", "prev", "at", "key", "step", "detail", "id"}


def _entry(data: bytes) -> dict[str, Any] | None:
    try:
        entry: Any = json.loads(data)
    except ValueError:
        return None
    whole = isinstance(entry, dict) and entry.keys() >= _FIELDS
    return entry if whole and entry["step"] in _STEPS else None


def _line(before: Line | None, step: Step, detail: str, id_: str, at: str) -> Line:
    if step is Step.WIRE:
        return Line(step, detail, id_, at)
    return Line(step, detail, id_, before.at if before and step is Step.UNKNOWN else "")


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()


def _lock(file: IO[bytes], folder: Path) -> None:
    try:
        import fcntl  # noqa: PLC0415 - not on every system; the intent is the lock between machines
    except ImportError:
        return
    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Busy(
            f"another comms is sending this ({folder.name})",
            remedy="wait for it, or end it and run comms send again",
            code="sending",
        ) from None


def _keep(folder: Path) -> None:
    """Make a new file's name durable, where folders can be synced."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)
