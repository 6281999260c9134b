"""Escalations of a playbook: which were set off, whom they reach, and that it was done."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from commscli.domain.escalations import record_name
from commscli.domain.ids import IncidentId, PersonId, RoleId
from commscli.domain.incident import Incident
from commscli.domain.moments import moment, stamp
from commscli.domain.records import Clock
from commscli.domain.trust import Trust
from commscli.gates.case import IncidentCase
from commscli.ledger.record_files import RecordBytes
from commscli.workflow.incident.courses import course_of, known_since
from commscli.workflow.incident.pacing import valid_of_kind
from commscli.workflow.recording import (
    NO_GATE,
    Act,
    Recorded,
    Then,
    find_incident,
    record_fresh,
    record_of,
    require_may,
    with_records,
)
from commscli.workflow.session import Session
from commscli.workflow.settings import load_settings

if TYPE_CHECKING:
    from commscli.documents.models.playbook import Playbook

RECORDED_AS = "clock-started"
"""The kind of record by which an escalation is carried out: whoever may start a clock may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalated:
    """An escalation that was set off. ``since`` is UTC; ``by`` is nobody until it was done."""

    id: str
    trigger: str
    why: str
    since: datetime
    due: tuple[str, ...]
    tell: tuple[str, ...]
    people: tuple[str, ...]
    by: str = ""

    @property
    def is_open(self) -> bool:
        """Whether nobody carried it out yet."""
        return not self.by


def escalations(
    case: IncidentCase, incident: Incident, playbook: "Playbook", trust: Trust, now: datetime
) -> tuple[Escalated, ...]:
    """Return the escalations that were set off, in the order of the playbook.

    One that was carried out stays, even where what set it off is taken back.
    """
    course, known = course_of(case, incident), known_since(case)
    done = {
        body.clock: (placed.record.person, moment(body.time))
        for placed in valid_of_kind(case, RECORDED_AS)
        if isinstance(body := placed.record.body, Clock)
    }
    found: list[Escalated] = []
    for one in playbook.escalations:
        by, time = done.get(record_name(one.id), ("", None))
        since = time or one.when.trigger.since(course, known, now)
        if since is not None:
            found.append(
                Escalated(
                    id=one.id,
                    trigger=one.when.said(),
                    why=one.why,
                    since=since,
                    due=one.due,
                    tell=one.tell,
                    people=tuple(_holders(trust, one.tell)),
                    by=by,
                )
            )
    return tuple(found)


def _holders(trust: Trust, roles: Iterable[str]) -> dict[str, None]:
    return dict.fromkeys(p for role in roles for p in trust.holders(RoleId(role)))


def may_escalate(trust: Trust, person: str) -> bool:
    """Whether somebody may record that an escalation was carried out."""
    return trust.may_write(PersonId(person), RECORDED_AS, NO_GATE)


def escalate(session: Session, incident: IncidentId) -> Recorded:
    """Carry out the escalations of an incident that are open: record each, once.

    Raises:
        NotEntitled: if this person may not.
    """
    require_may(session, RECORDED_AS)

    def acts() -> list[Act]:
        case = find_incident(session.case, incident)
        about = case.incident if case else None
        return [_act(about, one) for one in open_escalations(session, case) if about]

    return record_fresh(session, acts, subject=f"Escalate {incident}")


def set_off_by(session: Session) -> Then:
    """Return what adds the escalations that new records of an incident set off.

    It adds nothing where this person may not carry one out.
    """

    def then(records: Sequence[RecordBytes]) -> Sequence[RecordBytes]:
        if not may_escalate(session.trust, session.actor.person.id):
            return ()
        case = find_incident(with_records(session.case, records), records[0].record.incident)
        added = list(records)
        for one in open_escalations(session, case) if case else ():
            if case and case.incident:
                act = replace(_act(case.incident, one), after=(added[-1].digest,))
                added.append(record_of(session, act))
        return added[len(records) :]

    return then


def open_escalations(session: Session, case: IncidentCase | None) -> tuple[Escalated, ...]:
    """Return the escalations of an incident that were set off, and that nobody carried out."""
    incident = case.incident if case else None
    if case is None or incident is None or incident.closed:
        return ()
    playbook = load_settings(session).playbook(incident.playbook)
    found = escalations(case, incident, playbook, session.trust, session.circumstances.now)
    return tuple(one for one in found if one.is_open)


def _act(incident: Incident, one: Escalated) -> Act:
    told = f"; to {', '.join(one.people)}" if one.people else ""
    body = Clock(
        clock=record_name(one.id), time=stamp(one.since), why=f"{one.trigger}{told}", met_by=""
    )
    return Act(kind=RECORDED_AS, body=body, incident=incident.id, drill=incident.drill)
