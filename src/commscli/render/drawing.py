"""A little SVG: shapes as text, every word in them escaped, colours left to the page's style."""

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from html import escape

from commscli.render.escaping import one_line

_STEPS = tuple(
    timedelta(minutes=minutes)
    for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 240, 360, 720, 1440, 2880, 10080, 43200)
)
_MOST_TICKS = 7


def words(text: str) -> str:
    """Return somebody's words as text of a page: no mark-up, nothing that steers or hides."""
    return escape(one_line(text))


def svg(label: str, width: int, height: int, parts: Sequence[str]) -> str:
    """Return a drawing that a screen reader names, and that a narrow screen scrolls."""
    inner = "\n".join(parts)
    return (
        f'<div class="drawing"><svg role="img" aria-label="{words(label)}" '
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}">\n{inner}\n</svg></div>'
    )


def text(x: float, y: float, said: str, kind: str = "", anchor: str = "start") -> str:
    """Return a line of text."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{words(said)}</text>'
    )


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    """Return a line."""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}"/>'


def box(x: float, y: float, width: float, height: float, kind: str, said: str) -> str:
    """Return a bar that says what it is under the pointer."""
    place = f'x="{x:.1f}" y="{y:.1f}" width="{max(1.0, width):.1f}" height="{height:.1f}"'
    return f'<rect {place} rx="3" class="{kind}"><title>{words(said)}</title></rect>'


def dot(x: float, y: float, radius: float, kind: str, said: str) -> str:
    """Return a dot that says what it is under the pointer."""
    place = f'cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"'
    return f'<circle {place} class="{kind}"><title>{words(said)}</title></circle>'


def ticks(first: datetime, last: datetime, zone: tzinfo) -> list[tuple[datetime, str]]:
    """Return round times between two others, at most seven, each as people of a zone say it."""
    span = last - first
    step = next((s for s in _STEPS if span / s <= _MOST_TICKS), _STEPS[-1])
    midnight = first.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    at = midnight + step * ((first - midnight) // step + 1)
    found: list[tuple[datetime, str]] = []
    while at < last and len(found) <= _MOST_TICKS:
        local = at.astimezone(zone)
        form = "%H:%M" if step < timedelta(days=1) and span < timedelta(days=1) else "%d %b %H:%M"
        found.append((at, local.strftime(form)))
        at += step
    return found
