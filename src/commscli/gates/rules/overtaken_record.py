"""A record that was right when written, and that a concurrent change of trust overtook."""

from collections.abc import Iterator

from commscli.domain.report import Finding
from commscli.gates.case import Case
from commscli.gates.faulty import faulty
from commscli.gates.rule import Rule

ID = "overtaken-record"


def judge(case: Case) -> Iterator[Finding]:
    """Find records that fail by this rule."""
    return faulty(case, ID, by_role=True)


RULE = Rule(id=ID, title="What the roster has overtaken counts for nothing", judge=judge)
