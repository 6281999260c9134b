"""What all channels have in common that are one request over HTTPS for each delivery."""

import json
from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from commscli.delivery.channels.channel import (
    AboutToWrite,
    Channel,
    ChannelDown,
    Committing,
    Delivery,
    Outcome,
    Sending,
    Settings,
    masked,
)
from commscli.delivery.ledger import Step
from commscli.delivery.wires.hosts import WireFault
from commscli.delivery.wires.https import MOST, Answer, asked, parts_of, reached

SECONDS = 30.0
_DONE = range(200, 300)
_LATER = frozenset({408, 420, 425, 429, 503})
"""What says that nothing was done, and that it may be later; 420 is how Statuspage says 429."""
_IN_DOUBT = frozenset({500, 502, 504})
"""What may come after something was done: Slack and Twilio say so of theirs."""
_SAID = 200
JSON = "application/json; charset=utf-8"

Secret = Callable[[str], str]
"""The name of a secret → the secret, or what stands for it where a person reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request that commits a delivery. A query in ``url`` may be a secret."""

    url: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "POST"
    kind: str = JSON


class PostChannel(Channel):
    """One request for each delivery; a kind of it says which."""

    most: int = MOST
    """Bytes of an answer that are read."""

    def __init__(self, settings: Settings, sending: Sending) -> None:
        self.settings, self.sending = settings, sending
        self.private = settings.get("private") == "true"

    @abstractmethod
    def request(self, delivery: Delivery, secret: Secret) -> Request:
        """Return the request that makes a delivery.

        Raises:
            ChannelDown, MissingSecret, WireFault: if what it needs is not to be had.
        """

    def look_up(self, delivery: Delivery) -> None:
        """Ask the other side for what the request needs, while nothing is written.

        Raises:
            ChannelDown, MissingSecret, WireFault: if it is not to be had.
        """

    @abstractmethod
    def address(self, secret: Secret) -> str:
        """Return a URL of the other side: its host is what is asked whether it answers."""

    def probe(self) -> None:
        """Find the secrets, and let the other side answer; a POST is a post, so none is made.

        Raises:
            MissingSecret: if a secret is not here, or may not go to that host.
            ChannelDown: if nobody answers there.
        """
        try:
            reached(self.address(self.secret), seconds=SECONDS, private=self.private)
        except WireFault as fault:
            raise ChannelDown(fault.text, remedy=fault.remedy) from None

    def secret(self, name: str) -> str:
        """Return a secret, if it may go where this channel leads.

        Raises:
            MissingSecret: if it is not here, or may not.
            WireFault: if it should be an address, and is none.
        """
        host = urlsplit(self.settings.get("url", "")).hostname or ""
        if host or not name:
            return self.sending.secret(name, host) if name else ""
        # The address itself is the secret: it may go to the host that it names, or nowhere.
        url = self.sending.secret(name, "")
        return self.sending.secret(name, parts_of(url).hostname or "") if url else url

    def send(self, delivery: Delivery, about_to_write: AboutToWrite) -> Outcome:
        """Make the request once."""
        committing = Committing(about_to_write)
        try:
            self.look_up(delivery)
            answer = self.ask(self.request(delivery, self.secret), committing)
        except WireFault as fault:
            if fault.final and not committing.told:
                return Outcome(step=Step.REJECTED, detail=fault.text)
            step = Step.UNKNOWN if committing.told else Step.DEFERRED
            return Outcome(step=step, detail=fault.text, after=fault.after)
        return self.judged(answer)

    def ask(self, request: Request, about_to_write: AboutToWrite = lambda: None) -> Answer:
        """Make a request, and return the answer.

        Raises:
            WireFault: if there is none.
        """
        kind = {"Content-Type": request.kind} if request.body else {}
        return asked(
            request.url,
            request.body,
            {**kind, "User-Agent": "comms", **request.headers},
            method=request.method,
            seconds=SECONDS,
            private=self.private,
            about_to_write=about_to_write,
            most=self.most,
        )

    def judged(self, answer: Answer) -> Outcome:
        """Say what an answer means."""
        said = f"{answer.status} {said_in(answer.body)}".strip()
        if answer.status in _DONE:
            return Outcome(step=Step.ACCEPTED, detail=said)
        if answer.status in _LATER:
            return Outcome(step=Step.DEFERRED, detail=said, after=seconds_in(answer.headers))
        if answer.status in _IN_DOUBT:
            return Outcome(step=Step.UNKNOWN, detail=said)
        return Outcome(step=Step.REJECTED, detail=said)

    def redact(self, delivery: Delivery) -> str:
        """Return the request as it goes over the wire, each secret by its name."""
        made = self.request(delivery, masked)
        parts = urlsplit(made.url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        first = f"{made.method} {target} HTTP/1.1\nHost: {parts.netloc}"
        if not parts.scheme:
            first = f"{made.method} {made.url}"
        kind = {"Content-Type": made.kind} if made.body else {}
        headers = {**kind, "User-Agent": "comms", **made.headers}
        lines = [first, *(f"{name}: {value}" for name, value in headers.items()), ""]
        return "\n".join([*lines, _readable(made)]) + "\n"


def _readable(request: Request) -> str:
    if request.kind != JSON:
        return request.body.decode(errors="replace")
    return json.dumps(json.loads(request.body), ensure_ascii=False, indent=2)


def as_json(document: Mapping[str, object]) -> bytes:
    """Return a document as a body."""
    return json.dumps(document, ensure_ascii=False).encode()


def seconds_in(headers: Mapping[str, str]) -> float | None:
    """Return how long the other side asks to wait, if it does."""
    text = headers.get("retry-after", "")
    return float(text) if text.isdecimal() else None


def said_in(body: bytes) -> str:
    """Return the beginning of an answer, in a line."""
    return " ".join(body[:_SAID].decode(errors="replace").split())
