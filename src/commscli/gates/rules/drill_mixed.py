"""What is a drill stays a drill: its records never count for the real thing, or the reverse."""

from collections.abc import Iterator, Mapping

from commscli.domain.ids import Digest
from commscli.domain.order import Ordered
from commscli.domain.report import Finding, Level
from commscli.gates.case import Case, IncidentCase
from commscli.gates.mending import admins, here
from commscli.gates.rule import Rule, entered
from commscli.gates.standing import Standing, Worth

ID = "drill-mixed"


def judge(case: Case) -> Iterator[Finding]:
    """Find records that say otherwise than the declaration whether this is a drill.

    Where several declare the incident, it is the one that the record comes after.
    """
    for incident in case.incidents:
        first = _declared(incident)
        if first is None:
            continue
        known = _said_before(incident.ordered, incident.standings, {})
        yield from _mixed(case, incident.standings, known, first)
        for message in incident.messages:
            said = _said_before(message.ordered, message.standings, known)
            yield from _mixed(case, message.standings, said, first)


def _mixed(
    case: Case,
    standings: Mapping[Digest, Standing],
    said: Mapping[Digest, frozenset[bool]],
    first: bool,
) -> Iterator[Finding]:
    for digest, standing in standings.items():
        record = standing.file.record
        if record is None or standing.worth is Worth.ERROR or record.kind == "declared":
            continue
        if record.drill in (said[digest] or {first}):
            continue
        yield Finding(
            rule=ID,
            level=Level.ERROR,
            text=f"{record.person}'s {record.kind} says drill: {str(record.drill).lower()}"
            ", and the declaration says otherwise",
            remedy="do it again with comms, and accept the fault",
            incident=record.incident,
            message=record.message,
            path=standing.file.path,
            commit=entered(case.history, standing.file.introduced),
            digest=digest,
            who=here(case, record.person),
            accept=admins(case),
        )


def _said_before(
    ordered: Ordered,
    standings: Mapping[Digest, Standing],
    above: Mapping[Digest, frozenset[bool]],
) -> dict[Digest, frozenset[bool]]:
    """Return what the declarations that each record comes after say; ``above`` has others'."""
    said: dict[Digest, frozenset[bool]] = {}
    for placed in ordered.records:
        found: set[bool] = set()
        for digest in placed.record.after:
            found |= said.get(digest, above.get(digest, frozenset()))
        counts = standings[placed.digest].worth is not Worth.ERROR
        if placed.record.kind == "declared" and counts:
            found.add(placed.record.drill)
        said[placed.digest] = frozenset(found)
    return said


def _declared(incident: IncidentCase) -> bool | None:
    """Return what the declaration says; one that was overtaken says it as well."""
    if incident.incident is not None:
        return incident.incident.drill
    for placed in incident.ordered.of_kind("declared", incident.ordered.everything):
        if incident.standings[placed.digest].worth is not Worth.ERROR:
            return placed.record.drill
    return None


RULE = Rule(id=ID, title="A drill is never evidence", judge=judge)
