"""A message was sent on a verdict given before the gates that come first stood."""

from collections.abc import Iterator

from commscli.domain.report import Finding
from commscli.gates.case import Case
from commscli.gates.rule import Rule
from commscli.gates.unpassed import unpassed

ID = "wrong-order"


def judge(case: Case) -> Iterator[Finding]:
    """Find sent messages with a gate that was not passed for this reason."""
    return unpassed(case, ID)


RULE = Rule(id=ID, title="Gates stand in their order", judge=judge)
