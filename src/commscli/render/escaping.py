"""Text of others, made safe to show: nothing in it can move the cursor, hide or pretend."""

import re

_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)


def safe(text: str) -> str:
    """Return a text with what steers or hides spelled out; line feeds and tabs stay."""
    return _UNSAFE.sub(lambda found: f"<U+{ord(found[0]):04X}>", text)


def escaped_json(text: str) -> str:
    """Return a JSON text, the same document, with those characters escaped."""
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def one_line(text: str) -> str:
    """Return a text that is safe and stays on its line."""
    return safe(text.replace("\n", " ").replace("\t", " "))
