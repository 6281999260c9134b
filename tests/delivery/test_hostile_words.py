"""Whatever words somebody drafts, they are words in every form, and soon are."""

import re
import time
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commscli.delivery.markdown import card, html, slack
from commscli.delivery.markdown.plain import plain

TAGS = {"html", "head", "meta", "title", "style", "body", "div", "p", "h1", "h2", "h3", "ul", "ol",
        "li", "blockquote", "pre", "code", "table", "tr", "th", "td", "hr", "a", "strong", "em",
        "br"}  # fmt: skip
ATTRIBUTES = {"lang", "charset", "name", "content", "style", "dir", "href", "start"}
SCHEMES = re.compile(r"(https?|HTTPS?)://.|mailto:.", re.IGNORECASE)
BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
LINK = re.compile(r"<https?://[^<>|\s]+\|[^<>|]*(?:\|[^<>]*)?>", re.IGNORECASE)
HOSTILE = [
    "<script>alert(1)</script>",
    "<SCRIPT\n>alert(1)</SCRIPT\n>",
    '<img src=x onerror="alert(1)">',
    "<!-- hidden -->",
    "<!DOCTYPE x><![CDATA[x]]><?php x ?>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#x73;cript:alert(1))",
    "[x](&#1;javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x) [x](file:///etc/passwd) [x](//evil.example) [x](/relative)",
    "<javascript:alert(1)> <data:text/html,x>",
    "![x](javascript:alert(1)) ![x](data:image/svg+xml,x)",
    "![a](https://evil.example/pixel.png)",
    '[x](https://a.example/"onmouseover="alert(1))',
    "[x](https://a.example 'onclick=alert(1)')",
    "[x](<https://a.example/><script>>)",
    "https://a.example/<script>|<!channel>",
    "<https://) https://. https://",
    "https://a.example/|<!here>\"'><script>",
    "[<!channel>](https://a.example) [a|b](https://a.example/|c)",
    "[a]\n\n[a]: javascript:alert(1)",
    "<!channel> <!here> <!everyone> @here @channel <@U012AB3CD> <#C1> <!subteam^S1>",
    "<https://a.example|click> <mailto:a@b.example|x>",
    "&lt;!channel&gt; &#60;!here&#62; &amp;lt;script&amp;gt;",
    "```\n<!channel> </pre><script>\n```",
    "`<!here>` ``` <!here>",
    "<at>Kim</at> {{DATE(2026-11-22T09:00:00Z,SHORT)}}",
    "\u202egnp.exe\u202c \u2066x\u2069 \x00 \x1b[31m \x07",
    "&#x202e;gnp.exe [&#x2066;x](https://a.example) ![&#x202e;](https://a.example/x) &#x9b;31m",
    "\\<script> \\[x](javascript:1) \\![x](y)",
    "[x]`(javascript:1)` [x]**(javascript:1)** `[x]`(javascript:1)",
    "\\![x](https://evil.example/pixel.png) {`{DATE(2026-11-22T09:00:00Z)}}",
    "| a |\n| - |\n| <script>x</script> [x](javascript:1) |",
]
HUGE = {
    "words": "Some words. " * 8_400,
    "one word": "a" * 100_000,
    "brackets": "[" * 100_000,
    "images": "![](" * 25_000,
    "stars": "*a _b " * 17_000,
    "quotes": ">" * 100_000,
    "lists": "".join("  " * i + "- x\n" for i in range(400)),
    "lists in a line": "- " * 50_000,
    "rows": "|a|b|\n|-|-|\n" + "|x|y|\n" * 16_000,
    "ticks": "".join("`" * i + " " for i in range(440)),
    "links": "[a](https://a.example) " * 4_400,
    "addresses": "https://a.example " * 5_600,
    "most that is read": "[a **b" * 330 + " word" * 5_500,
    "most items that are read": "- x\n" * 7_500,
}


