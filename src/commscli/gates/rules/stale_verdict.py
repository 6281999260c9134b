"""A message was sent on a verdict about an earlier revision."""

from collections.abc import Iterator

from commscli.domain.report import Finding
from commscli.gates.case import Case
from commscli.gates.rule import Rule
from commscli.gates.unpassed import unpassed

ID = "stale-verdict"


def judge(case: Case) -> Iterator[Finding]:
    """Find sent messages with a gate that was not passed for this reason."""
    return unpassed(case, ID)


RULE = Rule(id=ID, title="Verdicts are on the words that were sent", judge=judge)
