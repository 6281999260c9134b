"""What each commit changed, in the folders that matter.

Trees are compared edge by edge, many commits at once and one level of folders at a time, so
that git is asked for objects in large batches. Only the protected places are entered; a
thousand other files in the repository cost nothing.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from commscli.ledger.objects import Objects, too_many
from commscli.ledger.tree_bytes import FOLDER, Differences, Entry

_PROTECTED = frozenset({
    "trust", "templates", "incidents", "records", "messages", "draft.md", "attachments",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A protected folder: which folders in it are entered, and what else in it is watched."""

    named: Mapping[str, "_Place"] = field(default_factory=dict)
    each: "_Place | None" = None
    files: frozenset[str] = frozenset()
    watched: bool = False
    is_message: bool = False


_FILES = _Place(watched=True)
_MESSAGE = _Place(
    named={"records": _FILES, "attachments": _FILES},
    files=frozenset({"draft.md"}),
    is_message=True,
)
_INCIDENT = _Place(named={"records": _FILES, "messages": _Place(each=_MESSAGE)})
_ROOT = _Place(
    named={
        "trust": _FILES,
        "templates": _Place(named={"records": _FILES}),
        "incidents": _Place(each=_INCIDENT),
    }
)


MOST_FOLDERS = 500_000
"""Folders of one level that change along the edges looked at together."""


class Edge(NamedTuple):
    """From one parent of a commit to the commit; a root has the empty tree for a parent."""

    commit: int
    parent: int | None
    old: str | None
    new: str


class Change(NamedTuple):
    """A watched path that differs along an edge. ``None`` is: not there.

    ``misspelt``: its name is new, and folding letters makes another name of it that is here.
    """

    edge: Edge
    path: str
    old: Entry | None
    new: Entry | None
    misspelt: bool = False


class MessageChange(NamedTuple):
    """The folder of a message that differs along an edge, before and after."""

    edge: Edge
    path: str
    old: Entry | None
    new: Entry | None


_Folder = tuple[Edge, str, _Place, str | None, str | None]
"""A folder to compare: along which edge, where, what it is, and its tree before and after."""


def changes(objects: Objects, edges: Sequence[Edge]) -> Iterator[Change | MessageChange]:
    """Yield every change of a watched path along the edges."""
    wave: list[_Folder] = [
        (edge, "", _ROOT, edge.old, edge.new) for edge in edges if edge.old != edge.new
    ]
    while wave:
        deeper: list[_Folder] = []
        differences = objects.differences([(old, new) for *_, old, new in wave])
        for (edge, path, place, _, new), differing in zip(wave, differences, strict=True):
            alike = _alike(objects, differing, new, path) if new else frozenset()
            for name, (before, after) in sorted(differing.items()):
                inner = f"{path}/{name}" if path else name
                below = place.each or place.named.get(name)
                trees = _tree_id(before), _tree_id(after)
                if below is not None and trees != (None, None):
                    deeper.append((edge, inner, below, *trees))
                    if below.is_message:
                        yield MessageChange(edge, inner, before, after)
                    yield from _half_folder(edge, inner, before, after)
                elif below is not None or place.watched or name in place.files:
                    yield Change(edge, inner, before, after)
                if name in alike:
                    yield Change(edge, inner, before, after, misspelt=True)
            if len(deeper) > MOST_FOLDERS:
                raise too_many(f"more than {MOST_FOLDERS} folders change at once")
        wave = deeper


def _tree_id(entry: Entry | None) -> str | None:
    return entry.id if entry is not None and entry.mode == FOLDER else None


def _alike(objects: Objects, differing: Differences, folder: str, path: str) -> frozenset[str]:
    """Return the new names that a system which folds letters takes for others.

    For a protected one, or for that of a sibling: there a clone has the one file where the
    check, which reads objects, sees the other.
    """
    new = [name for name, (old, _) in differing.items() if old is None]
    odd = objects.odd_names(folder) if new else frozenset()
    if not odd:
        return frozenset()
    alike = {name for name in new if folded(name) != name and folded(name) in _PROTECTED}
    if path:
        among = objects.tree(folder) if not odd.isdisjoint(new) else odd.union(new)
        count = Counter(map(folded, among))
        alike |= {name for name in new if count[folded(name)] > 1}
    return frozenset(alike)


def folded(name: str) -> str:
    """Return a name as HFS+, APFS and NTFS compare it: no case, one form, nothing invisible."""
    if name.isascii():
        return name.lower()
    visible = "".join(c for c in name if unicodedata.category(c) != "Cf")
    return unicodedata.normalize("NFKC", visible).casefold()


def _half_folder(
    edge: Edge, path: str, before: Entry | None, after: Entry | None
) -> Iterator[Change]:
    """Yield the part of a change that is not a folder, where a folder became something else."""
    old, new = (None if e is None or e.mode == FOLDER else e for e in (before, after))
    if old or new:
        yield Change(edge, path, old, new)
