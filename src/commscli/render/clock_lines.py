"""The clocks in the status: a few lines, what is late first, with the command that mends it."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import groupby

from commscli.domain.clocks.clock import Clock, Kind, State
from commscli.domain.wall_time import near
from commscli.render.escaping import one_line
from commscli.render.human import Paint, labelled, paragraph, span, whole
from commscli.workflow.incident.matrix import OPEN_STATES
from commscli.workflow.incident.overview import Standing

MOST = 6
"""Lines. The rest of them is a command away."""
_TO_DRAFT = frozenset({Kind.CADENCE, Kind.PROMISE, Kind.ACKNOWLEDGEMENT})


def clock_lines(standing: Standing, paint: Paint) -> Iterator[str]:
    """Yield the clocks that run or are late; the same one of several audiences on one line."""
    lines: list[str] = []
    left = len(standing.clocks)
    for group in _grouped(standing.clocks):
        more = _lines(standing, group, paint)
        if lines and len(lines) + len(more) > MOST:
            break
        lines += more
        left -= len(group)
    yield from lines
    command = whole(f"comms {standing.where}clock list")
    if left:
        yield from paragraph(f"and {left} more: {command}", "", "    ")
    if any(clock.kind is Kind.REGULATORY for clock in standing.clocks):
        yield from paragraph(f"clocks of laws are not legal advice: {command}", "", "    ")


def _grouped(clocks: Sequence[Clock]) -> Iterator[list[Clock]]:
    """Yield clocks together that differ in their audience alone."""

    def alike(clock: Clock) -> tuple[object, ...]:
        own = "" if clock.kind in {Kind.CADENCE, Kind.PROMISE} else clock.id
        return clock.kind, clock.due, clock.state, own

    for _, group in groupby(clocks, key=alike):
        yield list(group)


def _lines(standing: Standing, group: list[Clock], paint: Paint) -> list[str]:
    clock = group[0]
    text = f"{_what(standing, group)}{_by(standing, clock)}"
    if clock.state is State.OVERDUE:
        return labelled("LATE", f"{text}{_command(standing, group)}", paint, "red")
    promised = clock.kind is Kind.PROMISE
    return labelled("promised" if promised else "clock", text, paint, "dim")


def _what(standing: Standing, group: list[Clock]) -> str:
    clock = group[0]
    names = one_line(", ".join(_name(standing, clock.audience) for clock in group))
    return {
        Kind.ACKNOWLEDGEMENT: "first words to those affected",
        Kind.CADENCE: f"an update to {names}",
        Kind.PROMISE: f"next update to {names}",
        Kind.CONTRACT: f"contract with {names}, {clock.id.removeprefix(_contract(clock))}",
        Kind.URGENCY: "word to the client",
        Kind.ANALYSIS: "preliminary analysis (our own people only)",
        Kind.POSTMORTEM: "postmortem",
        Kind.REGULATORY: one_line(clock.id),
    }[clock.kind]


def _contract(clock: Clock) -> str:
    return f"contract-{clock.audience}-"


def _by(standing: Standing, clock: Clock) -> str:
    if clock.due is None:
        return " without undue delay"
    at = near(clock.due, standing.now, standing.settings.zone)
    minutes = int((standing.now - clock.due) / timedelta(minutes=1))
    late = clock.state is State.OVERDUE
    return f" by {at}, {span(minutes)} ago" if late else f" by {at}, in {span(-minutes)}"


def _command(standing: Standing, group: list[Clock]) -> str:
    """Return what mends it, unless somebody is at it already."""
    clock = group[0]
    if clock.kind in _TO_DRAFT:
        waiting = [c.audience for c in group if not _in_work(standing, c.audience)]
        words = " ".join(("draft", *waiting)).strip()
        return f": {whole(f'comms {standing.where}{words}')}" if waiting else ""
    if clock.kind in {Kind.REGULATORY, Kind.POSTMORTEM}:
        return f": {whole(f'comms {standing.where}clock met {clock.id} --why TEXT')}"
    return ""


def _in_work(standing: Standing, audience: str) -> bool:
    """Whether a message to an audience is being written; to anybody, where none is named."""
    cells = [cell for cell in standing.cells if audience in {"", cell.audience}]
    return any(cell.message and cell.message.verdict.state in OPEN_STATES for cell in cells)


def _name(standing: Standing, audience: str) -> str:
    known = standing.settings.audiences.get(audience)
    return known.name if known else audience
