"""Git in, `History` out. It trusts nothing that it reads, and decides nothing.

1. The graph of commits, from their own bytes (`commits`).
2. Along every edge, what changed under the protected folders (`changes`), sorted into
   introductions, faults and drafts (`gathering`).
3. The bytes of every record and trust version, and which key signed each (`files`).
"""

from commscli.domain.history import Commit, History
from commscli.domain.ids import CommitId
from commscli.ledger.both_ends import read_changes
from commscli.ledger.commits import walk
from commscli.ledger.files import read_places, read_trusts, record_places
from commscli.ledger.objects import Objects
from commscli.ledger.repository import Repository
from commscli.ledger.signature_checks import SignatureChecks
from commscli.ledger.words import words_at


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
        read = read_changes(reading, objects, checks, nodes)
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
