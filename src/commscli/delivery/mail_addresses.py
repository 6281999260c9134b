"""The addresses of a mail: as a header holds them, as a server takes them, and whether it can."""

from collections.abc import Mapping
from email.headerregistry import Address
from email.utils import parseaddr
from functools import lru_cache

from commscli.delivery.payload import Payload
from commscli.errors import BadInput

Settings = Mapping[str, str]


def wire_address(address: str) -> str:
    """Return an address as a mail server takes it, the domain in its ASCII form.

    What is before the @ may be in letters that only a server with SMTPUTF8 takes.

    Raises:
        BadInput: if it is none.
    """
    told = _domain_in_ascii(address)
    user, at, host = told.rpartition("@")
    if user and at and host and host.isascii() and told.isprintable() and " " not in told:
        return told
    raise BadInput(
        f"no mail can be sent to {address!r}" if address else "there is no address to mail to",
        remedy="an address such as ana@example.com; for a list or a room, `to:` of the channel",
        code="bad-address",
    )


def needs_utf8(payload: Payload, settings: Settings, domain: str) -> bool:
    """Whether an address of a mail has letters before its @ that are not ASCII (RFC 6531)."""
    sender = _address_of(sender_of(settings, domain))
    addresses = (payload.to, sender, settings.get("reply_to", ""))
    return not all(address.rpartition("@")[0].isascii() for address in addresses)


def sender_of(settings: Settings, domain: str) -> str:
    """Return who a mail is from: as the channel says, else an address at our domain."""
    return settings.get("from") or f"comms@{domain}"


def envelope_sender(settings: Settings, domain: str) -> str:
    """Return the address alone that a mail is from, and that bounces go to.

    Raises:
        BadInput: if it is none.
    """
    sender = sender_of(settings, domain)
    try:
        return wire_address(_address_of(sender))
    except BadInput:
        raise BadInput(
            f"no mail can be sent from {sender!r}",
            remedy="from: of the channel is an address, or Name <address>",
            code="bad-address",
        ) from None


def header_address(address: str, name: str = "") -> Address:
    """Return an address as a header holds it."""
    user, _, host = _domain_in_ascii(address).rpartition("@")
    return Address(display_name=name, username=user, domain=host)


def in_ascii(sender: str) -> str:
    """Return an address, with a name or without, whose domain a header can hold."""
    address = _address_of(sender)
    return sender.replace(address, _domain_in_ascii(address)) if address else sender


def _domain_in_ascii(address: str) -> str:
    """Return an address whose domain a header can hold; what cannot be made so stays."""
    user, at, host = address.rpartition("@")
    try:
        return f"{user}{at}{host.encode('idna').decode()}"
    except UnicodeError:
        return address


@lru_cache(maxsize=16)
def _address_of(sender: str) -> str:
    return parseaddr(sender)[1]
