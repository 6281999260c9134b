"""A repository as plain data, read by ``git cat-file`` from an empty repository of our own.

The other repository lends its objects only: none of its settings, refs or hooks acts here.
"""

import hashlib
import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.second_opinion.walking import SUBMODULE, Commit

FOLDER = "40000"
MAX_PARENTS = 64


class Unreadable(Exception):
    """Something that the check needs is not there, or is not what its name says."""


def read_commits(repository: Path, tip: str) -> list[Commit]:
    """Return every commit that ``tip`` reaches, parents first, or raise `Unreadable`."""
    git_dir = repository / ".git" if (repository / ".git").exists() else repository
    with tempfile.TemporaryDirectory() as own:
        kind = "sha256" if len(tip) == 64 else "sha1"
        _git(["init", "-q", "--bare", f"--object-format={kind}", own], Path(own), git_dir)
        return _Store(Path(own), git_dir, kind).commits(tip)


def _git(arguments: list[str], own: Path, git_dir: Path, data: bytes = b"") -> bytes:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(own),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_NO_LAZY_FETCH": "1",
    }
    if arguments[0] != "init":
        environment["GIT_OBJECT_DIRECTORY"] = str(git_dir / "objects")
    done = subprocess.run(
        ["git", *arguments], cwd=own, env=environment, input=data, capture_output=True, check=False
    )
    if done.returncode != 0:
        raise Unreadable(done.stderr.decode(errors="replace"))
    return done.stdout


class _Store:
    """The objects of a repository, each hashed again when it is read."""

    def __init__(self, own: Path, git_dir: Path, kind: str) -> None:
        self._own, self._git_dir, self._kind = own, git_dir, kind
        self._known: dict[str, tuple[str, bytes]] = {}

    def commits(self, tip: str) -> list[Commit]:
        parents = self._reach(tip)
        self._fetch_trees([self._tree_of(commit) for commit in parents])
        found: dict[str, Commit] = {}
        while len(found) < len(parents):
            for name, above in parents.items():
                if name not in found and all(parent in found for parent in above):
                    files = dict(self._files(self._tree_of(name), ""))
                    raw = self._known[name][1]
                    found[name] = Commit(id=name, parents=above, files=files, raw=raw)
        return [*found.values()]

    def _reach(self, tip: str) -> dict[str, tuple[str, ...]]:
        parents: dict[str, tuple[str, ...]] = {}
        wave = [tip]
        while wave:
            self._read(wave, "commit")
            for name in wave:
                parents[name] = self._parents(name)
            wave = [*{p for name in wave for p in parents[name] if p not in parents}]
        return parents

    def _parents(self, name: str) -> tuple[str, ...]:
        lines = self._known[name][1].partition(b"\n\n")[0].decode("utf-8", "replace").split("\n")
        above = [line[len("parent ") :] for line in lines if line.startswith("parent ")]
        trees = [line for line in lines if line.startswith("tree ")]
        expected = [*trees, *(f"parent {parent}" for parent in above)]
        if len(trees) != 1 or lines[: len(expected)] != expected or len(above) > MAX_PARENTS:
            raise Unreadable(f"commit {name} has its tree or parents in the wrong place")
        return tuple(above)

    def _tree_of(self, commit: str) -> str:
        return self._known[commit][1].split(b"\n", 1)[0].decode().removeprefix("tree ")

    def _fetch_trees(self, wave: list[str]) -> None:
        blobs: set[str] = set()
        while wave:
            self._read(wave, "tree")
            entries = [entry for name in wave for entry in self._entries(name)]
            blobs |= {name for mode, _, name in entries if mode not in (FOLDER, SUBMODULE)}
            wave = [*{name for mode, _, name in entries if mode == FOLDER} - {*self._known}]
        self._read(blobs, "blob")

    def _entries(self, tree: str) -> list[tuple[str, str, str]]:
        data, size = self._known[tree][1], 32 if self._kind == "sha256" else 20
        found = []
        while data:
            mode, _, rest = data.partition(b" ")
            name, _, rest = rest.partition(b"\0")
            path = name.decode("utf-8", "surrogateescape")
            found.append((mode.decode(), path, rest[:size].hex()))
            data = rest[size:]
        if len({name for _, name, _ in found}) < len(found):
            raise Unreadable(f"tree {tree} lists a name twice")
        return found

    def _files(self, tree: str, folder: str) -> Iterator[tuple[str, tuple[str, bytes]]]:
        for mode, name, inner in self._entries(tree):
            path = f"{folder}{name}"
            if mode == FOLDER and self._entries(inner):
                yield from self._files(inner, f"{path}/")
            else:
                content = b"" if mode == FOLDER else self._known.get(inner, ("", inner.encode()))[1]
                yield path, (mode, content)

    def _read(self, names: Iterable[str], kind: str) -> None:
        wanted = [name for name in names if name not in self._known]
        asked = "".join(f"{name}\n" for name in wanted).encode()
        out = _git(["cat-file", "--batch"], self._own, self._git_dir, asked) if wanted else b""
        for name in wanted:
            head, _, out = out.partition(b"\n")
            words = head.decode().split()
            if words[0] != name or words[1:2] != [kind]:
                raise Unreadable(f"{name} is missing or is no {kind}")
            size = int(words[2])
            data, out = out[:size], out[size + 1 :]
            whole = b"%s %d\0" % (kind.encode(), size) + data
            if hashlib.new(self._kind, whole).hexdigest() != name:
                raise Unreadable(f"{name} is not what its name says")
            self._known[name] = (kind, data)
        for name in names:
            if self._known[name][0] != kind:
                raise Unreadable(f"{name} is no {kind}")
