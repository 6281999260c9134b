"""The channels that can be asked, each with a server of its own and how to look into it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from commscli.delivery.channels.channel import Channel, Delivery, Sending, delivery_of
from commscli.delivery.channels.registry import channel_of
from commscli.delivery.payload import Payload, Words
from commscli.errors import MissingSecret
from tests.support.apis import Api, running
from tests.support.fake_slack import ROOM, FakeSlack
from tests.support.fake_statuspage import PAGE, FakeStatuspage
from tests.support.fake_twilio import ACCOUNT, FakeTwilio

AT = datetime(2026, 11, 22, 9, 20, tzinfo=UTC)
INCIDENT = "2026-11-22-checkout-outage"
PHONE = "+441632960001"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A channel that can be asked. ``path`` is where its API is on the host."""

    settings: Mapping[str, str]
    make: Callable[[], Api]
    path: str
    held: Callable[[Api], int]
    """How many deliveries a server holds."""


def _slack(api: Api) -> int:
    assert isinstance(api, FakeSlack)
    return len([post for post in api.posts if "metadata" in post])


def _statuspage(api: Api) -> int:
    assert isinstance(api, FakeStatuspage)
    return sum(len(one["incident_updates"]) for one in api.incidents)


def _twilio(api: Api) -> int:
    assert isinstance(api, FakeTwilio)
    return len(api.messages)


KINDS: Mapping[str, Kind] = {
    "slack": Kind(
        settings={"adapter": "slack", "secret": "x", "channel": ROOM}, make=FakeSlack,
        path="/api", held=_slack,
    ),
    "statuspage": Kind(
        settings={"adapter": "statuspage", "secret": "x", "page": PAGE, "notify": "false"},
        make=FakeStatuspage, path="/v1", held=_statuspage,
    ),
    "sms": Kind(
        settings={"adapter": "sms", "secret": "x", "account": ACCOUNT, "from": "+441632960000"},
        make=FakeTwilio, path="", held=_twilio,
    ),
}  # fmt: skip


def sending(
    tmp_path: Path, *, message: str = "m-1", phase: str = "investigation", incident: str = INCIDENT
) -> Sending:
    """Return a send of a message of an incident; the secret ``none`` is nowhere."""

    def secret(name: str, host: str) -> str:
        if name == "none" or host != "127.0.0.1":
            raise MissingSecret(f"the secret {name} may not go to {host}")
        return "s3cret"

    words = Words(incident=incident, message=message, subject="S", body="B")
    return Sending(send_id="f" * 16, words=words, domain="x.example", at=AT, root=tmp_path,
                   outbox=tmp_path / "outbox", secret=secret, phase=phase)  # fmt: skip


def delivery(
    text: str = "Hello.\n\nMore.", *, subject: str = "It began", row: str = ""
) -> Delivery:
    """Return a delivery of some words, or, with a row, one to somebody by name."""
    payload = Payload(channel="c", row=row, to=PHONE, name="", subject=subject, text=text)
    return delivery_of(f"{text}{subject}", payload)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lab:
    """A kind of channel, and a server that is one."""

    kind: Kind
    api: Api
    tmp_path: Path

    def channel(self, more: Mapping[str, str] | None = None, **about: str) -> Channel:
        """Return the channel to the server, for a send of its own."""
        settings = {**self.kind.settings, "url": f"{self.api.url}{self.kind.path}", **(more or {})}
        return channel_of(settings, sending(self.tmp_path, **about))

    @property
    def held(self) -> int:
        """How many deliveries the server holds."""
        return self.kind.held(self.api)


@contextmanager
def lab(name: str, tmp_path: Path) -> Iterator[Lab]:
    """Run a server that a kind of channel is for."""
    kind = KINDS[name]
    with running(kind.make()) as api:
        yield Lab(kind=kind, api=api, tmp_path=tmp_path)
