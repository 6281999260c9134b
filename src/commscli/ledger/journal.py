"""What a write is about to do to work tree and index, so that a killed one can be undone.

The order of a write is: objects (nobody sees them), this journal, work tree, index, branch,
journal away. Whoever finds a journal and holds the clone's lock knows that its writer is
dead. If the branch has the files, the write was done; if not, it is taken back.
"""

import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from glob import escape
from hashlib import sha256
from pathlib import Path

from commscli.ledger.repository import Repository


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """One path of a write: object ids before and after, and the digest of the new bytes.

    ``new`` is ``None``, and ``digest`` empty, for a file that the write takes away.
    """

    path: str
    old: str | None
    new: str | None
    digest: str


def place_file(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Put a file in place whole: never half of it, whatever happens."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(part, "wb", opener=partial(os.open, mode=mode)) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _file(repository: Repository) -> Path:
    return repository.own_folder / "pending.json"


def begin(repository: Repository, branch: str, pending: list[Pending]) -> None:
    """Say what is about to happen."""
    content = {"branch": branch, "paths": [asdict(p) for p in pending]}
    place_file(_file(repository), json.dumps(content).encode())


def end(repository: Repository) -> None:
    """Say that it has happened, or was undone."""
    _file(repository).unlink(missing_ok=True)


def recover(repository: Repository) -> list[str]:
    """Finish or undo what a killed process left; return the paths that were taken back.

    The caller holds the clone's lock.
    """
    _sweep(_file(repository))
    try:
        content = json.loads(_file(repository).read_bytes())
    except FileNotFoundError:
        return []
    except ValueError:  # cannot happen to a file that is only ever replaced whole
        end(repository)
        return []
    pending = [Pending(**entry) for entry in content["paths"]]
    undone = [p for p in pending if not _landed(repository, content["branch"], p)]
    undo(repository, undone)
    end(repository)
    return [p.path for p in undone]


def _landed(repository: Repository, branch: str, pending: Pending) -> bool:
    if repository.resolve(branch) is None:  # it was to be the first commit
        return False
    listed = repository.run("ls-tree", "-z", branch, "--", pending.path)
    return listed == b"" if pending.new is None else pending.new.encode() in listed


def undo(repository: Repository, pending: list[Pending]) -> None:
    """Put work tree and index back as they were, where they still are as the write left them."""
    if repository.work_tree is None or not pending:
        return
    for entry in pending:
        _undo_file(repository, repository.work_tree / entry.path, entry)
    set_index(
        repository, {p.path: p.old for p in pending}, only_if={p.path: p.new for p in pending}
    )


def _sweep(path: Path) -> None:
    """Remove what a killed `place_file` had begun; the caller holds the clone's lock."""
    for left in path.parent.glob(f".{escape(path.name)}.*.part"):
        left.unlink(missing_ok=True)


def take_away(path: Path, top: Path) -> None:
    """Remove a file, and the folders that it leaves empty."""
    path.unlink(missing_ok=True)
    _remove_empty(path.parent, top)


def _undo_file(repository: Repository, path: Path, entry: Pending) -> None:
    _sweep(path)
    if entry.new is None:
        if entry.old is not None and not path.exists():
            place_file(path, repository.run("cat-file", "blob", entry.old))
        return
    try:
        data = path.read_bytes()
    except OSError:
        _remove_empty(path.parent, repository.work_tree)
        return
    if sha256(data).hexdigest() != entry.digest:
        return
    if entry.old is None:
        path.unlink()
        _remove_empty(path.parent, repository.work_tree)
    else:
        place_file(path, repository.run("cat-file", "blob", entry.old))


def _remove_empty(folder: Path, top: Path | None) -> None:
    while folder != top and not (folder.is_dir() and any(folder.iterdir())):
        with suppress(FileNotFoundError, NotADirectoryError):
            folder.rmdir()
        folder = folder.parent


def staged(repository: Repository, paths: Iterable[str]) -> dict[str, str]:
    """Return the object that the user's index has at each of these paths, where it has one."""
    listed = repository.run("ls-files", "-z", "--stage", "--", *paths)
    lines = listed.decode(errors="surrogateescape").split("\0")
    return {line.split("\t", 1)[1]: line.split()[1] for line in lines if "\t" in line}


def set_index(
    repository: Repository,
    entries: Mapping[str, str | None],
    *,
    only_if: Mapping[str, str | None] | None = None,
) -> None:
    """Set these paths in the user's index, by git itself and under its lock; touch no other."""
    if only_if is not None:
        there = staged(repository, entries)
        entries = {p: e for p, e in entries.items() if there.get(p) == only_if[p]}
    if not entries:
        return
    zero = "0" * (64 if repository.object_format == "sha256" else 40)
    lines = [
        f"{'100644' if blob else '0'} {blob or zero}\t{path}\0" for path, blob in entries.items()
    ]
    stdin = "".join(lines).encode()
    repository.run("update-index", "-z", "--index-info", stdin=stdin, env=repository.no_filters())
