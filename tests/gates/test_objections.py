"""No strong objection goes unheard."""

from dataclasses import replace
from pathlib import Path

import pytest

from commscli.domain.ids import AudienceId, GateId
from commscli.domain.report import Outcome
from commscli.domain.trust import Relaxed, Trust
from tests.support.repos import both_ways, only, told
from tests.support.story import CHANNELS, Story, first_trust, passed, without_role


def objected() -> Story:
    story = passed()
    story.object("legal", by="lea")
    return story


def legal(story: Story) -> str:
    return story.report().messages[0].gates[2].state.value


def test_an_objection_stands_over_revisions() -> None:
    story = objected()
    story.draft("Other words.\n")
    story.draft("And other ones.\n")
    for gate in ("accuracy", "messaging"):
        story.ok(gate)
    story.ok("legal", by="leo")

    assert legal(story) == "objected"


def test_who_objected_withdraws() -> None:
    story = objected()
    story.withdraw(story.of_kind("objected")[0].digest, by="lea", gate="legal")

    assert legal(story) == "passed"


def test_nobody_else_withdraws_it() -> None:
    story = objected()
    story.withdraw(story.of_kind("objected")[0].digest, by="leo", gate="legal")

    assert legal(story) == "objected"


def test_an_ok_settles_what_it_names() -> None:
    story = objected()
    story.ok("legal", by="leo", settles=[story.of_kind("objected")[0].digest])

    assert legal(story) == "passed"


def test_an_ok_of_another_gate_settles_nothing() -> None:
    story = objected()
    story.ok("messaging", by="max", settles=[story.of_kind("objected")[0].digest])

    assert legal(story) == "objected"


def test_an_ok_settles_only_what_it_saw() -> None:
    story = passed()
    seen = story.heads(story.message)
    objection = story.object("legal", by="lea")
    story.ok("legal", by="leo", settles=[objection], after=seen)

    assert legal(story) == "objected"


def test_an_author_settles_nothing() -> None:
    trust = first_trust()
    roles = {**trust.roles, trust.gates[GateId("legal")].role: ("lea", "tom")}
    story = passed(replace(trust, roles=roles))  # type: ignore[arg-type]  # ids are strings
    story.ok("legal", by="tom", settles=[story.object("legal", by="lea")])

    assert legal(story) == "objected"


def test_a_withdrawn_ok_settles_nothing() -> None:
    story = objected()
    given = story.ok("legal", by="leo", settles=[story.of_kind("objected")[0].digest])
    story.withdraw(given, by="leo", gate="legal")

    assert legal(story) == "objected"


def unheard() -> Story:
    story = passed()
    side = story.aside()
    side.object("legal", by="lea")
    story.send()
    story.merge(side)
    return story


def test_one_made_while_it_was_sent_is_unheard(tmp_path: Path) -> None:
    report = both_ways(unheard(), tmp_path / "repo")

    finding = only(report, "unheard-objection")
    assert "lea (legal)" in finding.text
    assert report.outcome is Outcome.FAIL
    assert {gate.state.value for gate in report.messages[0].gates} == {"passed"}


@pytest.mark.parametrize("how", ["settled", "withdrawn"])
def test_answering_it_later_mends_it(how: str) -> None:
    story = unheard()
    objection = story.of_kind("objected")[0].digest
    if how == "settled":
        story.ok("legal", by="leo", settles=[objection])
    else:
        story.withdraw(objection, by="lea", gate="legal")

    assert story.report().findings == ()


def test_one_made_after_the_send_asks_for_a_correction() -> None:
    story = passed()
    story.send()
    story.object("legal", by="leo")

    report = story.report()

    assert told(report) == [("late-objection", "warning")]
    assert report.outcome is Outcome.PASS


def relaxed(trust: Trust) -> Trust:
    rule = Relaxed(gates=(GateId("release"),), channels=dict(CHANNELS), recipients=())
    return replace(trust, relaxed={AudienceId("all-customers"): rule})


def test_one_in_a_gate_that_the_audience_is_spared_is_heard_all_the_same() -> None:
    story = Story(relaxed(first_trust()))
    story.declare()
    story.draft()
    story.ok("release")
    assert [g.gate for g in story.report().messages[0].gates] == ["release"]

    objection = story.object("legal", by="lea")
    assert [g.gate for g in story.report().messages[0].gates] == ["legal", "release"]
    sent = story.aside()
    sent.send()
    assert "lea objected" in only(sent.report(), "standing-objection").text

    story.withdraw(objection, by="lea", gate="legal")
    story.send()
    assert story.report().findings == ()


def test_one_in_a_gate_that_is_no_more_stands_until_it_is_withdrawn() -> None:
    story = passed()
    objection = story.object("legal", by="lea")
    story.change_trust(without_legal)
    report = story.report()
    assert [(g.gate, g.state.value) for g in report.messages[0].gates][-1] == (
        "release",
        "objected",
    )

    story.withdraw(objection, by="lea", gate="")

    assert {g.state.value for g in story.report().messages[0].gates} == {"passed"}


def without_legal(trust: Trust) -> Trust:
    gates = {i: g for i, g in trust.gates.items() if i != "legal"}
    approval = replace(gates[GateId("approval")], after=(GateId("accuracy"), GateId("messaging")))
    return replace(trust, gates={**gates, GateId("approval"): approval})


def test_an_objection_of_somebody_who_lost_the_role_meanwhile_is_void() -> None:
    story = passed()
    with story.branch() as side:
        side.object("legal", by="lea")
        story.change_trust(lambda trust: without_role(trust, "lea"))
    story.send()

    assert "lea's objected" in only(story.report(), "overtaken-record").text


def test_a_suggestion_stops_nothing() -> None:
    story = passed()
    story.verdict("suggested", "legal", text="say it shorter")
    story.send()

    assert story.report().findings == ()
