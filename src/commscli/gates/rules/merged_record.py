"""A merge only brings together; it introduces nothing of its own."""

from collections.abc import Iterator

from commscli.domain.report import Finding, Level
from commscli.gates.case import Case
from commscli.gates.rule import Rule, commit_id, place

ID = "merged-record"


def judge(case: Case) -> Iterator[Finding]:
    """Find protected files that a merge has and none of its parents had."""
    for fault in case.history.edge_faults:
        if fault.what == "merged-in":
            incident, message = place(fault.path)
            yield Finding(
                rule=ID,
                level=Level.ERROR,
                text=f"a merge brought in {fault.path}, which none of its parents has",
                remedy="its writer records it in a commit of their own",
                incident=incident,
                message=message,
                path=fault.path,
                commit=commit_id(case.history, fault.commit),
            )


RULE = Rule(id=ID, title="Merges introduce nothing", judge=judge)
