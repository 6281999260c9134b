"""Mail: one recipient a mail, over one connection that is opened again where it breaks."""

import smtplib
from contextlib import suppress

from commscli.delivery.attachments import encoded
from commscli.delivery.channels.channel import (
    AboutToWrite,
    Channel,
    ChannelDown,
    Committing,
    Delivery,
    Outcome,
    Sending,
    Settings,
)
from commscli.delivery.ledger import Step
from commscli.delivery.mail_addresses import envelope_sender, needs_utf8, wire_address
from commscli.delivery.mime import mail_bytes, most_bytes, wire_head
from commscli.delivery.payload import Payload
from commscli.delivery.wires.hosts import WireFault
from commscli.delivery.wires.mail import MailServer, MailWire, Refusal, open_mail
from commscli.errors import BadInput

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
        odd = next((name for name, value in settings.items() if not value.isprintable()), "")
        if odd:
            raise BadInput(
                f"the setting {odd} of a mail channel holds what no header can",
                remedy="mend the channel in channels.yaml, and revise the message",
                code="bad-header",
            )
        self._from = envelope_sender(settings, sending.domain)
        self._parts = encoded(sending.attachments)
        self._known: tuple[str, str, int] | None = None
        """The last words that were measured, and what their mail had at most."""

    @classmethod
    def carries_attachments(cls, settings: Settings) -> bool:
        """A mail does, whatever the settings."""
        del settings
        return True

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

        The server has said by then what it takes.

        Raises:
            BadInput: naming the address, and what is wrong with it or its mail.
        """
        payload = delivery.payload
        wire_address(payload.to)
        wire_head(payload, self._settings, self._sending, delivery.key)
        if self._wire is not None and self._needs_utf8(payload) and not self._wire.takes_utf8:
            raise BadInput(
                f"{self._wire.host} takes no letters before the @ but ASCII (it offers no "
                f"SMTPUTF8), and the mail to {payload.to!r} has such",
                remedy="another address of theirs, or a server that offers it",
                code="bad-address",
            )
        most = self._most()
        if most and self._size_at_most(delivery, most) > most:
            raise BadInput(
                f"the mail to {payload.to} has {self._size(delivery)} bytes: at most {most}",
                remedy="fewer or smaller attachments (comms revise MESSAGE --no-attachments), or "
                "a server that takes more; max_bytes of the channel is a limit of your own",
                code="too-large",
            )
        return ""

    def _needs_utf8(self, payload: Payload) -> bool:
        return needs_utf8(payload, self._settings, self._sending.domain)

    def _most(self) -> int:
        """Return how large a mail may be: by the server, and by the settings; 0 for no limit."""
        stated = self._wire.most_bytes if self._wire is not None else 0
        return min((n for n in (stated, int(self._settings.get("max_bytes", "0"))) if n), default=0)

    def _size_at_most(self, delivery: Delivery, limit: int) -> int:
        """Return what a mail has at most, in bytes; that is only made where it comes close.

        To make every mail of 100,000 twice would take minutes. One with the words of the last
        one that was made differs from it by its headers.
        """
        payload = delivery.payload
        rough = most_bytes(payload, self._settings)
        if rough is not None and (sized := rough + self._size_of_parts(delivery.key)) <= limit:
            return sized
        heads = most_bytes(_nobody(payload), self._settings) or 0
        known = self._known
        if known and known[:2] == (payload.subject, payload.text) and known[2] + heads <= limit:
            return known[2] + heads
        size = self._size(delivery)
        self._known = (payload.subject, payload.text, size)
        return size

    def _size(self, delivery: Delivery) -> int:
        made = mail_bytes(delivery.payload, self._settings, self._sending, delivery.key, ())
        return len(made) + self._size_of_parts(delivery.key)

    def _size_of_parts(self, key: str) -> int:
        between = len(f"--=_c1m_{key[:24]}\r\n")
        return sum(len(part) + between for part in self._parts)

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
        payload, utf8 = delivery.payload, self._needs_utf8(delivery.payload)
        if utf8 and not wire.takes_utf8:
            return Outcome(step=Step.DEFERRED, detail=f"{wire.host} offers no SMTPUTF8 any more")
        data = mail_bytes(payload, self._settings, self._sending, delivery.key, self._parts)
        committing = Committing(about_to_write)
        try:
            said = wire.hand_in(
                data,
                self._from,
                wire_address(payload.to),
                utf8=utf8,
                about_to_write=committing,
                final_seconds=FINAL_SECONDS,
            )
        except Refusal as refusal:
            if refusal.code == _CLOSING or not wire.reset():
                self._hang_up()
            return Outcome(
                step=_judged(refusal.code, written=committing.told),
                detail=f"{refusal.code} {refusal.said}",
            )
        except (OSError, smtplib.SMTPException) as fault:
            self._hang_up()
            step = Step.UNKNOWN if committing.told else Step.DEFERRED
            return Outcome(step=step, detail=f"the connection broke: {type(fault).__name__}")
        return Outcome(step=Step.ACCEPTED, id=said)

    def redact(self, delivery: Delivery) -> str:
        """Return the envelope and the mail."""
        data = mail_bytes(
            delivery.payload, self._settings, self._sending, delivery.key, self._parts
        )
        to = wire_address(delivery.payload.to)
        envelope = f"MAIL FROM:<{self._from}>\nRCPT TO:<{to}>\nDATA\n"
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


def _nobody(payload: Payload) -> Payload:
    """Return a delivery with its headers and without its words."""
    return Payload(channel=payload.channel, row=payload.row, to=payload.to, name=payload.name,
                   subject="", text="")  # fmt: skip
