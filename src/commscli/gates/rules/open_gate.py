"""A message was sent although a gate had too few verdicts."""

from collections.abc import Iterator

from commscli.domain.report import Finding, Level
from commscli.gates.case import Case
from commscli.gates.mending import admins, holders
from commscli.gates.rule import Rule
from commscli.gates.unpassed import unpassed

ID = "open-gate"


def judge(case: Case) -> Iterator[Finding]:
    """Find sent messages with a gate that was not passed for this reason."""
    yield from unpassed(case, ID)
    for message in case.messages:
        for intent in message.astray:
            yield Finding(
                rule=ID,
                level=Level.ERROR,
                text=f"{intent.record.person} sent what is no revision of this message, or one "
                "that counts for nothing: no gate was passed for it",
                remedy=f"find out from {intent.record.person} what was sent; if it is wrong, say "
                "so in a new message: comms draft",
                incident=message.incident,
                message=message.message,
                path=message.path(intent.digest),
                digest=intent.digest,
                who=holders(case, "drafted"),
                accept=admins(case),
            )


RULE = Rule(id=ID, title="Every sent message passed every gate", judge=judge)
