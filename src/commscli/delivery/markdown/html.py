"""A message as the HTML part of a mail: one page that loads nothing, and runs nothing.

Programs that show mail throw much away, so what matters stands on the tags themselves; the
small style sheet only turns the colours for those that read in the dark.
"""

from collections.abc import Sequence
from html import escape
from itertools import groupby

from commscli.delivery.markdown.tokens import Block, Kind, Span, read, seen

_FONT = "-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
_MONO = "ui-monospace,Menlo,Consolas,monospace"
_LINE = "#c4c9d0"
_CODE = f"font-family:{_MONO};font-size:14px;background:#f1f3f5;color:#1a1d21"
_STYLE = {
    "p": "margin:0 0 16px",
    "h1": "margin:24px 0 12px;font-size:24px;line-height:1.25",
    "h2": "margin:24px 0 12px;font-size:20px;line-height:1.25",
    "h3": "margin:20px 0 8px;font-size:17px;line-height:1.25",
    "ul": "margin:0 0 16px;padding:0 0 0 24px",
    "ol": "margin:0 0 16px;padding:0 0 0 28px",
    "li": "margin:0 0 4px",
    "blockquote": f"margin:0 0 16px;padding:0 0 0 14px;border-left:3px solid {_LINE}",
    "pre": f"{_CODE};margin:0 0 16px;padding:12px;white-space:pre-wrap;border-radius:4px",
    "code": f"{_CODE};padding:1px 4px;border-radius:3px",
    "table": "margin:0 0 16px;border-collapse:collapse",
    "th": f"border:1px solid {_LINE};padding:6px 10px;text-align:left",
    "td": f"border:1px solid {_LINE};padding:6px 10px;vertical-align:top",
    "hr": f"margin:24px 0;border:0;border-top:1px solid {_LINE}",
    "a": "color:#0b57d0",
}
_DARK = (
    "@media (prefers-color-scheme:dark){"
    "body,div{background:#16181b!important;color:#e8eaed!important}"
    "a{color:#8ab4f8!important}"
    "pre,code{background:#26292e!important;color:#e8eaed!important}"
    "th,td,hr,blockquote{border-color:#5b6168!important}}"
)
_BODY = "margin:0;padding:0;background:#ffffff;color:#1a1d21"
_PAGE = (
    f"max-width:640px;margin:0 auto;padding:20px 16px;font-family:{_FONT};font-size:16px;"
    "line-height:1.5;overflow-wrap:anywhere"
)
_NEAR = "margin:4px 0 0;padding:0 0 0 24px"
_LISTS = {Kind.BULLETS: "ul", Kind.NUMBERS: "ol"}
_SMALLEST_HEADING = 3


def page(subject: str, text: str, *, lang: str = "en") -> str:
    """Return the whole page."""
    return frame(subject, fragment(text), lang=lang)


def fragment(text: str) -> str:
    """Return the blocks of a text, to stand in a page."""
    return _blocks(read(text))


def frame(title: str, inner: str, *, lang: str = "en", head: str = "") -> str:
    """Return a page around blocks; ``head`` are more lines of its head."""
    return (
        f'<!doctype html>\n<html lang="{escape(lang)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta name="supported-color-schemes" content="light dark">\n'
        f"<title>{escape(' '.join(seen(title).split()))}</title>\n{head}<style>\n"
        f":root{{color-scheme:light dark}}\n{_DARK}\n</style>\n</head>\n"
        f'<body style="{_BODY}">\n<div dir="auto" style="{_PAGE}">\n'
        f"{inner}\n</div>\n</body>\n</html>\n"
    )


def _blocks(blocks: Sequence[Block]) -> str:
    return "\n".join(_block(block) for block in blocks)


def _block(block: Block) -> str:
    kind = block.kind
    if kind in _LISTS:
        return _list(block, _LISTS[kind], _STYLE[_LISTS[kind]])
    if kind is Kind.TABLE:
        return _table(block)
    if kind is Kind.QUOTE:
        return tag("blockquote", f"\n{_blocks(block.within)}\n")
    if kind is Kind.HEADING:
        return tag(f"h{min(block.number, _SMALLEST_HEADING)}", _spans(block.spans))
    if kind is Kind.CODE:
        return tag("pre", "".join(escape(span.text) for span in block.spans))
    if kind is Kind.RULE:
        return f'<hr style="{_STYLE["hr"]}">'
    return _spans(block.spans) if block.tight else tag("p", _spans(block.spans))


def _list(block: Block, name: str, style: str) -> str:
    first = f' start="{block.number}"' if name == "ol" and block.number != 1 else ""
    items = "\n".join(tag("li", _item(item)) for item in block.within)
    return f'<{name}{first} style="{style}">\n{items}\n</{name}>'


def _item(item: Block) -> str:
    # What comes after a list in a list is the next item, and stands as near as any other.
    return "\n".join(
        _list(block, _LISTS[block.kind], _NEAR) if block.kind in _LISTS else _block(block)
        for block in item.within
    )


def _table(block: Block) -> str:
    rows = []
    for index, row in enumerate(block.within):
        cells = "".join(tag("td" if index else "th", _blocks(cell.within)) for cell in row.within)
        rows.append(f"<tr>{cells}</tr>")
    return tag("table", "\n{}\n".format("\n".join(rows)))


def tag(name: str, inner: str) -> str:
    """Return a tag as these pages show it."""
    return f'<{name} style="{_STYLE[name]}">{inner}</{name}>'


def _spans(spans: Sequence[Span]) -> str:
    parts = []
    for url, linked in groupby(spans, key=lambda span: span.url):
        inner = "".join(_span(span) for span in linked)
        parts.append(link(url, inner) if url else inner)
    return "".join(parts)


def link(url: str, inner: str) -> str:
    """Return a link as these pages show it."""
    return f'<a href="{escape(url)}" style="{_STYLE["a"]}">{inner}</a>'


def _span(span: Span) -> str:
    text = escape(span.text).replace("\n", "<br>\n")
    if span.code:
        text = tag("code", text)
    if span.italic:
        text = f"<em>{text}</em>"
    return f"<strong>{text}</strong>" if span.bold else text
