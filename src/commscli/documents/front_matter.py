"""A YAML head between two ``---`` lines, and the text below it."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from commscli.documents import scalars
from commscli.documents.document import Document
from commscli.documents.strict_yaml import load, refuse
from commscli.domain.ids import YAML_WORDS
from commscli.errors import Place, Problem

FENCE = "---"
HeadValue = str | int | bool | Sequence[str]
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 ._/()+-]*[A-Za-z0-9._/)+]")


class Parts(NamedTuple):
    """A file taken apart. ``body_first_line`` is the line of the file where the body begins."""

    head: Document | None
    body: str
    body_first_line: int


def split(text: str, path: str) -> Parts:
    """Take a file apart; one without a head is all body.

    One blank line after the head belongs to neither.

    Raises:
        BadInput: if the head does not end, or is not strict YAML.
    """
    lines = text.split("\n")
    if not _is_fence(lines[0]):
        return Parts(None, text, 1)
    end = next((at for at, line in enumerate(lines[1:], 1) if _is_fence(line)), None)
    if end is None:
        problem = Problem(
            text=f"the front matter does not end: expected a line {FENCE}",
            place=Place(path=path, line=1, column=1),
        )
        raise refuse(path, [problem])
    head = load("".join(f"{line}\n" for line in lines[1:end]), path=path, first_line=2)
    start = end + 1
    if lines[start : start + 1] == [""] and len(lines) > start + 1:
        start += 1
    return Parts(head, "\n".join(lines[start:]), start + 1)


def join(head: Mapping[str, HeadValue], body: str) -> str:
    """Put a file together: the head in its own order, a blank line, the body, LF.

    The body ends with exactly one newline. Equal input gives equal bytes.
    """
    lines = "".join(f"{key}: {_written(value)}\n" for key, value in head.items())
    stripped = body.rstrip("\n")
    return f"{FENCE}\n{lines}{FENCE}\n\n{stripped}\n"


def _is_fence(line: str) -> bool:
    return line.rstrip("\r") == FENCE


def _written(value: HeadValue) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return value if _is_plain(value) else json.dumps(value, ensure_ascii=False)
    return f"[{', '.join(_written(entry) for entry in value)}]"


def _is_plain(text: str) -> bool:
    """Whether every YAML reader takes the text for text without quotes."""
    return (
        _PLAIN.fullmatch(text) is not None
        and text.lower() not in YAML_WORDS
        and scalars.plain(text) == text
    )
