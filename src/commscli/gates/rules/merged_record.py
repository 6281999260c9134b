"""A merge only brings together; it introduces nothing of its own."""

from collections.abc import Iterator

from commscli.domain.ids import PersonId
from commscli.domain.report import Finding, Level
from commscli.gates.case import Case
from commscli.gates.mending import admins, here
from commscli.gates.rule import Rule, commit_id, name_in, place

ID = "merged-record"


def judge(case: Case) -> Iterator[Finding]:
    """Find protected files that a merge has and none of its parents had."""
    for fault in case.history.edge_faults:
        if fault.what == "merged-in":
            incident, message = place(fault.path)
            commit = commit_id(case.history, fault.commit)
            who = _writer(case, fault.path)
            yield Finding(
                rule=ID,
                level=Level.ERROR,
                text=f"a merge brought in {name_in(fault.path)}, which none of its parents has",
                remedy="do it again with comms, and accept the fault",
                incident=incident,
                message=message,
                path=fault.path,
                commit=commit,
                who=who,
                accept=admins(case),
            )


def _writer(case: Case, path: str) -> tuple[PersonId, ...]:
    """Return whoever the file says wrote it; the admins, for what is theirs or nobody's."""
    of = path.removesuffix(".sig")
    records = (file.record for file in case.history.records if file.path == of)
    return next((here(case, r.person) for r in records if r is not None), ()) or admins(case)


RULE = Rule(id=ID, title="Merges introduce nothing", judge=judge)
