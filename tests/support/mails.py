"""A mail as who got it reads it: as text, and as a page; and what sends one."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.message import Message
from pathlib import Path
from typing import Any

from commscli.delivery.channels.channel import Channel, Delivery, Sending, delivery_of
from commscli.delivery.channels.registry import channel_of
from commscli.delivery.payload import Payload, Words

AT = datetime(2026, 11, 22, 9, 20, tzinfo=UTC)


def part(mail: Message, subtype: str = "plain") -> str:
    """The one part of that kind; a mail of ours has one of each."""
    (found,) = (
        one for one in mail.walk()
        if one.get_content_type() == f"text/{subtype}" and not one.get_filename()
    )  # fmt: skip
    data = found.get_payload(decode=True)
    assert isinstance(data, bytes)
    return data.decode().replace("\r\n", "\n")


def mail_sending(folder: Path, *, word: str = "s3cret", **more: Any) -> Sending:
    """What all mails of a send have in common; ``word`` is every secret."""
    words = Words(incident="2026-11-22-x", message="m-1", subject="S", body="B")
    fields = {"send_id": "f" * 16, "words": words, "domain": "x.example", "at": AT,
              "root": folder, "outbox": folder / "outbox",
              "secret": lambda _name, _host: word, **more}  # fmt: skip
    return Sending(**fields)


def mail_to(to: str = "kim@y.example", text: str = "Hello.\n\nMore.\n") -> Delivery:
    """A delivery by mail."""
    payload = Payload(channel="c", row="", to=to, name="Kim", subject="It began", text=text)
    return delivery_of("f" * 16, payload)


def mail_channel(
    folder: Path, port: int = 25, settings: Mapping[str, str] | None = None, **all_of_it: Any
) -> Channel:
    """A mail channel to a server of this machine; ``all_of_it`` goes to `mail_sending`."""
    told = {"adapter": "smtp", "host": "localhost", "port": str(port), **(settings or {})}
    return channel_of(told, mail_sending(folder, **all_of_it))
