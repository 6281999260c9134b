"""Every record lists what its writer saw, and all of that is still there."""

from collections.abc import Iterator

from commscli.domain.ids import Digest
from commscli.domain.order import Ordered
from commscli.domain.report import Finding, Level
from commscli.gates.case import Case
from commscli.gates.mending import admins, here
from commscli.gates.rule import Rule

ID = "missing-past"


def judge(case: Case) -> Iterator[Finding]:
    """Find digests in ``after`` that no record of the message or incident has."""
    templates = {d: s.file.path for d, s in case.templates.standings.items()}
    yield from _missing(case, case.templates.ordered, templates, "", "")
    for incident in case.incidents:
        paths = {d: s.file.path for d, s in incident.standings.items()}
        yield from _missing(case, incident.ordered, paths, incident.id, "")
        for message in incident.messages:
            paths = {d: s.file.path for d, s in message.standings.items()}
            yield from _missing(case, message.ordered, paths, incident.id, message.message)


def _missing(
    case: Case, ordered: Ordered, paths: dict[Digest, str], incident: str, message: str
) -> Iterator[Finding]:
    for placed in ordered.records:
        if placed.record.message != message:
            continue
        absent = [digest for digest in placed.record.after if digest not in ordered.position]
        first = placed.record.kind == "drafted" and not placed.record.after
        if absent or first:
            what = f"a record that is not here: {absent[0][:8]}" if absent else "nothing at all"
            yield Finding(
                rule=ID,
                level=Level.ERROR,
                text=f"{placed.record.person}'s {placed.record.kind} comes after {what}",
                remedy=f"run comms sync in the clone that has it, first {placed.record.person}'s; "
                "if it was removed, put it back",
                incident=incident,
                message=message,
                path=paths[placed.digest],
                digest=placed.digest,
                who=here(case, placed.record.person),
                accept=admins(case),
            )


RULE = Rule(id=ID, title="Nothing that a record rests on is missing", judge=judge)
