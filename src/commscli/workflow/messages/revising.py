"""The next revision of a message: by hand, from a file, or by taking a reviewer's wording."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256

from commscli.documents.characters import read_text
from commscli.documents.front_matter import split
from commscli.domain.ids import Digest
from commscli.domain.records import Verdict
from commscli.errors import BadInput, Refused
from commscli.gates.case import IncidentCase
from commscli.gates.message import MessageCase
from commscli.ledger.record_files import RecordBytes, folder_of
from commscli.ledger.repository import tip
from commscli.ledger.snapshot import snapshot
from commscli.ledger.writer import Change
from commscli.workflow.messages.attaching import FOLDER, Attaching, next_files
from commscli.workflow.messages.manifest import Cell, manifest, read_draft
from commscli.workflow.messages.naming import Named
from commscli.workflow.messages.picking import pick, still_there
from commscli.workflow.messages.reading import difference, draft_bytes, drafted
from commscli.workflow.recording import (
    Act,
    Recorded,
    change_of,
    draft_heads,
    record_of,
    require_may,
    require_open,
)
from commscli.workflow.session import Session
from commscli.workflow.settings import load_settings

Edit = Callable[[bytes], bytes | None]
"""Lets a person edit a text; ``None`` where there is nobody to do it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where the new words come from: given, somebody's proposal, or an editor."""

    given: bytes | None = None
    take: str = ""
    edit: Edit | None = None
    attaching: Attaching = field(default_factory=Attaching)


@dataclass(frozen=True, slots=True, kw_only=True)
class Revised:
    """The new revision, and which verdicts it makes stale: gate and person."""

    recorded: Recorded
    stale: tuple[tuple[str, str], ...]
    same_words: bool = False
    """Whether the words are those before, and only the recipients are others."""


def revise(session: Session, reference: str, source: Source) -> Revised:
    """Record the next revision.

    Raises:
        Refused: if the message is sent, nothing changed, or somebody was faster.
        BadInput: if the words cannot be recorded.
    """
    session.require_pin()
    require_may(session, "drafted")
    named = _named(session, reference)
    heads = named.message.revisions.heads(named.message.ordered.everything)
    text = _new_words(session, named, heads, source)
    standing = {
        (str(v.gate), str(p)) for v in named.message.verdict.gates if v.state.passes for p in v.by
    }
    kept: list[RecordBytes] = []

    def make() -> Change:
        kept.clear()
        case, message = still_there(session, named.incident.id, named.message.message)
        _require_same(session, message, heads)
        folder = folder_of(message.incident, message.message)
        files = next_files(session, folder, source.attaching)
        kept.append(_record(session, case, message, heads, text, files))
        return _change(session, kept, folder, text, files)

    written = session.write(make)
    recorded = Recorded(records=tuple(kept), written=written, notes=tuple(session.notes))
    _, message = still_there(session, named.incident.id, named.message.message)
    subject = message.verdict.subject
    return Revised(
        recorded=recorded,
        stale=_stale(message, standing),
        same_words=subject is not None
        and len(message.revisions.carried(subject, recipients=False)) > 1,
    )


def _named(session: Session, reference: str) -> Named:
    named = pick(session, reference, lambda m: not m.sends, seen=True)
    if named.message.sends:
        raise Refused(
            f"{named.message.message} is sent, and sent words stay as they were",
            remedy=f"comms correct {named.message.message} --why TEXT",
            code="sent",
        )
    require_open(session, "drafted", named.incident.id, named.message.message)
    return named


def _new_words(session: Session, named: Named, heads: tuple[Digest, ...], source: Source) -> bytes:
    message = named.message
    base = named.revision or heads[-1]
    if source.take:
        return _proposal(session, message, source.take)
    recorded = draft_bytes(session, message, base)
    if source.given is not None:
        return whole_draft(recorded, source.given)
    edited = _edited(session, message, recorded)
    if edited is not None:
        return edited
    if source.attaching.says_something:
        return recorded
    typed = source.edit(recorded) if source.edit is not None else None
    if typed is None and len(heads) == 1:
        raise BadInput(
            "there is nobody to edit it, and no file",
            remedy=f"comms revise {message.message} --file FILE, or edit draft.md and run it again",
            code="no-words",
        )
    return typed if typed is not None else recorded


def _edited(session: Session, message: MessageCase, recorded: bytes) -> bytes | None:
    """Return words that somebody wrote into ``draft.md`` without recording them."""
    path = f"{folder_of(message.incident, message.message)}/draft.md"
    with snapshot(session.repository, tip(session.repository)) as files:
        committed = files.read(path)
    try:
        lying: bytes | None = (session.repository.home / path).read_bytes()
    except OSError:
        lying = None
    for data in (lying, committed):
        if data is not None and data != recorded:
            session.notes.append(f"recording the edits that {path} has")
            return data
    return None


