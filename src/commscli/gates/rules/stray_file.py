"""Nothing lies among records and trust versions but records, trust versions and signatures."""

from collections.abc import Iterator

from commscli.domain.report import Finding, Level
from commscli.gates.case import Case
from commscli.gates.mending import admins
from commscli.gates.rule import Rule, commit_id, place

ID = "stray-file"


def judge(case: Case) -> Iterator[Finding]:
    """Find files that do not belong where they lie."""
    for stray in case.history.strays:
        incident, message = place(stray.path)
        commit = commit_id(case.history, stray.commit)
        yield Finding(
            rule=ID,
            level=Level.ERROR,
            text=f"{stray.path} {stray.fault}",
            remedy="keep other files elsewhere, and accept this one, for it cannot go",
            incident=incident,
            message=message,
            path=stray.path,
            commit=commit,
            who=admins(case),
            accept=admins(case),
        )


RULE = Rule(id=ID, title="Only records lie among records", judge=judge)
