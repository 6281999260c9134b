"""A message is sent once; a deliberate repeat says why."""

from collections.abc import Iterator

from commscli.domain.ids import PersonId
from commscli.domain.records import SendIntent
from commscli.domain.report import Finding, Level
from commscli.gates.case import Case
from commscli.gates.mending import admins, here
from commscli.gates.message import MessageCase, Send
from commscli.gates.rule import Rule

ID = "second-send"


def judge(case: Case) -> Iterator[Finding]:
    """Find second sends that nobody meant, or that two people began at once."""
    for message in case.messages:
        for number, send in enumerate(message.sends[1:], 1):
            if not _deliberate(message, send, message.sends[:number]):
                yield Finding(
                    rule=ID,
                    level=Level.ERROR,
                    text=f"{send.intent.record.person} sent it again",
                    remedy="find out who received it twice, and accept the fault",
                    incident=message.incident,
                    message=message.message,
                    path=message.path(send.intent.digest),
                    digest=send.intent.digest,
                    who=_senders(case, message),
                    accept=admins(case),
                )


def _senders(case: Case, message: MessageCase) -> tuple[PersonId, ...]:
    people = dict.fromkeys(send.intent.record.person for send in message.sends)
    return tuple(one for person in people for one in here(case, person))


def _deliberate(message: MessageCase, send: Send, earlier: tuple[Send, ...]) -> bool:
    body = send.intent.record.body
    knew = all(
        one.sent is not None and message.ordered.has(send.scope, one.sent.digest) for one in earlier
    )
    return knew and isinstance(body, SendIntent) and bool(body.why.strip())


RULE = Rule(id=ID, title="A message is sent once", judge=judge)
