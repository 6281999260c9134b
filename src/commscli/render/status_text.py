"""The state of incidents on one screen of 80 columns, and what each waits for."""

from collections.abc import Iterator, Sequence

from commscli.domain.clocks.clock import State
from commscli.domain.moments import moment
from commscli.domain.phases import PHASES
from commscli.domain.report import GateState
from commscli.domain.wall_time import brief
from commscli.render.attention_text import (
    before_all,
    end_lines,
    escalation_lines,
    hanging_lines,
    hold_lines,
    stale_lines,
)
from commscli.render.clock_lines import clock_lines
from commscli.render.escaping import one_line
from commscli.render.human import Paint, drilled, flowing, labelled, paragraph, span, whole
from commscli.workflow.incident.matrix import Cell
from commscli.workflow.incident.overview import Standing, minutes_since
from commscli.workflow.incident.pacing import Wait

_CELL = 16
_PHASES = 3
_NAME = 80 - _PHASES * _CELL


def status_text(standings: tuple[Standing, ...], paint: Paint) -> str:
    """Return every incident asked for, each with its matrix."""
    if not standings:
        return "no incident is active\n"
    return "\n".join("\n".join(_incident(s, paint)) + "\n" for s in standings)


def _incident(standing: Standing, paint: Paint) -> Iterator[str]:
    now, incident = standing.now, standing.incident
    name = drilled(f"{incident.id}: {incident.title}", drill=incident.drill)
    for line in paragraph(name, "", "    "):
        yield paint(line, "bold")
    yield from hold_lines(standing, paint)
    stage = f", {incident.stage}" if incident.stage != "active" else ""
    yield (
        f"{incident.severity}, in {incident.phase} for "
        f"{span(minutes_since(incident.phase_since, now))}, open for "
        f"{span(minutes_since(incident.declared_at, now))}{stage}"
    )
    yield from before_all(standing, paint)
    yield from escalation_lines(standing, paint)
    yield from _matrix(standing, paint)
    if incident.stage != "closed":
        yield from _waits(standing, paint)
    yield from stale_lines(standing, paint)
    yield from hanging_lines(standing, paint)
    yield from clock_lines(standing, paint)
    yield from end_lines(standing, paint)


def _matrix(standing: Standing, paint: Paint) -> Iterator[str]:
    reached = [p for p in PHASES if any(cell.phase == p for cell in standing.cells)]
    phases = reached[-_PHASES:]
    shown = {cell.audience for cell in standing.cells}
    known = standing.settings.audiences
    audiences = [*(a for a in known if a in shown), *sorted(shown - set(known))]
    names = {audience: _short(_name(standing, audience)) for audience in audiences}
    width = max(map(len, names.values()), default=0) + 2
    yield " " * width + "".join(f"{phase:<{_CELL}}" for phase in phases).rstrip()
    for audience in audiences:
        line = f"{names[audience]:<{width}}"
        for phase in phases:
            cell = _at(standing, phase, audience)
            word = _cell_words(standing, cell)
            pad = " " * (_CELL - len(word)) if phase != phases[-1] else ""
            line += paint.state(cell.state if cell else "", word) + pad
        yield line
    for phase in reached[:-_PHASES]:
        cells = [c for c in standing.cells if c.phase == phase]
        states = ", ".join(f"{_name(standing, c.audience)} {_words(c.state)}" for c in cells)
        yield from paragraph(f"before, in {phase}: {states}", "", "    ")


def _name(standing: Standing, audience: str) -> str:
    known = standing.settings.audiences.get(audience)
    return one_line(known.name if known else audience)


def _short(name: str) -> str:
    return name if len(name) <= _NAME - 2 else name[: _NAME - 3] + "…"


def _at(standing: Standing, phase: str, audience: str) -> Cell | None:
    return next((c for c in standing.cells if (c.phase, c.audience) == (phase, audience)), None)


