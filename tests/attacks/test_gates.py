"""Gates: judged by the wrong people, out of order, by too few, or over an objection."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from commscli.domain.ids import AudienceId, Digest, GateId, PersonId, RoleId
from commscli.domain.records import Record
from commscli.domain.trust import Gate, Relaxed, Trust
from tests.attacks.staging import Stage, declared, in_review
from tests.support.story import Story, first_trust, person, with_role

OTHERS_WORDS = "Card payments fail; we are on it.\n"
CHANNELS = {"status": {"adapter": "file", "page": "status.example.com"}}
CUSTOMERS = AudienceId("all-customers")


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage.of(tmp_path, in_review)


def of(tmp_path: Path, trust: Trust) -> Stage:
    """The message that is attacked is drafted, and then judged under another roster."""
    stage = Stage.of(tmp_path, in_review)
    stage.story.change_trust(lambda _: trust)
    return stage


def with_person(trust: Trust, name: str, *keys: str, kind: str = "person") -> Trust:
    return replace(trust, people={**trust.people, PersonId(name): person(name, *keys, kind=kind)})


def with_gate(trust: Trust, name: str, **changed: Any) -> Trust:
    gate = replace(trust.gates[GateId(name)], **changed)
    return replace(trust, gates={**trust.gates, GateId(name): gate})


def next_version(stage: Stage, alter: Callable[[Trust], Trust]) -> None:
    """Put the next version where it belongs, rightly signed, whatever is in it."""
    stage.story.change_trust(alter)


def open_gates(found: list[Any]) -> list[str]:
    """The gates that the findings are about."""
    return [f["text"].partition("the gate ")[2].split()[0] for f in found]


# -- one's own words


@pytest.mark.row(7)
def test_self_approval_through_a_second_role(tmp_path: Path) -> None:
    stage = of(tmp_path, with_role(first_trust(), "tom", "incident-commander"))
    stage.story.pass_gates(but=["release"])
    stage.story.ok("release", by="tom")
    stage.story.send()

    stage.fails("own-words", says=["tom wrote some of it"])


@pytest.mark.row(7)
@pytest.mark.parametrize("author", ["first", "last"])
def test_a_colleague_records_the_other_revision(tmp_path: Path, author: str) -> None:
    """Whoever wrote any of it is an author: a comma of a colleague's does not wash it."""
    stage = of(tmp_path, with_role(first_trust(), "tara", "incident-commander"))
    stage.story.draft(OTHERS_WORDS, by="tara")
    if author == "first":
        stage.story.draft("Card payments fail, we are on it.\n", by="tom")
    stage.story.pass_gates(but=["release"])
    stage.story.ok("release", by="tara")
    stage.story.send()

    stage.fails("own-words", says=["tara wrote some of it"])


@pytest.mark.row(7)
def test_an_author_whose_role_as_drafter_has_ended_is_still_one(tmp_path: Path) -> None:
    trust = with_role(first_trust(), "tom", "legal-officer")
    stage = of(tmp_path, trust)
    stage.story.change_trust(
        lambda t: replace(t, roles={**t.roles, RoleId("technical-slt"): (PersonId("tara"),)})
    )
    stage.story.draft(OTHERS_WORDS, by="tara")
    for gate in ("accuracy", "messaging"):
        stage.story.ok(gate)
    stage.story.ok("legal", by="tom")
    stage.story.ok("approval")
    stage.story.ok("release")
    stage.story.send()

    stage.fails("own-words", "wrong-order", says=["tom wrote some of it"])


@pytest.mark.row(7)
def test_an_author_judges_with_a_second_key(tmp_path: Path) -> None:
    trust = with_role(first_trust(), "tom", "incident-commander")
    stage = of(tmp_path, with_person(trust, "tom", "tom", "tom_laptop"))
    stage.story.pass_gates(but=["release"])
    stage.story.ok("release", by="tom", key="tom_laptop")
    stage.story.send()

    stage.fails("own-words", says=["tom wrote some of it"])


@pytest.mark.row(7)
def test_an_author_settles_the_objection_to_their_words(tmp_path: Path) -> None:
    stage = of(tmp_path, with_role(first_trust(), "tom", "legal-officer"))
    objection = stage.story.object("legal", by="leo")
    stage.story.ok("legal", by="tom", settles=[objection])
    stage.story.pass_gates()
    stage.story.send()

    found = stage.fails("standing-objection", "wrong-order", says=["leo objected"])
    assert "lea" not in str([f["text"] for f in found if f["rule"] == "standing-objection"])