def whole_draft(recorded: bytes, given: bytes) -> bytes:
    """Return a whole draft: what was given, under the front matter there was if it has none."""
    text = read_text(given, "the new words").replace("\r\n", "\n")
    if split(text, "the new words").head is not None:
        return _ended(text)
    old = recorded.decode()
    body = split(old, "draft.md").body
    return _ended(old[: len(old) - len(body)] + text)


def _ended(text: str) -> bytes:
    return (text.rstrip("\n") + "\n").encode()


def _proposal(session: Session, message: MessageCase, person: str) -> bytes:
    for placed in reversed(message.ordered.records):
        body = placed.record.body
        if isinstance(body, Verdict) and body.edit and placed.record.person == person:
            name = f"{folder_of(message.incident, message.message)}/proposals/{body.edit[:16]}.md"
            with snapshot(session.repository, tip(session.repository)) as files:
                data = files.read(name)
            if data is None or sha256(data).hexdigest() != body.edit:
                raise Refused(
                    f"{name} is not the wording that {person} signed",
                    remedy=f"ask {person} to propose it again",
                    code="proposal-changed",
                )
            return data
    raise Refused(
        f"{person} proposed no wording for {message.message}",
        remedy=f"comms show {message.message}",
        code="no-proposal",
    )


def _require_same(session: Session, message: MessageCase, heads: tuple[Digest, ...]) -> None:
    found = message.revisions.heads(message.ordered.everything)
    new = [d for d in found if d not in heads]
    if new:
        changed = difference(session, message, heads[-1], new[-1])
        raise Refused(
            f"somebody revised {message.message} meanwhile:\n" + "\n".join(changed),
            remedy=f"comms show {message.message}, then revise again",
            code="newer-revision",
        )


def _change(
    session: Session,
    records: list[RecordBytes],
    folder: str,
    text: bytes,
    attachments: Mapping[str, bytes],
) -> Change:
    """Return the commit of a revision: its words, and its attachments and no others."""
    new = {f"{folder}/draft.md": text}
    new |= {f"{folder}/{FOLDER}/{name}": data for name, data in attachments.items()}
    with snapshot(session.repository, tip(session.repository)) as files:
        old = {f"{folder}/{FOLDER}/{n}": data for n, data in files.files(f"{folder}/{FOLDER}")}
        there = {path: files.read(path) for path in new}
    change = change_of(
        session,
        records,
        subject=f"Revise {folder.rpartition('/')[2]}",
        files=new,
        expected={**old, **there},
    )
    return replace(change, removed=tuple(path for path in old if path not in new))


def _record(
    session: Session,
    case: IncidentCase,
    message: MessageCase,
    heads: tuple[Digest, ...],
    text: bytes,
    attachments: Mapping[str, bytes],
) -> RecordBytes:
    if case.incident is None:
        raise BadInput(f"{case.id} was never declared", remedy="comms check")
    old = drafted(message, heads[-1])
    settings = load_settings(session)
    cell = Cell(
        incident=case.incident, message=message.message, audience=old.audience, phase=old.phase
    )
    one_to_one = settings.audiences[old.audience].one_to_one
    written = read_draft(text, cell.path, one_to_one=one_to_one)
    body = manifest(
        session,
        settings,
        cell,
        written,
        revision=max(message.revisions.number(d) for d in message.revisions.drafts) + 1,
        template=[(name, digest) for name, digest in old.template],
        attachments=attachments,
        corrects=old.corrects,
    )
    if len(heads) == 1 and _says_the_same(body, old):
        raise Refused(
            f"{message.message} would say just what revision {old.revision} says",
            remedy="change the words, or leave it as it is",
            code="nothing-changed",
        )
    act = Act(
        kind="drafted",
        body=body,
        incident=message.incident,
        message=message.message,
        drill=case.incident.drill,
        after=draft_heads(case, message),
    )
    return record_of(session, act)


def _says_the_same(new: object, old: object) -> bool:
    fields = ("draft", "attachments", "recipients", "channels", "rendered", "facts", "next_update")
    return all(getattr(new, f) == getattr(old, f) for f in fields)


def _stale(message: MessageCase, standing: set[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    still = {(str(v.gate), str(p)) for v in message.verdict.gates if v.state.passes for p in v.by}
    return tuple(sorted(standing - still))
