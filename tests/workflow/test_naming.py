"""A few letters mean one incident, one message, one revision; or it is said which they could."""

from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from commscli.errors import BadInput
from commscli.gates.case import Case
from commscli.workflow.messages.naming import pick_incident, pick_message, pick_revision

ALIASES = {"public": "all-customers", "all customers": "all-customers"}


@dataclass
class Revisions:
    drafts: dict[str, None] = field(default_factory=dict)

    def number(self, digest: str) -> int:
        return list(self.drafts).index(digest) + 1


@dataclass
class Verdict:
    state: str = "in-review"


@dataclass
class Message:
    message: str
    revisions: Revisions = field(default_factory=Revisions)
    verdict: Verdict = field(default_factory=Verdict)


@dataclass
class Known:
    stage: str
    drill: bool = False


@dataclass
class Incident:
    id: str
    messages: list[Message]
    incident: Known | None


def case(**incidents: tuple[str, list[str]]) -> Case:
    """Incidents by id (underscores are hyphens): their stage, and the ids of their messages."""
    listed = [
        Incident(name.replace("_", "-"), [Message(m) for m in messages], Known(stage))
        for name, (stage, messages) in incidents.items()
    ]
    return cast("Case", type("Some", (), {"incidents": listed})())


THREE = [f"investigation-{a}-1" for a in ("all-customers", "internal-stakeholders")]
TWO = case(d1_checkout=("active", THREE), d2_mail=("closed", THREE))


def named(found: Case, text: str, **more: Any) -> str:
    result = pick_message(found, text, aliases=ALIASES, **more)
    return f"{result.incident.id}/{result.message.message}"


@pytest.mark.parametrize(
    "text",
    ["investigation-all-customers-1", "all-cust", "inv-all", "cust", "public", "PUBLIC",
     "All customers", "d1/cust", "checkout/cust", "d1-checkout/investigation-all-customers-1"],
)  # fmt: skip
def test_parts_prefixes_and_aliases_name_a_message(text: str) -> None:
    assert named(TWO, text) == "d1-checkout/investigation-all-customers-1"


def test_an_active_incident_comes_first_and_a_named_one_before_it() -> None:
    assert named(TWO, "cust", incident="mail") == "d2-mail/investigation-all-customers-1"
    assert named(TWO, "mail/cust") == "d2-mail/investigation-all-customers-1"


def test_what_waits_on_me_comes_first() -> None:
    def waits(message: Any) -> bool:
        return "internal" in message.message

    assert named(TWO, "inv", waiting=waits) == f"d1-checkout/{THREE[1]}"


def test_an_exact_id_is_never_ambiguous() -> None:
    found = case(d1=("active", ["x-a-1", "x-a-11"]))
    assert named(found, "x-a-1") == "d1/x-a-1"


@pytest.mark.parametrize(
    ("text", "code"),
    [("inv", "which-message"), ("nope", "no-message"), ("nope/cust", "no-message"),
     ("", "no-message")],
)  # fmt: skip
def test_too_many_or_none(text: str, code: str) -> None:
    with pytest.raises(BadInput) as caught:
        named(TWO, text)
    assert caught.value.code == code
    assert caught.value.remedy


def test_incidents_by_part_or_the_only_active_one() -> None:
    assert pick_incident(TWO, "").id == "d1-checkout"
    assert pick_incident(TWO, "mail").id == "d2-mail"
    assert pick_incident(TWO, "d1-checkout").id == "d1-checkout"
    for text, code in (("d", "which-incident"), ("nope", "no-incident")):
        with pytest.raises(BadInput) as caught:
            pick_incident(TWO, text)
        assert caught.value.code == code


def test_no_incident_at_all_names_the_command_that_makes_one() -> None:
    with pytest.raises(BadInput) as caught:
        pick_incident(case(), "")
    assert caught.value.remedy.startswith("comms new")


REVISED = cast("Any", Message("m", Revisions({"1234" + "a" * 60: None, "12ff" + "b" * 60: None})))


@pytest.mark.parametrize(("text", "number"), [("1", 1), ("2", 2), ("1234", 1), ("12ff", 2),
                                              ("12ffb", 2)])  # fmt: skip
def test_a_revision_by_number_or_by_the_beginning_of_its_digest(text: str, number: int) -> None:
    assert REVISED.revisions.number(pick_revision(REVISED, text)) == number


@pytest.mark.parametrize("text", ["3", "0", "12f", "beef", "x", "-1", "1234A"])
def test_no_such_revision_says_which_there_are(text: str) -> None:
    with pytest.raises(BadInput) as caught:
        pick_revision(REVISED, text)
    assert "@1 (1234aaaa), @2 (12ffbbbb)" in caught.value.remedy


class TestADrillBesideTheRealThing:
    def both(self, stage: str = "active") -> Case:
        found = case(d1_checkout=("active", THREE), d2_drill=(stage, THREE))
        cast("Any", found.incidents[1]).incident.drill = True
        return found

    @pytest.mark.parametrize("text", ["cust", "all-cust", THREE[0], "public"])
    def test_is_never_guessed_even_where_one_alone_waits(self, text: str) -> None:
        found = self.both()
        first = found.incidents[0].messages[0]
        with pytest.raises(BadInput) as refused:
            pick_message(found, text, aliases=ALIASES, waiting=lambda message: message is first)
        assert refused.value.code == "which-message"
        assert refused.value.remedy.endswith(f"d1-checkout/{THREE[0]}")

    def test_is_meant_where_its_incident_is_named(self) -> None:
        assert named(self.both(), "drill/cust") == f"d2-drill/{THREE[0]}"
        assert named(self.both(), "cust", incident="d2-drill") == f"d2-drill/{THREE[0]}"

    def test_that_is_over_is_meant_no_more(self) -> None:
        assert named(self.both("closed"), "cust") == f"d1-checkout/{THREE[0]}"
