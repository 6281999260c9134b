"""The next revision of a message: by hand, from a file, or by taking a reviewer's wording."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

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
        path = f"{folder_of(message.incident, message.message)}/draft.md"
        with snapshot(session.repository, tip(session.repository)) as files:
            there = files.read(path)
        record, others = _record(session, case, message, heads, text, path)
        kept.append(record)
        return change_of(
            session,
            kept,
            subject=f"Revise {message.message}",
            files={path: text, **others},
            expected={path: there, **dict.fromkeys(others)},
        )

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


def _record(
    session: Session,
    case: IncidentCase,
    message: MessageCase,
    heads: tuple[Digest, ...],
    text: bytes,
    path: str,
) -> tuple[RecordBytes, dict[str, bytes]]:
    if case.incident is None:
        raise BadInput(f"{case.id} was never declared", remedy="comms check")
    old = drafted(message, heads[-1])
    settings = load_settings(session)
    cell = Cell(
        incident=case.incident, message=message.message, audience=old.audience, phase=old.phase
    )
    one_to_one = settings.audiences[old.audience].one_to_one
    written = read_draft(text, path, one_to_one=one_to_one)
    attached = _attachments(session.repository.home / Path(path).parent / "attachments")
    body = manifest(
        session,
        settings,
        cell,
        written,
        revision=max(message.revisions.number(d) for d in message.revisions.drafts) + 1,
        template=[(name, digest) for name, digest in old.template],
        attachments=attached,
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
    files = {f"{cell.folder}/attachments/{name}": data for name, data in attached.items()}
    return record_of(session, act), files


def _says_the_same(new: object, old: object) -> bool:
    fields = ("draft", "attachments", "recipients", "channels", "rendered", "facts", "next_update")
    return all(getattr(new, f) == getattr(old, f) for f in fields)


def _attachments(folder: Path) -> dict[str, bytes]:
    if not folder.is_dir():
        return {}
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir()) if p.is_file()}


def _stale(message: MessageCase, standing: set[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    still = {(str(v.gate), str(p)) for v in message.verdict.gates if v.state.passes for p in v.by}
    return tuple(sorted(standing - still))
