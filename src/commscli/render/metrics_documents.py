"""Numbers as a JSON document, and as rows for a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Iterator

from commscli.domain.metrics.many import Month, Spread, Summary
from commscli.domain.metrics.measures import FirstWord, Measures, OfAudience, OfMessage
from commscli.domain.metrics.promises import Promise
from commscli.domain.moments import stamp
from commscli.render.documents import Document
from commscli.render.escaping import one_line
from commscli.render.measure_words import CLAIMED
from commscli.workflow.afterwards.measuring import Measured

COLUMNS = (
    "incident", "declared", "severity", "drill", "measure", "message", "audience", "gate",
    "value", "unit",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""
Value = str | int | None
_Row = tuple[Value, ...]


def metrics_document(measured: Measured) -> Document:
    """Return ``comms/metrics@1``. Times are in seconds."""
    return {
        "schema": "comms/metrics@1",
        "times": CLAIMED,
        "incidents": [measures_document(one) for one in measured.incidents],
        "summary": _summary(measured.summary) if measured.summary else None,
        "drills_left_out": measured.left_out,
    }


def measures_document(one: Measures) -> Document:
    """Return one incident in numbers, as every document shows it."""
    course = one.course
    return {
        "id": course.incident,
        "title": course.title,
        "severity": course.severity,
        "stage": course.stage,
        "drill": course.drill,
        "declared": stamp(course.declared),
        "acknowledgement": _word(one.acknowledgement) if one.acknowledgement else None,
        "audiences": [_audience(audience) for audience in one.audiences],
        "messages": [_message(message) for message in one.messages],
        "promises": [_promise(promise) for promise in one.promises],
        "skips": [
            {"phase": phase, "audience": audience, "why": why}
            for (phase, audience), why in course.skipped.items()
        ],
        "disagreements": one.disagreements,
    }


def _word(word: FirstWord) -> Document:
    return {
        "audience": word.audience,
        "message": word.message,
        "at": stamp(word.at),
        "seconds": word.seconds,
        "in_time": word.in_time,
    }


def _audience(audience: OfAudience) -> Document:
    return {
        "audience": audience.audience,
        "sends": audience.sends,
        "first": _word(audience.first),
        "longest_gap": audience.longest_gap,
    }


def _message(message: OfMessage) -> Document:
    return {
        "message": message.message,
        "audience": message.audience,
        "phase": message.phase,
        "state": message.state,
        "revisions": message.revisions,
        "objections": message.objections,
        "suggestions": message.suggestions,
        "to_send": message.to_send,
        "gates": [
            {
                "gate": gate.gate,
                "state": gate.how,
                "by": list(gate.by),
                "turn": stamp(gate.turn),
                "passed": stamp(gate.passed) if gate.passed else None,
                "seconds": gate.seconds,
                "disagree": gate.disagree,
            }
            for gate in message.gates
        ],
    }


def _promise(promise: Promise) -> Document:
    return {
        "audience": promise.audience,
        "message": promise.message,
        "made": stamp(promise.made),
        "due": stamp(promise.due),
        "state": promise.state,
        "by": promise.by,
        "late": promise.late,
    }


def _summary(summary: Summary) -> Document:
    return {
        "incidents": summary.incidents,
        "acknowledgement": _spread(summary.acknowledgement),
        "to_send": _spread(summary.to_send),
        "gates": {gate: _spread(found) for gate, found in summary.gates.items()},
        "revisions": _spread(summary.revisions),
        "sends": summary.sends,
        "promises": {"kept": summary.kept, "broken": summary.broken},
        "objections": summary.objections,
        "suggestions": summary.suggestions,
        "skips": summary.skips,
        "months": [_month(month) for month in summary.months],
    }


def _spread(spread: Spread) -> Document:
    return {"count": spread.count, "median": spread.median, "p90": spread.p90}


def _month(month: Month) -> Document:
    return {
        "month": month.month,
        "incidents": month.incidents,
        "acknowledgement": month.acknowledgement,
        "to_send": month.to_send,
        "promises": {"kept": month.kept, "broken": month.broken},
    }


def metrics_csv(measured: Measured) -> str:
    """Return a row a number: what a spreadsheet filters and pivots. Times are in seconds."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in measured.incidents:
        course = one.course
        drill = "true" if course.drill else "false"
        begins = (course.incident, stamp(course.declared), course.severity, drill)
        for row in _numbers(one):
            writer.writerow([_cell(value) for value in (*begins, *row)])
    return text.getvalue()


def _cell(value: Value) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    text = one_line(str(value))
    return f"'{text}" if text.startswith(_FORMULA) else text


def _numbers(one: Measures) -> Iterator[_Row]:
    word = one.acknowledgement
    if word:
        yield ("acknowledgement", word.message, word.audience, "", word.seconds, "seconds")
    for audience in one.audiences:
        first = audience.first
        yield ("sends", "", audience.audience, "", audience.sends, "count")
        yield ("first", first.message, audience.audience, "", first.seconds, "seconds")
        if audience.longest_gap is not None:
            yield ("longest-gap", "", audience.audience, "", audience.longest_gap, "seconds")
    yield from _of_messages(one.messages)
    for promise in one.promises:
        named = (promise.message, promise.audience, "")
        yield (f"promise-{promise.state}", *named, promise.late, "seconds late")
    for phase, audience_id in one.course.skipped:
        yield ("skip", phase, audience_id, "", 1, "count")


def _of_messages(messages: Iterable[OfMessage]) -> Iterator[_Row]:
    for message in messages:
        named = (message.message, message.audience)
        for what in ("revisions", "objections", "suggestions"):
            yield (what, *named, "", getattr(message, what), "count")
        if message.to_send is not None:
            yield ("to-send", *named, "", message.to_send, "seconds")
        for gate in message.gates:
            if gate.seconds is not None:
                yield ("gate", *named, gate.gate, gate.seconds, "seconds")
