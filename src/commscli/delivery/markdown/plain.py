"""A message as words alone, for what shows no marks: a telephone, a status page.

What lays it out is of the alphabet of telephones, so that it costs a text message nothing.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from commscli.delivery.markdown.lines import BULLET, Line, lines
from commscli.delivery.markdown.tokens import Kind, Span, read


def plain(text: str) -> str:
    """Return the words of a message, its lists and quotes laid out by characters."""
    said = ""
    for line in lines(read(text)):
        between = "" if not said else "\n" if line.close else "\n\n"
        said += between + _line(line)
    return said.strip("\n")


def _line(line: Line) -> str:
    if line.kind is Kind.RULE:
        return "---"
    lead = "> " * line.quotes + "  " * max(line.depth - 1, 0)
    marker = "-" if line.marker == BULLET else line.marker
    lead += f"{marker} " if marker else "  " * min(line.depth, 1)
    words = "".join(_spans(line.spans)).replace("\t", "    ").rstrip()
    return (lead + words.replace("\n", "\n" + "> " * line.quotes)).rstrip()


def _spans(spans: Sequence[Span]) -> Iterator[str]:
    for url, linked in groupby(spans, key=lambda span: span.url):
        words = "".join(span.text for span in linked)
        address = url.removeprefix("mailto:")
        yield words if not url or address in words else f"{words} ({address})"
