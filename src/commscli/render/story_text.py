"""The story of an incident, a line a record."""

from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

from commscli.domain.moments import moment
from commscli.render.escaping import one_line
from commscli.render.human import Paint, paragraph
from commscli.workflow.incident.story import Event


def story_text(events: Iterable[Event], zone: ZoneInfo, paint: Paint) -> str:
    """Return the events; times are what each person claims, in the organisation's zone."""
    lines: list[str] = []
    day = ""
    for event in events:
        at = moment(event.at).astimezone(zone)
        if day != at.date().isoformat():
            day = at.date().isoformat()
            lines.append(paint(f"{day} ({at.tzname()})", "bold"))
        about = f"{event.message}: " if event.message else ""
        void = "" if event.valid else " [counts for nothing]"
        text = f"{event.person} {one_line(about + event.text)}{void}"
        lines += paragraph(text, f"{at:%H:%M}  ", "       ")
    return "\n".join(lines) + "\n"


def facts_text(facts: Mapping[str, str]) -> str:
    """Return facts as ``comms fact set`` takes them, a line each."""
    return "".join(f"{key}={one_line(value)}\n" for key, value in facts.items())
