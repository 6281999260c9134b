"""Findings about gates that were not passed when a message was sent, one rule at a time."""

from collections.abc import Iterator

from commscli.domain.report import Finding, GateState, Level
from commscli.gates.case import Case
from commscli.gates.mending import admins, correcting, here

_SAYS = {GateState.OBJECTED: "an objection stood", GateState.STALE: "the verdict was stale"}


def unpassed(case: Case, rule: str) -> Iterator[Finding]:
    """Yield a finding for every sent message with a gate that fails by this rule."""
    for message in case.messages:
        for send in message.sends:
            for verdict in send.gates:
                if verdict.state.passes or verdict.rule != rule:
                    continue
                number = message.revisions.number(send.subject)
                why = verdict.reason or "nobody passed it"
                could = tuple(p for one in verdict.could for p in here(case, one))
                yield Finding(
                    rule=rule,
                    level=Level.ERROR,
                    text=f"revision {number} was sent with the gate {verdict.gate} not passed: "
                    f"{_SAYS.get(verdict.state, 'it was open')} ({why})",
                    remedy=f"look at what was sent: comms show {message.message}; if it is wrong, "
                    f"{correcting(case)}",
                    incident=message.incident,
                    message=message.message,
                    path=message.path(send.intent.digest),
                    digest=send.intent.digest,
                    key=verdict.gate,
                    who=could or admins(case),
                    accept=admins(case),
                )
