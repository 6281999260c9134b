"""An incident is declared once; whatever comes after belongs to that declaration."""

from collections.abc import Iterator

from commscli.domain.report import Finding, Level
from commscli.gates.case import Case, IncidentCase
from commscli.gates.mending import admins, holders
from commscli.gates.rule import Rule, entered
from commscli.gates.standing import Worth

ID = "second-declaration"


def judge(case: Case) -> Iterator[Finding]:
    """Find incidents that are declared twice, or whose records are of another kind of run."""
    for incident in case.incidents:
        own = (incident.standings[placed.digest] for placed in incident.ordered.records)
        declared = [
            s
            for s in own
            if s.file.record and s.file.record.kind == "declared" and s.worth is not Worth.ERROR
        ]
        for standing in declared[1:] if len(declared) > 1 else ():
            yield Finding(
                rule=ID,
                level=Level.ERROR,
                text=f"{incident.id} is declared {len(declared)} times",
                remedy="find out which one holds, and accept the fault, for neither can go",
                incident=incident.id,
                path=standing.file.path,
                digest=standing.file.digest,
                who=admins(case),
                accept=admins(case),
            )
        if not declared and (incident.messages or incident.standings):
            yield Finding(
                rule=ID,
                level=Level.ERROR,
                text=f"{incident.id} has records and was never declared",
                remedy="run comms sync in the clone that declared it, or "
                f"declare it: comms new --id {incident.id}",
                incident=incident.id,
                path=f"incidents/{incident.id}",
                commit=entered(case.history, _brought(incident)),
                key="undeclared",
                who=holders(case, "declared"),
            )


def _brought(incident: IncidentCase) -> Iterator[int]:
    """Yield the commits that brought anything of an incident."""
    for group in (incident.standings, *(m.standings for m in incident.messages)):
        for standing in group.values():
            yield from standing.file.introduced


RULE = Rule(id=ID, title="An incident is declared exactly once", judge=judge)
