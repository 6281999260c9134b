"""Two revisions side by side: nothing passes until one joins them."""

from collections.abc import Iterator

from commscli.domain.report import Finding, Level
from commscli.gates.case import Case
from commscli.gates.mending import admins, holders
from commscli.gates.rule import Rule

ID = "forked-draft"


def judge(case: Case) -> Iterator[Finding]:
    """Find sends of one of several newest revisions."""
    for message in case.messages:
        for send in message.sends:
            heads = message.revisions.heads(send.scope)
            if heads != (send.subject,):
                what = (
                    f"{len(heads)} revisions stood side by side"
                    if len(heads) > 1
                    else "it was not the newest revision that the sender had"
                )
                yield Finding(
                    rule=ID,
                    level=Level.ERROR,
                    text=f"revision {message.revisions.number(send.subject)} was sent when {what}",
                    remedy=f"look at what was sent: comms show {message.message}; if it is wrong, "
                    "say so in a new message: comms draft",
                    incident=message.incident,
                    message=message.message,
                    path=message.path(send.intent.digest),
                    digest=send.intent.digest,
                    who=holders(case, "drafted"),
                    accept=admins(case),
                )


RULE = Rule(id=ID, title="What is sent is the one newest revision", judge=judge)
