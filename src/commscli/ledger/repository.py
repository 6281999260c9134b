"""Where the repository is, and what state it is in."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from commscli.domain.ids import CommitId
from commscli.errors import BadInput, Undecided
from commscli.ledger import git
from commscli.ledger.git import GitFailed

UNFINISHED = {
    "MERGE_HEAD": ("a merge", "git merge --continue, or git merge --abort"),
    "rebase-merge": ("a rebase", "git rebase --continue, or git rebase --abort"),
    "rebase-apply": ("a rebase", "git rebase --continue, or git rebase --abort"),
    "CHERRY_PICK_HEAD": ("a cherry-pick", "git cherry-pick --continue, or --abort"),
    "REVERT_HEAD": ("a revert", "git revert --continue, or --abort"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """One git repository. ``work_tree`` is ``None`` for a bare one."""

    git_dir: Path
    common_dir: Path
    objects: Path
    work_tree: Path | None
    object_format: str
    settings: Mapping[str, str]
    """Git's configuration as the user had it here when it was first asked for."""

    @property
    def own_folder(self) -> Path:
        """Where this program keeps what is of this clone alone; never shared, never committed."""
        return self.common_dir / "comms"

    def run(self, *argv: str, stdin: bytes = b"", env: dict[str, str] | None = None) -> bytes:
        """Run git on this repository with nothing of its configuration able to act."""
        explicit = ["--git-dir", str(self.git_dir)]
        if self.work_tree is not None:
            explicit += ["--work-tree", str(self.work_tree)]
        hermetic = {**git.HERMETIC, **(env or {})}
        return git.run([*explicit, *argv], cwd=self.home, env=hermetic, stdin=stdin)

    @property
    def home(self) -> Path:
        """The folder that a user would call the repository."""
        return self.work_tree or self.git_dir

    def branch(self) -> str | None:
        """Return the full name of the current branch; ``None`` when HEAD is detached."""
        try:
            return os.fsdecode(self.run("symbolic-ref", "--quiet", "HEAD")).rstrip("\n")
        except GitFailed:
            return None

    def resolve(self, revision: str) -> CommitId | None:
        """Return the commit that a revision names, or ``None``."""
        try:
            named = self.run("rev-parse", "--verify", "--quiet", "--end-of-options",
                             f"{revision}^{{commit}}", env=dict(git.quarantine()))  # fmt: skip
        except GitFailed:
            return None
        return CommitId(named.decode().strip())

    @property
    def shallow(self) -> bool:
        """Whether this clone lacks the older part of its history."""
        try:
            return (self.common_dir / "shallow").stat().st_size > 0
        except OSError:
            return False

    def unfinished(self) -> tuple[str, str] | None:
        """Return what somebody is in the middle of, and how to end it."""
        for name, what in UNFINISHED.items():
            if (self.git_dir / name).exists():
                return what
        return None

    def config(self, key: str) -> str:
        """Return a value of git's configuration as the user has it, or nothing."""
        return self.settings.get(key.lower(), "")

    def users_own(self) -> dict[str, str]:
        """Return git's configuration but for this repository's own: what the user alone says."""
        words = ("config", "--list", "--includes", "--show-scope", "-z")
        listed = git.run(words, cwd=self.home, env={}).decode(errors="surrogateescape").split("\0")
        pairs = (
            entry.partition("\n")[::2]
            for scope, entry in zip(listed[::2], listed[1::2], strict=False)
            if scope not in {"local", "worktree"}
        )
        return {key.lower(): value for key, value in pairs}

    def no_filters(self) -> dict[str, str]:
        """Return an environment that empties every filter the configuration names.

        For what writes the index: of files that were only just written git reads the content,
        through their filters. By environment, because a filter's name may hold what
        ``-c name=value`` would be cut at.
        """
        listed = self.run("config", "--name-only", "-z", "--list").decode(errors="surrogateescape")
        names = {k.rsplit(".", 1)[0] for k in listed.split("\0") if k.startswith("filter.")}
        settings = [
            (f"{name}.{key}", value)
            for name in sorted(names)
            for key, value in (("smudge", ""), ("clean", ""), ("process", ""), ("required", "no"))
        ]
        env = {"GIT_CONFIG_COUNT": str(len(settings))}
        for number, (key, value) in enumerate(settings):
            env |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
        return env

    @contextmanager
    def reading(self) -> Iterator["Reading"]:
        """Give a way to read objects in which nothing of the repository's settings can act."""
        with TemporaryDirectory(prefix="comms-") as folder:
            yield Reading.of(self, Path(folder))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An empty git directory of our own, with the objects of theirs.

    No config, hook, filter, replace ref, graft, commit-graph or promisor of the repository
    is in reach of a git that runs here.
    """

    git_dir: Path
    env: dict[str, str]
    object_format: str

    @classmethod
    def of(cls, repository: Repository, folder: Path) -> "Reading":
        """Lay out the empty directory."""
        (folder / "objects").mkdir()
        (folder / "refs").mkdir()
        (folder / "HEAD").write_text("ref: refs/heads/none\n")
        sha256 = repository.object_format == "sha256"
        version, extension = (1, "[extensions]\n\tobjectformat = sha256\n") if sha256 else (0, "")
        config = f"[core]\n\trepositoryformatversion = {version}\n\tbare = true\n{extension}"
        (folder / "config").write_text(config)
        env = {
            **git.HERMETIC,
            "GIT_DIR": str(folder),
            "GIT_OBJECT_DIRECTORY": str(repository.objects),
            "GIT_ALLOC_LIMIT": "256m",  # four times what we accept of an object
            **git.quarantine(),
        }
        return cls(git_dir=folder, env=env, object_format=repository.object_format)


def setting(key: str, folder: Path) -> str:
    """Return a value of git's configuration as the user has it in a folder, or nothing."""
    return _settings(folder).get(key.lower(), "")


