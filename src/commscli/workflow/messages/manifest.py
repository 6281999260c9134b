"""From the words of a draft to the manifest that verdicts bind."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from commscli.delivery.payload import OPEN, Words, rendered, with_copies
from commscli.delivery.recipients import BROADCAST, RecipientList, find_list, read_list, salted
from commscli.documents.characters import character_problems, read_text
from commscli.documents.front_matter import split
from commscli.documents.models.heads import DraftHead
from commscli.documents.validate import validate
from commscli.domain.ids import Digest, MessageId
from commscli.domain.incident import Incident, facts_digest
from commscli.domain.records import Drafted
from commscli.domain.slots import SEND_SLOTS, misplaced, tokens_in, unfilled
from commscli.errors import BadInput, Place, Problem
from commscli.ledger.record_files import folder_of
from commscli.workflow.messages.recorded_words import recipient_folders
from commscli.workflow.session import Session
from commscli.workflow.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A draft as a person wrote it, read and found usable."""

    head: DraftHead
    body: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Which message a draft is for."""

    incident: Incident
    message: MessageId
    audience: str
    phase: str

    @property
    def folder(self) -> str:
        """Where the message lies."""
        return folder_of(self.incident.id, self.message)

    @property
    def path(self) -> str:
        """Where its words lie."""
        return f"{self.folder}/draft.md"


def read_draft(data: bytes, path: str, *, one_to_one: bool) -> Written:
    """Read the bytes of a draft.

    Raises:
        BadInput: with every problem: front matter, unfilled placeholders, slots out of place.
    """
    text = read_text(data, path)
    parts = split(text, path)
    if parts.head is None:
        raise BadInput(
            f"{path} has no front matter",
            remedy="begin it with --- and the subject; comms show has the last one",
            place=Place(path=path, line=1),
        )
    head = validate(DraftHead, parts.head)
    first = parts.body_first_line
    problems: list[Problem] = [
        *character_problems(parts.body, path=path, first_line=first),
        *unfilled(head.subject, path=path, first_line=2),
        *misplaced(head.subject, one_to_one=one_to_one, path=path, first_line=2),
        *unfilled(parts.body, path=path, first_line=first),
        *misplaced(parts.body, one_to_one=one_to_one, path=path, first_line=first),
    ]
    used = {token.name for token in tokens_in(head.subject + parts.body)}
    if SEND_SLOTS[1] in used and not head.next_update:
        problems.append(Problem(
            text="uses {{ send.next_update }}, and next_update in the front matter is empty",
            place=Place(path=path, line=1),
        ))  # fmt: skip
    if not parts.body.strip():
        problems.append(Problem(text="there are no words", place=Place(path=path, line=first)))
    if problems:
        raise BadInput(
            f"{path} cannot be recorded as it is",
            remedy="edit it, and run it again",
            problems=problems,
            code="bad-draft",
        )
    return Written(head=head, body=parts.body, data=data)


def manifest(
    session: Session,
    settings: Settings,
    cell: Cell,
    written: Written,
    *,
    revision: int,
    template: Iterable[tuple[str, str]],
    attachments: Mapping[str, bytes],
    corrects: str = "",
) -> Drafted:
    """Return the manifest of a draft.

    Raises:
        BadInput: if a channel or a list that it names is not there, or a channel carries no
            attachments and there are some.
    """
    audience = settings.audiences[cell.audience]
    channels = _channels(settings, written, attachments, audience.copy_to)
    recipients = (
        recipient_list(session, written.head.recipients or audience.recipients)
        if audience.one_to_one
        else None
    )
    _tell_capacity(session, cell, settings, recipients)
    return Drafted(
        revision=revision,
        audience=cell.audience,
        phase=cell.phase,
        severity=cell.incident.severity,
        draft=Digest(sha256(written.data).hexdigest()),
        attachments=[[n, sha256(d).hexdigest()] for n, d in sorted(attachments.items())],
        template=[list(pair) for pair in template],
        recipients=dict(recipients.as_recorded() if recipients else BROADCAST),
        channels=channels,
        rendered=dict(rendered(words_of(cell, written), channels, recipients, OPEN)),
        facts=facts_digest(cell.incident.facts),
        next_update=written.head.next_update,
        corrects=corrects,
    )  # fmt: skip


def _channels(
    settings: Settings,
    written: Written,
    attachments: Mapping[str, bytes],
    copy_to: Sequence[str],
) -> dict[str, dict[str, str]]:
    unknown = [name for name in written.head.channels if name not in settings.channels]
    if unknown or not written.head.channels:
        raise BadInput(
            f"the draft names the channel {unknown[0]}, which channels.yaml lacks"
            if unknown
            else "the draft names no channel",
            remedy=f"channels: [{', '.join(settings.channels)}]",
            code="no-channel",
        )
    channels = {
        name: with_copies(settings.channels[name].settings(), copy_to)
        for name in written.head.channels
    }
    if attachments:
        from commscli.delivery.channels.registry import require_carried  # noqa: PLC0415 - rare

        require_carried(channels)
    return channels


def words_of(cell: Cell, written: Written) -> Words:
    """Return a draft's words for rendering."""
    return Words(
        incident=cell.incident.id,
        message=cell.message,
        subject=written.head.subject,
        body=written.body,
        drill=cell.incident.drill,
    )


def recipient_list(session: Session, name: str) -> RecipientList:
    """Return a list by its name; one without a salt gets it, once, and that is said."""
    path = find_list(name, recipient_folders(session))
    if salted(path):
        session.notes.append(
            f"{path} got a salt line, so that digests tell nobody who is on it; keep it"
        )
    return read_list(path)


def _tell_capacity(
    session: Session, cell: Cell, settings: Settings, recipients: RecipientList | None
) -> None:
    capacity = settings.audiences[cell.audience].capacity
    if recipients and capacity and len(recipients.rows) > capacity:
        session.notes.append(
            f"{len(recipients.rows)} recipients, and capacity to talk to {capacity}: never offer "
            "a conversation that nobody can hold"
        )
