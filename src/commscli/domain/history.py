"""What a ledger holds, as values: commits, records, trust versions, and what happened to them.

This is everything that ``gates`` may know. It says what is there and what is mathematically
so (this key made that signature); what follows from it, the gates decide.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from commscli.domain.evidence import Evidence
from commscli.domain.ids import CommitId, Digest
from commscli.domain.keys import PublicKey
from commscli.domain.records import Record
from commscli.domain.trust import Trust


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """The key that made a signature, or why there is none to speak of."""

    key: PublicKey | None
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """One commit; parents are positions in `History.commits`, which lists parents first."""

    id: CommitId
    parents: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFile:
    """A record as it lies in history. ``introduced`` are the positions of commits adding it."""

    path: str
    digest: Digest
    record: Record | None
    fault: str
    unknown_kind: str
    signature: Signature
    introduced: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustEntry:
    """One commit by which a trust version entered history, and who signed beside it there."""

    commit: int
    signatures: Mapping[str, Signature]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustFile:
    """A trust version as it lies in history."""

    path: str
    digest: Digest
    trust: Trust | None
    fault: str
    entries: tuple[TrustEntry, ...]

    @property
    def introduced(self) -> tuple[int, ...]:
        """The positions of the commits that add it."""
        return tuple(entry.commit for entry in self.entries)


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeFault:
    """A protected file that a commit removed or changed, or that a merge brought from nowhere.

    ``frozen_by``: of words, the paths of what was there and is called like a send-intent.
    """

    commit: int
    path: str
    what: str
    frozen_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stray:
    """Something under a protected folder that is no record, signature or trust version."""

    path: str
    fault: str
    commit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftAt:
    """The words of a message as they lie in the commit that introduces a record about them."""

    draft: Digest | None
    attachments: tuple[tuple[str, Digest], ...]
    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    """The evidence of sends that lies there, by its file's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Everything reachable from one commit that bears on a verdict."""

    head: CommitId
    commits: tuple[Commit, ...]
    records: tuple[RecordFile, ...]
    trusts: tuple[TrustFile, ...]
    edge_faults: tuple[EdgeFault, ...]
    strays: tuple[Stray, ...]
    commit_signatures: Mapping[int, Signature]
    commit_faults: Mapping[int, str]
    drafts_at: Mapping[tuple[int, str, str], DraftAt]
    """(commit, incident, message) → the words there, for commits that add a record about them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """What a verifier holds outside the repository, and trusts."""

    repository: str
    genesis: Digest
    trust: Digest | None = None
    checkpoint: CommitId | None = None
    seen: CommitId | None = None
    """The last tip of this branch that this verifier saw; a history only ever grows."""
    source: str = ""
