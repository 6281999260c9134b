"""What an organisation changed in a shipped template, and what a newer version brings."""

from dataclasses import dataclass
from difflib import unified_diff
from typing import Literal

from commscli.compose.library import shipped
from commscli.compose.sources import template_texts
from commscli.errors import BadInput
from commscli.workflow.library.shelf import Shelf

State = Literal["same", "changed", "own", "lacking"]
"""The same words; other words; not a shipped one; shipped, and not here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A template, and the lines that differ from the shipped one, as ``diff -u`` writes them."""

    template: str
    state: State
    diff: str


def compare(shelf: Shelf, name: str) -> Compared:
    """Compare the shipped version of a template with the one here.

    Raises:
        BadInput: if there is neither.
    """
    theirs, ours = template_texts(shipped("templates")).get(name), shelf.templates.get(name)
    if theirs is None and ours is None:
        raise BadInput(
            f"no template is called {name!r}", remedy="comms template list", code="no-template"
        )
    state: State = "changed"
    if ours == theirs:
        state = "same"
    elif theirs is None:
        state = "own"
    elif ours is None:
        state = "lacking"
    lines = unified_diff(
        (theirs or "").splitlines(keepends=True),
        (ours or "").splitlines(keepends=True),
        f"shipped/templates/{name}.md" if theirs is not None else "/dev/null",
        f"templates/{name}.md" if ours is not None else "/dev/null",
    )
    return Compared(template=name, state=state, diff="".join(map(_whole, lines)))


def _whole(line: str) -> str:
    """Return a line with its end: a file whose last line has none says so, as ``diff`` does."""
    return line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
