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
) -> Path:
    """Write one delivery; return its file.

    Raises:
        Refused: if that would write through a link.
        OSError: if it cannot be written.
    """
    form = settings.get("as", "")
    form = form if form in FORMS else "txt"
    name = payload.row[:16] if payload.row else "message"
    path = outbox.folder / payload.channel / f"{name}.{form}"
    data = FORMS[form](payload, settings, words, domain, at)
    place(outbox.root, path, data)
    return path


def _text(
    payload: Payload, _settings: Mapping[str, str], _words: Words, _domain: str, _at: datetime
) -> bytes:
    return f"{payload.subject}\n\n{payload.text}".encode()


def _json(
    payload: Payload, _settings: Mapping[str, str], words: Words, _domain: str, at: datetime
) -> bytes:
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
    payload: Payload, settings: Mapping[str, str], words: Words, domain: str, at: datetime
) -> bytes:
    from email.headerregistry import Address  # noqa: PLC0415 - costs start-up time
    from email.message import EmailMessage  # noqa: PLC0415 - as above
    from email.policy import SMTP  # noqa: PLC0415 - as above
    from email.utils import format_datetime  # noqa: PLC0415 - as above

    mail = EmailMessage(policy=SMTP)
    key = sha256(f"{words.incident}/{words.message}/{payload.channel}/{payload.row}".encode())
    mail["Message-ID"] = f"<{key.hexdigest()[:32]}@{domain}>"
    mail["Date"] = format_datetime(at)
    mail["From"] = settings.get("from") or f"comms@{domain}"
    if payload.to:
        user, _, host = payload.to.rpartition("@")
        mail["To"] = Address(display_name=payload.name, username=user, domain=host)
    mail["Subject"] = payload.subject
    mail["Auto-Submitted"] = "auto-generated"
    if words.drill:
        mail["X-Comms-Drill"] = "yes"
    mail.set_content(payload.text, cte="8bit")
    return mail.as_bytes()


FORMS = MappingProxyType({"eml": _mail, "txt": _text, "json": _json})
"""How a delivery is written; text, where a channel says nothing of it."""
