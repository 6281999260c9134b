"""Mail: one recipient a mail, over one connection that is opened again where it breaks."""

import smtplib
from contextlib import suppress

from commscli.delivery.channels.channel import (
    AboutToWrite,
    Channel,
    ChannelDown,
    Delivery,
    Outcome,
    Sending,
    Settings,
)
from commscli.delivery.ledger import Step
from commscli.delivery.mime import mail_bytes, sender_of, wire_address
from commscli.delivery.wires.hosts import WireFault
from commscli.delivery.wires.mail import MailServer, MailWire, Refusal, open_mail

CONNECT_SECONDS = 30.0
FINAL_SECONDS = 600.0
"""RFC 5321, 4.5.3.2.6: who hangs up earlier makes a server deliver what it thinks was not sent."""
_TEMPORARY, _PERMANENT = range(400, 500), range(500, 600)
_CLOSING = 421


def _judged(code: int, *, written: bool) -> Step:
    """Say what a code means; one that is none, after all was written, means nothing."""
    if code in _PERMANENT:
        return Step.REJECTED
    return Step.DEFERRED if code in _TEMPORARY or not written else Step.UNKNOWN


class SmtpChannel(Channel):
    """Hands mails in at one server."""

    takes_canary = True

    def __init__(self, settings: Settings, sending: Sending) -> None:
        self.on_unknown = settings.get("on_unknown", "hold")
        self._settings, self._sending = settings, sending
        self.connections = int(settings.get("connections", "1"))
        self.per_second = float(settings.get("per_second", "0"))
        self._wire: MailWire | None = None

    def probe(self) -> None:
        """Connect, encrypt, log in.

        Raises:
            ChannelDown: if the server cannot be reached, or does not let us in.
        """
        name, host = self._settings.get("secret", ""), self._settings["host"]
        server = MailServer(
            host=host,
            port=int(self._settings["port"]),
            user=self._settings.get("user", ""),
            password=self._sending.secret(name, host) if name else "",
            private=self._settings.get("private") == "true",
        )
        try:
            self._wire = open_mail(server, seconds=CONNECT_SECONDS)
        except WireFault as fault:
            raise ChannelDown(fault.text, remedy=fault.remedy) from None

    def plan(self, delivery: Delivery) -> str:
        """Refuse what cannot be mailed, before anything is begun.

        Raises:
            BadInput: naming the address.
        """
        wire_address(delivery.payload.to)
        return ""

    def send(self, delivery: Delivery, about_to_write: AboutToWrite) -> Outcome:
        """Hand in one mail.

        Raises:
            ChannelDown: if there is no connection, and none can be had.
        """
        if self._wire is None:
            self.probe()
        wire = self._wire
        if wire is None:
            raise ChannelDown("there is no connection")
        payload = delivery.payload
        data = mail_bytes(payload, self._settings, self._sending, delivery.key)
        written = False

        def committing() -> None:
            nonlocal written
            about_to_write()
            written = True

        try:
            said = wire.hand_in(
                data,
                sender_of(self._settings, self._sending.domain),
                wire_address(payload.to),
                about_to_write=committing,
                final_seconds=FINAL_SECONDS,
            )
        except Refusal as refusal:
            if refusal.code == _CLOSING or not wire.reset():
                self._hang_up()
            return Outcome(
                step=_judged(refusal.code, written=written),
                detail=f"{refusal.code} {refusal.said}",
            )
        except (OSError, smtplib.SMTPException) as fault:
            self._hang_up()
            step = Step.UNKNOWN if written else Step.DEFERRED
            return Outcome(step=step, detail=f"the connection broke: {type(fault).__name__}")
        return Outcome(step=Step.ACCEPTED, id=said)

    def redact(self, delivery: Delivery) -> str:
        """Return the envelope and the mail."""
        data = mail_bytes(delivery.payload, self._settings, self._sending, delivery.key)
        sender = sender_of(self._settings, self._sending.domain)
        envelope = f"MAIL FROM:<{sender}>\nRCPT TO:<{wire_address(delivery.payload.to)}>\nDATA\n"
        return envelope + data.decode(errors="replace").replace("\r\n", "\n")

    def _hang_up(self) -> None:
        if self._wire is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._wire.close()
        self._wire = None

    def end(self) -> None:
        """Say QUIT."""
        if self._wire is not None:
            self._wire.quit()
        self._wire = None
