"""Changes sorted by what they mean: introductions, faults, drafts.

Nothing under ``records/`` or ``trust/`` may disappear or change along any edge; a merge may
bring nothing that none of its parents has; after a send-intent the words are frozen.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from commscli.domain.history import EdgeFault, Stray
from commscli.ledger.changes import Change, MessageChange, folded
from commscli.ledger.objects import Objects, too_many
from commscli.ledger.tree_bytes import FILE, FOLDER, PLAIN, Entry

_RECORDS = re.compile(r"(?:templates|incidents/[^/]+(?:/messages/[^/]+)?)/records")
_MESSAGE = re.compile(
    r"incidents/(?P<incident>[^/]+)/messages/(?P<message>[^/]+)(?:/(?P<inner>records|attachments))?"
)
_BINDS_FILES = re.compile(
    r"\d{8}T\d{6}Z-(?:drafted|send-intent|sent|delivered-late)-[0-9a-f]{8}\.yaml"
)
"""Records that name other files of their message by digest: words, attachments, evidence."""
_INTENT = re.compile(r"\d{8}T\d{6}Z-send-intent-[0-9a-f]{8}\.yaml")
SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
MOST_CHANGES = 4_000_000
"""Along all edges; a hundred thousand records are a sixteenth of it."""
_CACHED_FOLDERS = 4096
MISSPELT = "is a name that some systems take for another one here"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Folder:
    """What a folder's path says about the files right in it.

    ``keeps``: they are records or trust versions. ``message`` is the folder of the message that
    it belongs to, and ``inner`` which folder of that it is.
    """

    keeps: bool
    is_safe: bool
    incident: str = ""
    message_id: str = ""
    message: str = ""
    inner: str = ""


@lru_cache(maxsize=_CACHED_FOLDERS)
def _folder(path: str) -> _Folder:
    keeps = path == "trust" or _RECORDS.fullmatch(path) is not None
    is_safe = all(map(SAFE_NAME.fullmatch, path.split("/")))
    match = _MESSAGE.fullmatch(path)
    if match is None:
        return _Folder(keeps=keeps, is_safe=is_safe)
    return _Folder(
        keeps=keeps,
        is_safe=is_safe,
        incident=match["incident"],
        message_id=match["message"],
        message=f"incidents/{match['incident']}/messages/{match['message']}",
        inner=match["inner"] or "",
    )


def _lists() -> dict[str, list[tuple[str, int]]]:
    return defaultdict(list)


@dataclass(slots=True)
class Gathered:
    """What the walk over all edges found. Introductions: path → [(blob, commit)…].

    ``introducing`` are the commits in them, each once; ``message_trees`` is the folder of a
    message, by commit, incident and message, for records that bind files in it.
    """

    introductions: dict[str, list[tuple[str, int]]] = field(default_factory=_lists)
    introducing: dict[int, None] = field(default_factory=dict)
    edge_faults: list[EdgeFault] = field(default_factory=list)
    strays: list[Stray] = field(default_factory=list)
    message_trees: dict[tuple[int, str, str], str] = field(default_factory=dict)
    misspelt: set[str] = field(default_factory=set)
    """Paths of which it was told that their name is taken for another."""

    def take_in(self, later: "Gathered") -> None:
        """Put behind this what was gathered of later commits."""
        for path, introductions in later.introductions.items():
            self.introductions[path] += introductions
        self.edge_faults += later.edge_faults
        self.strays += [
            s for s in later.strays if s.fault != MISSPELT or s.path not in self.misspelt
        ]
        self.misspelt |= later.misspelt


def _is_nobodys(change: Change, folder: _Folder) -> bool:
    """Whether this is an ordinary file beside the protected folders, such as a README."""
    modes = {entry.mode for entry in (change.old, change.new) if entry}
    return modes <= PLAIN and not folder.keeps and not change.misspelt


def _are_words(folder: _Folder, name: str) -> bool:
    """Whether this is the draft of a message, or attached to it."""
    return folder.inner == "attachments" or (
        folder.message != "" and not folder.inner and name == "draft.md"
    )


def _shown(path: str) -> str:
    """Return a path as text that can be written anywhere: bytes that are no UTF-8 as escapes."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


