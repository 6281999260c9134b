"""A version that could pass a message on nobody's word is refused; what is only thin is said."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from commscli.domain.ids import AudienceId, GateId, PersonId, RoleId
from commscli.domain.presets import GATES, SHARED
from commscli.domain.trust import Ended, Gate, Person, Relaxed, Trust
from commscli.domain.trust_lint import faults, worries
from tests.support.strategies import example_trust, key

GOOD = example_trust()
ADA, ALF, BEA, TOM = (PersonId(p) for p in ("ada", "alf", "bea", "tom"))
LEGAL, RELEASE = GateId("legal"), GateId("release")

Change = Callable[[Trust], Trust]


def with_person(id_: str, **changed: Any) -> Change:
    person = replace(GOOD.people[PersonId(id_)], **changed)
    return lambda trust: replace(trust, people={**trust.people, person.id: person})


def with_gate(id_: str, **changed: Any) -> Change:
    def change(trust: Trust) -> Trust:
        gate = replace(trust.gates[GateId(id_)], **changed)
        return replace(trust, gates={**trust.gates, gate.id: gate})

    return change


def with_roles(**held: tuple[str, ...]) -> Change:
    roles: Mapping[RoleId, tuple[PersonId, ...]] = {
        RoleId(role.replace("_", "-")): tuple(map(PersonId, people))
        for role, people in held.items()
    }
    return lambda trust: replace(trust, roles={**trust.roles, **roles})


def relaxed(*gates: str, channels: Mapping[str, Mapping[str, str]]) -> Change:
    rule = Relaxed(gates=tuple(map(GateId, gates)), channels=channels, recipients=())
    return lambda trust: replace(trust, relaxed={AudienceId("staff"): rule})


def without_gates(trust: Trust) -> Trust:
    return replace(trust, gates={})


INTRANET = {"intranet": {"adapter": "file"}}

FAULTS: list[Any] = [
    pytest.param(
        lambda t: replace(t, admins=(ADA, PersonId("zoe"))),
        ["an admin is not a person of this roster, or is listed twice",
         "the quorum is 2: expected 1 to 1, the number of admins"],
        id="admin-not-on-the-roster",
    ),
    pytest.param(
        lambda t: replace(t, admins=(ADA, ADA, ALF)),
        ["an admin is not a person of this roster, or is listed twice"],
        id="admin-twice",
    ),
    pytest.param(
        with_person("alf", kind="service"),
        ["an admin is not a person of this roster, or is listed twice"],
        id="admin-is-a-service",
    ),
    pytest.param(
        lambda t: replace(t, admins=()),
        ["the quorum is 2: expected 1 to 0, the number of admins"],
        id="no-admin",
    ),
    *(
        pytest.param(
            lambda t, quorum=quorum: replace(t, quorum=quorum),
            [f"the quorum is {quorum}: expected 1 to 3, the number of admins"],
            id=f"quorum-{quorum}",
        )
        for quorum in (-1, 0, 4)
    ),
    pytest.param(
        lambda t: replace(t, ended=Ended(people=frozenset({PersonId("zoe")}))), [], id="ended-well"
    ),
    pytest.param(
        lambda t: replace(t, ended=Ended(people=frozenset({TOM}))),
        ["tom has ended, and an id is never given again"],
        id="ended-and-still-there",
    ),
    pytest.param(
        lambda t: replace(t, ended=Ended(people=frozenset({ALF}))),
        ["an admin has ended", "alf has ended, and an id is never given again"],
        id="admin-has-ended",
    ),
    pytest.param(
        with_roles(legal_officer=("lea", "zoe", "zac")),
        ["role legal-officer names zoe, zac, who is not among the people"],
        id="role-of-strangers",
    ),
    pytest.param(with_person("tom", keys=()), ["tom has no key"], id="no-key"),
    pytest.param(
        with_person("tom", keys=(GOOD.people[ADA].keys[0],)),
        [f"key {key(0).fingerprint} is listed 2 times: a key belongs to one person"],
        id="key-of-two-people",
    ),
    pytest.param(
        with_person("tom", keys=(key(20), key(20))),
        [f"key {key(20).fingerprint} is listed 2 times: a key belongs to one person"],
        id="key-twice",
    ),
    pytest.param(
        without_gates, ["there is no gate: a message would pass on nobody's word"], id="no-gates"
    ),
    *(
        pytest.param(
            with_gate("legal", needs=needs),
            [f"gate legal needs {needs}: expected 1 or more"],
            id=f"needs-{needs}",
        )
        for needs in (-1, 0)
    ),
    pytest.param(
        with_gate("approval", after=(LEGAL, GateId("brand"))),
        ["gate approval comes after brand, which is no gate"],
        id="after-no-gate",
    ),
    pytest.param(
        with_gate("legal", after=(LEGAL,)),
        ["the gates wait for each other in a circle"],
        id="after-itself",
    ),
    pytest.param(
        with_gate("legal", after=(RELEASE,)),
        ["the gates wait for each other in a circle"],
        id="circle",
    ),
    pytest.param(
        lambda t: replace(t, may_share=(frozenset({LEGAL, GateId("brand")}),)),
        ["may_share names brand, which is no gate"],
        id="share-no-gate",
    ),
    pytest.param(
        relaxed("release", "brand", channels=INTRANET),
        ["relaxed staff keeps brand, which is no gate"],
        id="relaxed-to-no-gate",
    ),
    pytest.param(
        relaxed(channels=INTRANET), ["relaxed staff keeps no gate at all"], id="relaxed-to-nothing"
    ),
    pytest.param(
        relaxed("release", channels={}), ["relaxed staff names no channel"], id="relaxed-anywhere"
    ),
    pytest.param(relaxed("release", channels=INTRANET), [], id="relaxed-well"),
    *(
        pytest.param(
            lambda t, commits=commits: replace(t, commits=commits),
            [f"commits is {commits!r}: expected recorded or signed"],
            id=f"commits-{commits}",
        )
        for commits in ("", "Signed", "off")
    ),
]  # fmt: skip


def test_a_good_version_has_no_faults_and_no_worries() -> None:
    assert faults(GOOD) == []
    assert worries(GOOD) == []


@pytest.mark.parametrize("gates", ["full", "small"])
def test_the_presets_have_no_faults(gates: str) -> None:
    trust = replace(GOOD, gates={g.id: g for g in GATES[gates]}, may_share=SHARED[gates])

    assert faults(trust) == []


@pytest.mark.parametrize(("change", "expected"), FAULTS)
def test_every_fault_is_named(change: Change, expected: list[str]) -> None:
    assert faults(change(GOOD)) == expected


def test_all_faults_are_named_at_once() -> None:
    bad = replace(without_gates(with_person("tom", keys=())(GOOD)), commits="off", quorum=0)

    assert faults(bad) == [
        "the quorum is 0: expected 1 to 3, the number of admins",
        "tom has no key",
        "there is no gate: a message would pass on nobody's word",
        "commits is 'off': expected recorded or signed",
    ]


NEVER = (
    "no message can ever pass legal: it needs {needs} of legal-officer who did not draft, and "
    "there is {there}"
)
WORRIES: list[Any] = [
    pytest.param(
        with_roles(legal_officer=("lea",)),
        ["legal has no backup: legal-officer is held by lea alone"],
        id="no-backup",
    ),
    pytest.param(
        with_roles(legal_officer=()),
        [NEVER.format(needs=1, there=0)],
        id="nobody",
    ),
    pytest.param(
        with_gate("legal", needs=3),
        [NEVER.format(needs=3, there=2)],
        id="too-few",
    ),
    pytest.param(
        with_person("leo", kind="service"),
        ["legal has no backup: legal-officer is held by lea alone"],
        id="a-service-is-no-judge",
    ),
    pytest.param(
        with_roles(technical_slt=("lea",)),
        ["legal has no backup: legal-officer is held by leo alone"],
        id="the-only-drafter-is-no-judge",
    ),
    pytest.param(
        with_roles(technical_slt=("lea", "leo")), [], id="one-of-two-drafters-may-judge-the-other"
    ),
    pytest.param(with_roles(technical_slt=()), ["nobody may draft a message"], id="no-drafter"),
    pytest.param(with_roles(business_responder=()), ["nobody may send a message"], id="no-sender"),
    pytest.param(
        lambda t: replace(t, admins=(ADA, ALF), quorum=1),
        ["quorum 1: one admin alone can change who judges"],
        id="quorum-of-one",
    ),
    pytest.param(
        lambda t: replace(t, admins=(ADA,), quorum=1),
        ["1 admin and a quorum of 1: if one key is lost, the roster can never change again",
         "quorum 1: one admin alone can change who judges"],
        id="one-admin",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), WORRIES)
def test_what_would_stop_people_later_is_said(change: Change, expected: list[str]) -> None:
    trust = change(GOOD)

    assert faults(trust) == []
    assert worries(trust) == expected


def test_a_lost_key_of_a_bare_quorum_is_a_worry() -> None:
    [worry] = worries(replace(GOOD, admins=(ADA, ALF), quorum=2))

    assert worry.endswith(
        "and a quorum of 2: if one key is lost, the roster can never change again"
    )


def test_a_gate_of_its_own_makes_no_fault() -> None:
    brand = Gate(
        id=GateId("brand"), role=RoleId("messaging-officer"), needs=1, after=(LEGAL,),
        recipients=False,
    )  # fmt: skip

    assert faults(replace(GOOD, gates={**GOOD.gates, brand.id: brand})) == []


def test_a_service_may_be_on_the_roster() -> None:
    bot = Person(id=PersonId("bot"), name="Bot", email="", kind="service", keys=(key(21),))

    assert faults(replace(GOOD, people={**GOOD.people, bot.id: bot})) == []
