"""Trees as bytes: parsed whole, or by what differs from a tree that is already known.

Commit after commit changes one entry of a folder that may have thousands. Both ways give
the same entries; a test says so.
"""

import re
from bisect import bisect_right
from contextlib import suppress
from dataclasses import dataclass

from commscli.errors import Undecided

FOLDER, FILE = "40000", "100644"
PLAIN = frozenset({FILE, "100755"})
_ENTRY = re.compile(rb"([0-7]{5,6}) ([^\0/]+)\0", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Entry:
    """One name in a tree."""

    mode: str
    id: str


Tree = dict[str, Entry]


@dataclass(frozen=True, slots=True)
class ParsedTree:
    """A tree, where each entry begins, and on which names it differs from the one it is like."""

    data: bytes
    starts: list[int]
    entries: Tree
    like: str = ""
    differs: frozenset[str] | None = None


def parsed_tree(data: bytes, hash_size: int, like: str, known: ParsedTree | None) -> ParsedTree:
    """Return the entries of a tree, with the help of one that is much like it, if there is one.

    Raises:
        Undecided: if it is malformed or lists a name twice, since two readers could then
            see two different files.
    """
    if known is not None:
        with suppress(Undecided):  # a stretch that ends inside a name; or a fault, told below
            return _by_difference(data, hash_size, like, known)
    starts, entries = _parse(data, 0, len(data), hash_size, {})
    return ParsedTree(data, starts, entries)


def _by_difference(data: bytes, hash_size: int, like: str, known: ParsedTree) -> ParsedTree:
    """Parse the stretch on which two trees differ; before and behind it are the same entries."""
    first = max(0, bisect_right(known.starts, _same_head(known.data, data)) - 1)
    begin = known.starts[first] if known.starts else 0
    tail = _same_tail(known.data, data, begin)
    last = bisect_right(known.starts, len(known.data) - tail - 1)
    end = known.starts[last] if last < len(known.starts) else len(known.data)
    shift = len(data) - len(known.data)
    kept = known.entries.copy()
    gone = _parse(known.data, begin, end, hash_size, {})[1]
    for name in gone:
        del kept[name]
    added, entries = _parse(data, begin, end + shift, hash_size, kept)
    rest = known.starts[last:]
    starts = known.starts[:first] + added + ([s + shift for s in rest] if shift else rest)
    names = {n for n in (*gone, *_names(data, added)) if gone.get(n) != entries.get(n)}
    return ParsedTree(data, starts, entries, like, frozenset(names))


def _names(data: bytes, starts: list[int]) -> list[str]:
    return [_match(data, at)[2].decode("utf-8", "surrogateescape") for at in starts]


def _match(data: bytes, at: int) -> re.Match[bytes]:
    match = _ENTRY.match(data, at)
    if match is None:
        raise Undecided("a tree is malformed", remedy="git fsck --full", code="broken-object")
    return match


def _parse(data: bytes, at: int, end: int, hash_size: int, entries: Tree) -> tuple[list[int], Tree]:
    """Add the entries of a stretch to those there are; return where each begins, and all."""
    starts = []
    while at < end:
        match = _match(data, at)
        if match.end() + hash_size > end:
            raise Undecided("a tree is malformed", remedy="git fsck --full", code="broken-object")
        name = match[2].decode("utf-8", "surrogateescape")
        if name in entries:
            raise Undecided(
                f"a tree lists {name!a} twice", remedy="git fsck --full", code="broken-object"
            )
        starts.append(at)
        at = match.end() + hash_size
        entries[name] = Entry(match[1].decode(), data[match.end() : at].hex())
    return starts, entries


def _same_head(one: bytes, other: bytes) -> int:
    """Return how many bytes two strings have in common from the beginning."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _same_tail(one: bytes, other: bytes, begin: int) -> int:
    """Return how many bytes two strings have in common at the end, behind a place in both."""
    low, high = 0, min(len(one), len(other)) - begin
    while low < high:
        middle = (low + high + 1) // 2
        if one[len(one) - middle : len(one) - low] == other[len(other) - middle : len(other) - low]:
            low = middle
        else:
            high = middle - 1
    return low
