"""Results as a person reads them: plain lines of at most 80 columns, some words in colour.

Colour only ever repeats what the words say.
"""

from textwrap import wrap

from commscli.domain.report import GateState, GateVerdict
from commscli.render.escaping import one_line

WIDTH = 80
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
        self._colour = colour

    def __call__(self, text: str, *styles: str) -> str:
        """Return the text in these styles."""
        codes = ";".join(_COLOURS[style] for style in styles)
        return f"\x1b[{codes}m{text}\x1b[0m" if self._colour and codes else text

    def state(self, state: str, text: str = "") -> str:
        """Return the word of a state in the colour of that state."""
        style = _OF_STATE.get(state)
        shown = text or state
        return self(shown, style) if style else shown


def paragraph(text: str, indent: str = "", hanging: str = "") -> list[str]:
    """Return a text in lines of at most 80 columns; long words such as commands stay whole."""
    return wrap(
        one_line(text),
        WIDTH,
        initial_indent=indent,
        subsequent_indent=hanging or indent,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [indent]


def gate_words(verdict: GateVerdict, paint: Paint) -> str:
    """Say how one gate stands."""
    if verdict.state is GateState.PASSED:
        return f"{verdict.gate} {paint.state('passed', 'ok ' + ', '.join(verdict.by))}"
    could = " or ".join(verdict.could) or "nobody can"
    return f"{verdict.gate} {paint.state(verdict.state)} → {could}"
