"""How far each delivery of a plan has come, by what the ledger says of it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from commscli.delivery.channels.channel import Delivery, delivery_of
from commscli.delivery.ledger import Line, Step
from commscli.delivery.payload import payloads
from commscli.workflow.sends.send_plan import Plan

_UNSEEN = re.compile(r"[^!-~]")
"""What a line of the evidence has no room for: the checker takes it for none that a send wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One delivery with what the ledger says of it."""

    delivery: Delivery
    line: Line


def deliveries(plan: Plan, channel: str = "") -> Iterator[Delivery]:
    """Yield every delivery of a plan, channel by channel, in the order of the rows."""
    for name, settings in plan.body.channels.items():
        if channel in {"", name}:
            for payload in payloads(plan.words, name, settings, plan.recipients, plan.spoken):
                yield delivery_of(plan.send_id, payload)


def standings(plan: Plan, lines: Mapping[str, Line]) -> Iterator[Standing]:
    """Yield how far each delivery of a plan has come: one at a time, for there may be many."""
    planned = Line(step=Step.PLANNED)
    for delivery in deliveries(plan):
        yield Standing(delivery=delivery, line=lines.get(delivery.key, planned))


def counts(found: Iterable[Standing]) -> dict[str, dict[str, int]]:
    """Return how many deliveries of each channel came to what."""
    counted: dict[str, dict[str, int]] = {}
    for one in found:
        own = counted.setdefault(one.delivery.payload.channel, {})
        own[str(one.line.step)] = own.get(str(one.line.step), 0) + 1
    return counted


def evidence(found: Iterable[Standing], *, remarks: Iterable[str] = ()) -> bytes:
    """Return one line a delivery: the channel, the row by its digest, what became of it.

    Behind that stands what the next hop called it, where it said so, without any address: a row's
    digest is salted, so that it tells nobody who is on the list, and this must not either.
    A letter that is not ASCII stands there as ``?``. ``remarks`` come first, each as a line after
    ``#``.
    """
    lines = [*(f"# {remark}" for remark in remarks), *(_line(one) for one in found)]
    return "".join(f"{line}\n" for line in lines).encode()


def _line(one: Standing) -> str:
    kept = (_UNSEEN.sub("?", word) for word in one.line.id.split() if "@" not in word)
    said = " ".join(kept)[:100]
    words = (one.delivery.payload.channel, one.delivery.row, str(one.line.step), said)
    return " ".join(word for word in words if word)
