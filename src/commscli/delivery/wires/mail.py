"""One connection to a mail server: encrypted off this machine, one recipient a mail."""

import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from commscli.delivery.wires.hosts import WireFault, connected, is_loopback

_READY, _GO_ON, _OK = 220, 354, 250
_LINE_START = re.compile(rb"(?m)^\.")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mail is handed in. ``user`` without a password is refused by the server, not by us."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    private: bool = False


class Refusal(Exception):
    """The server said no, before it took the mail or after: its code, and its words in a line."""

    def __init__(self, code: int, said: bytes | str) -> None:
        self.code, self.said = code, _line(said)
        super().__init__(f"{code} {self.said}")


class _Smtp(smtplib.SMTP):
    """smtplib, over a connection whose address was looked at before."""

    def __init__(self, wire: socket.socket, host: str, seconds: float) -> None:
        self._wire = wire
        super().__init__(timeout=seconds)
        self._host = host  # what STARTTLS holds the certificate against
        code, said = self.connect(host, 0)
        if code != _READY:
            raise smtplib.SMTPConnectError(code, said)

    def _get_socket(self, *_ignored: object) -> socket.socket:
        return self._wire


class MailWire:
    """A connection that takes mails."""

    def __init__(self, smtp: smtplib.SMTP, host: str) -> None:
        self._smtp, self.host = smtp, host
        self._seconds = smtp.sock.gettimeout() if smtp.sock is not None else None

    @property
    def takes_utf8(self) -> bool:
        """Whether the server takes addresses that are not ASCII before the @ (RFC 6531)."""
        return self._smtp.has_extn("smtputf8")

    @property
    def most_bytes(self) -> int:
        """The largest mail that the server takes; 0 where it names no size (RFC 1870)."""
        stated = self._smtp.esmtp_features.get("size", "")
        return int(stated) if stated.isascii() and stated.isdecimal() else 0

    def hand_in(
        self,
        data: bytes,
        sender: str,
        to: str,
        *,
        utf8: bool = False,
        about_to_write: Callable[[], None] = lambda: None,
        final_seconds: float | None = None,
    ) -> str:
        """Hand in one mail to one recipient; return what the server said when it took it.

        ``about_to_write`` is called when the server has agreed to all but the mail itself;
        ``utf8`` says that an address of it is not ASCII before the @.

        Raises:
            Refusal: if the server does not take it.
            OSError, smtplib.SMTPException: if the connection breaks.
        """
        smtp = self._smtp
        self._expect(smtp.mail(sender, self._options(data, utf8=utf8)), _OK)
        self._expect(smtp.rcpt(to), _OK, 251)
        self._expect(smtp.docmd("DATA"), _GO_ON)
        about_to_write()
        text = _LINE_START.sub(b"..", data)
        smtp.send((text if text.endswith(b"\r\n") else text + b"\r\n") + b".\r\n")
        if final_seconds is not None and smtp.sock is not None:
            smtp.sock.settimeout(final_seconds)
        code, said = smtp.getreply()
        if smtp.sock is not None:
            smtp.sock.settimeout(self._seconds)  # what comes next is not waited for so long
        self._expect((code, said), _OK)
        return _line(said)

    def _options(self, data: bytes, *, utf8: bool) -> list[str]:
        sized = [f"SIZE={len(data)}"] if self._smtp.has_extn("size") else []
        return [*sized, *(["SMTPUTF8", "BODY=8BITMIME"] if utf8 else [])]

    def _expect(self, answer: tuple[int, bytes], *codes: int) -> None:
        if answer[0] not in codes:
            raise Refusal(*answer)

    def reset(self) -> bool:
        """Forget a mail that was refused half way; return whether the connection still works."""
        try:
            return self._smtp.rset()[0] == _OK
        except (OSError, smtplib.SMTPException):
            return False

    def quit(self) -> None:
        """Say goodbye, and hang up."""
        with suppress(OSError, smtplib.SMTPException):
            self._smtp.quit()
        self.close()

    def close(self) -> None:
        """Hang up."""
        self._smtp.close()


def open_mail(
    server: MailServer, *, seconds: float, context: ssl.SSLContext | None = None
) -> MailWire:
    """Open a connection, encrypted and logged in.

    Raises:
        WireFault: if it cannot be had, or would be in the clear off this machine.
    """
    wire = connected(server.host, server.port, private=server.private, seconds=seconds)
    try:
        return MailWire(_opened(wire, server, seconds, context), server.host)
    except (OSError, smtplib.SMTPException) as fault:
        wire.close()
        raise WireFault(f"{server.host}: {said_of(fault)}") from None
    except WireFault:
        wire.close()
        raise


@contextmanager
def handed_in(
    server: MailServer, *, seconds: float, context: ssl.SSLContext | None = None
) -> Iterator[MailWire]:
    """Open a connection; it is closed in any case.

    Raises:
        WireFault: if it cannot be had, or would be in the clear off this machine.
    """
    wire = open_mail(server, seconds=seconds, context=context)
    try:
        yield wire
    finally:
        wire.quit()


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
        try:
            smtp.login(server.user, server.password)
        except UnicodeError:
            raise WireFault(
                f"{server.host}: the user or the password has letters that are not ASCII, and the "
                "login takes no others",
                remedy="a password of the account that is ASCII alone",
                final=True,
            ) from None
    return smtp


def said_of(fault: Exception) -> str:
    """Return what a server said, in a line; never what we said to it."""
    if isinstance(fault, smtplib.SMTPResponseException):
        return f"{fault.smtp_code} {_line(fault.smtp_error)}"
    return str(fault) if isinstance(fault, OSError | Refusal) else type(fault).__name__


def _line(said: bytes | str) -> str:
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    return " ".join(text.split())[:200]
