"""Every delivery of a send, one after the other, each step on the disk before it is taken."""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from commscli.delivery.channels.channel import (
    Channel,
    ChannelDown,
    Delivery,
    Outcome,
    Sending,
    delivery_of,
)
from commscli.delivery.channels.registry import channel_of
from commscli.delivery.drills import rehearsed
from commscli.delivery.ledger import Ledger, Line, Step
from commscli.delivery.payload import payloads
from commscli.errors import CommsError, Interrupted
from commscli.workflow.sends.send_plan import Plan

ATTEMPTS = 4
PUT_OFF = 3
"""Deliveries in a row that a channel puts off before it counts as down: not 5,000 more wait."""
FIRST_WAIT = 1.0
LONGEST_WAIT = 30.0
"""Seconds. Who asks for more patience than this gets it from a person who runs it again."""


@dataclass(slots=True, kw_only=True)
class Pace:
    """How time passes for a send, and whether somebody says stop."""

    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    stopped: Callable[[], bool] = field(default=lambda: False)


def deliveries(plan: Plan) -> Iterator[Delivery]:
    """Yield every delivery of a plan, channel by channel, in the order of the rows."""
    for channel, settings in plan.body.channels.items():
        for payload in payloads(plan.words, channel, settings, plan.recipients, plan.spoken):
            yield delivery_of(plan.send_id, payload)


def channels_of(plan: Plan, sending: Sending) -> dict[str, Channel]:
    """Return the channels as they were approved; those of a drill are the outbox.

    Raises:
        BadInput: if this version knows one of them not.
    """
    return {
        name: channel_of(rehearsed(settings) if plan.drill else settings, sending)
        for name, settings in plan.body.channels.items()
    }


def probe(plan: Plan, channels: Mapping[str, Channel]) -> None:
    """Look at every delivery, and let every channel connect and log in, before anything is begun.

    Raises:
        BadInput: if a delivery could not be made.
        ChannelDown, MissingSecret: if one does not; all of them are hung up then.
    """
    for delivery in deliveries(plan):
        channels[delivery.payload.channel].plan(delivery)
    try:
        for channel in channels.values():
            channel.probe()
    except CommsError:
        for channel in channels.values():
            channel.end()
        raise


def deliver_all(
    plan: Plan, ledger: Ledger, channels: Mapping[str, Channel], pace: Pace, begun: set[str]
) -> dict[str, str]:
    """Take every delivery as far as it goes now; return why a channel took nothing, by name.

    ``begun`` are the channels that are connected already.

    Raises:
        Interrupted: after the current delivery, where somebody says stop.
        OSError: if the ledger cannot be written: nothing leaves then.
    """
    down: dict[str, str] = {}
    put_off: dict[str, int] = {}
    try:
        for delivery in deliveries(plan):
            name = delivery.payload.channel
            if name in down or not _is_to_do(ledger, delivery, channels[name], pace):
                continue
            if pace.stopped():
                raise Interrupted("stopped after the last delivery")
            try:
                if name not in begun:
                    begun.add(name)
                    channels[name].probe()
                outcome = _attempt(ledger, delivery, channels[name], pace)
                put_off[name] = put_off.get(name, 0) + 1 if outcome.step is Step.DEFERRED else 0
                if put_off[name] >= PUT_OFF:
                    down[name] = f"{name} puts off one after the other: {outcome.detail}"
            except ChannelDown as fault:
                down[name] = fault.text
    finally:
        for name in begun:
            channels[name].end()
    return down


def _is_to_do(ledger: Ledger, delivery: Delivery, channel: Channel, pace: Pace) -> bool:
    """Whether a delivery is to be tried; one in doubt is held for a person, or sent again."""
    step = ledger.of(delivery.key).step
    if step.is_final:
        return False
    if step.is_in_doubt and channel.on_unknown != "resend":
        if step is Step.WIRE:
            text = "it ended between the first byte and the answer"
            ledger.append(delivery.key, Step.UNKNOWN, pace.now(), detail=text)
        return False
    return True


def _attempt(ledger: Ledger, delivery: Delivery, channel: Channel, pace: Pace) -> Outcome:
    """Try a delivery until it is decided, or has been put off often enough."""
    number = 0
    while True:
        ledger.append(delivery.key, Step.ATTEMPTING, pace.now())
        outcome = channel.send(delivery, lambda: ledger.append(delivery.key, Step.WIRE, pace.now()))
        ledger.append(delivery.key, outcome.step, pace.now(), detail=outcome.detail, id_=outcome.id)
        wait, number = _wait(outcome, number), number + 1
        last = number == ATTEMPTS or wait is None or pace.stopped()
        if outcome.step is not Step.DEFERRED or last or wait is None:
            return outcome
        pace.sleep(wait)


def _wait(outcome: Outcome, number: int) -> float | None:
    """Return how long to wait before it is tried again; nothing, where that is too long."""
    if outcome.after is not None:
        return outcome.after if outcome.after <= LONGEST_WAIT else None
    return random.uniform(0, min(LONGEST_WAIT, FIRST_WAIT * 2**number))  # noqa: S311 - jitter


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One delivery with what the ledger says of it."""

    delivery: Delivery
    line: Line


def standings(plan: Plan, lines: Mapping[str, Line]) -> tuple[Standing, ...]:
    """Return how far each delivery of a plan has come."""
    planned = Line(step=Step.PLANNED)
    return tuple(Standing(delivery=d, line=lines.get(d.key, planned)) for d in deliveries(plan))


def counts(found: tuple[Standing, ...]) -> dict[str, dict[str, int]]:
    """Return how many deliveries of each channel came to what."""
    counted: dict[str, dict[str, int]] = {}
    for one in found:
        own = counted.setdefault(one.delivery.payload.channel, {})
        own[str(one.line.step)] = own.get(str(one.line.step), 0) + 1
    return counted


def evidence(found: tuple[Standing, ...]) -> bytes:
    """Return one line a delivery: the channel, the row by its digest, what became of it."""
    return "".join(
        f"{one.delivery.payload.channel} {one.delivery.row} {one.line.step}\n" for one in found
    ).encode()
