"""From the records of an incident to its course, as the clocks look at it."""

from collections.abc import Iterator
from datetime import datetime

from commscli.domain.clocks.course import Course, Stretch, Told
from commscli.domain.clocks.regulatory import Mark
from commscli.domain.incident import Incident
from commscli.domain.moments import moment
from commscli.domain.records import Clock, Declared, Drafted, Fact, Moved, Record, Sent
from commscli.gates.case import IncidentCase
from commscli.gates.message import MessageCase, Send
from commscli.gates.standing import Worth

ARRIVED = ("accepted", "delivered")
"""Outcomes of a delivery after which somebody has been told."""


def course_of(case: IncidentCase, incident: Incident) -> Course:
    """Return what happened, by time. Times are what their writers claim."""
    told = sorted(_told(case), key=lambda one: one.at)
    return Course(
        told=told,
        stretches=[*_stretches(case)],
        skipped={
            (phase, str(audience)): why for (phase, audience), why in incident.skipped.items()
        },
        closed=_closed(case) if incident.closed else None,
    )


def marks_of(case: IncidentCase) -> list[Mark]:
    """Return what was recorded of clocks, in the order of the records."""
    return [
        Mark(
            clock=record.body.clock,
            is_start=record.kind == "clock-started",
            time=moment(record.body.time),
            why=record.body.why,
            message=record.body.met_by,
        )
        for record in _valid(case)
        if isinstance(record.body, Clock)
    ]


def known_since(case: IncidentCase) -> dict[str, datetime]:
    """Return since when each fact that has a value has had one."""
    known: dict[str, datetime] = {}
    for record in _valid(case):
        if isinstance(record.body, Fact) and record.body.value:
            known.setdefault(record.body.key, moment(record.at))
        elif isinstance(record.body, Fact):
            known.pop(record.body.key, None)
    return known


def last_changed(case: IncidentCase, key: str) -> datetime:
    """Return when a fact, which was recorded at least once, got the value of now."""
    times = [r.at for r in _valid(case) if isinstance(r.body, Fact) and r.body.key == key]
    return moment(times[-1])


def _valid(case: IncidentCase) -> Iterator[Record]:
    for placed in case.ordered.records:
        if case.standings[placed.digest].worth is Worth.VALID:
            yield placed.record


def _closed(case: IncidentCase) -> datetime | None:
    times = [record.at for record in _valid(case) if record.kind == "closed"]
    return moment(times[-1]) if times else None


def _told(case: IncidentCase) -> Iterator[Told]:
    for message in case.messages:
        for send in message.sends:
            told = _of_send(message, send)
            if told is not None:
                yield told


def _of_send(message: MessageCase, send: Send) -> Told | None:
    """Return whom a send told what; nothing, where it did not end, or reached nobody."""
    draft = message.revisions.drafts[send.subject].body
    sent = send.sent.record if send.sent else None
    if sent is None or not isinstance(sent.body, Sent) or not isinstance(draft, Drafted):
        return None
    reached = {
        channel
        for channel, counts in sent.body.counts.items()
        if any(counts.get(outcome) for outcome in ARRIVED)
    }
    if not reached:
        return None
    promised = sent.body.slots.get("send.next_update", "")
    return Told(
        audience=draft.audience,
        phase=draft.phase,
        at=moment(sent.body.slots.get("send.time", sent.at)),
        message=message.message,
        promised=moment(promised) if promised else None,
        channels=frozenset(reached),
        words=draft.draft,
    )


def _stretches(case: IncidentCase) -> Iterator[Stretch]:
    """Yield each time in which phase and severity stayed the same, in the order of the records.

    A change that claims to be before the one that it follows is taken as of the same moment.
    """
    phase = severity = ""
    since: datetime | None = None
    for record in _valid(case):
        body = record.body
        if isinstance(body, Declared) and since is None:
            phase, severity, since = body.phase, body.severity, moment(record.at)
        elif isinstance(body, Moved) and since is not None:
            at = max(since, moment(record.at))
            yield Stretch(phase=phase, severity=severity, since=since, until=at)
            phase = body.value if record.kind == "phase" else phase
            severity = body.value if record.kind == "severity" else severity
            since = at
    if since is not None:
        yield Stretch(phase=phase, severity=severity, since=since)
