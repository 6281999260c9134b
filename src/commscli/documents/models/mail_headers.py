"""What settings of a mail channel put into headers, each as a mail may hold it."""

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator

KEY = "{key}"
"""In the address to unsubscribe at: stands for the key of the delivery, which names nobody."""
OURS = frozenset({
    "auto-submitted", "bcc", "cc", "date", "dkim-signature", "from", "in-reply-to", "list-id",
    "list-unsubscribe", "list-unsubscribe-post", "message-id", "mime-version", "received",
    "references", "reply-to", "return-path", "sender", "subject", "to",
    "x-auto-response-suppress", "x-comms-drill",
})  # fmt: skip
"""Headers that a mail has, or that are for servers to write."""
_OF_OTHERS = ("arc-", "content-", "resent-")
_NAME = re.compile(r"[!-9;-~]{1,40}")
_LIST_ID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9_-]+)+")
_ADDRESS = re.compile(r"[^@\s<>\",;:\\()\[\]]+@[^@\s<>\",;:\\()\[\]]+")
_LONGEST = 900


def _name(text: str) -> str:
    own = text.lower() in OURS or text.lower().startswith(_OF_OTHERS)
    if text and (own or not _NAME.fullmatch(text)):
        raise ValueError(f"expected the name of a header that no mail has yet, found `{text}`")
    return text


def _unsubscribe(text: str) -> str:
    url = text.replace(KEY, "0")
    parts = urlsplit(url) if url.isascii() and url.isprintable() else None
    odd = any(sign in url for sign in ' <>"{}\\^`|')
    fits = parts and parts.scheme == "https" and parts.hostname and len(url) <= _LONGEST
    if text and (odd or not fits):
        raise ValueError(
            f"expected an https:// address, with {KEY} at most as a placeholder, found `{text}`"
        )
    return text


def _list_id(text: str) -> str:
    if text and not (_LIST_ID.fullmatch(text) and len(text) <= _LONGEST):
        raise ValueError(f"expected the id of a list such as news.example.com, found `{text}`")
    return text


def _address(text: str) -> str:
    if text and not (_ADDRESS.fullmatch(text) and text.isprintable()):
        raise ValueError(f"expected an address such as ana@example.com, found `{text}`")
    return text


HeaderNameOrEmpty = Annotated[str, AfterValidator(_name)]
UnsubscribeOrEmpty = Annotated[str, AfterValidator(_unsubscribe)]
ListIdOrEmpty = Annotated[str, AfterValidator(_list_id)]
AddressOrEmpty = Annotated[str, AfterValidator(_address)]
