"""Changes sorted by what they mean: introductions, faults, drafts.

Nothing under ``records/`` or ``trust/`` may disappear or change along any edge; a merge may
bring nothing that none of its parents has; after a send-intent the words are frozen.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from commscli.domain.history import EdgeFault, Stray
from commscli.ledger.changes import Change, MessageChange
from commscli.ledger.objects import Objects
from commscli.ledger.tree_bytes import FILE, FOLDER, PLAIN, Entry

_RECORD = re.compile(
    r"(?:templates|incidents/[^/]+(?:/messages/[^/]+)?)/records/(?P<name>.+)", re.DOTALL
)
_WORDS = re.compile(
    r"(?P<folder>incidents/[^/]+/messages/[^/]+)/(?:draft\.md|attachments/.+)",
    re.DOTALL,
)
_MESSAGE = re.compile(r"incidents/(?P<incident>[^/]+)/messages/(?P<message>[^/]+)")
_BINDS_WORDS = re.compile(r"\d{8}T\d{6}Z-(?:drafted|send-intent)-[0-9a-f]{8}\.yaml")
_INTENT = re.compile(r"\d{8}T\d{6}Z-send-intent-[0-9a-f]{8}\.yaml")
SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(slots=True)
class Gathered:
    """What the walk over all edges found. Introductions: path → [(blob, commit)…]."""

    introductions: dict[str, list[tuple[str, int]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    edge_faults: list[EdgeFault] = field(default_factory=list)
    strays: list[Stray] = field(default_factory=list)
    message_trees: dict[tuple[int, str, str], str] = field(default_factory=dict)


def _is_nobodys(change: Change) -> bool:
    """Whether this is an ordinary file beside the protected folders, such as a README."""
    modes = {entry.mode for entry in (change.old, change.new) if entry}
    inside = _RECORD.match(change.path) or change.path.startswith("trust/")
    return modes <= PLAIN and not inside and not change.misspelt


def _shown(path: str) -> str:
    """Return a path as text that can be written anywhere: bytes that are no UTF-8 as escapes."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


class Gathering:
    """Takes changes in the order of history and sorts them."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self.gathered = Gathered()

    def take(self, changes: Iterable[Change | MessageChange], parents: Mapping[int, int]) -> None:
        """Sort the changes of some commits. ``parents`` counts the parents of each."""
        messages: dict[tuple[int, int | None, str], MessageChange] = {}
        merged: dict[int, dict[str, list[Change]]] = defaultdict(lambda: defaultdict(list))
        for change in changes:
            at = (change.edge.commit, change.edge.parent)
            if isinstance(change, MessageChange):
                messages[(*at, change.path)] = change
            elif words := _WORDS.fullmatch(change.path):
                self._words(change, messages[(*at, words["folder"])])
            elif _is_nobodys(change):
                continue
            elif parents[change.edge.commit] > 1:
                merged[change.edge.commit][change.path].append(change)
            else:
                self._single(change, messages)
        for commit, paths in merged.items():
            for path, along in paths.items():
                self._merged(commit, path, along, parents[commit])

    def _single(
        self, change: Change, messages: Mapping[tuple[int, int | None, str], MessageChange]
    ) -> None:
        commit, path = change.edge.commit, change.path
        if change.old is not None:
            what = "removed" if change.new is None else "changed"
            self._fault(commit, path, what)
        elif change.misspelt:
            fault = "is a name that some systems take for another one here"
            self.gathered.strays.append(Stray(path=_shown(path), fault=fault, commit=commit))
        elif change.new is not None and self._regular(change.new, path, commit):
            self.gathered.introductions[path].append((change.new.id, commit))
            self._remember_words(change, messages)

    def _remember_words(
        self, change: Change, messages: Mapping[tuple[int, int | None, str], MessageChange]
    ) -> None:
        folder, _, name = change.path.rpartition("/records/")
        match = _MESSAGE.fullmatch(folder)
        if match and _BINDS_WORDS.fullmatch(name):
            tree = messages[(change.edge.commit, change.edge.parent, folder)].new
            if tree is not None:
                key = (change.edge.commit, match["incident"], match["message"])
                self.gathered.message_trees[key] = tree.id

    def _merged(self, commit: int, path: str, along: list[Change], parents: int) -> None:
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
        records = self._objects.tree(message.old.id).get("records")
        if records is None or records.mode != FOLDER:
            return
        if any(_INTENT.fullmatch(name) for name in self._objects.tree(records.id)):
            what = "removed" if change.new is None else "changed" if change.old else "added"
            self._fault(change.edge.commit, change.path, what, frozen_for=_shown(message.path))

    def _regular(self, entry: Entry, path: str, commit: int) -> bool:
        fault = ""
        if entry.mode != FILE:
            fault = f"has mode {entry.mode}: only plain files (100644) belong here"
        elif not all(map(SAFE_NAME.fullmatch, path.split("/"))) or not (
            _RECORD.match(path) or path.startswith("trust/")
        ):
            fault = "does not belong here"
        if fault:
            self.gathered.strays.append(Stray(path=_shown(path), fault=fault, commit=commit))
        return not fault

    def _fault(self, commit: int, path: str, what: str, *, frozen_for: str = "") -> None:
        fault = EdgeFault(commit=commit, path=_shown(path), what=what, frozen_for=frozen_for)
        if fault not in self.gathered.edge_faults[-8:]:
            self.gathered.edge_faults.append(fault)
