"""Texts that were passed beforehand: the same words, with recorded values for their placeholders.

The substitution is plain and is done again by whoever checks: each ``{{ name }}`` gives way to
one value, everywhere. The slots of a send stay as they are.
"""

import re
from collections.abc import Mapping
from hashlib import sha256
from unicodedata import category, normalize

from commscli.domain.ids import Digest
from commscli.domain.slots import RECIPIENT, SEND_SLOTS

TITLE, SEVERITY = "incident.title", "incident.severity"
"""Placeholders that are no facts: what the declaration and the revision say."""
MAX_VALUE = 80
"""Characters that a value may have: a name or a time, no second message."""

_TOKEN = re.compile(r"\{\{ ([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?) \}\}")
_LETTERS = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Nd"})
"""Unicode's categories of letters, what is written on them, and digits, of any script."""
_BETWEEN = " -\u2013'\u2019&,()+%$\u20ac\u00a3\u00a5./:"
_STRAY = re.compile(r"(?<!\d)[.:]|[.:](?!\d)|(?<![^\W_])/|/(?![^\W_])")
"""A full stop or colon that is not in a number or time, a slash that is not in a word."""
_TELEPHONE = re.compile(r"(?:\d[^\w:]*){7}")


Pieces = tuple[str | None, ...]
"""A line: its own words, and ``None`` for each gap. No two of either are neighbours."""


def pieces_of(line: str) -> Pieces:
    """Return a line of a text as its own words and its gaps, one a placeholder."""
    found: list[str | None] = []
    at = 0
    for gap in _TOKEN.finditer(line):
        if _stays(gap[1]):
            continue
        if gap.start() > at:
            found.append(line[at : gap.start()])
        if found[-1:] != [None]:
            found.append(None)
        at = gap.end()
    if at < len(line):
        found.append(line[at:])
    return tuple(found)


def names_in(text: str) -> tuple[str, ...] | None:
    """Return the placeholders of a text; ``None`` if there is anything else in braces."""
    if "{{" in _TOKEN.sub("", text) or "{%" in text or "{#" in text:
        return None
    found = dict.fromkeys(_TOKEN.findall(text))
    return tuple(name for name in found if not _stays(name))


def _stays(name: str) -> bool:
    return name in SEND_SLOTS or name.startswith(RECIPIENT)


def is_plain(value: str) -> bool:
    """Whether a value can only be read as a few words: no sentence, address, markup or quotes.

    What is not on the list is refused: look-alikes of full stops, spaces that do not show.
    """
    fits = 1 <= len(value) <= MAX_VALUE and value == value.strip()
    known = all(category(c) in _LETTERS or c in _BETWEEN for c in value)
    plain = fits and known and normalize("NFKC", value) == value
    return plain and not _STRAY.search(value) and not _TELEPHONE.search(value)


def filled(text: str, values: Mapping[str, str]) -> str:
    """Put values in for placeholders, once: what a value contains is never read again."""
    return _TOKEN.sub(lambda m: m[0] if _stays(m[1]) else values[m[1]], text)


def digest(text: str, values: Mapping[str, str]) -> Digest | None:
    """Return the SHA-256 of the text with these values; ``None`` if one lacks or is not plain."""
    names = names_in(text)
    if names is None or not all(is_plain(values.get(name, "")) for name in names):
        return None
    return Digest(sha256(filled(text, values).encode()).hexdigest())
