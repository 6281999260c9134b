"""Which class each adapter is; a module is loaded where one of its channels is used."""

from importlib import import_module
from types import MappingProxyType

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
        BadInput: if this version knows no such adapter.
    """
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
    made: Channel = getattr(import_module(f"{__package__}.{module}"), name)(settings, sending)
    return made
