"""People, not keys: who counts in which gate."""

from dataclasses import replace
from pathlib import Path

import pytest

from commscli.domain.ids import GateId, PersonId, RoleId
from commscli.domain.report import Outcome
from commscli.domain.trust import Gate, Trust
from tests.support.repos import both_ways, only, told
from tests.support.story import (
    Story,
    first_trust,
    passed,
    person,
    public_key,
    with_role,
)


def needing(trust: Trust, gate: str, count: int) -> Trust:
    changed = replace(trust.gates[GateId(gate)], needs=count)
    return replace(trust, gates={**trust.gates, GateId(gate): changed})


def ready(trust: Trust, *but: str) -> Story:
    story = Story(trust)
    story.declare()
    story.draft()
    story.pass_gates(but=but)
    return story


def with_keys(trust: Trust, name: str, *keys: str, kind: str = "person") -> Trust:
    return replace(trust, people={**trust.people, PersonId(name): person(name, *keys, kind=kind)})


def test_one_person_with_two_keys_is_one_person(tmp_path: Path) -> None:
    trust = with_keys(needing(first_trust(), "legal", 2), "lea", "lea", "lea_laptop")
    story = ready(trust, "legal", "approval", "release")
    story.ok("legal", by="lea")
    story.ok("legal", by="lea", key="lea_laptop")

    legal = both_ways(story, tmp_path / "repo").messages[0].gates[2]

    assert (legal.by, legal.missing, legal.could) == (("lea",), 1, ("leo",))


def test_two_people_fill_a_gate_that_needs_two() -> None:
    story = ready(needing(first_trust(), "legal", 2), "legal", "approval", "release")
    story.ok("legal", by="lea")
    story.ok("legal", by="leo")

    legal = story.report().messages[0].gates[2]

    assert (legal.state.value, legal.by) == ("passed", ("lea", "leo"))


def test_nobody_passes_their_own_words_with_a_second_key(tmp_path: Path) -> None:
    trust = with_keys(
        with_role(first_trust(), "tom", "incident-commander"), "tom", "tom", "tom_laptop"
    )
    story = ready(trust, "release")
    story.ok("release", by="tom", key="tom_laptop")
    story.send()

    assert "tom wrote" in only(both_ways(story, tmp_path / "repo"), "own-words").text


def test_an_author_of_any_revision_is_an_author_of_the_message() -> None:
    trust = with_role(first_trust(), "tara", "incident-commander")
    story = Story(trust)
    story.declare()
    story.draft(by="tara")
    story.draft("Better words.\n", by="tom")
    story.pass_gates(but=["release"])
    story.ok("release", by="tara")
    story.send()

    assert "tara wrote" in only(story.report(), "own-words").text


def test_who_judges_and_drafts_later_is_an_author_from_the_first_word() -> None:
    trust = with_role(first_trust(), "lea", "technical-slt")
    story = passed(trust)
    story.draft(by="lea", recipients={"digest": "a" * 64, "count": 1})

    legal = story.report().messages[0].gates[2]

    assert (legal.state.value, legal.rule, legal.could) == ("open", "own-words", ("leo",))


def test_a_service_judges_nothing(tmp_path: Path) -> None:
    trust = with_role(
        with_keys(first_trust(), "robot", "robot", kind="service"), "robot", "legal-officer"
    )
    story = ready(trust, "legal", "approval", "release")
    story.ok("legal", by="robot")

    report = both_ways(story, tmp_path / "repo")

    finding = only(report, "record-writer")
    assert "robot's ok" in finding.text
    assert report.messages[0].gates[2].could == ("lea", "leo")


def test_a_service_may_send(tmp_path: Path) -> None:
    trust = with_role(
        with_keys(first_trust(), "robot", "robot", kind="service"), "robot", "business-responder"
    )
    story = passed(trust)
    story.send(by="robot")

    assert both_ways(story, tmp_path / "repo").findings == ()


def test_may_share_lets_one_person_fill_both_gates() -> None:
    trust = replace(
        with_role(first_trust(), "eli", "incident-commander"),
        may_share=(frozenset({GateId("approval"), GateId("release")}),),
    )
    story = ready(trust, "release")
    story.ok("release", by="eli")
    story.send()

    assert story.report().findings == ()


