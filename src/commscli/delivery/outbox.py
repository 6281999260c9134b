"""The ``file`` channel: every delivery becomes a file, whole or not at all.

A file is named by its recipient's row, so writing it a second time changes nothing: going
on after a crash cannot double anybody.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

from commscli.delivery.attachments import Attachments
from commscli.delivery.payload import Payload, Words
from commscli.documents.placing import place, require_no_links
from commscli.domain.moments import stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """Where the files of one message go: a folder in the work tree ``root``."""

    root: Path
    folder: Path

    def require_own(self, channels: Iterable[str]) -> None:
        """Refuse before anything is sent what would be written elsewhere.

        Raises:
            Refused: if a folder there is a link.
        """
        for channel in channels:
            require_no_links(self.root, self.folder / channel)


def deliver(
    payload: Payload,
    settings: Mapping[str, str],
    words: Words,
    *,
    outbox: Outbox,
    domain: str,
    at: datetime,
    attachments: Attachments = (),
) -> Path:
    """Write one delivery; return its file.

    Raises:
        Refused: if that would write through a link.
        OSError: if it cannot be written.
    """
    path = file_of(payload, settings, outbox)
    place(outbox.root, path, content_of(payload, settings, words, domain, at, attachments))
    return path


def content_of(
    payload: Payload,
    settings: Mapping[str, str],
    words: Words,
    domain: str,
    at: datetime,
    attachments: Attachments = (),
) -> bytes:
    """Return what the file of a delivery says; only a mail carries attachments."""
    form = _form(settings)
    if form == MAIL:
        return _mail(payload, settings, words, domain, at, attachments)
    return _PLAIN[form](payload, words, at)


def file_of(payload: Payload, settings: Mapping[str, str], outbox: Outbox) -> Path:
    """Return the file that a delivery is, or will be: no two of a channel have the same."""
    name = payload.row[:16] if payload.row else "message"
    if payload.is_copy:
        name = f"copy-{sha256(payload.to.encode()).hexdigest()[:16]}"
    return outbox.folder / payload.channel / f"{name}.{_form(settings)}"


def _form(settings: Mapping[str, str]) -> str:
    form = settings.get("as", "")
    return form if form in FORMS else "txt"


def _text(payload: Payload, _words: Words, _at: datetime) -> bytes:
    return f"{payload.subject}\n\n{payload.text}".encode()


def _json(payload: Payload, words: Words, at: datetime) -> bytes:
    from json import dumps  # noqa: PLC0415 - beside its only use

    pairs = {
        "incident": words.incident,
        "message": words.message,
        **({"drill": True} if words.drill else {}),
        "sent": stamp(at),
        "to": payload.to,
        "subject": payload.subject,
        "text": payload.text,
    }
    return dumps(pairs, ensure_ascii=False, indent=2).encode() + b"\n"


def _mail(
    payload: Payload,
    settings: Mapping[str, str],
    words: Words,
    domain: str,
    at: datetime,
    attachments: Attachments,
) -> bytes:
    from commscli.delivery.mime import file_bytes  # noqa: PLC0415 - costs start-up time

    return file_bytes(payload, settings, words, domain, at, attachments=attachments)


MAIL = "eml"
_PLAIN = MappingProxyType({"txt": _text, "json": _json})
FORMS = frozenset({MAIL, *_PLAIN})
"""How a delivery is written; text, where a channel says nothing of it."""
