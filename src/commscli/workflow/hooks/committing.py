"""``pre-commit``: what is staged by hand, before it becomes a commit that nobody can accept.

What `comms` itself writes goes past the index and past hooks.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from commscli.ledger.git import GitFailed
from commscli.ledger.protected import INTENT, RECORD, TRUST, WORDS, is_protected
from commscli.ledger.repository import Repository
from commscli.ledger.staged import (
    StagedChange,
    entry_in,
    names_in,
    nothing,
    parents_to_be,
    staged_changes,
)
from commscli.ledger.tree_bytes import FILE
from commscli.workflow.hooks.refusing import Hook, Judged, Refusal

_OF_TRUST = re.compile(r"trust/\d{4,}(?:\.yaml|\.[a-z][a-z0-9_-]*\.sig)")


def judge_staged(repository: Repository, index: Path | None) -> Judged:
    """Judge the index, or another one that git is about to commit, against HEAD.

    While a merge is being finished it is held against each side.
    """
    parents = parents_to_be(repository)
    found: list[Refusal] = []
    added: Counter[StagedChange] = Counter()
    for parent in parents or (nothing(repository),):
        changes = staged_changes(repository, parent, index)
        found += _along(repository, parent, changes)
        added.update(c for c in changes if c.old is None and is_protected(c.path))
    everywhere = [change for change, times in added.items() if times == max(1, len(parents))]
    found += _added(repository, everywhere, merging=len(parents) > 1)
    return Judged(hook=Hook.PRE_COMMIT, refusals=tuple(dict.fromkeys(found)))


def _along(repository: Repository, parent: str, changes: list[StagedChange]) -> Iterator[Refusal]:
    frozen: dict[str, bool] = {}
    for change in changes:
        words = WORDS.fullmatch(change.path)
        if words:
            folder = words["folder"]
            if folder not in frozen:
                names = names_in(repository, parent, f"{folder}/records")
                frozen[folder] = any(map(INTENT.fullmatch, names))
            if frozen[folder]:
                yield _frozen(change)
        elif change.old is not None and is_protected(change.path):
            yield _altered(change)


def _altered(change: StagedChange) -> Refusal:
    what = "remove" if change.new is None else "change"
    return Refusal(
        path=change.path,
        rule="append-only",
        text=f"this commit would {what} it; records and trust only ever grow",
        remedy=f"git restore --staged --worktree -- {change.path}",
    )


def _frozen(change: StagedChange) -> Refusal:
    what = "removes" if change.new is None else "changes" if change.old else "adds"
    return Refusal(
        path=change.path,
        rule="frozen-draft",
        text=f"this message was sent, and what it said stays as it was; this commit {what} it",
        remedy=f"git restore --staged --worktree -- {change.path}"
        if change.old
        else f"git rm --cached -- {change.path}; a correction is a new message: comms draft",
    )


def _added(
    repository: Repository, changes: list[StagedChange], *, merging: bool
) -> Iterator[Refusal]:
    for change in changes:
        if merging:
            yield _brought(change)
        elif RECORD.fullmatch(change.path):
            if not _was_there(repository, change):
                yield _hand_made(change)
        elif TRUST.fullmatch(change.path) and not _could_be_trust(change):
            yield _stray(change)


def _was_there(repository: Repository, change: StagedChange) -> bool:
    """Whether this puts back what an earlier commit took away, exactly as it was."""
    try:
        last = repository.run("rev-list", "-1", "HEAD", "--", change.path).decode().strip()
    except GitFailed:  # there is no commit yet
        return False
    return bool(last) and entry_in(repository, f"{last}^", change.path) == change.new


def _could_be_trust(change: StagedChange) -> bool:
    """Whether this may be a version of trust that its admins sign by hand."""
    regular = change.new is not None and change.new.mode == FILE
    return regular and _OF_TRUST.fullmatch(change.path) is not None


def _brought(change: StagedChange) -> Refusal:
    return Refusal(
        path=change.path,
        rule="merged-record",
        text="none of the sides of this merge has it, and a merge introduces no record",
        remedy=f"git rm --cached -- {change.path}",
    )


def _hand_made(change: StagedChange) -> Refusal:
    return Refusal(
        path=change.path,
        rule="hand-made-record",
        text="records come in commits of comms, signed by the person; this one was staged by "
        "hand, or comes from a rebase",
        remedy=f"git rm --cached -- {change.path}; then comms review, approve or send; "
        "to bring branches together: comms sync",
    )


def _stray(change: StagedChange) -> Refusal:
    return Refusal(
        path=change.path,
        rule="stray-file",
        text="this is no version of trust and no signature of one, or no plain file",
        remedy=f"git rm --cached -- {change.path}",
    )
