"""One message in each form: as its golden files have it, whole, the same every time."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from html import unescape
from pathlib import Path

import pytest

from commscli.delivery.drills import marked_subject, marked_text
from commscli.delivery.markdown import card, html, slack
from commscli.delivery.markdown.plain import plain
from tests.compose.rendering import SHIPPED, rendered

ROOT = Path(__file__).resolve().parents[2]
GOLDENS = ROOT / "tests" / "goldens" / "delivery"
TEMPLATES = ROOT / "tests" / "goldens" / "templates"
SUBJECT = "DRILL: [SEV-1] Checkout outage: investigating"
RICH = (GOLDENS / "rich.md").read_text(encoding="utf-8")
SERVING = [name for name in SHIPPED if name.count("/") == 2 and "/parts/" not in name]
BEYOND = [*TEMPLATES.glob("occasions/*.md"), *TEMPLATES.glob("corrections/*.md")]


def as_json(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


FORMS: Mapping[str, Callable[[str, str], str]] = {
    "mail.html": html.page,
    "slack.json": lambda subject, text: as_json(slack.blocks(subject, text)),
    "card.json": lambda subject, text: as_json(card.body(subject, text)),
    "plain.txt": lambda _subject, text: f"{plain(text)}\n",
}
FORM = pytest.mark.parametrize("form", FORMS)


def in_slack(subject: str, text: str) -> str:
    return "\n\n".join(block["text"]["text"] for block in slack.blocks(subject, text))


def in_card(subject: str, text: str) -> str:
    return "\n\n".join(block["text"] for block in card.body(subject, text))


def on_page(subject: str, text: str) -> str:
    _, _, body = html.page(subject, text).partition("<body")
    return unescape(re.sub(r"<[^>]*>", "", f"<{body}"))


SHOWN: Mapping[str, Callable[[str, str], str]] = {
    "page": on_page, "slack": lambda *told: unescape(in_slack(*told)), "card": in_card,
    "plain": lambda subject, text: f"{subject}\n\n{plain(text)}",
}  # fmt: skip


def said(text: str) -> list[str]:
    """The words of a text, without what only lays them out."""
    return re.findall(r"\w+", text)


@FORM
def test_a_rich_message_looks_as_its_golden_file(form: str) -> None:
    golden = GOLDENS / f"rich.{form}"
    text = FORMS[form](SUBJECT, RICH)
    if os.environ.get("COMMS_UPDATE_GOLDENS") == "1":
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@FORM
def test_another_process_makes_the_same(form: str) -> None:
    script = (
        "import sys; sys.path.insert(0, '.')\n"
        "from tests.delivery.test_forms import FORMS, RICH, SUBJECT\n"
        f"sys.stdout.buffer.write(FORMS[{form!r}](SUBJECT, RICH).encode())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT, capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": "7"},
    )  # fmt: skip
    assert done.stdout.decode() == FORMS[form](SUBJECT, RICH) == FORMS[form](SUBJECT, RICH)


def whole(subject: str, text: str) -> None:
    for name, shown in SHOWN.items():
        found = said(shown(subject, text))
        missing = [word for word in said(text) if word not in found]
        assert missing == [], name
    assert len(slack.blocks(subject, text)) > 0


@pytest.mark.parametrize("name", SERVING)
def test_every_template_is_whole_in_every_form(name: str) -> None:
    draft = rendered(name)
    whole(draft.subject, draft.body)


@pytest.mark.parametrize("path", BEYOND, ids=lambda path: path.stem)
def test_every_message_beyond_the_matrix_is_whole_in_every_form(path: Path) -> None:
    whole("S", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("shown", SHOWN)
@pytest.mark.parametrize("body", ["Real.\n", "===\n", "[DRILL]: /x\n", "> " * 99 + "x", "[" * 9999])
def test_the_mark_of_a_drill_is_seen_whatever_follows(shown: str, body: str) -> None:
    found = SHOWN[shown](marked_subject("Cards fail"), marked_text(body))
    assert "DRILL: this is an exercise, and nothing in this message is real." in found
    assert shown == "page" or found.lstrip("*").startswith("DRILL: Cards fail")


def test_the_page_says_its_language_and_loads_nothing() -> None:
    page = html.page(SUBJECT, RICH)
    assert '<html lang="en">' in page
    assert '<meta name="color-scheme" content="light dark">' in page
    assert "prefers-color-scheme:dark" in page
    assert re.findall(r"<(?:img|link|script|iframe)|src=|url\(|@import", page) == []


def test_a_list_that_begins_elsewhere_and_one_in_another() -> None:
    text = "3. three\n4. four\n\n   more of four\n   - a\n     - b\n"
    assert '<ol start="3"' in html.page("S", text)
    assert "3. three\n4. four\n\n    more of four\n    • a\n        • b" in in_slack("S", text)
    blank = "\u00a0"
    assert f"4. four\n\n{blank * 2}more of four\n\n{blank * 4}• a\n\n{blank * 8}• b" in (
        in_card("S", text)
    )
    assert plain(text) == "3. three\n4. four\n\n  more of four\n  - a\n    - b"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("See https://a.example/x.", "https://a.example/x"),
        ("(https://a.example/x)", "https://a.example/x"),
        ("https://a.example/w_(b)", "https://a.example/w_(b)"),
        ("[here](https://a.example/x)", "https://a.example/x"),
        ("<https://a.example/x>", "https://a.example/x"),
    ],
)
def test_addresses_are_links(text: str, url: str) -> None:
    assert f'<a href="{url}"' in html.page("S", text)
    assert f"<{url}|" in in_slack("S", text)
    assert f"]({url.replace('(', '%28').replace(')', '%29')})" in in_card("S", text)
    assert url in plain(text)


def test_a_mailbox_is_told_where_it_cannot_be_a_link() -> None:
    text = "[us](mailto:help@a.example)"
    assert '<a href="mailto:help@a.example"' in html.page("S", text)
    assert "us (mailto:help@a.example)" in in_slack("S", text)
    assert "us (help@a.example)" in in_card("S", text)
    assert plain(text) == "us (help@a.example)"


def test_what_slack_would_not_take_goes_as_plain_text_alone() -> None:
    assert slack.blocks("S", "word " * 1_000) != []
    assert slack.blocks("S", "word " * 3_000) == []
    assert slack.blocks("S", f"{'> ' * 15}x\n" * 100) == []
