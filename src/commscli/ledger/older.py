"""What trees of older commits hold: trust versions, and the records of single incidents."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from commscli.domain.history import TrustFile
from commscli.domain.part import SHAPING
from commscli.errors import Undecided
from commscli.ledger.changes import Edge, changes
from commscli.ledger.commits import raw
from commscli.ledger.gathering import SAFE_NAME
from commscli.ledger.objects import Objects
from commscli.ledger.tree_bytes import FILE, FOLDER, Tree

_TRUST = re.compile(r"(?P<number>\d{4,})\.(?:yaml|[a-z][a-z0-9_-]*\.sig)")
_COMMIT = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")
_ENDS = re.compile(r"\d{8}T\d{6}Z-(?:closed|reopened)-[0-9a-f]{8}\.yaml")
_INCIDENT = re.compile(r"incidents/(?P<name>[^/]+)(?:/.*)?", re.DOTALL)

Blobs = Mapping[str, str]
"""Path → the id of the blob there."""
Wanted = Callable[[Objects, str], Iterable[str]]
"""Says, by the tree of a commit, which incidents are wanted whatever was touched."""


class Strange(Exception):
    """The older part is not as a history is that only ever grew; all of it must be looked at."""


def incident_of(path: str) -> str:
    """Return the incident that a path lies in; nothing, for templates and all else."""
    match = _INCIDENT.fullmatch(path)
    return match["name"] if match else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Older:
    """The trees of the commit that was taken as checked, and of the seams."""

    objects: Objects
    base: str
    seams: Sequence[str]
    versions: Mapping[str, Blobs]
    """The number of each trust version, as its file is named, in order → its files."""
    _incidents: dict[str, Tree] = field(default_factory=dict)

    @classmethod
    def of(cls, objects: Objects, base: str, seams: Sequence[str]) -> "Older":
        """Read the trust versions.

        Raises:
            Strange: if what goes on does not have all that matters everywhere.
        """
        files = _trust_files(objects, base)
        numbers = [_number(path) for path in _versions(files.items())]
        versions = {n: {p: b for p, b in files.items() if _number(p) == n} for n in numbers}
        found = cls(objects=objects, base=base, seams=seams, versions=versions)
        if not any(found.versions_in(seam) == len(versions) for seam in seams):
            raise Strange("it has trust versions that the commit to judge has not")
        templates: dict[str, str] = {}
        for seam in seams:
            templates |= found.records(seam, "")
        if templates != found.records(base, ""):
            raise Strange("it has approvals of templates that the commit to judge has not")
        return found

    def trust(self, root: str) -> dict[str, str]:
        """Return the trust versions that a tree has, in order: path → blob."""
        return _versions(_trust_files(self.objects, root).items())

    def versions_in(self, root: str) -> int:
        """Return how many trust versions a tree holds.

        Raises:
            Strange: if they are not the first ones.
        """
        files = self.trust(root)
        all_of_them = _versions(file for v in self.versions.values() for file in v.items())
        if list(files.items()) != list(all_of_them.items())[: len(files)]:
            raise Strange("it goes on from a commit that holds other trust versions")
        return len(files)

    @property
    def diverging(self) -> set[str]:
        """Return the incidents that the base has otherwise than every seam."""
        found = [self.differing(seam) for seam in self.seams]
        return set.intersection(*found) if found else set()

    def differing(self, root: str) -> set[str]:
        """Return the incidents that a tree has otherwise than the base."""
        if root == self.base:
            return set()
        one, other = self._all(root), self._all(self.base)
        return {name for name in {*one, *other} if one.get(name) != other.get(name)}

    def records(self, root: str, incident: str) -> dict[str, str]:
        """Return the records of an incident and their signatures, as a tree has them."""
        home = f"incidents/{incident}" if incident else "templates"
        top = self._all(root) if incident else self.objects.tree(root)
        own = _inner(self.objects, top, incident or "templates")
        folders = {home: own}
        messages = _inner(self.objects, own, "messages") if incident else {}
        for name in messages:
            folders[f"{home}/messages/{name}"] = _inner(self.objects, messages, name)
        return {
            f"{path}/records/{name}": entry.id
            for path, folder in folders.items()
            for name, entry in _inner(self.objects, folder, "records").items()
            if entry.mode == FILE and all(map(SAFE_NAME.fullmatch, (*path.split("/"), name)))
        }

    def held(self, incidents: Iterable[str]) -> dict[str, tuple[str, frozenset[int]]]:
        """Return the records of incidents: path → blob, and the seams that hold it.

        Raises:
            Strange: if a seam has one that the base has not.
        """
        found: dict[str, tuple[str, frozenset[int]]] = {}
        for incident in sorted(incidents):
            there = self.records(self.base, incident)
            for seam, root in enumerate(self.seams):
                records = there if root == self.base else self.records(root, incident)
                if not records.items() <= there.items():
                    raise Strange("a record has gone from it that an older commit has")
                for path, blob in records.items():
                    found[path] = blob, found.get(path, ("", frozenset()))[1] | {seam}
        return found

    def _all(self, root: str) -> Tree:
        """Return the folder of all incidents."""
        if root not in self._incidents:
            self._incidents[root] = _inner(self.objects, self.objects.tree(root), "incidents")
        return self._incidents[root]


def _number(path: str) -> str:
    return path.removeprefix("trust/").partition(".")[0]


def _versions(files: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the versions themselves, in order, without who signed them."""
    return {path: blob for path, blob in files if path.endswith(".yaml")}


