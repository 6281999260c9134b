"""Which class each adapter is."""

from commscli.delivery.channels.channel import Channel, Sending, Settings
from commscli.errors import BadInput


def channel_of(settings: Settings, sending: Sending) -> Channel:
    """Return the channel that some settings of a record describe; loaded where one is used.

    Raises:
        BadInput: if this version knows no such adapter.
    """
    adapter = settings.get("adapter", "")
    if adapter == "file":
        from commscli.delivery.channels.file import FileChannel  # noqa: PLC0415 - lazy

        return FileChannel(settings, sending)
    if adapter == "smtp":
        from commscli.delivery.channels.smtp import SmtpChannel  # noqa: PLC0415 - lazy

        return SmtpChannel(settings, sending)
    from commscli.delivery.channels import posts  # noqa: PLC0415 - lazy

    kinds = {
        "webhook": posts.WebhookChannel, "slack": posts.SlackChannel, "teams": posts.TeamsChannel,
    }  # fmt: skip
    if adapter in kinds:
        return kinds[adapter](settings, sending)
    raise BadInput(
        f"this version has no channel adapter {adapter!r}",
        remedy="a newer comms, or another channel and the gates again",
        code="no-adapter",
    )