# -- who is one person


@pytest.mark.row(8)
def test_one_person_with_two_keys_fills_a_gate_that_needs_two(tmp_path: Path) -> None:
    trust = with_person(first_trust(), "lea", "lea", "lea_laptop")
    stage = of(tmp_path, replace(trust, gates=without_order(trust)))
    stage.story.change_trust(lambda trust: with_gate(trust, "legal", needs=2))
    stage.story.pass_gates()
    stage.story.ok("legal", by="lea", key="lea_laptop")
    stage.story.send()

    found = stage.fails("open-gate")
    assert open_gates(found) == ["legal"]


def without_order(trust: Trust) -> dict[GateId, Gate]:
    """The gates of a roster, none of which waits for another."""
    return {id_: replace(gate, after=()) for id_, gate in trust.gates.items()}


@pytest.mark.row(8)
def test_the_keys_of_one_person_fill_two_gates(tmp_path: Path) -> None:
    trust = with_role(with_person(first_trust(), "lea", "lea", "lea_laptop"), "lea", "elt-approver")
    stage = of(tmp_path, trust)
    stage.story.pass_gates(but=["approval", "release"])
    stage.story.ok("approval", by="lea", key="lea_laptop")
    stage.story.ok("release")
    stage.story.send()

    stage.fails("two-gates", "wrong-order", says=["lea counts in legal"])


@pytest.mark.row(9)
@pytest.mark.parametrize("who", ["lea", "max"])
def test_a_key_that_is_listed_twice(stage: Stage, who: str) -> None:
    twice = ("lea", "lea") if who == "lea" else (who, "lea")
    next_version(stage, lambda trust: with_person(trust, who, *twice))

    stage.fails("trust-chain", says=["is listed 2 times: a key belongs to one person"])


@pytest.mark.row(9)
def test_a_key_that_moves_to_somebody_else(stage: Stage) -> None:
    def moved(trust: Trust) -> Trust:
        return with_person(with_person(trust, "lea", "lea_laptop"), "max", "max", "lea")

    next_version(stage, moved)

    stage.fails("trust-chain", says=["gives max a key that belongs to lea"])


@pytest.mark.row(10)
@pytest.mark.parametrize(
    ("gate", "role"),
    [("approval", "elt-approver"), ("release", "incident-commander")],
)
def test_one_person_fills_two_gates(tmp_path: Path, gate: str, role: str) -> None:
    stage = of(tmp_path, with_role(first_trust(), "lea", role))
    for each in stage.story.in_force.trust.gates:
        stage.story.ok(each, by="lea" if each == gate else None)
    stage.story.send()

    stage.fails(
        "two-gates", *(["wrong-order"] if gate == "approval" else []), says=["lea counts in legal"]
    )


@pytest.mark.row(10)
def test_the_later_gate_first_is_the_same_person_all_the_same(tmp_path: Path) -> None:
    trust = with_role(first_trust(), "lea", "elt-approver")
    stage = of(tmp_path, replace(trust, gates=without_order(trust)))
    stage.story.ok("approval", by="lea")
    for gate in ("accuracy", "messaging", "legal", "release"):
        stage.story.ok(gate)
    stage.story.send()

    found = stage.fails("two-gates")
    assert open_gates(found) == ["approval"]


# -- roles


@pytest.mark.row(11)
@pytest.mark.parametrize("kind", ["ok", "objected", "suggested"])
def test_a_verdict_by_somebody_without_the_role(stage: Stage, kind: str) -> None:
    stage.story.verdict(kind, "legal", by="max")

    stage.fails("record-writer", says=[f"max's {kind}", "max does not hold"])


@pytest.mark.row(11)
def test_a_send_on_the_word_of_somebody_without_the_role(tmp_path: Path) -> None:
    trust = first_trust()
    stage = of(tmp_path, replace(trust, gates=without_order(trust)))
    stage.story.ok("legal", by="max")
    stage.story.pass_gates(but=["legal"])
    stage.story.send()

    stage.fails("record-writer", "open-gate", says=["max does not hold", "gate legal"])


@pytest.mark.row(11)
def test_a_verdict_for_a_gate_that_is_not_there(stage: Stage) -> None:
    written = stage.story.written("ok", body_of(stage.story), "lea", gate="marketing")
    stage.story.enter(written, key="lea")

    stage.fails("record-writer", says=["for the gate marketing, which trust version 1 does not"])


def body_of(story: Story) -> Any:
    """The body of an ok to what there is."""
    probe = story.aside()
    return probe.shelf.records[probe.ok("legal", by="lea")].record.body


