"""A record is its exact bytes, in a grammar that has one spelling for every value."""

from collections.abc import Iterator

from commscli.domain.report import Finding
from commscli.gates.case import Case
from commscli.gates.faulty import faulty
from commscli.gates.rule import Rule

ID = "record-grammar"


def judge(case: Case) -> Iterator[Finding]:
    """Find records that fail by this rule."""
    return faulty(case, ID)


RULE = Rule(id=ID, title="Every record is written in the one accepted spelling", judge=judge)
