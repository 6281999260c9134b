"""A send was begun, and nothing says that it ended."""

from collections.abc import Iterator

from commscli.domain.report import Finding, Level
from commscli.gates.case import Case
from commscli.gates.rule import Rule

ID = "unfinished-send"


def judge(case: Case) -> Iterator[Finding]:
    """Find send-intents without their ``sent``."""
    for message in case.messages:
        for send in message.sends:
            if send.sent is None:
                yield Finding(
                    rule=ID,
                    level=Level.WARNING,
                    text=f"{send.intent.record.person} began to send it and has not said that it "
                    "ended",
                    remedy=f"{send.intent.record.person} runs comms send {message.message} again: "
                    "it goes on where it stopped",
                    incident=message.incident,
                    message=message.message,
                    path=message.path(send.intent.digest),
                    digest=send.intent.digest,
                )


RULE = Rule(id=ID, title="A send that began has ended", judge=judge)
