"""Playing with the roster: promotion, replay, forks, retired and stolen keys, swapped roots."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from commscli.domain.ids import AudienceId, Digest, GateId, MessageId, PersonId
from commscli.domain.records import Verdict
from commscli.domain.trust import Accepted, Compromised, Ended, Relaxed, Trust
from commscli.ledger import pins, record_files, trust_files
from tests.attacks.raw import reported
from tests.attacks.staging import Stage, in_review, to_send, two_sent
from tests.support.repos import Desk, Repo, both_ways
from tests.support.story import (
    CHANNELS,
    Story,
    first_trust,
    passed,
    person,
    public_key,
    sign,
    with_role,
    without_role,
)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage.of(tmp_path)


def sent_under(trust: Trust) -> Story:
    story = passed(trust)
    story.send()
    return two_sent(story)


def by_two() -> Story:
    return sent_under(first_trust(quorum=2))


def ok_of(story: Story, gate: str = "legal") -> Verdict:
    body = next(p for p in story.of_kind("ok") if p.record.gate == gate).record.body
    assert isinstance(body, Verdict)
    return body


def promoted(story: Story, name: str = "max") -> Trust:
    old = story.in_force
    return replace(with_role(old.trust, name, "legal-officer"), version=2, previous=str(old.digest))


def gone(trust: Trust, name: str) -> Trust:
    """Somebody leaves: out of the people and the roles, and listed under ended."""
    trust = without_role(trust, name)
    keys = frozenset(trust.people[PersonId(name)].keys)
    return replace(
        trust,
        people={p: who for p, who in trust.people.items() if p != name},
        ended=Ended(keys=trust.ended.keys | keys, people=trust.ended.people | {PersonId(name)}),
    )


def version_in_force(stage: Stage) -> int:
    return stage.repo.report(stage.story.pin).trust_version


# -- promotion


@pytest.mark.row(82)
@pytest.mark.parametrize("names", ["the new version", "the old one"])
def test_self_promotion_in_the_commit_that_uses_it(stage: Stage, names: str) -> None:
    new = promoted(stage.story)
    trust = trust_files.write(new).digest if names == "the new version" else stage.story.genesis
    record = stage.story.written("ok", ok_of(stage.story), "max", gate="legal", trust=trust)
    armored = sign("max", record.data, record_files.NAMESPACE)
    put = {record.path: record.data, f"{record.path}.sig": armored}
    stage.story.introduce(new, signers=("max",), put=put)

    says = ["0 of 1", "never in force" if names == "the new version" else "max does not hold"]
    stage.fails("trust-chain", "record-writer", says=says, warns=[])
    assert version_in_force(stage) == 1


@pytest.mark.row(83)
def test_self_promotion_in_an_earlier_commit_of_the_branch(stage: Stage) -> None:
    side = stage.story.aside()
    trust = side.introduce(promoted(side), signers=("max",))
    side.record("ok", ok_of(side), by="max", gate="legal", trust=trust)
    stage.story.merge(side)

    stage.fails("trust-chain", "record-writer", says=["0 of 1", "never in force"])
    assert version_in_force(stage) == 1


@pytest.mark.row(83)
def test_a_ladder_of_versions_each_signed_by_the_one_before(stage: Stage) -> None:
    """Max makes himself admin, and as an admin signs the next; nothing stands on nothing."""
    old = stage.story.in_force
    first = replace(
        old.trust,
        version=2,
        previous=str(old.digest),
        admins=(PersonId("max"),),
        quorum=1,
    )
    digest = stage.story.introduce(first, signers=("max",))
    second = replace(with_role(first, "max", "legal-officer"), version=3, previous=str(digest))
    stage.story.introduce(second, signers=("max",))

    stage.fails("trust-chain", says=["0 of 1", "follows no version in force"])
    assert version_in_force(stage) == 1


@pytest.mark.row(84)
def test_a_role_that_came_after_the_verdict(stage: Stage) -> None:
    stage.story.ok("legal", by="max")
    stage.story.change_trust(lambda trust: with_role(trust, "max", "legal-officer"))

    stage.fails("record-writer", says=["max does not hold in version 1"])


@pytest.mark.row(84)
def test_a_verdict_that_names_a_version_from_elsewhere(stage: Stage) -> None:
    """The version is in force, but not where the verdict was made."""
    side = stage.story.aside()
    granted = stage.story.change_trust(lambda trust: with_role(trust, "max", "legal-officer"))
    side.record("ok", ok_of(side), by="max", gate="legal", trust=granted)
    stage.story.merge(side)

    stage.fails("record-writer", says=["names trust version 2, which its commit lacks"])


@pytest.mark.row(84)
def test_a_role_for_a_moment_counts_for_that_moment(stage: Stage) -> None:
    """Given, used, and taken away by admins who saw the use: they let it stand, openly."""
    stage.story.change_trust(lambda trust: with_role(trust, "max", "legal-officer"))
    stage.story.ok("legal", by="max")
    stage.story.change_trust(lambda trust: without_role(trust, "max", "legal-officer"))
    stage.repo.write(stage.story)

    stage.passes()
    stage.story.ok("legal", by="max")
    stage.fails("record-writer", says=["max does not hold in version 3"])


# -- trust and records in one commit


@pytest.mark.row(85)
def test_a_roster_and_records_in_one_commit_are_judged_apart(stage: Stage) -> None:
    """Signed by the quorum, and beside it a verdict under the version that it replaces."""
    record = stage.story.written("ok", ok_of(stage.story), "leo", gate="legal")
    armored = sign("leo", record.data, record_files.NAMESPACE)
    new = replace(
        without_role(stage.story.in_force.trust, "leo"),
        version=2,
        previous=str(stage.story.genesis),
    )
    put = {record.path: record.data, f"{record.path}.sig": armored}
    stage.story.introduce(new, signers=("ada",), put=put)

    stage.warns("overtaken-record", "commit-signature-lost", says=["leo does not hold"])
    assert version_in_force(stage) == 2


@pytest.mark.row(85)
def test_a_roster_and_other_words_in_one_commit(stage: Stage) -> None:
    words = {f"{stage.story.folder}/draft.md": b"Other words.\n"}
    stage.story.introduce(promoted(stage.story), signers=("ada",), put=words)

    stage.fails("frozen-draft")


# -- quorums


@pytest.mark.row(86)
@pytest.mark.parametrize("signers", [("ada",), ("ada", "ada"), ("ada", "max"), ("max", "mia")])
def test_one_admin_where_it_takes_two(tmp_path: Path, signers: tuple[str, ...]) -> None:
    stage = Stage.of(tmp_path, by_two())
    stage.story.introduce(promoted(stage.story), signers=signers)

    stage.fails("trust-chain", says=["of 2 admins of version 1 (they are ada, alf)"])
    assert version_in_force(stage) == 1


@pytest.mark.row(86)
def test_one_admin_with_two_keys(tmp_path: Path) -> None:
    trust = first_trust(quorum=2)
    both = replace(person("ada"), keys=(public_key("ada"), public_key("ada_two")))
    stage = Stage.of(
        tmp_path, sent_under(replace(trust, people={**trust.people, PersonId("ada"): both}))
    )
    version = trust_files.write(promoted(stage.story))
    stage.story.commit({
        version.path: version.data,
        "trust/0002.ada.sig": sign("ada", version.data, trust_files.NAMESPACE),
        "trust/0002.alf.sig": sign("ada_two", version.data, trust_files.NAMESPACE),
    }, by="ada")  # fmt: skip

    stage.fails("trust-chain", says=["1 of 2"])


@pytest.mark.row(86)
def test_one_admin_cannot_lower_the_quorum_or_choose_new_admins(tmp_path: Path) -> None:
    stage = Stage.of(tmp_path, by_two())
    old = stage.story.in_force
    for number, change in enumerate(({"quorum": 1}, {"admins": (PersonId("ada"),), "quorum": 1})):
        new = replace(old.trust, version=2 + number, previous=str(old.digest), **change)  # type: ignore[arg-type]  # a table
        stage.story.introduce(new, signers=("ada",))

    stage.fails("trust-chain", says=["1 of 2 admins of version 1"])
    assert version_in_force(stage) == 1


@pytest.mark.row(86, 91)
def test_new_admins_must_have_signed_too(tmp_path: Path) -> None:
    """Two old admins hand over to people who know nothing of it: nobody could sign the next."""
    stage = Stage.of(tmp_path, by_two())
    old = stage.story.in_force
    new = replace(
        old.trust, version=2, previous=str(old.digest), admins=(PersonId("eli"), PersonId("eva"))
    )
    stage.story.introduce(new, signers=("ada", "alf"))

    stage.fails("trust-chain", says=["0 of 2 admins of version 2"])


# -- replay and forks


@pytest.mark.row(88)
@pytest.mark.parametrize("how", ["as it was", "with a new number", "with a new number and past"])
def test_an_old_roster_brought_back(stage: Stage, how: str) -> None:
    """Its signatures were good once. What it says is not what they signed, or follows nothing."""
    first = stage.story.in_force
    second = stage.story.change_trust(lambda trust: without_role(trust, "leo"))
    data = first.data
    if how != "as it was":
        data = data.replace(b"version: 1", b"version: 3")
    if how == "with a new number and past":
        data = data.replace(b'previous: ""', f'previous: "{second}"'.encode())
    old_signature = stage.story.tree["trust/0001.ada.sig"]
    stage.story.commit({"trust/0003.yaml": data, "trust/0003.ada.sig": old_signature}, by="ada")

    stage.fails("trust-chain")
    assert version_in_force(stage) == 2


@pytest.mark.row(88)
def test_a_version_that_was_signed_and_never_used(stage: Stage) -> None:
    """The admins thought better of it; whoever kept the file brings it in afterwards."""
    shelved = trust_files.write(promoted(stage.story))
    signature = sign("ada", shelved.data, trust_files.NAMESPACE)
    stage.story.change_trust(lambda trust: without_role(trust, "leo"))
    third = replace(shelved.trust, version=3)
    stage.story.commit({
        "trust/0003.yaml": shelved.data,
        "trust/0003.ada.sig": signature,
        "trust/0004.yaml": trust_files.write(replace(third, version=4)).data,
        "trust/0004.ada.sig": signature,
    }, by="max")  # fmt: skip

    stage.fails("trust-chain", says=["says that it is version 2", "does not hold"])
    assert version_in_force(stage) == 2


@pytest.mark.row(89)
def test_two_versions_that_follow_one(stage: Stage) -> None:
    with stage.story.branch() as side:
        old = side.in_force
        side.change_trust(lambda trust: without_role(trust, "leo"))
        lax = replace(
            with_role(old.trust, "max", "legal-officer"), version=3, previous=str(old.digest)
        )
        stage.story.introduce(lax, signers=("alf",))

    found = stage.fails("trust-chain", says=["forks the trust"])
    assert [f["path"] for f in found] == ["trust/0002.yaml", "trust/0003.yaml"]
    assert version_in_force(stage) == 1


@pytest.mark.row(89)
def test_two_versions_with_one_number(stage: Stage) -> None:
    side = stage.story.aside()
    side.change_trust(lambda trust: without_role(trust, "leo"))
    stage.story.change_trust(
        lambda trust: with_role(trust, "max", "legal-officer"), signers=("alf",)
    )
    stage.story.merge(side)

    stage.fails("trust-chain", "append-only", says=["forks the trust", "was changed"])
    assert version_in_force(stage) == 1


# -- versions taken away, admins locked out


@pytest.mark.row(90, 97)
@pytest.mark.parametrize("which", ["0001", "0002"])
def test_a_version_removed(stage: Stage, which: str) -> None:
    """What it revoked stays revoked: the version has been there, and is in force."""
    stage.story.change_trust(lambda trust: gone(trust, "leo"))
    stage.story.commit({f"trust/{which}.yaml": None, f"trust/{which}.ada.sig": None})

    stage.fails("append-only", says=[f"trust/{which}.yaml was removed"])
    assert version_in_force(stage) == 2


@pytest.mark.row(90, 97)
def test_all_of_the_roster_removed(stage: Stage) -> None:
    stage.story.change_trust(lambda trust: gone(trust, "leo"))
    stage.story.commit(dict.fromkeys([p for p in stage.story.tree if p.startswith("trust/")]))

    stage.fails("append-only")
    assert version_in_force(stage) == 2


@pytest.mark.row(97)
@pytest.mark.parametrize("forgotten", ["ended", "compromised"])
def test_a_version_that_forgets_what_was_revoked(stage: Stage, forgotten: str) -> None:
    lost = Compromised(key=public_key("max"), keep=frozenset(), why="stolen laptop")
    stage.story.change_trust(lambda trust: replace(gone(trust, "leo"), compromised=(lost,)))
    stage.story.change_trust(
        lambda t: replace(t, ended=Ended()) if forgotten == "ended" else replace(t, compromised=())
    )

    stage.fails("trust-chain", says=["forgets"])
    assert version_in_force(stage) == 2


@pytest.mark.row(91)
@pytest.mark.parametrize(
    "change",
    [
        lambda t: replace(t, admins=()),
        lambda t: replace(t, quorum=3),
        lambda t: replace(t, admins=("ada",), quorum=2),
        lambda t: replace(t, ended=Ended(keys=frozenset({public_key("ada"), public_key("alf")}))),
        lambda t: replace(gone(t, "alf"), quorum=2),
    ],
    ids=["no admin", "more than there are", "one of two", "keys ended", "an admin ended"],
)
def test_a_roster_that_nobody_could_change_again(tmp_path: Path, change) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - a table of lambdas
    stage = Stage.of(tmp_path, by_two())
    old = stage.story.in_force
    new = replace(change(old.trust), version=2, previous=str(old.digest))
    stage.story.introduce(new, signers=("ada", "alf"))

    stage.fails("trust-chain")
    assert version_in_force(stage) == 1


@pytest.mark.row(99)
def test_a_number_that_somebody_squats_leaves_the_next_one_free(stage: Stage) -> None:
    squatter = replace(stage.story.in_force.trust, version=2**53, previous=str(stage.story.genesis))
    stage.story.introduce(squatter, signers=("max",))
    stage.fails("trust-chain", says=["0 of 1"])

    stage.story.change_trust(lambda trust: without_role(trust, "leo"))
    assert version_in_force(written(stage)) == 3


@pytest.mark.row(99)
@pytest.mark.parametrize("number", [1, 0, -1])
def test_a_number_that_does_not_rise(stage: Stage, number: int) -> None:
    data = trust_files.write(promoted(stage.story)).data.replace(
        b"version: 2", f"version: {number}".encode()
    )
    signature = sign("ada", data, trust_files.NAMESPACE)
    put = {"trust/0002.yaml": data, "trust/0002.ada.sig": signature}
    stage.story.commit(put, by="ada")

    stage.fails("trust-chain")
    assert version_in_force(stage) == 1


# -- keys


def rotated(trust: Trust) -> Trust:
    ended = Ended(keys=trust.ended.keys | {public_key("leo")}, people=trust.ended.people)
    return replace(
        trust, people={**trust.people, PersonId("leo"): person("leo", "leo_new")}, ended=ended
    )


@pytest.mark.row(92)
def test_a_retired_key_signs_on(stage: Stage) -> None:
    stage.story.change_trust(rotated)
    stage.story.ok("legal", by="leo", key="leo")

    stage.fails("record-writer", says=["nobody's in trust version 2"])


@pytest.mark.row(92)
@pytest.mark.parametrize("when", ["on a branch from before", "with that branch merged forward"])
def test_a_retired_key_signs_where_nobody_has_heard_of_it(stage: Stage, when: str) -> None:
    side = stage.story.aside()
    stage.story.change_trust(rotated)
    side.ok("legal", by="leo", key="leo")
    if when == "on a branch from before":
        stage.story.merge(side)
    else:
        side.merge(stage.story)
        stage.story.head = side.head

    stage.warns("overtaken-record", says=["was overtaken by trust version 2"])


@pytest.mark.row(92)
def test_a_retired_person_picks_the_version_that_retired_them(stage: Stage) -> None:
    """After their own verdict, so that its makers seem to have seen it."""
    side = stage.story.aside()
    stage.story.change_trust(lambda trust: gone(trust, "leo"))
    side.ok("legal", by="leo")
    side.commit({p: f for p, f in stage.story.tree.items() if p.startswith("trust/0002")})
    stage.story.merge(side)

    stage.fails("trust-chain", warns=["overtaken-record"])
    assert version_in_force(stage) == 2


def copied_in(stage: Stage, number: str, signatures: dict[str, bytes], *, first: bool) -> None:
    """Somebody brings a version in once more, from before it, with signatures of their own."""
    copy = stage.story.aside()
    copy.head = 0 if number == "0001" else stage.story.shelf.nodes[stage.story.head].parents[0]
    data = stage.story.tree[f"trust/{number}.yaml"].data
    copy.commit({f"trust/{number}.yaml": data, **signatures}, by="max")
    if first:
        copy.merge(stage.story, theirs=True)
        stage.story.head = copy.head
    else:
        stage.story.merge(copy)


@pytest.mark.row(90, 98)
@pytest.mark.parametrize("number", ["0001", "0002"])
@pytest.mark.parametrize("first", [True, False])
def test_a_copy_of_a_version_ends_no_trust(stage: Stage, number: str, *, first: bool) -> None:
    stage.story.change_trust(lambda trust: without_role(trust, "leo"))
    copied_in(stage, number, {}, first=first)

    stage.fails("trust-chain", says=["entered history 2 times: it is in force"])
    assert version_in_force(stage) == 2


@pytest.mark.row(90, 98)
@pytest.mark.parametrize("number", ["0001", "0002"])
def test_a_copy_of_a_version_with_a_junk_signature_ends_no_trust(stage: Stage, number: str) -> None:
    """Beside the first version it would leave everybody undecided for ever."""
    stage.story.change_trust(lambda trust: without_role(trust, "leo"))
    copied_in(stage, number, {f"trust/{number}.eli.sig": b"junk\n"}, first=False)

    answer = reported_answer(stage)
    assert answer == ("fail", 2)


@pytest.mark.row(90, 98)
def test_a_copy_of_a_version_signed_by_another_in_an_admins_name(tmp_path: Path) -> None:
    """The roster goes back to the one before, in which Leo still holds his role."""
    found = []
    for order in (True, False):
        (tmp_path / str(order)).mkdir()
        stage = Stage.of(tmp_path / str(order))
        stage.story.change_trust(lambda trust: without_role(trust, "leo"))
        data = stage.story.tree["trust/0002.yaml"].data
        signature = sign("max", data, trust_files.NAMESPACE)
        copied_in(stage, "0002", {"trust/0002.ada.sig": signature}, first=order)
        found.append(reported_answer(stage))

    assert found == [("fail", 2)] * 2


def reported_answer(stage: Stage) -> tuple[str, int]:
    """The outcome, and the version in force, for somebody who has seen nothing before."""
    report = stage.repo.write(stage.story).report(stage.story.pin)
    return report.outcome.value, report.trust_version


@pytest.mark.row(83, 84)
@pytest.mark.parametrize("accepted", [True, False])
def test_somebody_acts_under_a_roster_before_its_quorum_signed_it(
    tmp_path: Path, *, accepted: bool
) -> None:
    """Max commits the bytes of a proposed version himself, and judges under it at once."""
    story = Story(first_trust(quorum=2))
    story.declare()
    story.draft()
    for gate in ("accuracy", "messaging"):
        story.ok(gate)
    old = story.in_force
    granted = with_role(old.trust, "max", "legal-officer")
    new = replace(granted, version=2, previous=old.digest)
    written = trust_files.write(new)
    side = story.aside()
    planted = side.commit({written.path: written.data}, by="max")
    body = Verdict(subject=story.newest, text="", settles=[], edit="")
    side.record("ok", body, by="max", gate="legal", trust=written.digest)
    story.introduce(new, signers=("ada", "alf"))
    story.merge(side)
    for gate in ("approval", "release"):
        story.ok(gate)
    story.send()
    if accepted:
        story.change_trust(
            lambda t: replace(t, accepted=(accepting("trust-chain", planted),)),
            signers=("ada", "alf"),
        )

    report = both_ways(story, tmp_path / "repo")

    errors = {f.rule for f in report.findings if f.level.value == "error"}
    assert {"record-writer", "open-gate", "wrong-order"} <= errors
    assert ("trust-chain" in errors) is not accepted


@pytest.mark.row(90, 92)
def test_a_stranger_copies_the_version_that_let_people_go(tmp_path: Path) -> None:
    """It seems that its makers had seen nothing; one acceptance puts all of it right again."""
    story = Story()
    story.declare()
    before = story.aside()
    for number in range(3):
        story.message = MessageId(f"m-{number}")
        story.draft(f"Words {number}\n")
        story.pass_gates()
        story.send()
    story.change_trust(lambda trust: gone(gone(trust, "rob"), "lea"))
    assert story.report().outcome.value == "pass"
    copy = before.commit({p: f for p, f in story.tree.items() if p.startswith("trust/0002")})
    story.merge(before)
    assert len(both_ways(story, tmp_path / "red").findings) > 10

    story.change_trust(lambda t: replace(t, accepted=(accepting("trust-chain", copy),)))

    report = both_ways(story, tmp_path / "green")
    assert [(f.rule, f.level.value) for f in report.findings] == [("trust-chain", "accepted")]


@pytest.mark.row(92)
def test_a_copy_of_a_version_takes_no_objection_away(tmp_path: Path) -> None:
    """Brought in once more from before it, it seems that its makers had not seen it."""
    stage = Stage.of(tmp_path, to_send)
    story = stage.story
    story.object("legal", by="leo")
    story.change_trust(lambda trust: gone(trust, "leo"))
    signatures = {p: f.data for p, f in story.tree.items() if p.endswith("2.ada.sig")}
    copied_in(stage, "0002", signatures, first=False)
    story.begin_send()
    copy = next(f for f in story.report().findings if f.rule == "trust-chain")
    story.change_trust(
        lambda t: replace(t, accepted=(accepting("trust-chain", copy.digest or ""),))
    )

    report = story.report()
    assert "standing-objection" in {f.rule for f in report.findings if f.level.value == "error"}


@pytest.mark.row(99)
def test_a_signature_for_a_version_that_is_not_there_yet(stage: Stage) -> None:
    """Whoever makes that version will change the file, and the signature will not count."""
    stage.story.commit({"trust/0002.ada.sig": b"junk\n"})

    stage.fails("stray-file", says=["trust/0002.ada.sig"])


@pytest.mark.row(93)
def test_a_stolen_key_signs_whatever_it_likes(stage: Stage) -> None:
    lost = Compromised(key=public_key("leo"), keep=frozenset(), why="stolen laptop")
    stage.story.change_trust(lambda trust: replace(trust, compromised=(lost,)))
    for _ in range(2):
        stage.story.ok("legal", by="leo")

    found = stage.warns("overtaken-record", says=["lost", "stolen laptop"])
    assert len(found) == 2


@pytest.mark.row(93)
@pytest.mark.parametrize("kept", [True, False])
def test_a_send_that_rested_on_a_stolen_key(stage: Stage, *, kept: bool) -> None:
    """Nobody can say whether the verdict was hers, until the admins keep it by name."""
    given = next(p.digest for p in stage.story.of_kind("ok") if p.record.gate == "legal")
    digests = {d for d, r in stage.story.shelf.records.items() if r.record.person == "lea"}
    keep = frozenset(digests if kept else digests - {given})
    lost = Compromised(key=public_key("lea"), keep=keep, why="stolen laptop")
    stage.story.change_trust(lambda trust: replace(trust, compromised=(lost,)))

    if kept:
        stage.repo.write(stage.story)
        stage.passes()
    else:
        stage.fails("open-gate", "wrong-order", says=["legal"], warns=["overtaken-record"])


# -- gates


def lax(trust: Trust) -> Trust:
    rule = Relaxed(gates=(GateId("release"),), channels=dict(CHANNELS), recipients=())
    return replace(trust, relaxed={AudienceId("all-customers"): rule})


@pytest.mark.row(95)
def test_a_gate_weakened_for_one_send_is_on_record(tmp_path: Path) -> None:
    """What the quorum allowed was allowed. It stays in the roster's history, signed."""
    stage = Stage.of(tmp_path, in_review)
    story = stage.story
    story.change_trust(lax)
    story.ok("release")
    story.send()
    story.change_trust(lambda trust: replace(trust, relaxed={}))
    stage.repo.write(story)

    stage.passes()
    log = stage.desk.comms(stage.repo.path, "trust", "log", "--json").json
    assert [version["version"] for version in log["versions"]] == [1, 2, 3]


