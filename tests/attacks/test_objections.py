"""Verdicts out of order; objections ignored, answered by the wrong people, hidden, deleted."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from commscli.domain.ids import Digest, MessageId
from commscli.ledger import record_files
from commscli.ledger.record_files import folder_of
from tests.attacks.staging import Stage, in_review, to_send
from tests.support.story import Story, sign, without_role

REVIEWS = ("accuracy", "messaging", "legal")


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage.of(tmp_path, in_review)


# -- order


@pytest.mark.row(15)
def test_approval_before_the_reviews(stage: Stage) -> None:
    stage.story.ok("approval")
    stage.story.pass_gates(but=["approval"])
    stage.story.send()

    stage.fails("wrong-order", says=["eli gave approval before accuracy, messaging, legal stood"])


@pytest.mark.row(15)
def test_approval_side_by_side_with_the_reviews(stage: Stage) -> None:
    """It came later by clock and by commit, and had not seen one of them."""
    with stage.story.branch() as side:
        side.ok("legal")
        for gate in ("accuracy", "messaging", "approval"):
            stage.story.ok(gate)
    stage.story.ok("release")
    stage.story.send()

    stage.fails("wrong-order", says=["eli gave approval before legal stood"])


@pytest.mark.row(15)
def test_approval_that_passes_over_what_it_should_have_seen(stage: Stage) -> None:
    revision = stage.story.newest
    for gate in REVIEWS:
        stage.story.ok(gate)
    stage.story.ok("approval", after=[revision])
    stage.story.ok("release")
    stage.story.send()

    stage.fails("wrong-order", says=["eli gave approval before", "ian gave release before"])


@pytest.mark.row(15)
def test_reviews_that_are_dated_back(stage: Stage) -> None:
    stage.story.ok("approval")
    shelf, late = stage.story.shelf, stage.story.shelf.ticks
    shelf.ticks = 4  # long before the approval, by what they say
    for gate in REVIEWS:
        stage.story.ok(gate)
    shelf.ticks = late
    stage.story.ok("release")
    stage.story.send()

    stage.fails("wrong-order", says=["eli gave approval before accuracy, messaging, legal stood"])


@pytest.mark.row(15)
def test_a_verdict_that_rests_on_what_is_not_there(stage: Stage) -> None:
    """A digest of nothing in ``after`` stands for no review."""
    for gate in ("accuracy", "messaging"):
        stage.story.ok(gate)
    seen = stage.story.heads(stage.story.message)
    stage.story.ok("approval", after=sorted([*seen, Digest("f" * 64)]))
    stage.story.ok("legal")
    stage.story.ok("release")
    stage.story.send()

    stage.fails("missing-past", "wrong-order", says=["a record that is not here: ffffffff"])


@pytest.mark.row(15)
def test_a_verdict_that_rests_on_another_message(stage: Stage) -> None:
    """Another message's approval is no past of this one's."""
    probe = stage.story.aside()
    probe.message = MessageId(stage.before["messages"][1]["message"])
    passed_there = probe.of_kind("ok")[-1].digest
    stage.story.ok("approval", after=sorted([stage.story.newest, passed_there]))
    stage.story.pass_gates(but=["approval"])
    stage.story.send()

    stage.fails("missing-past", "wrong-order")


@pytest.mark.row(15)
def test_the_send_had_not_seen_the_verdicts(stage: Stage) -> None:
    revision = stage.story.newest
    stage.story.pass_gates()
    intent = stage.story.begin_send(after=[revision])
    stage.story.end_send(intent)

    assert len(stage.fails("open-gate")) == 5


# -- objections that are passed over


Answer = Callable[[Story, Digest], object]
NO_ANSWERS: dict[str, Answer] = {
    "none": lambda _story, _objection: None,
    "an ok that does not name it": lambda story, _: story.ok("legal", by="lea"),
    "an ok of another gate": lambda story, it: story.ok("messaging", by="mia", settles=[it]),
    "an ok that has not seen it": lambda story, it: story.ok(
        "legal", by="lea", settles=[it], after=[story.newest]
    ),
    "a withdrawal of somebody else's": lambda story, it: story.withdraw(it, by="bea"),
    "a withdrawal by who judges the gate": lambda story, it: story.withdraw(it, by="lea"),
    "a withdrawal that has not seen it": lambda story, it: story.withdraw(
        it, by="leo", after=[story.newest]
    ),
    "an ok that was taken back": lambda story, it: story.withdraw(
        story.ok("legal", by="lea", settles=[it]), by="lea"
    ),
    "new words": lambda story, _: story.draft("Card payments fail; we are on it.\n"),
}


@pytest.mark.row(17)
@pytest.mark.parametrize("answer", NO_ANSWERS.values(), ids=NO_ANSWERS)
def test_sent_over_an_objection(stage: Stage, answer: Answer) -> None:
    objection = stage.story.object("legal", by="leo")
    answer(stage.story, objection)
    stage.story.pass_gates()
    stage.story.send()

    found = stage.fails("standing-objection", "wrong-order", says=["leo objected"])
    assert [f["rule"] for f in found].count("standing-objection") == 1


@pytest.mark.row(17)
def test_an_objection_is_outvoted(stage: Stage) -> None:
    stage.story.object("legal", by="leo")
    stage.story.pass_gates()
    stage.story.ok("legal", by="lea")
    stage.story.send()

    stage.fails("standing-objection", "wrong-order", says=["an objection stood (leo objected)"])


@pytest.mark.row(17)
def test_who_objected_says_ok_without_settling_it(stage: Stage) -> None:
    stage.story.object("legal", by="lea")
    stage.story.pass_gates()
    stage.story.send()

    stage.fails("standing-objection", "wrong-order", says=["lea objected"])


@pytest.mark.row(17)
def test_an_objection_of_an_approver_who_approves_after_all(tmp_path: Path) -> None:
    stage = Stage.of(tmp_path, to_send)
    stage.story.object("approval", by="eva")
    stage.story.send()

    stage.fails("standing-objection", says=["eva objected"])


@pytest.mark.row(17)
def test_an_objection_in_a_gate_that_is_taken_away(tmp_path: Path) -> None:
    stage = Stage.of(tmp_path, to_send)
    stage.story.object("legal", by="leo")
    stage.story.change_trust(
        lambda trust: replace(
            trust,
            gates={
                id_: replace(gate, after=tuple(g for g in gate.after if g != "legal"))
                for id_, gate in trust.gates.items()
                if id_ != "legal"
            },
        )
    )
    stage.story.send()

    stage.fails("standing-objection", says=["leo objected"])


# -- objections that disappear


@pytest.mark.row(18)
def test_an_objection_is_deleted(tmp_path: Path) -> None:
    stage = Stage.of(tmp_path, to_send)
    path = stage.story.path(stage.story.object("legal", by="leo"))
    stage.story.commit({path: None, f"{path}.sig": None})
    stage.story.send()

    stage.fails("append-only", "unheard-objection", says=["removed", "leo (legal) objected"])


@pytest.mark.row(18)
def test_an_objection_is_overwritten(tmp_path: Path) -> None:
    stage = Stage.of(tmp_path, to_send)
    written = stage.story.shelf.records[stage.story.object("legal", by="leo")]
    seen = stage.story.heads(stage.story.message)
    data = written.data.replace(b'"objected"', b'"suggested"')
    armored = sign("leo", data, record_files.NAMESPACE)
    stage.story.commit({written.path: data, f"{written.path}.sig": armored})
    intent = stage.story.begin_send(after=seen)
    stage.story.end_send(intent)

    stage.fails("append-only", "standing-objection", says=["was changed", "leo objected"])


@pytest.mark.row(18)
@pytest.mark.parametrize("part", ["folder", "message", "incident"])
def test_an_objection_is_deleted_with_all_around_it(tmp_path: Path, part: str) -> None:
    stage = Stage.of(tmp_path, to_send)
    stage.story.object("legal", by="leo")
    stage.repo.write(stage.story)
    folder = folder_of(stage.story.incident, "" if part == "incident" else stage.story.message)
    under = f"{folder}/records/" if part == "folder" else f"{folder}/"
    stage.story.commit({path: None for path in stage.story.tree if path.startswith(under)})
    stage.repo.write(stage.story)

    answer = stage.check()

    assert {(f["rule"], f["level"]) for f in answer.json["findings"]} == {
        ("append-only", "error"),
        *({("frozen-draft", "error")} if part == "incident" else ()),
    }
    assert answer.status == 1
    stage.others_are_as_before(answer)


@pytest.mark.row(18)
def test_an_objection_is_made_void_by_a_copy_in_a_wrong_place(tmp_path: Path) -> None:
    stage = Stage.of(tmp_path, to_send)
    written = stage.story.shelf.records[stage.story.object("legal", by="leo")]
    path = written.path.replace(stage.story.message, "investigation-all-customers-2")
    stage.story.enter(written, key="leo", path=path)
    stage.story.send()

    stage.fails("record-place", "standing-objection", says=["leo objected"])


@pytest.mark.row(18)
def test_an_objection_is_copied_onto_history_from_before_its_roster(tmp_path: Path) -> None:
    """It was rightly brought in once: a copy by somebody else takes nothing from it."""
    stage = Stage.of(tmp_path, to_send)
    early = stage.story.aside()
    stage.story.change_trust(lambda trust: without_role(trust, "max"))
    path = stage.story.path(stage.story.object("legal", by="leo"))
    early.commit({p: stage.story.tree[p] for p in (path, f"{path}.sig")})
    stage.story.merge(early)
    stage.story.send()

    warned = ["commit-signature-lost"]  # the copy is not signed by leo
    stage.fails("standing-objection", says=["leo objected"], warns=warned)


@pytest.mark.row(18)
def test_a_record_that_rests_on_one_that_was_never_shared(tmp_path: Path) -> None:
    """Its writer saw the objection; whoever shares the branch left it out."""
    stage = Stage.of(tmp_path, to_send)
    side = stage.story.aside()
    objection = side.object("legal", by="leo")
    seen = side.heads(stage.story.message)
    intent = stage.story.begin_send(after=seen)
    stage.story.end_send(intent)

    stage.fails(
        "missing-past",
        "forked-draft",
        "open-gate",
        says=[f"a record that is not here: {objection[:8]}"],
    )


# -- objections that are not shown to the sender


@pytest.mark.row(19)
def test_an_objection_on_a_branch_is_heard_as_soon_as_it_is_merged(tmp_path: Path) -> None:
    stage = Stage.of(tmp_path, to_send)
    side = stage.story.aside()
    side.object("legal", by="leo")
    stage.story.send()
    stage.story.merge(side)

    stage.fails("unheard-objection", says=["leo (legal) objected, and it was sent without hearing"])


@pytest.mark.row(19)
def test_the_sender_passes_over_an_objection_that_is_there(tmp_path: Path) -> None:
    stage = Stage.of(tmp_path, to_send)
    before = stage.story.heads(stage.story.message)
    stage.story.object("legal", by="leo")
    intent = stage.story.begin_send(after=before)
    stage.story.end_send(intent)

    stage.fails("unheard-objection", says=["leo (legal) objected, and it was sent without hearing"])


@pytest.mark.row(19)
def test_an_objection_that_names_no_past_is_an_objection(tmp_path: Path) -> None:
    stage = Stage.of(tmp_path, to_send)
    stage.story.object("legal", by="leo", after=[])
    stage.story.send()

    stage.fails("standing-objection", says=["leo objected"])


@pytest.mark.row(17, 19)
def test_an_objection_stands_again_when_what_settled_it_is_taken_back(tmp_path: Path) -> None:
    """The send rested on the settlement; whoever looks again must settle it again."""
    stage = Stage.of(tmp_path, in_review)
    story = stage.story
    for gate in ("accuracy", "messaging"):
        story.ok(gate)
    objection = story.object("legal", by="leo")
    settling = story.ok("legal", by="lea", settles=[objection])
    for gate in ("approval", "release"):
        story.ok(gate)
    side = story.aside()
    story.send()
    side.withdraw(settling, by="lea")
    story.merge(side)
    story.ok("legal", by="lea")

    stage.fails("unheard-objection", says=["lea took back their ok (legal)"])
    story.ok("legal", by="lea", settles=[objection])
    stage.repo.write(story)
    assert stage.check().json["outcome"] == "pass"
