"""``pre-push``: what somebody is about to share by hand, looked at before others see it."""

from collections.abc import Mapping, Sequence

from commscli.domain.ids import CommitId
from commscli.domain.report import Finding
from commscli.errors import CommsError, Undecided
from commscli.gates.rules import commit_signature_lost
from commscli.ledger.refs import Ref, Update, asked_of_sender, goes_forward, reached, refs
from commscli.ledger.repository import Repository
from commscli.workflow.hooks.ref_names import BRANCHES, REPLACED
from commscli.workflow.hooks.refusing import (
    Hook,
    Judged,
    Refusal,
    of_failure,
    of_findings,
    of_report,
)
from commscli.workflow.proof.checking import check
from commscli.workflow.session import Session

SYNC = "comms sync: it merges, and keeps everybody's commits as they were signed"
_TOLD = ("LOCAL_BRANCH", "TO_REF", "REMOTE_BRANCH", "FROM_REF")
PIN = "comms doctor says what is missing in this clone"


def updates_of(
    repository: Repository, said: bytes, given: Sequence[str], environ: Mapping[str, str]
) -> tuple[tuple[Update, ...], str]:
    """Return what is about to be pushed, and to where: as git says it, or as pre-commit does.

    pre-commit keeps git's lines to itself, and tells of one branch at a time by variables, in
    which a commit may also go by another name.

    Raises:
        Undecided: if that is no update of a ref.
    """
    if said.strip() or "PRE_COMMIT_TO_REF" not in environ:
        return asked_of_sender(said), given[0] if given else ""
    told = {name: environ.get(f"PRE_COMMIT_{name}", "") for name in _TOLD}
    new = repository.resolve(told["TO_REF"])
    if new is None or not told["REMOTE_BRANCH"]:
        raise Undecided(
            f"pre-commit says that {told['TO_REF']!r} goes to {told['REMOTE_BRANCH']!r}",
            remedy="git push, with pre-commit install --hook-type pre-push",
        )
    old = repository.resolve(told["FROM_REF"]) if told["FROM_REF"] else None
    update = Update(ref=told["REMOTE_BRANCH"], old=old, new=new, local=told["LOCAL_BRANCH"])
    return (update,), environ.get("PRE_COMMIT_REMOTE_NAME", "")


def judge_push(session: Session, updates: tuple[Update, ...], remote: str) -> Judged:
    """Judge what is about to be pushed to a remote of this name (or address)."""
    remotes = f"refs/remotes/{remote}/"
    seen = refs(session.repository, remotes) if remote else {}
    trunk = _trunk(session.repository, seen.get(f"{remotes}HEAD"), remotes)
    found: list[Refusal] = []
    for update in updates:
        try:
            found += _of_update(session, update, trunk, seen, remotes)
        except CommsError as fault:
            found.append(of_failure(fault, update.ref))
    return Judged(hook=Hook.PRE_PUSH, refusals=tuple(found))


def _trunk(repository: Repository, head: Ref | None, remotes: str) -> str:
    """Return the branch that everybody builds on, as far as this clone knows."""
    named = repository.config("comms.trunk") or (head.points_to if head else "")
    name = named.removeprefix(remotes).removeprefix(BRANCHES) or "main"
    return f"{BRANCHES}{name}"


def _of_update(
    session: Session, update: Update, trunk: str, seen: dict[str, Ref], remotes: str
) -> list[Refusal]:
    if update.ref.startswith(REPLACED) and update.new is not None:
        text = "a replace ref makes git show one object under the name of another"
        remedy = "leave it out of the push: git push origin BRANCH"
        return [Refusal(ref=update.ref, rule="replace-ref", text=text, remedy=remedy)]
    if not update.ref.startswith(BRANCHES):
        return []  # of tags and notes the receiver is the better judge
    if update.new is None:
        return [_deleted(update)] if update.ref == trunk else []
    return _of_branch(session, update, update.new, trunk, seen, remotes)


def _deleted(update: Update) -> Refusal:
    return Refusal(
        ref=update.ref,
        rule="trunk-deleted",
        text="this is the trunk: every message is proven by its history",
        remedy="leave it",
    )


def _of_branch(
    session: Session,
    update: Update,
    new: CommitId,
    trunk: str,
    seen: dict[str, Ref],
    remotes: str,
) -> list[Refusal]:
    repository = session.repository
    old = repository.resolve(update.old) if update.old else None
    forward = old is not None and goes_forward(repository, old, new)
    if update.ref == trunk and update.old is not None and not forward:
        return [_rewritten(update, known=old is not None)]
    base = old if forward else _tracked(seen, trunk, remotes)
    if base is not None and not goes_forward(repository, base, new):
        base = None
    report = check(session, at=new, since=base or "")
    fresh = reached(
        repository, [new], {r.commit for r in seen.values()} | ({old} if old else set())
    )
    lost = [f for f in report.findings if f.commit in fresh and _lost_its_signature(f)]
    return of_report(report, update.ref, PIN) + [
        Refusal(ref=r.ref, rule=r.rule, text=r.text, path=r.path, commit=r.commit, remedy=SYNC)
        for r in of_findings(update.ref, lost)
    ]


def _rewritten(update: Update, *, known: bool) -> Refusal:
    old = (update.old or "")[:12]
    why = f"the push does not contain {old}, which is there"
    if not known:
        why = f"{old} is there, and this clone has not seen it"
    return Refusal(
        ref=update.ref, rule="trunk-rewritten", text=f"the trunk would go back: {why}", remedy=SYNC
    )


def _tracked(seen: dict[str, Ref], trunk: str, remotes: str) -> CommitId | None:
    found = seen.get(f"{remotes}{trunk.removeprefix(BRANCHES)}")
    return found.commit if found else None


def _lost_its_signature(finding: Finding) -> bool:
    """A squash or a rebase by hand: a warning once it is shared, and easy to mend before."""
    return finding.rule == commit_signature_lost.ID and str(finding.level) == "warning"
