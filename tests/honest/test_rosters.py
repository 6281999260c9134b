"""Handing over and changing the roster in the middle of everything."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from commscli.domain.ids import PersonId
from commscli.domain.trust import Ended, Trust
from tests.honest.office import Office, gates
from tests.honest.stories import drafted
from tests.support.repos import Repo
from tests.support.story import Story, person, public_key, with_role, without_role


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office.of(tmp_path, drafted)


def gone(trust: Trust, name: str) -> Trust:
    """Somebody leaves: out of the people and the roles, and listed under ended."""
    trust = without_role(trust, name)
    keys = frozenset(trust.people[PersonId(name)].keys)
    return replace(
        trust,
        people={p: who for p, who in trust.people.items() if p != name},
        ended=Ended(keys=trust.ended.keys | keys, people=trust.ended.people | {PersonId(name)}),
    )


def merged(office: Office, *branches: Story) -> Repo:
    """A clone in which git has merged these branches into the trunk."""
    office.share(office.story, "main")
    for number, branch in enumerate(branches):
        office.share(branch, f"branch-{number}")
    clone = office.clone("clone")
    for number in range(len(branches)):
        clone.git("merge", "-q", "--no-ff", "-m", "Merge", f"origin/branch-{number}")
    clone.git("push", "-q", "origin", "main")
    return clone


def test_a_shift_ends_after_the_verdict_was_in(office: Office) -> None:
    """The admins saw it; it stays, and the message goes out on it."""
    story = office.story
    story.ok("accuracy")
    story.ok("messaging")
    story.ok("legal", by="leo")
    story.change_trust(lambda trust: gone(trust, "leo"))
    story.ok("approval")
    story.ok("release")
    story.send()

    document = office.green(merged(office))
    assert gates(document, story.message)["legal"] == ("passed", ["leo"])


def test_a_shift_ends_while_the_verdict_is_on_its_way(office: Office) -> None:
    """Nobody did anything wrong: the verdict is void, and the next shift gives it again."""
    story = office.story
    side = story.aside()
    side.ok("legal", by="leo")
    story.change_trust(lambda trust: gone(trust, "leo"))
    story.merge(side)
    office.share(story, "main")
    document = office.green(office.clone("before"), "overtaken-record")
    assert gates(document, story.message)["legal"] == ("open", [])

    for gate in story.in_force.trust.gates:
        story.ok(gate)
    story.send()
    office.share(story, "main")
    document = office.green(office.clone("after"), "overtaken-record")
    assert gates(document, story.message)["legal"] == ("passed", ["lea"])


@pytest.mark.parametrize("into", ["the verdicts into the roster", "the roster into the verdicts"])
def test_a_roster_changes_while_people_judge(office: Office, into: str) -> None:
    """Somebody new comes on the roster; what others say under the old one counts."""
    side = office.story.aside()
    for gate in ("accuracy", "messaging", "legal"):
        side.ok(gate)
    office.story.change_trust(
        lambda t: with_role(
            replace(t, people={**t.people, PersonId("nia"): person("nia")}), "nia", "elt-approver"
        )
    )
    one, other = (office.story, side) if into.startswith("the verdicts") else (side, office.story)
    one.merge(other)
    one.ok("approval", by="nia")
    one.ok("release")
    one.send()
    office.share(one, "main")

    document = office.green(office.clone("clone"))
    assert gates(document, office.story.message)["approval"] == ("passed", ["nia"])
    assert document["trust"]["version"] == 2


def test_a_key_is_exchanged_in_the_middle_of_an_incident(office: Office) -> None:
    story = office.story
    story.ok("legal", by="lea")

    def rotated(trust: Trust) -> Trust:
        ended = Ended(keys=trust.ended.keys | {public_key("lea")}, people=trust.ended.people)
        new = person("lea", "lea_new")
        return replace(trust, people={**trust.people, PersonId("lea"): new}, ended=ended)

    story.change_trust(rotated)
    story.ok("legal", by="lea", key="lea_new")
    other = story.aside()
    other.fact("start", "09:14")

    office.green(merged(office, other))


def test_two_shifts_change_the_roster_one_after_the_other(office: Office) -> None:
    for name in ("leo", "max", "carl"):
        office.story.change_trust(partial(gone, name=name))
        office.story.fact("start", "09:14")
    office.story.change_trust(
        lambda t: replace(t, admins=(*t.admins, PersonId("eli")), quorum=2),
        signers=("ada", "alf"),
    )
    side = office.story.aside()
    side.ok("legal", by="lea")

    document = office.green(merged(office, side))
    assert document["trust"]["version"] == 5


def test_the_sender_leaves_right_after_the_send(office: Office) -> None:
    story = office.story
    story.pass_gates()
    story.send()
    story.change_trust(lambda trust: gone(trust, "rob"))

    office.green(merged(office))
