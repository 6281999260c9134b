"""What every channel is to a send, and what a delivery is to every channel."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from commscli.delivery.attachments import Attachments
from commscli.delivery.ledger import Step
from commscli.delivery.payload import COPY, Payload, Words
from commscli.errors import CommsError


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One payload on its way. ``key`` is the same however often it is planned."""

    key: str
    payload: Payload

    @property
    def row(self) -> str:
        """The digest of the recipient's row; ``-`` for a broadcast, ``copy`` for a copy."""
        return self.payload.row or (COPY if self.payload.is_copy else "-")


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
    phase: str = ""
    """The phase of the incident that the message is about."""
    one_to_one: bool = False
    """Whether it is to people by name, and not to whoever reads the channel."""
    attachments: Attachments = ()


class ChannelDown(CommsError):
    """A channel takes nothing now: it cannot be reached, or does not let us in."""

    code = "channel-down"


def masked(name: str) -> str:
    """Return what stands for a secret wherever a person reads."""
    return f"<secret {name}>"


AboutToWrite = Callable[[], None]
"""Called just before the bytes that commit a delivery are written."""


@dataclass(slots=True)
class Committing:
    """Tells that the bytes are about to be written, and knows afterwards whether that was told."""

    about_to_write: AboutToWrite
    told: bool = False

    def __call__(self) -> None:
        """Tell it: what fails from here on is in doubt."""
        self.about_to_write()
        self.told = True


Settings = Mapping[str, str]


class Channel(ABC):
    """Something that takes deliveries.

    ``on_unknown`` says what is done about one of which nobody knows whether it arrived:
    ``hold`` it for a person, ``resend`` it under the same identity, or ``reconcile``: ask the
    other side, and hold it where that does not know either. ``connections`` is how many may be
    open at once, ``per_second`` how many deliveries it takes in a second (0: as many as go).
    """

    on_unknown: str = "hold"
    connections: int = 1
    per_second: float = 0.0
    takes_canary: bool = False
    """Whether one delivery can go to another address ahead of the others."""

    @classmethod
    def carries_attachments(cls, settings: Settings) -> bool:
        """Whether a channel with these settings takes files beside the words."""
        del settings
        return False

    def flags(self) -> Mapping[str, str]:
        """Return what is said to the other side beside the words: who is notified, and how."""
        return {}

    def plan(self, delivery: Delivery) -> str:
        """Look at a delivery while nothing has left; return a remark for the plan, or nothing.

        Raises:
            BadInput: if it could not be made, saying why.
        """
        del delivery
        return ""

    @abstractmethod
    def probe(self) -> None:
        """Connect and log in, before the first delivery; nothing is sent.

        Raises:
            ChannelDown: if it takes nothing now.
            MissingSecret: if a secret is not here.
        """

    @abstractmethod
    def send(self, delivery: Delivery, about_to_write: AboutToWrite) -> Outcome:
        """Deliver once, without trying again.

        Raises:
            ChannelDown: if it takes nothing any more, and this did not leave.
        """

    def reconcile(self, delivery: Delivery) -> Outcome | None:
        """Ask what became of a delivery in doubt: accepted, or planned again where it is absent.

        Returns:
            Nothing where the other side cannot say.

        Raises:
            ChannelDown, WireFault: if it cannot be asked now.
        """
        del delivery
        return None

    @abstractmethod
    def redact(self, delivery: Delivery) -> str:
        """Return a delivery as it goes over the wire, each secret by its name."""

    def end(self) -> None:  # noqa: B027 - most have nothing open
        """Hang up; never fails."""
