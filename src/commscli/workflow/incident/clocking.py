"""Start a clock, and record that it was met: what a person claims, and why."""

from dataclasses import dataclass
from datetime import datetime

from commscli.domain.clocks.clock import Clock
from commscli.domain.clocks.regulatory import BY_HAND
from commscli.domain.fact_times import parse_time
from commscli.domain.incident import Incident
from commscli.domain.moments import moment, stamp
from commscli.domain.records import Clock as ClockRecord
from commscli.errors import BadInput, Refused
from commscli.gates.case import IncidentCase
from commscli.gates.message import MessageCase
from commscli.workflow.incident.clock_files import Entry, clocks_of_repository, find_entry
from commscli.workflow.incident.clocks import every_clock
from commscli.workflow.incident.courses import course_of
from commscli.workflow.incident.declaring import active
from commscli.workflow.messages.naming import pick_message
from commscli.workflow.messages.picking import AudienceNames
from commscli.workflow.recording import Act, Recorded, record_acts
from commscli.workflow.session import Session
from commscli.workflow.settings import Settings, load_settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocked:
    """What was recorded, and how that clock, and those that run from it, stand now."""

    recorded: Recorded
    clocks: tuple[Clock, ...]
    settings: Settings


def start_clock(
    session: Session, text: str, *, at: str = "", why: str, anyway: bool = False
) -> Clocked:
    """Record the event from which a clock runs.

    Raises:
        BadInput: if there is no such clock, or the time cannot be.
        Refused: if the clock is not enabled, or runs already and no other time is stated.
    """
    session.refresh()
    settings = load_settings(session)
    case, incident = active(session)
    entry = find_entry(clocks_of_repository(session), text)
    if entry.clock.status != "enabled" and not anyway:
        raise Refused(
            f"{entry.id} is {entry.clock.status}: {_why_not(entry)}",
            remedy=f"comms clock start {entry.id} --anyway --why TEXT, once somebody who knows "
            "that law has looked",
            code="clock-not-enabled",
        )
    running = _clock(every_clock(session, settings, case, incident), entry.id)
    if running is not None and running.state.is_open and not at:
        raise Refused(
            f"{entry.id} runs since {stamp(running.started)}",
            remedy=f"comms clock start {entry.id} --at TIME --why TEXT, if that is wrong",
            code="clock-runs",
        )
    time = _time(session, settings, at) if at else session.circumstances.now
    body = ClockRecord(clock=entry.id, time=stamp(time), why=why, met_by="")
    act = Act(kind="clock-started", body=body, incident=case.id, drill=incident.drill)
    recorded = record_acts(session, [act], subject=f"Start {entry.id} in {case.id}")
    return _clocked(session, recorded, entry.id)


def _why_not(entry: Entry) -> str:
    clock = entry.clock
    if clock.status == "not-in-force":
        return clock.note or f"no law yet, as far as was found ({clock.source})"
    read = {"secondary": "taken from a secondary page", "unverified": "not verified"}
    return f"{read.get(clock.read, 'not looked at')} ({clock.source}), on {entry.reviewed}"


def meet_clock(
    session: Session, text: str, *, at: str = "", message: str = "", why: str
) -> Clocked:
    """Record that what a clock asked for was done, and by which message, where there was one.

    Without a time it is that of the message, or now.

    Raises:
        BadInput: if no such clock runs, or the time cannot be.
        Refused: if the clock is one that only a send can meet, or the message was not sent, or
            in another incident.
    """
    session.refresh()
    settings = load_settings(session)
    case, incident = active(session)
    clock = _to_meet(session, settings, (case, incident), text)
    met_by = _sent_message(session, case, message) if message else None
    time = _time(session, settings, at) if at else _time_of(session, case, incident, met_by)
    if time < clock.started:
        raise BadInput(
            f"{clock.id} began at {stamp(clock.started)}, and {stamp(time)} is before that",
            remedy=f"comms clock start {clock.id} --at TIME --why TEXT corrects the beginning",
            code="bad-time",
        )
    body = ClockRecord(
        clock=clock.id, time=stamp(time), why=why, met_by=met_by.message if met_by else ""
    )
    act = Act(kind="clock-met", body=body, incident=case.id, drill=incident.drill)
    recorded = record_acts(session, [act], subject=f"Record that {clock.id} was met in {case.id}")
    return _clocked(session, recorded, clock.id)


def _to_meet(
    session: Session, settings: Settings, where: tuple[IncidentCase, Incident], text: str
) -> Clock:
    clocks = every_clock(session, settings, *where)
    clock = _clock(clocks, text)
    if clock is None:
        begun = list(dict.fromkeys(c.id for c in clocks if text and c.id.startswith(text)))
        clock = _clock(clocks, begun[0]) if len(begun) == 1 else None
    if clock is None:
        entry = find_entry(clocks_of_repository(session), text)
        raise Refused(
            f"{entry.id} was not started in {where[0].id}",
            remedy=f"comms clock start {entry.id} --at TIME --why TEXT, then this again",
            code="clock-not-started",
        )
    if clock.kind not in BY_HAND:
        raise Refused(
            f"{clock.id} is met by a real send to that audience, and by nothing else",
            remedy=f"comms draft {clock.audience}".strip() + ", and send it",
            code="met-by-a-send",
        )
    return clock


def _clock(clocks: tuple[Clock, ...], id_: str) -> Clock | None:
    return next((clock for clock in clocks if clock.id == id_), None)


def _sent_message(session: Session, case: IncidentCase, text: str) -> MessageCase:
    named = pick_message(
        session.case,
        text,
        incident=case.id,
        aliases=AudienceNames(session),
        waiting=lambda message: bool(message.sends),
    )
    message = named.message
    if named.incident.id != case.id:
        raise Refused(
            f"{message.message} belongs to {named.incident.id}: what was sent there meets nothing "
            f"in {case.id}",
            remedy=f"comms -i {case.id} clock met ID --message M, with a message of its own",
            code="other-incident",
        )
    if not message.sends or message.sends[-1].sent is None:
        raise Refused(
            f"{message.message} was not sent: it meets nothing",
            remedy=f"comms send {message.message}, then this again",
            code="not-sent",
        )
    return message


def _time_of(
    session: Session, case: IncidentCase, incident: Incident, message: MessageCase | None
) -> datetime:
    if message is None:
        return session.circumstances.now
    sends = [t.at for t in course_of(case, incident).told if t.message == message.message]
    return sends[-1] if sends else session.circumstances.now


def _time(session: Session, settings: Settings, text: str) -> datetime:
    now = session.circumstances.now
    time = moment(parse_time("--at", text, zone=settings.zone, now=now))
    if time > now:
        raise BadInput(
            f"--at {text}: {stamp(time)} is still to come, and a record says what happened",
            remedy="state when it happened, such as 09:14 or 2026-11-22T09:14:00Z",
            code="bad-time",
        )
    return time


def _clocked(session: Session, recorded: Recorded, id_: str) -> Clocked:
    """Return a clock, and what runs from it, as they stand with the new record."""
    settings = load_settings(session)
    case, incident = active(session)
    entries = clocks_of_repository(session)
    chained = {e.id for e in entries.values() if e.clock.chained_from == id_}
    clocks = every_clock(session, settings, case, incident)
    about = [c for c in clocks if c.id == id_ or (c.id in chained and c.state.is_open)]
    first = sorted(about, key=lambda clock: clock.id != id_)
    return Clocked(recorded=recorded, clocks=tuple(first), settings=settings)
