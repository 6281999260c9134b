"""What ``comms check --clocks`` adds: failures of communication, as warnings and never errors."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from commscli.domain.clocks.patterns import SINGLE_CHANNEL, Pattern, patterns
from commscli.domain.ids import PersonId
from commscli.domain.incident import Incident
from commscli.domain.report import Finding, Level, Report
from commscli.gates.case import IncidentCase
from commscli.gates.mending import holders
from commscli.workflow.incident.clocks import every_clock
from commscli.workflow.incident.courses import course_of
from commscli.workflow.incident.matrix import OPEN_STATES, cell_of
from commscli.workflow.proof.checking import incident_of_path
from commscli.workflow.session import Session
from commscli.workflow.settings import Settings, load_settings


def with_warnings(session: Session, report: Report, paths: Sequence[str] = ()) -> Report:
    """Return a report with the warnings of every incident, or of those that paths name.

    Raises:
        BadInput: if the settings, or the files of clocks, cannot be used.
    """
    wanted = {incident_of_path(session, path) for path in paths}
    told = [
        (case, case.incident)
        for case in session.case.incidents
        if case.incident is not None and (not wanted or case.id in wanted)
    ]
    if not told:
        return report
    settings = load_settings(session)
    more = [f for case, incident in told for f in _of(session, settings, case, incident)]
    return replace(report, findings=(*report.findings, *more))


def _of(
    session: Session, settings: Settings, case: IncidentCase, incident: Incident
) -> Iterator[Finding]:
    clocks = every_clock(session, settings, case, incident)
    for pattern in patterns(course_of(case, incident), clocks):
        yield Finding(
            rule=pattern.id,
            level=Level.WARNING,
            text=pattern.text,
            remedy=_remedy(pattern, case),
            incident=case.id,
            message=pattern.message,
            key=pattern.key,
            who=_who(pattern, session),
        )


def _who(pattern: Pattern, session: Session) -> tuple[PersonId, ...]:
    if not pattern.open or pattern.id == SINGLE_CHANNEL:
        return ()
    return holders(session.case, "clock-met" if pattern.by_hand else "drafted")


def _remedy(pattern: Pattern, case: IncidentCase) -> str:
    if pattern.id == SINGLE_CHANNEL:
        return f"give {pattern.audience} another channel in audiences.yaml: comms doctor"
    where = f"comms -i {case.id}"
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
