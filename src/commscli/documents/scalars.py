"""What a plain YAML scalar means: the core schema of YAML 1.2, without null and fractions.

So ``no`` and ``09:14`` and ``2026-11-22`` stay text, as whoever typed them meant them, and a
value never depends on which YAML reader is asked.
"""

import re

MAX_SAFE = 2**53
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_DECIMAL = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_FRACTION = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
_MAX_DIGITS = 20


class NoValue(ValueError):
    """A plain scalar that stands for nothing we accept; the text says what to write."""


def plain(text: str) -> str | int | bool:
    """Return what an unquoted scalar means.

    Raises:
        NoValue: for null and for numbers that are not whole or not safe.
    """
    if text in _NULL:
        raise NoValue("has no value")
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    number = _whole(text)
    if number is not None:
        if abs(number) > MAX_SAFE:
            raise NoValue(f"is the number {text[:_MAX_DIGITS]}: expected one within 2^53")
        return number
    if _FRACTION.fullmatch(text):
        raise NoValue(f"is the number {text[:_MAX_DIGITS]}: expected a whole one, or quoted text")
    return text


def _whole(text: str) -> int | None:
    for form, base in ((_DECIMAL, 10), (_OCTAL, 8), (_HEXADECIMAL, 16)):
        if form.fullmatch(text):
            digits = text[2:] if base != 10 else text  # noqa: PLR2004 - 0o and 0x
            return int(digits, base) if len(digits) <= _MAX_DIGITS else MAX_SAFE + 1
    return None
