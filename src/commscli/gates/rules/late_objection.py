"""Somebody objected after it was sent: the words may want a correction."""

from collections.abc import Iterator

from commscli.domain.report import Finding, Level
from commscli.gates.case import Case
from commscli.gates.rule import Rule

ID = "late-objection"


def judge(case: Case) -> Iterator[Finding]:
    """Find objections that stand and were made by somebody who knew of the send."""
    for message in case.messages:
        for send in message.sends:
            for objection in message.now.objections(message.ordered.everything):
                past = message.ordered.before(objection.digest)
                if not message.ordered.has(past, send.intent.digest):
                    continue
                yield Finding(
                    rule=ID,
                    level=Level.WARNING,
                    text=f"{objection.record.person} ({objection.record.gate}) objected after it "
                    "was sent",
                    remedy="say what is right in a new message: comms draft",
                    incident=message.incident,
                    message=message.message,
                    path=message.path(objection.digest),
                    digest=objection.digest,
                )


RULE = Rule(id=ID, title="An objection after the send asks for a correction", judge=judge)
