"""What a run wrote: a commit, its records, and whether others can see them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from commscli.domain.ids import CommitId
from commscli.gates.case import Case

if TYPE_CHECKING:
    from commscli.ledger.record_files import RecordBytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A commit, whether others can see it already, and what the user should hear about that."""

    commit: CommitId
    shared: bool
    alone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """Records that this run wrote, and what there was before them."""

    before: Case
    records: "tuple[RecordBytes, ...]"
    written: Written
    unshared_since: CommitId | None = None
    """What the remote had, where it lacked more than these records until now."""
