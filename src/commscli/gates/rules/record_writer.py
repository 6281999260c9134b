"""Whoever signs a record must own the key and hold the role, in the trust that it names."""

from collections.abc import Iterator

from commscli.domain.report import Finding
from commscli.gates.case import Case
from commscli.gates.faulty import faulty
from commscli.gates.rule import Rule

ID = "record-writer"


def judge(case: Case) -> Iterator[Finding]:
    """Find records that fail by this rule."""
    return faulty(case, ID, by_role=True)


RULE = Rule(id=ID, title="Every record is by somebody who may write it", judge=judge)