@pytest.mark.row(95)
def test_a_gate_weakened_elsewhere_and_restored_by_who_never_saw_the_send(tmp_path: Path) -> None:
    stage = Stage.of(tmp_path, in_review)
    story = stage.story
    story.change_trust(lax)
    story.ok("release")
    with story.branch() as side:
        side.send()
        story.change_trust(lambda trust: replace(trust, relaxed={}))

    stage.fails("open-gate", "wrong-order", says=["accuracy", "messaging", "legal", "approval"])


@pytest.mark.row(96)
@pytest.mark.parametrize(
    "path",
    ["trust.yaml", "incidents/{i}/trust/0001.yaml", "incidents/{i}/incident.yaml", "comms.yaml",
     "incidents/{i}/messages/{m}/trust.yaml", "audiences.yaml", "channels.yaml", "gates.yaml"],
)  # fmt: skip
def test_an_incident_with_gates_of_its_own(tmp_path: Path, path: str) -> None:
    """No file but those of ``trust/`` says which gates there are."""
    stage = Stage.of(tmp_path, in_review)
    story = stage.story
    weak = b"gates: {}\nquorum: 1\nrelaxed: true\nseverity: SEV-4\ndrill: true\n"
    data = trust_files.write(lax(stage.story.in_force.trust)).data if "trust" in path else weak
    story.commit({path.format(i=story.incident, m=story.message): data})
    story.ok("release")
    story.send()

    stage.fails("open-gate", "wrong-order")


