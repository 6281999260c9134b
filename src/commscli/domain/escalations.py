"""When an escalation is set off: worked out from the course of the incident and its facts.

That one was carried out is a record like that of a clock that was started, under a name of its
own; so it is done once, by somebody who may say so, and everybody can see by whom.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from commscli.domain.clocks.course import RESOLVED, Course
from commscli.domain.severity import SEVERITIES

_PREFIX = "escalation-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """What sets off an escalation; one of the three is given.

    ``severity`` is that one or a worse one, ``after`` the time since the declaration, ``fact``
    a key that has a value.
    """

    severity: str | None = None
    after: timedelta | None = None
    fact: str | None = None

    def since(
        self, course: Course, known: Mapping[str, datetime], now: datetime
    ) -> datetime | None:
        """Return when it was set off; nothing, where it was not.

        ``known`` says since when each fact has a value. What has only to do with time is over
        once nothing is wrong any more: an hour after the declaration of what took ten minutes
        nobody need be told.
        """
        if self.severity is not None:
            return _first_as_bad(course, self.severity)
        if self.after is not None:
            return _passed(course, course.declared + self.after, now)
        return known.get(self.fact or "")


def _first_as_bad(course: Course, severity: str) -> datetime | None:
    bad = SEVERITIES[: SEVERITIES.index(severity) + 1]
    return next((s.since for s in course.stretches if s.severity in bad), None)


def _passed(course: Course, then: datetime, now: datetime) -> datetime | None:
    over = course.at(then).phase in RESOLVED or (course.closed and course.closed <= then)
    return None if now < then or over else then


def record_name(escalation: str) -> str:
    """Return the name under which a record says that an escalation was carried out."""
    return f"{_PREFIX}{escalation}"


def escalation_named(clock: str) -> str:
    """Return the escalation that a record of this name is about; nothing, where it is a clock."""
    return clock.removeprefix(_PREFIX) if clock.startswith(_PREFIX) else ""
