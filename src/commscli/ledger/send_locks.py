"""Which machine is sending: a ref on the remote that only one can create.

``refs/comms/send/ID`` points to a signed commit that no branch contains. Its message says who
sends where; its tree holds, beside all of the history's files, what another machine needs to go
on. Git creates, moves and deletes the ref only where it still stands as the pusher saw it, so of
two that try at once one wins.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from commscli.domain.ids import CommitId
from commscli.domain.trust import Person
from commscli.errors import Busy
from commscli.ledger import trees
from commscli.ledger.commits import raw
from commscli.ledger.git import GitFailed
from commscli.ledger.objects import Objects
from commscli.ledger.repository import Repository
from commscli.ledger.syncing import REMOTE, Network, on_remote, unreachable
from commscli.ledger.writer import Sign, commit_object

PREFIX = "refs/comms/send/"
FOLDER = "sending"
MOST = 64 * 1024 * 1024
"""Octets of one file that goes with a lock; a hundred thousand deliveries are a tenth of it."""
_PLAIN = re.compile(r"100644 blob [0-9a-f]+ +([0-9]+)\t(.+)", re.DOTALL)
_HERE = "refs/comms/held/"
_TAKEN = re.compile(
    r"stale info|already exists|failed to update ref|cannot lock ref|incorrect old value"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a lock says: who holds it, in their words, and the files that go with it."""

    commit: CommitId
    message: str
    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What goes into a lock."""

    message: str
    files: Mapping[str, bytes]
    person: Person
    at: datetime
    sign: Sign


def take(
    repository: Repository,
    send_id: str,
    claim: Claim,
    network: Network,
    *,
    instead_of: CommitId | None = None,
) -> CommitId:
    """Put a lock on the remote, or ours in the place of one that was looked at.

    Raises:
        Busy: if somebody else has one there, or has another by now.
        Unreachable: if the remote does not answer, or takes no such refs.
    """
    made = _commit(repository, claim)
    _push(repository, send_id, made, network, instead_of)
    return made


def release(repository: Repository, send_id: str, held: CommitId, network: Network) -> None:
    """Take a lock away, if it is still this one.

    Raises:
        Busy: if somebody else has one there by now.
        Unreachable: if the remote does not answer.
    """
    _push(repository, send_id, None, network, held)


def holder(repository: Repository, send_id: str, network: Network) -> CommitId | None:
    """Return which commit a lock points to on the remote; nothing where there is none.

    Raises:
        Unreachable: if the remote does not answer.
    """
    try:
        told = on_remote(repository, network, "ls-remote", "--refs", REMOTE, f"{PREFIX}{send_id}")
    except GitFailed as failure:
        raise unreachable(repository, failure) from None
    words = told.decode(errors="replace").split()
    return CommitId(words[0]) if words else None


def read(repository: Repository, send_id: str, network: Network) -> Held | None:
    """Fetch a lock and return what it says; nothing where there is none.

    Raises:
        Unreachable: if the remote does not answer.
    """
    here = f"{_HERE}{send_id}"
    try:
        on_remote(
            repository, network, "fetch", "--quiet", "--no-tags", "--no-recurse-submodules",
            "--no-write-fetch-head", "--refmap=", REMOTE, f"+{PREFIX}{send_id}:{here}",
        )  # fmt: skip
    except GitFailed as failure:
        if "couldn't find remote ref" in failure.said:
            return None
        raise unreachable(repository, failure) from None
    found = repository.resolve(here)
    if found is None:
        return None
    listed = repository.run("ls-tree", "-z", "--long", found, "--", f"{FOLDER}/").decode(
        errors="replace"
    )
    # Whoever may push may have put it there: what no send writes is passed over.
    entries = (_PLAIN.fullmatch(entry) for entry in listed.split("\0"))
    names = [entry[2] for entry in entries if entry and int(entry[1]) <= MOST]
    files = {
        name.rpartition("/")[2]: repository.run("cat-file", "blob", f"{found}:{name}")
        for name in names
        if name.isprintable() and "\ufffd" not in name
    }
    message = repository.run("show", "--no-patch", "--format=%B", found).decode(errors="replace")
    repository.run("update-ref", "-d", here)
    return Held(commit=found, message=message, files=files)


def _commit(repository: Repository, claim: Claim) -> CommitId:
    head = repository.resolve("HEAD")
    with repository.reading() as reading, Objects(reading) as objects:
        root = raw(objects, [head])[0].tree if head else None
        paths = {f"{FOLDER}/{name}": data for name, data in claim.files.items()}
        blobs: dict[str, str | None] = dict(trees.write_blobs(repository, paths))
        tree = trees.grow(repository, objects, root, blobs)
    return commit_object(
        repository,
        tree,
        [head] if head else [],
        person=claim.person,
        at=claim.at,
        message=claim.message,
        sign=claim.sign,
    )


def _push(
    repository: Repository,
    send_id: str,
    made: CommitId | None,
    network: Network,
    before: CommitId | None,
) -> None:
    ref = f"{PREFIX}{send_id}"
    try:
        on_remote(
            repository, network, "push", "--quiet", "--no-verify", "--no-signed",
            "--no-recurse-submodules", f"--force-with-lease={ref}:{before or ''}", REMOTE,
            f"{made or ''}:{ref}",
        )  # fmt: skip
    except GitFailed as failure:
        if _TAKEN.search(failure.said):
            raise Busy(
                "somebody else holds this send by now",
                remedy="comms status; if that machine is gone, send it with --take-over WHY",
                code="begun-elsewhere",
            ) from None
        raise unreachable(repository, failure) from None