def _trust_files(objects: Objects, root: str) -> dict[str, str]:
    files = {
        f"trust/{name}": entry.id
        for name, entry in _inner(objects, objects.tree(root), "trust").items()
        if entry.mode == FILE and _TRUST.fullmatch(name)
    }
    return dict(sorted(files.items(), key=lambda file: (int(_number(file[0])), file[0])))


def _inner(objects: Objects, tree: Tree, name: str) -> Tree:
    entry = tree.get(name)
    return objects.tree(entry.id) if entry is not None and entry.mode == FOLDER else {}


def nobodys(_: Objects, __: str) -> Iterable[str]:
    """Want no incident but those that were touched."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Openness:
    """The incidents of a tree that nobody closed, and the ids of the folders of all others."""

    open: frozenset[str]
    closed: frozenset[str]


def openness(objects: Objects, root: str, closed: Collection[str] = ()) -> Openness:
    """Tell the incidents of a tree that nobody closed from the others, by names of records.

    Of a commit that passed; in any other a name says nothing. ``closed`` are ids of folders
    that were found to be of closed incidents before: an id has one content.
    """
    everything = _inner(objects, objects.tree(root), "incidents")
    folders = {name: entry.id for name, entry in everything.items() if entry.mode == FOLDER}
    unread = {name: id_ for name, id_ in folders.items() if id_ not in closed}
    incidents = objects.trees(unread.values())
    inner = {name: incidents[id_].get("records") for name, id_ in unread.items()}
    records = objects.trees(e.id for e in inner.values() if e and e.mode == FOLDER)
    found = frozenset(
        name
        for name, entry in inner.items()
        if entry and entry.mode == FOLDER and not _is_closed(records[entry.id])
    )
    return Openness(
        open=found, closed=frozenset(id_ for name, id_ in folders.items() if name not in found)
    )


def _is_closed(records: Iterable[str]) -> bool:
    said = sorted(filter(_ENDS.fullmatch, records))
    return bool(said) and "-closed-" in said[-1]


def shaken(objects: Objects, trusts: Iterable[TrustFile]) -> dict[str, frozenset[str]]:
    """Return what commits changed after whose accepted faults a tree tells less than history."""
    subjects = {
        accepted.subject
        for file in trusts
        if file.trust is not None
        for accepted in file.trust.accepted
        if accepted.rule in SHAPING and _COMMIT.fullmatch(accepted.subject)
    }
    found = {}
    for subject in sorted(subjects):
        with suppress(Undecided):  # a digest, or a commit of somewhere else
            found[subject] = _changed_by(objects, subject)
    return found


def _changed_by(objects: Objects, commit: str) -> frozenset[str]:
    (new,) = raw(objects, [commit])
    olds: list[str | None] = [one.tree for one in raw(objects, list(new.parents))]
    edges = [Edge(0, None, old, new.tree) for old in olds or [None]]
    return frozenset(incident_of(change.path) for change in changes(objects, edges))
