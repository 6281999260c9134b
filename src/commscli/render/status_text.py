"""The state of incidents on one screen of 80 columns."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from commscli.domain.moments import moment
from commscli.domain.phases import PHASES
from commscli.render.escaping import one_line
from commscli.render.human import Paint, paragraph
from commscli.workflow.matrix import Cell
from commscli.workflow.overview import Clock, Standing, Task, minutes_since

_NAME, _CELL = 23, 19


def status_text(standings: tuple[Standing, ...], paint: Paint) -> str:
    """Return every incident asked for, each with its matrix."""
    if not standings:
        return "no incident is active\n"
    return "\n".join("\n".join(_incident(standing, paint)) for standing in standings) + "\n"


def _incident(standing: Standing, paint: Paint) -> Iterator[str]:
    now, incident = standing.now, standing.incident
    drill = "  DRILL" if incident.drill else ""
    yield paint(one_line(incident.id), "bold") + drill
    yield (
        f"{incident.severity}  {incident.phase} for {minutes_since(incident.phase_since, now)} min"
        f"  open for {minutes_since(incident.declared_at, now)} min  {one_line(incident.title):.40}"
    )
    yield from _matrix(standing, paint)
    yield from _waits(standing, paint)
    yield from _clocks(standing, paint)


def _matrix(standing: Standing, paint: Paint) -> Iterator[str]:
    phases = [p for p in PHASES if any(cell.phase == p for cell in standing.cells)][-3:]
    yield " " * _NAME + "".join(f"{phase:<{_CELL}}" for phase in phases).rstrip()
    for audience in dict.fromkeys(cell.audience for cell in standing.cells):
        known = standing.settings.audiences.get(audience)
        line = f"{one_line(known.name if known else audience)[: _NAME - 2]:<{_NAME}}"
        for phase in phases:
            cell = _at(standing, phase, audience)
            word = _cell_words(cell, standing.settings.zone)
            line += paint.state(cell.state if cell else "", f"{word:<{_CELL}}")
        yield line.rstrip()


def _at(standing: Standing, phase: str, audience: str) -> Cell | None:
    return next((c for c in standing.cells if (c.phase, c.audience) == (phase, audience)), None)


def _cell_words(cell: Cell | None, zone: ZoneInfo) -> str:
    if cell is None:
        return "·"
    if cell.state == "sent" and cell.message is not None and cell.message.sends[-1].sent:
        at = moment(cell.message.sends[-1].sent.record.at)
        return f"sent {_clock_time(at, zone)}"
    return cell.state.replace("-", " ")


def _clock_time(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%H:%M")


def _waits(standing: Standing, paint: Paint) -> Iterator[str]:
    for cell in standing.cells:
        for verdict in cell.waiting:
            people = " or ".join(verdict.could) or "nobody on the roster"
            name = cell.message.message if cell.message else cell.audience
            why = f" ({verdict.reason})" if verdict.reason else ""
            text = f"waiting: {people} for {verdict.gate} of {name}{why}"
            first, *more = paragraph(text, "", "    ")
            yield first.replace("waiting", paint("waiting", "yellow"), 1)
            yield from more


def _clocks(standing: Standing, paint: Paint) -> Iterator[str]:
    for clock in standing.clocks:
        at = _clock_time(moment(clock.due), standing.settings.zone)
        audience = clock.clock.removeprefix("next-update-")
        yield f"{_clock_word(clock, paint)}: {audience} is promised the next update at {at}"


def _clock_word(clock: Clock, paint: Paint) -> str:
    return paint("LATE", "red") if clock.state == "overdue" else "promised"


def tasks_text(tasks: tuple[Task, ...], person: str, paint: Paint) -> str:
    """Return what waits on somebody, each with the command that does it."""
    if not tasks:
        return f"nothing waits on {person}\n"
    lines: list[str] = []
    for number, task in enumerate(tasks, 1):
        lines.append(f"{number}. {paint(task.verb, 'bold')}  {one_line(task.what)}")
        lines.append(f"   {paint(one_line(task.command), 'cyan')}")
    return "\n".join(lines) + "\n"