@pytest.mark.row(96)
@pytest.mark.parametrize(
    "changed",
    [{"severity": "SEV-4"}, {"phase": "resolution"}, {"audience": "internal-stakeholders"},
     {"template": []}, {"channels": {}}, {"channels": {"status": {"adapter": "file"}}}],
)  # fmt: skip
def test_labels_that_choose_fewer_gates(tmp_path: Path, changed: dict[str, Any]) -> None:
    story = Story(lax(first_trust()))
    story.declare()
    stage = Stage.of(tmp_path, two_sent(story))
    if "severity" in changed or "phase" in changed or "template" in changed:
        changed = {**changed, "audience": "strategic-customers"}
    audience = str(changed.pop("audience", "all-customers"))
    story.draft(audience=audience, **changed)
    story.ok("release")
    story.send()

    assert {"open-gate"} <= {rule for rule, _ in reported(written(stage))}


def written(stage: Stage) -> Stage:
    stage.repo.write(stage.story)
    return stage


# -- the first version


@pytest.mark.row(98)
def test_without_a_pin_nothing_is_believed(stage: Stage) -> None:
    stage.desk.pin.unlink()

    stage.is_undecided("there is no pin")


@pytest.mark.row(98)
def test_another_first_version_and_history_than_the_pins(stage: Stage) -> None:
    """All is in order there, under a roster of the attacker's."""
    other = sent_under(replace(first_trust(), commits="signed"))
    stage.repo.write(other)

    stage.is_undecided("no trust in force that the pin begins")


