"""A finding says who can mend it and who can live with it, by the roster that is in force."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from commscli.domain.ids import PersonId, RoleId
from commscli.domain.report import Finding
from commscli.domain.trust import Ended
from commscli.gates.mending import named
from tests.support.repos import only
from tests.support.story import Story, passed, sent, with_role, without_role


def unpassed_legal() -> Story:
    story = Story()
    story.declare()
    story.draft()
    story.pass_gates(but=["accuracy", "messaging", "legal", "approval", "release"])
    story.send()
    return story


def about(story: Story, rule: str, words: str = "") -> Finding:
    found = [f for f in story.report().findings if f.rule == rule and words in f.text]
    assert len(found) == 1, story.report().findings
    return found[0]


@pytest.mark.parametrize(
    ("people", "words"),
    [
        ([], "nobody on the roster"),
        (["lea"], "lea"),
        (["lea", "leo"], "lea or leo"),
        (["lea", "leo", "lea"], "lea or leo"),
        (["a", "b", "c"], "a, b or c"),
        (["a", "b", "c", "d"], "a, b, c or d"),
        (["a", "b", "c", "d", "e"], "a, b, c or 2 others"),
    ],
)
def test_people_in_words(people: Sequence[str], words: str) -> None:
    assert named(map(PersonId, people)) == words


def test_an_open_gate_is_for_its_own_people() -> None:
    finding = about(unpassed_legal(), "open-gate", "the gate legal")

    assert finding.who == ("lea", "leo")
    assert finding.accept == ("ada", "alf")


def test_who_left_since_is_not_asked() -> None:
    story = unpassed_legal()
    story.change_trust(lambda trust: replace(
        without_role(trust, "leo"),
        people={p: one for p, one in trust.people.items() if p != "leo"},
        ended=Ended(people=frozenset({PersonId("leo")}), keys=trust.ended.keys),
    ))  # fmt: skip

    assert about(story, "open-gate", "the gate legal").who == ("lea",)


def test_a_gate_whose_people_have_all_gone_is_for_the_admins() -> None:
    story = unpassed_legal()
    story.change_trust(lambda trust: replace(
        trust,
        people={p: one for p, one in trust.people.items() if p not in {"lea", "leo"}},
        roles={**trust.roles, RoleId("legal-officer"): (PersonId("mia"),)},
        ended=Ended(people=frozenset({PersonId("lea"), PersonId("leo")}), keys=trust.ended.keys),
    ))  # fmt: skip

    assert about(story, "open-gate", "the gate legal").who == ("ada", "alf")


def test_an_unheard_objection_is_for_the_objector_and_the_gate() -> None:
    story = passed()
    side = story.aside()
    side.object("legal", by="leo")
    story.send()
    story.merge(side)

    finding = only(story.report(), "unheard-objection")
    assert finding.who == ("leo", "lea")
    assert "leo withdraws it" in finding.remedy
    assert f"comms review {story.message} --ok --gate legal" in finding.remedy


def test_a_record_without_the_role_is_for_those_who_hold_it_now() -> None:
    story = sent()
    story.fact("start", "09:14", by="lea")
    story.change_trust(lambda trust: with_role(without_role(trust, "bea"), "max", "business-lead"))

    finding = about(story, "record-writer")
    assert "bea" not in finding.who
    assert {"max", "tom", "ian"} <= set(finding.who)
    assert "lea" not in finding.who


def test_a_record_that_nobody_can_read_is_for_the_admins() -> None:
    story = sent()
    path = f"incidents/{story.incident}/records/20261122T100000Z-fact-00000000.yaml"
    story.commit({path: b"fact: yes\n", f"{path}.sig": b""}, by="bea")

    finding = about(story, "record-grammar")
    assert finding.who == finding.accept == ("ada", "alf")


def test_an_admin_who_has_gone_accepts_nothing() -> None:
    story = sent()
    story.commit({"trust/notes.txt": b"hm\n"})
    story.change_trust(lambda trust: replace(
        trust, admins=(PersonId("ada"),), quorum=1,
        people={p: one for p, one in trust.people.items() if p != "alf"},
        ended=Ended(people=frozenset({PersonId("alf")}), keys=trust.ended.keys),
    ), signers=("ada",))  # fmt: skip

    assert about(story, "stray-file").accept == ("ada",)


def test_what_only_the_verifier_can_mend_names_nobody() -> None:
    story = sent()
    pin = replace(story.pin, repository="another")

    finding = only(story.report(pin), "pinned-root")
    assert (finding.who, finding.accept, finding.subject) == ((), (), "")
