"""What goes to one recipient over one channel, before an adapter turns it into bytes.

A payload is a small JSON document in one spelling. What is approved is its digest with the
slots still open; what was sent is its digest with the slots filled.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from json import dumps
from types import MappingProxyType

from commscli.delivery.drills import marked_subject, marked_text
from commscli.delivery.recipients import RecipientList
from commscli.delivery.rows import Row
from commscli.domain.ids import Digest
from commscli.domain.slots import RECIPIENT, SEND_SLOTS, Blank, token
from commscli.errors import BadInput

OPEN: Mapping[str, str] = {slot: token(slot) for slot in SEND_SLOTS}
"""The slots, left open: each filled with itself."""
ADDRESSED_BY: Mapping[str, str] = MappingProxyType({"sms": "phone"})
"""Adapter → the column of a list that it sends to; mail addresses, where it has none here."""


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
    is_copy: bool = False

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


COPY = "copy"
"""The setting of a channel that names who gets a copy, and how a copy stands in the evidence."""


def copies_of(settings: Mapping[str, str]) -> tuple[str, ...]:
    """Return the addresses that get one copy of what leaves over a channel."""
    told = dict.fromkeys(settings.get(COPY, "").split())
    return tuple(address for address in told if address != settings.get("to", ""))


def with_copies(settings: Mapping[str, str], addresses: Sequence[str]) -> dict[str, str]:
    """Return a channel's settings with who gets a copy, where it is one that mails."""
    mails = settings["adapter"] == "smtp" or settings.get("as") == "eml"
    copies = " ".join(addresses)
    return {**settings, **({COPY: copies} if mails and copies else {})}


def payloads(
    words: Words,
    channel: str,
    settings: Mapping[str, str],
    recipients: RecipientList | None,
    slots: Mapping[str, str],
) -> Iterator[Payload]:
    """Yield every delivery over a channel: one, or one a row in the order of their digests.

    After them comes a copy for each address that the channel names; what only a recipient's row
    could say stands in it by the name of its column.

    Raises:
        BadInput: if a slot has no value, or somebody no address: naming the column, and the row
            where it is empty.
    """
    blanks = blank(words, channel)
    form = _Form(blanks, slots)
    if recipients is None:
        yield form.payload(settings.get("to", ""), None)
    else:
        column = ADDRESSED_BY.get(settings.get("adapter", ""), "email")
        for row in recipients.rows:
            form.require_filled(row)
            yield form.payload(_address(row, column, channel), row)
    for address in copies_of(settings):
        yield form.copy(address)


def _address(row: Row, column: str, channel: str) -> str:
    if row.values.get(column):
        return row.values[column]
    if column in row.values:
        lacks = f"line {row.line} of the recipients' list says nothing in {column}"
    else:
        lacks = f"the recipients' list has no column {column}"
    raise BadInput(
        f"{lacks}, and {channel} sends to it",
        remedy=f"fill {column} in for everybody, or take {channel} out of the audience's channels",
        code="no-address",
    )


class _Form:
    """The words over one channel, ready to be filled for many."""

    def __init__(self, blanks: Payload, slots: Mapping[str, str]) -> None:
        self._blanks, self._slots = blanks, slots
        self._subject, self._text = Blank.of(blanks.subject), Blank.of(blanks.text)
        self._columns = sorted(
            name.removeprefix(RECIPIENT)
            for name in self._subject.names | self._text.names
            if name.startswith(RECIPIENT)
        )

    def require_filled(self, row: Row) -> None:
        empty = [name for name in self._columns if row.values.get(name) == ""]
        if empty:
            raise BadInput(
                f"line {row.line} of the recipients' list says nothing in {', '.join(empty)}, and "
                "the words need it",
                remedy="fill the cell in, or take the slot out of the draft, and have it passed "
                "again",
                code="unfilled-slot",
            )

    def payload(self, to: str, row: Row | None) -> Payload:
        values = {f"{RECIPIENT}{name}": row.values[name] for name in row.values} if row else {}
        return self._filled(to, values, row)

    def copy(self, to: str) -> Payload:
        values = {f"{RECIPIENT}{name}": f"[{name}]" for name in self._columns}
        return self._filled(to, values, None, is_copy=True)

    def _filled(
        self, to: str, values: Mapping[str, str], row: Row | None, *, is_copy: bool = False
    ) -> Payload:
        every = {**self._slots, **values}
        return Payload(
            channel=self._blanks.channel,
            row=row.digest if row else "",
            to=to,
            name=row.values.get("name", "") if row else "",
            subject=self._subject.filled(every),
            text=self._text.filled(every),
            is_copy=is_copy,
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

    For a broadcast it is that of the payload; one-to-one, and where there are copies, it is over
    the digests of all payloads, a line each, in the order of the rows' digests.
    """
    over, count, last = sha256(), 0, ""
    for payload in channel_payloads:
        last, count = sha256(payload.data()).hexdigest(), count + 1
        over.update(f"{last}\n".encode())
    return Digest(last if count == 1 and not one_to_one else over.hexdigest())


def rendered(
    words: Words,
    channels: Channels,
    recipients: RecipientList | None,
    slots: Mapping[str, str],
    *,
    without: frozenset[str] = frozenset(),
) -> dict[str, Digest]:
    """Return the digest of each channel's payloads, but for some rows."""
    return {
        name: digest_over(
            (p for p in payloads(words, name, settings, recipients, slots) if p.row not in without),
            one_to_one=recipients is not None,
        )
        for name, settings in channels.items()
    }