def test_may_share_is_for_that_pair_only() -> None:
    trust = replace(
        with_role(first_trust(), "eli", "legal-officer"),
        may_share=(frozenset({GateId("approval"), GateId("release")}),),
    )
    story = ready(trust, "legal", "approval", "release")
    story.ok("legal", by="eli")
    story.ok("approval", by="eli")

    approval = story.report().messages[0].gates[3]

    assert (approval.rule, approval.could) == ("two-gates", ("eva",))


def test_a_person_with_two_verdicts_counts_in_the_earlier_gate_whatever_came_first() -> None:
    trust = with_role(first_trust(), "lea", "messaging-officer")
    story = ready(trust, "messaging", "legal", "approval", "release")
    story.ok("legal", by="lea")
    assert story.report().messages[0].gates[2].by == ("lea",)

    story.ok("messaging", by="lea")
    messaging, legal = story.report().messages[0].gates[1:3]

    assert messaging.by == ("lea",)
    assert (legal.by, legal.rule) == ((), "two-gates")


@pytest.mark.parametrize("role", ["legal-officer", "nobody-holds-this"])
def test_a_gate_whose_role_nobody_holds_is_never_passed(role: str) -> None:
    trust = first_trust()
    empty = replace(trust.gates[GateId("legal")], role=RoleId(role))
    trust = replace(
        trust,
        roles={**trust.roles, RoleId("legal-officer"): ()},
        gates={**trust.gates, GateId("legal"): empty},
    )
    story = ready(trust, "legal", "approval", "release")

    legal = story.report().messages[0].gates[2]

    assert (legal.state.value, legal.missing, legal.could) == ("open", 1, ())


@pytest.mark.parametrize(
    "gates",
    [{}, {GateId("legal"): Gate(id=GateId("legal"), role=RoleId("legal-officer"), needs=0,
                                after=(), recipients=False)}],
    ids=["no gate", "threshold 0"],
)  # fmt: skip
def test_trust_that_would_pass_a_message_on_nobodys_word_is_refused_whole(
    gates: dict[GateId, Gate],
) -> None:
    story = Story(replace(first_trust(), gates=gates))
    story.declare()

    report = story.report()

    assert report.outcome is Outcome.UNDECIDED
    assert "trust-chain" in {rule for rule, _ in told(report)}


def test_a_key_of_two_people_is_refused() -> None:
    trust = first_trust()
    twin = replace(trust.people[PersonId("leo")], keys=(public_key("lea"),))
    report = Story(replace(trust, people={**trust.people, PersonId("leo"): twin})).report()

    assert report.outcome is Outcome.UNDECIDED
    assert "belongs to one person" in report.findings[0].text


def test_somebody_elses_name_does_not_help(tmp_path: Path) -> None:
    story = ready(first_trust(), "legal", "approval", "release")
    story.ok("legal", by="lea", key="tom")

    finding = only(both_ways(story, tmp_path / "repo"), "record-writer")

    assert "says that lea wrote it, and the key is tom's" in finding.text


def test_a_withdrawn_ok_does_not_count() -> None:
    story = ready(first_trust(), "legal", "approval", "release")
    given = story.ok("legal")
    story.withdraw(given, by="lea", gate="legal")

    assert story.report().messages[0].gates[2].state.value == "open"


def test_nobody_withdraws_anothers_ok() -> None:
    story = ready(first_trust(), "legal", "approval", "release")
    given = story.ok("legal")
    story.withdraw(given, by="leo", gate="legal")

    assert story.report().messages[0].gates[2].state.value == "passed"


def test_two_senders_of_one_message_are_both_told_of() -> None:
    story = passed()
    with story.branch() as side:
        side.send(by="ruth")
    story.send()

    story = passed()
    side = story.aside()
    side.send(by="ruth")
    story.send(by="rob")
    story.merge(side)

    assert told(story.report()) == [("second-send", "error")]


def test_a_deliberate_repeat_says_why() -> None:
    story = passed()
    story.send()
    story.send(why="the mail server lost it")

    assert story.report().findings == ()
