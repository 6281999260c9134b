"""Git in, `History` out. It trusts nothing that it reads, and decides nothing.

1. The graph of commits, from their own bytes (`commits`).
2. Along every edge, what changed under the protected folders (`changes`), sorted into
   introductions, faults and drafts (`gathering`).
3. The bytes of every record and trust version, and which key signed each (`files`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from commscli.domain.history import Commit, History
from commscli.domain.ids import CommitId
from commscli.ledger.changes import Edge, changes
from commscli.ledger.commit_bytes import parse_commit
from commscli.ledger.commits import Node, walk
from commscli.ledger.files import read_places, read_trusts, record_places
from commscli.ledger.gathering import Gathered, Gathering
from commscli.ledger.objects import Objects
from commscli.ledger.repository import Repository
from commscli.ledger.signature_checks import SignatureChecks
from commscli.ledger.words import word_files, words_at

COMMITS_AT_ONCE = 256


@dataclass(slots=True)
class _Read:
    """What the walk over the commits gives: the changes sorted, and what was begun on the way.

    ``signed``: commit → where its signature is among the checks. ``drafts``: the blobs of the
    words, by commit, incident and message.
    """

    gathered: Gathered
    signed: dict[int, int] = field(default_factory=dict)
    faults: dict[int, str] = field(default_factory=dict)
    drafts: dict[tuple[int, str, str], dict[str, str]] = field(default_factory=dict)


def read_history(repository: Repository, tip: CommitId) -> History:
    """Return everything reachable from the tip that bears on a verdict.

    Raises:
        Undecided: if any of it cannot be read.
    """
    with (
        repository.reading() as reading,
        Objects(reading) as objects,
        SignatureChecks() as checks,
    ):
        nodes = walk(objects, reading, tip)
        position = {node.id: number for number, node in enumerate(nodes)}
        read = _read(objects, checks, nodes, position)
        drafts = words_at(objects, read.drafts)
        trusts, more = read_trusts(objects, read.gathered)
        places, strays = record_places(read.gathered)
        read.gathered.introductions.clear()
        records = read_places(objects, places, checks)
        telling = sorted(
            {c for record in records for c in record.introduced}
            | {c for trust in trusts for c in trust.introduced}
        )
        found = checks.results()
        return History(
            head=tip,
            commits=tuple(
                Commit(id=CommitId(n.id), parents=tuple(position[p] for p in n.parents))
                for n in nodes
            ),
            records=records,
            trusts=trusts,
            edge_faults=tuple(read.gathered.edge_faults),
            strays=(*read.gathered.strays, *strays, *more),
            commit_signatures={c: found[read.signed[c]] for c in telling},
            commit_faults={c: read.faults[c] for c in telling if c in read.faults},
            drafts_at=drafts,
        )


def _read(
    objects: Objects, checks: SignatureChecks, nodes: Sequence[Node], position: dict[str, int]
) -> _Read:
    gathering = Gathering(objects)
    read = _Read(gathering.gathered)
    for first in range(0, len(nodes), COMMITS_AT_ONCE):
        part = range(first, min(first + COMMITS_AT_ONCE, len(nodes)))
        edges = [edge for number in part for edge in _edges(nodes, number, position)]
        gathering.take(changes(objects, edges), {n: len(nodes[n].parents) for n in part})
        _begin(objects, checks, nodes, read)
    return read


def _begin(objects: Objects, checks: SignatureChecks, nodes: Sequence[Node], read: _Read) -> None:
    """Have the signatures of new commits checked, and look up the words while trees are near."""
    gathered = read.gathered
    numbers, gathered.introducing = gathered.introducing, {}
    raw = objects.read_many("commit", (nodes[number].id for number in numbers))
    for number, (object_id, data) in zip(numbers, raw, strict=True):
        commit = parse_commit(object_id, data)
        if commit.fault:
            read.faults[number] = commit.fault
        read.signed[number] = checks.add(commit.payload, commit.signature, "git")
    folders, gathered.message_trees = gathered.message_trees, {}
    for key, tree_id in folders.items():
        read.drafts[key] = word_files(objects, tree_id)


def _edges(nodes: Sequence[Node], number: int, position: dict[str, int]) -> Iterator[Edge]:
    node = nodes[number]
    if not node.parents:
        yield Edge(number, None, None, node.tree)
    for parent in node.parents:
        yield Edge(number, position[parent], nodes[position[parent]].tree, node.tree)
