"""What waits on somebody, the most urgent first, each with the command that does it."""

from collections.abc import Iterator

from commscli.domain.order import Placed
from commscli.domain.private_words import told
from commscli.domain.records import Verdict
from commscli.domain.report import GateState, MessageState
from commscli.gates.message import MessageCase
from commscli.workflow.incident.desk import Desk, Task, Urgency, desk_of
from commscli.workflow.incident.lead_tasks import of_the_lead
from commscli.workflow.incident.matrix import OPEN_STATES, TURNS, Cell, objections_to
from commscli.workflow.incident.overview import status
from commscli.workflow.incident.pacing import Wait
from commscli.workflow.session import Session
from commscli.workflow.verdicts.ratifying import skipped


def tasks(session: Session) -> tuple[Task, ...]:
    """Return what waits on the person who acts: what is late, held or objected to first."""
    found: list[Task] = []
    for standing in status(session):
        desk = desk_of(session, standing)
        if standing.incident.stage != "closed":
            for cell in standing.cells:
                found += _of_cell(desk, cell)
        found += of_the_lead(desk)
    return tuple(sorted(found, key=lambda task: task.urgency))


def _of_cell(desk: Desk, cell: Cell) -> Iterator[Task]:
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


def _drafting(desk: Desk, wait: Wait) -> Task:
    cell, standing = wait.cell, desk.standing
    why = f" ({'; '.join(cell.again)})" if cell.again else ""
    return Task(
        incident=standing.incident,
        verb="draft",
        what=f"{cell.phase} for {cell.audience} is due{why}{_for(desk, wait)}",
        command=f"comms {standing.where}draft {cell.audience}"
        + ("" if cell.phase == standing.incident.phase else f" --phase {cell.phase}"),
        audiences=(cell.audience,),
        phase=cell.phase,
        urgency=Urgency.OVERDUE if wait.late else Urgency.IN_ORDER,
    )


def _judging(desk: Desk, wait: Wait, message: MessageCase) -> Task:
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


def _for(desk: Desk, wait: Wait) -> str:
    """Say whose it is by name, and how late it is."""
    whose = f" ({wait.assigned} has it in hand)" if wait.assigned not in {"", desk.me} else ""
    late = f"; {wait.late} min over the estimate of {wait.estimate} min" if wait.late else ""
    return f"{whose}{late}"


def _of_writer(desk: Desk, message: MessageCase, waits: list[Wait]) -> Iterator[Task]:
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


def _revising(desk: Desk, message: MessageCase, *, late: bool) -> Iterator[Task]:
    stale = desk.standing.stale.get(message.message)
    reasons = [
        (f"{o.record.person} ({o.record.gate}) objects: {_words(o)}", Urgency.OBJECTED)
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


def _words(objection: Placed) -> str:
    body = objection.record.body
    return told(body.text) if isinstance(body, Verdict) else ""


def _ratifying(desk: Desk, message: MessageCase) -> Iterator[Task]:
    for verdict in skipped(message, desk.session.actor.person.id):
        yield Task(
            incident=desk.standing.incident,
            verb="ratify",
            what=f"{message.message} was sent as an emergency, without {verdict.gate}",
            command=f"comms {desk.standing.where}ratify {message.message} --gate {verdict.gate}",
            message=message,
            gate=verdict.gate,
        )