class Gathering:
    """Takes changes in the order of history and sorts them."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._left = MOST_CHANGES
        self._intents: dict[str, tuple[str, ...]] = {}
        self.gathered = Gathered()

    def take(self, changes: Iterable[Change | MessageChange], parents: Mapping[int, int]) -> None:
        """Sort the changes of some commits. ``parents`` counts the parents of each."""
        messages: dict[tuple[int, int | None, str], MessageChange] = {}
        merged: dict[int, dict[str, list[Change]]] = defaultdict(lambda: defaultdict(list))
        for change in changes:
            self._left -= 1
            if not self._left:
                raise too_many(f"more than {MOST_CHANGES} files were added or changed")
            commit, parent, *_ = change.edge
            if isinstance(change, MessageChange):
                messages[commit, parent, change.path] = change
                continue
            above, _, name = change.path.rpartition("/")
            folder = _folder(above)
            if not change.misspelt and _are_words(folder, name):
                self._words(change, messages[commit, parent, folder.message])
            elif not folder.keeps and _is_nobodys(change, folder):
                continue
            elif parents[commit] > 1:
                merged[commit][change.path].append(change)
            else:
                self._single(change, folder, name, messages)
        for commit, paths in merged.items():
            self._brought_together(commit, paths, parents[commit])
            for path, along in paths.items():
                self._merged(commit, path, along, parents[commit])

    def _brought_together(
        self, commit: int, paths: Mapping[str, list[Change]], parents: int
    ) -> None:
        """Tell of names that a merge brings together, each taken for the other: no parent has."""
        groups: dict[str, tuple[set[int | None], list[str]]] = {}
        for path, along in paths.items():
            edges = {change.edge.parent for change in along if change.misspelt}
            if edges:
                above, _, name = path.rpartition("/")
                found = groups.setdefault(f"{above}/{folded(name)}", (set(), []))
                found[0].update(edges)
                found[1].append(path)
        for edges, names in groups.values():
            if len(edges) == parents:
                for path in names:
                    self._misspelt(commit, path)

    def _single(
        self,
        change: Change,
        folder: _Folder,
        name: str,
        messages: Mapping[tuple[int, int | None, str], MessageChange],
    ) -> None:
        edge, path = change.edge, change.path
        if change.old is not None:
            what = "removed" if change.new is None else "changed"
            self._fault(edge.commit, path, what)
        elif change.misspelt:
            self._misspelt(edge.commit, path)
        elif change.new is not None and self._regular(change.new, path, edge.commit):
            self.gathered.introductions[path].append((change.new.id, edge.commit))
            self.gathered.introducing[edge.commit] = None
            if folder.inner == "records" and _BINDS_FILES.fullmatch(name):
                tree = messages[edge.commit, edge.parent, folder.message].new
                if tree is not None:
                    key = (edge.commit, folder.incident, folder.message_id)
                    self.gathered.message_trees[key] = tree.id

    def _misspelt(self, commit: int, path: str) -> None:
        """Tell of a name that is taken for another one, where the two first came together."""
        shown = _shown(path)
        if shown not in self.gathered.misspelt:
            self.gathered.misspelt.add(shown)
            self.gathered.strays.append(Stray(path=shown, fault=MISSPELT, commit=commit))

    def _merged(self, commit: int, path: str, changes: list[Change], parents: int) -> None:
        along = [change for change in changes if not change.misspelt]
        for change in along:
            if change.old is not None:
                self._fault(commit, path, "removed" if change.new is None else "changed")
        if len(along) == parents and all(change.old is None for change in along):
            self._fault(commit, path, "merged-in")
            new = along[0].new
            if new is not None and self._regular(new, path, commit):
                self.gathered.introductions[path].append((new.id, -1))

    def _words(self, change: Change, message: MessageChange) -> None:
        if message.old is None or message.old.mode != FOLDER:
            return
        intents = self._intents_in(message.old.id)
        if intents:
            what = "removed" if change.new is None else "changed" if change.old else "added"
            by = tuple(f"{_shown(message.path)}/records/{name}" for name in intents)
            self._fault(change.edge.commit, change.path, what, frozen_by=by)

    def _intents_in(self, message_tree: str) -> tuple[str, ...]:
        """Return the names of a message's records that are called like a send-intent."""
        if message_tree not in self._intents:
            if len(self._intents) >= _CACHED_FOLDERS:
                self._intents.clear()
            records = self._objects.tree(message_tree).get("records")
            names = self._objects.tree(records.id) if records and records.mode == FOLDER else {}
            self._intents[message_tree] = tuple(filter(_INTENT.fullmatch, names))
        return self._intents[message_tree]

    def _regular(self, entry: Entry, path: str, commit: int) -> bool:
        fault = ""
        if entry.mode != FILE:
            fault = f"has mode {entry.mode}: only plain files (100644) belong here"
        else:
            above, _, name = path.rpartition("/")
            folder = _folder(above)
            if not (folder.keeps and folder.is_safe and SAFE_NAME.fullmatch(name)):
                fault = "does not belong here"
        if fault:
            self.gathered.strays.append(Stray(path=_shown(path), fault=fault, commit=commit))
        return not fault

    def _fault(self, commit: int, path: str, what: str, *, frozen_by: tuple[str, ...] = ()) -> None:
        fault = EdgeFault(commit=commit, path=_shown(path), what=what, frozen_by=frozen_by)
        if fault not in self.gathered.edge_faults[-8:]:
            self.gathered.edge_faults.append(fault)
