"""What every channel is to a send, and what a delivery is to every channel."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from commscli.delivery.ledger import Step
from commscli.delivery.payload import Payload, Words
from commscli.errors import CommsError


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One payload on its way. ``key`` is the same however often it is planned."""

    key: str
    payload: Payload

    @property
    def row(self) -> str:
        """The digest of the recipient's row; ``-`` for a broadcast."""
        return self.payload.row or "-"


def delivery_of(send_id: str, payload: Payload) -> Delivery:
    """Return the delivery of a payload in a send."""
    told = f"comms/1\n{send_id}\n{payload.channel}\n{payload.row or payload.to}\n"
    return Delivery(key=sha256(told.encode()).hexdigest()[:32], payload=payload)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a delivery: accepted, rejected, deferred or unknown, and nothing else."""

    step: Step
    detail: str = ""
    id: str = ""
    after: float | None = None
    """Seconds before it may be tried again, where the other side said so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """What all deliveries of a send have in common."""

    send_id: str
    words: Words
    domain: str
    at: datetime
    root: Path
    outbox: Path
    secret: Callable[[str, str], str]
    """Name and host → the secret; it raises where there is none, or it may not go there."""


class ChannelDown(CommsError):
    """A channel takes nothing now: it cannot be reached, or does not let us in."""

    code = "channel-down"


AboutToWrite = Callable[[], None]
"""Called just before the bytes that commit a delivery are written."""
Settings = Mapping[str, str]


class Channel(Protocol):
    """Something that takes deliveries.

    ``on_unknown`` says what is done about one of which nobody knows whether it arrived:
    ``hold`` it for a person, or ``resend`` it.
    """

    on_unknown: str

    def begin(self) -> None:
        """Connect and log in, before the first delivery.

        Raises:
            ChannelDown: if it takes nothing now.
            MissingSecret: if a secret is not here.
        """

    def require(self, delivery: Delivery) -> None:
        """Refuse a delivery that could not be made, while nothing has left.

        Raises:
            BadInput: saying why.
        """

    def send(self, delivery: Delivery, about_to_write: AboutToWrite) -> Outcome:
        """Deliver once, without trying again.

        Raises:
            ChannelDown: if it takes nothing any more, and this did not leave.
        """

    def end(self) -> None:
        """Hang up; never fails."""
