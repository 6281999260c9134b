"""Markdown as people write it in a message, read once for every form that it is shown in.

What was approved is the text, so nothing of it may get lost or come to life on the way: there
is no HTML in it, no definition that hides a line, and no link but to the web or to a mailbox.
What would be slow to read, or is nested so deeply that the reader leaves things out, is not
read as Markdown at all, but shown as it was written.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum, auto
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

LONGEST = 30_000
"""Characters; a message has some thousand."""
MOST_MARKS = 2_000
"""Of what links and emphasis begin with, each of which may be looked for up to the end."""
DEEPEST = 20
_READ_TO = 2 * DEEPEST + 2
"""Deeper than what is taken, so that nothing is left out that nobody notices."""

_MARKS = re.compile(r"[\[\]*_`<&\\!]")
_SCHEMES = re.compile(r"(?:https?://|mailto:)[^\s]", re.IGNORECASE)
_BARE = re.compile(r"\bhttps?://[^\s<>\"|]+")
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Controls, and what makes characters stand in another order than they are read in."""


class Kind(StrEnum):
    """What a block is. The last six have others within them."""

    PARAGRAPH = auto()
    HEADING = auto()
    CODE = auto()
    RULE = auto()
    AS_WRITTEN = auto()
    QUOTE = auto()
    BULLETS = auto()
    NUMBERS = auto()
    ITEM = auto()
    TABLE = auto()
    ROW = auto()
    CELL = auto()


_CONTAINERS = {
    "blockquote": Kind.QUOTE, "bullet_list": Kind.BULLETS, "ordered_list": Kind.NUMBERS,
    "list_item": Kind.ITEM, "table": Kind.TABLE, "tr": Kind.ROW, "th": Kind.CELL,
    "td": Kind.CELL,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Words of one look; a line break in them is one. ``url`` is where they lead, if anywhere."""

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A part of a message. ``number``: a heading's level, or where a list begins to count."""

    kind: Kind
    spans: tuple[Span, ...] = ()
    within: tuple["Block", ...] = ()
    number: int = 0
    tight: bool = False


class _Reader(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802 - the library's own name for it
        return _SCHEMES.match(url) is not None


@cache
def _reader() -> MarkdownIt:
    reader = _Reader("commonmark", {"html": False, "maxNesting": _READ_TO})
    # A definition is not shown, and so would be a line that only some readers have.
    return reader.enable("table").disable(["reference", "html_block", "html_inline"])


def read(text: str) -> tuple[Block, ...]:
    """Return the blocks of a message's text."""
    said = seen(text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(said) > LONGEST or len(_MARKS.findall(said)) > MOST_MARKS:
        return _as_written(said)
    tokens = _reader().parse(said)
    if any(token.level > DEEPEST for token in tokens):
        return _as_written(said)
    return _tree(tokens)


def seen(text: str) -> str:
    """Return a text without what is not seen, such as a sign that turns the order around."""
    return _UNSEEN.sub("", text)


def _as_written(text: str) -> tuple[Block, ...]:
    return (Block(kind=Kind.AS_WRITTEN, spans=(Span(text=text.strip("\n")),)),)


def _tree(tokens: Sequence[Token]) -> tuple[Block, ...]:
    open_: list[tuple[Kind, int, list[Block]]] = [(Kind.ITEM, 0, [])]
    leaf = Block(kind=Kind.PARAGRAPH)
    for token in tokens:
        name, _, end = token.type.rpartition("_")
        inner = open_[-1][2]
        if name in _CONTAINERS and end == "open":
            open_.append((_CONTAINERS[name], int(token.attrs.get("start", 1)), []))
        elif name in _CONTAINERS:
            kind, number, blocks = open_.pop()
            open_[-1][2].append(Block(kind=kind, number=number, within=tuple(blocks)))
        elif token.type == "paragraph_open":
            leaf = Block(kind=Kind.PARAGRAPH, tight=token.hidden)
        elif token.type == "heading_open":
            leaf = Block(kind=Kind.HEADING, number=int(token.tag[1:]))
        elif token.type == "inline":
            spans = tuple(_spans(token.children or ()))
            inner.append(Block(kind=leaf.kind, spans=spans, number=leaf.number, tight=leaf.tight))
            leaf = Block(kind=Kind.PARAGRAPH, tight=True)  # a cell has no paragraph around it
        elif token.type in {"fence", "code_block"}:
            inner.append(Block(kind=Kind.CODE, spans=(Span(text=token.content.rstrip("\n")),)))
        elif token.type == "hr":
            inner.append(Block(kind=Kind.RULE))
    return tuple(open_[0][2])


def _spans(tokens: Sequence[Token]) -> Iterator[Span]:
    bold = italic = 0
    url = ""
    for token in tokens:
        if token.type in {"strong_open", "strong_close"}:
            bold += token.nesting
        elif token.type in {"em_open", "em_close"}:
            italic += token.nesting
        elif token.type == "link_open":
            url = str(token.attrs["href"])
        elif token.type == "link_close":
            url = ""
        elif token.type == "image":
            # Nothing is loaded from anywhere: a picture is a link to it.
            yield from _image(token, url)
        else:
            # Once more: an entity, such as ``&#x202e;``, is a character only now.
            text = "\n" if token.type in {"softbreak", "hardbreak"} else seen(token.content)
            code = token.type == "code_inline"
            yield from _linked(
                Span(text=text, bold=bold > 0, italic=italic > 0, code=code, url=url)
            )


def _image(token: Token, url: str) -> Iterator[Span]:
    source = str(token.attrs["src"])
    alt = "".join(span.text for span in _spans(token.children or ()))
    yield Span(text=alt or source, url=url or source)


def _linked(span: Span) -> Iterator[Span]:
    """Yield the span, its addresses as links: people write them as they are."""
    if not span.text:
        return
    if span.code or span.url:
        yield span
        return
    done = 0
    for found in _BARE.finditer(span.text):
        address = _trimmed(found[0])
        if not _SCHEMES.match(address):
            continue  # a scheme and punctuation lead nowhere
        url = _reader().normalizeLink(address)
        if found.start() > done:
            yield _cut(span, done, found.start())
        yield _cut(span, found.start(), found.start() + len(address), url)
        done = found.start() + len(address)
    if done < len(span.text):
        yield _cut(span, done, len(span.text))


def _cut(span: Span, start: int, end: int, url: str = "") -> Span:
    return Span(text=span.text[start:end], bold=span.bold, italic=span.italic, url=url)


def _trimmed(address: str) -> str:
    """Return an address without the punctuation of the sentence that it stands in."""
    cut = address.rstrip(".,;:!?'*_~")
    return cut[:-1].rstrip(".,;:!?'*_~") if cut.endswith(")") and "(" not in cut else cut
