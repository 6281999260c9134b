"""The two ways round a gate that a roster can allow: an emergency, and words passed beforehand."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from commscli.domain.ids import AudienceId, Digest, PersonId
from commscli.domain.records import Ratified, TemplateOk
from commscli.domain.trust import Emergency, Trust
from tests.attacks.staging import Stage, declared, in_review
from tests.support.story import CHANNELS, Story, with_role

LISTED = Emergency(
    people=(PersonId("ian"), PersonId("eva")),
    needs=2,
    templates=("all-customers",),
    audiences=(AudienceId("all-customers"),),
)
RATIFIERS = {"accuracy": "cleo", "messaging": "mia", "legal": "lea", "approval": "eli",
             "release": "ida"}  # fmt: skip


def allowing(stage: Stage, *roles: tuple[str, str], **changed: Any) -> None:
    """Let the roster allow an emergency, and give people these roles."""

    def alter(trust: Trust) -> Trust:
        for name, role in roles:
            trust = with_role(trust, name, role)
        return replace(trust, emergency=replace(LISTED, **changed))

    stage.story.change_trust(alter)


def decide(story: Story, by: Sequence[str] = ("ian", "eva")) -> None:
    for name in by:
        story.ok("emergency", by=name)


def ratify(story: Story, intent: Digest, gates: dict[str, str]) -> None:
    for gate, by in gates.items():
        story.record("ratified", Ratified(of=intent), by=by, gate=gate)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage.of(tmp_path, in_review)


# -- emergencies


@pytest.mark.row(20)
def test_an_emergency_that_nobody_ratified(stage: Stage) -> None:
    allowing(stage)
    decide(stage.story)
    stage.story.send()

    assert len(stage.fails("emergency-send", says=["skipped in an emergency by ian and eva"])) == 5


@pytest.mark.row(20)
def test_an_emergency_that_all_have_ratified_is_told_in_the_records(stage: Stage) -> None:
    """Without this the other tests would show nothing."""
    allowing(stage)
    decide(stage.story)
    ratify(stage.story, stage.story.send(), RATIFIERS)
    stage.repo.write(stage.story)

    stage.passes()


@pytest.mark.row(20)
@pytest.mark.parametrize(
    ("changed", "by"),
    [
        ({}, ("ian",)),
        ({}, ("ian", "ian")),
        ({"people": (PersonId("ian"), PersonId("tom"))}, ("ian", "tom")),
        ({"audiences": (AudienceId("internal-stakeholders"),)}, ("ian", "eva")),
        ({"templates": ("another",)}, ("ian", "eva")),
    ],
    ids=["alone", "twice", "an author", "another audience", "another template"],
)
def test_an_emergency_that_is_none(
    stage: Stage, changed: dict[str, Any], by: Sequence[str]
) -> None:
    allowing(stage, **changed)
    decide(stage.story, by)
    stage.story.send()

    assert len(stage.fails("open-gate")) == 5


@pytest.mark.row(20)
def test_an_emergency_that_no_roster_allows(stage: Stage) -> None:
    decide(stage.story)
    stage.story.send()

    stage.fails("record-writer", "open-gate")


@pytest.mark.row(20)
def test_an_emergency_over_an_objection(stage: Stage) -> None:
    allowing(stage)
    stage.story.object("legal", by="leo")
    decide(stage.story)
    ratify(stage.story, stage.story.send(), RATIFIERS)

    stage.fails("standing-objection", says=["leo objected"])


@pytest.mark.row(20)
@pytest.mark.parametrize("by", ["ian", "tom", "max"])
def test_a_gate_is_ratified_by_who_may_not(stage: Stage, by: str) -> None:
    """Who decided, who wrote it, who does not hold the role."""
    allowing(stage, ("tom", "incident-commander"))
    decide(stage.story)
    ratify(stage.story, stage.story.send(), {**RATIFIERS, "release": by})

    more = ["record-writer"] if by == "max" else []
    stage.fails("emergency-send", *more, says=["the gate release"])


@pytest.mark.row(20, 10)
def test_one_person_passes_a_gate_and_ratifies_another(stage: Stage) -> None:
    allowing(stage, ("lea", "elt-approver"))
    decide(stage.story)
    stage.story.ok("legal", by="lea")
    late = {gate: by for gate, by in RATIFIERS.items() if gate != "legal"}
    ratify(stage.story, stage.story.send(), late | {"approval": "lea"})

    stage.fails("emergency-send", says=["the gate approval"])


# -- words that were passed beforehand


TEXT = """---
subject: "{{ incident.title }}"
channels: [status]
next_update: +30m
---

