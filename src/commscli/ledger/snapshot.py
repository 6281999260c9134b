"""The files of one commit, read from its objects and never from the work tree."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from commscli.domain.ids import CommitId
from commscli.ledger.commits import raw
from commscli.ledger.objects import Objects
from commscli.ledger.repository import Repository
from commscli.ledger.tree_bytes import FILE, FOLDER, Entry, Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One commit's files."""

    commit: CommitId
    objects: Objects
    root: str

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes, or ``None`` where there is no file."""
        entry = self._entry(path)
        if entry is None or entry.mode in {FOLDER, "160000"}:
            return None
        return self.objects.read("blob", entry.id)

    def is_plain(self, path: str) -> bool:
        """Whether there is a file that is no link and no program."""
        entry = self._entry(path)
        return entry is not None and entry.mode == FILE

    def files(self, folder: str) -> Iterator[tuple[str, bytes]]:
        """Yield the files below a folder by their path from it, sorted."""
        tree = self._folder(folder.split("/"))
        paths = list(self._below(tree or {}, ""))
        blobs = dict(self.objects.read_many("blob", sorted({blob for _, blob in paths})))
        yield from ((path, blobs[blob]) for path, blob in paths)

    def names(self, folder: str) -> tuple[str, ...]:
        """Return what lies in a folder, by name."""
        return tuple(self._folder(folder.split("/")) or ())

    def _entry(self, path: str) -> Entry | None:
        *folders, name = path.split("/")
        return (self._folder(folders) or {}).get(name)

    def _folder(self, folders: list[str]) -> Tree | None:
        tree = self.objects.tree(self.root)
        for folder in folders:
            entry = tree.get(folder)
            if entry is None or entry.mode != FOLDER:
                return None
            tree = self.objects.tree(entry.id)
        return tree

    def _below(self, tree: Tree, prefix: str) -> Iterator[tuple[str, str]]:
        for name, entry in sorted(tree.items()):
            if entry.mode == FOLDER:
                yield from self._below(self.objects.tree(entry.id), f"{prefix}{name}/")
            elif entry.mode != "160000":
                yield f"{prefix}{name}", entry.id


@contextmanager
def snapshot(repository: Repository, commit: CommitId) -> Iterator[Snapshot]:
    """Open the files of a commit."""
    with repository.reading() as reading, Objects(reading) as objects:
        yield Snapshot(commit=commit, objects=objects, root=raw(objects, [commit])[0].tree)
