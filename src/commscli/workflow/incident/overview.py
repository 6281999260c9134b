"""How an incident stands: the matrix, and who is waited for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from commscli.domain.ids import GateId
from commscli.domain.incident import Incident
from commscli.domain.moments import moment, stamp
from commscli.domain.report import MessageState
from commscli.gates.case import IncidentCase
from commscli.gates.message import MessageCase
from commscli.workflow.incident.declaring import active
from commscli.workflow.incident.matrix import Cell, cell_of, cells, objections_to, waited_for
from commscli.workflow.session import Session
from commscli.workflow.settings import Settings, load_settings
from commscli.workflow.verdicts.ratifying import skipped

_NO_GATE = GateId("")
TOLERANCE = timedelta(minutes=5)
"""How far two machines' clocks may be apart before anybody is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A time by which something has to be said. Times are UTC."""

    clock: str
    due: str
    state: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One incident, as a Business Lead asks for it."""

    case: IncidentCase
    incident: Incident
    cells: tuple[Cell, ...]
    clocks: tuple[Clock, ...]
    settings: Settings
    now: datetime
    alone: bool = True
    """Whether no other incident is active: then nobody needs to name it."""
    drafters: tuple[str, ...] = ()
    senders: tuple[str, ...] = ()

    @property
    def where(self) -> str:
        """What a command needs to be about this incident."""
        return "" if self.alone else f"-i {self.incident.id} "


def status(session: Session, *, every: bool = False) -> tuple[Standing, ...]:
    """Return the incident that is meant, or every active one where none is named.

    Raises:
        BadInput: if a named incident is not there.
    """
    settings = load_settings(session)
    if session.circumstances.incident:
        chosen = [active(session)]
    else:
        chosen = [
            (case, case.incident)
            for case in session.case.incidents
            if case.incident is not None and (every or case.incident.stage == "active")
        ]
    return tuple(_standing(session, settings, case, incident) for case, incident in chosen)


def _standing(
    session: Session, settings: Settings, case: IncidentCase, incident: Incident
) -> Standing:
    playbook = settings.playbook(incident.playbook)
    active_now = [i for i in session.case.incidents if i.incident and i.incident.stage == "active"]
    return Standing(
        case=case,
        incident=incident,
        cells=cells(incident, case.messages, settings.audiences, playbook),
        clocks=tuple(_promises(case, session.circumstances.now)),
        settings=settings,
        now=session.circumstances.now,
        alone=len(active_now) == 1 and incident.stage == "active",
        drafters=_who_may(session, "drafted"),
        senders=_who_may(session, "send-intent"),
    )


def _who_may(session: Session, kind: str) -> tuple[str, ...]:
    trust = session.trust
    return tuple(person for person in trust.people if trust.may_write(person, kind, _NO_GATE))


def _promises(case: IncidentCase, now: datetime) -> Iterator[Clock]:
    """Yield the promised next update of each audience, kept or running or overdue."""
    last: dict[str, tuple[datetime, str, str]] = {}
    for message in case.messages:
        for send in message.sends:
            if send.sent is None or cell_of(message) is None:
                continue
            slots = getattr(send.sent.record.body, "slots", {})
            audience = (cell_of(message) or ("", ""))[1]
            at = moment(slots.get("send.time", send.sent.record.at))
            if audience not in last or at >= last[audience][0]:
                last[audience] = (at, slots.get("send.next_update", ""), message.message)
    for audience, (_, promised, message_id) in last.items():
        if promised:
            state = "overdue" if moment(promised) < now else "running"
            reason = f"{message_id} promised the next update"
            yield Clock(clock=f"next-update-{audience}", due=promised, state=state, reason=reason)


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


def tasks(session: Session) -> tuple[Task, ...]:
    """Return what waits on the person who acts, in the order of the process."""
    me = session.actor.person.id
    found: list[Task] = []
    for standing in status(session):
        for cell in standing.cells:
            found += _of_cell(session, standing, cell, me)
    return tuple(found)


def _of_cell(session: Session, standing: Standing, cell: Cell, me: str) -> Iterator[Task]:
    incident, message = standing.incident, cell.message
    drafts = session.trust.may_write(session.actor.person.id, "drafted", _NO_GATE)
    if cell.state == "due" and drafts:
        yield Task(
            incident=incident,
            verb="draft",
            what=f"{cell.phase} for {cell.audience} is due",
            command=f"comms {standing.where}draft {cell.audience}",
            audience=cell.audience,
        )
    if message is None:
        return
    for verdict in waited_for(message):
        if me in verdict.could:
            verb = "approve" if session.trust.gates[verdict.gate].recipients else "review"
            yield Task(
                incident=incident,
                verb=verb,
                what=f"{message.message} revision {message.verdict.revision} waits for "
                f"{verdict.gate}",
                command=f"comms {standing.where}{verb} {message.message} "
                f"--gate {verdict.gate}{' --ok' if verb == 'review' else ''}",
                message=message,
                gate=verdict.gate,
            )
    yield from _of_writer(session, standing, message, drafts=drafts)


def _of_writer(
    session: Session, standing: Standing, message: MessageCase, *, drafts: bool
) -> Iterator[Task]:
    if drafts and not message.sends and message.verdict.state != MessageState.SUPERSEDED:
        for objection in objections_to(message):
            yield Task(
                incident=standing.incident,
                verb="revise",
                what=f"{message.message}: {objection.record.person} ({objection.record.gate}) "
                "objects",
                command=f"comms {standing.where}revise {message.message}",
                message=message,
            )
    for verdict in skipped(message, session.actor.person.id):
        yield Task(
            incident=standing.incident,
            verb="ratify",
            what=f"{message.message} was sent as an emergency, without {verdict.gate}",
            command=f"comms {standing.where}ratify {message.message} --gate {verdict.gate}",
            message=message,
            gate=verdict.gate,
        )
    sends = session.trust.may_write(session.actor.person.id, "send-intent", _NO_GATE)
    if sends and message.verdict.state in {MessageState.RELEASED, MessageState.SENDING}:
        yield Task(
            incident=standing.incident,
            verb="send",
            what=f"{message.message} is {message.verdict.state}",
            command=f"comms {standing.where}send {message.message}",
            message=message,
        )


def minutes_since(text: str, now: datetime) -> int:
    """Return whole minutes since a stamped time; the future counts as none."""
    return max(0, int((now - moment(text)).total_seconds() // 60))


def clock_is_wrong(session: Session) -> str:
    """Say that this machine's clock is behind what others recorded, or nothing."""
    latest = max(
        (file.record.at for file in session.case.history.records if file.record), default=""
    )
    now = session.circumstances.now
    if latest and moment(latest) > now + TOLERANCE:
        return f"the last record says {latest}, and this machine's clock says {stamp(now)}"
    return ""
