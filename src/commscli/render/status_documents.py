"""How incidents stand, and who is waited for, as JSON documents."""

from collections.abc import Iterable, Sequence

from commscli.render.documents import Document, stamped
from commscli.workflow.incident.escalating import Escalated
from commscli.workflow.incident.freshness import StaleFacts
from commscli.workflow.incident.holding import reason
from commscli.workflow.incident.matrix import Cell
from commscli.workflow.incident.nudging import Nudge
from commscli.workflow.incident.overview import Standing
from commscli.workflow.incident.pacing import Wait


def status_document(standings: Iterable[Standing]) -> Document:
    """Return ``comms/status@1``."""
    return {"schema": "comms/status@1", "incidents": [_incident(s) for s in standings]}


def _incident(standing: Standing) -> Document:
    incident = standing.incident
    return {
        "id": incident.id,
        "title": incident.title,
        "stage": incident.stage,
        "closed": incident.closed,
        "phase": incident.phase,
        "severity": incident.severity,
        "drill": incident.drill,
        "lead": standing.lead,
        "holds": [
            {"person": h.record.person, "message": h.record.message or None, "why": reason(h),
             "at": h.record.at}
            for h in standing.holds
        ],
        "escalations": [escalation_document(one) for one in standing.escalations],
        "left_hanging": list(standing.left_hanging),
        "to_close": list(standing.to_close),
        "cells": [_cell(standing, cell) for cell in standing.cells],
        "clocks": [
            {"clock": c.id, "due": stamped(c.due), "state": str(c.state), "reason": c.reason}
            for c in standing.clocks
        ],
    }  # fmt: skip


def _cell(standing: Standing, cell: Cell) -> Document:
    message = cell.message.message if cell.message else None
    return {
        "phase": cell.phase,
        "audience": cell.audience,
        "required": cell.required,
        "state": cell.state,
        "message": message,
        "corrects": cell.corrects or None,
        "again": list(cell.again),
        "stale_facts": stale_document(standing.stale.get(message) if message else None),
        "waiting_for": [_wait(wait) for wait in standing.waits if wait.cell is cell],
    }


def stale_document(stale: StaleFacts | None) -> Document | None:
    """Return which facts changed since a draft was written, or that none did."""
    if stale is None:
        return None
    return {"changed": [key for key, _, _ in stale.changed], "added": list(stale.added)}


def _wait(wait: Wait) -> Document:
    return {
        "gate": wait.verdict.gate,
        "people": list(wait.people),
        "estimate": f"{wait.estimate}m" if wait.estimate else None,
        "overdue": bool(wait.late),
        "since": wait.since,
        "due": wait.due,
        "assigned": wait.assigned,
    }


def nudges_document(nudges: Sequence[Nudge]) -> Document:
    """Return ``comms/nudge@1``."""
    return {
        "schema": "comms/nudge@1",
        "waiting": [
            {
                "incident": nudge.incident,
                "drill": nudge.drill,
                "message": nudge.message or None,
                "phase": nudge.phase,
                "audience": nudge.audience,
                "gate": nudge.gate,
                "minutes": nudge.minutes,
                "estimate": f"{nudge.estimate}m" if nudge.estimate else None,
                "late": nudge.late,
                "people": [
                    {"person": p.person, "name": p.name, "contact": p.contact} for p in nudge.people
                ],
            }
            for nudge in nudges
        ],
    }


def escalations_document(escalated: Iterable[Escalated]) -> Document:
    """Return ``comms/escalated@1``."""
    return {
        "schema": "comms/escalated@1",
        "escalations": [escalation_document(one) for one in escalated],
    }


def escalation_document(one: Escalated) -> Document:
    """Return an escalation: what set it off, when, and whom it reaches."""
    return {
        "escalation": one.id,
        "trigger": one.trigger,
        "why": one.why,
        "since": stamped(one.since),
        "due": list(one.due),
        "tell": list(one.people),
    }