@pytest.mark.row(11)
@pytest.mark.parametrize("gate", ["", "emergency"])
def test_a_verdict_for_no_gate(stage: Stage, gate: str) -> None:
    body = body_of(stage.story)
    data = stage.story.written("ok", body, "lea", gate="legal")
    record = replace(data.record, gate=GateId(gate))
    enter_as_written(stage, record, key="lea")

    stage.fails("record-writer" if gate else "record-grammar")


def enter_as_written(stage: Stage, record: Record, *, key: str) -> Digest:
    """Commit a record as it stands, although no tool would write it."""
    from commscli.ledger import line_grammar, record_files  # noqa: PLC0415 - to go around `write`

    pairs = line_grammar.read(stage.story.written("ok", record.body, "lea", gate="legal").data)
    pairs["gate"] = record.gate
    data = line_grammar.write(pairs)
    digest = record_files.digest_of(data)
    made = record_files.RecordBytes(
        record=record, data=data, digest=digest, path=record_files.path_of(record, digest)
    )
    stage.story.enter(made, key=key)
    return digest


@pytest.mark.row(12)
@pytest.mark.parametrize("kind", ["ok", "objected", "suggested"])
def test_a_service_judges(tmp_path: Path, kind: str) -> None:
    stage = of(tmp_path, with_robot("legal-officer"))
    stage.story.verdict(kind, "legal", by="robot")

    stage.fails("record-writer", says=[f"robot's {kind}", "robot does not hold"])


def with_robot(role: str) -> Trust:
    return with_role(with_person(first_trust(), "robot", "robot", kind="service"), "robot", role)


@pytest.mark.row(12)
def test_a_send_on_the_word_of_a_service(tmp_path: Path) -> None:
    trust = with_robot("legal-officer")
    stage = of(tmp_path, replace(trust, gates=without_order(trust)))
    stage.story.ok("legal", by="robot")
    stage.story.pass_gates(but=["legal"])
    stage.story.send()

    stage.fails("record-writer", "open-gate", says=["gate legal"])


@pytest.mark.row(12)
def test_a_service_writes_the_words(tmp_path: Path) -> None:
    """Then nobody would be the author, and everybody could judge."""
    stage = of(tmp_path, with_robot("technical-slt"))
    stage.story.draft(OTHERS_WORDS, by="robot")

    stage.fails("record-writer", says=["robot's drafted"])


@pytest.mark.row(12)
def test_a_service_is_an_admin(stage: Stage) -> None:
    def hired(trust: Trust) -> Trust:
        robot = with_person(trust, "robot", "robot", kind="service")
        return replace(robot, admins=(*trust.admins, PersonId("robot")))

    next_version(stage, hired)

    stage.fails("trust-chain", says=["an admin is not a person of this roster"])


# -- gates that are not there, or need nobody


@pytest.mark.row(13)
@pytest.mark.parametrize("gate", ["accuracy", "messaging", "legal", "approval", "release"])
def test_a_gate_is_left_out(tmp_path: Path, gate: str) -> None:
    trust = first_trust()
    stage = of(tmp_path, replace(trust, gates=without_order(trust)))
    stage.story.pass_gates(but=[gate])
    stage.story.send()

    found = stage.fails("open-gate", says=["nobody passed it"])
    assert open_gates(found) == [gate]


@pytest.mark.row(13)
def test_nobody_judged_anything(stage: Stage) -> None:
    stage.story.send()

    assert len(stage.fails("open-gate")) == 5


@pytest.mark.row(13)
def test_what_is_sent_is_no_revision(stage: Stage) -> None:
    stage.story.pass_gates()
    stage.story.begin_send(subject=Digest("a" * 64))

    stage.fails("open-gate", says=["no revision of this message"])


@pytest.mark.row(13)
def test_what_is_sent_is_a_revision_of_another_message(stage: Stage) -> None:
    """The other one passed its gates; this one did not."""
    probe = stage.story.aside()
    probe.message = stage.before["messages"][1]["message"]
    other = probe.newest
    stage.story.begin_send(subject=other)

    stage.fails("open-gate", says=["no revision of this message"])


@pytest.mark.row(13)
def test_a_roster_without_gates(stage: Stage) -> None:
    next_version(stage, lambda trust: replace(trust, gates={}, may_share=()))

    stage.fails("trust-chain", says=["there is no gate"])


RELAXED = Relaxed(gates=(GateId("release"),), channels=CHANNELS, recipients=(Digest("1" * 64),))


