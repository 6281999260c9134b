"""The report as one HTML file that needs nothing: no script, no network, light, dark or paper."""

from collections.abc import Iterable, Iterator

from commscli.render.drawing import words
from commscli.render.human import drilled
from commscli.render.measure_words import CLAIMED, kept_of, lasted
from commscli.render.report_drawings import gate_chart, timeline
from commscli.render.report_sections import NOT_RECORDED, Section, Table, sections
from commscli.render.report_style import STYLE
from commscli.workflow.afterwards.reporting import IncidentReport

GENERATOR = '<meta name="generator" content="comms report">'
"""By this a page is known as one that may be written anew."""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_DRAWN = {"Timeline of response": timeline, "How communication went": gate_chart}
_KEY = (
    '<p class="key"><span><i class="send"></i>sent</span> <span><i class="kept"></i>promised '
    'update, kept</span> <span><i class="broken"></i>promised, broken</span> <span><i class="late">'
    "</i>silence after it</span></p>"
)
_GATES = '<h3>Time that each gate took</h3><p class="key">bar: median · dot: one message</p>'


def report_page(report: IncidentReport) -> str:
    """Return the page."""
    return "\n".join(_page(report)) + "\n"


def _page(report: IncidentReport) -> Iterator[str]:
    incident = report.incident
    yield "<!doctype html>"
    yield '<html lang="en">'
    yield "<head>"
    yield '<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="referrer" content="no-referrer">'
    yield GENERATOR
    title = words(drilled(incident.title, drill=incident.drill))
    yield f"<title>{title}: incident report</title>"
    yield f"<style>{STYLE}</style>"
    yield "</head>"
    yield "<body>"
    yield "<main>"
    yield from _head(report)
    for section in sections(report):
        yield from _section(report, section)
    yield "</main>"
    yield "<footer>"
    yield f"<p>Made from the records of this incident. {words(CLAIMED)}</p>"
    yield f"<p>The check of the whole history says: <strong>{words(report.outcome)}</strong>.</p>"
    yield "</footer>"
    yield "</body>"
    yield "</html>"


def _head(report: IncidentReport) -> Iterator[str]:
    incident, one = report.incident, report.measures
    if incident.drill:
        yield '<p class="drill">This was a drill.</p>'
    organisation = report.settings.organisation.organisation
    yield f'<p class="over">{words(organisation)} · incident report</p>'
    yield f"<h1>{words(drilled(incident.title, drill=incident.drill))}</h1>"
    yield f'<p class="under">{words(incident.id)} · {words(incident.phase)} · {incident.stage}</p>'
    word = one.acknowledgement
    style = "" if word is None or word.in_time else " bad"
    yield '<dl class="figures">'
    yield _figure("Severity", incident.severity)
    yield _figure("First word", lasted(word.seconds) if word else "none", style)
    broken = " bad" if one.broken else ""
    yield _figure("Promises kept", kept_of(one.kept, one.broken), broken)
    yield _figure("Sends", str(one.sends))
    yield _figure("Objections", str(one.total("objections")))
    yield _figure("Skips", str(len(incident.skipped)))
    yield "</dl>"


def _figure(label: str, value: str, style: str = "") -> str:
    return f'<div class="figure{style}"><dt>{label}</dt><dd>{words(value)}</dd></div>'


def _section(report: IncidentReport, section: Section) -> Iterator[str]:
    yield "<section>"
    yield f"<h2>{words(section.title)}</h2>"
    labelled = [(label, text) for label, text in section.lines if label]
    for label, text in section.lines:
        if not label:
            yield f"<p>{_value(text)}</p>"
    if labelled:
        yield '<dl class="lines">'
        yield from (f"<dt>{words(label)}</dt><dd>{_value(text)}</dd>" for label, text in labelled)
        yield "</dl>"
    if section.title in _DRAWN:
        yield from _drawn(report, section.title)
    for title, table in section.tables:
        if title:
            yield f"<h3>{words(title)}</h3>"
        yield from _table(table)
    yield "</section>"


def _drawn(report: IncidentReport, title: str) -> Iterator[str]:
    drawing = _DRAWN[title](report)
    if not drawing:
        return
    if title == "Timeline of response":
        yield _KEY
    else:
        yield _GATES
    yield drawing


def _value(text: str) -> str:
    return f'<span class="none">{text}</span>' if text == NOT_RECORDED else words(text)


def _table(table: Table) -> Iterator[str]:
    if not table.rows:
        yield f"<p>{_value(table.empty)}</p>"
        return
    yield "<table>"
    yield f"<thead><tr>{_cells('th', table.head, table.head)}</tr></thead>"
    yield "<tbody>"
    for row in table.rows:
        yield f"<tr>{_cells('td', row, table.head)}</tr>"
    yield "</tbody>"
    yield "</table>"


def _cells(tag: str, cells: Iterable[str], head: Iterable[str]) -> str:
    """Return cells that carry their column's name: a narrow screen shows it beside them."""
    pairs = zip(cells, head, strict=True)
    scope = ' scope="col"' if tag == "th" else ""
    return "".join(
        f'<{tag}{scope} data-label="{words(label)}">{_value(cell)}</{tag}>' for cell, label in pairs
    )
