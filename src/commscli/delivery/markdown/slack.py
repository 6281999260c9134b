"""A message as blocks of Slack: nothing in it mentions anybody, and only links are links.

Slack's marks cannot be quoted, but only ``<`` begins a mention, a command or a link, and that
is escaped. ``verbatim`` keeps Slack from making more links and mentions of the words.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from commscli.delivery.markdown.lines import Line, lines
from commscli.delivery.markdown.tokens import Kind, Span, read, seen

SECTION = 3_000
MOST_BLOCKS = 50
MOST = 12_000
"""Characters in all blocks; where a message has more, its plain text goes alone."""
_PIECE = 500
"""Characters that are never parted. Escaped and marked, five of these still fit a section."""
_WEB = ("https://", "http://")


def inert(text: str) -> str:
    """Return words that are nothing else to Slack."""
    return seen(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def blocks(subject: str, text: str) -> list[dict[str, Any]]:
    """Return the sections, the subject first; none where Slack would not take them all."""
    title = Line(kind=Kind.HEADING, spans=(Span(text=" ".join(subject.split())),))
    sections = _packed([title, *lines(read(text))])
    sizes = [*map(len, sections)]
    # A quote in a quote writes its marks on every line, and may outgrow a section by them.
    if len(sizes) > MOST_BLOCKS or sum(sizes) > MOST or max(sizes, default=0) > SECTION:
        return []
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": section, "verbatim": True}}
        for section in sections
    ]


def _packed(all_: Sequence[Line]) -> list[str]:
    done: list[str] = []
    for line in all_:
        between = "\n" if line.close else "\n\n"
        for piece in _pieces(line):
            if done and len(done[-1]) + len(between) + len(piece) <= SECTION:
                done[-1] += between + piece
            else:
                done.append(piece)
            between = ""
    return [section for section in done if section.strip()]


def _pieces(line: Line) -> Iterator[str]:
    """Yield a line in pieces, each of which fits a section."""
    if line.kind is Kind.RULE:
        yield "———"
        return
    if line.kind is Kind.CODE:
        for part in _parted("".join(span.text for span in line.spans)):
            yield f"```\n{inert(part.replace('```', chr(39) * 3))}\n```"
        return
    lead = "&gt; " * line.quotes + "    " * max(line.depth - 1, 0)
    lead += f"{line.marker} " if line.marker else "    " * min(line.depth, 1)
    row = "\n" + "&gt; " * line.quotes if line.quotes else "\n"
    for piece in _spans(line):
        yield (lead + piece).replace("\n", row)
        lead = ""
    if lead.strip():
        yield lead


def _spans(line: Line) -> Iterator[str]:
    whole = ""
    for url, linked in groupby(line.spans, key=lambda span: span.url):
        spans = [*linked]
        for piece in _linked(spans, url) if url else _plain(spans, line):
            if len(whole) + len(piece) > SECTION - _PIECE:
                yield whole
                whole = ""
            whole += piece
    if whole:
        yield whole


def _linked(spans: Sequence[Span], url: str) -> Iterator[str]:
    label = " ".join("".join(span.text for span in spans).split())
    link = f"<{inert(url)}|{inert(label)}>".replace("\n", "")
    if url.startswith(_WEB) and label and "|" not in url and len(link) <= SECTION - _PIECE:
        yield link
        return
    told = label if url.removeprefix("mailto:") in label else f"{label} ({url})"
    yield from map(inert, _parted(told))


def _plain(spans: Sequence[Span], line: Line) -> Iterator[str]:
    for span in spans:
        for part in _parted(span.text):
            bold = span.bold or line.kind is Kind.HEADING
            yield "\n".join(_marked(row, span, bold=bold) for row in part.split("\n"))


def _marked(row: str, span: Span, *, bold: bool) -> str:
    """Return words within their marks, which Slack only sees around words, not spaces."""
    words = inert(row.replace("`", "'") if span.code else row)
    inner = words.strip()
    if not inner:
        return words
    before, _, after = words.partition(inner)
    marks = "*" * bold + "_" * span.italic + "`" * span.code
    return f"{before}{marks}{inner}{marks[::-1]}{after}"


def _parted(text: str) -> Iterator[str]:
    """Yield a text in pieces of some size, at a space where there is one."""
    while len(text) > _PIECE:
        at = max(text.rfind(" ", 1, _PIECE), text.rfind("\n", 1, _PIECE)) + 1 or _PIECE
        yield text[:at]
        text = text[at:]
    yield text
