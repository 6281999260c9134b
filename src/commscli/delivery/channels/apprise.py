"""Anything that Apprise knows: one address for each channel, told once, never tried again.

Apprise says of a notification that it went, or that it did not, and nothing of why; a server
that is slow and one that refused look the same. So what it does not call a success is in doubt
here, and a person decides. For mail, Slack, Teams, Twilio and Statuspage the channels of our own
know more.
"""

from typing import Any

from commscli.delivery.channels.channel import (
    AboutToWrite,
    Channel,
    ChannelDown,
    Delivery,
    Outcome,
    Sending,
    Settings,
    masked,
)
from commscli.delivery.ledger import Step
from commscli.errors import BadInput


class AppriseChannel(Channel):
    """Hands a message to Apprise; its address, which is the secret, says where it goes."""

    def __init__(self, settings: Settings, sending: Sending) -> None:
        self._settings, self._sending = settings, sending
        self._target: Any = None

    def probe(self) -> None:
        """Let Apprise read the address; nobody is connected to.

        Raises:
            BadInput: if Apprise is not installed.
            ChannelDown: if it does not know such an address.
            MissingSecret: if the address is not here.
        """
        try:
            from apprise import Apprise  # noqa: PLC0415 - an extra, and slow to load
        except ImportError:
            raise BadInput(
                "this channel needs Apprise, which is not installed",
                remedy="pip install 'commscli[apprise]'",
                code="no-apprise",
            ) from None
        url = self._sending.secret(self._settings["secret"], "")
        self._target = Apprise()
        if not self._target.add(url) or len(self._target) != 1:
            raise ChannelDown(
                f"the secret {self._settings['secret']} is no address that Apprise knows, or is "
                "several",
                remedy="one Apprise URL for each channel",
            )

    def send(self, delivery: Delivery, about_to_write: AboutToWrite) -> Outcome:
        """Tell it once."""
        if self._target is None:
            self.probe()
        payload = delivery.payload
        about_to_write()
        told = self._target.notify(body=payload.text, title=payload.subject, body_format="text")
        if told:
            return Outcome(step=Step.ACCEPTED, detail="Apprise calls it a success")
        return Outcome(step=Step.UNKNOWN, detail="Apprise calls it no success, and not why")

    def redact(self, delivery: Delivery) -> str:
        """Return what Apprise is given."""
        payload = delivery.payload
        return f"{masked(self._settings['secret'])}\ntitle: {payload.subject}\n\n{payload.text}"
