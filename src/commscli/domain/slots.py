"""The places in a draft that stay open until it is sent, and the ones that must not be there.

``{{ send.time }}``, ``{{ send.next_update }}`` and ``{{ recipient.NAME }}`` are filled when a
send starts, by plain substitution: once, and a value is never read again for more slots.
Whatever else looks like a placeholder is one that somebody forgot.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from commscli.errors import BadInput, Place, Problem

SEND_SLOTS = ("send.time", "send.next_update")
RECIPIENT = "recipient."

_SLOT = re.compile(r"\{\{ (send\.time|send\.next_update|recipient\.[a-z][a-z0-9_]*) \}\}")
_LOOSE_SLOT = re.compile(r"\{\{-?\s*(send|recipient)\s*\.")
_PLACEHOLDER = re.compile(
    r"""
      \{\{ [^{}\n]{0,200} (?: \}\} )?      # {{ end }}
    | \{% [^\n]{0,200}? (?: %\} | $ )      # {% if %}
    | \{\# [^\n]{0,200}? (?: \#\} | $ )    # {# a note #}
    | \[ (?i: todo | tbd | insert | xx+ ) \b [^\]\n]{0,200} \]?
    | < (?i: insert ) \b [^>\n]{0,200} >?
    | \b X{3,} \b
    | \b (?i: tbd | todo ) \b
    """,
    re.VERBOSE | re.MULTILINE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One slot in a text. ``start`` and ``end`` count characters from 0, the rest from 1."""

    name: str
    start: int
    end: int
    line: int
    column: int


def token(name: str) -> str:
    """Write a slot, in the one spelling that counts."""
    return f"{{{{ {name} }}}}"


def tokens_in(text: str) -> tuple[Token, ...]:
    """Return the slots of a text, in order."""
    return tuple(
        Token(
            name=found[1],
            start=found.start(),
            end=found.end(),
            line=text.count("\n", 0, found.start()) + 1,
            column=found.start() - text.rfind("\n", 0, found.start()),
        )
        for found in _SLOT.finditer(text)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Blank:
    """A text that is parted at its slots once, to be filled for many."""

    parts: tuple[str, ...]
    """Text and name of a slot, in turn."""

    @classmethod
    def of(cls, text: str) -> "Blank":
        """Return a text as a blank."""
        return cls(parts=tuple(_SLOT.split(text)))

    @property
    def names(self) -> frozenset[str]:
        """The slots in it."""
        return frozenset(self.parts[1::2])

    def filled(self, values: Mapping[str, str]) -> str:
        """Put the values in; what a value contains is text, even where it looks like a slot.

        Raises:
            BadInput: naming every slot that has no value.
        """
        missing = sorted(self.names - values.keys())
        if missing:
            raise BadInput(
                f"no value for {', '.join(missing)}",
                remedy="give the recipients' list these columns, or take the slots out of the "
                "draft",
                code="unfilled-slot",
            )
        parts = list(self.parts)
        parts[1::2] = [values[name] for name in parts[1::2]]
        return "".join(parts)


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put the values in, once: `Blank.filled`."""
    return Blank.of(text).filled(values)


def unfilled(text: str, *, path: str, first_line: int = 1) -> tuple[Problem, ...]:
    """Name everything in a draft that looks like a placeholder and is not a slot."""
    slots = {slot.start for slot in tokens_in(text)}
    return tuple(
        Problem(
            text=f"unfilled placeholder `{found[0]}`{_hint(found[0])}",
            place=_place(text, found.start(), path, first_line),
        )
        for found in _PLACEHOLDER.finditer(text)
        if found.start() not in slots
    )


def misplaced(
    text: str, *, one_to_one: bool, path: str, first_line: int = 1
) -> tuple[Problem, ...]:
    """Name the slots of a single recipient in a message that goes to everybody at once."""
    if one_to_one:
        return ()
    return tuple(
        Problem(
            text=f"`{token(slot.name)}` in a message that has no single recipient",
            place=_place(text, slot.start, path, first_line),
        )
        for slot in tokens_in(text)
        if slot.name.startswith(RECIPIENT)
    )


def _hint(found: str) -> str:
    if not _LOOSE_SLOT.match(found):
        return ""
    return f": a slot is written {token('send.time')} or {token('recipient.name')}, so spaced"


def _place(text: str, start: int, path: str, first_line: int) -> Place:
    line = first_line + text.count("\n", 0, start)
    return Place(path=path, line=line, column=start - text.rfind("\n", 0, start))
