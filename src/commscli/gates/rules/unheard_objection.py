"""No strong objection goes unheard, however it came in, and no ok that was taken back."""

from collections.abc import Iterator

from commscli.domain.report import Finding, Level
from commscli.gates.case import Case
from commscli.gates.mending import admins, correcting, here, holders
from commscli.gates.message import MessageCase, Send
from commscli.gates.rule import Rule
from commscli.gates.taken_back import gate_of, taken_back

ID = "unheard-objection"


def judge(case: Case) -> Iterator[Finding]:
    """Find objections that the sender did not have, and that nobody has answered since.

    One that was made by somebody who knew of the send is another matter: `late-objection`.
    """
    for message in case.messages:
        for send in message.sends:
            everything = message.ordered.everything
            for objection in message.now.objections(everything):
                knew = message.ordered.has(
                    message.ordered.before(objection.digest), send.intent.digest
                )
                if message.ordered.has(send.scope, objection.digest) or knew:
                    continue
                gate, person = objection.record.gate, objection.record.person
                judges = holders(case, "ok", gate)
                yield Finding(
                    rule=ID,
                    level=Level.ERROR,
                    text=f"{person} ({gate}) objected, and it was sent without hearing that",
                    remedy=f"{person} withdraws it: comms withdraw {message.message} --why TEXT; "
                    f"or {gate} settles it: comms review {message.message} --ok --gate {gate}",
                    incident=message.incident,
                    message=message.message,
                    path=message.path(objection.digest),
                    digest=objection.digest,
                    who=tuple(dict.fromkeys((*here(case, person), *judges))),
                    accept=admins(case),
                )
            yield from _taken_back(case, message, send)


def _taken_back(case: Case, message: MessageCase, send: Send) -> Iterator[Finding]:
    """An ok that the send rested on, and that was taken back where the sender did not look."""
    for back in taken_back(message.now, send.scope):
        knew = message.ordered.has(message.ordered.before(back.digest), send.intent.digest)
        if knew:
            continue
        gate, person = gate_of(message.now, back), back.record.person
        judges = holders(case, "ok", gate)
        yield Finding(
            rule=ID,
            level=Level.ERROR,
            text=f"{person} took back their ok ({gate}), and it was sent without hearing that",
            remedy=f"look again: comms review {message.message} --ok --gate {gate}; if it is "
            f"wrong, {correcting(case)}",
            incident=message.incident,
            message=message.message,
            path=message.path(back.digest),
            digest=back.digest,
            who=judges,
            accept=admins(case),
        )


RULE = Rule(id=ID, title="Every objection is heard", judge=judge)
