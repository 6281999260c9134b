"""The blocks of a message one under the other, for a channel that nests nothing itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from commscli.delivery.markdown.tokens import Block, Kind, Span

BULLET = "•"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A block that has none within it. ``close``: it belongs to the one before.

    ``marker`` is what an item of a list begins with.
    """

    kind: Kind
    spans: tuple[Span, ...]
    quotes: int = 0
    depth: int = 0
    marker: str = ""
    close: bool = False


def lines(blocks: Sequence[Block], around: Line | None = None) -> Iterator[Line]:
    """Yield every block that has none within it."""
    at = around or Line(kind=Kind.PARAGRAPH, spans=())
    for block in blocks:
        if block.kind is Kind.QUOTE:
            yield from lines(block.within, replace(at, quotes=at.quotes + 1))
        elif block.kind in {Kind.BULLETS, Kind.NUMBERS}:
            yield from _items(block, replace(at, depth=at.depth + 1))
        elif block.kind is Kind.TABLE:
            yield from _rows(block, at)
        else:
            yield replace(at, kind=block.kind, spans=block.spans)


def _items(block: Block, at: Line) -> Iterator[Line]:
    for index, item in enumerate(block.within):
        marker = BULLET if block.kind is Kind.BULLETS else f"{block.number + index}."
        inner = [*lines(item.within, at)] or [at]
        # An item that begins with a list has a line of its own: both markers are to be seen.
        if inner[0].marker:
            inner.insert(0, at)
        yield replace(inner[0], marker=marker, close=index > 0 or at.depth > 1)
        yield from inner[1:]


def _rows(block: Block, at: Line) -> Iterator[Line]:
    for index, row in enumerate(block.within):
        spans: list[Span] = []
        for cell in row.within:
            if spans:
                spans.append(Span(text=" | "))
            inner = [span for part in cell.within for span in part.spans]
            spans += [replace(span, bold=True) for span in inner] if index == 0 else inner
        yield replace(at, kind=Kind.ROW, spans=tuple(spans), close=index > 0)
