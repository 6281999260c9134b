"""Real servers on this machine, over real sockets: for mail, and for whatever takes a POST."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope


@dataclass(slots=True)
class Mailbox:
    """A mail server: what it took, and what it says instead of taking it."""

    host: str = ""
    port: int = 0
    mails: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    answer: str = "250 OK"
    logins: list[tuple[str, str]] = field(default_factory=list)

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Any, envelope: Envelope
    ) -> str:
        """Take a mail, or answer what the test wants."""
        if self.answer.startswith("2"):
            assert isinstance(envelope.content, bytes)
            mail = message_from_bytes(envelope.content, policy=policy.default)
            self.mails.append((list(envelope.rcpt_tos), mail))
        return self.answer

    def login(
        self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any
    ) -> AuthResult:
        """Let the one password in."""
        name, word = data.login.decode(), data.password.decode()
        self.logins.append((name, word))
        return AuthResult(success=word == "right", handled=False)


class _AnyPort(Controller):
    """A controller that tries the port it was given, and not the one that it was asked for."""

    def _trigger_server(self) -> None:
        with socket.create_connection((self.hostname, self.own_port)) as wire:
            wire.recv(1024)

    @property
    def own_port(self) -> int:
        """The port that the machine gave it."""
        sockets: Any = getattr(self.server, "sockets", None)
        return int(sockets[0].getsockname()[1])


@contextmanager
def mail_server(authority: trustme.CA | None = None) -> Iterator[Mailbox]:
    """Run a mail server; with an authority it wants STARTTLS and a login."""
    box = Mailbox()
    secure: dict[str, Any] = {}
    if authority is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(context)
        secure = {"tls_context": context, "require_starttls": True, "auth_required": True,
                  "authenticator": box.login}  # fmt: skip
    controller = _AnyPort(box, hostname="127.0.0.1", port=0, **secure)
    controller.start()
    try:
        box.host, box.port = "localhost", controller.own_port
        yield box
    finally:
        controller.stop()


@dataclass(slots=True)
class Hook:
    """A server that takes POSTs: what it got, and what it answers."""

    url: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"ok"
    got: list[tuple[str, bytes]] = field(default_factory=list)


@contextmanager
def web_hook() -> Iterator[Hook]:
    """Run a server on this machine that takes POSTs."""
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.got.append((self.path, body))
            self.send_response(hook.status)
            for name, value in hook.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(hook.body)))
            self.end_headers()
            self.wfile.write(hook.body)

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        hook.url = f"http://127.0.0.1:{server.server_address[1]}"
        yield hook
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
