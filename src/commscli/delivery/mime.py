"""A delivery as a mail: its identity fixed when it was planned, the same on any resend."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from functools import lru_cache
from hashlib import sha256
from secrets import token_hex
from typing import TYPE_CHECKING

from commscli.delivery.attachments import Attachments, encoded
from commscli.delivery.mail_addresses import (
    Settings,
    header_address,
    in_ascii,
    needs_utf8,
    sender_of,
)
from commscli.delivery.markdown.html import page
from commscli.delivery.payload import Payload, Words
from commscli.errors import BadInput

if TYPE_CHECKING:
    from commscli.delivery.channels.channel import Sending

_KEY = "{key}"
"""Where the key of the delivery goes in the address to unsubscribe at."""


def mail(
    payload: Payload,
    settings: Settings,
    words: Words,
    domain: str,
    at: datetime,
    key: str,
    *,
    cte: str,
    one_to_one: bool = False,
    mixed: bool = False,
    utf8: bool = False,
) -> EmailMessage:
    """Return the mail of a delivery; a ``mixed`` one has room for attachments at its end."""
    made = EmailMessage(policy=SMTPUTF8 if utf8 else SMTP)
    made["Message-ID"] = f"<{key}@{domain}>"
    made["Date"] = format_datetime(at)
    made["From"] = in_ascii(sender_of(settings, domain))
    if payload.to:
        made["To"] = header_address(payload.to, payload.name)
    if settings.get("reply_to"):
        made["Reply-To"] = header_address(settings["reply_to"])
    made["Subject"] = payload.subject
    # A person who writes to people by name gets their answers, those of a holiday included.
    if settings.get("auto_submitted", str(not one_to_one)).lower() == "true":
        made["Auto-Submitted"] = "auto-generated"
        made["X-Auto-Response-Suppress"] = "All"
    if words.drill:
        made["X-Comms-Drill"] = "yes"
    short = key.removeprefix("c1.")[:24]
    _set_body(made, payload, f"=_c1_{short}", cte)
    if mixed:
        made.make_mixed(f"=_c1m_{short}")
    return made


def _set_body(made: EmailMessage, payload: Payload, boundary: str, cte: str) -> None:
    """Set the text that was approved, and the page that is made from it and nothing else."""
    # Quoted-printable has no bare equals sign, so it never holds a boundary: one that somebody
    # guessed parts nothing.
    safe = cte if "=_c1" not in payload.text else "quoted-printable"
    made.set_content(payload.text, cte=safe)
    made.add_alternative(
        page(payload.subject, payload.text), subtype="html", cte="quoted-printable"
    )
    made.set_boundary(boundary)


def with_parts(data: bytes, boundary: bytes, parts: Sequence[bytes]) -> bytes:
    """Return the bytes of a mail, with attachments put in at the end of a mixed one."""
    if not parts:
        return data
    between = b"--%s" % boundary
    end = between + b"--\r\n"
    if not data.endswith(end):
        raise AssertionError("a mixed mail ends with its boundary")
    attached = (between + b"\r\n" + part for part in parts)
    return b"".join([data[: -len(end)], *attached, end])


def file_bytes(
    payload: Payload,
    settings: Settings,
    words: Words,
    domain: str,
    at: datetime,
    *,
    attachments: Attachments = (),
) -> bytes:
    """Return a mail as a file that a person opens."""
    told = f"{words.incident}/{words.message}/{payload.channel}/{payload.row}"
    key = sha256(told.encode()).hexdigest()[:32]
    made = mail(payload, settings, words, domain, at, key, cte="8bit",
                one_to_one=bool(payload.row), mixed=bool(attachments),
                utf8=needs_utf8(payload, settings, domain))  # fmt: skip
    boundary = (made.get_boundary() or "").encode()
    return with_parts(made.as_bytes(), boundary, encoded(attachments))


def mail_bytes(
    payload: Payload,
    settings: Settings,
    sending: "Sending",
    key: str,
    parts: Sequence[bytes] | None = None,
) -> bytes:
    """Return the bytes that go over the wire: one of the incident's thread to this person.

    ``parts`` are the attachments, encoded already; left out, they are encoded here.

    Raises:
        BadInput: if a setting is nothing that a header can hold.
    """
    utf8 = needs_utf8(payload, settings, sending.domain)
    alike = _Alike(
        payload=replace(payload, to="", name="", row=""),
        settings=tuple(sorted(settings.items())),
        words=sending.words,
        domain=sending.domain,
        at=sending.at,
        one_to_one=sending.one_to_one,
        mixed=bool(sending.attachments),
        utf8=utf8,
    )
    heads = wire_head(payload, settings, sending, key) + _to(payload, utf8=utf8)
    short = key[:24].encode()
    data = heads + _model(alike).replace(_STAND_IN.encode(), short)
    attached = encoded(sending.attachments) if parts is None else parts
    return with_parts(data, b"=_c1m_%s" % short, attached)


def _to(payload: Payload, *, utf8: bool) -> bytes:
    """Return the header that names the recipient; none for a list that the channel names.

    What needs neither quotes, nor folding, nor an encoding is the same as the standard library
    writes it, and written here in a fraction of the time.
    """
    if not payload.to:
        return b""
    if _PLAIN_NAME.fullmatch(payload.name) and _PLAIN_ADDRESS.fullmatch(payload.to):
        told = f"{payload.name} <{payload.to}>" if payload.name else payload.to
        if len(told) <= _UNFOLDED:
            return f"To: {told}\r\n".encode()
    own = EmailMessage(policy=SMTPUTF8 if utf8 else SMTP)
    own["To"] = header_address(payload.to, payload.name)
    return own.as_bytes().removesuffix(b"\r\n")


_PLAIN_NAME = re.compile(r"(?:[A-Za-z0-9]+(?: [A-Za-z0-9]+)*)?")
_PLAIN_ADDRESS = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*@[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_UNFOLDED = 70
_STAND_IN = token_hex(12)
"""Stands for the key in the boundaries of a model: no words can hold it, for nobody knows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Alike:
    """All that mails with the same words have in common: of these the most is made once."""

    payload: Payload
    settings: tuple[tuple[str, str], ...]
    words: Words
    domain: str
    at: datetime
    one_to_one: bool
    mixed: bool
    utf8: bool


