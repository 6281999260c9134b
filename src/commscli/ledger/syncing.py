"""To and from the remote: fetch, bring together, push.

Transports run with the user's own configuration; a program that the repository's own
configuration names does not.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from commscli.domain.ids import CommitId
from commscli.domain.trust import Person
from commscli.errors import BadInput, CommsError, Refused
from commscli.ledger import git, journal, trees
from commscli.ledger.clone_lock import only_writer
from commscli.ledger.commits import raw
from commscli.ledger.git import GitFailed
from commscli.ledger.merging import merge
from commscli.ledger.objects import Objects
from commscli.ledger.repository import Repository
from commscli.ledger.writer import commit_object, require_branch

REMOTE = "origin"
SECONDS = 30.0
INCOMING = "refs/comms/incoming"
_PROGRAMS = re.compile(
    r"core\.(?:sshcommand|gitproxy|askpass|alternaterefscommand)|credential\..*"
    r"|remote\..*\.(?:uploadpack|receivepack|vcs)",
    re.DOTALL,
)
_OWN_SCOPES = {"local", "worktree"}
_MOVED = re.compile(
    r"non-fast-forward|fetch first|cannot lock ref|failed to update ref|incorrect old value"
)

_REJECTED = re.compile(r"\[remote rejected\] .*?\(([^)]*)\)")
_REMOTE_SAYS = re.compile(r"^remote: (.*)$", re.MULTILINE)


class Joined(StrEnum):
    """What bringing in the remote's history did to ours."""

    NOTHING = "nothing"
    FORWARD = "forward"
    MERGED = "merged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """How to reach the remote: whether a person is there to answer it, and for how long."""

    interactive: bool
    seconds: float = SECONDS


class Unreachable(CommsError):
    """The remote did not answer, or said no."""

    code = "remote"


class Rejected(Unreachable):
    """The remote has commits that are not here yet."""

    code = "behind"


def has_remote(repository: Repository) -> bool:
    """Whether there is anybody to share with."""
    return bool(repository.config(f"remote.{REMOTE}.url"))


def fetch(repository: Repository, branch: str, network: Network) -> CommitId | None:
    """Fetch the branch; return the remote's tip, or ``None`` where it has no such branch.

    Raises:
        Unreachable: if the remote does not answer.
        Refused: if the remote's history went back or was rewritten since it was last seen.
        BadInput: if the repository's own configuration names a program to run for it.
    """
    try:
        # An empty refmap: what was last seen of the remote is compared below, not overwritten.
        on_remote(repository, network, "fetch", "--quiet", "--no-tags", "--no-recurse-submodules",
                "--no-write-fetch-head", "--refmap=", REMOTE, f"+{branch}:{INCOMING}")  # fmt: skip
    except GitFailed as failure:
        if "couldn't find remote ref" in failure.said:
            return None
        raise unreachable(repository, failure) from None
    theirs = repository.resolve(INCOMING)
    seen = repository.resolve(tracking(branch))
    if theirs and seen and not is_ancestor(repository, seen, theirs):
        raise Refused(
            f"the remote's history went back, or was rewritten: it lacks {seen[:12]}, which it had",
            remedy="ask who pushed by force; records that are gone there are still here",
            code="rolled-back",
        )
    if theirs and theirs != seen:
        repository.run("update-ref", tracking(branch), theirs)
    return theirs


def tracking(branch: str) -> str:
    """Return the ref that says how far the remote's branch was when it was last seen."""
    return f"refs/remotes/{REMOTE}/{branch.removeprefix('refs/heads/')}"


def push(repository: Repository, branch: str, commit: CommitId, network: Network) -> None:
    """Make a commit the remote's tip, if the remote still is where this commit comes from.

    Raises:
        Rejected: if the remote has moved on.
        Unreachable: if it does not answer, or refuses.
    """
    try:
        on_remote(repository, network, "push", "--quiet", "--no-verify", "--no-signed",
                "--no-recurse-submodules", REMOTE, f"{commit}:{branch}")  # fmt: skip
    except GitFailed as failure:
        if _MOVED.search(failure.said):
            raise Rejected("the remote has moved on", remedy="comms sync") from None
        raise unreachable(repository, failure) from None
    repository.run("update-ref", tracking(branch), commit)


def on_remote(repository: Repository, network: Network, *argv: str) -> bytes:
    """Let git talk to the remote.

    Raises:
        GitFailed: if it says no.
        BadInput: if the repository's own configuration names a program to run for it.
    """
    _require_no_programs(repository)
    return git.run(
        ["-c", "protocol.ext.allow=never", *argv],
        cwd=repository.home,
        env=git.network_environment(interactive=network.interactive),
        seconds=network.seconds,
    )


