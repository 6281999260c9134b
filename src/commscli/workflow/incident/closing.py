"""Close an incident, and open it again: nobody is left hanging, and what is known is recorded."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from commscli.domain.clocks.clock import Kind
from commscli.domain.facts import KEYS
from commscli.domain.incident import Incident
from commscli.domain.phases import LAST_WORDS
from commscli.domain.records import Reasoned
from commscli.domain.report import GateState, MessageState
from commscli.errors import BadInput, Problem, Refused
from commscli.gates.aftercare import left_hanging
from commscli.gates.case import IncidentCase
from commscli.workflow.incident.clocks import every_clock
from commscli.workflow.incident.declaring import active, known_case
from commscli.workflow.incident.matrix import OPEN_STATES, Cell
from commscli.workflow.incident.renewing import matrix
from commscli.workflow.messages.naming import pick_incident
from commscli.workflow.recording import Act, Recorded, record_acts
from commscli.workflow.session import Session
from commscli.workflow.settings import Settings, load_settings

FACTS = ("cause", "resolution", "prevention")
"""What a closed incident has on record."""
DONE = frozenset({"sent", "skipped", "superseded"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How an incident ends: as it should, as a false alarm, or as a duplicate of another."""

    why: str = ""
    false_alarm: bool = False
    duplicate_of: str = ""


def close(session: Session, ending: Ending) -> Recorded:
    """Record that an incident is closed.

    Raises:
        Refused: naming all that is missing, each with the command that mends it.
        BadInput: if the other incident is not there, or is this one.
    """
    session.refresh()
    case, incident = active(session)
    settings = load_settings(session)
    body = Reasoned(why=_why(session, case, ending))

    def require() -> None:
        now = known_case(session, case.id)
        asked = matrix(session, settings, now, now.incident)[0] if now.incident else ()
        problems = list(missing(now, asked, ending))
        if problems:
            raise Refused(
                f"{case.id} cannot be closed yet",
                remedy="do each of these, then comms close again; comms status shows the rest",
                problems=[Problem(text=text) for text in problems],
                code="not-done",
            )
        session.notes += _left_behind(now)
        if now.incident:
            session.notes += _still_running(session, settings, now, now.incident)

    act = Act(kind="closed", body=body, incident=case.id, drill=incident.drill)
    return record_acts(session, [act], subject=f"Close {case.id}", require=require)


def _why(session: Session, case: IncidentCase, ending: Ending) -> str:
    """Return the reason as the record says it: what kind of end it is stands first."""
    if ending.duplicate_of:
        other = pick_incident(session.case, ending.duplicate_of)
        if other.id == case.id:
            raise BadInput(
                f"{case.id} cannot be a duplicate of itself",
                remedy="-i names the one to close, --duplicate-of the one that goes on",
                code="same-incident",
            )
        _require_alike(case, other)
        return f"duplicate of {other.id}: {ending.why}"
    if ending.false_alarm:
        return f"false alarm: {ending.why}"
    return ending.why or "cause, resolution and prevention are on record"


def _require_alike(case: IncidentCase, other: IncidentCase) -> None:
    """Refuse that a drill stands in for the real thing, or the reverse.

    Raises:
        BadInput: saying which of them is the drill.
    """
    drills = [c for c in (case, other) if c.incident and c.incident.drill]
    if len(drills) == 1:
        raise BadInput(
            f"{drills[0].id} is a drill, and goes on for nothing real, nor the reverse",
            remedy="--duplicate-of another incident, or --false-alarm, or close it as it should be",
            code="drill-mixed",
        )