def _cell_words(standing: Standing, cell: Cell | None) -> str:
    if cell is None:
        return "·"
    if cell.state == "sent" and cell.message is not None and cell.message.sends[-1].sent:
        sent = moment(cell.message.sends[-1].sent.record.at)
        at = brief(sent, standing.now, standing.settings.zone)
        short = len(f"corrected {at}") < _CELL
        return f"{('corrected' if short else 'corr.') if cell.corrects else 'sent'} {at}"
    return _words(cell.state)


def _words(state: str) -> str:
    return state.replace("-", " ")


def _waits(standing: Standing, paint: Paint) -> Iterator[str]:
    """Say what every cell waits for, whom it waits for, and the command that does it."""
    incident, said = standing.incident, list(_due(standing, paint))
    for cell in standing.cells:
        said += _of_cell(standing, cell, paint)
    yield from said
    late = any(clock.state is State.OVERDUE for clock in standing.clocks)
    if not said and not late and not standing.left_hanging and incident.stage == "active":
        yield f"nothing is waited for in {incident.phase}; when it moves on: comms phase PHASE"


def _due(standing: Standing, paint: Paint) -> list[str]:
    due = [cell for cell in standing.cells if cell.state == "due"]
    if not due:
        return []
    command = whole(f"comms {standing.where}draft")
    names = ", ".join(_name(standing, cell.audience) for cell in due)
    text = f"{names}; {_either(standing.drafters)} drafts: {command}"
    return [*labelled("due", text, paint, "red"), *_again(standing, due)]


def _again(standing: Standing, due: Sequence[Cell]) -> Iterator[str]:
    """Say why words are due to whom the matrix alone would not ask for."""
    by_reason: dict[str, list[str]] = {}
    for cell in due:
        for reason in cell.again:
            by_reason.setdefault(reason, []).append(_name(standing, cell.audience))
    for reason, names in by_reason.items():
        yield from paragraph(f"{', '.join(names)}: {one_line(reason)}", "    ", "        ")


def _of_cell(standing: Standing, cell: Cell, paint: Paint) -> Iterator[str]:
    if cell.message is None:
        return
    name, where = cell.message.message, standing.where
    if cell.state == "sending":
        text = f"{_either(standing.senders)} goes on: {whole(f'comms {where}send {name}')}"
        yield from labelled("sending", text, paint, "yellow")
    waits = [wait for wait in standing.waits if wait.cell is cell]
    for wait in waits:
        verdict = wait.verdict
        if verdict.gate in _TURNS:
            label, does, verb, style = _TURNS[verdict.gate]
            why = f" ({verdict.reason})" if verdict.reason else ""
            command = whole(f"comms {where}{verb} {name}")
            text = f"{_people(wait)} {does}{why}{_late(wait)}: {command}"
            yield from labelled(label, text, paint, style)
    gates = [wait for wait in waits if wait.verdict.gate not in _TURNS]
    if gates:
        corrects = f", which corrects {cell.corrects}," if cell.corrects else ""
        yield f"{paint('waiting', 'yellow')}: {name}{corrects} for"
        yield from flowing((_gate(wait, paint) for wait in gates), "    ", "; ")


_TURNS = {
    "send": ("released", "sends", "send", "green"),
    "draft": ("to revise", "revises", "revise", "red"),
}
"""What waits for a person and is no gate: its label, what they do, the command, the colour."""


def _gate(wait: Wait, paint: Paint) -> str:
    verdict, late = wait.verdict, _late(wait)
    shown = paint(late, "red") if late else ""
    if verdict.state is GateState.OBJECTED:
        return f"{verdict.gate}: {_people(wait)} to settle it ({verdict.reason}){shown}"
    stale = " again" if verdict.state is GateState.STALE else ""
    return f"{verdict.gate}: {_people(wait)}{stale}{shown}"


def _people(wait: Wait) -> str:
    """Name whoever has it in hand, or else all who could."""
    mine = wait.assigned if wait.assigned in wait.people else ""
    return f"{mine}, in hand" if mine else _either(wait.people)


def _late(wait: Wait) -> str:
    return f", {span(wait.late)} over" if wait.late else ""


def _either(people: Sequence[str]) -> str:
    return " or ".join(people) or "nobody on the roster"
