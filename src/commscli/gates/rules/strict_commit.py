"""A commit that brings a record or a trust version has the one form that hides nothing."""

from collections.abc import Iterator

from commscli.domain.report import Finding, Level
from commscli.gates.case import Case
from commscli.gates.mending import admins
from commscli.gates.rule import Rule, commit_id

ID = "strict-commit"


def judge(case: Case) -> Iterator[Finding]:
    """Find record commits with reordered, doubled or unknown headers, or a NUL."""
    for number, fault in case.history.commit_faults.items():
        yield Finding(
            rule=ID,
            level=Level.ERROR,
            text=f"the commit brings a record or a trust version, and {fault}",
            remedy="have whoever made it do it again with comms, and accept the fault",
            commit=commit_id(case.history, number),
            who=admins(case),
            accept=admins(case),
        )


RULE = Rule(id=ID, title="Commits that bring records or trust hide nothing", judge=judge)
