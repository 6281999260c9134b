"""What is a drill stays a drill: its records never count for the real thing, or the reverse."""

from collections.abc import Iterator

from commscli.domain.report import Finding, Level
from commscli.gates.case import Case, IncidentCase
from commscli.gates.mending import admins, here
from commscli.gates.rule import Rule
from commscli.gates.standing import Worth

ID = "drill-mixed"


def judge(case: Case) -> Iterator[Finding]:
    """Find records that say otherwise than the declaration whether this is a drill."""
    for incident in case.incidents:
        drill = _declared(incident)
        if drill is None:
            continue
        groups = (incident.standings, *(m.standings for m in incident.messages))
        for standing in (s for group in groups for s in group.values()):
            record = standing.file.record
            if record is None or standing.worth is Worth.ERROR or record.kind == "declared":
                continue
            if record.drill != drill:
                yield Finding(
                    rule=ID,
                    level=Level.ERROR,
                    text=f"{record.person}'s {record.kind} says drill: {str(record.drill).lower()}"
                    ", and the declaration says otherwise",
                    remedy="do it again with comms, and accept the fault",
                    incident=incident.id,
                    message=record.message,
                    path=standing.file.path,
                    digest=standing.file.digest,
                    who=here(case, record.person),
                    accept=admins(case),
                )


def _declared(incident: IncidentCase) -> bool | None:
    """Return what the declaration says; one that was overtaken says it as well."""
    if incident.incident is not None:
        return incident.incident.drill
    for placed in incident.ordered.of_kind("declared", incident.ordered.everything):
        if incident.standings[placed.digest].worth is not Worth.ERROR:
            return placed.record.drill
    return None


RULE = Rule(id=ID, title="A drill is never evidence", judge=judge)
