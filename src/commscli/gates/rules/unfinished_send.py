"""A send was begun, and nothing says that it ended."""

from collections.abc import Iterator

from commscli.domain.report import Finding, Level
from commscli.gates.case import Case
from commscli.gates.mending import here
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
                    remedy="run it again, it goes on where it stopped: comms send "
                    f"{message.message}",
                    incident=message.incident,
                    message=message.message,
                    path=message.path(send.intent.digest),
                    digest=send.intent.digest,
                    who=here(case, send.intent.record.person),
                )


RULE = Rule(id=ID, title="A send that began has ended", judge=judge)
