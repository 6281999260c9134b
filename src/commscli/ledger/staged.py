"""What the next commit would change, from the index alone: no file is read, no filter runs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from commscli.ledger.repository import Repository
from commscli.ledger.tree_bytes import Entry

_CHANGE = re.compile(r":(\d{6}) (\d{6}) ([0-9a-f]+) ([0-9a-f]+) [A-Z]\d*")
_ABSENT = "000000"


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedChange:
    """A path of the index that differs from a commit's tree. ``None`` is: not there."""

    path: str
    old: Entry | None
    new: Entry | None


def parents_to_be(repository: Repository) -> tuple[str, ...]:
    """Return the parents that the next commit would have; none for the first one."""
    head = repository.resolve("HEAD")
    try:
        merged = (repository.git_dir / "MERGE_HEAD").read_text(encoding="ascii").split()
    except (OSError, UnicodeDecodeError):
        merged = []
    return (*([head] if head else []), *merged)


def nothing(repository: Repository) -> str:
    """Return the name of the empty tree, which the first commit is compared with."""
    return repository.run("hash-object", "-t", "tree", "--stdin").decode().strip()


def staged_changes(repository: Repository, tree: str, index: Path | None) -> list[StagedChange]:
    """Return what differs between a commit and the index, or another index that git made.

    ``git commit --all`` and ``git commit PATH`` commit an index of their own, and tell their
    hooks where it is.
    """
    own = {"GIT_INDEX_FILE": str(index)} if index is not None else None
    argv = ("diff-index", "--cached", "--raw", "-z", "--no-renames", "--no-abbrev", tree, "--")
    listed = repository.run(*argv, env=own).decode("utf-8", "surrogateescape")
    return list(_changes(listed.split("\0")))


def _changes(words: list[str]) -> Iterator[StagedChange]:
    for line, path in zip(words[::2], words[1::2], strict=False):
        match = _CHANGE.fullmatch(line)
        if match is not None:
            old_mode, new_mode, old, new = match.groups()
            yield StagedChange(path=path, old=_entry(old_mode, old), new=_entry(new_mode, new))


def _entry(mode: str, object_id: str) -> Entry | None:
    return None if mode == _ABSENT else Entry(mode, object_id)


def entry_in(repository: Repository, commit: str, path: str) -> Entry | None:
    """Return what a commit has at a path."""
    listed = repository.run("ls-tree", "-z", commit, "--", path).decode("utf-8", "surrogateescape")
    head, tab, _ = listed.partition("\t")
    mode, _, object_id = head.split(" ") if tab else ("", "", "")
    return Entry(mode, object_id) if tab else None


def names_in(repository: Repository, commit: str, folder: str) -> list[str]:
    """Return the names in a folder of a commit; none where there is no such folder."""
    listed = repository.run("ls-tree", "-z", "--name-only", commit, "--", f"{folder}/")
    paths = listed.decode("utf-8", "surrogateescape").split("\0")
    return [path.rpartition("/")[2] for path in paths if path]
