"""A delivery as a mail: its identity fixed when it was planned, the same on any resend."""

from collections.abc import Mapping
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from commscli.delivery.markdown.html import page
from commscli.delivery.payload import Payload, Words
from commscli.errors import BadInput

if TYPE_CHECKING:
    from commscli.delivery.channels.channel import Sending


def mail(
    payload: Payload,
    settings: Mapping[str, str],
    words: Words,
    domain: str,
    at: datetime,
    key: str,
    *,
    cte: str,
) -> EmailMessage:
    """Return the mail of a delivery."""
    made = EmailMessage(policy=SMTP)
    made["Message-ID"] = f"<{key}@{domain}>"
    made["Date"] = format_datetime(at)
    made["From"] = sender_of(settings, domain)
    if payload.to:
        user, _, host = _domain_in_ascii(payload.to).rpartition("@")
        made["To"] = Address(display_name=payload.name, username=user, domain=host)
    made["Subject"] = payload.subject
    made["Auto-Submitted"] = "auto-generated"
    if words.drill:
        made["X-Comms-Drill"] = "yes"
    _set_body(made, payload, f"=_c1_{key.removeprefix('c1.')[:24]}", cte)
    return made


def _domain_in_ascii(address: str) -> str:
    """Return an address whose domain a header can hold; what cannot be made so stays."""
    user, at, host = address.rpartition("@")
    try:
        return f"{user}{at}{host.encode('idna').decode()}"
    except UnicodeError:
        return address


def _set_body(made: EmailMessage, payload: Payload, boundary: str, cte: str) -> None:
    """Set the text that was approved, and the page that is made from it and nothing else."""
    # Quoted-printable has no bare equals sign, so it never holds a boundary: one that somebody
    # guessed parts nothing.
    safe = cte if boundary not in payload.text else "quoted-printable"
    made.set_content(payload.text, cte=safe)
    made.add_alternative(
        page(payload.subject, payload.text), subtype="html", cte="quoted-printable"
    )
    made.set_boundary(boundary)


def mail_bytes(
    payload: Payload, settings: Mapping[str, str], sending: "Sending", key: str
) -> bytes:
    """Return the bytes that go over the wire: one of the incident's thread to this person."""
    made = mail(
        payload, settings, sending.words, sending.domain, sending.at, f"c1.{key}",
        cte="quoted-printable",
    )  # fmt: skip
    thread = sha256(f"comms/1 thread\n{sending.words.incident}\n{payload.to}".encode()).hexdigest()
    made["References"] = f"<c1.t.{thread[:24]}@{sending.domain}>"
    made["In-Reply-To"] = f"<c1.t.{thread[:24]}@{sending.domain}>"
    return made.as_bytes()


def wire_address(address: str) -> str:
    """Return an address as a mail server takes it: in ASCII, the domain in its ASCII form.

    Raises:
        BadInput: if it is none, or its user has letters that most servers do not take.
    """
    told = _domain_in_ascii(address)
    user, at, host = told.rpartition("@")
    if user and at and host and told.isascii() and told.isprintable() and " " not in told:
        return told
    raise BadInput(
        f"no mail can be sent to {address!r}" if address else "there is no address to mail to",
        remedy="an address in ASCII before the @; for a list or a room, `to:` of the channel",
        code="bad-address",
    )


def sender_of(settings: Mapping[str, str], domain: str) -> str:
    """Return who a mail is from: as the channel says, else an address at our domain."""
    return settings.get("from") or f"comms@{domain}"
