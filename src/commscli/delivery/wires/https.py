"""One request over HTTPS: no redirect is followed, and little of the answer is read."""

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import SplitResult, urlsplit

from commscli.delivery.wires.hosts import WireFault, connected, is_loopback

MOST = 64 * 1024
"""Bytes of an answer that are read; the rest is nothing that we asked for."""
_HTTP, _HTTPS = 80, 443


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the other side said."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def parts_of(url: str) -> SplitResult:
    """Return a URL by its parts.

    Raises:
        WireFault: if it is none; that names nothing of it, for all of it may be a secret.
    """
    try:
        parts = urlsplit(url)
        _ = parts.port  # which is only read when it is asked for
    except ValueError:
        raise WireFault(
            "what should be an address to send to is none",
            remedy="an https:// address, as the other side shows it",
            final=True,
        ) from None
    return parts


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    seconds: float,
    private: bool = False,
    context: ssl.SSLContext | None = None,
    about_to_write: Callable[[], None] = lambda: None,
) -> Answer:
    """POST bytes to a URL and return the answer, whatever it is: `asked`."""
    return asked(
        url, body, headers, seconds=seconds, private=private, context=context,
        about_to_write=about_to_write,
    )  # fmt: skip


def asked(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    seconds: float,
    method: str = "POST",
    private: bool = False,
    context: ssl.SSLContext | None = None,
    about_to_write: Callable[[], None] = lambda: None,
    most: int = MOST,
) -> Answer:
    """Make a request of a URL and return the answer, whatever it is.

    No error names more of the URL than its host: the rest may be a secret. ``about_to_write`` is
    called once there is a connection, before anything is written to it.

    Raises:
        WireFault: if it is no URL to send to, or there was no answer.
    """
    connection = _connected(url, seconds=seconds, private=private, context=context)
    parts = parts_of(url)
    try:
        about_to_write()
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, body=body or None, headers=dict(headers))
        return _read(connection, most)
    except (OSError, HTTPException, ValueError) as fault:
        raise WireFault(f"{parts.hostname} gave no answer: {type(fault).__name__}") from None
    finally:
        connection.close()


def reached(
    url: str, *, seconds: float, private: bool = False, context: ssl.SSLContext | None = None
) -> None:
    """Connect to the host of a URL, encrypted, and ask it for nothing.

    Raises:
        WireFault: if it is no URL to send to, or nobody answers there.
    """
    _connected(url, seconds=seconds, private=private, context=context).close()


def _connected(
    url: str, *, seconds: float, private: bool, context: ssl.SSLContext | None
) -> HTTPConnection:
    """Return a connection to the host of a URL, encrypted off this machine.

    Raises:
        WireFault: if it must not or cannot be had.
    """
    parts = parts_of(url)
    host = parts.hostname or ""
    plain = _require_safe(parts.scheme, host)
    port = parts.port or (_HTTP if plain else _HTTPS)
    wire = connected(host, port, private=private, seconds=seconds)
    connection: HTTPConnection
    if plain:
        connection = HTTPConnection(host, port, timeout=seconds)
    else:
        secure = context or ssl.create_default_context()
        try:
            wire = secure.wrap_socket(wire, server_hostname=host)
        except (OSError, ValueError) as fault:
            wire.close()
            raise WireFault(f"{host} gave no answer: {type(fault).__name__}") from None
        connection = HTTPSConnection(host, port, timeout=seconds)
    connection.sock = wire
    return connection


def _require_safe(scheme: str, host: str) -> bool:
    """Return whether it may go in the clear: to this machine alone."""
    plain = scheme == "http" and is_loopback(host)
    if not host or (scheme != "https" and not plain):
        raise WireFault(
            f"{host or 'this'} is no https:// address: nothing is sent in the clear",
            remedy="http:// works to this machine alone",
            final=True,
        )
    return plain


def _read(connection: HTTPConnection, most: int) -> Answer:
    answer = connection.getresponse()
    return Answer(
        status=answer.status,
        headers={name.lower(): value for name, value in answer.getheaders()},
        body=answer.read(most),
    )