class Seen(HTMLParser):
    """What a page consists of, as a program that shows it finds it."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.others: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    def handle_pi(self, data: str) -> None:
        self.others.append(data)

    def unknown_decl(self, data: str) -> None:
        self.others.append(data)


def page_is_inert(subject: str, text: str) -> None:
    page = html.page(subject, text)
    seen = Seen()
    seen.feed(page)
    seen.close()
    assert seen.tags <= TAGS
    assert {name for name, _ in seen.attributes} <= ATTRIBUTES
    assert [v for n, v in seen.attributes if n == "href" and not SCHEMES.match(v)] == []
    assert seen.others == []
    rest = page.removeprefix("<!doctype html>").lower()
    assert [mark for mark in ("<script", "<!", "<?", "<img") if mark in rest] == []
    assert BIDI.search(page) is None


def slack_is_inert(subject: str, text: str) -> None:
    fallback = slack.inert(text)
    assert "<" not in fallback
    assert BIDI.search(fallback) is None
    blocks = slack.blocks(subject, text)
    sections = [block["text"]["text"] for block in blocks]
    for block, section in zip(blocks, sections, strict=True):
        assert block["text"]["verbatim"] is True
        assert 0 < len(section) <= slack.SECTION
        rest = LINK.sub("", section)
        assert "<" not in rest
        assert ">" not in rest
        assert re.findall(r"&(?!amp;|lt;|gt;)", section) == []
        assert BIDI.search(section) is None
    assert len(sections) <= slack.MOST_BLOCKS
    assert sum(map(len, sections)) <= slack.MOST


def card_is_inert(subject: str, text: str) -> None:
    for block in card.body(subject, text):
        told = block["text"]
        assert block["type"] == "TextBlock"
        assert re.findall(r"[<>`]|\{\{|!\[", told) == []
        assert [url for url in re.findall(r"\]\(([^)]*)", told) if not SCHEMES.match(url)] == []
        assert BIDI.search(told) is None


def plain_is_inert(_subject: str, text: str) -> None:
    told = plain(text)
    assert BIDI.search(told) is None
    assert re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f]", told) == []


def is_inert(text: str, subject: str = "S") -> None:
    plain_is_inert(subject, text)
    page_is_inert(subject, text)
    slack_is_inert(subject, text)
    card_is_inert(subject, text)


def nested() -> Iterator[str]:
    for text in HOSTILE:
        yield text
        yield f"- {text}\n  > **{text}**\n\n# {text}\n\n[{text}](https://a.example/{text})"


@pytest.mark.parametrize("text", [*nested()])
def test_hostile_words_are_words(text: str) -> None:
    is_inert(text, subject=text)


@pytest.mark.parametrize("name", HUGE)
def test_a_huge_message_is_inert_and_soon_made(name: str) -> None:
    for form in (page_is_inert, slack_is_inert, card_is_inert, plain_is_inert):
        form("S", HUGE[name])
    for make in (html.page, slack.blocks, card.body, lambda _subject, text: plain(text)):
        began = time.process_time()
        make("S", HUGE[name])
        assert time.process_time() - began < 1.0, make


@pytest.mark.parametrize("deep", [5, 9, 10, 11, 15, 20, 21, 60, 400])
@pytest.mark.parametrize("mark", ["> ", "- ", "1. "])
def test_nothing_is_left_out_however_deep_it_is(mark: str, deep: int) -> None:
    text = f"before\n\n{mark * deep}within\n\nafter\n"
    told = "".join(block["text"] for block in card.body("S", text))
    posted = "".join(block["text"]["text"] for block in slack.blocks("S", text))
    for form in (html.page("S", text), posted, told, plain(text)):
        assert all(word in form for word in ("before", "within", "after"))


PIECES = st.one_of(
    st.sampled_from([*HOSTILE, "<script", "<!", "javascript:", "](", "![", "[", ")", "*", "**", "_",
                     "`", "```\n", "\n", "\n\n", "> ", "- ", "1. ", "    ", "|", "|-|\n", "#", "\\",
                     "https://", "https://a.example/", "mailto:", "<https://", ">", "&", "&lt;"]),
    st.text(max_size=8),
)  # fmt: skip


@given(st.lists(PIECES, max_size=14).map("".join), st.text(max_size=30))
def test_no_words_come_to_life(text: str, subject: str) -> None:
    is_inert(text, subject)
