"""A message as somebody looks at it: its words, its gates, what changed, what would leave."""

from dataclasses import dataclass

from commscli.delivery.payload import OPEN, Payload, blank, payloads
from commscli.delivery.recipients import find_by_digest
from commscli.domain.ids import Digest
from commscli.domain.order import Placed
from commscli.domain.records import Drafted, Verdict
from commscli.domain.report import GateVerdict
from commscli.errors import BadInput
from commscli.gates.message import MessageCase
from commscli.workflow.incident.freshness import StaleFacts, stale_facts
from commscli.workflow.messages.attaching import Attached, attached_as_shown
from commscli.workflow.messages.naming import Named
from commscli.workflow.messages.picking import pick
from commscli.workflow.messages.reading import difference, drafted, only_head
from commscli.workflow.messages.recorded_words import is_drill, recipient_folders, recorded_words
from commscli.workflow.messages.shown import last_shown, remember
from commscli.workflow.messages.sizing import size_up_of
from commscli.workflow.messages.word_origins import Origins, origins
from commscli.workflow.recording import find_incident
from commscli.workflow.session import Session

SAMPLES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One revision, as it is shown."""

    incident: str
    message: str
    state: str
    revision: int
    digest: Digest
    body: Drafted
    subject: str
    words: str
    drill: bool
    gates: tuple[GateVerdict, ...]
    opinions: tuple[Placed, ...]
    standing: frozenset[Digest]
    newest: bool
    origins: Origins
    size_up: tuple[tuple[str, str], ...] = ()
    """What the writer answered before a word was written: for reviewers, and not signed."""
    attachments: tuple[Attached, ...] = ()
    stale: StaleFacts | None = None
    """How the facts changed since the newest words were written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What changed between two revisions."""

    incident: str
    message: str
    old: int
    new: int
    lines: tuple[str, ...]
    drill: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Previewed:
    """What would leave, over each channel; of a long list the first few."""

    incident: str
    message: str
    revision: int
    payloads: tuple[Payload, ...]
    recipients: int
    complete: bool
    drill: bool
    attachments: tuple[Attached, ...] = ()


def find(session: Session, reference: str) -> Named:
    """Return the message that somebody wants to see."""
    return pick(
        session,
        reference,
        lambda m: any(session.me in v.could for v in m.verdict.gates) and not m.sends,
    )


def look(session: Session, reference: str) -> Seen:
    """Return a message to show, and remember that it was shown."""
    named = find(session, reference)
    message = named.message
    digest = named.revision or message.verdict.subject or only_head(message)
    seen = see(session, message, digest)
    remember(session, message, digest)
    return seen


def see(session: Session, message: MessageCase, digest: Digest) -> Seen:
    """Return one revision as it is shown."""
    body = drafted(message, digest)
    words = recorded_words(session, message, digest)
    everything = message.ordered.everything
    case = find_incident(session.case, message.incident)
    return Seen(
        incident=message.incident,
        message=message.message,
        state=str(message.verdict.state),
        revision=body.revision,
        digest=digest,
        body=body,
        subject=words.subject,
        words=words.body,
        drill=words.drill,
        gates=message.verdict.gates,
        opinions=tuple(
            p for p in message.ordered.records if p.record.kind in {"suggested", "objected"}
        ),
        standing=frozenset(o.digest for o in message.now.objections(everything)),
        newest=digest == message.verdict.subject,
        origins=origins(session, message, digest, words),
        size_up=size_up_of(session, message),
        attachments=attached_as_shown(session, message, digest),
        stale=stale_facts(case, message) if case else None,
    )


def compare(session: Session, reference: str, since: str) -> Compared:
    """Return what changed since this person looked, or since a gate's last verdict.

    Raises:
        BadInput: if there is nothing to compare with.
    """
    message = find(session, reference).message
    new = message.verdict.subject or only_head(message)
    old = _judged(message, since) if since else _looked_at(session, message)
    if old is None:
        what = f"{since} has no verdict on it" if since else "you have not looked at it here"
        raise BadInput(what, remedy=f"comms show {message.message}", code="nothing-to-compare")
    remember(session, message, new)
    return changes(session, message, old, new)


def changes(session: Session, message: MessageCase, old: Digest, new: Digest) -> Compared:
    """Return what changed from one revision to another."""
    lines = difference(session, message, old, new)
    numbers = [message.revisions.number(d) for d in (old, new)]
    return Compared(
        incident=message.incident,
        message=message.message,
        old=numbers[0],
        new=numbers[1],
        lines=tuple(lines),
        drill=is_drill(session, message, new),
    )


def _looked_at(session: Session, message: MessageCase) -> Digest | None:
    """Return what this person was shown last here, or judged last anywhere."""
    own = (
        p.record.body.subject
        for p in reversed(message.ordered.records)
        if isinstance(p.record.body, Verdict) and p.record.person == session.me
    )
    return last_shown(session, message) or next(own, None)


def _judged(message: MessageCase, gate: str) -> Digest | None:
    for placed in reversed(message.ordered.records):
        if placed.record.gate == gate and isinstance(placed.record.body, Verdict):
            return placed.record.body.subject
    return None


def preview(session: Session, reference: str) -> Previewed:
    """Return what would leave, and remember that it was shown."""
    named = find(session, reference)
    message = named.message
    digest = named.revision or message.verdict.subject or only_head(message)
    body = drafted(message, digest)
    count = body.recipients["count"]
    found = find_by_digest(body.recipients["digest"], recipient_folders(session)) if count else None
    words = recorded_words(session, message, digest)
    shown: list[Payload] = []
    for channel, settings in body.channels.items():
        if count and found is None:
            shown.append(blank(words, channel))
        else:
            shown += list(payloads(words, channel, settings, found, OPEN))[:SAMPLES]
    remember(session, message, digest)
    return Previewed(
        incident=message.incident,
        message=message.message,
        revision=body.revision,
        payloads=tuple(shown),
        recipients=count,
        complete=not count or found is not None,
        drill=words.drill,
        attachments=attached_as_shown(session, message, digest),
    )
