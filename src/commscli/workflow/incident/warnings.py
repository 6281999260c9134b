"""What ``comms check --clocks`` adds: failures of communication, as warnings and never errors."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from commscli.domain.clocks.patterns import SINGLE_CHANNEL, Pattern, patterns
from commscli.domain.consistency import INCONSISTENT, inconsistencies
from commscli.domain.ids import PersonId
from commscli.domain.incident import Incident
from commscli.domain.report import Finding, Level, Report
from commscli.gates.case import IncidentCase
from commscli.gates.mending import holders
from commscli.ledger.snapshot import Snapshot, snapshot
from commscli.workflow.incident.clocks import every_clock
from commscli.workflow.incident.courses import course_of
from commscli.workflow.incident.matrix import OPEN_STATES, cell_of
from commscli.workflow.incident.utterances import said, told
from commscli.workflow.proof.checking import incident_of_path
from commscli.workflow.session import Session
from commscli.workflow.settings import Settings, load_settings


def with_warnings(session: Session, report: Report, paths: Sequence[str] = ()) -> Report:
    """Return a report with the warnings of every incident, or of those that paths name.

    Raises:
        BadInput: if the settings, or the files of clocks, cannot be used.
    """
    wanted = {incident_of_path(session, path) for path in paths}
    wanted_cases = [
        (case, case.incident)
        for case in session.case.incidents
        if case.incident is not None and (not wanted or case.id in wanted)
    ]
    if not wanted_cases:
        return report
    settings = load_settings(session)
    with snapshot(session.repository, session.case.history.head) as files:
        more = [
            finding
            for case, incident in wanted_cases
            for finding in _of(
                _Look(session=session, settings=settings, files=files), case, incident
            )
        ]
    return replace(report, findings=(*report.findings, *more))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """What is looked at, once for all incidents."""

    session: Session
    settings: Settings
    files: Snapshot


def _of(look: _Look, case: IncidentCase, incident: Incident) -> Iterator[Finding]:
    clocks = every_clock(look.session, look.settings, case, incident)
    course = course_of(case, incident)
    words = (told(look.files, case, course), said(look.files, case))
    for pattern in (*patterns(course, clocks), *inconsistencies(*words)):
        yield Finding(
            rule=pattern.id,
            level=Level.WARNING,
            text=pattern.text,
            remedy=_remedy(pattern, case),
            incident=case.id,
            message=pattern.message,
            key=pattern.key,
            who=_who(pattern, look.session),
        )


def _who(pattern: Pattern, session: Session) -> tuple[PersonId, ...]:
    if not pattern.open or pattern.id == SINGLE_CHANNEL:
        return ()
    return holders(session.case, "clock-met" if pattern.by_hand else "drafted")


def _remedy(pattern: Pattern, case: IncidentCase) -> str:
    if pattern.id == SINGLE_CHANNEL:
        return f"give {pattern.audience} another channel in audiences.yaml: comms doctor"
    where = f"comms -i {case.id}"
    if pattern.id == INCONSISTENT and pattern.message:
        return f"correct the one that is wrong: {where} correct {pattern.message} --why TEXT"
    if pattern.id == INCONSISTENT:
        return (
            f"say it right in the same place, and record it: {where} said --where PLACE --text TEXT"
        )
    if not pattern.open:
        return f"nothing undoes it, so say in the review how it came to be: {where} log"
    if pattern.by_hand:
        return f"say when it was done: {where} clock met {pattern.by_hand} --why TEXT"
    if pattern.audience and _in_work(case, pattern.audience):
        return f"a message to them is in work, so see whom it waits for: {where} status"
    if pattern.audience:
        return f"tell them, even that there is nothing new: {where} draft {pattern.audience}"
    return f"see what it waits for: {where} clock list"


def _in_work(case: IncidentCase, audience: str) -> bool:
    cells = ((cell_of(m), m.verdict.state) for m in case.messages)
    return any(cell and cell[1] == audience and state in OPEN_STATES for cell, state in cells)