def _require_no_programs(repository: Repository) -> None:
    words = ("config", "--list", "--includes", "--show-scope", "--name-only", "-z")
    listed = git.run(words, cwd=repository.home, env={}).decode(errors="replace").split("\0")
    pairs = zip(listed[::2], listed[1::2], strict=False)
    named = [k for scope, k in pairs if scope in _OWN_SCOPES and _PROGRAMS.fullmatch(k)]
    if named:
        raise BadInput(
            f"this repository's own configuration sets {', '.join(named)}, which can run a "
            "program: comms does not",
            remedy=f"git config --local --unset {named[0]}, and set it for yourself with --global",
            code="program-in-config",
        )


def unreachable(repository: Repository, failure: GitFailed) -> Unreachable:
    """Return what to say of a remote that did not answer, or said no."""
    url = repository.config(f"remote.{REMOTE}.url")
    shown = re.sub(r"//[^/@]*@", "//", url)
    reason = _REJECTED.search(failure.said)
    if reason is None:
        return Unreachable(
            f"the remote {shown} cannot be reached: {_error_line(failure)}",
            remedy="comms sync, when it can; --offline until then",
        )
    words = " ".join(line.strip() for line in _REMOTE_SAYS.findall(failure.said) if line.strip())
    return Unreachable(
        f"the remote {shown} refused: {words or reason[1]}",
        remedy="ask whoever keeps it; what you did is kept here, and comms sync shares it later",
    )


def join_remote(
    repository: Repository, branch: str, theirs: CommitId, person: Person | None, at: datetime
) -> Joined:
    """Bring the remote's tip into the branch: forward, or by a merge that introduces nothing.

    Raises:
        Refused: if both sides changed a file that a person must bring together, or local
            edits are in the way; nothing is changed then.
    """
    require_branch(repository)
    with only_writer(repository.own_folder):
        journal.recover(repository)
        ours = repository.resolve("HEAD")
        if ours == theirs or (ours and is_ancestor(repository, theirs, ours)):
            return Joined.NOTHING
        if ours is None or is_ancestor(repository, ours, theirs):
            _move(repository, branch, ours, theirs)
            return Joined.FORWARD
        made = _merge(repository, branch, ours, theirs, person, at)
        _move(repository, branch, ours, made)
        return Joined.MERGED


def is_ancestor(repository: Repository, one: CommitId, other: CommitId) -> bool:
    """Whether one commit is the other, or before it."""
    try:
        repository.run("merge-base", "--is-ancestor", one, other)
    except GitFailed as failure:
        if failure.status == 1:
            return False
        raise
    return True


def _merge(
    repository: Repository,
    branch: str,
    ours: CommitId,
    theirs: CommitId,
    person: Person | None,
    at: datetime,
) -> CommitId:
    bases = repository.run("merge-base", ours, theirs).decode().split()
    with repository.reading() as reading, Objects(reading) as objects:
        found = [c.tree for c in raw(objects, [bases[0], ours, theirs])]
        merged = merge(objects, *found)
        if merged.conflicts:
            raise _conflict(merged.conflicts, f"{REMOTE}/{branch.removeprefix('refs/heads/')}")
        tree = trees.grow(repository, objects, found[1], merged.changes, merged.modes)
    message = f"Merge {REMOTE}/{branch.removeprefix('refs/heads/')}"
    return commit_object(repository, tree, [ours, theirs], person=person, at=at, message=message)


def _conflict(paths: tuple[str, ...], upstream: str) -> Refused:
    """Return the refusal to merge; two rosters at once cannot be brought together by anybody."""
    both = f"both sides changed {', '.join(paths)}"
    if any(path.startswith("trust/") for path in paths):
        return Refused(
            f"{both}: somebody else changed the roster at the same time, and theirs is shared",
            remedy=f"git log {upstream}.. shows what you have not shared; git reset --keep "
            f"{upstream} takes it back; then make your change again",
            code="roster-conflict",
        )
    return Refused(
        both, remedy=f"git merge {upstream}, and bring the two together by hand", code="conflict"
    )


def _move(repository: Repository, branch: str, old: CommitId | None, new: CommitId) -> None:
    """Move the branch, the index and the work tree; local edits in the way stop it before."""
    heads = (old, new) if old else (new,)
    filters = repository.no_filters()
    with suppress(GitFailed):  # says that files differ; a file that was only touched does not
        repository.run("update-index", "-q", "--refresh", env=filters)
    try:
        repository.run("read-tree", "-m", "-u", "--no-recurse-submodules", *heads, env=filters)
    except GitFailed as failure:
        if "not uptodate" in failure.said or "would be overwritten" in failure.said:
            raise Refused(
                "files with edits that are not recorded are in the way of what others did: "
                + _error_line(failure),
                remedy="record or stash them (comms revise, git stash), then comms sync",
                code="unrecorded-edits",
            ) from None
        raise
    repository.run("update-ref", "-m", "comms: sync", branch, new, old or "0" * len(new))


def _error_line(failure: GitFailed) -> str:
    """Return the line in which git says what is wrong, past its hints."""
    lines = failure.said.strip().splitlines() or [failure.text]
    said = next((line for line in lines if line.startswith(("error: ", "fatal: "))), lines[0])
    return said.removeprefix("error: ").removeprefix("fatal: ")
