"""Two histories into one, file by file. Records never conflict; drafts keep both revisions."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from commscli.errors import Refused
from commscli.ledger.objects import Objects
from commscli.ledger.tree_bytes import FOLDER, Entry

_DRAFT = re.compile(r"incidents/[^/]+/messages/[^/]+/draft\.md")
_WORDS = re.compile(r"(?P<folder>incidents/[^/]+/messages/[^/]+)/(?:draft\.md|attachments/.+)")
_INTENT = re.compile(r"\d{8}T\d{6}Z-send-intent-[0-9a-f]{8}\.yaml")
MAX_DEPTH = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """What a merge of theirs into ours changes in our tree, and what a person must decide."""

    changes: dict[str, str | None]
    modes: dict[str, str]
    conflicts: tuple[str, ...]


def merge(objects: Objects, base: str | None, ours: str, theirs: str) -> Merge:
    """Compare three trees.

    A draft that both sides revised keeps our words in the file; their revision is in the
    history, both are heads, and nothing passes until ``revise`` joins them. Where one side
    began to send, its words are frozen, whatever the other did to them since.

    Raises:
        Refused: if folders lie in each other deeper than anybody means them to.
    """
    changes: dict[str, str | None] = {}
    modes: dict[str, str] = {}
    conflicts = []
    for path, was, mine, other in _differing(objects, (base, ours, theirs)):
        words = _WORDS.fullmatch(path)
        if mine == other or (words and _is_sent(objects, ours, words["folder"])):
            continue
        theirs_are_sent = words is not None and _is_sent(objects, theirs, words["folder"])
        if other == was and not theirs_are_sent:
            continue
        if mine == was or theirs_are_sent:
            changes[path] = other.id if other else None
            if other:
                modes[path] = other.mode
        elif not (_DRAFT.fullmatch(path) and mine is not None and other is not None):
            conflicts.append(path)
    return Merge(changes=changes, modes=modes, conflicts=tuple(conflicts))


_Three = tuple[str, Entry | None, Entry | None, Entry | None]


def _differing(
    objects: Objects, roots: tuple[str | None, str | None, str | None], path: str = ""
) -> Iterator[_Three]:
    """Yield every file on which ours and theirs differ, with its three versions."""
    if path.count("/") > MAX_DEPTH:
        raise Refused(f"folders lie {MAX_DEPTH} deep in each other", remedy="git log -- " + path)
    base, ours, theirs = (objects.tree(i) if i else {} for i in roots)
    for name in sorted({name for name, _ in ours.items() ^ theirs.items()}):
        three = (base.get(name), ours.get(name), theirs.get(name))
        inner = f"{path}/{name}" if path else name
        one, two, other = (e.id if e and e.mode == FOLDER else None for e in three)
        if two or other:
            yield from _differing(objects, (one, two, other), inner)
        was, mine, new = (None if e is None or e.mode == FOLDER else e for e in three)
        if mine or new:
            yield inner, was, mine, new


def _is_sent(objects: Objects, root: str, folder: str) -> bool:
    """Whether a message's send had begun in a tree."""
    tree = objects.tree(root)
    for name in (*folder.split("/"), "records"):
        entry = tree.get(name)
        if entry is None or entry.mode != FOLDER:
            return False
        tree = objects.tree(entry.id)
    return any(map(_INTENT.fullmatch, tree))
