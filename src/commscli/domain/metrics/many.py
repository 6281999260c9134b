"""Many incidents in numbers: what is usual, what is bad, and where it goes by month."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from math import ceil
from statistics import median

from commscli.domain.metrics.measures import Measures

_NINETY = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Some numbers: how many, the middle one, the one that nine in ten do not exceed."""

    count: int
    median: float | None
    p90: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """The incidents declared in one month, such as ``2026-11``. Seconds."""

    month: str
    incidents: int
    acknowledgement: float | None
    to_send: float | None
    kept: int
    broken: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Several incidents together. Spreads of times are in seconds."""

    incidents: int
    acknowledgement: Spread
    to_send: Spread
    gates: Mapping[str, Spread]
    revisions: Spread
    sends: int
    kept: int
    broken: int
    objections: int
    suggestions: int
    skips: int
    months: tuple[Month, ...]


def spread(numbers: Iterable[int]) -> Spread:
    """Return the spread of numbers; p90 is by nearest rank, always one of them."""
    ordered = sorted(numbers)
    if not ordered:
        return Spread(count=0, median=None, p90=None)
    rank = ceil(_NINETY * len(ordered))
    return Spread(count=len(ordered), median=median(ordered), p90=ordered[rank - 1])


def summarise(measures: Sequence[Measures], zone: tzinfo) -> Summary:
    """Put incidents together. ``zone`` decides in which month one was declared."""
    messages = [message for one in measures for message in one.messages]
    times: dict[str, list[int]] = {}
    for message in messages:
        for gate in message.gates:
            found = times.setdefault(gate.gate, [])  # the open ones too keep their place in order
            found += [gate.seconds] if gate.seconds is not None else []
    return Summary(
        incidents=len(measures),
        acknowledgement=spread(_acknowledged(measures)),
        to_send=spread(_to_send(measures)),
        gates={gate: spread(found) for gate, found in times.items() if found},
        revisions=spread(message.revisions for message in messages),
        sends=sum(one.sends for one in measures),
        kept=sum(one.kept for one in measures),
        broken=sum(one.broken for one in measures),
        objections=sum(message.objections for message in messages),
        suggestions=sum(message.suggestions for message in messages),
        skips=sum(len(one.course.skipped) for one in measures),
        months=tuple(_months(measures, zone)),
    )


def _months(measures: Sequence[Measures], zone: tzinfo) -> Iterable[Month]:
    found: dict[str, list[Measures]] = {}
    for one in measures:
        month = one.course.declared.astimezone(zone).strftime("%Y-%m")
        found.setdefault(month, []).append(one)
    for month, some in sorted(found.items()):
        yield Month(
            month=month,
            incidents=len(some),
            acknowledgement=spread(_acknowledged(some)).median,
            to_send=spread(_to_send(some)).median,
            kept=sum(one.kept for one in some),
            broken=sum(one.broken for one in some),
        )


def _acknowledged(measures: Iterable[Measures]) -> Iterable[int]:
    return [one.acknowledgement.seconds for one in measures if one.acknowledgement]


def _to_send(measures: Iterable[Measures]) -> Iterable[int]:
    return [m.to_send for one in measures for m in one.messages if m.to_send is not None]