@pytest.mark.row(13)
@pytest.mark.parametrize(
    ("relaxed", "says"),
    [
        (replace(RELAXED, gates=()), "keeps no gate at all"),
        (replace(RELAXED, gates=(GateId("marketing"),)), "keeps marketing, which is no gate"),
        (replace(RELAXED, channels={}), "names no channel"),
    ],
)
def test_an_audience_that_is_spared_everything(stage: Stage, relaxed: Relaxed, says: str) -> None:
    next_version(stage, lambda trust: replace(trust, relaxed={CUSTOMERS: relaxed}))

    stage.fails("trust-chain", says=[says])


@pytest.mark.row(13)
@pytest.mark.parametrize(
    "changed",
    [
        {"channels": {"status": {"adapter": "file", "page": "status.example.org"}}},
        {"channels": {"status": CHANNELS["status"], "post": {"adapter": "smtp"}}},
        {"channels": {"status": {**CHANNELS["status"], "cc": "everybody"}}},
        {"channels": {"status": {"adapter": "file"}}},
        {"channels": {}},
        {"recipients": {"digest": "2" * 64, "count": 1}},
        {"audience": "internal-stakeholders"},
    ],
    ids=["elsewhere", "one more", "one setting more", "one less", "none", "list", "audience"],
)
def test_an_audience_that_needs_less_is_used_for_something_else(
    tmp_path: Path, changed: dict[str, Any]
) -> None:
    stage = Stage.of(tmp_path, declared)
    stage.story.change_trust(lambda trust: replace(trust, relaxed={CUSTOMERS: RELAXED}))
    stage.story.draft(**changed)
    stage.story.ok("release")
    channels = changed.get("channels", CHANNELS)
    intent = stage.story.begin_send()
    stage.story.end_send(
        intent,
        counts={name: {"accepted": 1} for name in channels},
        payloads=dict.fromkeys(channels, "e" * 64),
    )

    found = stage.fails("open-gate", "wrong-order")
    assert sorted(open_gates(found)) == ["accuracy", "approval", "legal", "messaging", "release"]


@pytest.mark.row(14)
@pytest.mark.parametrize("needs", [0, -1])
def test_a_gate_that_needs_nobody(stage: Stage, needs: int) -> None:
    next_version(stage, lambda trust: with_gate(trust, "legal", needs=needs))

    stage.fails("trust-chain", says=[f"gate legal needs {needs}: expected 1 or more"])


@pytest.mark.row(14)
@pytest.mark.parametrize("needs", [0, -1, 3])
def test_a_quorum_that_is_nobody_or_never(stage: Stage, needs: int) -> None:
    old = stage.story.in_force
    new = replace(old.trust, version=2, previous=old.digest, quorum=max(needs, 1))
    from commscli.ledger import trust_files  # noqa: PLC0415 - for the bytes alone
    from tests.support.story import sign  # noqa: PLC0415 - only here

    data = trust_files.write(new).data
    data = data.replace(f"quorum: {max(needs, 1)}".encode(), f"quorum: {needs}".encode())
    armored = sign("ada", data, trust_files.NAMESPACE)
    stage.story.commit({"trust/0002.yaml": data, "trust/0002.ada.sig": armored}, by="ada")

    says = "quorum is 3: expected 1 to 2" if needs == 3 else "expected a whole number, 1 or more"
    stage.fails("trust-chain", says=[says])


@pytest.mark.row(14)
@pytest.mark.parametrize("role", ["legal-officer", "role-of-nobody"])
def test_a_gate_whose_role_nobody_holds_is_never_passed(tmp_path: Path, role: str) -> None:
    stage = Stage.of(tmp_path, declared)
    nobody = {RoleId("legal-officer"): ()}
    stage.story.change_trust(
        lambda trust: with_gate(
            replace(trust, roles={**trust.roles, **nobody}, gates=without_order(trust)),
            "legal",
            role=RoleId(role),
        )
    )
    stage.story.draft()
    stage.story.pass_gates(but=["legal"])
    stage.story.send()

    found = stage.fails("open-gate")
    assert open_gates(found) == ["legal"]


@pytest.mark.row(14)
def test_a_gate_that_needs_more_than_there_are(tmp_path: Path) -> None:
    stage = Stage.of(tmp_path, declared)
    stage.story.change_trust(lambda trust: with_gate(trust, "release", needs=3))
    stage.story.draft()
    stage.story.pass_gates()
    stage.story.ok("release", by="ida")
    stage.story.send()

    assert open_gates(stage.fails("open-gate")) == ["release"]
