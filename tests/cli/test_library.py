"""Templates and playbooks in peace time, as their owners look at them and try them out."""

from pathlib import Path

import pytest

from tests.support.cast import Cast, Clone
from tests.support.runner import Ran, comms, environment
from tests.support.scrub import assert_golden, scrubbed

pytest_plugins = ["tests.support.cast_fixtures"]

HEAD = (
    "---\ntitle: T\nowner: technical-slt\nlast_reviewed: 2026-11-22\nreview_interval: 180d\n"
    "subject: S\n---\n\n"
)
BOOK = "title: T\nsummary: S\nrequired:\n  investigation: all\ncadence: {investigation: 30m}\n"


@pytest.fixture
def ana(small: Cast) -> Clone:
    """Ana at work on files that she has not committed yet."""
    clone = small.ana
    clone.clean = False
    return clone


def put(ana: Clone, path: str, text: str | bytes) -> None:
    file = ana.folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())


def remarks(ran: Ran) -> list[tuple[str, str, int | None]]:
    return [(r["level"], r["text"], r["line"]) for r in ran.json["remarks"]]


@pytest.mark.parametrize("what", ["template", "playbook"])
def test_what_is_shipped_has_no_error_inside_and_outside_of_a_repository(
    ana: Clone, what: str, tmp_path: Path
) -> None:
    here = ana.done(what, "check", "--json").json
    (tmp_path / "elsewhere").mkdir()
    home = environment(tmp_path, COMMS_NOW="2026-11-22T12:00:00Z")
    there = comms(what, "check", "--json", cwd=tmp_path / "elsewhere", environ=home)
    assert there.code == 0
    assert here["checked"] == there.json["checked"]
    assert len(here["checked"]) > 5
    assert here["remarks"] == there.json["remarks"] == []


def test_every_fault_of_a_template_is_named_with_its_line_and_is_an_error(ana: Clone) -> None:
    put(ana, "templates/x/a.md", f"{HEAD}{{% for x in y %}}\n")
    put(ana, "templates/x/b.md", f"{HEAD}one\n{{{{ serivces }}}} and {{{{ ours }}}}\n")
    put(ana, "templates/x/c.md", f'{HEAD}{{% extends "base/mesage" %}}\n')
    put(ana, "templates/x/d.md", HEAD.replace("owner: technical-slt\n", "") + "x\n")
    put(ana, "templates/x/e.md", f"{HEAD}{{{{ impact | when }}}}\n")
    ran = ana("template", "check", "x", "--json")
    assert ran.code == 1
    assert ran.json["checked"] == ["x/a", "x/b", "x/c", "x/d", "x/e"]
    found = remarks(ran)
    assert [(level, line) for level, _, line in found] == [
        ("error", 9), ("error", 10), ("error", 10), ("error", 9), ("error", 2), ("error", 9),
    ]  # fmt: skip
    texts = [text for _, text, _ in found]
    assert "did you mean `services`?" in texts[1] or "did you mean `services`?" in texts[2]
    assert any(text == "unknown fact `ours`" for text in texts)
    assert "did you mean base/message" in texts[3]
    assert "`owner` is missing" in texts[4]
    assert "`when` expects a time" in texts[5]


def test_an_own_fact_is_known_once_the_head_lists_it(ana: Clone) -> None:
    head = HEAD.replace("subject: S\n", "subject: S\nfacts: [ours]\n")
    put(ana, "templates/x/a.md", f"{head}{{{{ ours }}}} {{{{ ours | when }}}}\n")
    put(ana, "templates/x/b.md", f'{HEAD}{{% extends "x/a" %}}\n')
    assert remarks(ana.done("template", "check", "x", "--json")) == []


def test_a_macro_and_what_it_is_given_are_no_facts(ana: Clone) -> None:
    body = "{% macro line(label) %}{{ label }}: {{ impact }}{% endmacro %}\n{{ line('a') }}\n"
    put(ana, "templates/x/a.md", f"{HEAD}{body}")
    assert remarks(ana.done("template", "check", "x/a", "--json")) == []


def test_what_is_wrong_in_a_base_is_said_once(ana: Clone) -> None:
    path = ana.folder / "templates" / "base" / "message.md"
    path.write_text(path.read_text(encoding="utf-8") + "{% set x = 1 %}\n", encoding="utf-8")
    ran = ana("template", "check", "--json")
    assert ran.code == 1
    assert [(level, line) for level, _, line in remarks(ran)] == [("error", 40)]


