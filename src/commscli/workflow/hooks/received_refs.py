"""What a push may do to the refs of a shared repository, whatever they point to.

The trunk is never deleted and never goes back. Another branch may, as far as no record is lost.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from commscli.domain.ids import CommitId
from commscli.ledger.protected import protected_files
from commscli.ledger.refs import Ref, Update, goes_forward
from commscli.ledger.repository import Repository
from commscli.workflow.hooks.ref_names import BRANCHES, fault_of_name
from commscli.workflow.hooks.refusing import Refusal

SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """A push, and the refs of the repository before it. ``trunk`` is a full name."""

    repository: Repository
    updates: tuple[Update, ...]
    trunk: str
    before: Mapping[str, Ref]

    def branches_before(self) -> dict[str, CommitId]:
        """Return the branches as they are; other names of a branch are none."""
        return {
            ref: known.commit
            for ref, known in self.before.items()
            if ref.startswith(BRANCHES) and not known.points_to
        }

    def branches_after(self) -> dict[str, CommitId]:
        """Return the branches as they would be; other names of a branch are none."""
        after = self.branches_before()
        for update in self.updates:
            after.pop(update.ref, None)
            if update.new is not None:
                after[update.ref] = update.new
        return {ref: commit for ref, commit in after.items() if ref.startswith(BRANCHES)}


def faults_of_refs(push: Push) -> list[Refusal]:
    """Return why refs may not be made, moved or deleted as they are to be.

    Raises:
        CommsError: if what is there cannot be read.
    """
    found: list[Refusal] = []
    names = {*push.before}
    times = Counter(update.ref for update in push.updates)
    for update in push.updates:
        fault = _twice(update) if times[update.ref] > 1 else _of_ref(push, update)
        if fault is None and update.new is not None:
            fault = fault_of_name(update.ref, names if update.old is None else ())
        names.add(update.ref)
        found += [fault] if fault else _of_branch(push, update)
    return found


def _twice(update: Update) -> Refusal:
    return Refusal(
        ref=update.ref,
        rule="odd-name",
        text="one push names this ref more than once",
        remedy="push one commit for each ref",
    )


def _of_ref(push: Push, update: Update) -> Refusal | None:
    """Return why a ref may not be touched as it stands."""
    known = push.before.get(update.ref)
    if known is not None and known.points_to:
        return Refusal(
            ref=update.ref,
            rule="alias-ref",
            text=f"this is another name of {known.points_to}",
            remedy=f"push to that: git push origin BRANCH:{known.points_to}",
        )
    if (known.commit if known else None) != update.old:
        return Refusal(
            ref=update.ref,
            rule="moved",
            text="it does not stand where git says that it does; somebody else pushed, or this "
            "repository is shared under several names",
            remedy="git fetch, and push again",
        )
    return None


def _of_branch(push: Push, update: Update) -> list[Refusal]:
    if not update.ref.startswith(BRANCHES) or update.old is None:
        return []
    if update.new is not None and goes_forward(push.repository, update.old, update.new):
        return []
    if update.ref == push.trunk:
        return [_of_trunk(update)]
    return _lost(push, update.ref, update.old)


def _of_trunk(update: Update) -> Refusal:
    if update.new is None:
        return Refusal(
            ref=update.ref,
            rule="trunk-deleted",
            text="this is the trunk: every message is proven by its history",
            remedy="leave it; another branch may become the trunk by the server's admin alone",
        )
    return Refusal(
        ref=update.ref,
        rule="trunk-rewritten",
        text=f"the trunk would go back: the push does not contain {update.old or '':.12}, which "
        "is there",
        remedy="comms sync brings the two together; git push without --force",
    )


def _lost(push: Push, ref: str, old: CommitId) -> list[Refusal]:
    """Return what would be nowhere any more, if a branch were deleted or rewritten.

    Git moves the refs of a push one by one, after the hook, and may yet fail at any of them. So
    another branch counts for what it has before the push and after it, and a new one for nothing.
    """
    left = protected_files(push.repository, old)
    after = push.branches_after()
    for other, tip in push.branches_before().items():
        if left and other != ref and other in after:
            kept = [protected_files(push.repository, c) for c in {tip, after[other]}]
            left = {
                path: entry
                for path, entry in left.items()
                if any(there.get(path) != entry for there in kept)
            }
    more = f", and {len(left) - SHOWN} more" if len(left) > SHOWN else ""
    listed = ", ".join(sorted(left)[:SHOWN])
    return (
        [
            Refusal(
                ref=ref,
                rule="append-only",
                text=f"no other branch has {listed}{more}: records and trust only ever grow",
                remedy="merge the branch and push that first; or push without --force",
                path=min(left),
            )
        ]
        if left
        else []
    )
