"""Records into history: one signed commit, by compare-and-swap, touching only its own paths.

Nothing that the repository's configuration names runs on the way: no hook, no filter, no
``gpg.program``. The commit object and its ``gpgsig`` header are made here.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from commscli.documents.placing import require_no_links
from commscli.domain.ids import CommitId
from commscli.domain.trust import Person
from commscli.errors import BadInput, Busy, Refused
from commscli.ledger import journal, trees
from commscli.ledger.clone_lock import only_writer
from commscli.ledger.commits import raw
from commscli.ledger.git import GitFailed
from commscli.ledger.journal import Pending
from commscli.ledger.objects import Objects
from commscli.ledger.record_files import RecordBytes
from commscli.ledger.repository import Repository
from commscli.ledger.tree_bytes import FOLDER

TRIES = 5
Sign = Callable[[bytes], bytes]
"""Takes the bytes of a commit, returns the armored signature in the namespace ``git``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one commit writes. ``files`` is path → bytes; ``expected`` is what must lie there.

    A path in ``expected`` with ``None`` must not exist yet; a path that is not in it may
    only be new. ``removed`` are paths to take away, whose bytes are in ``expected`` too.
    """

    files: Mapping[str, bytes]
    expected: Mapping[str, bytes | None]
    message: str
    person: Person
    at: datetime
    sign: Sign | None
    publish: Callable[[CommitId], None] | None = None
    """Shares the commit before the branch moves; what it raises stops the write, whole."""
    removed: tuple[str, ...] = ()
    records: tuple[RecordBytes, ...] = ()
    """The records among the files."""


class Overtaken(Refused):
    """Somebody else changed, just now, what this write rests on."""

    code = "overtaken"


def require_branch(repository: Repository) -> str:
    """Return the branch to write on.

    Raises:
        BadInput: if this is no place to write: bare, detached, or in the middle of a merge.
        Busy: if somebody else's git holds the index.
    """
    if repository.work_tree is None:
        raise BadInput(
            "this repository is bare: there is nobody to write for",
            remedy="git clone it, and work there",
            code="bare",
        )
    unfinished = repository.unfinished()
    if unfinished:
        what, how = unfinished
        raise BadInput(f"{what} is in progress here", remedy=how, code="unfinished-git")
    if (repository.git_dir / "index.lock").exists():
        raise Busy(
            "another git is at work in this clone (index.lock)",
            remedy="wait for it; if none runs any more, remove .git/index.lock",
            code="index-lock",
        )
    branch = repository.branch()
    if branch is None:
        raise BadInput(
            "HEAD is detached: a record must go on a branch",
            remedy="git switch main",
            code="detached",
        )
    return branch


def commit(repository: Repository, change: Change) -> CommitId:
    """Write one commit on the current branch, whole or not at all.

    Raises:
        BadInput: if the clone is in no state to be written to.
        Overtaken: if a file is not what the change rests on any more.
        Busy: if the branch keeps moving.
    """
    branch = require_branch(repository)
    with only_writer(repository.own_folder):
        journal.recover(repository)
        for _ in range(TRIES):
            head = repository.resolve("HEAD")
            done = _try(repository, change, branch, head)
            if done is not None:
                return done
    raise Busy("the branch moves faster than a record can be written", remedy="try again")


def _try(
    repository: Repository, change: Change, branch: str, head: CommitId | None
) -> CommitId | None:
    with repository.reading() as reading, Objects(reading) as objects:
        root = raw(objects, [head])[0].tree if head else None
        old = {path: _find(objects, root, path) for path in (*change.files, *change.removed)}
        _require_expected(objects, change, old)
        _require_no_edits(repository, objects, change, old)
        blobs: dict[str, str | None] = dict.fromkeys(change.removed)
        blobs |= trees.write_blobs(repository, change.files)
        tree = trees.grow(repository, objects, root, blobs)
    made = commit_object(
        repository,
        tree,
        [head] if head else [],
        person=change.person,
        at=change.at,
        message=change.message,
        sign=change.sign,
    )
    if change.publish is not None:
        change.publish(made)
    pending = [
        Pending(path=p, old=old[p], new=blobs[p], digest=sha256(data).hexdigest())
        for p, data in change.files.items()
    ] + [Pending(path=p, old=old[p], new=None, digest="") for p in change.removed if old[p]]
    return made if _land(repository, change, branch, pending, head, made) else None


def _find(objects: Objects, root: str | None, path: str) -> str | None:
    tree = objects.tree(root) if root else {}
    *folders, name = path.split("/")
    for folder in folders:
        entry = tree.get(folder)
        if entry is None or entry.mode != FOLDER:
            return None
        tree = objects.tree(entry.id)
    return tree[name].id if name in tree else None


def _require_expected(objects: Objects, change: Change, old: Mapping[str, str | None]) -> None:
    for path, blob in old.items():
        there = objects.read("blob", blob) if blob else None
        fits = {change.expected.get(path), change.files.get(path, change.expected.get(path))}
        if there not in fits:
            raise Overtaken(f"{path} has changed meanwhile", remedy="look again, then try again")


def _require_no_edits(
    repository: Repository, objects: Objects, change: Change, old: Mapping[str, str | None]
) -> None:
    """Refuse to write over what somebody edited and did not record."""
    if repository.work_tree is None:
        return
    staged = journal.staged(repository, old)
    for path, blob in old.items():
        data = change.files.get(path)
        require_no_links(repository.work_tree, repository.work_tree / path)
        here = [objects.read("blob", i) for i in {staged.get(path)} - {blob, None} if i]
        with suppress(FileNotFoundError):
            here.append((repository.work_tree / path).read_bytes())
        if any(h != data and (blob is None or h != objects.read("blob", blob)) for h in here):
            raise Refused(
                f"{path} has edits that are not recorded, and would be lost",
                remedy=f"record them (comms revise --file {path}), or git restore --staged "
                f"--worktree {path}",
                code="unrecorded-edits",
            )


def commit_object(
    repository: Repository,
    tree: str,
    parents: Sequence[CommitId],
    *,
    person: Person | None,
    at: datetime,
    message: str,
    sign: Sign | None = None,
) -> CommitId:
    """Store a commit, signed if there is something to sign with; nothing points to it yet."""
    name, email = (person.name, person.email) if person else ("comms", "comms@localhost")
    who = f"{_plain(name)} <{_plain(email)}> {int(at.timestamp())} +0000"
    above = "".join(f"parent {parent}\n" for parent in parents)
    header = f"tree {tree}\n{above}author {who}\ncommitter {who}\n"
    body = f"\n{message.strip()}\n"
    signed = ""
    if sign is not None:
        armored = sign((header + body).encode()).decode().rstrip("\n")
        field = "gpgsig-sha256" if repository.object_format == "sha256" else "gpgsig"
        signed = f"{field} " + armored.replace("\n", "\n ") + "\n"
    data = (header + signed + body).encode()
    made = repository.run("hash-object", "-w", "-t", "commit", "--stdin", stdin=data)
    return CommitId(made.decode().strip())


def _plain(text: str) -> str:
    return "".join(c for c in text if c not in "<>\n\0").strip()


def _land(
    repository: Repository,
    change: Change,
    branch: str,
    pending: list[Pending],
    head: CommitId | None,
    made: CommitId,
) -> bool:
    """Work tree and index first, then the branch: a record must never be there to be deleted."""
    journal.begin(repository, branch, pending)
    try:
        for path, data in change.files.items():
            if repository.work_tree is not None:
                journal.place_file(repository.work_tree / path, data)
        for path in change.removed:
            if repository.work_tree is not None:
                journal.take_away(repository.work_tree / path, repository.work_tree)
        journal.set_index(repository, {p.path: p.new for p in pending})
        landed = _swap(repository, branch, head, made, change.message)
    except BaseException:
        journal.undo(repository, pending)
        journal.end(repository)
        raise
    if not landed:
        journal.undo(repository, pending)
    journal.end(repository)
    return landed


def _swap(
    repository: Repository, branch: str, head: CommitId | None, made: CommitId, message: str
) -> bool:
    subject = message.strip().split("\n", 1)[0]
    expected = head or "0" * len(made)
    try:
        repository.run("update-ref", "-m", f"comms: {subject}", branch, made, expected)
    except GitFailed:
        if repository.resolve("HEAD") == head:
            raise
        return False
    return True
