"""The check of a whole history, as CI, a hook or a stranger runs it. It always has an answer."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from commscli.domain.ids import CommitId
from commscli.domain.report import Checked, Outcome, Report
from commscli.errors import CommsError, Undecided
from commscli.ledger import pins
from commscli.workflow.session import Session


def check(session: Session, paths: Sequence[str] = ()) -> Report:
    """Judge the commit at HEAD, or the incidents that paths name.

    What cannot be read is *undecided*, with the reason and the way out in the report.
    """
    try:
        found = session.report
    except Undecided as fault:
        return undecided(fault)
    branch = session.repository.branch()
    if found.outcome is Outcome.PASS and branch:
        pins.remember_tip(session.repository, branch, found.head, session.circumstances.environ)
    return _only(session, found, paths) if paths else found


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


def _only(session: Session, found: Report, paths: Sequence[str]) -> Report:
    """Return the part of a report that is about some incidents, and about the whole.

    The verdict is never weaker than the whole for what is named: findings that belong to no
    incident stay in.
    """
    known = {incident.id for incident in session.case.incidents}
    wanted, reasons = set(), list(found.reasons)
    for path in paths:
        name = _incident(session, path)
        if name in known:
            wanted.add(name)
        else:
            reasons.append(f"{path} matches no incident: nothing was checked there")
    return replace(
        found,
        reasons=tuple(reasons),
        messages=tuple(m for m in found.messages if m.incident in wanted),
        findings=tuple(f for f in found.findings if f.incident in {"", *wanted}),
    )


def _incident(session: Session, path: str) -> str:
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
