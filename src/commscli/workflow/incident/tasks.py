"""What waits on somebody, the most urgent first, each with the command that does it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum

from commscli.domain.ids import GateId
from commscli.domain.incident import Incident
from commscli.domain.phases import LAST_WORDS
from commscli.domain.report import GateState, MessageState
from commscli.gates.message import MessageCase
from commscli.workflow.incident.escalating import may_escalate
from commscli.workflow.incident.holding import reason
from commscli.workflow.incident.matrix import OPEN_STATES, TURNS, Cell, objections_to
from commscli.workflow.incident.overview import Standing, minutes_since, status
from commscli.workflow.incident.pacing import LEAD, Wait
from commscli.workflow.session import Session
from commscli.workflow.verdicts.ratifying import skipped

_NO_GATE = GateId("")


class Urgency(IntEnum):
    """What comes first; within one, the order of the process."""

    OVERDUE = 0
    HELD = 1
    OBJECTED = 2
    IN_ORDER = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One thing that waits on somebody: what to do, and the command that does it."""

    incident: Incident
    verb: str
    what: str
    command: str
    message: MessageCase | None = None
    gate: str = ""
    audience: str = ""
    phase: str = ""
    urgency: Urgency = Urgency.IN_ORDER

    @property
    def key(self) -> tuple[str, ...]:
        """What tells it from every other, whatever the minutes say by now."""
        return (self.incident.id, self.verb, self.gate, self.command)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """One incident, as somebody looks at it who may do these things."""

    session: Session
    standing: Standing
    me: str
    drafts: bool
    sends: bool
    lifts: bool
    leads: bool


def tasks(session: Session) -> tuple[Task, ...]:
    """Return what waits on the person who acts: what is late, held or objected to first."""
    found: list[Task] = []
    for standing in status(session):
        if standing.incident.stage == "closed":
            continue
        desk = _desk(session, standing)
        found += _held(desk)
        found += _escalating(desk)
        for cell in standing.cells:
            found += _of_cell(desk, cell)
        found += _nudges(desk)
        found += _at_the_end(desk)
    return tuple(sorted(found, key=lambda task: task.urgency))


def _desk(session: Session, standing: Standing) -> _Desk:
    trust, me = session.trust, session.actor.person.id
    leads = standing.lead == me if standing.lead else LEAD in trust.roles_of(me)
    return _Desk(
        session=session,
        standing=standing,
        me=me,
        drafts=trust.may_write(me, "drafted", _NO_GATE),
        sends=trust.may_write(me, "send-intent", _NO_GATE),
        lifts=trust.may_write(me, "lifted", _NO_GATE),
        leads=leads,
    )


def _held(desk: _Desk) -> Iterator[Task]:
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


def _escalating(desk: _Desk) -> Iterator[Task]:
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


def _of_cell(desk: _Desk, cell: Cell) -> Iterator[Task]:
    standing, message = desk.standing, cell.message
    waits = [wait for wait in standing.waits if wait.cell is cell]
    if message is None:
        for wait in waits:
            if desk.drafts:
                yield _drafting(desk, wait)
        return
    for wait in waits:
        gate = wait.verdict.gate
        if desk.me in wait.verdict.could and gate not in TURNS and not _to_ratify(wait):
            yield _judging(desk, wait, message)
    yield from _of_writer(desk, message, waits)


def _to_ratify(wait: Wait) -> bool:
    return wait.verdict.state is GateState.EMERGENCY


def _drafting(desk: _Desk, wait: Wait) -> Task:
    cell, standing = wait.cell, desk.standing
    why = f" ({'; '.join(cell.again)})" if cell.again else ""
    return Task(
        incident=standing.incident,
        verb="draft",
        what=f"{cell.phase} for {cell.audience} is due{why}{_for(desk, wait)}",
        command=f"comms {standing.where}draft {cell.audience}"
        + ("" if cell.phase == standing.incident.phase else f" --phase {cell.phase}"),
        audience=cell.audience,
        phase=cell.phase,
        urgency=Urgency.OVERDUE if wait.late else Urgency.IN_ORDER,
    )


def _judging(desk: _Desk, wait: Wait, message: MessageCase) -> Task:
    standing, gate = desk.standing, wait.verdict.gate
    verb = "approve" if desk.session.trust.gates[gate].recipients else "review"
    stale = standing.stale.get(message.message)
    objected = wait.verdict.state is GateState.OBJECTED
    urgency = Urgency.OVERDUE if wait.late else (
        Urgency.OBJECTED if objected else Urgency.IN_ORDER)  # fmt: skip
    return Task(
        incident=standing.incident,
        verb=verb,
        what=f"{message.message} revision {message.verdict.revision} waits for {gate}"
        + (f", {stale.text}" if stale else "")
        + _for(desk, wait),
        command=f"comms {standing.where}{verb} {message.message} "
        f"--gate {gate}{' --ok' if verb == 'review' else ''}",
        message=message,
        gate=gate,
        urgency=urgency,
    )


