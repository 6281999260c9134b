"""Which class each adapter is; a module is loaded where one of its channels is used."""

from collections.abc import Callable, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import cast

from commscli.delivery.channels.channel import Channel, Sending, Settings
from commscli.errors import BadInput

ADAPTERS = MappingProxyType({
    "file": ("file", "FileChannel"),
    "smtp": ("smtp", "SmtpChannel"),
    "webhook": ("webhook", "WebhookChannel"),
    "slack": ("slack", "SlackChannel"),
    "teams": ("teams", "TeamsChannel"),
    "statuspage": ("statuspage", "StatuspageChannel"),
    "sms": ("sms", "SmsChannel"),
    "site": ("site", "SiteChannel"),
    "hold": ("hold", "HoldChannel"),
    "manual": ("manual", "ManualChannel"),
    "apprise": ("apprise", "AppriseChannel"),
})  # fmt: skip
"""Adapter → the module of this package, and its class."""
SLACK_API = ("slack_api", "SlackApiChannel")
"""What Slack is where a channel is named; without one it is a web hook."""


def channel_of(settings: Settings, sending: Sending) -> Channel:
    """Return the channel that some settings of a record describe.

    Raises:
        BadInput: if this version knows no such adapter, or it does not carry the attachments.
    """
    kind = _kind(settings)
    if sending.attachments and not kind.carries_attachments(settings):
        raise _no_attachments(f"a channel of the kind {settings['adapter']}")
    make = cast("Callable[[Settings, Sending], Channel]", kind)
    return make(settings, sending)


def require_carried(channels: Mapping[str, Settings]) -> None:
    """Refuse attachments that a channel would leave behind.

    Raises:
        BadInput: naming the first channel that carries none.
    """
    for name, settings in channels.items():
        if not _kind(settings).carries_attachments(settings):
            raise _no_attachments(f"the channel {name} ({settings['adapter']})")


def _no_attachments(what: str) -> BadInput:
    return BadInput(
        f"{what} carries no attachments",
        remedy="comms revise MESSAGE --no-attachments; or take the channel out of `channels:` "
        "above the words, and link to the file where it is public",
        code="no-attachments",
    )


def _kind(settings: Settings) -> type[Channel]:
    adapter = settings.get("adapter", "")
    if adapter not in ADAPTERS:
        raise BadInput(
            f"this version has no channel adapter {adapter!r}",
            remedy="a newer comms, or another channel and the gates again",
            code="no-adapter",
        )
    module, name = ADAPTERS[adapter]
    if adapter == "slack" and settings.get("channel"):
        module, name = SLACK_API
    kind: type[Channel] = getattr(import_module(f"{__package__}.{module}"), name)
    return kind
