"""Bytes become text, and text has no character that a reader of it cannot see."""

import re
from collections.abc import Iterator

from commscli.errors import BadInput, Place, Problem

FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e"
    "\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]|\r(?!\n)"
)
"""Control and direction characters, byte order marks, surrogates, a lone carriage return."""

_NAMES = {"\ufeff": "a byte order mark", "\r": "a carriage return"}
_BOM = "\ufeff"


def read_text(data: bytes, path: str) -> str:
    """Decode the bytes of a file.

    Raises:
        BadInput: naming the first byte that is not UTF-8, and its line.
    """
    try:
        return data.decode()
    except UnicodeDecodeError as fault:
        line_start = data.rfind(b"\n", 0, fault.start) + 1
        place = Place(
            path=path,
            line=data.count(b"\n", 0, fault.start) + 1,
            column=len(data[line_start : fault.start].decode()) + 1,
        )
        text = f"byte {fault.start + 1} (0x{data[fault.start]:02X}) is not UTF-8"
    raise BadInput(
        f"{path} is not text: {text}",
        remedy=f"save {path} as UTF-8",
        code="bad-document",
        place=place,
        problems=[Problem(text=f"{text}: expected UTF-8", place=place)],
    )


def character_problems(text: str, *, path: str, first_line: int) -> Iterator[Problem]:
    """Name every forbidden character; of Windows line ends only the first."""
    for found in FORBIDDEN.finditer(text):
        place = place_at(text, found.start(), path=path, first_line=first_line)
        yield Problem(text=f"{name(found[0])} is not allowed here", place=place)
    windows = text.find("\r\n")
    if windows >= 0:
        place = place_at(text, windows, path=path, first_line=first_line)
        yield Problem(text="the line ends with CR LF: expected LF alone", place=place)


def place_at(text: str, index: int, *, path: str, first_line: int = 1) -> Place:
    """Return the line and column of a character; a byte order mark at the start has no width."""
    line_start = text.rfind("\n", 0, index) + 1
    marks = 1 if line_start == 0 and index > 0 and text.startswith(_BOM) else 0
    return Place(
        path=path,
        line=first_line + text.count("\n", 0, index),
        column=index - line_start - marks + 1,
    )


def name(character: str) -> str:
    """Say a character that cannot be shown."""
    return _NAMES.get(character, f"the character U+{ord(character):04X}")


def readable(text: str) -> str:
    """Return the text with nothing in it that a YAML reader stops at, lines and columns kept.

    So the problems behind a forbidden character are found in the same run.
    """
    return FORBIDDEN.sub("_", text.removeprefix(_BOM)).replace("\r\n", "\n")