class _Asked(Mapping[str, str]):
    """Git's configuration in a folder, asked for once, where somebody wants any of it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def _known(self) -> dict[str, str]:
        return _settings(self._folder)

    def __getitem__(self, key: str) -> str:
        return self._known[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


def _settings(folder: Path) -> dict[str, str]:
    try:
        listed = git.run(["config", "--list", "-z"], cwd=folder, env={"LC_ALL": "C"})
    except GitFailed:
        return {}
    pairs = (entry.partition("\n") for entry in listed.decode(errors="replace").split("\0"))
    return {key.lower(): value.strip() for key, _, value in pairs if key}


def set_setting(repository: Repository, key: str, value: str) -> None:
    """Set a value in the clone's own configuration; a `Repository` asked before keeps its own."""
    repository.run("config", "--local", key, value)


def discover(start: Path) -> Repository:
    """Return the repository that a folder is in.

    Raises:
        BadInput: if it is in none, or git refuses to look.
    """
    if not start.is_dir():
        raise BadInput(f"{start} is no folder", remedy="name one with -C DIR", code="no-folder")
    asked = ("--is-bare-repository", "--absolute-git-dir", "--git-common-dir",
             "--show-object-format", "--git-path", "objects", "--show-cdup")  # fmt: skip
    try:
        answer = git.run(["rev-parse", *asked], cwd=start, env={"LC_ALL": "C"})
    except GitFailed as failure:
        raise _not_a_repository(start, failure) from None
    bare, git_dir, common, object_format, objects, *up = _lines(start, answer)
    work_tree = None if bare == "true" else (start / "".join(up)).resolve()
    return Repository(
        git_dir=Path(git_dir),
        common_dir=(start / common).resolve(),
        objects=(start / objects).resolve(),
        work_tree=work_tree,
        object_format=object_format,
        settings=_Asked(start),
    )


def _lines(start: Path, answer: bytes) -> list[str]:
    """Return what git answers: five lines, and for a work tree the way up to its top.

    Raises:
        BadInput: if a path has a line feed in it, so that no line can be told from another.
    """
    lines = os.fsdecode(answer).removesuffix("\n").split("\n")
    if len(lines) not in {5, 6}:
        raise BadInput(
            f"a path of the repository at {start} has a line feed in it",
            remedy="move it to another folder",
            code="odd-path",
        )
    return lines


def _not_a_repository(start: Path, failure: GitFailed) -> BadInput:
    if "dubious ownership" in failure.said:
        return BadInput(
            f"the repository at {start} belongs to somebody else, and git refuses to read it",
            remedy=f"git config --global --add safe.directory {start}",
            code="not-yours",
        )
    if "not a git repository" in failure.said:
        return BadInput(
            f"{start} is not in a git repository",
            remedy="comms init to make one, comms join URL to get one, or -C DIR to name one",
            code="no-repository",
        )
    return BadInput(f"git cannot read the repository at {start}: {failure.said.strip()}")


def _is_born(repository: Repository) -> bool:
    """Whether HEAD names something, be it there or not; what cannot be told counts as that."""
    try:
        repository.run("rev-parse", "--verify", "--quiet", "HEAD")
    except GitFailed as failure:
        return failure.status != 1
    return True


def tip(repository: Repository, revision: str = "HEAD") -> CommitId:
    """Return the commit to judge.

    Raises:
        Undecided: if there is none.
    """
    commit = repository.resolve(revision)
    if commit is not None:
        return commit
    if revision == "HEAD":
        if _is_born(repository):
            raise Undecided(
                "the commit at HEAD cannot be read",
                remedy="git fsck --full, then clone afresh",
                code="broken-object",
            )
        raise Undecided(
            "this branch has no commit yet",
            remedy="comms init, to make the first trust version",
            code="unborn-branch",
        )
    raise Undecided(f"{revision} names no commit here", remedy="git log --all", code="no-commit")
