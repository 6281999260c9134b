"""A part of a history: what came after commits that were taken as checked.

Of the older part it has what the newer one bears on: all trust versions, and every record of
the incidents that were touched. Which commit brought an older file nobody looked for; a
*stand-in* takes its place, a number of its own behind those of the commits.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from commscli.domain.history import History
from commscli.domain.ids import CommitId, Digest

SHAPING = frozenset({"append-only", "merged-record", "record-place", "record-writer"})
"""Rules of faults after which a tree does not tell any more what its history tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """Only a check of the whole history can answer, and why."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsettled:
    """It matters which trust versions, from this place in the line on, lacked an older record."""

    first: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Seam:
    """An older commit from which newer ones go on.

    ``versions``: how many of the older trust versions it holds, which are always the first.
    """

    id: CommitId
    versions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OldRecord:
    """An older record: where it lies, and the seams that hold it.

    ``lacking``: the last older trust version that was made without it, by its place in the
    line; ``None`` if nobody looked.
    """

    path: str
    within: frozenset[int]
    lacking: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What came after the commit ``base``.

    The commits of ``history`` are the seams and then the newer ones; of the stand-ins behind
    them the first are for the older trust versions, the others for older records.
    """

    base: CommitId
    history: History
    seams: tuple[Seam, ...]
    versions: int
    """How many older trust versions there are."""
    older: tuple[OldRecord, ...]
    loaded: frozenset[str]
    """The incidents whose records are here, all of them; ``""`` are the templates."""
    shaken: Mapping[str, frozenset[str]]
    """Commits with an accepted fault of a shaping rule → the incidents that they changed."""

    @property
    def first_stand_in(self) -> int:
        """The number of the first stand-in."""
        return len(self.history.commits)

    @property
    def is_settled(self) -> bool:
        """Whether it is known which older versions lacked which older records."""
        return all(old.lacking is not None for old in self.older)

    @property
    def roster(self) -> tuple[Digest, ...]:
        """The older trust versions, in order."""
        brought = ((n, file.digest) for file in self.history.trusts for n in file.introduced)
        return tuple(digest for n, digest in sorted(brought) if n >= self.first_stand_in)

    @property
    def follows(self) -> bool:
        """Whether the newest commit has the base in its past, or is it."""
        return any(seam.id == self.base for seam in self.seams)
