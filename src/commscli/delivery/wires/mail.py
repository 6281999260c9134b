"""One connection to a mail server: encrypted off this machine, one recipient a mail."""

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage

from commscli.delivery.wires.hosts import WireFault, connected, is_loopback


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mail is handed in. ``user`` without a password is refused by the server, not by us."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    private: bool = False


class _Smtp(smtplib.SMTP):
    """smtplib, over a connection whose address was looked at before."""

    def __init__(self, wire: socket.socket, host: str, seconds: float) -> None:
        self._wire = wire
        super().__init__(timeout=seconds)
        self._host = host  # what STARTTLS holds the certificate against
        code, said = self.connect(host, 0)
        if code != 220:  # noqa: PLR2004 - RFC 5321, 4.2.3: service ready
            raise smtplib.SMTPConnectError(code, said)

    def _get_socket(self, *_ignored: object) -> socket.socket:
        return self._wire


@contextmanager
def handed_in(
    server: MailServer, *, seconds: float, context: ssl.SSLContext | None = None
) -> Iterator["MailWire"]:
    """Open a connection, encrypted and logged in; it is closed in any case.

    Raises:
        WireFault: if it cannot be had, or would be in the clear off this machine.
    """
    wire = connected(server.host, server.port, private=server.private, seconds=seconds)
    try:
        smtp = _opened(wire, server, seconds, context)
    except (OSError, smtplib.SMTPException) as fault:
        wire.close()
        raise WireFault(f"{server.host}: {_said(fault)}") from None
    except WireFault:
        wire.close()
        raise
    try:
        yield MailWire(smtp, server.host)
    finally:
        with suppress(OSError, smtplib.SMTPException):
            smtp.quit()
        wire.close()


def _opened(
    wire: socket.socket, server: MailServer, seconds: float, context: ssl.SSLContext | None
) -> smtplib.SMTP:
    smtp = _Smtp(wire, server.host, seconds)
    smtp.ehlo()
    if smtp.has_extn("starttls"):
        smtp.starttls(context=context or ssl.create_default_context())
        smtp.ehlo()
    elif not is_loopback(server.host):
        raise WireFault(
            f"{server.host} offers no STARTTLS: nothing is sent in the clear",
            remedy="a server, or a port, that does: 587 as a rule",
            final=True,
        )
    if server.user:
        smtp.login(server.user, server.password)
    return smtp


class MailWire:
    """A connection that takes mails."""

    def __init__(self, smtp: smtplib.SMTP, host: str) -> None:
        self._smtp, self._host = smtp, host

    def take(self, mail: EmailMessage, sender: str, to: str) -> None:
        """Hand in one mail to one recipient.

        Raises:
            WireFault: if it was not accepted.
        """
        try:
            self._smtp.send_message(mail, from_addr=sender, to_addrs=[to])
        except (OSError, smtplib.SMTPException, ValueError) as fault:
            raise WireFault(f"{self._host}: {_said(fault)}") from None


def _said(fault: Exception) -> str:
    """Return what a server said, in a line; never what we said to it."""
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(fault.recipients.values()))
        return f"{code} {_line(said)}"
    if isinstance(fault, smtplib.SMTPResponseException):
        return f"{fault.smtp_code} {_line(fault.smtp_error)}"
    return type(fault).__name__ if not isinstance(fault, OSError) else str(fault)


def _line(said: bytes | str) -> str:
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    return " ".join(text.split())[:200]
