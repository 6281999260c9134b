"""Two histories into one, file by file. Records never conflict; drafts keep both revisions."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from commscli.ledger.objects import FOLDER, Entry, Objects

_DRAFT = re.compile(r"incidents/[^/]+/messages/[^/]+/draft\.md")


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """What a merge of theirs into ours changes in our tree, and what a person must decide."""

    changes: dict[str, str | None]
    modes: dict[str, str]
    conflicts: tuple[str, ...]


def merge(objects: Objects, base: str | None, ours: str, theirs: str) -> Merge:
    """Compare three trees.

    A draft that both sides revised keeps our words in the file; their revision is in the
    history, both are heads, and nothing passes until ``revise`` joins them.
    """
    changes: dict[str, str | None] = {}
    modes: dict[str, str] = {}
    conflicts = []
    for path, was, mine, other in _differing(objects, base, ours, theirs, ""):
        if other == was or mine == other:
            continue
        if mine == was:
            changes[path] = other.id if other else None
            if other:
                modes[path] = other.mode
        elif not (_DRAFT.fullmatch(path) and mine is not None and other is not None):
            conflicts.append(path)
    return Merge(changes=changes, modes=modes, conflicts=tuple(conflicts))


_Three = tuple[str, Entry | None, Entry | None, Entry | None]


def _differing(
    objects: Objects, base: str | None, ours: str | None, theirs: str | None, path: str
) -> Iterator[_Three]:
    """Yield every file on which theirs differs from the base, with its three versions."""
    trees = [objects.tree(i) if i else {} for i in (base, ours, theirs)]
    changed = {name for name, _ in trees[0].items() ^ trees[2].items()}
    for name in sorted(changed):
        three = [tree.get(name) for tree in trees]
        inner = f"{path}/{name}" if path else name
        folders = [e.id if e and e.mode == FOLDER else None for e in three]
        if any(folders):
            yield from _differing(objects, folders[0], folders[1], folders[2], inner)
        files = [None if e is None or e.mode == FOLDER else e for e in three]
        if any(files):
            yield inner, files[0], files[1], files[2]
