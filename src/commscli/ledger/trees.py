"""A new tree from an old one and some files, without index or work tree."""

from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType

from commscli.errors import BadInput
from commscli.ledger import git
from commscli.ledger.objects import Objects
from commscli.ledger.repository import Repository
from commscli.ledger.tree_bytes import FILE, FOLDER, Entry, Tree

Files = Mapping[str, bytes]


def write_blobs(repository: Repository, files: Files) -> dict[str, str]:
    """Store contents exactly as they are; return the object id of each path."""
    with TemporaryDirectory(prefix="comms-") as folder:
        names = []
        for number, data in enumerate(files.values()):
            name = Path(folder) / str(number)
            name.write_bytes(data)
            names.append(str(name))
        stdin = "".join(f"{name}\n" for name in names).encode()
        ids = repository.run("hash-object", "-w", "--no-filters", "--stdin-paths", stdin=stdin)
    return dict(zip(files, ids.decode().split(), strict=True))


def grow(
    repository: Repository,
    objects: Objects,
    root: str | None,
    blobs: Mapping[str, str | None],
    modes: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Return the tree that is ``root`` with these paths set, or (``None``) taken away."""
    where = ("--git-dir", str(repository.git_dir))
    process = git.start(
        [*git.QUIET_CONFIG, *where, "mktree", "-z", "--batch", "--missing"],
        cwd=repository.home,
        env=git.HERMETIC,
    )
    into, out = git.pipes(process)

    def make(tree: Tree) -> str:
        lines = [
            f"{e.mode} {'tree' if e.mode == FOLDER else 'commit' if e.mode == '160000' else 'blob'}"
            f" {e.id}\t{name}"
            for name, e in tree.items()
        ]
        into.write(b"".join(_bytes(f"{line}\0") for line in lines) + b"\0")
        into.flush()
        made = out.readline().decode().strip()
        if not made:
            raise BadInput("git cannot store a folder here", remedy="git fsck", code="git")
        return made

    try:
        return _grow(objects, root, blobs, modes, make)
    finally:
        process.kill()
        process.communicate()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _grow(
    objects: Objects,
    tree_id: str | None,
    blobs: Mapping[str, str | None],
    modes: Mapping[str, str],
    make: Callable[[Tree], str],
) -> str:
    tree: Tree = dict(objects.tree(tree_id)) if tree_id else {}
    deeper: dict[str, dict[str, str | None]] = {}
    for path, blob in blobs.items():
        name, slash, rest = path.partition("/")
        if slash:
            deeper.setdefault(name, {})[rest] = blob
        elif blob is None:
            tree.pop(name, None)
        else:
            kept = tree[name].mode if name in tree and tree[name].mode != FOLDER else FILE
            tree[name] = Entry(modes.get(name, kept), blob)
    for name, inner in deeper.items():
        known = tree.get(name)
        below = known.id if known and known.mode == FOLDER else None
        deeper_modes = {
            p.removeprefix(f"{name}/"): m for p, m in modes.items() if p.startswith(f"{name}/")
        }
        grown = _grow(objects, below, inner, deeper_modes, make)
        if grown:
            tree[name] = Entry(FOLDER, grown)
        else:
            tree.pop(name, None)
    return make(tree) if tree else ""
