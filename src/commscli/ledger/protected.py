"""Which files of a commit, or of the index, are records or trust."""

import re
from collections.abc import Iterator

from commscli.domain.ids import CommitId
from commscli.errors import Undecided
from commscli.ledger.commits import raw
from commscli.ledger.objects import Objects
from commscli.ledger.repository import Repository
from commscli.ledger.tree_bytes import FOLDER, Entry

MAX_FILES = 500_000
"""More records than a repository has in a lifetime; a tree that folds in on itself has more."""
RECORD = re.compile(r"(?:templates|incidents/[^/]+(?:/messages/[^/]+)?)/records/.+", re.DOTALL)
TRUST = re.compile(r"trust/.+", re.DOTALL)
WORDS = re.compile(
    r"(?P<folder>incidents/[^/]+/messages/[^/]+)/(?:draft\.md|attachments/.+)", re.DOTALL
)
INTENT = re.compile(r"\d{8}T\d{6}Z-send-intent-[0-9a-f]{8}\.yaml")
_ENTERED = re.compile(
    r"trust|templates|templates/records|incidents|incidents/[^/]+"
    r"|incidents/[^/]+/(?:records|messages|messages/[^/]+|messages/[^/]+/records)"
)


def is_protected(path: str) -> bool:
    """Whether a path is among the records or in trust, which only ever grow."""
    return bool(RECORD.fullmatch(path) or TRUST.fullmatch(path))


def protected_files(repository: Repository, commit: CommitId) -> dict[str, Entry]:
    """Return what a commit's tree has among the records and in trust, by path.

    Raises:
        Undecided: if it cannot be read, or there is more than anybody has.
    """
    with repository.reading() as reading, Objects(reading) as objects:
        found: dict[str, Entry] = {}
        for path, entry in _walk(objects, raw(objects, [commit])[0].tree):
            found[path] = entry
            if len(found) > MAX_FILES:
                raise Undecided(f"commit {commit[:12]} has more than {MAX_FILES} records")
        return found


def _walk(objects: Objects, root: str) -> Iterator[tuple[str, Entry]]:
    waiting = [("", root)]
    while waiting:
        folder, tree = waiting.pop()
        for name, entry in objects.tree(tree).items():
            path = f"{folder}/{name}" if folder else name
            if entry.mode == FOLDER and _ENTERED.fullmatch(path):
                waiting.append((path, entry.id))
            elif is_protected(path):
                yield path, entry
