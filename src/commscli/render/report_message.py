"""The report's summary in the words of a message for colleagues.

It asserts no contributing factors, for the review is not finished: the suspected cause stays in
the report.
"""

from collections.abc import Iterator

from commscli.domain.facts import KEYS
from commscli.domain.moments import is_moment, moment
from commscli.domain.wall_time import when
from commscli.render.escaping import one_line
from commscli.render.measure_words import kept_of, lasted
from commscli.workflow.afterwards.reporting import IncidentReport

_KNOWN = (
    "start", "remedy_applied", "end", "services", "impact", "symptoms", "customers_affected",
    "regions", "remedy", "data_loss",
)  # fmt: skip
_NEEDED = {"end", "data_loss"}
"""What readers look for: where it is missing, the message says so."""


def report_message(report: IncidentReport) -> tuple[str, str]:
    """Return the subject and the body."""
    incident = report.incident
    title = one_line(incident.title)
    subject = f"[{incident.severity}] {title}: summary of the incident"
    return subject, "\n".join(_body(report, title)) + "\n"


def _body(report: IncidentReport, title: str) -> Iterator[str]:
    facts = report.incident.facts
    yield f"This is the summary of the incident “{title}”, made from its records."
    yield "It asserts no contributing factors, because the review is not finished."
    yield ""
    if facts.get("summary"):
        yield facts["summary"]
        yield ""
    for key in _KNOWN:
        if facts.get(key) or key in _NEEDED:
            value = _value(report, key) or "not known yet"
            yield f"- {key.replace('_', ' ').capitalize()}: {value}"
    start, end = facts.get("start", ""), facts.get("end", "")
    if is_moment(start) and is_moment(end):
        yield f"- It lasted {lasted((moment(end) - moment(start)).total_seconds())}."
    yield ""
    yield from _communication(report)
    yield from _next(report)


def _value(report: IncidentReport, key: str) -> str:
    value = report.incident.facts.get(key, "")
    timed = KEYS[key].kind == "time" and is_moment(value)
    return when(value, report.settings.zone) if timed else value


def _communication(report: IncidentReport) -> Iterator[str]:
    one = report.measures
    word = one.acknowledgement
    first = f"{lasted(word.seconds)} after the declaration" if word else "nothing was sent to them"
    yield "How we communicated:"
    yield ""
    yield f"- First word to those affected: {first}"
    yield f"- Promised updates kept: {kept_of(one.kept, one.broken)}"
    yield f"- Messages sent: {one.sends}"
    yield ""


def _next(report: IncidentReport) -> Iterator[str]:
    todo = [one for one in report.follow_ups if not one.done]
    due = _value(report, "postmortem_due")
    yield "What comes next:"
    yield ""
    for one in todo:
        owner = f" ({one.owner}{f', by {one.due}' if one.due else ''})" if one.owner else ""
        yield f"- {one.what}{owner}"
    yield f"- The postmortem is expected by {due}." if due else "- The postmortem follows."
