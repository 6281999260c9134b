"""A real mail server for the demo: on this machine, for as long as the story is played."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from commscli.errors import BadInput


@dataclass(slots=True)
class Mailbox:
    """What the server took: each mail a file, and who got it."""

    folder: Path
    port: int = 0
    recipients: list[str] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Take a mail."""
        number = len(self.recipients) + 1
        (self.folder / f"{number:03}.eml").write_bytes(envelope.content)
        self.recipients += envelope.rcpt_tos
        return f"250 2.0.0 queued as {number:03}"

    def first(self) -> str:
        """Return the head and the words of the first mail, as its reader sees them."""
        data = (self.folder / "001.eml").read_bytes()
        mail = message_from_bytes(data, policy=policy.default)
        heads = [f"{name}: {mail[name]}" for name in ("From", "To", "Subject", "Message-ID")]
        body = mail.get_body(("plain",))
        words = body.get_content() if body is not None else ""
        return "\n".join([*heads, "", words.strip()])


@contextmanager
def mail_server(folder: Path) -> Iterator[Mailbox]:
    """Run a mail server on a free port; what it takes goes into a folder.

    Raises:
        BadInput: if the library that it is made of is not installed.
    """
    try:
        from aiosmtpd.controller import Controller  # noqa: PLC0415 - an extra
    except ImportError:
        raise BadInput(
            "comms demo --smtp needs a mail server, which is not installed",
            remedy="pip install 'commscli[demo]'",
            code="no-mail-server",
        ) from None

    class OnFreePort(Controller):
        """A controller that tries the port it was given, and not the one that it asked for."""

        def _trigger_server(self) -> None:
            with socket.create_connection(("127.0.0.1", own_port(self))) as wire:
                wire.recv(1024)

    folder.mkdir(parents=True, exist_ok=True)
    box = Mailbox(folder=folder)
    controller = OnFreePort(box, hostname="127.0.0.1", port=0)
    controller.start()
    try:
        box.port = own_port(controller)
        yield box
    finally:
        controller.stop()


def own_port(controller: Any) -> int:
    """Return the port that the machine gave to a server."""
    return int(controller.server.sockets[0].getsockname()[1])
