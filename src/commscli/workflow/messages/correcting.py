"""Correct what was said: another message to the same people that says what it corrects.

Sent words stay as they were. The new message names the record of the send, goes through the
same gates, and is never too late for its phase.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from commscli.documents.characters import read_text
from commscli.documents.front_matter import HeadValue, join, split
from commscli.documents.models.heads import DraftHead
from commscli.domain.ids import Digest
from commscli.domain.incident import facts_digest
from commscli.domain.order import Placed
from commscli.domain.records import Drafted, Sent
from commscli.domain.slots import tokens_in
from commscli.domain.wall_time import when
from commscli.errors import BadInput, Refused
from commscli.gates.case import IncidentCase
from commscli.gates.message import MessageCase
from commscli.ledger.record_files import RecordBytes
from commscli.ledger.writer import Change
from commscli.workflow.incident.matrix import OPEN_STATES, corrected_by
from commscli.workflow.messages.drafting import free_message
from commscli.workflow.messages.manifest import Cell, Written, manifest, read_draft
from commscli.workflow.messages.picking import pick, still_there
from commscli.workflow.messages.reading import draft_bytes, drafted
from commscli.workflow.messages.wording import Told, template_for, worded
from commscli.workflow.recording import (
    Act,
    Recorded,
    change_of,
    draft_heads,
    record_of,
    require_may,
)
from commscli.workflow.session import Session
from commscli.workflow.settings import Settings, load_settings

CORRECTION = "correction"
"""The folder of templates for corrections; a library may have none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wrong:
    """What went out and is wrong: the send, what it was of, and when people got it."""

    message: MessageCase
    sent: Placed
    subject: Digest
    body: Drafted
    at: str


def correct(session: Session, reference: str, why: str, given: bytes | None = None) -> Recorded:
    """Draft the correction of a sent message: same audience, phase and list.

    Raises:
        Refused: if nothing went out, or a correction of it is in work.
        BadInput: if the words cannot be recorded.
    """
    session.require_pin()
    require_may(session, "drafted")
    session.refresh()
    named = pick(session, reference, lambda m: bool(m.sends))
    kept: list[RecordBytes] = []

    def make() -> Change:
        kept.clear()
        case, message = still_there(session, named.incident.id, named.message.message)
        wrong = _wrong(session, case, message)
        record, path, data = _record(session, case, wrong, why, given)
        kept.append(record)
        subject = f"Correct {message.message} in {record.record.message}"
        return change_of(session, kept, subject=subject, files={path: data})

    written = session.write(make)
    return Recorded(records=tuple(kept), written=written, notes=tuple(session.notes))


def _wrong(session: Session, case: IncidentCase, message: MessageCase) -> _Wrong:
    done = [send for send in message.sends if send.sent is not None]
    if not done or done[-1].sent is None:
        raise Refused(
            f"{message.message} is not sent, and nothing has to be corrected",
            remedy=f"comms revise {message.message}",
            code="not-sent",
        )
    sent = done[-1].sent
    for other in case.messages:
        if corrected_by(other) == sent.digest and other.verdict.state in OPEN_STATES:
            raise Refused(
                f"{other.message} corrects it, and is still in work ({other.verdict.state})",
                remedy=f"comms revise {other.message}",
                code="in-work",
            )
    slots = sent.record.body.slots if isinstance(sent.record.body, Sent) else {}
    at = when(slots.get("send.time", sent.record.at), load_settings(session).zone)
    subject = done[-1].subject
    return _Wrong(
        message=message, sent=sent, subject=subject, body=drafted(message, subject), at=at
    )


def _record(
    session: Session, case: IncidentCase, wrong: _Wrong, why: str, given: bytes | None
) -> tuple[RecordBytes, str, bytes]:
    if case.incident is None:
        raise BadInput(f"{case.id} was never declared", remedy="comms check")
    settings, body = load_settings(session), wrong.body
    message = free_message(case, body.phase, body.audience)
    cell = Cell(incident=case.incident, message=message, audience=body.audience, phase=body.phase)
    one_to_one = settings.audiences[body.audience].one_to_one
    data, chain = _words(session, settings, cell, wrong, why, given)
    made = manifest(
        session,
        settings,
        cell,
        read_draft(data, cell.path, one_to_one=one_to_one),
        revision=1,
        template=chain,
        attachments={},
        corrects=wrong.sent.digest,
    )
    _tell_list(session, wrong.body, made)
    act = Act(
        kind="drafted",
        body=made,
        incident=case.id,
        message=message,
        drill=case.incident.drill,
        after=draft_heads(case),
    )
    return record_of(session, act), cell.path, data


def _tell_list(session: Session, old: Drafted, new: Drafted) -> None:
    if old.recipients["digest"] != new.recipients["digest"]:
        session.notes.append(
            f"the list has changed since: {old.recipients['count']} got what this corrects, and "
            f"{new.recipients['count']} are on it now"
        )


_Chain = tuple[tuple[str, str], ...]


def _words(
    session: Session, settings: Settings, cell: Cell, wrong: _Wrong, why: str, given: bytes | None
) -> tuple[bytes, _Chain]:
    """Return the words: given, from a template for corrections, or the old ones under a line."""
    old = draft_bytes(session, wrong.message, wrong.subject)
    one_to_one = settings.audiences[cell.audience].one_to_one
    said = read_draft(old, cell.path, one_to_one=one_to_one)
    if given is not None:
        text = read_text(given, "the new words").replace("\r\n", "\n")
        if split(text, "the new words").head is not None:
            return f"{text.rstrip()}\n".encode(), ()
        return _under_a_line(said, wrong.at, why, text), ()
    template = _template(settings, cell)
    if not template:
        return _under_a_line(said, wrong.at, why, said.body), ()
    told = Told(
        audience=cell.audience,
        phase=cell.phase,
        title=cell.incident.title,
        severity=cell.incident.severity,
        facts=cell.incident.facts,
        corrects=wrong.at,
        why=why,
    )
    playbook = settings.playbook(cell.incident.playbook)
    text, chain = worded(settings, playbook, told, template)
    if wrong.body.facts == facts_digest(cell.incident.facts):
        session.notes.append(
            f"no fact has changed since {wrong.message.message}, and the correction states them "
            "as they are: if one is wrong, comms fact set KEY=VALUE, then comms drop "
            f"{cell.message} --why TEXT and comms correct again"
        )
    return text.encode(), chain


def _template(settings: Settings, cell: Cell) -> str:
    playbook = settings.playbook(cell.incident.playbook)
    try:
        return template_for(settings, playbook, CORRECTION, cell.audience)
    except BadInput:
        return ""


def _under_a_line(said: Written, at: str, why: str, body: str) -> bytes:
    head = {**_head(said.head), "subject": f"Correction: {said.head.subject}"}
    line = f"This corrects our message of {at}: {why.strip().rstrip('.')}."
    greeting, _, rest = body.lstrip().partition("\n\n")
    if any(slot.name.startswith("recipient.") for slot in tokens_in(greeting)):
        return join(head, f"{greeting}\n\n{line}\n\n{rest.lstrip()}").encode()
    return join(head, f"{line}\n\n{body.lstrip()}").encode()


def _head(head: DraftHead) -> Mapping[str, HeadValue]:
    kept: dict[str, HeadValue] = {"subject": head.subject, "channels": list(head.channels)}
    if head.recipients:
        kept["recipients"] = head.recipients
    if head.next_update:
        kept["next_update"] = head.next_update
    return kept