@pytest.mark.row(98)
def test_another_first_version_beside_the_pins(stage: Stage) -> None:
    other = replace(first_trust(admins=("max",)), version=7)
    stage.story.introduce(other, signers=("max",))

    stage.fails("trust-chain", says=["another first version than the pin's"])
    assert version_in_force(stage) == 1


@pytest.mark.row(98)
@pytest.mark.parametrize("path", ["trust/0000.yaml", "trust/0001.yaml", "trust/00001.yaml"])
def test_a_first_version_that_names_another_repository_hides_no_pin(
    stage: Stage, path: str
) -> None:
    """Whose pin is in the user's own store finds it, whatever else lies there."""
    lure = trust_files.write(replace(first_trust(), repository="elsewhere")).data
    lured = stage.story.aside()
    lured.commit({path: lure})
    stage.story.merge(lured)
    stage.repo.write(stage.story)
    environ = {"HOME": str(stage.desk.home)}
    pins.store(stage.story.pin, environ)
    pins.store(replace(stage.story.pin, repository="elsewhere", genesis=Digest("0" * 64)), environ)
    stage.desk.pin.unlink()

    answer = stage.check()

    assert answer.json["pin"]["digest"] == stage.story.genesis
    assert (answer.status, answer.json["outcome"]) == (1, "fail")


