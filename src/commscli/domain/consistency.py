"""Two audiences told different facts, and words elsewhere that say another thing than messages.

What each audience was told last counts: a correction, or the next update, settles it. Of the words
that were said elsewhere, those that were said last in one place count.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from commscli.domain.clocks.patterns import Pattern
from commscli.domain.moments import stamp
from commscli.domain.stated import Stated, stated

INCONSISTENT = "inconsistent-messages"
NAMES: Mapping[str, str] = MappingProxyType({
    "start": "start", "end": "end", "severity": "severity", "customers_affected": "customers",
})  # fmt: skip
"""The facts that are looked for, and how they are called here."""
CHANGING = frozenset({"severity", "customers_affected"})
TOGETHER = timedelta(hours=1)
"""Within this time two values of a fact that changes are two versions of one moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Uttered:
    """Words that reached somebody: an audience by a message, or whoever heard them elsewhere."""

    who: str
    """The audience, or the place where it was said."""
    at: datetime
    text: str
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Last:
    """The last words to somebody that state a fact."""

    uttered: Uttered
    values: tuple[Stated, ...]

    def contradicts(self, other: "_Last", key: str) -> bool:
        """Whether no value of one may be the same as one of the other."""
        if key in CHANGING and abs(self.uttered.at - other.uttered.at) >= TOGETHER:
            return False
        return not any(mine.agrees(theirs) for mine in self.values for theirs in other.values)

    @property
    def value(self) -> str:
        """What was stated, for people."""
        return " and ".join(dict.fromkeys(one.value for one in self.values))


def inconsistencies(told: Iterable[Uttered], said: Iterable[Uttered]) -> Iterator[Pattern]:
    """Yield each audience, and each place, whose last words contradict the last message."""
    by_audience, by_place = _last(told), _last(said)
    for key in NAMES:
        audiences = [last[key] for last in by_audience.values() if key in last]
        if not audiences:
            continue
        newest = max(audiences, key=lambda last: last.uttered.at)
        places = [last[key] for last in by_place.values() if key in last]
        for last in (*audiences, *places):
            if last is not newest and last.contradicts(newest, key):
                yield _pattern(key, last, newest)


def _last(uttered: Iterable[Uttered]) -> dict[str, dict[str, _Last]]:
    found: dict[str, dict[str, _Last]] = {}
    for one in sorted(uttered, key=lambda one: one.at):
        for key, values in stated(one.text).items():
            found.setdefault(one.who, {})[key] = _Last(uttered=one, values=values)
    return found


def _pattern(key: str, last: _Last, newest: _Last) -> Pattern:
    one, other = last.uttered, newest.uttered
    mine = (
        f"{one.who} was told the {NAMES[key]} {last.value} ({one.message}, {stamp(one.at)})"
        if one.message
        else f"the {NAMES[key]} was said to be {last.value} ({one.who}, {stamp(one.at)})"
    )
    return Pattern(
        id=INCONSISTENT,
        audience=one.who if one.message else "",
        message=one.message,
        text=f"{mine}, and {other.who} {newest.value} ({other.message}, {stamp(other.at)})",
        key=f"{key} {one.who} {stamp(one.at)} {other.message}",
        open=True,
    )
