"""A message was sent on the verdict of one of its authors."""

from collections.abc import Iterator

from commscli.domain.report import Finding
from commscli.gates.case import Case
from commscli.gates.rule import Rule
from commscli.gates.unpassed import unpassed

ID = "own-words"


def judge(case: Case) -> Iterator[Finding]:
    """Find sent messages with a gate that was not passed for this reason."""
    return unpassed(case, ID)


RULE = Rule(id=ID, title="Nobody judges their own words", judge=judge)
