"""A part of a history as a `History` that the rules can judge: with stand-ins for old commits.

The stand-ins of the older trust versions are a line, each on top of the one before. That of an
older record comes after the version which the record names, so that its writer had it; before
every seam that holds the record; and before all versions from some one on. Which one, is what
a tree does not tell: at least the one after the version that it names, and after those of a
seam that lacks it. What only a look at the old commit could show, its signature and the words
in it, is as the record says: the commit that is taken as checked passed with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from commscli.domain.history import Commit, DraftAt, History, RecordFile
from commscli.domain.ids import CommitId, Digest
from commscli.domain.part import Part, Whole
from commscli.domain.records import Drafted, SendIntent

_MARK = "-"
"""What the name of a stand-in begins with, and no commit's: before any of them in order."""
_Node = tuple[str, int | str]


def is_stand_in(commit: CommitId | None) -> bool:
    """Whether this names no commit that anybody looked at."""
    return commit is not None and commit.startswith(_MARK)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Old:
    """An older record: its number in the part, and versions by their place in the line.

    ``named``: the one that it names, -1 for none of them. ``lacking``: the last one that
    surely was made without it.
    """

    number: int
    file: RecordFile | None
    named: int
    lacking: int
    within: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where everything stands; only which versions had an older record before them is open."""

    part: Part
    old: Sequence[_Old]
    nodes: Mapping[_Node, int]

    @classmethod
    def of(cls, part: Part, contained: Sequence[CommitId]) -> "Layout | Whole":
        """Put all in an order that has parents first."""
        if not part.versions:
            return Whole(why="there is no trust there yet")
        old = _older(part)
        for one in old:
            if any(one.named >= part.seams[seam].versions for seam in one.within):
                return Whole(why="an older record names a trust version from after it")
        nodes: list[_Node] = [("root", 0)]
        nodes += [("record", one.number) for one in old if one.named < 0]
        for version in range(part.versions):
            nodes += [("before", version), ("trust", version)]
            nodes += [("record", one.number) for one in old if one.named == version]
        known = {commit.id for commit in part.history.commits}
        nodes += [("contained", commit) for commit in contained if commit not in known]
        nodes += [("commit", number) for number in range(len(part.history.commits))]
        return cls(part=part, old=old, nodes={node: place for place, node in enumerate(nodes)})

    @property
    def possible(self) -> range:
        """The versions up to which all could have been made without the older records."""
        if self.part.is_settled:
            return range(-1, 0)
        last = self.part.versions - 1
        return range(min((one.lacking for one in self.old), default=last), last + 1)

    def history(self, lacking: int) -> History:
        """Return the history in which versions up to this one lack every record that they can."""
        part = self.part.history
        place = {number: self.nodes["commit", number] for number in range(len(part.commits))}
        place |= {
            self.part.first_stand_in + version: self.nodes["trust", version]
            for version in range(self.part.versions)
        }
        place |= {one.number: self.nodes["record", one.number] for one in self.old}

        def moved(numbers: tuple[int, ...]) -> tuple[int, ...]:
            return tuple(place[number] for number in numbers)

        above = self._parents(lacking)
        signatures = {place[one.number]: one.file.signature for one in self.old if one.file}
        words = {(place[n], i, m): words for (n, i, m), words in _said(self.old, part).items()}
        return replace(
            part,
            commits=tuple(
                Commit(id=self._id(node), parents=tuple(self.nodes[p] for p in above[node]))
                for node in self.nodes
            ),
            records=tuple(replace(f, introduced=moved(f.introduced)) for f in part.records),
            trusts=tuple(
                replace(f, entries=tuple(replace(e, commit=place[e.commit]) for e in f.entries))
                for f in part.trusts
            ),
            edge_faults=tuple(replace(f, commit=place[f.commit]) for f in part.edge_faults),
            strays=tuple(replace(s, commit=place.get(s.commit, -1)) for s in part.strays),
            commit_signatures=signatures
            | {place[n]: signature for n, signature in part.commit_signatures.items()},
            commit_faults={place[n]: fault for n, fault in part.commit_faults.items()},
            drafts_at=words | {(place[n], i, m): d for (n, i, m), d in part.drafts_at.items()},
        )

    def _id(self, node: _Node) -> CommitId:
        kind, which = node
        if kind == "commit" and isinstance(which, int):
            return self.part.history.commits[which].id
        return CommitId(str(which) if kind == "contained" else f"{_MARK}{kind}-{which}")

    def _parents(self, lacking: int) -> dict[_Node, list[_Node]]:
        above: dict[_Node, list[_Node]] = {node: [("root", 0)] for node in self.nodes}
        above["root", 0] = []
        for version in range(self.part.versions):
            above["before", version] = [_version(version - 1)]
            above["trust", version] = [("before", version)]
        for number, commit in enumerate(self.part.history.commits):
            above["commit", number] = [("commit", parent) for parent in commit.parents]
        for number, seam in enumerate(self.part.seams):
            above["commit", number] = [_version(seam.versions - 1)]
        for one in self.old:
            node: _Node = ("record", one.number)
            above[node] = [_version(one.named)]
            for holder in one.within:
                above["commit", holder].append(node)
            first = max(one.lacking, lacking) + 1
            if first < self.part.versions:
                above["before", first].append(node)
        return above


def _version(version: int) -> _Node:
    """Return the stand-in of a version; of none, the beginning of all."""
    return ("trust", version) if version >= 0 else ("root", 0)


def _older(part: Part) -> list[_Old]:
    first = part.first_stand_in
    files = {n: file for file in part.history.records for n in file.introduced if n >= first}
    versions = {file.digest: n - first for file in part.history.trusts for n in file.introduced}
    found = []
    for number, old in enumerate(part.older, first + part.versions):
        file = files.get(number)
        record = file.record if file is not None else None
        named = max(-1, versions.get(record.trust, -1)) if record is not None else -1
        lacked = [s.versions - 1 for n, s in enumerate(part.seams) if n not in old.within]
        lacking = max([named, *lacked]) if named >= 0 else part.versions - 1
        if old.lacking is not None:
            lacking = max(lacking, old.lacking)
        found.append(
            _Old(number=number, file=file, named=named, lacking=lacking, within=old.within)
        )
    return found


def _said(old: Sequence[_Old], part: History) -> dict[tuple[int, str, str], DraftAt]:
    """Return the words that older revisions and sends name, as if they lay beside them."""
    drafts: dict[Digest, Drafted] = {
        file.digest: file.record.body
        for file in part.records
        if file.record is not None and isinstance(file.record.body, Drafted)
    }
    said = {}
    for one in old:
        record, file = (one.file.record, one.file) if one.file is not None else (None, None)
        if record is None or file is None:
            continue
        subject = record.body.subject if isinstance(record.body, SendIntent) else file.digest
        if subject in drafts:
            body = drafts[subject]
            said[one.number, str(record.incident), str(record.message)] = DraftAt(
                draft=body.draft,
                attachments=tuple((name, Digest(digest)) for name, digest in body.attachments),
            )
    return said
