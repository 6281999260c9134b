"""A pack written object by object, trees as what differs from the one before, as git keeps them."""

import zlib
from dataclasses import dataclass, field
from hashlib import sha1
from pathlib import Path
from struct import pack
from typing import BinaryIO

from commscli.ledger.tree_bytes import same_head, same_tail

KINDS = {"commit": 1, "tree": 2, "blob": 3}
OFFSET_DELTA = 6
LONGEST_CHAIN = 40
_LONGEST_COPY = 0xFFFFFF
_LONGEST_INSERT = 127


@dataclass(frozen=True, slots=True)
class Base:
    """An object in the pack that another may be told by: ``depth`` deltas lie below it."""

    data: bytes
    offset: int
    depth: int


@dataclass(slots=True)
class Pack:
    """Objects on their way into a repository."""

    file: BinaryIO
    names: set[bytes] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.file.write(b"PACK" + pack(">II", 2, 0))

    def add(self, kind: str, data: bytes, like: Base | None = None) -> tuple[str, Base | None]:
        """Take an object; return its id, and what the next one much like it can be told by."""
        name = sha1(b"%s %d\0" % (kind.encode(), len(data)) + data)  # noqa: S324 - git's own names
        if name.digest() in self.names:
            return name.hexdigest(), None
        self.names.add(name.digest())
        offset = self.file.tell()
        if like is not None and like.depth < LONGEST_CHAIN:
            delta = _delta(like.data, data)
            self.file.write(_header(OFFSET_DELTA, len(delta)) + _distance(offset - like.offset))
            self.file.write(zlib.compress(delta, 1))
            return name.hexdigest(), Base(data, offset, like.depth + 1)
        self.file.write(_header(KINDS[kind], len(data)) + zlib.compress(data, 1))
        return name.hexdigest(), Base(data, offset, 0)

    def finish(self, path: Path) -> None:
        """Write how many there are, and the checksum."""
        self.file.seek(8)
        self.file.write(pack(">I", len(self.names)))
        self.file.flush()
        checksum = sha1()  # noqa: S324 - git's own checksum
        with path.open("rb") as written:
            while piece := written.read(1 << 20):
                checksum.update(piece)
        self.file.seek(0, 2)
        self.file.write(checksum.digest())
        self.file.close()


def _header(kind: int, size: int) -> bytes:
    first, size = (kind << 4) | (size & 15), size >> 4
    out = bytearray()
    while size:
        out.append(first | 0x80)
        first, size = size & 0x7F, size >> 7
    out.append(first)
    return bytes(out)


def _distance(offset: int) -> bytes:
    out = [offset & 0x7F]
    while offset := offset >> 7:
        offset -= 1
        out.append(0x80 | (offset & 0x7F))
    return bytes(reversed(out))


def _delta(old: bytes, new: bytes) -> bytes:
    head = same_head(old, new)
    tail = same_tail(old, new, head)
    parts = [_size(len(old)), _size(len(new)), _copy(0, head)]
    middle = new[head : len(new) - tail]
    for at in range(0, len(middle), _LONGEST_INSERT):
        piece = middle[at : at + _LONGEST_INSERT]
        parts += [bytes([len(piece)]), piece]
    return b"".join([*parts, _copy(len(old) - tail, tail)])


def _size(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:  # noqa: PLR2004 - seven bits an octet
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _copy(offset: int, size: int) -> bytes:
    parts = []
    while size:
        part = min(size, _LONGEST_COPY)
        places = [*offset.to_bytes(4, "little"), *part.to_bytes(3, "little")]
        command = 0x80 | sum(1 << n for n, octet in enumerate(places) if octet)
        parts.append(bytes([command, *(octet for octet in places if octet)]))
        offset, size = offset + part, size - part
    return b"".join(parts)