def test_a_review_that_is_overdue_and_an_owner_that_is_nobody_are_warnings(ana: Clone) -> None:
    old = HEAD.replace("2026-11-22", "2026-01-31").replace("technical-slt", "somebody")
    put(ana, "templates/x/a.md", f"{old}x\n")
    put(ana, "templates/x/b.md", HEAD.replace("2026-11-22", "2027-01-01") + "x\n")
    ran = ana.done("template", "check", "x", "--json")
    found = [(level, text) for level, text, _ in remarks(ran)]
    assert found == [
        ("warning", "its owner somebody is no role: nobody is asked to look at it"),
        ("warning", "its review is overdue since 2026-07-30: last reviewed on 2026-01-31"),
        ("warning", "last reviewed on 2027-01-01, which is to come"),
    ]
    due = HEAD.replace("2026-11-22", "2026-05-26") + "x\n"  # 180 days before today
    put(ana, "templates/y/a.md", due)
    assert remarks(ana.done("template", "check", "y", "--json")) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x" * 160, None), ("x" * 161, 2), ("€" * 80, None), ("€" * 81, 2), ("ä" * 160, None),
        ("ő" * 70, None), ("ő" * 71, 2), ("🙂" * 35, None), ("🙂" * 36, 2), ("x" * 307, 3),
        ("x" * 140 + "{{ send.next_update }}", 2), ("x" * 120 + "{{ send.next_update }}", None),
    ],
    ids=lambda value: str(value)[-24:],
)  # fmt: skip
def test_words_for_telephones_have_to_fit(ana: Clone, text: str, found: int | None) -> None:
    head = HEAD.replace("subject: S\n", "subject: S\nsms_parts: 1\n")
    put(ana, "templates/x/a.md", f"{head}{text}\n")
    ran = ana("template", "check", "x/a", "--json")
    assert ran.code == (0 if found is None else 1)
    if found is not None:
        assert f"are {found} parts of a text message, and 1 fit" in remarks(ran)[0][1]


def test_a_file_that_is_no_text_is_a_fault_and_no_reason_to_stop(ana: Clone) -> None:
    put(ana, "templates/x/a.md", b"\xff")
    ran = ana("template", "check", "--json")
    assert ran.code == 1
    assert "not UTF-8" in remarks(ran)[0][1]
    assert len(ran.json["checked"]) > 50


def test_a_link_is_no_template(ana: Clone, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("secret", encoding="utf-8")
    (ana.folder / "templates" / "leak.md").symlink_to(tmp_path / "secret.md")
    ran = ana("template", "preview", "leak")
    assert ran.code == 2
    assert "there is no template leak" in ran.err


@pytest.mark.parametrize(
    "argv",
    [("template", "check", "base/mesage"), ("playbook", "check", "servce-outage"),
     ("template", "diff", "nope"), ("template", "preview", "nope"), ("playbook", "preview", "no"),
     ("playbook", "new", "x", "--from", "nope"), ("playbook", "new", "No!"),
     ("template", "preview", "base/message", "--phase", "lunch"),
     ("template", "preview", "base/message", "--audience", "nobody"),
     ("template", "preview", "base/message", "--with", "nothing")],
)  # fmt: skip
def test_what_does_not_exist_is_no_use_and_the_next_step_is_named(
    ana: Clone, argv: tuple[str, ...]
) -> None:
    ran = ana(*argv)
    assert ran.code == 2
    assert "next: " in ran.err
    assert ran.out == ""


def test_a_difference_is_that_from_what_is_shipped(ana: Clone) -> None:
    assert ana.done("template", "diff", "base/message").out == ""
    file = ana.folder / "templates" / "base" / "message.md"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("Our next update", "The next update"), encoding="utf-8")
    ran = ana.done("template", "diff", "base/message")
    assert "\n-Our next update follows" in ran.out
    assert "\n+The next update follows" in ran.out
    assert "not committed: templates/base/message.md;" in ran.err
    put(ana, "templates/x/a.md", HEAD + "x")
    own = ana.done("template", "diff", "x/a", "--json").json
    assert own["state"] == "own"
    assert own["diff"].startswith("--- /dev/null\n+++ templates/x/a.md\n")
    assert own["diff"].endswith("+x\n\\ No newline at end of file\n")
    file.unlink()
    assert ana.done("template", "diff", "base/message", "--json").json["state"] == "lacking"


