"""Somebody objected after it was sent: the words may want a correction."""

from collections.abc import Iterator

from commscli.domain.report import Finding, Level
from commscli.gates.case import Case
from commscli.gates.mending import here, holders
from commscli.gates.message import MessageCase, Send
from commscli.gates.rule import Rule
from commscli.gates.taken_back import gate_of, taken_back

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
                    remedy="say what is right in a new message: comms draft; or withdraw it: comms "
                    f"withdraw {message.message} --why TEXT",
                    incident=message.incident,
                    message=message.message,
                    path=message.path(objection.digest),
                    digest=objection.digest,
                    who=(*holders(case, "drafted"), *here(case, objection.record.person)),
                )
            yield from _taken_back(case, message, send)


def _taken_back(case: Case, message: MessageCase, send: Send) -> Iterator[Finding]:
    """An ok that was taken back by somebody who knew of the send."""
    for back in taken_back(message.now, send.scope):
        knew = message.ordered.has(message.ordered.before(back.digest), send.intent.digest)
        if knew:
            yield Finding(
                rule=ID,
                level=Level.WARNING,
                text=f"{back.record.person} took back their ok ({gate_of(message.now, back)}) "
                "after it was sent",
                remedy="say what is right in a new message: comms draft",
                incident=message.incident,
                message=message.message,
                path=message.path(back.digest),
                digest=back.digest,
                who=holders(case, "drafted"),
            )


RULE = Rule(id=ID, title="An objection after the send asks for a correction", judge=judge)
