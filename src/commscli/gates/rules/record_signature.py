"""A record without a signature that verifies is nobody's word."""

from collections.abc import Iterator

from commscli.domain.report import Finding
from commscli.gates.case import Case
from commscli.gates.faulty import faulty
from commscli.gates.rule import Rule

ID = "record-signature"


def judge(case: Case) -> Iterator[Finding]:
    """Find records that fail by this rule."""
    return faulty(case, ID)


RULE = Rule(id=ID, title="Every record is signed", judge=judge)
