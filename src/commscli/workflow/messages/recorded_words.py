"""The words of a revision as it was recorded, and where lists of recipients lie.

Nothing here reads settings or validates anew: what was recorded is what it is, and a verdict
should not wait for a library that only hand-edited files need.
"""

from pathlib import Path

from commscli.delivery.payload import Words
from commscli.documents.front_matter import split
from commscli.domain.ids import Digest
from commscli.errors import Refused
from commscli.gates.message import MessageCase
from commscli.workflow.messages.reading import draft_bytes
from commscli.workflow.recording import find_incident
from commscli.workflow.session import Session


def recorded_words(session: Session, message: MessageCase, digest: Digest) -> Words:
    """Return the subject and the body of a revision.

    Raises:
        Refused: if what was recorded is no draft.
    """
    parts = split(draft_bytes(session, message, digest).decode(errors="replace"), "draft.md")
    head = parts.head.value if parts.head is not None else None
    subject = head.get("subject") if isinstance(head, dict) else None
    if not isinstance(subject, str):
        raise Refused(
            f"revision {message.revisions.number(digest)} of {message.message} has no subject",
            remedy=f"the spokesperson records it again: comms revise {message.message}",
            code="no-subject",
        )
    return Words(
        incident=message.incident,
        message=message.message,
        subject=subject,
        body=parts.body,
        drill=is_drill(session, message, digest),
    )


def is_drill(session: Session, message: MessageCase, digest: Digest) -> bool:
    """Whether a revision is a drill's: by the declaration, or by its own record.

    Where the two differ the check says so. Here either is enough: what may be an exercise
    never leaves as the real thing.
    """
    case = find_incident(session.case, message.incident)
    declared = bool(case and case.incident and case.incident.drill)
    return declared or message.revisions.drafts[digest].drill


def recipient_folders(session: Session) -> list[Path]:
    """Return where lists of recipients may lie."""
    own = session.repository.work_tree
    return [*([own / "recipients"] if own else []), *session.circumstances.recipients]
