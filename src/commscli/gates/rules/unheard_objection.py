"""No strong objection goes unheard, however it came in."""

from collections.abc import Iterator

from commscli.domain.report import Finding, Level
from commscli.gates.case import Case
from commscli.gates.rule import Rule

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
                yield Finding(
                    rule=ID,
                    level=Level.ERROR,
                    text=f"{person} ({gate}) objected, and it was sent without hearing that",
                    remedy=f"{person} withdraws it, or {gate} settles it: comms review "
                    f"{message.message} --ok --gate {gate}",
                    incident=message.incident,
                    message=message.message,
                    path=message.path(objection.digest),
                    digest=objection.digest,
                )


RULE = Rule(id=ID, title="Every objection is heard", judge=judge)