def test_a_preview_takes_examples_or_only_what_is_given(ana: Clone) -> None:
    ran = ana.done("template", "preview", "occasions/status-update", "--with", "services=search")
    assert "the problem with search." in ran.out
    assert "Since our last update: one gateway is ruled out." in ran.out
    assert "it cannot do without: services" in ran.err
    bare = ["template", "preview", "occasions/status-update", "--bare"]
    ran = ana.done(*bare, "--with", "services=search", "--with", "start=09:14")
    assert "There is nothing new to report since our last update." in ran.out
    assert "09:14 GMT on 22 November 2026" in ran.out
    ran = ana(*bare)
    assert ran.code == 2
    assert "one fact is missing for occasions/status-update: services" in ran.err


def test_a_preview_knows_phase_and_audience_by_the_name_and_the_head(ana: Clone) -> None:
    ran = ana.done("template", "preview", "base/investigation/strategic-customers")
    assert ran.out.startswith("Subject: Checkout outage: we are investigating\n\nDear {{ recipient")
    over = ana.done("template", "preview", "occasions/resolution").out
    assert "next update" not in over
    mail = ["template", "preview", "occasions/correction", "--audience", "strategic-customers"]
    assert "Dear {{ recipient.name }}," in ana.done(*mail).out


def test_nothing_is_an_order_to_a_terminal(ana: Clone) -> None:
    put(ana, "playbooks/evil.yaml", BOOK.replace("title: T", r'title: "a\eb"'))
    ran = ana("playbook", "preview", "evil")
    assert "\x1b" not in ran.out + ran.err


def test_an_incident_could_not_rely_on_such_a_playbook(ana: Clone) -> None:
    own = "x/investigation/all-customers"
    put(ana, f"templates/{own}.md", f"{HEAD}{{% set a = 1 %}}\n")
    put(ana, "playbooks/x.yaml", (
        "title: T\nsummary: S\ntemplates: x\n"
        "required:\n  investigation: all\n  resolution: [partners]\n"
        "optional:\n  analysis: [board]\n"
        "clocks: [gdpr-33, gpdr-34]\n"
        "escalations:\n"
        "  - {id: a, when: {fact: ours}, due: [media], tell: [chief], why: w}\n"
    ))  # fmt: skip
    ran = ana("playbook", "check", "x", "--json")
    assert ran.code == 1
    assert remarks(ran) == [
        ("warning", "no cadence for investigation: the default of comms.yaml is promised", 1),
        ("warning", "it does not say who communicates what", 1),
        ("error", f"all-customers in investigation: the template {own} cannot be used", 5),
        ("error", "there is no audience partners", 6),
        ("error", "there is no audience board", 8),
        ("error", "there is no clock gpdr-34", 9),
        ("warning", "ours is no published fact: somebody has to know to set it", 11),
        ("error", "there is no audience media", 11),
        ("warning", "chief is no role here", 11),
    ]  # fmt: skip


def test_a_cell_without_a_template_is_an_error_and_an_empty_matrix_a_warning(ana: Clone) -> None:
    for audience in ("all-customers", "internal-stakeholders", "strategic-customers"):
        (ana.folder / "templates" / "base" / "resolution" / f"{audience}.md").unlink()
    put(ana, "playbooks/x.yaml", "title: T\nsummary: S\nrequired: {resolution: [all-customers]}\n")
    put(ana, "playbooks/y.yaml", "title: T\nsummary: S\ntemplates: gone\nrequired: {}\n")
    texts = [text for level, text, _ in remarks(ana("playbook", "check", "x", "--json"))
             if level == "error"]  # fmt: skip
    assert texts == [
        "no template for all-customers in resolution: looked for base/resolution/all-customers"
    ]
    texts = [text for _, text, _ in remarks(ana.done("playbook", "check", "y", "--json"))]
    assert "no cell is required: nobody would wait for any message" in texts
    assert "there are no templates in templates/gone: all of it is the base set" in texts


def test_a_matrix_of_duties_with_a_gap_is_an_error_with_its_line(ana: Clone) -> None:
    put(ana, "playbooks/x.yaml", f"{BOOK}responsibilities:\n  external: client\n")
    ran = ana("playbook", "check", "x")
    assert ran.code == 1
    assert "error: playbooks/x.yaml:7:3: `technical` is missing" in ran.out.replace("\n    ", " ")


