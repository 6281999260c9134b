"""Which trust versions were made without which older records: read from the commits before them.

Git finds the commits, by the files that they brought; each is read again and must have brought
its version. The older part passed, so that no version came in twice.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from commscli.domain.ids import CommitId
from commscli.domain.part import OldRecord, Part, Whole
from commscli.ledger.commits import raw
from commscli.ledger.objects import Objects
from commscli.ledger.older import Older, incident_of
from commscli.ledger.repository import Reading, Repository
from commscli.ledger.since import listed_by


def settled(repository: Repository, part: Part, first: int) -> Part | Whole:
    """Return the part with what the versions lacked, from a place in their line on.

    Raises:
        Undecided: if a commit cannot be read.
    """
    paths = {file.digest: file.path for file in part.history.trusts}
    here: str = next(seam.id for seam in part.seams if seam.versions == part.versions)
    before: dict[int, str] = {}
    with repository.reading() as reading, Objects(reading) as objects:
        known = Older(objects=objects, base="", seams=(), versions={})
        for version in reversed(range(first, part.versions)):
            path = paths[part.roster[version]]
            found = _brought(reading, objects, known, here, path)
            if found is None:
                return Whole(why=f"no single commit of it brings {path}")
            here, before[version] = found
        older = tuple(_settled(part, known, before, first))
    return replace(part, older=older)


def _brought(
    reading: Reading, objects: Objects, known: Older, here: str, path: str
) -> tuple[CommitId, str] | None:
    """Return the commit that brought a version, and the tree before it."""
    listed = listed_by(reading, "--max-count=1", here, "--", path)
    if not listed:
        return None
    (commit,) = raw(objects, listed)
    if len(commit.parents) != 1:
        return None
    (parent,) = raw(objects, list(commit.parents))
    if path not in known.trust(commit.tree) or path in known.trust(parent.tree):
        return None
    return CommitId(commit.id), parent.tree


def _settled(
    part: Part, known: Older, before: Mapping[int, str], first: int
) -> Iterator[OldRecord]:
    incidents = {incident_of(old.path) for old in part.older}
    had = {
        version: {path for incident in incidents for path in known.records(tree, incident)}
        for version, tree in before.items()
    }
    for old in part.older:
        lacked = [version for version, paths in had.items() if old.path not in paths]
        yield replace(old, lacking=max(lacked, default=first - 1))
