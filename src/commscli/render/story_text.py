"""The story of an incident, a line a record."""

import re
from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

from commscli.domain.incident import Incident
from commscli.domain.moments import is_moment, moment
from commscli.domain.wall_time import when
from commscli.render.escaping import one_line
from commscli.render.human import Paint, drilled, paragraph
from commscli.workflow.incident.story import Event

_TIMED = frozenset({"fact", "clock-started", "clock-met"})
"""Kinds of records that may be about a time."""
_TIME = re.compile(r"(?:(?<= = )|(?<=, as of ))[0-9TZ:-]{20}(?=$|: )")


def story_text(incident: Incident, events: Iterable[Event], zone: ZoneInfo, paint: Paint) -> str:
    """Return the events; times are what each person claims, in the organisation's zone."""
    lines = [paint(drilled(one_line(incident.id), drill=True), "bold")] if incident.drill else []
    day = ""
    for event in events:
        at = moment(event.at).astimezone(zone)
        if day != at.date().isoformat():
            day = at.date().isoformat()
            lines.append(paint(f"{day} ({at.tzname()})", "bold"))
        about = f"{event.message}: " if event.message else ""
        void = "" if event.valid else " [counts for nothing]"
        text = f"{event.person} {one_line(about + told_in(event, zone))}{void}"
        lines += paragraph(text, f"{at:%H:%M}  ", "       ")
    return "\n".join(lines) + "\n"


def told_in(event: Event, zone: ZoneInfo) -> str:
    """Return what an event says; the time that it is about, as people of that zone read it."""
    if event.kind not in _TIMED:
        return event.text
    return _TIME.sub(lambda t: when(t[0], zone) if is_moment(t[0]) else t[0], event.text, count=1)


def facts_text(facts: Mapping[str, str]) -> str:
    """Return facts as ``comms fact set`` takes them, a line each."""
    return "".join(f"{key}={one_line(value)}\n" for key, value in facts.items())
