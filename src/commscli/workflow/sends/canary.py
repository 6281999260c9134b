"""One mail ahead of all others, to somebody who may see it: as the first recipient gets it."""

from dataclasses import replace
from hashlib import sha256

from commscli.delivery.channels.channel import Channel, Delivery, Outcome
from commscli.errors import Refused
from commscli.workflow.recording import require_may
from commscli.workflow.sends.delivering import crew_of
from commscli.workflow.sends.finding import find
from commscli.workflow.sends.send_plan import make_plan
from commscli.workflow.sends.sending import sending_of
from commscli.workflow.sends.standings import deliveries
from commscli.workflow.session import Session


def send_canary(
    session: Session, reference: str, address: str, why: str = ""
) -> dict[str, Outcome]:
    """Send the first delivery of each channel that mails, to one address; return what came of it.

    ``why`` is the reason to send what the incident has overtaken. It is no send: the words are
    released, the address is of somebody on the roster, and whoever is on the list gets nothing
    by it. So it is not recorded either.

    Raises:
        Refused: if that address is not on the roster, the message may not be sent, or no channel
            of it mails.
    """
    session.require_pin()
    require_may(session, "send-intent")
    session.refresh(required=True)
    case, message = find(session, reference)
    people = {person.email.casefold() for person in session.trust.people.values()}
    if address.casefold() not in people:
        raise Refused(
            f"{address} is not on the roster, and nobody else may see it before it is sent",
            remedy="an address of the roster: comms trust show",
            code="no-canary",
        )
    plan = make_plan(session, case, message, why)
    crew = crew_of(plan, sending_of(session, plan))
    able = {name: channel for name, channel in crew.channels.items() if channel.takes_canary}
    if not able:
        raise Refused(
            f"no channel of {message.message} mails: {', '.join(crew.channels)}",
            remedy=f"comms send {message.message} --dry-run shows what each would send",
            code="no-canary",
        )
    found: dict[str, Outcome] = {}
    for name, channel in able.items():
        first = next(deliveries(plan, name))
        payload = replace(first.payload, to=address)
        key = sha256(f"canary\n{first.key}\n{address}".encode()).hexdigest()[:32]
        found[name] = _sent(channel, Delivery(key=key, payload=payload))
    return found


def _sent(channel: Channel, delivery: Delivery) -> Outcome:
    try:
        channel.plan(delivery)
        channel.probe()
        return channel.send(delivery, lambda: None)
    finally:
        channel.end()
