"""Delivery status notifications (RFC 3464): what a mail server says later of a mail of ours.

Anybody can write one, and to anybody: they are read as what somebody says. So they are read with
bounds, by little code of our own: no depth, size or charset of them ends in anything but "this is
none".
"""

import binascii
import quopri
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType

MOST = 1024 * 1024
"""Bytes of a mail that are read: what a server says stands before the mail that it returns."""
DEEPEST = 5
MOST_PARTS = 50
_MOST_HEADERS = 500
_MOST_BLOCKS = 100
_ID = re.compile(r"<c1\.([0-9a-f]{32})@[^<>\s]{1,255}>")
_TYPE = re.compile(r"\s*([\w.+-]{1,100}/[\w.+-]{1,100})")
_BOUNDARY = re.compile(r'boundary\s*=\s*(?:"([^"]{1,200})"|([^\s;"]{1,200}))', re.IGNORECASE)
_STATUS = re.compile(r"\b([245]\.[0-9]{1,3}\.[0-9]{1,3})\b")
_BLANK = re.compile(rb"\n[ \t\r]*\n")
_FOLDED = re.compile(r"\n[ \t]+")
_STATUSES = frozenset({"message/delivery-status", "message/global-delivery-status"})
_RETURNED = frozenset({
    "message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global",
    "message/global-headers",
})  # fmt: skip
ACTIONS: Mapping[str, str] = MappingProxyType({
    "failed": "bounced", "delayed": "delayed", "delivered": "delivered", "relayed": "relayed",
    "expanded": "expanded",
})  # fmt: skip
"""What a notification calls what became of a mail → what we call it."""


class Kind(Enum):
    """What a mail is that says nothing of a mail of ours."""

    AUTOMATIC = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A notification: of which deliveries, by their keys, and what it says, each with a code."""

    keys: tuple[str, ...]
    news: tuple[tuple[str, str], ...]


def read(data: bytes) -> Report | Kind:
    """Return what a mail says of one of ours, or what kind of mail it is instead."""
    headers, body = _split(data[:MOST].replace(b"\r\n", b"\n"))
    leaves = []
    for leaf in _leaves(headers, body, 0):
        leaves.append(leaf)
        if len(leaves) == MOST_PARTS:
            break
    said = [content for kind, content in leaves if kind in _STATUSES]
    if not said:
        return Kind.AUTOMATIC if _is_automatic(headers) else Kind.OTHER
    returned = (_split(content)[0] for kind, content in leaves if kind in _RETURNED)
    keys = [key for one in returned for key in _ID.findall(one.get("message-id", ""))]
    if not keys:
        keys = _ID.findall(f"{headers.get('references', '')} {headers.get('in-reply-to', '')}")
    news = dict.fromkeys(pair for content in said for pair in _news(content))
    return Report(keys=tuple(dict.fromkeys(keys)), news=tuple(news))


_Headers = dict[str, str]


def _split(data: bytes) -> tuple[_Headers, bytes]:
    """Return the headers of a mail or a part, the first of each name, and what follows them."""
    if data.startswith(b"\n"):
        return {}, data[1:]
    head, _, body = data.partition(b"\n\n")
    found: _Headers = {}
    for line in _FOLDED.sub(" ", head.decode("latin-1")).split("\n", _MOST_HEADERS):
        name, colon, value = line.partition(":")
        if colon:
            found.setdefault(name.strip().lower(), value.strip())
    return found, body


def _leaves(headers: _Headers, body: bytes, depth: int) -> Iterator[tuple[str, bytes]]:
    """Yield the parts that have none within them: their type, and their bytes."""
    stated = headers.get("content-type", "")
    kind = found[1].lower() if (found := _TYPE.match(stated)) else "text/plain"
    boundary = _BOUNDARY.search(stated)
    if not kind.startswith("multipart/"):
        yield kind, _decoded(headers, body)
    elif boundary and depth < DEEPEST:
        between = b"--" + (boundary[1] or boundary[2]).encode("latin-1")
        for part in _parts(body, between):
            yield from _leaves(*_split(part), depth + 1)


def _parts(body: bytes, between: bytes) -> Iterator[bytes]:
    lines: list[bytes] | None = None
    for line in body.split(b"\n"):
        bare = line.rstrip(b" \t\r")
        if bare in {between, between + b"--"}:
            if lines is not None:
                yield b"\n".join(lines)
            if bare != between:
                return
            lines = []
        elif lines is not None:
            lines.append(line)
    if lines is not None:  # it was cut off, or never ended
        yield b"\n".join(lines)


def _decoded(headers: _Headers, body: bytes) -> bytes:
    how = headers.get("content-transfer-encoding", "").lower()
    try:
        if how == "base64":
            return binascii.a2b_base64(body)
        if how == "quoted-printable":
            return quopri.decodestring(body)
    except ValueError:
        pass
    return body


def _news(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield what is said of each recipient; one of ours had one, a list behind it many."""
    text = content.replace(b"\r\n", b"\n").strip(b"\n")
    blocks = _BLANK.split(text, maxsplit=_MOST_BLOCKS)
    for block in blocks[:_MOST_BLOCKS]:
        fields = _split(block)[0]
        what = ACTIONS.get(fields.get("action", "").partition(" ")[0].lower())
        if what:
            status = _STATUS.search(fields.get("status", "")[:100])
            yield what, status[1] if status else ""


def _is_automatic(headers: _Headers) -> bool:
    submitted = headers.get("auto-submitted", "no").lower()
    replied = headers.get("precedence", "").lower() in {"auto_reply", "auto-reply"}
    return submitted != "no" or replied or "x-autoreply" in headers or "x-autorespond" in headers
