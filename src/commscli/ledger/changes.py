"""What each commit changed, in the folders that matter.

Trees are compared edge by edge, many commits at once and one level of folders at a time, so
that git is asked for objects in large batches. Only the protected places are entered; a
thousand other files in the repository cost nothing.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from commscli.ledger.objects import Objects
from commscli.ledger.tree_bytes import FOLDER, Entry, Tree

_ENTERED = re.compile(
    r"(?:trust|templates|templates/records|incidents|incidents/[^/]+"
    r"|incidents/[^/]+/(?:records|messages|messages/[^/]+|messages/[^/]+/(?:records|attachments)))"
)
_WATCHED = re.compile(
    r"trust/.+|templates/records/.+"
    r"|incidents/[^/]+/(?:records/.+|messages/[^/]+(?:/(?:records/.+|draft\.md|attachments/.+))?)",
    re.DOTALL,  # a line feed in a name hides nothing
)
_MESSAGE = re.compile(r"incidents/[^/]+/messages/[^/]+")
_NOTHING: Tree = {}
_PROTECTED = frozenset({
    "trust", "templates", "incidents", "records", "messages", "draft.md", "attachments",
})  # fmt: skip
_PLAIN_NAME = re.compile(r"[a-z0-9._-]+|\d{8}T\d{6}Z-[a-z0-9.-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Edge:
    """From one parent of a commit to the commit; a root has the empty tree for a parent."""

    commit: int
    parent: int | None
    old: str | None
    new: str


@dataclass(frozen=True, slots=True)
class Change:
    """A watched path that differs along an edge. ``None`` is: not there.

    ``misspelt``: its name is new, and folding letters makes another name of it that is here.
    """

    edge: Edge
    path: str
    old: Entry | None
    new: Entry | None
    misspelt: bool = False


@dataclass(frozen=True, slots=True)
class MessageChange:
    """The folder of a message that differs along an edge, before and after."""

    edge: Edge
    path: str
    old: Entry | None
    new: Entry | None


_Folder = tuple[Edge, str, Entry | None, Entry | None]
"""A folder to compare: along which edge, where, before and after."""


def changes(objects: Objects, edges: Sequence[Edge]) -> Iterator[Change | MessageChange]:
    """Yield every change of a watched path along the edges."""
    wave: list[_Folder] = [
        (edge, "", Entry(FOLDER, edge.old) if edge.old else None, Entry(FOLDER, edge.new))
        for edge in edges
        if edge.old != edge.new
    ]
    while wave:
        objects.load_trees(_folders(wave))
        deeper: list[_Folder] = []
        for edge, path, old, new in wave:
            before, after = _tree(objects, old), _tree(objects, new)
            for name in _differing(objects, old, new):
                inner = f"{path}/{name}" if path else name
                pair = before.get(name), after.get(name)
                if _ENTERED.fullmatch(inner) and FOLDER in {e.mode for e in pair if e}:
                    deeper.append((edge, inner, *pair))
                    if _MESSAGE.fullmatch(inner):
                        yield MessageChange(edge, inner, *pair)
                    yield from _half_folder(edge, inner, pair)
                elif _ENTERED.fullmatch(inner) or _WATCHED.fullmatch(inner):
                    yield Change(edge, inner, *pair)
                if name not in before and _is_misspelt(name, after if path else _NOTHING):
                    yield Change(edge, inner, *pair, misspelt=True)
        wave = deeper


def _is_misspelt(name: str, siblings: Tree) -> bool:
    """Whether a system that folds letters takes this name for a protected one, or a sibling's.

    There a clone has the one file where the check, which reads objects, sees the other.
    """
    if _PLAIN_NAME.fullmatch(name):
        return False
    folded = _folded(name)
    return folded != name and (
        folded in _PROTECTED or any(_folded(other) == folded for other in siblings if other != name)
    )


def _folded(name: str) -> str:
    """Return a name as HFS+, APFS and NTFS compare it: no case, one form, nothing invisible."""
    visible = "".join(c for c in name if unicodedata.category(c) != "Cf")
    return unicodedata.normalize("NFKC", visible).casefold()


def _half_folder(
    edge: Edge, path: str, pair: tuple[Entry | None, Entry | None]
) -> Iterator[Change]:
    """Yield the part of a change that is not a folder, where a folder became something else."""
    old, new = (None if e is None or e.mode == FOLDER else e for e in pair)
    if old or new:
        yield Change(edge, path, old, new)


def _folders(wave: Iterable[_Folder]) -> dict[str, str | None]:
    """Return the trees to read, each with the one that it is likely to be much like."""
    wanted: dict[str, str | None] = {}
    for _, _, old, new in wave:
        before = old.id if old and old.mode == FOLDER else None
        if before is not None:
            wanted.setdefault(before, None)
        if new and new.mode == FOLDER:
            wanted.setdefault(new.id, before)
    return wanted


def _tree(objects: Objects, entry: Entry | None) -> Tree:
    return objects.tree(entry.id) if entry and entry.mode == FOLDER else _NOTHING


def _differing(objects: Objects, old: Entry | None, new: Entry | None) -> list[str]:
    if old and new and old.mode == new.mode == FOLDER:
        return sorted(objects.differing(old.id, new.id))
    return sorted({*_tree(objects, old), *_tree(objects, new)})