def _for(desk: _Desk, wait: Wait) -> str:
    """Say whose it is by name, and how late it is."""
    whose = f" ({wait.assigned} has it in hand)" if wait.assigned not in {"", desk.me} else ""
    late = f"; {wait.late} min over the estimate of {wait.estimate} min" if wait.late else ""
    return f"{whose}{late}"


def _of_writer(desk: _Desk, message: MessageCase, waits: list[Wait]) -> Iterator[Task]:
    late = any(wait.late and wait.verdict.gate in TURNS for wait in waits)
    if desk.drafts and not message.sends and message.verdict.state in OPEN_STATES:
        yield from _revising(desk, message, late=late)
    yield from _ratifying(desk, message)
    sending = message.verdict.state in {MessageState.RELEASED, MessageState.SENDING}
    if desk.sends and sending and not desk.standing.is_held(message.message):
        yield Task(
            incident=desk.standing.incident,
            verb="send",
            what=f"{message.message} is {message.verdict.state}",
            command=f"comms {desk.standing.where}send {message.message}",
            message=message,
            urgency=Urgency.OVERDUE if late else Urgency.IN_ORDER,
        )


def _revising(desk: _Desk, message: MessageCase, *, late: bool) -> Iterator[Task]:
    stale = desk.standing.stale.get(message.message)
    reasons = [
        (f"{o.record.person} ({o.record.gate}) objects", Urgency.OBJECTED)
        for o in objections_to(message)
    ]
    if stale and stale.misleads:
        reasons.append((f"stale facts, {stale.text}", Urgency.IN_ORDER))
    for text, urgency in reasons:
        yield Task(
            incident=desk.standing.incident,
            verb="revise",
            what=f"{message.message}: {text}",
            command=f"comms {desk.standing.where}revise {message.message}",
            message=message,
            urgency=Urgency.OVERDUE if late else urgency,
        )


def _ratifying(desk: _Desk, message: MessageCase) -> Iterator[Task]:
    for verdict in skipped(message, desk.session.actor.person.id):
        yield Task(
            incident=desk.standing.incident,
            verb="ratify",
            what=f"{message.message} was sent as an emergency, without {verdict.gate}",
            command=f"comms {desk.standing.where}ratify {message.message} --gate {verdict.gate}",
            message=message,
            gate=verdict.gate,
        )


def _nudges(desk: _Desk) -> Iterator[Task]:
    """Yield what the lead checks back on: the time is over, and it is another's turn.

    The time is the estimate, or else how long the backups wait before they are asked.
    """
    late: dict[tuple[str, str], list[Wait]] = {}
    for wait in desk.standing.waits if desk.leads else ():
        if (wait.late or _is_for_backups(desk, wait)) and desk.me not in wait.people:
            late.setdefault((wait.cell.phase, wait.cell.audience), []).append(wait)
    for waits in late.values():
        cell = waits[0].cell
        name = cell.message.message if cell.message else ""
        steps = ", ".join(wait.verdict.gate for wait in waits)
        yield Task(
            incident=desk.standing.incident,
            verb="nudge",
            what=f"{steps} of {name or f'{cell.phase} for {cell.audience}'}: "
            f"{_how_late(desk, waits)}",
            command=f"comms {desk.standing.where}nudge {name}".rstrip(),
            message=cell.message,
            gate=waits[0].verdict.gate if len(waits) == 1 else "",
            urgency=Urgency.OVERDUE,
        )


def _is_for_backups(desk: _Desk, wait: Wait) -> bool:
    patience = desk.standing.settings.organisation.turns.backups_after
    waited = timedelta(minutes=minutes_since(wait.since, desk.standing.now))
    return patience is not None and waited >= patience


def _how_late(desk: _Desk, waits: list[Wait]) -> str:
    late = max(wait.late for wait in waits)
    if late:
        return f"{late} min over the estimate"
    longest = max(minutes_since(wait.since, desk.standing.now) for wait in waits)
    return f"waited for since {longest} min, and the backups were not asked"


def _at_the_end(desk: _Desk) -> Iterator[Task]:
    standing = desk.standing
    for audience in standing.to_tell if desk.drafts else ():
        yield Task(
            incident=standing.incident,
            verb="draft",
            what=f"{audience} was told of the problem and not that it is over",
            command=f"comms {standing.where}draft {audience} --phase {LAST_WORDS[0]}",
            audience=audience,
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
