"""How many parts a text message has, as networks count them (3GPP TS 23.038, section 6.2).

A text in the alphabet of telephones has 160 characters in one part and 153 in each of several;
one character outside of it turns the whole text into UTF-16: 70, and 67 in each of several.
"""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TWICE = frozenset("^{}\\[~]|€\f")
"""Characters of the extension table: each counts as two."""
_PLAIN = (160, 153)
_WIDE = (70, 67)


def parts(text: str) -> int:
    """Return in how many parts a text message leaves."""
    if all(character in _BASIC or character in _TWICE for character in text):
        size, (one, each) = sum(2 if c in _TWICE else 1 for c in text), _PLAIN
    else:
        size, (one, each) = len(text.encode("utf-16-le")) // 2, _WIDE
    return 1 if size <= one else -(-size // each)
