"""Real servers on this machine, over real sockets: for mail, and for whatever takes a POST."""

import asyncio
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope


@dataclass(slots=True)
class Connections:
    """How many clients a server talks to just now."""

    count: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, number: int) -> None:
        """Count one more, or one less."""
        with self.lock:
            self.count += number

    def ended(self, seconds: float = 10.0) -> None:
        """Wait until nobody is there: what clients that are dead had sent has been dealt with."""
        time.sleep(0.03)  # one that was let in by the machine may not have got to the server yet
        until = time.monotonic() + seconds
        while self.count:
            assert time.monotonic() < until, f"{self.count} clients do not go"
            time.sleep(0.01)


@dataclass(slots=True)
class Mailbox:
    """A mail server: what it took, and what it says instead of taking it."""

    host: str = ""
    port: int = 0
    mails: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    answer: str = "250 OK"
    after: float = 0.0
    """Seconds before it answers that it took a mail."""
    options: list[list[str]] = field(default_factory=list)
    """What came with MAIL FROM, for each mail."""
    logins: list[tuple[str, str]] = field(default_factory=list)
    open: Connections = field(default_factory=Connections)

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Any, envelope: Envelope
    ) -> str:
        """Take a mail, or answer what the test wants."""
        if self.answer.startswith("2"):
            assert isinstance(envelope.content, bytes)
            mail = message_from_bytes(envelope.content, policy=policy.default)
            self.mails.append((list(envelope.rcpt_tos), mail))
            self.options.append(list(envelope.mail_options))
        await asyncio.sleep(self.after)
        return self.answer

    def login(
        self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any
    ) -> AuthResult:
        """Let the one password in."""
        name, word = data.login.decode(), data.password.decode()
        self.logins.append((name, word))
        return AuthResult(success=word == "right", handled=False)


class _Counted(SMTP):
    """A client's connection, counted once as long as it is there, encrypted or not."""

    _is_there = False

    def connection_made(self, transport: Any) -> None:
        self._count(is_there=True)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self._count(is_there=False)

    def _count(self, *, is_there: bool) -> None:
        self.event_handler.open.add(int(is_there) - int(self._is_there))
        self._is_there = is_there


class _AnyPort(Controller):
    """A controller that tries the port it was given, and not the one that it was asked for."""

    def factory(self) -> SMTP:
        """Return what talks to one client."""
        return _Counted(self.handler, **self.SMTP_kwargs)

    def _trigger_server(self) -> None:
        with socket.create_connection((self.hostname, self.own_port)) as wire:
            wire.recv(1024)

    @property
    def own_port(self) -> int:
        """The port that the machine gave it."""
        sockets: Any = getattr(self.server, "sockets", None)
        return int(sockets[0].getsockname()[1])


@contextmanager
def mail_server(
    authority: trustme.CA | None = None,
    *,
    host: str = "localhost",
    utf8: bool = True,
    login: bool = False,
    most_bytes: int = 32 * 1024 * 1024,
) -> Iterator[Mailbox]:
    """Run a mail server; with an authority it wants STARTTLS and a login.

    ``host`` is what its certificate is for; ``login`` wants one in the clear; ``utf8`` says
    whether it offers SMTPUTF8, and ``most_bytes`` how large a mail may be.
    """
    box = Mailbox()
    secure: dict[str, Any] = {}
    if login:
        secure = {"auth_required": True, "authenticator": box.login, "auth_require_tls": False}
    if authority is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(host).configure_cert(context)
        secure = {"tls_context": context, "require_starttls": True, "auth_required": True,
                  "authenticator": box.login}  # fmt: skip
    controller = _AnyPort(box, hostname="127.0.0.1", port=0, enable_SMTPUTF8=utf8,
                          data_size_limit=most_bytes, **secure)  # fmt: skip
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
    keys: list[str] = field(default_factory=list)
    """The ``Idempotency-Key`` of each that it got."""
    open: Connections = field(default_factory=Connections)


@contextmanager
def web_hook() -> Iterator[Hook]:
    """Run a server on this machine that takes POSTs."""
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        def handle(self) -> None:
            hook.open.add(1)
            try:
                with suppress(ConnectionError):  # of a client that was killed
                    super().handle()
            finally:
                hook.open.add(-1)

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = self.rfile.read(length)
            if len(body) < length:  # half a request is none
                return
            hook.got.append((self.path, body))
            hook.keys.append(self.headers.get("Idempotency-Key", ""))
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


@contextmanager
def raw_server(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """Run a server that does with each connection just what it is told; yield its port."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                wire, _ = listening.accept()
            except OSError:
                return
            with wire, suppress(OSError):
                talk(wire)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


def whole_request(wire: socket.socket) -> bytes:
    """Read a request to its end; what has come when the other side hangs up."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = wire.recv(65536)
        if not more:
            return data
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    found = re.search(rb"(?i)content-length: (\d+)", head)
    while found and len(body) < int(found[1]):
        body += wire.recv(65536)
    return head + b"\r\n\r\n" + body


@dataclass(slots=True)
class ScriptedMail:
    """A mail server that answers as it is told: a verb → what it says; nothing → it hangs up."""

    answers: Mapping[str, bytes | None] = field(default_factory=dict)
    taken: int = 0
    verbs: list[str] = field(default_factory=list)
    said: list[bytes] = field(default_factory=list)
    """Each command as it came."""
    slow: Mapping[str, float] = field(default_factory=dict)
    """A verb → the seconds before it is answered."""

    def __call__(self, wire: socket.socket) -> None:
        """Talk to one client."""
        lines = wire.makefile("rb")
        if not self._say(wire, "connect", b"220 here"):
            return
        for line in lines:
            self.said.append(line.rstrip())
            verb = line.split()[0].decode().lower() if line.split() else ""
            usual = {"data": b"354 go on", "quit": b"221 bye"}.get(verb, b"250 fine")
            if not self._say(wire, verb, usual) or verb == "quit":
                return
            if verb == "data" and (self.answers.get("data") or usual).startswith(b"354"):
                while lines.readline() not in {b".\r\n", b""}:
                    pass
                self.taken += 1
                if not self._say(wire, "final", b"250 queued as 4711"):
                    return

    def _say(self, wire: socket.socket, verb: str, usual: bytes) -> bool:
        self.verbs.append(verb)
        answer = self.answers.get(verb, usual)
        if answer is None:
            return False
        time.sleep(self.slow.get(verb, 0))
        wire.sendall(answer + b"\r\n")
        return True
