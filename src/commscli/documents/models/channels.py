"""``channels.yaml``: how messages travel. A channel is an adapter and its settings.

Another adapter is another class in `ADAPTERS`; its ``adapter`` literal is what people write.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self

from pydantic import Field, GetCoreSchemaHandler, model_validator
from pydantic_core import CoreSchema, core_schema

from commscli.documents.models.channel_settings import stated
from commscli.documents.models.kinds import (
    Folder,
    Handle,
    HandleOrEmpty,
    Host,
    HttpsUrl,
    HttpsUrlOrEmpty,
    Id,
    IdOrEmpty,
    Line,
    PhoneOrEmpty,
    Several,
    Strict,
)
from commscli.documents.models.mail_headers import (
    AddressOrEmpty,
    HeaderNameOrEmpty,
    ListIdOrEmpty,
    UnsubscribeOrEmpty,
)
from commscli.documents.validate import Misplaced


class Channel(Strict):
    """What every channel has. ``secret`` is the name of a secret, never the secret."""

    adapter: str
    secret: IdOrEmpty = ""

    def settings(self) -> dict[str, str]:
        """Return what a ``drafted`` record states: every setting that is not empty, as text.

        The name of the secret is among them, because a message approved for one account
        must not leave through another; the secret itself is not in the repository at all.
        """
        return stated(self.model_dump(by_alias=True))


class FileChannel(Channel):
    """The outbox: each message becomes a file on this machine."""

    adapter: Literal["file"]
    as_: Literal["eml", "txt", "json"] = Field(alias="as")
    from_: Line = Field(default="", alias="from")
    to: Line = ""


OnUnknown = Literal["hold", "resend"]
"""What is done about a delivery of which nobody knows whether it arrived."""
OnUnknownHere = Literal["reconcile", "hold", "resend"]
"""The same, where the other side can be asked."""


class SmtpChannel(Channel):
    """Mail, handed in at a server; ``secret`` is the password of ``user``.

    ``auto_submitted`` is told to programs that answer mail: left out, it is of a broadcast that
    they are not to, and of what goes to people by name nothing. A server that knows a delivery
    again by ``idempotency_header`` may be given it again, so that is the default then.
    """

    adapter: Literal["smtp"]
    host: Host
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    from_: Line = Field(default="", alias="from")
    to: Line = ""
    user: Line = ""
    on_unknown: OnUnknown = "hold"
    private: bool = False
    connections: Annotated[int, Field(ge=1, le=20)] | None = None
    per_second: Annotated[int, Field(ge=1, le=1000)] | None = None
    reply_to: AddressOrEmpty = ""
    auto_submitted: bool | None = None
    max_bytes: Annotated[int, Field(ge=10_000)] | None = None
    idempotency_header: HeaderNameOrEmpty = ""
    unsubscribe: UnsubscribeOrEmpty = ""
    unsubscribe_mail: AddressOrEmpty = ""
    list_id: ListIdOrEmpty = ""

    @model_validator(mode="after")
    def _known_again(self) -> Self:
        if self.idempotency_header and "on_unknown" not in self.model_fields_set:
            object.__setattr__(self, "on_unknown", "resend")  # it is frozen for all others
        return self


class WebhookChannel(Channel):
    """A POST to an address; ``secret`` signs it. ``idempotent``: the receiver knows a key again."""

    adapter: Literal["webhook"]
    url: HttpsUrl
    to: Line = ""
    idempotent: bool = False
    private: bool = False


class SlackChannel(Channel):
    """An incoming web hook of Slack, or its Web API.

    ``secret`` is the hook's whole address; with a ``channel`` it is the token of a bot in there.
    """

    adapter: Literal["slack"]
    secret: Id
    to: Line = ""
    channel: HandleOrEmpty = ""
    broadcast: bool = False
    url: HttpsUrlOrEmpty = ""
    on_unknown: Literal["", OnUnknownHere] = ""
    private: bool = False

    @model_validator(mode="after")
    def _of_the_api(self) -> Self:
        own = {"broadcast": self.broadcast, "url": self.url, "on_unknown": self.on_unknown}
        faults = [((name,), f"`{name}` needs `channel`") for name, value in own.items() if value]
        if faults and not self.channel:
            raise Misplaced(faults)
        return self


class TeamsChannel(Channel):
    """A workflow of Teams that takes a card; ``secret`` is its whole address."""

    adapter: Literal["teams"]
    secret: Id
    to: Line = ""
    private: bool = False


class StatuspageChannel(Channel):
    """A page at Atlassian Statuspage; ``secret`` is the key of the API.

    ``notify`` has no default: whether all subscribers get mail is to be said. ``components`` have
    ``component_status`` while it lasts.
    """

    adapter: Literal["statuspage"]
    secret: Id
    page: Handle
    notify: bool
    components: Several[Handle] = ()
    component_status: Literal[
        "", "degraded_performance", "partial_outage", "major_outage", "under_maintenance"
    ] = ""
    impact: Literal["", "none", "minor", "major", "critical"] = ""
    url: HttpsUrl = "https://api.statuspage.io/v1"
    on_unknown: OnUnknownHere = "reconcile"
    private: bool = False

    @model_validator(mode="after")
    def _of_components(self) -> Self:
        if self.component_status and not self.components:
            raise Misplaced([(("component_status",), "`component_status` needs `components`")])
        return self


class SmsChannel(Channel):
    """Text messages over Twilio; ``secret`` is the auth token of ``account``.

    They go to the column ``phone`` of a list, or to the one number in ``to``.
    """

    adapter: Literal["sms"]
    secret: Id
    account: Handle
    from_: Line = Field(default="", alias="from")
    service: HandleOrEmpty = ""
    to: PhoneOrEmpty = ""
    per_second: Annotated[int, Field(ge=1, le=1000)] = 1
    url: HttpsUrl = "https://api.twilio.com"
    on_unknown: OnUnknownHere = "reconcile"
    private: bool = False

    @model_validator(mode="after")
    def _from_one(self) -> Self:
        if bool(self.from_) == bool(self.service):
            raise Misplaced([((), "expected either `from` (a number) or `service` (its id)")])
        return self


class SiteChannel(Channel):
    """A status page of plain files in the outbox; ``url`` is where people will read it."""

    adapter: Literal["site"]
    url: HttpsUrl
    title: Line = ""
    folder: Folder = "site"


class HoldChannel(Channel):
    """Approved words that are kept for whoever asks, and go to nobody."""

    adapter: Literal["hold"]


class ManualChannel(Channel):
    """A sheet for each call; whoever calls says how it went."""

    adapter: Literal["manual"]
    to: Line = ""


class AppriseChannel(Channel):
    """Anything that Apprise knows; ``secret`` is the one address of it."""

    adapter: Literal["apprise"]
    secret: Id
    to: Line = ""


ADAPTERS: Mapping[str, type[Channel]] = MappingProxyType({
    "file": FileChannel,
    "smtp": SmtpChannel,
    "webhook": WebhookChannel,
    "slack": SlackChannel,
    "teams": TeamsChannel,
    "statuspage": StatuspageChannel,
    "sms": SmsChannel,
    "site": SiteChannel,
    "hold": HoldChannel,
    "manual": ManualChannel,
    "apprise": AppriseChannel,
})  # fmt: skip


class _ByAdapter:
    """Chooses the class of a channel by its adapter. pydantic's own unions want two members."""

    @classmethod
    def __get_pydantic_core_schema__(
        cls, _source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        choices = {name: handler.generate_schema(model) for name, model in ADAPTERS.items()}
        return core_schema.tagged_union_schema(choices, discriminator="adapter")


class Channels(Strict):
    """The whole of ``channels.yaml``."""

    channels: dict[Id, Annotated[Channel, _ByAdapter]]