def missing(case: IncidentCase, asked: Iterable[Cell], ending: Ending) -> Iterator[str]:
    """Yield what has to be done before an incident is closed, each with its command.

    ``asked`` are the cells of its matrix.
    """
    yield from _unfinished(case)
    false_alarm = ending.false_alarm
    hanging = () if ending.duplicate_of else left_hanging(case.messages, false_alarm=false_alarm)
    for audience in hanging:
        yield (
            f"left hanging: {audience} was told of the problem and not that it is over: "
            f"comms -i {case.id} draft {audience} --phase {LAST_WORDS[0]}"
            + (", or comms correct the message that they got" if false_alarm else "")
        )
    if case.incident is not None and not ending.duplicate_of and not false_alarm:
        yield from _unknown(case.incident)
        yield from _unsaid(case, asked, hanging)


def _unfinished(case: IncidentCase) -> Iterator[str]:
    for message in case.messages:
        name = message.message
        if message.verdict.state is MessageState.SENDING:
            yield f"{name} is half sent: comms -i {case.id} send {name}"
        if any(v.state is GateState.EMERGENCY for v in message.verdict.gates):
            command = f"comms -i {case.id} ratify {name}"
            yield f"{name} was an emergency, and not all have ratified it: {command}"


def _unknown(incident: Incident) -> Iterator[str]:
    if incident.phase not in LAST_WORDS:
        yield f"it is still in {incident.phase}: comms -i {incident.id} phase {LAST_WORDS[0]}"
    for key in FACTS:
        if not incident.facts.get(key):
            command = f"comms -i {incident.id} fact set {key}=…"
            yield f"the fact {key} ({KEYS[key].meaning}) is not recorded: {command}"


def _unsaid(case: IncidentCase, asked: Iterable[Cell], hanging: Collection[str]) -> Iterator[str]:
    for cell in asked:
        if cell.required and cell.state not in DONE and cell.audience not in hanging:
            yield _open_cell(cell, f"comms -i {case.id}")


def _open_cell(cell: Cell, comms: str) -> str:
    text = f"{cell.phase} for {cell.audience} is {cell.state.replace('-', ' ')}"
    if cell.message is None:
        place = f"{cell.audience} --phase {cell.phase}"
        return f"{text}: {comms} draft {place}, or {comms} skip {place} --why TEXT"
    name = cell.message.message
    return f"{text}: {comms} show {name}, or {comms} drop {name} --why TEXT"


def _left_behind(case: IncidentCase) -> list[str]:
    left = [m.message for m in case.messages if m.verdict.state in OPEN_STATES]
    return [f"{', '.join(left)} stays as it is, unsent"] if left else []


def _still_running(
    session: Session, settings: Settings, case: IncidentCase, incident: Incident
) -> list[str]:
    """Name the clocks of laws that no close stops."""
    clocks = every_clock(session, settings, case, incident)
    names = [c.id for c in clocks if c.kind is Kind.REGULATORY and c.state.is_open]
    command = f"comms -i {case.id} clock met {names[0]} --why TEXT" if names else ""
    return [f"{', '.join(names)}: no close stops the clock of a law: {command}"] if names else []


def reopen(session: Session, why: str) -> Recorded:
    """Record that a closed incident is open again.

    Raises:
        Refused: if it is not closed.
        BadInput: if it is not clear which is meant.
    """
    session.refresh()
    case = _closed(session)

    def require() -> None:
        incident = known_case(session, case.id).incident
        if incident is None or not incident.closed:
            raise Refused(f"{case.id} is not closed", remedy="comms status", code="not-closed")

    drill = bool(case.incident and case.incident.drill)
    act = Act(kind="reopened", body=Reasoned(why=why), incident=case.id, drill=drill)
    return record_acts(session, [act], subject=f"Reopen {case.id}", require=require)


def _closed(session: Session) -> IncidentCase:
    """Return the incident that is named, or the only closed one."""
    if session.circumstances.incident:
        return active(session)[0]
    found = [i for i in session.case.incidents if i.incident and i.incident.closed]
    if len(found) == 1:
        return found[0]
    listed = ", ".join(i.id for i in found)
    raise BadInput(
        f"{len(found)} incidents are closed: {listed}" if found else "no incident is closed",
        remedy="name one with -i" if found else "comms status",
        code="which-incident",
    )
