"""What a push asks for: refs before and after, as git tells its hooks."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from commscli.domain.ids import CommitId
from commscli.errors import Undecided
from commscli.ledger import git
from commscli.ledger.git import GitFailed
from commscli.ledger.repository import Repository

MAX_UPDATES = 2000
"""More refs than anybody pushes at once."""
_ID = "[0-9a-f]{40}|[0-9a-f]{64}"
_ASKED = re.compile(rf"({_ID}) ({_ID}) (\S.*)".encode())
_PUSHED = re.compile(rf"(\S+) ({_ID}) (\S+) ({_ID})".encode())
_NOTHING = re.compile("0+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One ref that is to change. ``None`` is: not there. Names are bytes as text, unescaped.

    ``local`` is the name on the pusher's side, where it is known.
    """

    ref: str
    old: CommitId | None
    new: CommitId | None
    local: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref:
    """Where a ref stands; ``points_to`` is the ref that it is only another name of."""

    commit: CommitId
    points_to: str = ""


def asked_of_receiver(stdin: bytes) -> tuple[Update, ...]:
    """Read the lines ``old new ref`` that ``pre-receive`` is given.

    Raises:
        Undecided: if they are none, or too many.
    """
    found = [_matched(_ASKED, line) for line in _lines(stdin)]
    return tuple(Update(ref=ref, old=_commit(old), new=_commit(new)) for old, new, ref in found)


def asked_of_sender(stdin: bytes) -> tuple[Update, ...]:
    """Read the lines ``local-ref local-id remote-ref remote-id`` that ``pre-push`` is given.

    Raises:
        Undecided: if they are none, or too many.
    """
    found = [_matched(_PUSHED, line) for line in _lines(stdin)]
    return tuple(
        Update(ref=ref, old=_commit(old), new=_commit(new), local=local)
        for local, new, ref, old in found
    )


def _lines(stdin: bytes) -> list[bytes]:
    *lines, rest = stdin.split(b"\n")
    if rest:
        raise Undecided(f"git breaks off in {rest[:80]!r}, where it lists refs to its hook")
    if len(lines) > MAX_UPDATES:
        raise Undecided(
            f"{len(lines)} refs at once, more than {MAX_UPDATES}", remedy="push fewer at a time"
        )
    return lines


def _matched(form: re.Pattern[bytes], line: bytes) -> tuple[str, ...]:
    match = form.fullmatch(line)
    if match is None:
        raise Undecided(f"git says {line[:80]!r} to its hook, which is no update of a ref")
    return tuple(group.decode("utf-8", "surrogateescape") for group in match.groups())


def _commit(object_id: str) -> CommitId | None:
    return None if _NOTHING.fullmatch(object_id) else CommitId(object_id)


def refs(repository: Repository, *prefixes: str) -> dict[str, Ref]:
    """Return the refs under some prefixes, such as ``refs/heads/``, as they stand."""
    form = "--format=%(objectname)%00%(symref)%00%(refname)"
    listed = repository.run("for-each-ref", form, *prefixes).decode("utf-8", "surrogateescape")
    rows = (line.split("\0") for line in listed.split("\n") if line)
    return {name: Ref(commit=CommitId(id_), points_to=to) for id_, to, name in rows}


def peeled(repository: Repository, object_id: str) -> CommitId | None:
    """Return the commit that a pushed object is or names; ``None`` if it is none."""
    return _asked(repository, "rev-parse", "--verify", "--quiet", f"{object_id}^{{commit}}")


def _asked(repository: Repository, *argv: str) -> CommitId | None:
    with repository.reading() as reading:
        try:
            answer = git.run(argv, cwd=reading.git_dir, env=reading.env)
        except git.GitTimeout:
            raise
        except GitFailed:
            return None
    return CommitId(answer.decode().strip())


def goes_forward(repository: Repository, old: CommitId, new: CommitId) -> bool:
    """Whether the old tip is in the new one's history, whatever replaces and grafts pretend.

    Raises:
        GitFailed: if the history between them cannot be read.
    """
    with repository.reading() as reading:
        argv = ["merge-base", "--is-ancestor", old, new]
        try:
            git.run(argv, cwd=reading.git_dir, env=reading.env)
        except GitFailed as failure:
            if failure.status == 1:
                return False
            raise
    return True


def reached(
    repository: Repository, tips: Iterable[str], without: Iterable[str] = ()
) -> frozenset[str]:
    """Return the commits that some tips reach, and certain others do not."""
    asked = "".join(f"{word}\n" for word in (*tips, *(f"^{known}" for known in without)))
    with repository.reading() as reading:
        argv = ["rev-list", "--stdin"]
        listed = git.run(argv, cwd=reading.git_dir, env=reading.env, stdin=asked.encode())
    return frozenset(listed.decode().split())
