"""The check of a whole history, as CI, a hook or a stranger runs it. It always has an answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from commscli.domain.history import Pin
from commscli.domain.ids import CommitId
from commscli.domain.part import Part, Unsettled, Whole
from commscli.domain.report import Checked, Outcome, Report, Since
from commscli.errors import BadInput, CommsError, Undecided
from commscli.gates import engine
from commscli.gates.case import Case, build
from commscli.gates.since import check_since
from commscli.ledger import pins
from commscli.ledger.reader import read_history
from commscli.ledger.repository import Repository, tip
from commscli.ledger.settling import settled
from commscli.ledger.since import contains, read_since
from commscli.ledger.snapshot import snapshot
from commscli.workflow.proof.passed_tips import passed_here
from commscli.workflow.session import Session


def check(session: Session, paths: Sequence[str] = (), *, since: str = "", at: str = "") -> Report:
    """Judge the commit at HEAD, or ``at`` another, or the incidents that paths name.

    With ``since`` that revision is taken as checked, and what came after it is judged: if it
    passes, then the commit passes exactly if this says so. What cannot be read is *undecided*,
    with the reason and the way out in the report.

    Raises:
        BadInput: if ``since`` or ``at`` name no commit.
    """
    try:
        head = _named(session.repository, at, "--at") if at else None
        base = _named(session.repository, since, "--since") if since else None
        judged = _judged(session, head, base)
        _remember(session, judged.report)
        return _only(session, judged, paths) if paths else judged.report
    except Undecided as fault:
        return undecided(fault)


def _named(repository: Repository, revision: str, option: str) -> CommitId:
    """Return the commit that an option names.

    Raises:
        BadInput: if it names none; `Undecided` if that may be because the clone is shallow.
    """
    commit = repository.resolve(revision)
    if commit is not None:
        return commit
    if repository.shallow:
        raise Undecided(
            f"{option} {revision} is not here: this clone has only the newest part of the history",
            remedy="git fetch --unshallow (in a workflow: fetch-depth: 0)",
            code="incomplete-history",
        )
    raise BadInput(
        f"{option} {revision} names no commit here",
        remedy=f"git fetch, then git log --all; {option} takes a branch, a tag or a commit",
        code="no-commit",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """A report, and how to tell whether there is an incident of some name."""

    report: Report
    has: Callable[[str], bool]


def _judged(session: Session, at: CommitId | None, base: CommitId | None) -> _Judged:
    """Judge a history, all of it or what came after a commit."""
    after = _after(session, at, base) if base is not None else None
    if isinstance(after, Report):
        return _Judged(report=after, has=partial(_has_records, session, after.head))
    case = _case(session, at)
    found = engine.report(case)
    if base is not None and after is not None:
        found = replace(found, since=Since(commit=base, whole=after.why))
    return _Judged(report=found, has={str(incident.id) for incident in case.incidents}.__contains__)


def _after(session: Session, at: CommitId | None, base: CommitId) -> Report | Whole:
    """Judge what came after a commit, if that can be told from it."""
    part = read_since(session.repository, at or tip(session.repository), base)
    return part if isinstance(part, Whole) else judge_part(session, part)


def judge_part(session: Session, part: Part) -> Report | Whole:
    """Judge what came after a commit that is taken as checked, if that can be told from it."""
    pin, contained = pin_for_part(session, part)
    found = check_since(part, pin, contained)
    if isinstance(found, Unsettled):
        more = settled(session.repository, part, found.first)
        found = more if isinstance(more, Whole) else check_since(more, pin, contained)
    if isinstance(found, Unsettled):
        raise TypeError("what is settled has one answer")
    return found


def passes(session: Session, part: Part) -> list[CommitId] | None:
    """Whether what came after a commit passes: the commits asked for that are in the history."""
    found = judge_part(session, part)
    good = isinstance(found, Report) and found.outcome is Outcome.PASS
    return pin_for_part(session, part)[1] if good else None


def _case(session: Session, at: CommitId | None) -> Case:
    if _is_head(session, at):
        return session.case
    history = read_history(session.repository, at or tip(session.repository))
    pin = session.pin_for(history)
    return build(history, replace(pin, seen=None) if pin is not None else None)


def _is_head(session: Session, at: CommitId | None) -> bool:
    return at is None or at == session.repository.resolve("HEAD")


def pin_for_part(session: Session, part: Part) -> tuple[Pin | None, list[CommitId]]:
    """Return the pin, and which of the commits that it asks for are in the history."""
    pin = session.pin_for(part.history)
    if pin is None:
        return None, []
    if not _is_head(session, part.history.head):
        pin = replace(pin, seen=None)
    asked = [commit for commit in (pin.checkpoint, pin.seen) if commit is not None]
    return pin, [commit for commit in asked if contains(session.repository, part, commit)]


def _has_records(session: Session, head: CommitId, incident: str) -> bool:
    with snapshot(session.repository, head) as files:
        return "/" not in incident and bool(files.names(f"incidents/{incident}/records"))


def _remember(session: Session, found: Report) -> None:
    """Keep in mind that the branch was found good up to here, if that rests on nothing else."""
    branch = session.repository.branch()
    here = branch is not None and found.head == session.repository.resolve(branch)
    if here and branch and found.outcome is Outcome.PASS and _of_all(found):
        pins.remember_tip(session.repository, branch, found.head, session.circumstances.environ)
        if found.pin is not None and Path(found.pin.source).is_file():
            passed_here(session, Path(found.pin.source)).keep({branch: found.head})


def _of_all(found: Report) -> bool:
    return found.since is None or bool(found.since.whole)


def undecided(fault: CommsError) -> Report:
    """Return the report of a check that could not even begin, with why."""
    problems = "".join(f"; {problem}" for problem in fault.problems)
    reason = f"{fault.text}{problems}. {fault.remedy}".strip()
    return Report(
        head=CommitId(""),
        trust_version=0,
        trust_digest=None,
        pin=None,
        reasons=(reason,),
        checked=Checked(incidents=0, messages=0, sent=0, records=0, commits=0),
        messages=(),
        findings=(),
    )


def _only(session: Session, judged: _Judged, paths: Sequence[str]) -> Report:
    """Return the part of a report that is about some incidents, and about the whole.

    The verdict is never weaker than the whole for what is named: findings that belong to no
    incident stay in.
    """
    found = judged.report
    wanted, reasons = set(), list(found.reasons)
    for path in paths:
        name = incident_of_path(session, path)
        if judged.has(name):
            wanted.add(name)
        else:
            reasons.append(f"{path} matches no incident: nothing was checked there")
    return replace(
        found,
        reasons=tuple(reasons),
        messages=tuple(m for m in found.messages if m.incident in wanted),
        findings=tuple(f for f in found.findings if f.incident in {"", *wanted}),
    )


def incident_of_path(session: Session, path: str) -> str:
    """Return the incident that a path lies in, or that it names."""
    home = session.repository.home
    full = (session.circumstances.folder / path).absolute()
    try:
        parts = full.relative_to(home).parts
    except ValueError:
        parts = Path(path).parts
    if "incidents" in parts:
        after = parts[parts.index("incidents") + 1 :]
        return after[0] if after else ""
    return path.strip("/")
