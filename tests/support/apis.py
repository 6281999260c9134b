"""APIs on this machine that remember what they took, and fail in just the way that they are told.

What looks is answered truthfully; what commits meets the fault, before or after it was done.
"""

import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

from tests.support.servers import Connections


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request, as it came."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        """The body as a form."""
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """How a request goes wrong. ``done``: what it asks for happens all the same."""

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b"{}"
    raw: bytes | None = None
    """Said instead of an answer; nothing of it: the connection is closed."""
    seconds: float = 0
    """How long nothing is said."""
    done: bool = False


DROPPED = Fault(raw=b"")
DROPPED_DONE = Fault(raw=b"", done=True)
GARBAGE = Fault(raw=b"\x00\xff not http\r\n\r\n")


@dataclass(kw_only=True)
class Api:
    """What every one of them has. ``fault`` meets what commits, ``blind`` what only looks."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    fault: Fault | None = None
    blind: Fault | None = None
    open: Connections = field(default_factory=Connections)

    def commits(self, asked: Asked) -> bool:
        """Whether a request changes anything."""
        raise NotImplementedError

    def answer(self, asked: Asked) -> tuple[int, Any]:
        """Do what is asked; return the status and the document."""
        raise NotImplementedError

    @property
    def committed(self) -> list[Asked]:
        """The requests that change something, whatever became of them."""
        return [one for one in self.asked if self.commits(one)]


class _Handler(BaseHTTPRequestHandler):
    """One connection to an API, whose own class has it as ``api``."""

    api: Api

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if len(body) < length:  # half a request is none
            return
        asked = Asked(
            method=self.command,
            path=parts.path,
            query=dict(parse_qsl(parts.query)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=body,
        )
        self.api.asked.append(asked)
        fault = self.api.fault if self.api.commits(asked) else self.api.blind
        if fault is not None:
            if fault.done:
                self.api.answer(asked)
            self._fail(fault)
            return
        status, document = self.api.answer(asked)
        self._say(status, {"Content-Type": "application/json"}, json.dumps(document).encode())

    def do_POST(self) -> None:
        self.do_GET()

    def do_PATCH(self) -> None:
        self.do_GET()

    def _fail(self, fault: Fault) -> None:
        time.sleep(fault.seconds)
        if fault.raw is None:
            self._say(fault.status, fault.headers, fault.body)
            return
        self.wfile.write(fault.raw)
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _say(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""

    def handle(self) -> None:
        """Talk to one client, who may hang up."""
        self.api.open.add(1)
        try:
            with suppress(OSError):
                super().handle()
        finally:
            self.api.open.add(-1)


A = TypeVar("A", bound=Api)


@contextmanager
def running(api: A) -> Iterator[A]:
    """Run an API on this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"api": api}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        api.url = f"http://127.0.0.1:{server.server_address[1]}"
        yield api
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
