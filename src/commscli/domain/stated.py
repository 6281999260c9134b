"""What a text states of an incident, as far as its words tell: begin, end, severity, customers.

This reads English, in the forms in which people and the shipped templates say it. It misses what
is put otherwise; what it finds is a reason to look, and never a verdict.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

ROUGHLY = 15
"""Minutes by which a time that is called "about" something may be off."""
_HOW = r":?(?P<how>(?:\s+(?:at|around|about|approximately|roughly))*)\s+"
_TIME = (
    r"(?P<hour>[01]?\d|2[0-3])[:.](?P<minute>[0-5]\d)(?!\d)"
    r"(?:\s?(?P<half>[ap])\.?m\b\.?)?(?:\s(?P<zone>(?-i:[A-Z]{2,5}))\b)?"
)
_BEGAN = re.compile(
    rf"(?:\bbegan|\bbegun|(?<!\bwe )\bstarted|\bstart(?:ing)?){_HOW}{_TIME}", re.IGNORECASE
)
_ENDED = re.compile(
    rf"(?:\bended|\bend|\bresolved|\brestored|\brecovered){_HOW}{_TIME}", re.IGNORECASE
)
_SINCE = re.compile(rf"\bsince{_HOW}{_TIME}", re.IGNORECASE)
_WELL = re.compile(r"\b(?:again|back|over|fixed|resolved|restored|recovered)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_SEVERITY = re.compile(r"\bSEV-?\s?(?P<number>[1-5])\b", re.IGNORECASE)
_COUNT = r"(?P<count>\d{1,3}(?:[ ,.']\d{3})+|\d+)(?P<share>\s?%)?(?![\d:])"
_CUSTOMERS = re.compile(
    rf"(?<![\d:.,]){_COUNT}\s+(?:of\s+)?(?:(?:our|all|the)\s+)?(?:customers|clients|users)\b"
    rf"|\bcustomers affected:\s+{_COUNT.replace('count', 'counted').replace('share', 'part')}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """One value, as it was said. Times of day are minutes after midnight; days are not told."""

    value: str
    minutes: int | None = None
    rough: bool = False
    zone: str = ""

    def agrees(self, other: "Stated") -> bool:
        """Whether both may be the same; what cannot be compared, as times in two zones, may."""
        if self.minutes is None or other.minutes is None:
            share = self.value.endswith("%") != other.value.endswith("%")
            return share or self.value == other.value
        if self.zone and other.zone and self.zone != other.zone:
            return True
        apart = abs(self.minutes - other.minutes)
        return min(apart, 24 * 60 - apart) <= (ROUGHLY if self.rough or other.rough else 0)


def stated(text: str) -> Mapping[str, tuple[Stated, ...]]:
    """Return what a text states, by the key of the fact."""
    found: dict[str, list[Stated]] = {}
    for sentence in _SENTENCE.split(text):
        for key, value in _in(sentence):
            found.setdefault(key, []).append(value)
    return MappingProxyType({key: tuple(values) for key, values in found.items()})


def _in(sentence: str) -> Iterator[tuple[str, Stated]]:
    yield from (("start", _time(match)) for match in _BEGAN.finditer(sentence))
    yield from (("end", _time(match)) for match in _ENDED.finditer(sentence))
    since = "end" if _WELL.search(sentence) else "start"
    yield from ((since, _time(match)) for match in _SINCE.finditer(sentence))
    for match in _SEVERITY.finditer(sentence):
        yield "severity", Stated(value=f"SEV-{match['number']}")
    for match in _CUSTOMERS.finditer(sentence):
        count = re.sub(r"\D", "", match["count"] or match["counted"])
        share = "%" if match["share"] or match["part"] else ""
        yield "customers_affected", Stated(value=f"{count}{share}")


def _time(match: re.Match[str]) -> Stated:
    hour, minute = int(match["hour"]), int(match["minute"])
    if match["half"]:
        hour = hour % 12 + (12 if match["half"].lower() == "p" else 0)
    return Stated(
        value=f"{hour:02}:{minute:02}",
        minutes=hour * 60 + minute,
        rough=bool(set(match["how"].lower().split()) - {"at"}),
        zone=match["zone"] or "",
    )
