"""A message was sent with one person in two gates that trust does not let them share."""

from collections.abc import Iterator

from commscli.domain.report import Finding
from commscli.gates.case import Case
from commscli.gates.rule import Rule
from commscli.gates.unpassed import unpassed

ID = "two-gates"


def judge(case: Case) -> Iterator[Finding]:
    """Find sent messages with a gate that was not passed for this reason."""
    return unpassed(case, ID)


RULE = Rule(id=ID, title="One person counts in one gate", judge=judge)
