"""How communication went, in numbers, on a screen of 80 columns."""

from collections.abc import Iterator, Mapping, Sequence

from commscli.domain.metrics.many import Summary
from commscli.domain.metrics.measures import Measures, OfMessage
from commscli.domain.metrics.promises import BROKEN, Promise
from commscli.domain.wall_time import near
from commscli.render.escaping import one_line
from commscli.render.human import Paint, drilled, flowing, labelled, paragraph
from commscli.render.measure_words import (
    CLAIMED,
    NONE,
    disagreement,
    first_word,
    kept_of,
    lasted,
    middle,
)
from commscli.workflow.afterwards.measuring import Measured
from commscli.workflow.settings import Settings

_NAME = 44


def metrics_text(measured: Measured, paint: Paint) -> str:
    """Return one incident in detail, or several together."""
    if measured.summary is None:
        lines = [line for one in measured.incidents for line in _one(one, measured.settings, paint)]
    else:
        lines = list(_together(measured, measured.summary, paint))
    return "\n".join([*lines, "", *paragraph(CLAIMED)]) + "\n"


def _one(one: Measures, settings: Settings, paint: Paint) -> Iterator[str]:
    course = one.course
    name = drilled(f"{course.incident}: {course.title}", drill=course.drill)
    for line in paragraph(name, "", "    "):
        yield paint(line, "bold")
    late = one.acknowledgement is not None and not one.acknowledgement.in_time
    style = "red" if late else "green"
    yield from labelled("first word", first_word(one.acknowledgement), paint, style)
    yield from _audiences(one, settings)
    yield from _messages(one.messages)
    yield from _promises(one.promises, one, settings, paint)
    for (phase, audience), why in course.skipped.items():
        text = f"{_name(settings, audience)} in {phase}: {why}"
        yield from labelled("skipped", text, paint, "dim")
    if one.disagreements:
        yield from labelled("clocks", disagreement(one), paint, "yellow")


def _audiences(one: Measures, settings: Settings) -> Iterator[str]:
    yield ""
    yield f"{'audience':<{_NAME}}{'sends':>6}{'first':>14}{'longest gap':>15}"
    for audience in one.audiences:
        name = _short(_name(settings, audience.audience))
        first, gap = lasted(audience.first.seconds), lasted(audience.longest_gap)
        yield f"{name:<{_NAME}}{audience.sends:>6}{first:>14}{gap:>15}"
    if not one.audiences:
        yield "nothing was sent"


def _messages(messages: Sequence[OfMessage]) -> Iterator[str]:
    yield ""
    yield f"{'message':<{_NAME}}{'revs':>6}{'obj.':>6}{'sugg.':>6}{'to send':>16}"
    for message in messages:
        state = message.state.replace("-", " ")
        sent = lasted(message.to_send) if message.to_send is not None else state
        counts = f"{message.revisions:>6}{message.objections:>6}{message.suggestions:>6}"
        yield f"{_short(message.message):<{_NAME}}{counts}{sent:>16}"
        if any(gate.seconds is not None for gate in message.gates):
            times = (f"{gate.gate} {_gate(gate.seconds, gate.how)}" for gate in message.gates)
            yield from flowing(times, "    ")
    if not messages:
        yield "none was drafted"


def _gate(seconds: int | None, how: str) -> str:
    return lasted(seconds) if seconds is not None else how


def _promises(
    promises: Sequence[Promise], one: Measures, settings: Settings, paint: Paint
) -> Iterator[str]:
    yield ""
    running = len(promises) - one.kept - one.broken
    text = f"{one.kept} kept, {one.broken} broken" + (f", {running} running" if running else "")
    yield from labelled("promised updates", text if promises else "none", paint, "bold")
    for promise in promises:
        if promise.state == BROKEN:
            due = near(promise.due, one.course.declared, settings.zone)
            came = f"came {lasted(promise.late)} late" if promise.by else "nothing has come since"
            said = f"{promise.message} to {_name(settings, promise.audience)}"
            yield from labelled("broken", f"{said}, due {due}: {came}", paint, "red")


def _together(measured: Measured, summary: Summary, paint: Paint) -> Iterator[str]:
    months = [month.month for month in summary.months]
    count = "1 incident" if summary.incidents == 1 else f"{summary.incidents} incidents"
    left = f"; drills left out: {measured.left_out}" if measured.left_out else ""
    yield paint(f"{count}, {months[0]} to {months[-1]}{left}", "bold")
    yield ""
    yield f"{'':<{_NAME}}{'count':>8}{'median':>14}{'p90':>14}"
    yield _row("first word to those affected", *middle(summary.acknowledgement))
    yield _row("first revision to send", *middle(summary.to_send))
    for gate, spread in summary.gates.items():
        yield _row(f"gate {gate}", *middle(spread))
    revisions = summary.revisions
    number = f"{revisions.median:g}" if revisions.median is not None else NONE
    p90 = str(revisions.p90) if revisions.p90 is not None else NONE
    yield _row("revisions of a message", str(revisions.count), number, p90)
    yield ""
    yield from flowing(_counts(summary), "")
    yield ""
    yield from _months(summary)


def _row(what: str, count: str, median: str, p90: str) -> str:
    return f"{_short(what):<{_NAME}}{count:>8}{median:>14}{p90:>14}"


def _counts(summary: Summary) -> Iterator[str]:
    counts: Mapping[str, int | str] = {
        "sends": summary.sends,
        "promised updates kept": kept_of(summary.kept, summary.broken),
        "objections": summary.objections,
        "suggestions": summary.suggestions,
        "skips": summary.skips,
    }
    return (f"{what}: {count}" for what, count in counts.items())


def _months(summary: Summary) -> Iterator[str]:
    yield f"{'month':<12}{'incidents':>11}{'first word':>17}{'to send':>17}{'promises kept':>19}"
    for month in summary.months:
        first, sent = lasted(month.acknowledgement), lasted(month.to_send)
        kept = kept_of(month.kept, month.broken)
        yield f"{month.month:<12}{month.incidents:>11}{first:>17}{sent:>17}{kept:>19}"


def _name(settings: Settings, audience: str) -> str:
    known = settings.audiences.get(audience)
    return one_line(known.name if known else audience)


def _short(name: str) -> str:
    return name if len(name) < _NAME else f"{name[: _NAME - 2]}…"
