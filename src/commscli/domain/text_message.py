"""How many parts a text message has, as networks count them (3GPP TS 23.038, section 6.2).

A text in the alphabet of telephones (GSM-7) has 160 characters in one part and 153 in each of
several; one character outside of it turns the whole text into UTF-16 (UCS-2): 70, and 67 in each
of several. A character that counts twice is never parted.
"""

import re
from dataclasses import dataclass

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TWICE = frozenset("^{}\\[~]|€\f")
"""Characters of the extension table: each counts as two."""
_PLAIN = (160, 153)
_WIDE = (70, 67)
_ONE_UNIT = 0xFFFF
"""The last character that UTF-16 says in one unit."""
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A text as a telephone gets it. ``outside`` are its characters that GSM-7 lacks, each once."""

    parts: int
    outside: tuple[str, ...]

    @property
    def alphabet(self) -> str:
        """What the network calls the way in which the characters are written."""
        return "UCS-2" if self.outside else "GSM-7"


def measured(text: str) -> Measure:
    """Return in how many parts a text message leaves, and why it is not fewer."""
    outside = tuple(dict.fromkeys(c for c in text if c not in _BASIC and c not in _TWICE))
    if outside:
        sizes, limits = [2 if ord(c) > _ONE_UNIT else 1 for c in text], _WIDE
    else:
        sizes, limits = [2 if c in _TWICE else 1 for c in text], _PLAIN
    return Measure(parts=_parts(sizes, *limits), outside=outside)


def _parts(sizes: list[int], one: int, each: int) -> int:
    if sum(sizes) <= one:
        return 1
    count, left = 0, 0
    for size in sizes:
        if size > left:
            count, left = count + 1, each
        left -= size
    return count


def is_phone(text: str) -> bool:
    """Whether a text is a telephone number as networks take it everywhere (E.164)."""
    return _PHONE.fullmatch(text) is not None
