"""Git bundles: the whole history of one commit in one file, written and read with our own care.

A bundle is a few lines of text (format, object format, tips) and a pack. Writing asks git for
the pack alone, from objects that no setting of the repository can colour. Reading takes the
text apart here, and gives git nothing but the pack, in an empty repository of our own: no ref,
no configuration and no name in a bundle ever reaches the file system.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import IO

from commscli.domain.ids import CommitId
from commscli.errors import BadInput, Undecided
from commscli.ledger import git
from commscli.ledger.git import GitFailed
from commscli.ledger.repository import Repository

BRANCH = "refs/heads/main"
MOST_TIPS = 64
LONGEST_LINE = 4096
SECONDS = 600.0
_FIRST = {b"# v2 git bundle\n": False, b"# v3 git bundle\n": True}
_TIP = re.compile(rb"(?P<commit>[0-9a-f]{40}|[0-9a-f]{64}) (?:HEAD|refs/[^\0- \x7f]+)\n")
_PACKING = (
    "pack-objects", "--revs", "--quiet", "--threads=1", "--no-reuse-delta", "--no-reuse-object",
    "--window=10", "--depth=50", "--compression=6", "--delta-base-offset",
)  # fmt: skip
"""Nothing is taken over as the clone happens to have packed it: the same history, the same bytes
(of one version of git)."""
_INDEXING = (
    *("-c", "core.bigFileThreshold=16m"),  # what is larger is hashed as it comes, never held
    *("-c", "core.deltaBaseCacheLimit=16m"),
    *("index-pack", "--threads=1"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What the text of a bundle says: its one tip, and how objects are named in it."""

    tip: CommitId
    object_format: str


def write(repository: Repository, tip: CommitId, into: IO[bytes]) -> None:
    """Write the whole history of a commit, as the branch ``main``, for anybody's ``git clone``.

    Raises:
        GitFailed: if any of it cannot be read.
    """
    sha256 = repository.object_format == "sha256"
    first = "# v3 git bundle\n@object-format=sha256\n" if sha256 else "# v2 git bundle\n"
    into.write(f"{first}{tip} {BRANCH}\n{tip} HEAD\n\n".encode())
    with repository.reading() as reading, TemporaryDirectory(prefix="comms-") as folder:
        named = git.run(
            [*_PACKING, str(Path(folder) / "pack")],
            cwd=reading.git_dir,
            env=reading.env,
            stdin=f"{tip}\n".encode(),
            seconds=SECONDS,
        )
        with (Path(folder) / f"pack-{named.decode().strip()}.pack").open("rb") as pack:
            copyfileobj(pack, into)


def read_head(bundle: IO[bytes], name: str) -> Head:
    """Read the text of a bundle, up to its pack.

    Raises:
        BadInput: if it is no bundle of one whole history.
    """
    first = bundle.readline(LONGEST_LINE)
    if first not in _FIRST:
        raise _no_bundle(name, "it does not begin as a git bundle does")
    object_format = "sha1"
    line = bundle.readline(LONGEST_LINE)
    while _FIRST[first] and line.startswith(b"@"):
        found = re.fullmatch(rb"@object-format=(sha1|sha256)\n", line)
        if found is None:
            raise _no_bundle(name, "it leaves objects out, or says what this version cannot read")
        object_format = found[1].decode()
        line = bundle.readline(LONGEST_LINE)
    return Head(tip=_tip(bundle, line, name, object_format), object_format=object_format)


def _tip(bundle: IO[bytes], line: bytes, name: str, object_format: str) -> CommitId:
    tips: set[bytes] = set()
    for _ in range(MOST_TIPS):
        if line == b"\n":
            break
        if line.startswith(b"-"):
            raise _no_bundle(name, "it needs commits that are not in it: a part of a history")
        found = _TIP.fullmatch(line)
        if found is None:
            raise _no_bundle(name, "a line of it names no commit and ref")
        tips.add(found["commit"])
        line = bundle.readline(LONGEST_LINE)
    if line != b"\n" or len(tips) != 1:
        raise _no_bundle(name, f"it has {len(tips)} tips: expected one")
    tip = CommitId(tips.pop().decode())
    if len(tip) != (64 if object_format == "sha256" else 40):
        raise _no_bundle(name, f"its tip is no {object_format} name")
    return tip


def _no_bundle(name: str, why: str) -> BadInput:
    return BadInput(
        f"{name} is no evidence: {why}",
        remedy="comms bundle INCIDENT makes one; ask whoever gave you this for a whole one",
        code="bad-bundle",
    )


@contextmanager
def opened(bundle: IO[bytes], name: str) -> Iterator[Repository]:
    """Give the history of a bundle as a bare repository of our own, HEAD on its tip.

    Raises:
        BadInput: if it is no bundle.
        Undecided: if its objects cannot be read.
    """
    head = read_head(bundle, name)
    with TemporaryDirectory(prefix="comms-") as folder:
        repository = _empty(Path(folder), head)
        pack = repository.objects / "pack" / "pack-evidence.pack"
        with pack.open("wb") as file:
            copyfileobj(bundle, file)
        try:
            git.run(
                [*_INDEXING, str(pack)],
                cwd=repository.git_dir,
                env={**git.HERMETIC, "GIT_DIR": str(folder), "GIT_ALLOC_LIMIT": "256m"},
                seconds=SECONDS,
            )
        except GitFailed as failure:
            raise Undecided(
                f"the objects in {name} cannot be read: {_said(failure)}",
                remedy="ask for the file again: it may have been cut off on its way",
                code="broken-bundle",
            ) from None
        yield repository


def _said(failure: GitFailed) -> str:
    lines = failure.said.strip().splitlines() or [failure.text]
    return lines[-1].removeprefix("fatal: ").removeprefix("error: ")[:200]


def _empty(folder: Path, head: Head) -> Repository:
    sha256 = head.object_format == "sha256"
    version, extension = (1, "[extensions]\n\tobjectformat = sha256\n") if sha256 else (0, "")
    (folder / "objects" / "pack").mkdir(parents=True)
    (folder / "refs").mkdir()
    (folder / "HEAD").write_text(f"{head.tip}\n")
    config = f"[core]\n\trepositoryformatversion = {version}\n\tbare = true\n{extension}"
    (folder / "config").write_text(config)
    return Repository(
        git_dir=folder,
        common_dir=folder,
        objects=folder / "objects",
        work_tree=None,
        object_format=head.object_format,
        settings={},
    )
