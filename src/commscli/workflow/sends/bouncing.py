"""Read what mail servers say later into records: evidence that is added, and changes no verdict.

A notification names a delivery by the id of the mail, and that by its key. So nobody has to have
the list of recipients, nor the ledger: the rows stand in the evidence of the send.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from commscli.delivery.bounces import Kind, Report, read
from commscli.delivery.channels.channel import delivery_of
from commscli.delivery.payload import OPEN, Payload
from commscli.delivery.recipients import find_by_digest
from commscli.domain.ids import Digest, IncidentId, MessageId
from commscli.domain.records import DeliveredLate, Drafted, SendIntent, Sent
from commscli.errors import CommsError
from commscli.gates.message import MessageCase, Send
from commscli.ledger.record_files import digest_of
from commscli.workflow.messages.recorded_words import recipient_folders
from commscli.workflow.recording import Act, Recorded, record_fresh, require_may
from commscli.workflow.sends.late_news import (
    LateNews,
    counts,
    evidence_lines,
    evidence_path,
    late_news,
    written,
)
from commscli.workflow.sends.send_plan import plan_of
from commscli.workflow.session import Session

_ROW = 1
BROADCAST_ROW = "-"


@dataclass(slots=True, kw_only=True)
class Told:
    """What a pile of mails says: by the key of a delivery what became of it, each with a code."""

    news: dict[str, dict[str, str]] = field(default_factory=dict)
    mails: int = 0
    reports: int = 0
    nameless: int = 0
    """Notifications that name no delivery of anybody who sends as we do."""
    automatic: int = 0
    other: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OfSend:
    """What is new of one send."""

    incident: str
    message: str
    intent: Digest
    news: tuple[LateNews, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import found, and wrote; ``known`` is what was on record, ``foreign`` not ours."""

    told: Told
    sends: tuple[OfSend, ...]
    known: int
    foreign: int
    recorded: Recorded | None


def listen(mails: Iterable[bytes]) -> Told:
    """Return what mails say, whoever wrote them."""
    told = Told()
    for data in mails:
        told.mails += 1
        found = read(data)
        if found is Kind.AUTOMATIC:
            told.automatic += 1
        elif found is Kind.OTHER:
            told.other += 1
        elif isinstance(found, Report):
            told.reports += 1
            told.nameless += not found.keys
            for key in found.keys:
                own = told.news.setdefault(key, {})
                for what, status in sorted(found.news):
                    own[what] = min(filter(None, (own.get(what, ""), status)), default="")
    return told


def bounced(session: Session, mails: Iterable[bytes]) -> Imported:
    """Record what mails say of deliveries that are known here, a record for each send.

    Raises:
        NotEntitled: if this person may not write it.
    """
    require_may(session, "delivered-late")
    told = listen(mails)
    found: list[OfSend] = []
    files: dict[str, bytes] = {}
    known: set[tuple[str, str, str, str]] = set()
    matched: set[str] = set()

    def acts() -> Sequence[Act]:
        for kept in (found, files, known, matched):
            kept.clear()
        for message, send, keys in _sends(session, told.news):
            matched.update(keys)
            there = {one.of for one in late_news(session, message, send.intent.digest)}
            said = {one.of: one for one in _said(told, keys)}
            known.update((send.intent.digest, *of) for of in said if of in there)
            news = tuple(sorted(one for of, one in said.items() if of not in there))
            if news:
                found.append(OfSend(incident=message.incident, message=message.message,
                                    intent=send.intent.digest, news=news))  # fmt: skip
        return [_act(one, files) for one in found]

    recorded = record_fresh(session, acts, subject=_subject(told), files=files)
    return Imported(
        told=told,
        sends=tuple(found),
        known=len(known),
        foreign=told.nameless + len(told.news.keys() - matched),
        recorded=recorded if found else None,
    )


def _subject(told: Told) -> str:
    return f"Record what {told.reports} notification{'' if told.reports == 1 else 's'} said"


def _act(one: OfSend, files: dict[str, bytes]) -> Act:
    data = written(one.news)
    digest = digest_of(data)
    files[evidence_path(one.incident, one.message, digest)] = data
    body = DeliveredLate(intent=one.intent, counts=counts(one.news), evidence=digest)
    return Act(kind="delivered-late", body=body, incident=IncidentId(one.incident),
               message=MessageId(one.message))  # fmt: skip


def _said(told: Told, keys: Mapping[str, tuple[str, str]]) -> Iterator[LateNews]:
    for key, (channel, row) in keys.items():
        for what, status in told.news[key].items():
            yield LateNews(channel=channel, row=row, what=what, status=status)


def _sends(
    session: Session, wanted: Mapping[str, object]
) -> Iterator[tuple[MessageCase, Send, dict[str, tuple[str, str]]]]:
    """Yield each send that a key belongs to, with the channel and the row of each such key."""
    if not wanted:
        return
    for message in session.case.messages:
        if message.verdict.drill:
            continue  # nothing of it left
        for send in message.sends:
            try:
                keys = {k: v for k, v in _keys(session, message, send) if k in wanted}
            except CommsError as fault:
                session.notes.append(f"{message.message} is passed over: {fault.text}")
                continue
            if keys:
                yield message, send, keys


def _keys(
    session: Session, message: MessageCase, send: Send
) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield the key of each mail of a send, with its channel and its row."""
    intent = send.intent.record.body
    why = intent.why if isinstance(intent, SendIntent) else ""
    plan = plan_of(session, message, send.subject, dict(OPEN), why)
    mails = {name: s for name, s in plan.body.channels.items() if s.get("adapter") == "smtp"}
    rows = _rows(session, message, send, plan.body) if mails else []
    for channel, settings in mails.items():
        for row in rows:
            payload = Payload(channel=channel, row="" if row == BROADCAST_ROW else row,
                              to=settings.get("to", ""), name="", subject="", text="")  # fmt: skip
            yield delivery_of(plan.send_id, payload).key, (channel, row)


def _rows(session: Session, message: MessageCase, send: Send, body: Drafted) -> list[str]:
    """Return the rows that a send went to: by its evidence, or by the list where that is here."""
    if not body.recipients["count"]:
        return [BROADCAST_ROW]
    sent = send.sent.record.body if send.sent else None
    if isinstance(sent, Sent) and sent.evidence:
        lines = evidence_lines(session, message, sent.evidence)
        if lines is not None:
            return list(dict.fromkeys(words[_ROW] for words in lines if len(words) > _ROW))
    found = find_by_digest(body.recipients["digest"], recipient_folders(session))
    if found is None:
        session.notes.append(
            f"{message.message} is passed over: neither its evidence nor its list is here"
        )
    return [str(row.digest) for row in found.rows] if found else []
