"""The report as Markdown: a part that is generated, and a page in which people write too."""

import re
from collections.abc import Callable, Iterable, Iterator

from commscli.render.escaping import inert, one_line
from commscli.render.measure_words import CLAIMED, NONE
from commscli.render.report_sections import Section, Table, sections
from commscli.workflow.afterwards.reporting import IncidentReport

_MARKS = re.compile(
    r"[\\`*\[\]|~]|(?<!\w)_|_(?!\w)|^[-+=#](?=[\s=#-]|$)|^[0-9]{1,9}(?=[.)])|(?<!\w)@"
)


def plain_text(text: str) -> str:
    """Return somebody's words as one line of Markdown that is nothing but these words."""
    line = one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MARKS.sub(lambda found: _escaped(found[0]), line).strip()


def _escaped(mark: str) -> str:
    """Return a mark spelled so that it is none; a number's full stop is what makes a list."""
    if mark.isdigit():
        return f"{mark}\\"
    return f"\\{mark}" if mark != "@" else "&#64;"


def first_page(report: IncidentReport) -> bytes:
    """Return the page before anything is generated into it: a place for people to write."""
    drill = "DRILL: " if report.incident.drill else ""
    title = plain_text(f"{drill}{report.incident.title}")
    return (
        f"# Incident report: {title}\n\n"
        "## Follow-ups\n\n"
        "<!-- One a line: - [ ] what is to do (owner: NAME, due: 2026-12-04) -->\n"
    ).encode()


def report_part(report: IncidentReport) -> bytes:
    """Return the generated part."""
    return ("\n".join(_part(report)) + "\n").encode()


def _part(report: IncidentReport) -> Iterator[str]:
    incident = report.incident
    drill = " **This was a drill.**" if incident.drill else ""
    yield f"*{plain_text(incident.id)}*, {plain_text(incident.phase)}, {incident.stage}.{drill}"
    yield ""
    for section in sections(report):
        yield from _section(section)
    yield "## What this rests on"
    yield ""
    says = f"The check of the whole history says: **{report.outcome}**."
    yield f"The records of this incident. {CLAIMED} {says}"


def _section(section: Section) -> Iterator[str]:
    yield f"## {section.title}"
    yield ""
    labelled = [(label, text) for label, text in section.lines if label]
    for label, text in section.lines:
        if not label:
            yield _paragraph(text)
            yield ""
    for label, text in labelled:
        yield f"- **{plain_text(label)}**: {_none_or(text, _paragraph)}"
    if labelled:
        yield ""
    for title, table in section.tables:
        if title:
            yield f"### {title}"
            yield ""
        yield from _table(table)
        yield ""


def _paragraph(text: str) -> str:
    return inert(plain_text(text))


def _table(table: Table) -> Iterator[str]:
    if not table.rows:
        yield _paragraph(table.empty)
        return
    yield _row(table.head)
    yield "|" + "---|" * len(table.head)
    yield from (_row(row) for row in table.rows)


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(_none_or(cell, plain_text) for cell in cells) + " |"


def _none_or(text: str, shown: Callable[[str], str]) -> str:
    """Return our dash for nothing as it is: where no line begins, it makes no list."""
    return NONE if text == NONE else shown(text)
