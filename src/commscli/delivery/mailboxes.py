"""The mails in a file, an mbox, a Maildir or a stream, one after the other, each cut at a bound."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from commscli.delivery.bounces import MOST
from commscli.errors import BadInput

_LINE = 64 * 1024
_FROM = b"From "
_NEXT = re.compile(rb"From \S+ .{0,80}[0-9]{2}:[0-9]{2}")
"""What a mail in an mbox begins with: a sentence begins with the first word alone."""


def mails_of(path: Path) -> Iterator[bytes]:
    """Yield the mails that lie somewhere.

    Raises:
        BadInput: if there is nothing to read, or it is a folder that is no Maildir.
    """
    try:
        if not path.is_dir():
            with path.open("rb") as file:
                yield from mails_in(file)
            return
        for one in _of_maildir(path):
            with one.open("rb") as file:
                yield file.read(MOST)
    except OSError as fault:
        raise BadInput(
            f"{path}: {fault.strerror or fault}",
            remedy="comms bounces FILE, where it is a mail, an mbox or a Maildir; - for stdin",
        ) from None


def _of_maildir(path: Path) -> Iterator[Path]:
    folders = [path / name for name in ("new", "cur") if (path / name).is_dir()]
    if not folders:
        raise BadInput(
            f"{path} is a folder, and no Maildir: it has no `new` and no `cur`",
            remedy="name the mails in it: comms bounces FOLDER/*",
            code="no-maildir",
        )
    for folder in folders:
        yield from (one for one in sorted(folder.iterdir()) if one.is_file())


def mails_in(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the mails of a stream: each of an mbox, or the one that it is."""
    first = file.readline(_LINE)
    if not first.startswith(_FROM):
        data = first + file.read(MOST - len(first))
        if data:
            yield data
        return
    kept: list[bytes] = []
    size, blank, whole = 0, False, first.endswith(b"\n")
    for line in iter(lambda: file.readline(_LINE), b""):
        if whole and blank and _NEXT.match(line):
            yield b"".join(kept)
            kept, size = [], 0
        elif size < MOST:
            kept.append(line)
            size += len(line)
        blank = whole and line in {b"\n", b"\r\n"}
        whole = line.endswith(b"\n")
    yield b"".join(kept)
