"""What an import is about to record, for somebody who may still say no."""

from collections.abc import Iterator

from commscli.render.human import paragraph
from commscli.workflow.incident.fact_files import Wanted


def import_text(wanted: Wanted) -> str:
    """Return the facts, with what they replace, and what the payload leaves out."""
    return "\n".join(_lines(wanted)) + "\n"


def _lines(wanted: Wanted) -> Iterator[str]:
    yield f"read as {wanted.form}:"
    for key, value in wanted.facts.items():
        before = wanted.before.get(key, "")
        said = f"{key} = {value or '(taken back)'}"
        if before == value:
            said += " (as it is)"
        elif before:
            said += f" (was {before})"
        yield from paragraph(said, "  ", "      ")
    for why in wanted.left_out:
        yield from paragraph(f"left out: {why}", "  ", "      ")
