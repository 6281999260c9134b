"""Records and trust only grow: along no edge of history does one disappear or change."""

from collections.abc import Iterator

from commscli.domain.report import Finding, Level
from commscli.gates.case import Case
from commscli.gates.mending import admins
from commscli.gates.rule import Rule, commit_id, name_in, place

ID = "append-only"


def judge(case: Case) -> Iterator[Finding]:
    """Find records and trust files that a commit removed or changed."""
    for fault in case.history.edge_faults:
        if fault.what in {"removed", "changed"} and not fault.frozen_by:
            incident, message = place(fault.path)
            commit = commit_id(case.history, fault.commit)
            yield Finding(
                rule=ID,
                level=Level.ERROR,
                text=f"{name_in(fault.path)} was {fault.what}; records and trust only ever grow",
                remedy=f"put it back as it was: git revert {commit}; then accept the fault, for "
                "the step stays in history",
                incident=incident,
                message=message,
                path=fault.path,
                commit=commit,
                who=admins(case),
                accept=admins(case),
            )


RULE = Rule(id=ID, title="Records and trust only grow", judge=judge)
