"""Trees as bytes: parsed whole, or compared with a tree that is already known.

Commit after commit changes one entry of a folder that may have thousands. Both ways give
the same entries and the same differences; tests say so.
"""

import re
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from commscli.errors import Undecided

FOLDER, FILE = "40000", "100644"
PLAIN = frozenset({FILE, "100755"})
SHA1_SIZE, SHA256_SIZE = 20, 32
_ENTRY = {
    size: re.compile(rb"([0-7]{5,6}) ([^\0/]+)\0(.{%d})" % size, re.DOTALL)
    for size in (SHA1_SIZE, SHA256_SIZE)
}
_ENTRIES = {
    size: re.compile(rb"(?:[0-7]{5,6} [^\0/]+\0.{%d})*+" % size, re.DOTALL) for size in _ENTRY
}
_PLAIN_NAME = re.compile(rb"(?!\d{8}t\d{6}z-)[a-z0-9._-]+|\d{8}T\d{6}Z-[a-z0-9.-]+")
"""No two of these are the same where letters are folded."""
_Raw = dict[bytes, tuple[bytes, bytes]]
"""Name → mode and id, as a tree has them."""


class Entry(NamedTuple):
    """One name in a tree."""

    mode: str
    id: str


Tree = dict[str, Entry]
Differences = Mapping[str, tuple[Entry | None, Entry | None]]
"""Name → before and after; ``None`` is: not there."""


@dataclass(frozen=True, slots=True)
class ParsedTree:
    """A tree that is well formed, and where in its bytes each entry begins.

    ``odd`` are its names that a system which folds letters could take for others.
    """

    data: bytes
    hash_size: int
    starts: "array[int]"
    odd: frozenset[bytes]

    @property
    def entries(self) -> Tree:
        """Every entry by its name; parsed anew each time."""
        _, raw = _parse(self.data, 0, len(self.data), self.hash_size)
        return {text_of(name): Entry(mode.decode(), i.hex()) for name, (mode, i) in raw.items()}


def parsed_tree(data: bytes, hash_size: int) -> ParsedTree:
    """Return a tree, parsed whole.

    Raises:
        Undecided: if it is malformed or lists a name twice, since two readers could then
            see two different files.
    """
    starts, raw = _parse(data, 0, len(data), hash_size)
    return ParsedTree(data, hash_size, starts, _odd(raw))


def compared(known: ParsedTree, data: bytes) -> tuple[ParsedTree, Differences]:
    """Return a tree, parsed by what differs from a known one, and on which names they differ.

    Raises:
        Undecided: as `parsed_tree` does.
    """
    quickly = _by_stretch(known, data)
    if quickly is not None:
        return quickly
    tree = parsed_tree(data, known.hash_size)
    before, after = known.entries, tree.entries
    names = {name for name, _ in before.items() ^ after.items()}
    return tree, {name: (before.get(name), after.get(name)) for name in names}


def _by_stretch(known: ParsedTree, data: bytes) -> tuple[ParsedTree, Differences] | None:
    """Parse the stretch on which two trees differ; before and behind it are the same entries.

    Returns ``None`` where only parsing the whole can tell: the stretch ends inside an entry, it
    is malformed, or one of its names may stand elsewhere too.
    """
    old, starts = known.data, known.starts
    head = same_head(old, data)
    shift = len(data) - len(old)
    first = bisect_right(starts, head) - 1 if head < len(old) else len(starts)
    first = max(0, first)
    begin = starts[first] if first < len(starts) else len(old)
    if not shift and first < len(starts):
        changed = _one_id(known, data, first, head)
        if changed is not None:
            return ParsedTree(data, known.hash_size, starts, known.odd), changed
    last = bisect_left(starts, len(old) - same_tail(old, data, begin))
    end = starts[last] if last < len(starts) else len(old)
    try:
        _, gone = _parse(old, begin, end, known.hash_size)
        added, come = _parse(data, begin, end + shift, known.hash_size)
    except Undecided:
        return None
    new = come.keys() - gone.keys()
    if any(_elsewhere(data, name, begin, end + shift) for name in new):
        return None
    if shift or added != starts[first:last]:
        rest = starts[last:]
        moved = array("I", [start + shift for start in rest]) if shift else rest
        starts = starts[:first] + added + moved
    odd = known.odd
    if new or len(gone) != len(come):
        odd = (odd - gone.keys()) | _odd(come)
    return ParsedTree(data, known.hash_size, starts, odd), {
        text_of(name): (_entry(gone.get(name)), _entry(come.get(name)))
        for name in gone.keys() | new
        if gone.get(name) != come.get(name)
    }


def _one_id(known: ParsedTree, data: bytes, number: int, head: int) -> Differences | None:
    """Return the difference, if an entry names another object and all else is the same."""
    old, starts = known.data, known.starts
    begin = starts[number]
    end = starts[number + 1] if number + 1 < len(starts) else len(old)
    at = end - known.hash_size
    if head < at or old[end:] != data[end:]:
        return None
    mode, _, name = old[begin : at - 1].partition(b" ")
    return {text_of(name): (_entry((mode, old[at:end])), _entry((mode, data[at:end])))}


def _odd(names: Iterable[bytes]) -> frozenset[bytes]:
    return frozenset(name for name in names if not _PLAIN_NAME.fullmatch(name))


def _elsewhere(data: bytes, name: bytes, begin: int, end: int) -> bool:
    """Whether these bytes may name something outside a stretch; they may be part of an id."""
    needle = b" %s\0" % name
    return data.find(needle, 0, begin) >= 0 or data.find(needle, end) >= 0


def _parse(data: bytes, begin: int, end: int, hash_size: int) -> "tuple[array[int], _Raw]":
    """Return where each entry of a stretch begins, and all of them."""
    if not _ENTRIES[hash_size].fullmatch(data, begin, end):
        raise Undecided("a tree is malformed", remedy="git fsck --full", code="broken-object")
    found = _ENTRY[hash_size].findall(data, begin, end)
    raw = {name: (mode, object_id) for mode, name, object_id in found}
    if len(raw) != len(found):
        twice = next(name for name, n in Counter(name for _, name, _ in found).items() if n > 1)
        raise Undecided(
            f"a tree lists {text_of(twice)!a} twice", remedy="git fsck --full", code="broken-object"
        )
    sizes = (len(mode) + len(name) + 2 + hash_size for mode, name, _ in found)
    starts = array("I", accumulate(sizes, initial=begin))
    starts.pop()
    return starts, raw


def text_of(name: bytes) -> str:
    """Return a name as text; bytes that are no UTF-8 come back as they were."""
    return name.decode("utf-8", "surrogateescape")


def _entry(found: tuple[bytes, bytes] | None) -> Entry | None:
    return Entry(found[0].decode(), found[1].hex()) if found is not None else None


def same_head(one: bytes, other: bytes) -> int:
    """Return how many bytes two strings have in common from the beginning."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def same_tail(one: bytes, other: bytes, begin: int) -> int:
    """Return how many bytes two strings have in common at the end, behind a place in both."""
    low, high = 0, min(len(one), len(other)) - begin
    while low < high:
        middle = (low + high + 1) // 2
        if one[len(one) - middle : len(one) - low] == other[len(other) - middle : len(other) - low]:
            low = middle
        else:
            high = middle - 1
    return low