def test_a_whole_incident_on_paper(ana: Clone, small: Cast) -> None:
    ran = ana.done("playbook", "preview", "security-incident")
    assert max(map(len, ran.out.splitlines())) <= 80
    assert_golden("playbook-preview.txt", scrubbed(ran.out, small.root))
    cells = ana.done("playbook", "preview", "security-incident", "--json").json["cells"]
    needs = {need: sum(c["need"] == need for c in cells)
             for need in ("acknowledgement", "required", "optional")}  # fmt: skip
    assert needs == {"acknowledgement": 3, "required": 9, "optional": 9}
    chosen = {(c["phase"], c["audience"]): c["template"] for c in cells}
    own = "security-incident/investigation/all-customers"
    assert chosen["investigation", "all-customers"] == own
    assert chosen["monitoring", "all-customers"] == "base/monitoring/all-customers"


def test_a_cell_that_cannot_be_filled_is_seen_on_paper(ana: Clone) -> None:
    put(ana, "templates/base/resolution/all-customers.md", f"{HEAD}{{% set a = 1 %}}\n")
    ran = ana.done("playbook", "preview", "service-outage")
    assert "error: the template cannot be used" in ran.out


def test_a_new_playbook_is_a_copy_with_words_of_its_own(ana: Clone) -> None:
    ran = ana.done("playbook", "new", "hack", "--from", "security-incident", "--title", "A: hack")
    assert ran.out.split()[0] == "playbooks/hack.yaml"
    assert "templates/hack/parts/personal-data.md" in ran.out.split()
    assert remarks(ana.done("playbook", "check", "hack", "--json")) == []
    assert remarks(ana.done("template", "check", "hack", "--json")) == []
    shown = ana.done("template", "preview", "hack/resolution/all-customers", "--json").json
    assert "hack/parts/personal-data" in shown["made_of"]
    assert not any(name.startswith("security-incident/") for name in shown["made_of"])
    again = ana("playbook", "new", "hack")
    assert again.code == 1
    assert "already" in again.err
    ana.edit("playbooks/hack.yaml", (ana.folder / "playbooks/hack.yaml").read_bytes())
    listed = ana.done("playbook", "list", "--json").json["playbooks"]
    assert {"id": "hack", "title": "A: hack"} in listed


def test_a_playbook_is_not_begun_through_a_link(ana: Clone, tmp_path: Path) -> None:
    (ana.folder / "templates" / "hack").symlink_to(tmp_path)
    ran = ana("playbook", "new", "hack")
    assert ran.code == 1
    assert list(tmp_path.glob("investigation")) == []


def test_all_six_are_listed(small: Cast) -> None:
    listed = small.ana.done("playbook", "list", "--json").json
    assert listed["schema"] == "comms/playbooks@1"
    assert [set(book) for book in listed["playbooks"]] == [{"id", "title"}] * 6


def test_a_draft_promises_its_next_update_at_the_pace_of_its_severity(small: Cast) -> None:
    facts = [word for fact in ("start=09:14", "services=search", "impact=search is slow")
             for word in ("--fact", fact)]  # fmt: skip
    slow = ["--playbook", "degraded-performance"]
    for severity, promised in (("1", "+20m"), ("4", "+1h")):
        ran = small.ana.done("new", f"Slow {severity}", "--severity", severity, *slow, *facts)
        small.ana.done("draft", "customers", "-i", ran.out.strip())
        shown = small.ana.folder / "incidents" / ran.out.strip() / "messages"
        draft = (shown / "investigation-all-customers-1" / "draft.md").read_text(encoding="utf-8")
        assert f'next_update: "{promised}"' in draft or f"next_update: {promised}\n" in draft
        assert "Using search takes longer than usual" in draft


def test_a_mistake_in_a_playbook_stops_no_incident_of_another(small: Cast) -> None:
    ana = small.ana
    ana.edit("playbooks/data-loss.yaml", "title: 3\n")
    (message,) = small.declare("customers")
    ana.done("show", message)
    ran = ana("doctor")
    assert ran.code == 1
    assert "error    settings: playbooks/data-loss.yaml cannot be used" in ran.out
    ran = ana("new", "Lost orders", "--severity", "1", "--playbook", "data-loss")
    assert ran.code == 2
    assert "playbooks/data-loss.yaml:1:8: `title`" in ran.err


def test_an_occasion_is_drafted_as_any_message_is(small: Cast) -> None:
    small.declare()
    ana = small.ana
    ana.done("fact", "mistaken=it began at 09:40", "correction=it began at 09:14")
    (message,) = ana.done("draft", "customers", "--template", "occasions/correction").ids
    shown = ana.done("show", message).out
    assert "We wrote: it began at 09:40. That is not so." in shown
    ran = ana("draft", "internal", "--template", "occasions/regulatory-notification")
    assert ran.code == 2
    assert "3 facts are missing" in ran.err
