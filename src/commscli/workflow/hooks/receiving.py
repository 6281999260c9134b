"""``pre-receive``: a push is judged before any ref moves. All of it is refused, or nothing.

Every tip that is pushed passes the check, whatever branch it is for; what may become of the
refs themselves is in `received_refs`.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from commscli.domain.ids import CommitId
from commscli.domain.report import Level
from commscli.errors import BadInput, Undecided
from commscli.ledger import pins
from commscli.ledger.refs import asked_of_receiver, peeled, reached, refs
from commscli.ledger.repository import Repository
from commscli.workflow.circumstances import Circumstances
from commscli.workflow.hooks.received_refs import Push, faults_of_refs
from commscli.workflow.hooks.ref_names import BRANCHES, TAGS
from commscli.workflow.hooks.refusing import Hook, Judged, Refusal, of_report
from commscli.workflow.proof.checking import check
from commscli.workflow.proof.passed_tips import PassedTips
from commscli.workflow.session import Session

ADMIN = "the admin of this server looks: comms check there, and docs/ci.md"


def receive(
    circumstances: Circumstances, said: bytes, *, trunk: str, beside: Path | None
) -> Judged:
    """Judge a push by what git says of it.

    The pin must be named: one of the store of whoever runs the server is for some repository,
    and a push could bring that one's history here.

    Raises:
        CommsError: if it cannot be judged; the caller refuses it then.
    """
    if not circumstances.pin:
        raise Undecided(
            "no pin: nothing says which first roster is the real one",
            remedy="the admin of this server gives it one: comms hook install pre-receive "
            "--pin FILE",
            code="no-pin",
        )
    pin = Path(circumstances.pin).expanduser()
    pins.read(pin)
    with TemporaryDirectory(prefix="comms-") as folder:
        # What a receiver keeps lies beside its hook, and its home may not be there at all.
        own = {"XDG_STATE_HOME": folder, "XDG_CONFIG_HOME": folder}
        environ = {**circumstances.environ, **own}
        session = Session.open(replace(circumstances, environ=environ))
        push = Push(
            repository=session.repository,
            updates=asked_of_receiver(said),
            trunk=trunk_of(session.repository, trunk),
            before=refs(session.repository, "refs/"),
        )
        return _judged(session, push, PassedTips.read(beside, pin))


def seconds_of(repository: Repository) -> str:
    """Return how long its admin lets a push take to check, if they say it at all.

    Raises:
        BadInput: if that is no number.
    """
    said = repository.config("comms.hookSeconds")
    if said and (not said.isdecimal() or not int(said)):
        raise BadInput(
            f"comms.hookSeconds is {said!r}: expected a number of seconds",
            remedy="git config comms.hookSeconds 120",
        )
    return said


def trunk_of(repository: Repository, named: str = "") -> str:
    """Return the full name of the branch that nobody may rewrite.

    Raises:
        Undecided: if nothing says which it is.
    """
    found = named or repository.config("comms.trunk") or repository.branch() or ""
    if not found:
        raise Undecided(
            "nothing says which branch is the trunk: HEAD names a commit here",
            remedy="git symbolic-ref HEAD refs/heads/main, or git config comms.trunk main",
            code="no-trunk",
        )
    return found if found.startswith("refs/") else f"{BRANCHES}{found}"


def _judged(session: Session, push: Push, passed: PassedTips) -> Judged:
    """Look at the refs first: what is refused for them needs no check."""
    tips = _Tips(session=session, push=push, passed=passed)
    refusals = faults_of_refs(push) or tips.judge()
    if not refusals:
        after = push.branches_after()
        passed.keep({r: c for r, c in after.items() if c in tips.good or passed.knows(c)})
    return Judged(hook=Hook.PRE_RECEIVE, refusals=tuple(refusals), warnings=tips.warnings)


@dataclass(slots=True, kw_only=True)
class _Tips:
    """What the refs of a push would point to."""

    session: Session
    push: Push
    passed: PassedTips
    warnings: int = 0
    good: set[str] = field(default_factory=set)

    def judge(self) -> list[Refusal]:
        """Check every tip, the trunk's first: what passes there is known for the others."""
        found: list[Refusal] = []
        for update in sorted(self.push.updates, key=lambda u: u.ref != self.push.trunk):
            if update.new is None:
                continue
            if update.ref.startswith(BRANCHES):
                found += self._tip(update.ref, update.new, update.old)
            elif update.ref.startswith(TAGS):
                found += self._tag(update.ref, update.new)
        return found

    def _tag(self, ref: str, target: CommitId) -> list[Refusal]:
        """A tag on what a branch has is as good as the branch."""
        commit = peeled(self.push.repository, target)
        if commit is None:
            text = "a tag here names a commit, and this one does not"
            return [Refusal(ref=ref, rule="other-ref", text=text, remedy="git tag NAME COMMIT")]
        if commit in reached(self.push.repository, self.push.branches_after().values()):
            return []
        return self._tip(ref, commit, None)

    def _tip(self, ref: str, tip: CommitId, old: CommitId | None) -> list[Refusal]:
        if tip in self.good or self.passed.knows(tip):
            return []
        trunk = self.push.before.get(self.push.trunk)
        bases = (old, trunk.commit if trunk else None)
        base = next((commit for commit in bases if commit and self.passed.knows(commit)), "")
        report = check(self.session, at=tip, since=base)
        found = of_report(report, ref, ADMIN)
        if not found:
            self.good.add(tip)
            self.warnings += sum(f.level is Level.WARNING for f in report.findings)
        return found
