"""Results as a person reads them: plain lines of at most 80 columns, some words in colour.

Colour only ever repeats what the words say.
"""

import re
from collections.abc import Iterable
from textwrap import wrap

from commscli.domain.report import GateState, GateVerdict
from commscli.render.escaping import one_line, safe

WIDTH = 80
_BOUND = "\u00a0"
_PAINT = re.compile("\x1b\\[[0-9;]*m")
_COLOURS = {"green": "32", "yellow": "33", "red": "31", "bold": "1", "dim": "2", "cyan": "36"}
_OF_STATE = {
    "sent": "green", "released": "green", "passed": "green", "approved": "cyan", "pass": "green",
    "in-review": "yellow", "drafting": "yellow", "sending": "yellow", "open": "yellow",
    "stale": "red", "objected": "red", "due": "red", "fail": "red", "undecided": "red",
    "superseded": "dim", "skipped": "dim", "dropped": "dim",
}  # fmt: skip


class Paint:
    """Puts words in colour, or does not."""

    def __init__(self, *, colour: bool) -> None:
        self.colour = colour

    def __call__(self, text: str, *styles: str) -> str:
        """Return the text in these styles."""
        codes = ";".join(_COLOURS[style] for style in styles)
        return f"\x1b[{codes}m{text}\x1b[0m" if self.colour and codes else text

    def state(self, state: str, text: str = "") -> str:
        """Return the word of a state in the colour of that state."""
        style = _OF_STATE.get(state)
        shown = text or state
        return self(shown, style) if style else shown


def drilled(text: str, *, drill: bool) -> str:
    """Return what something is called, with the mark of a drill before it."""
    return f"DRILL {text}" if drill else text


def paragraph(text: str, indent: str = "", hanging: str = "") -> list[str]:
    """Return a text in lines of at most 80 columns; long words, and `whole` texts, stay whole."""
    lines = wrap(
        one_line(text),
        WIDTH,
        initial_indent=indent,
        subsequent_indent=hanging or indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace(_BOUND, " ") for line in lines] or [indent]


def whole(command: str) -> str:
    """Return a command that `paragraph` does not break: it is there to be copied."""
    return command.replace(" ", _BOUND)


def labelled(label: str, text: str, paint: Paint, style: str) -> list[str]:
    """Return ``label: text`` in lines, the label in its colour."""
    first, *more = paragraph(f"{label}: {text}", "", "    ")
    return [first.replace(label, paint(label, style), 1), *more]


def flowing(parts: Iterable[str], indent: str, between: str = " · ") -> list[str]:
    """Return parts in as few lines as they fit into; a part is never broken, colours are free."""
    lines: list[str] = []
    for part in parts:
        longer = f"{lines[-1]}{between}{part}" if lines else ""
        if longer and len(_PAINT.sub("", longer)) <= WIDTH:
            lines[-1] = longer
        else:
            lines.append(indent + part)
    return lines


def words_of_body(text: str) -> list[str]:
    """Return a message's text as a terminal of 80 columns shows it, wrapped between words."""
    lines: list[str] = []
    for line in safe(text.rstrip("\n")).split("\n"):
        lines += wrap(line, WIDTH, break_long_words=False, break_on_hyphens=False) or [""]
    return lines


def span(minutes: int) -> str:
    """Return a length of time as people say it."""
    if minutes < 120:  # noqa: PLR2004 - up to two hours, minutes are what people count in
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours < 48:  # noqa: PLR2004 - two days
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    days, rest = divmod(hours, 24)
    few = days < 7 and rest  # noqa: PLR2004 - within a week, the hours of a limit in days matter
    return f"{days} days {rest} h" if few else f"{days} days"


def gate_words(verdict: GateVerdict, paint: Paint) -> str:
    """Say how one gate stands."""
    gate = one_line(verdict.gate)
    if verdict.state.passes:
        ok = "preapproved" if verdict.state is GateState.PREAPPROVED else "ok"
        by = one_line(", ".join(verdict.by))
        return f"{gate} {paint.state('passed', f'{ok} {by}'.rstrip())}"
    could = one_line(" or ".join(verdict.could)) or "nobody can"
    return f"{gate} {paint.state(verdict.state)} → {could}"
