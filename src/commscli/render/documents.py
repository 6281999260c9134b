"""Results as JSON documents: versioned shapes of their own, keys only ever added.

Each is described by a schema in ``docs/schema``; nothing here dumps an inner value as it is.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from commscli import __version__
from commscli.domain.moments import stamp
from commscli.domain.report import Finding, GateVerdict, MessageVerdict, Report
from commscli.errors import CommsError
from commscli.gates.engine import finding_id
from commscli.render.escaping import escaped_json

if TYPE_CHECKING:  # what a verdict prints does not wait for what a status shows
    from commscli.domain.incident import Incident
    from commscli.workflow.incident.desk import Task
    from commscli.workflow.incident.story import Event
    from commscli.workflow.recording import Recorded

Document = dict[str, Any]
HELP = "comms explain "


def written(document: Mapping[str, Any] | Sequence[Document]) -> str:
    """Return a document as it is printed: nothing in it can act on a terminal or in a CI log."""
    return escaped_json(json.dumps(document, ensure_ascii=False, indent=2)) + "\n"


def check_document(report: Report) -> Document:
    """Return ``comms/check@1``."""
    return {
        "schema": "comms/check@1",
        "outcome": str(report.outcome),
        "tool": f"comms {__version__}",
        "head": report.head,
        "trust": {"version": report.trust_version, "digest": report.trust_digest or ""},
        "pin": ({"source": report.pin.source, "digest": report.pin.digest} if report.pin else None),
        "since": (
            {"commit": report.since.commit, "whole": report.since.whole} if report.since else None
        ),
        "reasons": list(report.reasons),
        "checked": {
            "incidents": report.checked.incidents,
            "messages": report.checked.messages,
            "sent": report.checked.sent,
            "drills": report.checked.drills,
            "records": report.checked.records,
            "commits": report.checked.commits,
        },
        "messages": [_message(message) for message in report.messages],
        "findings": [_finding(finding) for finding in report.findings],
    }


def _message(message: MessageVerdict) -> Document:
    return {
        "incident": message.incident,
        "message": message.message,
        "drill": message.drill,
        "state": str(message.state),
        "revision": message.revision,
        "gates": [gate_document(verdict) for verdict in message.gates],
    }


def gate_document(verdict: GateVerdict) -> Document:
    """Return one gate, as every document shows it."""
    return {
        "gate": verdict.gate,
        "state": str(verdict.state),
        "by": list(verdict.by),
        "missing": verdict.missing,
        "could": list(verdict.could),
        "reason": verdict.reason,
    }


def _finding(finding: Finding) -> Document:
    return {
        "id": finding_id(finding),
        "rule": finding.rule,
        "level": str(finding.level),
        "incident": finding.incident,
        "message": finding.message,
        "path": finding.path,
        "line": finding.line,
        "commit": finding.commit or "",
        "text": finding.text,
        "remedy": finding.remedy,
        "help": HELP + finding.rule,
        "who": list(finding.who),
        "accept": list(finding.accept),
        "subject": finding.subject,
    }


def stamped(at: datetime | None) -> str | None:
    """Return a time as every document states it."""
    return stamp(at) if at is not None else None


def tasks_document(tasks: Iterable["Task"], person: str) -> Document:
    """Return ``comms/next@1``."""
    return {
        "schema": "comms/next@1",
        "person": person,
        "tasks": [
            {
                "incident": task.incident.id,
                "drill": task.incident.drill,
                "verb": task.verb,
                "message": task.message.message if task.message else None,
                "revision": task.message.verdict.revision if task.message else None,
                "gate": task.gate,
                "text": task.what,
                "command": task.command,
            }
            for task in tasks
        ],
    }


def recorded_document(recorded: "Recorded", **more: Any) -> Document:
    """Return ``comms/recorded@1``. ``shared`` says that the remote has it."""
    first = recorded.records[0].record if recorded.records else None
    return {
        "schema": "comms/recorded@1",
        "records": [
            {"path": r.path, "digest": r.digest, "kind": r.record.kind,
             "incident": r.record.incident, "message": r.record.message, "gate": r.record.gate}
            for r in recorded.records
        ],
        "incident": first.incident if first else "",
        "message": first.message if first else "",
        "drill": any(r.record.drill for r in recorded.records),
        "revision": recorded.revision,
        "commit": recorded.written.commit,
        "shared": recorded.written.shared,
        **more,
    }  # fmt: skip


def story_document(incident: "Incident", events: Iterable["Event"]) -> Document:
    """Return ``comms/log@1``."""
    return {
        "schema": "comms/log@1",
        "incident": incident.id,
        "drill": incident.drill,
        "events": [
            {"at": e.at, "person": e.person, "kind": e.kind, "message": e.message, "text": e.text,
             "digest": e.digest, "valid": e.valid}
            for e in events
        ],
    }  # fmt: skip


def error_document(fault: CommsError, exit_code: int) -> Document:
    """Return ``comms/error@1``."""
    return {
        "schema": "comms/error@1",
        "code": fault.code,
        "exit": exit_code,
        "text": fault.text,
        "remedy": fault.remedy,
        "place": str(fault.place) if fault.place else "",
        "problems": [
            {"place": str(p.place) if p.place else "", "text": p.text} for p in fault.problems
        ],
        "missing": [
            {"gate": m.gate, "state": m.state, "count": m.count, "could": list(m.could)}
            for m in fault.missing
        ],
    }


def plain_document(schema: str, values: Mapping[str, Any]) -> Document:
    """Return a document of its own schema, such as ``comms/playbooks@1``."""
    return {"schema": f"comms/{schema}@1", **values}
