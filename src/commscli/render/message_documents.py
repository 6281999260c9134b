"""A message, a difference, a preview, as JSON documents."""

from collections.abc import Iterable

from commscli.domain.private_words import withheld
from commscli.domain.records import Verdict
from commscli.render.documents import Document, gate_document
from commscli.render.origin_text import origin_document
from commscli.workflow.messages.attaching import Attached
from commscli.workflow.messages.showing import Compared, Previewed, Seen
from commscli.workflow.verdicts.withholding import Fitting


def show_document(seen: Seen) -> Document:
    """Return ``comms/message@1``."""
    return {
        "schema": "comms/message@1",
        "incident": seen.incident,
        "message": seen.message,
        "drill": seen.drill,
        "state": seen.state,
        "revision": seen.revision,
        "digest": seen.digest,
        "newest": seen.newest,
        "audience": seen.body.audience,
        "phase": seen.body.phase,
        "severity": seen.body.severity,
        "subject": seen.subject,
        "body": seen.words,
        "channels": list(seen.body.channels),
        "recipients": {
            "digest": seen.body.recipients["digest"], "count": seen.body.recipients["count"]
        },
        **origin_document(seen.origins),
        "next_update": seen.body.next_update,
        "corrects": seen.body.corrects,
        "attachments": _attached(seen.attachments),
        "size_up": [{"question": q, "answer": a} for q, a in seen.size_up],
        "stale_facts": (
            {"changed": [key for key, _, _ in seen.stale.changed], "added": list(seen.stale.added)}
            if seen.stale
            else None
        ),
        "gates": [gate_document(verdict) for verdict in seen.gates],
        "opinions": [
            {
                "person": placed.record.person,
                "gate": placed.record.gate,
                "kind": placed.record.kind,
                "text": placed.record.body.text,
                "private": _category(placed.record.body.text),
                "edit": placed.record.body.edit,
                "stands": placed.digest in seen.standing,
                "digest": placed.digest,
            }
            for placed in seen.opinions
            if isinstance(placed.record.body, Verdict)
        ],
    }  # fmt: skip


def _attached(files: Iterable[Attached]) -> list[Document]:
    return [{"name": file.name, "bytes": file.size, "sha256": file.digest} for file in files]


def _category(text: str) -> str:
    """Return why words are not on record; empty, where they are."""
    words = withheld(text)
    return words.category if words else ""


def private_document(fitting: Fitting) -> Document:
    """Return ``comms/private@1``; never the words."""
    return {
        "schema": "comms/private@1",
        "incident": fitting.incident,
        "message": fitting.message,
        "person": fitting.person,
        "gate": fitting.gate,
        "at": fitting.at,
        "record": fitting.record,
        "category": fitting.withheld.category,
        "digest": fitting.withheld.digest,
    }


def diff_document(compared: Compared) -> Document:
    """Return ``comms/diff@1``."""
    return {
        "schema": "comms/diff@1",
        "incident": compared.incident,
        "message": compared.message,
        "drill": compared.drill,
        "from": compared.old,
        "to": compared.new,
        "lines": list(compared.lines),
    }


def preview_document(previewed: Previewed) -> Document:
    """Return ``comms/preview@1``."""
    return {
        "schema": "comms/preview@1",
        "incident": previewed.incident,
        "message": previewed.message,
        "drill": previewed.drill,
        "revision": previewed.revision,
        "attachments": _attached(previewed.attachments),
        "recipients": previewed.recipients,
        "complete": previewed.complete,
        "deliveries": [
            {"channel": p.channel, "to": p.to, "name": p.name, "subject": p.subject, "text": p.text}
            for p in previewed.payloads
        ],
    }
