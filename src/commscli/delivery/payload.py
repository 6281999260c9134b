"""What goes to one recipient over one channel, before an adapter turns it into bytes.

A payload is a small JSON document in one spelling. What is approved is its digest with the
slots still open; what was sent is its digest with the slots filled.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from json import dumps

from commscli.delivery.drills import marked_subject, marked_text
from commscli.delivery.recipients import RecipientList
from commscli.delivery.rows import Row
from commscli.domain.ids import Digest
from commscli.domain.slots import RECIPIENT, SEND_SLOTS, fill, token

OPEN: Mapping[str, str] = {slot: token(slot) for slot in SEND_SLOTS}
"""The slots, left open: each filled with itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A message as it was written. ``drill``: each of its deliveries says that it is none."""

    incident: str
    message: str
    subject: str
    body: str
    drill: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """One delivery. ``row`` is the digest of the recipient's row, empty for a broadcast."""

    channel: str
    row: str
    to: str
    name: str
    subject: str
    text: str

    def data(self) -> bytes:
        """Return the one spelling of the payload."""
        pairs = {
            "channel": self.channel,
            "to": self.to,
            "name": self.name,
            "subject": self.subject,
            "text": self.text,
        }
        return dumps(pairs, ensure_ascii=False, indent=1).encode() + b"\n"


Channels = Mapping[str, Mapping[str, str]]


def payloads(
    words: Words,
    channel: str,
    settings: Mapping[str, str],
    recipients: RecipientList | None,
    slots: Mapping[str, str],
) -> Iterator[Payload]:
    """Yield every delivery over a channel: one, or one a row in the order of their digests.

    Raises:
        BadInput: if a slot has no value in the list.
    """
    if recipients is None:
        yield _payload(words, channel, settings.get("to", ""), None, slots)
    else:
        for row in recipients.rows:
            yield _payload(words, channel, row.values["email"], row, slots)


def _payload(
    words: Words, channel: str, to: str, row: Row | None, slots: Mapping[str, str]
) -> Payload:
    values = dict(slots)
    if row is not None:
        values |= {f"{RECIPIENT}{column}": value for column, value in row.values.items()}
    blanks = blank(words, channel)
    return Payload(
        channel=channel,
        row=row.digest if row else "",
        to=to,
        name=row.values.get("name", "") if row else "",
        subject=fill(blanks.subject, values),
        text=fill(blanks.text, values),
    )


def blank(words: Words, channel: str) -> Payload:
    """Return a delivery to nobody yet, every slot open: what those to all have in common."""
    return Payload(
        channel=channel,
        row="",
        to="",
        name="",
        subject=marked_subject(words.subject) if words.drill else words.subject,
        text=marked_text(words.body) if words.drill else words.body,
    )


def digest_over(channel_payloads: Iterator[Payload], *, one_to_one: bool) -> Digest:
    """Return the digest that a record states for a channel.

    For a broadcast it is that of the payload; one-to-one it is over the digests of all
    payloads, a line each, in the order of the rows' digests.
    """
    digests = [sha256(payload.data()).hexdigest() for payload in channel_payloads]
    if not one_to_one:
        return Digest(digests[0])
    return Digest(sha256("".join(f"{d}\n" for d in digests).encode()).hexdigest())


def rendered(
    words: Words, channels: Channels, recipients: RecipientList | None, slots: Mapping[str, str]
) -> dict[str, Digest]:
    """Return the digest of each channel's payloads."""
    return {
        name: digest_over(
            payloads(words, name, settings, recipients, slots), one_to_one=recipients is not None
        )
        for name, settings in channels.items()
    }
