"""A message went out as an emergency, and the roles that it skipped have not all agreed yet."""

from collections.abc import Iterator

from commscli.domain.report import Finding, GateState, Level
from commscli.gates.case import Case
from commscli.gates.emergency import RULE as ID
from commscli.gates.mending import admins, correcting
from commscli.gates.rule import Rule


def judge(case: Case) -> Iterator[Finding]:
    """Find gates that an emergency skipped and that nobody has ratified."""
    for message in case.messages:
        for send in message.sends:
            for verdict in send.gates:
                if verdict.state is not GateState.EMERGENCY:
                    continue
                yield Finding(
                    rule=ID,
                    level=Level.ERROR,
                    text=f"revision {message.revisions.number(send.subject)} was sent with the "
                    f"gate {verdict.gate} {verdict.reason}, and nobody has ratified that",
                    remedy=f"read what was sent and ratify it: comms ratify {message.message} "
                    f"--gate {verdict.gate}; if it is wrong, {correcting(case)}",
                    incident=message.incident,
                    message=message.message,
                    path=message.path(send.intent.digest),
                    digest=send.intent.digest,
                    key=verdict.gate,
                    who=verdict.could,
                    accept=admins(case),
                )


RULE = Rule(id=ID, title="Whom an emergency skipped agrees afterwards", judge=judge)
