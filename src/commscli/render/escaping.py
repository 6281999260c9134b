"""Text of others, made safe to show: nothing in it can move the cursor, hide or pretend."""

import re
from json import dumps

_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)

_ORDER = re.compile(r"^([^\S\n]*):(?=:)|#(?=#[\w-]*\[)", re.MULTILINE)
"""What a CI system takes for an order to itself: ``::error::`` first on a line, ``##[error]``
anywhere in it (GitHub), ``##vso[…]`` (Azure), ``##teamcity[…]``."""


def safe(text: str) -> str:
    """Return a text with what steers or hides spelled out; line feeds and tabs stay."""
    return _UNSAFE.sub(lambda found: f"<U+{ord(found[0]):04X}>", text)


def escaped_json(text: str) -> str:
    """Return a JSON text, the same document, that neither steers a terminal nor a CI system."""
    escaped = _UNSAFE.sub(lambda found: dumps(found[0])[1:-1], text)
    return inert(escaped, "\\u{:04x}")


def one_line(text: str) -> str:
    """Return a text that is safe and stays on its line."""
    return safe(text.replace("\n", " ").replace("\t", " "))


def inert(text: str, spelled: str = "<U+{:04X}>") -> str:
    """Return lines that a CI system shows in its log, and does not obey.

    ``spelled`` is how to write the number of a character that would make it an order.
    """
    return _ORDER.sub(lambda found: (found[1] or "") + spelled.format(ord(found[0][-1])), text)


def clipped(text: str, most: int) -> str:
    """Return a text of at most about ``most`` characters that says how much it leaves out."""
    if len(text) <= most:
        return text
    return f"{text[:most]}… ({len(text) - most} more characters)"