@pytest.mark.row(98)
@pytest.mark.parametrize("name", ["x" * 60_000, "../../../etc/passwd", "a/b", ".", "e\u0301"])
def test_a_repository_with_a_strange_name(tmp_path: Path, name: str) -> None:
    """The name chooses the file of a pin, and no other file."""
    story = Story(replace(first_trust(), repository=name))
    repo = Repo.make(tmp_path / "repo").write(story)
    desk = Desk.of(tmp_path, None)

    answer = desk.checked(repo.path)

    assert (answer.status, answer.json["outcome"]) == (3, "undecided")
    assert "there is no pin" in answer.json["reasons"][0]


@pytest.mark.row(98)
def test_a_pin_in_the_repository_is_nobodys(stage: Stage) -> None:
    """The branch under test brings a pin for its own roster, under every likely name."""
    other = sent_under(replace(first_trust(), commits="signed"))
    pin = pins.write(other.pin)
    names = [".comms.pin", "comms.pin", "pin", ".config/comms/pins/x.pin", "trust.pin", "COMMS_PIN"]
    other.commit(dict.fromkeys(names, pin))
    stage.repo.write(other).checkout()

    stage.is_undecided("no trust in force that the pin begins")


# -- ids


@pytest.mark.row(100)
@pytest.mark.parametrize(
    "back",
    [
        lambda t: {**t.people, PersonId("leo"): person("leo", "leo_new")},
        lambda t: {**t.people, PersonId("neo"): person("neo", "leo")},
        lambda t: {**t.people, PersonId("lea"): person("lea", "leo")},
    ],
    ids=["the id", "the key", "the key beside another"],
)
def test_what_belonged_to_somebody_who_left(stage: Stage, back) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - a table of lambdas
    stage.story.change_trust(lambda trust: gone(trust, "leo"))
    stage.story.change_trust(lambda trust: replace(trust, people=back(trust)))

    stage.fails("trust-chain")
    assert version_in_force(stage) == 2


