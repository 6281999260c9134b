"""What came after a commit, read at the cost of that alone.

The commit and all before it are taken as checked. Since records and trust only grow, its tree
then holds every record that there was; so of the older part only trees are read, and only where
something new touches it. Commits, trees and blobs that are read are hashed again and compared
as in the check of a whole history; which commits are new, git may say: if it names too many,
that does no harm, and it cannot take one for old that no older commit reaches.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter

from commscli.domain.history import Commit, History, RecordFile, Signature, Stray, TrustFile
from commscli.domain.ids import CommitId
from commscli.domain.part import OldRecord, Part, Seam, Whole
from commscli.errors import Undecided
from commscli.ledger import git
from commscli.ledger.changes import Edge, changes
from commscli.ledger.commits import MAX_PARENTS, Node, raw
from commscli.ledger.files import read_records, read_trusts
from commscli.ledger.gathering import Gathered, Gathering
from commscli.ledger.objects import Objects
from commscli.ledger.older import Older, Strange, Wanted, incident_of, nobodys, shaken
from commscli.ledger.record_files import is_record_name
from commscli.ledger.repository import Reading, Repository
from commscli.ledger.signed import signature_of
from commscli.ledger.words import word_files, words_at

COMMITS_AT_ONCE = 256
LOOK_BACK = 2000
"""Commits in which a pinned commit is looked for, before the checked commit answers for it."""
_VERSION = re.compile(r"trust/(?P<number>\d{4,})\..*", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Graph:
    """The new commits, parents first, and the older ones that are parents of some."""

    base: Node
    seams: tuple[Node, ...]
    new: tuple[Node, ...]

    @property
    def nodes(self) -> tuple[Node, ...]:
        return (*self.seams, *self.new)


def read_since(
    repository: Repository, tip: CommitId, base: CommitId, also: Wanted = nobodys
) -> Part | Whole:
    """Return what the tip has and the base has not, with what of the older part it touches.

    ``also``: which incidents are to be there besides.

    Raises:
        Undecided: if any of it cannot be read, or the clone is shallow.
    """
    if repository.shallow:
        raise Undecided(
            "this clone has only the newest part of the history",
            remedy="git fetch --unshallow (in a workflow: fetch-depth: 0)",
            code="incomplete-history",
        )
    with repository.reading() as reading, Objects(reading) as objects:
        listed = listed_by(reading, tip, f"^{base}", "--") if tip != base else []
        if listed is None:
            return Whole(why="git cannot say what came after it")
        try:
            return _part(objects, _graph(objects, listed, tip, base), also)
        except Strange as found:
            return Whole(why=str(found))


def contains(repository: Repository, part: Part, commit: CommitId) -> bool:
    """Whether a commit that was pinned or seen is in the history, as far as that is not given.

    Where the base is in the past of the tip, that the base passes says that it is in its own
    past; only near commits are looked for then.
    """
    if commit == part.base and part.follows:
        return True
    bound = [f"--max-count={LOOK_BACK}"] if part.follows else []
    with repository.reading() as reading:
        listed = listed_by(reading, *bound, part.history.head, "--")
    if listed is None:
        raise Undecided("git cannot list the history", remedy="git fsck --full")
    return commit in listed or (bool(bound) and len(listed) == LOOK_BACK)


def listed_by(reading: Reading, *words: str) -> list[str] | None:
    """Return the commits that ``git rev-list`` lists; ``None`` if it fails."""
    try:
        return git.run(["rev-list", *words], cwd=reading.git_dir, env=reading.env).decode().split()
    except git.GitTimeout:
        raise
    except git.GitFailed:
        return None


def _graph(objects: Objects, listed: list[str], tip: CommitId, base: CommitId) -> _Graph:
    new = {node.id: node for node in _nodes(objects, listed)}
    above = {p for node in new.values() for p in node.parents if p not in new}
    if tip not in new:
        above.add(tip)
    inner = {n.id: [p for p in n.parents if p in new] for n in new.values()}
    (root,) = _nodes(objects, [base])
    return _Graph(
        base=root,
        seams=tuple(_nodes(objects, sorted(above))),
        new=tuple(new[i] for i in TopologicalSorter(inner).static_order()),
    )


def _nodes(objects: Objects, ids: list[str]) -> list[Node]:
    nodes = [Node(commit.id, commit.tree, commit.parents) for commit in raw(objects, ids)]
    for node in nodes:
        if len(node.parents) > MAX_PARENTS:
            raise Undecided(f"commit {node.id[:12]} has {len(node.parents)} parents")
    return nodes


def _part(objects: Objects, graph: _Graph, also: Wanted) -> Part:
    number = {node.id: place for place, node in enumerate(graph.nodes)}
    seams = [node.tree for node in graph.seams]
    known = Older.of(objects, graph.base.tree, seams)
    gathered = _gather(objects, graph, number)
    _require_new_versions(gathered, known)
    loaded = {"", *_touched(gathered), *known.diverging, *also(objects, graph.nodes[-1].tree)}
    for tree in _before_trust(graph, gathered):
        loaded |= known.differing(tree)
    read = _Read(objects=objects, known=known, gathered=gathered, first=len(graph.nodes))
    records, strays, older = read.records(loaded)
    trusts, more = read.trusts()
    signatures, faults = _commit_signatures(objects, graph, records, trusts)
    words = {key: word_files(objects, tree) for key, tree in gathered.message_trees.items()}
    new = {node.id for node in graph.new}
    return Part(
        base=CommitId(graph.base.id),
        history=History(
            head=CommitId(graph.nodes[-1].id),
            commits=tuple(
                Commit(
                    id=CommitId(node.id),
                    parents=tuple(number[p] for p in node.parents) if node.id in new else (),
                )
                for node in graph.nodes
            ),
            records=records,
            trusts=trusts,
            edge_faults=tuple(gathered.edge_faults),
            strays=(*gathered.strays, *strays, *more),
            commit_signatures=signatures,
            commit_faults=faults,
            drafts_at=words_at(objects, words),
        ),
        seams=tuple(
            Seam(id=CommitId(node.id), versions=known.versions_in(node.tree))
            for node in graph.seams
        ),
        versions=len(known.versions),
        older=older,
        loaded=frozenset(loaded),
        shaken=shaken(objects, trusts),
    )


def _gather(objects: Objects, graph: _Graph, number: Mapping[str, int]) -> Gathered:
    trees = {node.id: node.tree for node in graph.nodes}
    gathering = Gathering(objects)
    for first in range(0, len(graph.new), COMMITS_AT_ONCE):
        part = graph.new[first : first + COMMITS_AT_ONCE]
        edges = [
            Edge(number[node.id], number[parent], trees[parent], node.tree)
            if parent else Edge(number[node.id], None, None, node.tree)
            for node in part
            for parent in node.parents or ("",)
        ]  # fmt: skip
        gathering.take(
            changes(objects, edges), {number[node.id]: len(node.parents) for node in part}
        )
    return gathering.gathered


def _require_new_versions(gathered: Gathered, known: Older) -> None:
    for path in gathered.introductions:
        match = _VERSION.fullmatch(path)
        if match and match["number"] in known.versions:
            raise Strange(f"{path} has come in again")


def _touched(gathered: Gathered) -> set[str]:
    """Return the incidents in which something was added, or went wrong."""
    faults = [fault.path for fault in gathered.edge_faults]
    strays = [stray.path for stray in gathered.strays]
    return {incident_of(path) for path in (*gathered.introductions, *faults, *strays)}


def _before_trust(graph: _Graph, gathered: Gathered) -> set[str]:
    """Return the trees of what the makers of new trust versions had before them.

    Raises:
        Strange: if they had nothing.
    """
    trees = {node.id: node.tree for node in graph.nodes}
    found = set()
    for path, introductions in gathered.introductions.items():
        for _, commit in introductions if path.startswith("trust/") else ():
            parents = graph.nodes[commit].parents if commit >= 0 else ()
            if commit >= 0 and not parents:
                raise Strange(f"{path} has come in with a first commit")
            found |= {trees[parent] for parent in parents}
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """New files and the older ones beside them. ``first`` is the first stand-in's number."""

    objects: Objects
    known: Older
    gathered: Gathered
    first: int

    def trusts(self) -> tuple[tuple[TrustFile, ...], tuple[Stray, ...]]:
        """Return all trust versions."""
        older = {
            path: (blob, self.first + place)
            for place, files in enumerate(self.known.versions.values())
            for path, blob in files.items()
        }
        return read_trusts(self.objects, self._with(older))

    def records(
        self, loaded: set[str]
    ) -> tuple[tuple[RecordFile, ...], tuple[Stray, ...], tuple[OldRecord, ...]]:
        """Return the records of incidents, and the seams that hold each of the older ones.

        Where one belongs to another incident than it lies in, that is added.
        """
        while True:
            older, old = self._older_records(loaded)
            records, strays = read_records(self.objects, self._with(older))
            more = {str(file.record.incident) for file in records if file.record} - loaded
            if not more:
                return records, strays, old
            loaded |= more

    def _older_records(
        self, loaded: set[str]
    ) -> tuple[dict[str, tuple[str, int]], tuple[OldRecord, ...]]:
        held = self.known.held(loaded)
        new = self.gathered.introductions
        older: dict[str, tuple[str, int]] = {}
        old: list[OldRecord] = []
        for path, (blob, seams) in held.items():
            if any(there != blob for there, _ in new.get(path, ())):
                raise Strange(f"{path} has come in again with another content")
            if f"{path}.sig" in new and f"{path}.sig" not in held:
                raise Strange(f"{path} gets a signature that it lacked")
            record = path.removesuffix(".sig")
            if is_record_name(record.rpartition("/")[2]) and (record in held or record in new):
                if record not in older:
                    older[record] = ("", self.first + len(self.known.versions) + len(old))
                    old.append(OldRecord(path=record, within=seams))
                older[path] = (blob, older[record][1])
        return {p: one for p, one in older.items() if one[0]}, tuple(old)

    def _with(self, older: Mapping[str, tuple[str, int]]) -> Gathered:
        """Return what was gathered, with older files as their stand-ins brought them."""
        introductions: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for path, one in older.items():
            introductions[path].append(one)
        for path, new in self.gathered.introductions.items():
            introductions[path] += new
        return Gathered(introductions=introductions)


def _commit_signatures(
    objects: Objects, graph: _Graph, records: Sequence[RecordFile], trusts: Sequence[TrustFile]
) -> tuple[dict[int, Signature], dict[int, str]]:
    brought = {c for file in records for c in file.introduced}
    brought |= {c for file in trusts for c in file.introduced}
    telling = sorted(c for c in brought if c < len(graph.nodes))
    signatures, faults = {}, {}
    commits = raw(objects, [graph.nodes[number].id for number in telling])
    for number, commit in zip(telling, commits, strict=True):
        signatures[number] = signature_of(commit.payload, commit.signature, "git")
        if commit.fault:
            faults[number] = commit.fault
    return signatures, faults
