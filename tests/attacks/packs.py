"""Packs written by hand, with deltas that git's own commands would never make."""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha1

from tests.support.repos import Repo

KINDS = {"commit": 1, "tree": 2, "blob": 3}
DELTA = 7
LONGEST_COPY = 0xFFFFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An object of a pack under a name; ``base`` names another one that it is a delta of."""

    name: str
    kind: str
    data: bytes
    base: str = ""


def put_pack(repo: Repo, entries: Sequence[Entry]) -> None:
    """Write a pack and its index into a repository, whatever the names and contents are."""
    pack = b"PACK" + struct.pack(">II", 2, len(entries))
    places: dict[str, tuple[int, int]] = {}
    for entry in entries:
        written = _written(entry)
        places[entry.name] = (len(pack), zlib.crc32(written))
        pack += written
    pack += _sum(pack)
    folder = repo.git_dir / "objects" / "pack"
    folder.mkdir(exist_ok=True)
    path = folder / f"pack-{pack[-20:].hex()}.pack"
    path.write_bytes(pack)
    path.with_suffix(".idx").write_bytes(_index(places, pack[-20:]))


def _sum(data: bytes) -> bytes:
    return sha1(data).digest()  # noqa: S324 - git's own checksum


def _written(entry: Entry) -> bytes:
    kind = DELTA if entry.base else KINDS[entry.kind]
    size, head = len(entry.data), []
    octet = kind << 4 | size & 15
    size >>= 4
    while size:
        head.append(octet | 0x80)
        octet, size = size & 0x7F, size >> 7
    head.append(octet)
    return bytes(head) + bytes.fromhex(entry.base) + zlib.compress(entry.data, 9)


def _index(places: dict[str, tuple[int, int]], pack_sum: bytes) -> bytes:
    names = sorted(places)
    counts = [sum(int(name[:2], 16) <= first for name in names) for first in range(256)]
    index = b"\377tOc" + struct.pack(">I", 2) + struct.pack(">256I", *counts)
    index += b"".join(bytes.fromhex(name) for name in names)
    index += b"".join(struct.pack(">I", places[name][1]) for name in names)
    index += b"".join(struct.pack(">I", places[name][0]) for name in names) + pack_sum
    return index + _sum(index)


def delta(base: int, result: int, steps: bytes) -> bytes:
    """A delta: how long its base is, how long the result, and what to copy and to insert."""
    return _length(base) + _length(result) + steps


def _length(value: int) -> bytes:
    octets = []
    while value > 0x7F:
        octets.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*octets, value])


def copy_longest() -> bytes:
    """Copy the first sixteen megabytes of the base: four bytes that say so."""
    return b"\xf0\xff\xff\xff"


def insert(data: bytes) -> bytes:
    """Put these bytes."""
    parts = [data[at : at + 127] for at in range(0, len(data), 127)]
    return b"".join(bytes([len(part)]) + part for part in parts)


def bomb(name: str, kind: str, data: bytes, gigabytes: int) -> list[Entry]:
    """A good object that is written as what differs from one of many gigabytes."""
    zeros, middle = "11" * 20, "22" * 20
    copies = gigabytes * 64
    huge = copies * LONGEST_COPY
    steps = copy_longest() * copies
    return [
        Entry(name=zeros, kind=kind, data=bytes(LONGEST_COPY)),
        Entry(name=middle, kind=kind, data=delta(LONGEST_COPY, huge, steps), base=zeros),
        Entry(name=name, kind=kind, data=delta(huge, len(data), insert(data)), base=middle),
    ]


def ladder(name: str, kind: str, data: bytes, rungs: int) -> list[Entry]:
    """A good object at the end of very many deltas, each of which changes nothing."""
    same = delta(len(data), len(data), insert(data))
    names = [f"{number:040x}" for number in range(1, rungs + 1)]
    first = Entry(name=names[0], kind=kind, data=data)
    pairs = zip([*names[1:], name], names, strict=True)
    return [first, *(Entry(name=new, kind=kind, data=same, base=old) for new, old in pairs)]