@pytest.mark.row(100)
def test_two_people_change_their_keys(stage: Stage) -> None:
    def swapped(trust: Trust) -> Trust:
        both = {PersonId("lea"): person("lea", "max"), PersonId("max"): person("max", "lea")}
        return replace(trust, people={**trust.people, **both})

    stage.story.change_trust(swapped)

    stage.fails("trust-chain", says=["a key that belongs to"])


@pytest.mark.row(100)
def test_a_person_dropped_and_quietly_back(stage: Stage) -> None:
    def dropped(trust: Trust) -> Trust:
        people = {p: who for p, who in trust.people.items() if p != "leo"}
        return replace(without_role(trust, "leo"), people=people)

    stage.story.change_trust(dropped)

    stage.fails("trust-chain", says=["drops leo without listing them"])


# -- what the admins accept


def accepting(rule: str, subject: str) -> Accepted:
    return Accepted(rule=rule, subject=subject, why="it was a slip")


def test_an_acceptance_needs_the_quorum_and_makes_nothing_count(tmp_path: Path) -> None:
    stage = Stage.of(tmp_path, in_review)
    story = stage.story
    ok = story.ok("legal", by="max")
    stage.fails("record-writer")

    accepted = (accepting("record-writer", ok),)
    story.change_trust(lambda trust: replace(trust, accepted=accepted))
    stage.repo.write(story)
    answer = stage.check()

    assert (answer.status, answer.json["outcome"]) == (0, "pass")
    assert [(f["rule"], f["level"]) for f in answer.json["findings"]] == [
        ("record-writer", "accepted")
    ]
    legal = next(
        g
        for m in answer.json["messages"]
        if m["message"] == story.message
        for g in m["gates"]
        if g["gate"] == "legal"
    )
    assert (legal["state"], legal["by"]) == ("open", [])
