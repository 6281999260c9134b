"""``comms report``: what is known, who did what, how it was told; and what people add."""

import re
from html.parser import HTMLParser

import pytest

from commscli.render.report_markdown import plain_text
from tests.cli.test_json import fits
from tests.cli.test_metrics import told
from tests.support.cast import Cast
from tests.support.scrub import assert_golden, scrubbed

pytest_plugins = ["tests.support.cast_fixtures"]
HEADINGS = [
    "Summary", "Date of incident", "Reporter", "Severity", "Timeline of response",
    "Exposure and impacts", "Suspected root cause", "Resolution", "Mitigation and prevention",
    "How communication went", "What this rests on",
]  # fmt: skip
HOSTILE = "<script>alert(1)</script> **bold** | [a](http://b) & \u202e ::error::x"


class Tags(HTMLParser):
    """Every tag of a page, and what it says."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def ended(cast: Cast) -> str:
    """An incident with nearly everything: sends, a kept and a broken promise, a skip, facts."""
    incident = told(cast)
    ana, bo = cast.ana, cast.bo
    cast.later(10)
    (message,) = ana.done("draft", "customers").ids
    bo.done("sync")
    bo.done("approve", message, "--object", "It names the wrong time.")
    cast.later(2)
    ana.done("sync")
    ana.done("revise", message, "--file", "-",
             stdin=b"Still failing. More by {{ send.next_update }}.\n")  # fmt: skip
    bo.done("sync")
    settle = bo.done("approve", message, "--gate", "approval")
    assert settle.code == 0
    cast.passed(message, "release")
    ana.done("sync")
    ana.done("send", message)
    cast.later()  # of the same time and unrelated, records would stand in the order of digests
    ana.done("skip", "strategic", "--why", "each of them was phoned")
    cast.later(60)
    ana.done("phase", "identification", "--why", "a certificate ran out")
    ana.done("severity", "2", "--why", "half of them work")
    ana.done("fact", "cause=an expired certificate", "end=2026-11-22T10:50:00Z",
             "follow_up_1=Alert 30 days ahead (owner: Ines, due: 2026-11-20)")  # fmt: skip
    return incident


def test_the_report_as_people_read_it(small: Cast) -> None:
    ended(small)

    for form in ("md", "html"):
        text = small.ana.done("report", "--format", form).out
        assert_golden(f"report.{form}", scrubbed(text, small.root))
    assert_golden("report-open.txt", scrubbed(small.ana.done("report", "--open").out, small.root))


def test_every_heading_is_there_and_says_what_is_not_recorded(small: Cast) -> None:
    small.ana.done("new", "Outage", "--severity", "2")

    text = small.ana.done("report").out

    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == [*HEADINGS, "Follow-ups"]
    for heading in ("Reporter", "Suspected root cause", "Summary"):
        assert f"## {heading}\n\nnot recorded\n" in text
    page = small.ana.done("report", "--format", "html").out
    assert re.findall("<h2>(.*?)</h2>", page) == HEADINGS[:-1]
    assert "not recorded" in page


def test_the_clocks_of_laws_are_told_with_how_they_ended(small: Cast) -> None:
    ana, why = small.ana, ("--why", "the report says so")
    small.declare()
    ana.done("clock", "start", "gdpr-33", "--at", "09:15", *why)
    ana.done("clock", "start", "us-tx", "--at", "2026-09-01 09:00", *why)
    ana.done("clock", "met", "us-tx", "--at", "09:20", *why)
    small.later(4 * 24 * 60)

    text = ana.done("report").out
    assert text.index("## Clocks of laws") < text.index("## How communication went")
    rows = [line.split(" | ") for line in text.splitlines() if line.startswith(("| gdpr", "| us-"))]
    assert [(row[0], row[3], row[4]) for row in rows] == [
        (
            "| us-tx",
            "23:59 GMT on 31 October 2026",
            "met too late, 09:20 GMT on 22 November 2026 |",
        ),
        ("| gdpr-33", "09:15 GMT on 25 November 2026", "overdue |"),
    ]


def test_the_drawing_ends_shortly_after_the_resolution(small: Cast) -> None:
    told(small)
    small.later(30)
    small.ana.done("phase", "resolution")
    small.later(60 * 24 * 3)
    small.ana.done("phase", "analysis")

    page = small.ana.done("report", "--format", "html").out

    drawing = page.partition("<svg")[2].partition("</svg>")[0]
    labels = re.findall(r'class="small"[^>]*>([^<]*)<', drawing)
    assert labels
    assert all(re.fullmatch(r"\d\d:\d\d", label) for label in labels), labels
    assert "analysis" not in drawing
    assert "2026-11-25" in page, "the table has the rest"


def test_a_drill_and_a_missing_pin_are_said(small: Cast) -> None:
    told(small, drill=True)

    ran = small.ana.done("report", XDG_CONFIG_HOME="/nowhere")

    assert "# Incident report: DRILL: Checkout outage" in ran.out
    assert "**This was a drill.**" in ran.out
    assert "no pin" in ran.err
    assert "says: **undecided**" in ran.out
    assert small.ana.done("report", "--open").out == "nothing is open\n"
    assert "This was a drill." in small.ana.done("report", "--format", "html").out


def test_the_document_has_what_the_page_has(small: Cast) -> None:
    incident = ended(small)

    document = small.ana.done("report", "--json").json

    assert fits(document) == "report"
    assert document["incident"] == incident
    assert [change["value"] for change in document["severities"]] == ["SEV-1", "SEV-2"]
    assert [change["value"] for change in document["phases"]] == [
        "investigation", "identification",
    ]  # fmt: skip
    assert [(o["person"], o["stands"]) for o in document["objections"]] == [("bo", False)]
    assert document["follow_ups"][0]["owner"] == "Ines"
    assert [p["state"] for p in document["communication"]["promises"]] == ["kept", "broken"]


def test_hostile_words_are_only_words(small: Cast) -> None:
    incident = told(small)
    small.ana.done("fact", "ticket=" + HOSTILE.replace("\u202e", ""))
    small.ana.edit(f"incidents/{incident}/report.md", f"## Follow-ups\n\n- {HOSTILE}\n")

    page = small.ana.done("report", "--format", "html").out
    text = small.ana.done("report").out

    seen = Tags(page)
    assert {"script", "a", "b", "img", "link", "iframe"} & {*seen.tags} == set()
    assert not [name for name, _ in seen.attributes if name.startswith("on") or name == "src"]
    assert "<script>alert(1)</script> **bold** | [a](http://b) &  ::error::x" in seen.words
    assert any("<U+202E>" in words for words in seen.words)
    generated = text.partition("<!-- comms report: begin")[2].partition("<!-- comms report: end")[0]
    assert "<script>" not in generated
    assert r"\*\*bold\*\* \| \[a\](http://b) &amp;" in generated
    assert "default-src 'none'" in page


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("- a", r"\- a"), ("# a", r"\# a"), ("1. a", r"1\. a"), ("data_loss", "data_loss"),
        ("_a_", r"\_a\_"), ("--- ", r"\---"), ("a <b> &amp;", "a &lt;b&gt; &amp;amp;"),
        ("@ana a@b.com", "&#64;ana a@b.com"), ("`x`", r"\`x\`"), ("> a", "&gt; a"),
        ("a\nb", "a b"),
    ],
)  # fmt: skip
def test_somebodys_words_in_markdown(words: str, written: str) -> None:
    assert plain_text(words) == written


def test_what_people_wrote_stays_and_the_rest_is_replaced(small: Cast) -> None:
    incident = told(small)
    ana = small.ana
    file = ana.folder.parent / "report.md"
    assert ana.done("report", "-o", str(file)).out == f"{file}\n"
    mine = file.read_bytes().replace(b"## Follow-ups\n", b"## Follow-ups\n\n- [ ] Mine\r\n")
    file.write_bytes(b"Mine above.\n\n" + mine)
    before, _, rest = file.read_bytes().partition(b"<!-- comms report: begin")
    _, _, after = rest.partition(b"<!-- comms report: end -->")

    ana.done("-i", incident, "fact", "cause=a full pool")
    ana.done("report", "-o", str(file))

    written = file.read_bytes()
    assert written.startswith(before + b"<!-- comms report: begin")
    assert written.endswith(b"<!-- comms report: end -->" + after)
    assert b"a full pool" in written


def test_a_page_is_written_over_a_page_and_over_nothing_else(small: Cast) -> None:
    told(small)
    ana, folder = small.ana, small.root
    page, other = folder / "report.html", folder / "other.html"
    other.write_text("<p>mine</p>")
    for _ in range(2):
        ana.done("report", "-o", str(page))
    refused = ana("report", "-o", str(other))

    assert page.read_text().startswith("<!doctype html>")
    assert refused.code == 2
    assert other.read_text() == "<p>mine</p>"


def test_saved_it_is_committed_and_shared_and_people_write_on(small: Cast) -> None:
    incident = told(small)
    ana, bo = small.ana, small.bo
    path = f"incidents/{incident}/report.md"

    assert ana.done("report", "--save").out == f"{path}\n"
    assert ana("report", "--save").code == 1, "it says all this already"
    text = (ana.folder / path).read_text()
    ana.edit(path, text + "\n- [ ] Watch it (owner: Bo, due: 2026-11-30)\n")
    ana.done("report", "--save")
    ana.done("sync")
    bo.done("sync")

    saved = (bo.folder / path).read_text()
    assert "| Watch it | Bo | 2026-11-30 | open |" in saved
    assert saved.endswith("\n- [ ] Watch it (owner: Bo, due: 2026-11-30)\n")
    assert bo.done("check").code == 0
    ana.clean = False
    (ana.folder / path).write_text(saved + "more\n")
    refused = ana("report", "--save")
    assert refused.code == 1
    assert "not committed" in refused.err
    assert (ana.folder / path).read_text() == saved + "more\n"


def test_what_is_open_goes_over_all_incidents(small: Cast) -> None:
    old = told(small)
    small.later(60 * 24 * 10)
    new = told(small, title="Another outage")
    told(small, title="A drill", drill=True)
    small.ana.done("-i", new, "draft", "internal")
    small.ana.done("-i", new, "fact", "follow_up_1=[x] Done", "follow_up_2=To do")

    both = small.ana.done("report", "--open", "--json").json
    lately = small.ana.done("report", "--open", "--since", "7d", "--json").json

    assert fits(both) == fits(lately) == "open"
    assert [one["id"] for one in both["incidents"]] == [old, new]
    assert [one["id"] for one in lately["incidents"]] == [new]
    assert lately["quiet"] == [{"incident": old, "open": 1}]
    (now,) = lately["incidents"]
    assert [m["message"] for m in now["messages"]] == ["investigation-internal-stakeholders-1"]
    assert [p["state"] for p in now["promises"]] == ["running"]
    assert [f["what"] for f in now["follow_ups"]] == ["To do"]
    text = small.ana.done("report", "--open", "--since", "7d").out
    assert max(map(len, text.splitlines())) <= 80
    assert f"and 1 open in {old}" in text


def test_its_summary_becomes_a_message_with_gates(small: Cast) -> None:
    ended(small)
    ana = small.ana
    ana.done("sync")

    (message,) = ana.done("draft", "--from-report").ids

    assert message == "analysis-internal-stakeholders-1"
    shown = ana.done("show", message, "--json").json
    assert shown["subject"] == "[SEV-2] Checkout outage: summary of the incident"
    assert "Alert 30 days ahead (Ines, by 2026-11-20)" in shown["body"]
    assert "expired certificate" not in shown["body"], "it asserts no contributing factors"
    assert [gate["state"] for gate in shown["gates"]] == ["open", "open"]
    small.passed(message, "approval", "release")
    ana.done("sync")
    ana.done("send", message)
    assert ana.done("check").code == 0


def test_nobody_but_colleagues_gets_the_preliminary_summary(small: Cast) -> None:
    told(small)

    refused = small.ana("draft", "--from-report", "customers")

    assert refused.code == 1
    assert "comms draft --from-report internal-stakeholders" in refused.err
    assert small.ana("draft", "--from-report", "--phase", "analysis").code == 2
