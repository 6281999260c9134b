"""A message was sent over a strong objection that its sender had before them."""

from collections.abc import Iterator

from commscli.domain.report import Finding
from commscli.gates.case import Case
from commscli.gates.rule import Rule
from commscli.gates.unpassed import unpassed

ID = "standing-objection"


def judge(case: Case) -> Iterator[Finding]:
    """Find sent messages with a gate that was not passed for this reason."""
    return unpassed(case, ID)


RULE = Rule(id=ID, title="No message is sent over an objection", judge=judge)
