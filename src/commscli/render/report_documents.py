"""The report, and what is still open, as JSON documents."""

from collections.abc import Iterable

from commscli.domain.follow_ups import FollowUp
from commscli.render.documents import Document
from commscli.render.measure_words import CLAIMED
from commscli.render.metrics_documents import measures_document
from commscli.workflow.afterwards.reporting import Change, IncidentReport


def report_document(report: IncidentReport, path: str) -> Document:
    """Return ``comms/report@1``. ``path`` is where the report was written, if it was."""
    incident = report.incident
    return {
        "schema": "comms/report@1",
        "incident": incident.id,
        "title": incident.title,
        "drill": incident.drill,
        "stage": incident.stage,
        "declared": {"at": incident.declared_at, "by": incident.declared_by},
        "reporter": incident.reporter or incident.facts.get("reporter", ""),
        "facts": dict(incident.facts),
        "phases": _changes(report.phases),
        "severities": _changes(report.severities),
        "timeline": [
            {"at": e.at, "person": e.person, "kind": e.kind, "message": e.message,
             "text": e.text, "valid": e.valid}
            for e in report.events
        ],
        "objections": [
            {"at": o.at, "person": o.person, "gate": o.gate, "message": o.message,
             "text": o.text, "stands": o.stands}
            for o in report.objections
        ],
        "follow_ups": [follow_up_document(one) for one in report.follow_ups],
        "communication": measures_document(report.measures),
        "outcome": report.outcome,
        "times": CLAIMED,
        "path": path,
    }  # fmt: skip


def _changes(changes: Iterable[Change]) -> list[Document]:
    return [{"at": change.at, "value": change.value, "why": change.why} for change in changes]


def follow_up_document(one: FollowUp) -> Document:
    """Return one follow-up, as every document shows it."""
    return {
        "what": one.what,
        "owner": one.owner,
        "due": one.due,
        "done": one.done,
        "source": one.source,
    }