We have noticed a problem with {{ services }}.
Our next update follows by {{ send.next_update }}.
"""
WORDS = TEXT.replace("{{ incident.title }}", "Checkout outage").replace(
    "{{ services }}", "card payments"
)
EARLY = {"accuracy": "cleo", "messaging": "mia", "legal": "lea", "approval": "eli"}


@pytest.fixture
def prepared(tmp_path: Path) -> Stage:
    """Four gates have passed a text for all customers, and the admins have listed that."""
    stage = Stage.of(tmp_path, declared)
    body = TemplateOk(
        template="base/investigation/all-customers",
        audience="all-customers",
        phase="investigation",
        channels=dict(CHANNELS),
        next_update="+30m",
        text=TEXT,
        until="",
    )
    done = [
        stage.story.record("template-ok", body, by=by, gate=gate, message="", incident="", after=[])
        for gate, by in EARLY.items()
    ]
    stage.story.change_trust(lambda trust: replace(trust, preapproved=tuple(sorted(done))))
    return stage


def release(story: Story) -> None:
    story.ok("release")
    story.send()


@pytest.mark.row(13)
def test_words_that_were_passed_beforehand(prepared: Stage) -> None:
    """Without this the other tests would show nothing."""
    prepared.story.fact("services", "card payments")
    prepared.story.draft(WORDS)
    release(prepared.story)
    prepared.repo.write(prepared.story)

    prepared.passes()


Attack = Callable[[Story], object]
OTHERWISE: dict[str, Attack] = {
    "one more word": lambda story: story.draft(WORDS + "All is well.\n"),
    "a value of nobody's": lambda story: story.draft(WORDS.replace("card payments", "everything")),
    "another audience": lambda story: story.draft(WORDS, audience="strategic-customers"),
    "another phase": lambda story: story.draft(WORDS, phase="resolution"),
    "an attachment": lambda story: story.draft(WORDS, attachments={"terms.pdf": b"terms\n"}),
    "another page": lambda story: story.draft(
        WORDS, channels={"status": {"adapter": "file", "page": "evil.example.com"}}
    ),
}


@pytest.mark.row(13)
@pytest.mark.parametrize("attack", OTHERWISE.values(), ids=OTHERWISE)
def test_words_that_nobody_passed_beforehand(prepared: Stage, attack: Attack) -> None:
    prepared.story.fact("services", "card payments")
    attack(prepared.story)
    release(prepared.story)

    prepared.fails("open-gate", "wrong-order")


@pytest.mark.row(2, 13)
def test_words_that_were_passed_beforehand_for_a_list_that_was_not(prepared: Stage) -> None:
    prepared.story.fact("services", "card payments")
    prepared.story.draft(WORDS, recipients={"digest": "9" * 64, "count": 5})
    release(prepared.story)

    prepared.fails("open-gate", "wrong-order", says=["the gate approval"])


@pytest.mark.row(13)
def test_words_that_were_passed_beforehand_with_another_promise(prepared: Stage) -> None:
    prepared.story.fact("services", "card payments")
    prepared.story.draft(WORDS, next_update="+240h")
    prepared.story.ok("release")
    late = {"send.time": "2026-11-22T10:00:00Z", "send.next_update": "2026-12-02T10:00:00Z"}
    prepared.story.end_send(prepared.story.begin_send(), slots=late)

    prepared.fails("open-gate", "wrong-order")


@pytest.mark.row(13)
def test_a_fact_is_made_up_for_words_that_were_sent(prepared: Stage) -> None:
    """A few plain words only, and by somebody who may state facts: see the threat model."""
    prepared.story.fact("services", "card payments")
    said = "all payments"
    prepared.story.draft(WORDS.replace("card payments", said))
    release(prepared.story)
    prepared.story.fact("services", said, by="tom")

    prepared.fails("open-gate", "wrong-order")


@pytest.mark.row(13)
def test_a_fact_that_is_a_second_message(prepared: Stage) -> None:
    """One person states the fact and drafts the words; nobody but the release has read them."""
    said = "card payments. For a refund call 0900 123 456 today or write to pay@evil.example.com"
    prepared.story.fact("services", said, by="tom")
    prepared.story.draft(WORDS.replace("card payments", said), by="tom")
    release(prepared.story)

    prepared.fails("open-gate", "wrong-order")
