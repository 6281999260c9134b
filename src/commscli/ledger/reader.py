"""Git in, `History` out. It trusts nothing that it reads, and decides nothing.

1. The graph of commits, from their own bytes (`commits`).
2. Along every edge, what changed under the protected folders (`changes`), sorted into
   introductions, faults and drafts (`gathering`).
3. The bytes of every record and trust version, and which key signed each (`files`).
"""

from collections.abc import Iterable, Iterator, Sequence

from commscli.domain.history import Commit, DraftAt, History, Signature
from commscli.domain.ids import CommitId, Digest
from commscli.ledger.changes import Edge, changes
from commscli.ledger.commits import Node, raw, walk
from commscli.ledger.files import read_records, read_trusts
from commscli.ledger.gathering import Gathered, Gathering
from commscli.ledger.objects import Objects
from commscli.ledger.record_files import digest_of
from commscli.ledger.repository import Repository
from commscli.ledger.signed import signature_of
from commscli.ledger.tree_bytes import FILE, FOLDER, Entry, Tree

COMMITS_AT_ONCE = 256
_NO_BLOB = ""


def read_history(repository: Repository, tip: CommitId) -> History:
    """Return everything reachable from the tip that bears on a verdict.

    Raises:
        Undecided: if any of it cannot be read.
    """
    with repository.reading() as reading, Objects(reading) as objects:
        nodes = walk(objects, reading, tip)
        position = {node.id: number for number, node in enumerate(nodes)}
        gathered = _gather(objects, nodes, position)
        records, strays = read_records(objects, gathered)
        trusts, more = read_trusts(objects, gathered)
        telling = sorted(
            {c for record in records for c in record.introduced}
            | {c for trust in trusts for c in trust.introduced}
        )
        signatures, faults = _commit_signatures(objects, [(c, nodes[c].id) for c in telling])
        return History(
            head=tip,
            commits=tuple(
                Commit(id=CommitId(n.id), parents=tuple(position[p] for p in n.parents))
                for n in nodes
            ),
            records=records,
            trusts=trusts,
            edge_faults=tuple(gathered.edge_faults),
            strays=(*gathered.strays, *strays, *more),
            commit_signatures=signatures,
            commit_faults=faults,
            drafts_at=_drafts(objects, gathered),
        )


def _gather(objects: Objects, nodes: Sequence[Node], position: dict[str, int]) -> Gathered:
    gathering = Gathering(objects)
    for first in range(0, len(nodes), COMMITS_AT_ONCE):
        part = range(first, min(first + COMMITS_AT_ONCE, len(nodes)))
        edges = [edge for number in part for edge in _edges(nodes, number, position)]
        gathering.take(changes(objects, edges), {n: len(nodes[n].parents) for n in part})
    return gathering.gathered


def _edges(nodes: Sequence[Node], number: int, position: dict[str, int]) -> Iterator[Edge]:
    node = nodes[number]
    if not node.parents:
        yield Edge(number, None, None, node.tree)
    for parent in node.parents:
        yield Edge(number, position[parent], nodes[position[parent]].tree, node.tree)


def _commit_signatures(
    objects: Objects, telling: Iterable[tuple[int, str]]
) -> tuple[dict[int, Signature], dict[int, str]]:
    numbers = {object_id: number for number, object_id in telling}
    signatures, faults = {}, {}
    for commit in raw(objects, list(numbers)):
        number = numbers[commit.id]
        if commit.fault:
            faults[number] = commit.fault
        signatures[number] = signature_of(commit.payload, commit.signature, "git")
    return signatures, faults


def _drafts(objects: Objects, gathered: Gathered) -> dict[tuple[int, str, str], DraftAt]:
    folders = {
        key: _draft_files(objects, tree_id) for key, tree_id in gathered.message_trees.items()
    }
    blobs = {e for files in folders.values() for e in files.values() if e}
    digests = {i: digest_of(data) for i, data in objects.read_many("blob", sorted(blobs))}
    digests[_NO_BLOB] = Digest("")
    return {
        key: DraftAt(
            draft=digests[files["draft.md"]] if "draft.md" in files else None,
            attachments=tuple(
                (name.removeprefix("attachments/"), digests[blob])
                for name, blob in sorted(files.items())
                if name != "draft.md"
            ),
        )
        for key, files in folders.items()
    }


def _draft_files(objects: Objects, tree_id: str) -> dict[str, str]:
    folder = objects.tree(tree_id)
    inner = folder.get("attachments")
    attached: Tree = objects.tree(inner.id) if inner and inner.mode == FOLDER else {}
    files = {f"attachments/{name}": _blob(entry) for name, entry in attached.items()}
    if "draft.md" in folder:
        files["draft.md"] = _blob(folder["draft.md"])
    return files


def _blob(entry: Entry) -> str:
    """Return the content of a plain file; a link or a folder is nobody's words."""
    return entry.id if entry.mode == FILE else _NO_BLOB
