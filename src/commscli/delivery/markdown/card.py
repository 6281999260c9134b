"""A message as the body of an Adaptive Card: blocks of text, of which the marks are ours alone.

A card reads a little Markdown, and not every program that shows one knows how to quote it: what
would be a mark in the words is left out, or stands as a sign that looks like it.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from commscli.delivery.markdown.lines import Line, lines
from commscli.delivery.markdown.tokens import Kind, Span, read, seen

_WEB = ("https://", "http://")
_BLANK = "\u00a0"
_LOOK_ALIKES = str.maketrans({"<": "\u2039", ">": "\u203a", "*": None, "`": None, "~": None})
_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
"""One that is not between letters or digits, as in a name, and so may be a mark."""
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
_LEADS = re.compile(r"^(?=[-+=#])", re.MULTILINE)
"""What makes a heading or a list of a line; not after a space that does not break."""
_BACKSLASH = re.compile(r"\\(?![\w\s])")


def body(subject: str, text: str) -> list[dict[str, Any]]:
    """Return the title, then a block a paragraph."""
    made: list[dict[str, Any]] = [_title(subject)]
    apart = False
    for line in lines(read(text)):
        if line.kind is Kind.RULE:
            apart = True
            continue
        made.append(_block(_text(line), **_look(line), **({"separator": True} if apart else {})))
        apart = False
    return made


def _title(subject: str) -> dict[str, Any]:
    line = Line(kind=Kind.HEADING, spans=(Span(text=" ".join(seen(subject).split())),))
    return _block(_text(line), size="Large", weight="Bolder")


def _block(text: str, **look: Any) -> dict[str, Any]:
    return {"type": "TextBlock", "text": text, "wrap": True, **look}


def _look(line: Line) -> dict[str, Any]:
    look: dict[str, Any] = {}
    if line.kind is Kind.HEADING:
        look |= {"size": "Medium", "weight": "Bolder"}
    if line.kind is Kind.CODE:
        look |= {"fontType": "Monospace"}
    if line.quotes:
        look |= {"isSubtle": True}
    if line.close:
        look |= {"spacing": "Small"}
    return look


def _text(line: Line) -> str:
    lead = "│ " * line.quotes + _BLANK * 4 * max(line.depth - 1, 0)
    lead += f"{line.marker} " if line.marker else _BLANK * 2 * min(line.depth, 1)
    words = _INDENT.sub(lambda found: _BLANK * len(found[0]), "".join(_spans(line.spans)))
    # A link after an exclamation mark would be a picture, and braces may be a date to fill in.
    words = words.replace("![", "! [").replace("{{", "{ {")
    whole = lead + _LEADS.sub(_BLANK, words)
    # A card takes one line break for a space, and two for a new paragraph.
    return re.sub(r"\n+", "\n\n", whole.rstrip("\n"))


def _spans(spans: Sequence[Span]) -> Iterator[str]:
    for url, linked in groupby(spans, key=lambda span: span.url):
        if url:
            yield _link("".join(span.text for span in linked), url)
        else:
            # Words of two looks that stand together must not be a link either.
            yield "".join(map(_span, linked)).replace("](", "] (")


def _link(text: str, url: str) -> str:
    label = " ".join(_inert(text).split()).translate({ord("["): "(", ord("]"): ")"})
    if url.startswith(_WEB) and label:
        return f"[{label}]({url.replace('(', '%28').replace(')', '%29')})"
    address = url.removeprefix("mailto:")
    return label if address in label else f"{label} ({_inert(address)})"


def _span(span: Span) -> str:
    words = _inert(span.text)
    inner = words.strip()
    if not inner or span.code or "\n" in inner:
        return words
    before, _, after = words.partition(inner)
    marks = "**" * span.bold + "_" * span.italic
    return f"{before}{marks}{inner}{marks[::-1]}{after}"


def _inert(text: str) -> str:
    return _BACKSLASH.sub("", _UNDERSCORE.sub("", text.translate(_LOOK_ALIKES)))
