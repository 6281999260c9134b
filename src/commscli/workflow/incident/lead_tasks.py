"""What waits on whoever leads, or keeps an eye on time: holds, escalations, lateness, the end."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby

from commscli.domain.clocks.clock import Clock, Kind, State
from commscli.domain.phases import LAST_WORDS
from commscli.domain.wall_time import near
from commscli.workflow.incident.desk import Desk, Task, Urgency
from commscli.workflow.incident.escalating import may_escalate
from commscli.workflow.incident.holding import reason
from commscli.workflow.incident.matrix import OPEN_STATES
from commscli.workflow.incident.overview import minutes_since
from commscli.workflow.incident.pacing import Wait

_SOON = timedelta(days=1)
"""So long before its end a clock of a law waits on whoever may record that it was met."""
_TO_TELL = frozenset({Kind.CADENCE, Kind.PROMISE, Kind.ACKNOWLEDGEMENT, Kind.URGENCY})
_TO_RECORD = frozenset({Kind.REGULATORY, Kind.POSTMORTEM, Kind.CONTRACT})


def of_the_lead(desk: Desk) -> Iterator[Task]:
    """Yield what waits on this person beside messages, first what stops or widens everything."""
    yield from _held(desk)
    yield from _escalating(desk)
    yield from _silences(desk)
    yield from _clocks(desk)
    yield from _nudges(desk)
    yield from _at_the_end(desk)


def _held(desk: Desk) -> Iterator[Task]:
    standing = desk.standing
    for hold in standing.holds if desk.lifts else ():
        message = hold.record.message
        yield Task(
            incident=standing.incident,
            verb="lift",
            what=f"{hold.record.person} holds {message or 'everything'}: {reason(hold)}",
            command=f"comms {standing.where}lift {f'-m {message} ' if message else ''}--why TEXT",
            urgency=Urgency.HELD,
        )


def _escalating(desk: Desk) -> Iterator[Task]:
    standing = desk.standing
    open_ones = standing.escalations if may_escalate(desk.session.trust, desk.me) else ()
    if open_ones:
        names = ", ".join(one.id for one in open_ones)
        yield Task(
            incident=standing.incident,
            verb="escalate",
            what=f"{names}: {'; '.join(dict.fromkeys(one.trigger for one in open_ones))}",
            command=f"comms {standing.where}escalate",
            urgency=Urgency.HELD,
        )


def _silences(desk: Desk) -> Iterator[Task]:
    """Yield whom nobody is writing to though words to them are late."""
    late = [clock for clock in desk.standing.clocks if clock.state is State.OVERDUE]
    silent = [c for c in late if c.kind in _TO_TELL and not _in_work(desk, c.audience)]
    for (kind, due), group in groupby(silent, key=lambda clock: (clock.kind, clock.due)):
        audiences = [clock.audience for clock in group if clock.audience]
        if not desk.drafts or due is None:
            continue
        promised = "was promised" if kind is Kind.PROMISE else "was due"
        what = f"the next update to {', '.join(audiences)}" if audiences else "the first words"
        yield Task(
            incident=desk.standing.incident,
            verb="draft",
            what=f"{what} {promised} by {_at(desk, due)}",
            command=f"comms {desk.standing.where}draft {' '.join(audiences)}".rstrip(),
            audiences=tuple(audiences),
            phase=desk.standing.incident.phase,
            urgency=Urgency.OVERDUE,
        )


def _at(desk: Desk, at: datetime) -> str:
    return near(at, desk.standing.now, desk.standing.settings.zone)


def _in_work(desk: Desk, audience: str) -> bool:
    """Whether words to an audience are due already, or being written; to anybody, for nobody."""
    return any(
        cell.state == "due" or (cell.message and cell.message.verdict.state in OPEN_STATES)
        for cell in desk.standing.cells
        if audience in {"", cell.audience}
    )


def _clocks(desk: Desk) -> Iterator[Task]:
    """Yield the clocks that only a record stops, once they are late, or soon will be."""
    standing = desk.standing
    for clock in standing.clocks if desk.keeps_clocks else ():
        late = clock.state is State.OVERDUE
        if clock.kind in _TO_RECORD and (late or _is_soon(clock, desk)):
            at = _at(desk, clock.due) if clock.due else "now"
            yield Task(
                incident=standing.incident,
                verb="clock",
                what=f"{clock.id} {'was due' if late else 'is due'} by {at}",
                command=f"comms {standing.where}clock met {clock.id} --why TEXT",
                urgency=Urgency.OVERDUE if late else Urgency.IN_ORDER,
            )


def _is_soon(clock: Clock, desk: Desk) -> bool:
    is_law = clock.kind is Kind.REGULATORY
    return is_law and clock.due is not None and clock.due - desk.standing.now <= _SOON


def _nudges(desk: Desk) -> Iterator[Task]:
    """Yield what the lead checks back on: the time is over, and it is another's turn.

    The time is the estimate, or else how long the backups wait before they are asked. Gates of
    the same messages, and messages of the same gates, are one thing to do.
    """
    by_gate: dict[str, list[Wait]] = {}
    for wait in desk.standing.waits if desk.leads else ():
        if (wait.late or _is_for_backups(desk, wait)) and desk.me not in wait.people:
            by_gate.setdefault(wait.verdict.gate, []).append(wait)
    by_messages: dict[tuple[str, ...], list[str]] = {}
    for gate, waits in by_gate.items():
        by_messages.setdefault(tuple(map(_about, waits)), []).append(gate)
    for about, gates in by_messages.items():
        yield _nudge(desk, about, {gate: by_gate[gate] for gate in gates})


def _nudge(desk: Desk, about: tuple[str, ...], by_gate: dict[str, list[Wait]]) -> Task:
    waits = [wait for some in by_gate.values() for wait in some]
    message = waits[0].cell.message if len(about) == 1 else None
    name = f" {message.message}" if message else ""
    return Task(
        incident=desk.standing.incident,
        verb="nudge",
        what=f"{', '.join(by_gate)} of {', '.join(about)}: {_how_late(desk, waits)}"
        f"{_promised(desk, waits)}",
        command=f"comms {desk.standing.where}nudge{name}",
        message=message,
        gate=next(iter(by_gate)) if len(by_gate) == 1 else "",
        urgency=Urgency.OVERDUE,
    )


def _promised(desk: Desk, waits: list[Wait]) -> str:
    """Say which promise is being broken meanwhile."""
    audiences = {wait.cell.audience for wait in waits}
    dues = [
        clock.due
        for clock in desk.standing.clocks
        if clock.kind is Kind.PROMISE and clock.state is State.OVERDUE and clock.due
        and clock.audience in audiences
    ]  # fmt: skip
    return f"; the next update was promised by {_at(desk, min(dues))}" if dues else ""


def _about(wait: Wait) -> str:
    cell = wait.cell
    return cell.message.message if cell.message else f"{cell.phase} for {cell.audience}"


def _is_for_backups(desk: Desk, wait: Wait) -> bool:
    patience = desk.standing.settings.organisation.turns.backups_after
    waited = timedelta(minutes=minutes_since(wait.since, desk.standing.now))
    return patience is not None and waited >= patience


def _how_late(desk: Desk, waits: list[Wait]) -> str:
    late = max(wait.late for wait in waits)
    if late:
        return f"{late} min over the estimate"
    longest = max(minutes_since(wait.since, desk.standing.now) for wait in waits)
    return f"waited for since {longest} min, and the backups were not asked"


def _at_the_end(desk: Desk) -> Iterator[Task]:
    standing = desk.standing
    for audience in standing.to_tell if desk.drafts else ():
        yield Task(
            incident=standing.incident,
            verb="draft",
            what=f"{audience} was told of the problem and not that it is over",
            command=f"comms {standing.where}draft {audience} --phase {LAST_WORDS[0]}",
            audiences=(audience,),
            phase=LAST_WORDS[0],
        )
    if desk.leads and standing.incident.stage == "aftercare":
        left = standing.to_close
        yield Task(
            incident=standing.incident,
            verb="close",
            what=f"before it is closed: {left[0]}" if left else "it can be closed",
            command=f"comms {standing.where}close",
        )
