"""What a report shows at a glance: when who was told what, and how long each gate took."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from commscli.domain.metrics.many import spread
from commscli.domain.metrics.promises import RUNNING, Promise
from commscli.domain.moments import is_moment, moment
from commscli.render.drawing import box, dot, line, svg, text, ticks
from commscli.render.measure_words import lasted
from commscli.render.report_sections import audience_name
from commscli.workflow.afterwards.reporting import IncidentReport

_WIDTH, _LEFT, _RIGHT = 760, 170, 14
_TOP, _LANE = 26, 30
_NAME, _EDGE = 24, 50
_LETTER = 6.6
"""How wide a letter is about, to know which words fit into a bar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Axis:
    """Times from left to right."""

    first: datetime
    last: datetime

    def x(self, at: datetime) -> float:
        share = (at - self.first) / (self.last - self.first)
        return _LEFT + min(1.0, max(0.0, share)) * (_WIDTH - _LEFT - _RIGHT)


def timeline(report: IncidentReport) -> str:
    """Draw phases, and for each audience what was sent and what was promised."""
    axis = _axis(report)
    audiences = list(dict.fromkeys(m.audience for m in report.measures.messages))
    height = _TOP + _LANE * (len(audiences) + 1) + 10
    parts = [*_grid(report, axis, height), *_phases(report, axis)]
    for number, audience in enumerate(audiences, 1):
        parts += _lane(report, axis, audience, _TOP + _LANE * number + _LANE / 2)
    return svg("Timeline: phases, sends and promised updates", _WIDTH, height, parts)


def _axis(report: IncidentReport) -> _Axis:
    """Return the time of the response: what comes days after the resolution is in the table."""
    known = [moment(event.at) for event in report.events]
    facts = (report.incident.facts.get(key, "") for key in ("start", "end"))
    known += [moment(fact) for fact in facts if is_moment(fact)]
    known += [p.due for p in report.measures.promises if p.state != RUNNING]
    resolved = [moment(change.at) for change in report.phases if change.value == "resolution"]
    first, last = min(known), max(known)
    if resolved:
        last = min(last, resolved[-1] + (resolved[-1] - first) / 6)
    margin = max(timedelta(minutes=2), (last - first) / 60)
    return _Axis(first=first - margin, last=last + margin)


def _grid(report: IncidentReport, axis: _Axis, height: int) -> Iterator[str]:
    for at, label in ticks(axis.first, axis.last, report.settings.zone):
        yield line(axis.x(at), _TOP - 6, axis.x(at), height, "grid")
        anchor = "end" if axis.x(at) > _WIDTH - _EDGE else "middle"
        yield text(axis.x(at), _TOP - 12, label, "small", anchor)


def _phases(report: IncidentReport, axis: _Axis) -> Iterator[str]:
    yield text(0, _TOP + 20, "Phase")
    changes = report.phases
    for number, change in enumerate(changes):
        if moment(change.at) > axis.last:
            break
        start = axis.x(moment(change.at))
        more = number + 1 < len(changes)
        end = axis.x(moment(changes[number + 1].at)) if more else axis.x(axis.last)
        yield box(start, _TOP + 4, end - start - 2, _LANE - 8, f"phase p{number % 2}", change.value)
        if end - start > len(change.value) * _LETTER + 12:
            yield text(start + 7, _TOP + 20, change.value, "in")


def _lane(report: IncidentReport, axis: _Axis, audience: str, y: float) -> Iterator[str]:
    name = audience_name(report, audience)
    yield text(0, y + 4, name if len(name) <= _NAME else f"{name[: _NAME - 1]}…")
    yield line(_LEFT, y, _WIDTH - _RIGHT, y, "rail")
    zone = report.settings.zone
    for promise in report.measures.promises:
        drawn = promise.state != RUNNING and promise.due <= axis.last
        if promise.audience == audience and drawn:
            yield from _promise(axis, promise, y, f"{promise.due.astimezone(zone):%H:%M}")
    for journey in report.measures.course.journeys:
        ours = journey.sends if journey.audience == audience else ()
        for send in (send for send in ours if send.at <= axis.last):
            said = f"{send.at.astimezone(zone):%H:%M} {journey.message} sent"
            yield dot(axis.x(send.at), y, 5.5, "send", said)


def _promise(axis: _Axis, promise: Promise, y: float, due: str) -> Iterator[str]:
    x = axis.x(promise.due)
    said = f"next update promised by {due}: {promise.state}"
    if promise.late:
        width = axis.x(promise.due + timedelta(seconds=promise.late)) - x
        yield box(x, y - 2.5, width, 5, "late", f"{said}, {lasted(promise.late)} late")
    yield box(x - 1.5, y - 9, 3, 18, promise.state, said)


def gate_chart(report: IncidentReport) -> str:
    """Draw a bar a gate to the middle of its times, a line to the longest, a dot a message."""
    times: dict[str, list[tuple[int, str]]] = {}
    for message in report.measures.messages:
        for gate in message.gates:
            if gate.seconds is not None:
                times.setdefault(gate.gate, []).append((gate.seconds, message.message))
    if not times:
        return ""
    longest = max(seconds for found in times.values() for seconds, _ in found) or 1
    scale = (_WIDTH - _LEFT - 200) / longest
    parts: list[str] = []
    for number, (name, found) in enumerate(times.items()):
        parts += _bar(name, found, scale, 8 + _LANE * number)
    return svg("Time that each gate took", _WIDTH, 14 + _LANE * len(times), parts)


def _bar(gate: str, found: list[tuple[int, str]], scale: float, y: float) -> Iterator[str]:
    numbers = [seconds for seconds, _ in found]
    middle, most = spread(numbers).median or 0, max(numbers)
    yield text(0, y + 16, gate if len(gate) <= _NAME else f"{gate[: _NAME - 1]}…")
    yield line(_LEFT, y + 12, _LEFT + most * scale, y + 12, "whisker")
    yield box(_LEFT, y + 3, middle * scale, 18, "bar", f"{gate}: {lasted(middle)} in the middle")
    for seconds, message in found:
        said = f"{message}: {lasted(seconds)}"
        yield dot(_LEFT + seconds * scale, y + 12, 3.5, "mark", said)
    said = lasted(most) if len(found) == 1 else f"{lasted(middle)}, longest {lasted(most)}"
    yield text(_LEFT + most * scale + 10, y + 16, said, "small")
