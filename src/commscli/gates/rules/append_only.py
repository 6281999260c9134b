"""Records and trust only grow: along no edge of history does one disappear or change."""

from collections.abc import Iterator

from commscli.domain.report import Finding, Level
from commscli.gates.case import Case
from commscli.gates.rule import Rule, commit_id, place

ID = "append-only"


def judge(case: Case) -> Iterator[Finding]:
    """Find records and trust files that a commit removed or changed."""
    for fault in case.history.edge_faults:
        if fault.what in {"removed", "changed"} and not fault.frozen_for:
            incident, message = place(fault.path)
            yield Finding(
                rule=ID,
                level=Level.ERROR,
                text=f"{fault.path} was {fault.what}; records and trust only ever grow",
                remedy="put it back as it was (git revert), then an admin accepts the fault",
                incident=incident,
                message=message,
                path=fault.path,
                commit=commit_id(case.history, fault.commit),
            )


RULE = Rule(id=ID, title="Records and trust only grow", judge=judge)
