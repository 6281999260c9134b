"""The course of an incident, as far as clocks look at it: who was told when, and how bad it was.

These are plain values, so that every clock can be worked out, and tested, without a repository.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from commscli.domain.phases import PHASES

RESOLVED = frozenset(PHASES[PHASES.index("resolution") :])
"""The phases in which nothing is wrong any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One real send to one audience. ``promised`` is the time of the next update, if named."""

    audience: str
    phase: str
    at: datetime
    message: str
    promised: datetime | None = None
    channels: frozenset[str] = frozenset()
    words: str = ""
    """The digest of the draft: equal where the same text left again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A time in which phase and severity stayed the same. The last one has no end."""

    phase: str
    severity: str
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Everything about one incident that a clock asks. ``told`` and ``stretches`` by time."""

    told: Sequence[Told]
    stretches: Sequence[Stretch]
    skipped: Mapping[tuple[str, str], str]
    closed: datetime | None = None
    """Since when nobody works on it any more."""

    @property
    def declared(self) -> datetime:
        """When the incident was declared."""
        return self.stretches[0].since

    @property
    def now(self) -> Stretch:
        """The phase and severity that it is in."""
        return self.stretches[-1]

    def at(self, time: datetime) -> Stretch:
        """Return the phase and severity that it was in at a time."""
        begun = [stretch for stretch in self.stretches if stretch.since <= time]
        return begun[-1] if begun else self.stretches[0]

    @property
    def resolved(self) -> datetime | None:
        """Since when nothing is wrong any more; nothing, where something is (again)."""
        since: datetime | None = None
        for stretch in self.stretches:
            if stretch.phase not in RESOLVED:
                since = None
            elif since is None:
                since = stretch.since
        return since

    def to(self, audience: str) -> list[Told]:
        """Return what an audience was told, in order."""
        return [told for told in self.told if told.audience == audience]

    def first(
        self, audiences: Iterable[str], *, since: datetime | None = None, phase: str = ""
    ) -> Told | None:
        """Return the first send to any of some audiences, from a time on, of a phase."""
        wanted = set(audiences)
        return next((
            told
            for told in self.told
            if told.audience in wanted
            and (since is None or told.at >= since)
            and phase in {"", told.phase}
        ), None)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """The time between two sends to an audience, or from the declaration to the first."""

    since: datetime
    until: Told | None
    after: Told | None


def gaps(course: Course, audience: str) -> Iterator[Gap]:
    """Yield the times in which an audience waited; the last is the one that lasts."""
    since, after = course.declared, None
    for told in course.to(audience):
        yield Gap(since=since, until=told, after=after)
        since, after = told.at, told
    yield Gap(since=since, until=None, after=after)
