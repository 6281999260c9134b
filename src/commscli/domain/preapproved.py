"""Texts that were passed beforehand: the same words, with recorded values for their placeholders.

The substitution is plain and is done again by whoever checks: each ``{{ name }}`` gives way to
one value, everywhere. The slots of a send stay as they are.
"""

import re
from collections.abc import Mapping
from hashlib import sha256

from commscli.domain.ids import Digest
from commscli.domain.slots import RECIPIENT, SEND_SLOTS

TITLE, SEVERITY = "incident.title", "incident.severity"
"""Placeholders that are no facts: what the declaration and the revision say."""
MAX_VALUE = 80
"""Characters that a value may have: a name or a time, no second message."""

_TOKEN = re.compile(r"\{\{ ([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?) \}\}")
_SENTENCE = re.compile(r"[.!?;:]\s|[^\W\d]\.[^\W\d]|[!?@]|(?:\d[ ()+/.-]*){7}|\.$|//|www")
"""What a name never needs: the end of a sentence, an address, a telephone number."""
_PLAIN = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\"\\\[\]<>{}`*#|]+")


def names_in(text: str) -> tuple[str, ...] | None:
    """Return the placeholders of a text; ``None`` if there is anything else in braces."""
    if "{{" in _TOKEN.sub("", text) or "{%" in text or "{#" in text:
        return None
    found = dict.fromkeys(_TOKEN.findall(text))
    return tuple(name for name in found if not _stays(name))


def _stays(name: str) -> bool:
    return name in SEND_SLOTS or name.startswith(RECIPIENT)


def is_plain(value: str) -> bool:
    """Whether a value can only be read as a few words: no sentence, address, markup or quotes."""
    fits = len(value) <= MAX_VALUE and value == value.strip()
    return fits and bool(_PLAIN.fullmatch(value)) and not _SENTENCE.search(value)


def filled(text: str, values: Mapping[str, str]) -> str:
    """Put values in for placeholders, once: what a value contains is never read again."""
    return _TOKEN.sub(lambda m: m[0] if _stays(m[1]) else values[m[1]], text)


def digest(text: str, values: Mapping[str, str]) -> Digest | None:
    """Return the SHA-256 of the text with these values; ``None`` if one lacks or is not plain."""
    names = names_in(text)
    if names is None or not all(is_plain(values.get(name, "")) for name in names):
        return None
    return Digest(sha256(filled(text, values).encode()).hexdigest())
