"""Words that were passed beforehand pass their gates; anything else about them passes none."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from commscli.domain.ids import Digest
from commscli.domain.records import TemplateOk
from commscli.domain.report import GateState, Outcome
from tests.support.repos import both_ways, only, told
from tests.support.story import CHANNELS, Story, without_role

TEXT = """---
subject: "{{ incident.title }}: we are looking into it"
channels: [status]
next_update: +30m
---

We have noticed a problem with {{ services }}. {{ services }} may be slow.
Our next update follows by {{ send.next_update }}.
"""
WORDS = TEXT.replace("{{ incident.title }}", "Checkout outage").replace(
    "{{ services }}", "card payments"
)
EARLY = {"accuracy": "cleo", "messaging": "mia", "legal": "lea", "approval": "eli"}


def approve(
    story: Story, gates: Mapping[str, str] = EARLY, text: str = TEXT, **changed: Any
) -> list[Digest]:
    """Have the holders of gates pass a text, and the admins list that."""
    body = TemplateOk(
        template="base/detection/all-customers",
        audience="all-customers",
        phase="investigation",
        channels=dict(CHANNELS),
        next_update="+30m",
        text=text,
        until="",
    )
    body = replace(body, **changed)
    done = [
        story.record("template-ok", body, by=by, gate=gate, message="", incident="", after=[])
        for gate, by in gates.items()
    ]
    listed = tuple(sorted({*story.in_force.trust.preapproved, *done}))
    story.change_trust(lambda trust: replace(trust, preapproved=listed))
    return done


def prepared(**changed: Any) -> Story:
    story = Story()
    approve(story, **changed)
    story.declare()
    story.fact("services", "card payments")
    return story


def states(story: Story) -> dict[str, str]:
    return {v.gate: str(v.state) for v in story.report().messages[0].gates}


def test_approved_words_need_only_the_release(tmp_path: Path) -> None:
    story = prepared()
    story.draft(WORDS)
    story.ok("release")
    story.send()

    report = both_ways(story, tmp_path / "repo")

    assert told(report) == []
    assert report.outcome is Outcome.PASS
    gates = {str(v.gate): v for v in report.messages[0].gates}
    assert [g.state for g in gates.values()] == [GateState.PREAPPROVED] * 4 + [GateState.PASSED]
    assert gates["legal"].by == ("lea",)


def test_without_the_release_nothing_leaves(tmp_path: Path) -> None:
    story = prepared()
    story.draft(WORDS)
    story.send()

    assert "release not passed" in only(both_ways(story, tmp_path / "repo"), "open-gate").text


def test_the_last_gate_is_never_passed_beforehand() -> None:
    story = prepared(gates={**EARLY, "release": "ian"})
    story.draft(WORDS)

    assert states(story)["release"] == "open"


WRONG: Mapping[str, Callable[[Story], object]] = {
    "one more word": lambda s: s.draft(WORDS + "All is well.\n"),
    "a value that no fact states": lambda s: s.draft(WORDS.replace("card payments", "everything")),
    "two values for one placeholder": lambda s: (
        s.fact("services", "logins"),
        s.draft(WORDS.replace("card payments. ", "logins. ")),
    ),
    "another audience": lambda s: s.draft(WORDS, audience="internal-stakeholders"),
    "another phase": lambda s: s.draft(WORDS, phase="resolution"),
    "another endpoint": lambda s: s.draft(
        WORDS, channels={"status": {"adapter": "file", "page": "evil.example.com"}}
    ),
    "another promise": lambda s: s.draft(WORDS, next_update="+240h"),
    "an attachment": lambda s: s.draft(WORDS, attachments={"terms.pdf": b"new terms"}),
    "another title": lambda s: s.draft(WORDS.replace("Checkout outage", "All is well")),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_anything_but_the_approved_words_passes_nothing(wrong: Callable[[Story], object]) -> None:
    story = prepared()
    wrong(story)

    assert "preapproved" not in states(story).values()


@pytest.mark.parametrize(
    "value",
    [
        "card payments [click](http://x.y)",
        "see https://evil.example.com",
        "<script>",
        'x" \nchannels: [other]',
        "a" * 81,
        "payments. Call 0900 123 456",
        "call 0900 123 4567",
        "pay at evil.example.com",
        "pay@evil",
        "nothing!",
        "`code`",
        "{{ send.time }}",
        "| a | b |",
        "pay24.com",
        "pay24.com/refund",
        "evil\uff0ecom",
        "evil\u3002com",
        "evil\u200b.com",
        "over\u3002Send your card number",
        "0800\u201112\u20113456",
        "0800 12 345 6",
        "call 080\u0660 12 3456",
        "see: the page",
        "a;b",
        "\ufb01ne",
        "a\u00a0b",
        "_x_",
        "a//b",
        "a / b",
        "",
    ],
)
def test_a_value_is_a_few_plain_words(value: str) -> None:
    story = Story()
    approve(story)
    story.declare()
    story.fact("services", value)
    story.draft(WORDS.replace("card payments", value))

    assert "preapproved" not in states(story).values()


@pytest.mark.parametrize(
    "value",
    ["card payments", "checkout & payments (EU)", "09:14", "22 November 2026, 09:14",
     "v2.3", "about 10% of customers", "d\u00e9p\u00f4t de S\u00e3o Paulo",
     "\u65e5\u672c\u8a9e", "card/cash", "customers' logins", "\u00a3 100"],
)  # fmt: skip
def test_a_plain_value_fills_the_text(value: str) -> None:
    story = Story()
    approve(story)
    story.declare()
    story.fact("services", value)
    story.draft(WORDS.replace("card payments", value))

    assert states(story)["legal"] == "preapproved"


def test_a_fact_of_somebody_who_may_not_state_facts_fills_nothing() -> None:
    story = prepared()
    story.fact("services", "everything", by="lea")
    story.draft(WORDS.replace("card payments", "everything"))

    assert "preapproved" not in states(story).values()


def test_severity_is_the_one_of_the_revision() -> None:
    text = TEXT.replace('it"', 'it ({{ incident.severity }})"')
    story = prepared(text=text)
    words = WORDS.replace('it"', 'it (SEV-1)"')
    story.draft(words)
    assert states(story)["legal"] == "preapproved"
    story.draft(words.replace("SEV-1", "SEV-4"), severity="SEV-4")
    assert states(story)["legal"] == "open"


@pytest.mark.parametrize("text", ["{% if x %}", "{{x}}", "{{ services | upper }}", "{# a #}"])
def test_a_text_with_more_than_plain_placeholders_counts_for_nothing(text: str) -> None:
    story = prepared(text=TEXT + text)
    story.draft(WORDS + text)

    assert states(story)["legal"] == "open"


@pytest.mark.parametrize(("value", "state"), [("one", "open"), ("two", "preapproved")])
def test_a_value_is_the_one_that_stood_where_it_was_written(value: str, state: str) -> None:
    story = prepared(text="{{ a }}\n")
    story.fact("a", "one")
    story.fact("a", "two")
    story.draft(f"{value}\n")
    story.fact("a", "one")

    assert states(story)["legal"] == state


def test_a_fact_that_was_taken_back_fills_nothing() -> None:
    story = prepared(text="{{ a }}\n")
    story.fact("a", "one")
    story.fact("a", "")
    story.draft("one\n")

    assert states(story)["legal"] == "open"


def test_a_fact_that_the_revision_did_not_come_after_fills_nothing() -> None:
    story = prepared(text="{{ a }}\n")
    declared = [p.digest for p in story.placed("") if p.record.kind == "declared"]
    story.fact("a", "one")
    story.draft("one\n", after=declared)
    assert states(story)["legal"] == "open"

    story.draft("one\n")
    assert states(story)["legal"] == "preapproved"


def test_what_trust_takes_from_its_list_is_approved_no_more() -> None:
    story = prepared()
    story.change_trust(lambda trust: replace(trust, preapproved=()))
    story.draft(WORDS)

    assert "preapproved" not in states(story).values()


def test_what_nobody_listed_is_not_approved() -> None:
    story = prepared()
    story.change_trust(lambda trust: replace(trust, preapproved=()))
    approve(story, gates={"accuracy": "cleo"})
    story.draft(WORDS)

    assert states(story) == {
        "accuracy": "preapproved", "messaging": "open", "legal": "open",
        "approval": "open", "release": "open",
    }  # fmt: skip


def test_an_approval_by_somebody_without_the_role_is_an_error() -> None:
    story = prepared(gates={"legal": "mia"})
    story.draft(WORDS)

    assert states(story)["legal"] == "open"
    assert only(story.report(), "record-writer").path.startswith("templates/records/")


def test_nobody_passes_their_own_words_beforehand() -> None:
    story = Story()
    story.change_trust(
        lambda t: replace(t, roles={**t.roles, "technical-slt": ("tom", "lea")})  # type: ignore[dict-item] # ids are strings
    )
    approve(story)
    story.declare()
    story.fact("services", "card payments")
    story.draft(WORDS, by="lea")

    assert states(story)["legal"] == "open"


def test_one_person_counts_in_one_gate_beforehand_too() -> None:
    story = Story()
    story.change_trust(
        lambda t: replace(t, roles={**t.roles, "legal-officer": ("mia", "leo")})  # type: ignore[dict-item] # ids are strings
    )
    approve(story, gates={"messaging": "mia", "legal": "mia"})
    story.declare()
    story.fact("services", "card payments")
    story.draft(WORDS)

    assert (states(story)["messaging"], states(story)["legal"]) == ("preapproved", "open")
    story.ok("legal", by="mia")
    assert states(story)["legal"] == "open"


def test_an_objection_outweighs_what_was_approved_beforehand(tmp_path: Path) -> None:
    story = prepared()
    story.draft(WORDS)
    story.object("legal")
    story.ok("release")
    story.send()

    assert "standing-objection" in [r for r, _ in told(both_ways(story, tmp_path / "repo"))]


def test_an_approval_that_its_makers_saw_outlives_the_role(tmp_path: Path) -> None:
    story = prepared()
    story.change_trust(lambda trust: without_role(trust, "lea", "legal-officer"))
    story.draft(WORDS)
    story.ok("release")
    story.send()

    assert both_ways(story, tmp_path / "repo").outcome is Outcome.PASS


def test_an_approval_concurrent_with_the_end_of_the_role_is_void(tmp_path: Path) -> None:
    story = Story()
    side = story.aside()
    side.record(
        "template-ok",
        TemplateOk(template="t", audience="all-customers", phase="investigation",
                   channels=dict(CHANNELS), next_update="+30m", text=TEXT, until=""),
        by="lea", gate="legal", message="", incident="", after=[],
    )  # fmt: skip
    story.change_trust(lambda trust: without_role(trust, "lea", "legal-officer"))
    story.merge(side)

    assert "lea does not hold" in only(both_ways(story, tmp_path / "repo"), "overtaken-record").text