@lru_cache(maxsize=4)
def _model(alike: _Alike) -> bytes:
    """Return a mail without an id, to nobody."""
    made = mail(
        alike.payload, dict(alike.settings), alike.words, alike.domain, alike.at, _STAND_IN,
        cte="quoted-printable", one_to_one=alike.one_to_one, mixed=alike.mixed, utf8=alike.utf8,
    )  # fmt: skip
    del made["Message-ID"]
    return made.as_bytes()


def wire_head(payload: Payload, settings: Settings, sending: "Sending", key: str) -> bytes:
    """Return the headers that programs read, each in one line.

    The standard library folds what is long, and writes a long id as an encoded word, which
    nobody takes for an id.

    Raises:
        BadInput: if a setting is nothing that a header can hold.
    """
    thread = sha256(f"comms/1 thread\n{sending.words.incident}\n{payload.to}".encode()).hexdigest()
    root = f"<c1.t.{thread[:24]}@{sending.domain}>"
    lines = [
        ("Message-ID", f"<c1.{key}@{sending.domain}>"),
        ("References", root), ("In-Reply-To", root), *_of_list(settings, key),
    ]  # fmt: skip
    if settings.get("idempotency_header"):
        lines.append((settings["idempotency_header"], key))
    for name, value in lines:
        if not (name + value).isascii() or not (name + value).isprintable() or ":" in name:
            raise BadInput(
                f"the header {name!r} cannot be {value!r}",
                remedy="mend the channel in channels.yaml, and revise the message",
                code="bad-header",
            )
    return "".join(f"{name}: {value}\r\n" for name, value in lines).encode()


def _of_list(settings: Settings, key: str) -> Iterator[tuple[str, str]]:
    """Yield what lets a reader leave a list (RFC 2369, RFC 8058, RFC 2919)."""
    url, address = settings.get("unsubscribe", ""), settings.get("unsubscribe_mail", "")
    ways = [url.replace(_KEY, key)] if url else []
    ways += [f"mailto:{address}"] if address else []
    if ways:
        yield "List-Unsubscribe", ", ".join(f"<{way}>" for way in ways)
    if url:
        yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"
    if settings.get("list_id"):
        yield "List-Id", f"<{settings['list_id']}>"


_OVERHEAD = 16_000
_PER_BYTE = 200
_PER_ADDRESS_BYTE = 20


def most_bytes(payload: Payload, settings: Settings) -> int | None:
    """Return what a mail has at most, its attachments left out, without making it.

    ``None`` where only making it tells: a short line may make a table with many empty cells.
    """
    if "|" in payload.text:
        return None
    heads = sum(len(text.encode()) for text in (payload.to, payload.name, *settings.values()))
    words = len(payload.subject.encode()) + len(payload.text.encode())
    return _OVERHEAD + _PER_ADDRESS_BYTE * heads + _PER_BYTE * words
