"""A record is judged by the trust that it names, and by every later one that did not see it."""

from dataclasses import replace
from pathlib import Path

import pytest

from commscli.domain.ids import AudienceId, Digest, GateId, PersonId
from commscli.domain.report import Outcome, Report
from commscli.domain.trust import Accepted, Compromised, Ended, Relaxed, Trust
from tests.support.repos import both_ways, only, told
from tests.support.story import (
    CHANNELS,
    Story,
    first_trust,
    passed,
    person,
    public_key,
    with_role,
    without_role,
)


def drafted(trust: Trust | None = None) -> Story:
    story = Story(trust)
    story.declare()
    story.draft()
    return story


def legal(report: Report) -> tuple[str, ...]:
    return report.messages[0].gates[2].by


def gone(trust: Trust, name: str) -> Trust:
    """Somebody leaves: out of the people and the roles, and listed under ended."""
    trust = without_role(trust, name)
    keys = frozenset(trust.people[PersonId(name)].keys)
    return replace(
        trust,
        people={p: who for p, who in trust.people.items() if p != name},
        admins=tuple(p for p in trust.admins if p != name),
        ended=Ended(keys=trust.ended.keys | keys, people=trust.ended.people | {PersonId(name)}),
    )


def test_a_verdict_that_the_admins_saw_stays_valid_after_a_handover(tmp_path: Path) -> None:
    story = drafted()
    story.ok("legal", by="leo")
    story.change_trust(lambda trust: gone(trust, "leo"))

    report = both_ways(story, tmp_path / "repo")

    assert (report.findings, legal(report)) == ((), ("leo",))


def test_a_concurrent_verdict_is_void(tmp_path: Path) -> None:
    story = drafted()
    with story.branch() as side:
        side.ok("legal", by="leo")
        story.change_trust(lambda trust: gone(trust, "leo"))

    report = both_ways(story, tmp_path / "repo")

    assert told(report) == [("overtaken-record", "warning")]
    assert legal(report) == ()
    assert report.outcome is Outcome.PASS


def test_a_retired_person_who_branches_before_gets_nothing_by_merging_main_in() -> None:
    story = drafted()
    side = story.aside()
    story.change_trust(lambda trust: gone(trust, "leo"))
    side.ok("legal", by="leo")
    side.merge(story)

    assert told(side.report()) == [("overtaken-record", "warning")]
    assert legal(side.report()) == ()


def test_who_holds_the_role_in_both_versions_is_valid_when_concurrent() -> None:
    story = drafted()
    with story.branch() as side:
        side.ok("legal", by="leo")
        story.change_trust(lambda trust: gone(trust, "lea"))

    assert legal(story.report()) == ("leo",)


def test_a_role_granted_after_the_fact_does_not_help(tmp_path: Path) -> None:
    story = drafted()
    story.ok("legal", by="max")
    story.change_trust(lambda trust: with_role(trust, "max", "legal-officer"))

    report = both_ways(story, tmp_path / "repo")

    assert "max does not hold in version 1" in only(report, "record-writer").text
    assert legal(report) == ()


def test_a_record_cannot_name_a_trust_that_its_commit_does_not_have(tmp_path: Path) -> None:
    story = drafted()
    side = story.aside()
    granted = story.change_trust(lambda trust: with_role(trust, "max", "legal-officer"))
    body = side.shelf.records[side.ok("legal", by="lea")].record.body
    side.record("ok", body, by="max", gate="legal", trust=granted)
    story.merge(side)

    report = both_ways(story, tmp_path / "repo")

    assert "names trust version 2, which its commit lacks" in only(report, "record-writer").text


def test_a_new_key_signs_and_the_old_one_does_not(tmp_path: Path) -> None:
    story = drafted()
    story.ok("accuracy", by="cleo")

    def rotated(trust: Trust) -> Trust:
        new = person("lea", "lea_new")
        ended = Ended(keys=trust.ended.keys | {public_key("lea")}, people=trust.ended.people)
        return replace(trust, people={**trust.people, PersonId("lea"): new}, ended=ended)

    story.change_trust(rotated)
    story.ok("legal", by="lea", key="lea_new")
    assert legal(story.report()) == ("lea",)

    story.ok("legal", by="lea", key="lea")
    report = both_ways(story, tmp_path / "repo")

    assert "nobody's in trust version 2" in only(report, "record-writer").text


@pytest.mark.parametrize("kept", [True, False], ids=["kept by name", "not kept"])
def test_a_lost_key_voids_what_it_signed_but_for_what_the_admins_keep(*, kept: bool) -> None:
    story = drafted()
    given = story.ok("legal", by="lea")
    keep = frozenset({given}) if kept else frozenset[Digest]()
    lost = Compromised(key=public_key("lea"), keep=keep, why="stolen laptop")
    story.change_trust(lambda trust: replace(trust, compromised=(lost,)))

    report = story.report()

    assert told(report) == ([] if kept else [("overtaken-record", "warning")])
    assert legal(report) == (("lea",) if kept else ())


def test_a_send_that_rested_on_a_lost_key_is_an_error_until_it_is_kept(tmp_path: Path) -> None:
    story = passed()
    given = next(p.digest for p in story.of_kind("ok") if p.record.gate == "legal")
    story.send()
    lost = Compromised(key=public_key("lea"), keep=frozenset(), why="stolen laptop")
    story.change_trust(lambda trust: replace(trust, compromised=(lost,)))

    report = both_ways(story, tmp_path / "repo")
    assert report.outcome is Outcome.FAIL
    assert {"open-gate", "wrong-order", "overtaken-record"} == {f.rule for f in report.findings}

    kept = replace(lost, keep=frozenset({given}))
    story.change_trust(lambda trust: replace(trust, compromised=(kept,)))
    assert story.report().findings == ()


def test_what_a_thief_began_to_send_is_told_of_once() -> None:
    story = drafted()
    story.begin_send(by="rob")
    assert {rule for rule, _ in told(story.report())} == {"open-gate", "unfinished-send"}
    lost = Compromised(key=public_key("rob"), keep=frozenset(), why="stolen laptop")

    story.change_trust(lambda trust: replace(trust, compromised=(lost,)))

    report = story.report()
    assert told(report) == [("overtaken-record", "error")]
    assert report.messages[0].state.value == "in-review"


def test_a_send_whose_sender_was_retired_meanwhile_is_judged_all_the_same(tmp_path: Path) -> None:
    story = drafted()
    with story.branch() as side:
        side.send(by="rob")
        story.change_trust(lambda trust: gone(trust, "rob"))

    report = both_ways(story, tmp_path / "repo")

    assert report.outcome is Outcome.FAIL
    assert {"overtaken-record", "open-gate"} == {f.rule for f in report.findings}
    assert report.messages[0].state.value == "sent"


def test_a_send_of_a_revision_that_is_void_is_an_error() -> None:
    story = drafted()
    with story.branch() as side:
        side.draft("Their words.\n", by="tara")
        side.pass_gates()
        side.send()
        story.change_trust(lambda trust: gone(trust, "tara"))

    report = story.report()

    assert "no revision of this message, or one that counts for nothing" in next(
        f.text for f in report.findings if f.rule == "open-gate"
    )
    assert report.outcome is Outcome.FAIL


def test_a_send_of_nothing_is_an_error() -> None:
    story = drafted()
    story.begin_send(subject=Digest("9" * 64))

    assert "rob sent what is no revision" in only(story.report(), "open-gate").text


def test_a_send_must_pass_every_trust_that_could_have_known_of_it(tmp_path: Path) -> None:
    """Gates are relaxed for a moment, sent under, and restored by admins who never saw it."""

    def lax(trust: Trust) -> Trust:
        rule = Relaxed(gates=(GateId("release"),), channels=dict(CHANNELS), recipients=())
        return replace(trust, relaxed={AudienceId("all-customers"): rule})

    story = drafted()
    story.change_trust(lax)
    story.ok("release")
    with story.branch() as side:
        side.send()
        story.change_trust(lambda trust: replace(trust, relaxed={}))

    report = both_ways(story, tmp_path / "repo")

    assert report.outcome is Outcome.FAIL
    assert {f.key for f in report.findings if f.rule == "open-gate"} == {
        "accuracy", "messaging", "legal", "approval",
    }  # fmt: skip


def test_a_second_introduction_of_a_version_is_an_error_and_gives_nothing(tmp_path: Path) -> None:
    """A retired person picks the version that retired him onto his own branch, after his ok."""
    story = drafted()
    side = story.aside()
    story.change_trust(lambda trust: gone(trust, "leo"))
    side.ok("legal", by="leo")
    picked = {p: f for p, f in story.tree.items() if p.startswith("trust/0002")}
    side.commit(picked)
    story.merge(side)

    report = both_ways(story, tmp_path / "repo")

    twice = [("trust-chain", "error")] * 2
    assert told(report) == [("overtaken-record", "warning"), *twice]
    assert report.outcome is Outcome.FAIL
    assert report.trust_version == 2


def test_nobody_stops_the_roster_by_copying_its_first_version(tmp_path: Path) -> None:
    """Squatting trust/0001 on an older commit leaves an error that the admins can accept."""
    story = drafted()
    side = story.aside()
    side.head = 0
    side.commit({p: f for p, f in story.tree.items() if p.startswith("trust/0001")})
    story.merge(side)
    story.ok("legal")

    report = both_ways(story, tmp_path / "red")
    assert told(report) == [("trust-chain", "error")] * 2
    copy = next(f.commit for f in report.findings if f.commit == story.shelf.nodes[side.head].id)
    accepted = Accepted(rule="trust-chain", subject=str(copy), why="a slip of the hand")
    story.change_trust(lambda trust: replace(trust, accepted=(accepted,)))

    report = both_ways(story, tmp_path / "green")
    assert told(report) == [("trust-chain", "accepted")]
    assert report.outcome is Outcome.PASS


def test_a_compromised_key_is_never_forgotten(tmp_path: Path) -> None:
    story = drafted()
    lost = Compromised(key=public_key("leo"), keep=frozenset(), why="stolen")
    story.change_trust(lambda trust: replace(trust, compromised=(lost,)))
    story.change_trust(lambda trust: replace(trust, compromised=()))

    report = both_ways(story, tmp_path / "repo")
    assert "forgets a compromised key" in only(report, "trust-chain").text
    assert report.trust_version == 2


def test_a_version_that_came_by_a_merge_alone_is_not_in_force(tmp_path: Path) -> None:
    story = drafted()
    side = story.aside()
    side.commit({"notes.md": b"nothing\n"})
    other = story.aside()
    other.change_trust(lambda trust: with_role(trust, "max", "legal-officer"))
    new = {p: f for p, f in other.tree.items() if p.startswith("trust/0002")}
    story.merge(side, put=new)

    report = both_ways(story, tmp_path / "repo")

    assert report.trust_version == 1
    assert {f.rule for f in report.findings} == {"merged-record", "trust-chain"}


def test_two_successors_are_a_fork_and_neither_is_in_force(tmp_path: Path) -> None:
    story = drafted()
    old = story.in_force
    with story.branch() as side:
        side.change_trust(lambda trust: with_role(trust, "max", "legal-officer"))
        other = replace(gone(old.trust, "leo"), version=3, previous=old.digest)
        story.introduce(other, signers=("alf",))

    report = both_ways(story, tmp_path / "repo")

    assert [f.path for f in report.findings] == ["trust/0002.yaml", "trust/0003.yaml"]
    assert all("forks the trust" in f.text for f in report.findings)
    assert (report.trust_version, report.outcome) == (1, Outcome.FAIL)


def test_a_number_that_somebody_squats_is_passed_over(tmp_path: Path) -> None:
    story = drafted()
    squatter = replace(first_trust(), version=2, previous=story.genesis)
    story.introduce(squatter, signers=("tom",))
    story.change_trust(lambda trust: with_role(trust, "max", "legal-officer"))
    story.ok("legal", by="max")

    report = both_ways(story, tmp_path / "repo")

    assert (report.trust_version, legal(report)) == (3, ("max",))
    assert "trust/0002.yaml is not in force" in only(report, "trust-chain").text


def test_a_copy_under_another_number_is_told_of(tmp_path: Path) -> None:
    story = drafted()
    files = {
        path.replace("0001", "0007"): file
        for path, file in story.tree.items()
        if path.startswith("trust/0001")
    }
    story.commit(files)

    finding = only(both_ways(story, tmp_path / "repo"), "trust-chain")

    assert (finding.path, finding.text) == (
        "trust/0007.yaml",
        "trust/0007.yaml is not in force: it says that it is version 1",
    )


def test_a_signature_that_came_later_does_not_count(tmp_path: Path) -> None:
    story = drafted(first_trust(quorum=2))
    old = story.in_force
    new = replace(with_role(old.trust, "max", "legal-officer"), version=2, previous=old.digest)
    story.introduce(new, signers=("ada",))
    late = story.aside()
    late.introduce(new, signers=("alf",))
    signature = {"trust/0002.alf.sig": late.tree["trust/0002.alf.sig"]}
    story.commit(signature, by="alf")

    report = both_ways(story, tmp_path / "repo")

    assert told(report) == [("stray-file", "error"), ("trust-chain", "error")]
    assert "signed by 1 of 2 admins" in report.findings[0].text
    assert report.trust_version == 1


def test_a_quorum_of_two_changes_the_trust() -> None:
    story = drafted(first_trust(quorum=2))
    story.change_trust(lambda t: with_role(t, "max", "legal-officer"), signers=("ada", "alf"))

    assert story.report().trust_version == 2


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda t: replace(t, repository="another"), "another repository"),
        (lambda t: replace(t, people={p: w for p, w in t.people.items() if p != "max"},
                           roles={r: tuple(p for p in h if p != "max")
                                  for r, h in t.roles.items()}),
         "drops max without listing them"),
        (lambda t: replace(t, people={**t.people, "eva": person("eva", "lea")}), "one person"),
        (lambda t: replace(t, admins=("ada", "tom"), quorum=2), "signed by 1 of 2"),
        (lambda t: replace(t, quorum=3), "expected 1 to 2"),
        (lambda t: replace(t, admins=()), "quorum is 1"),
    ],
    ids=["repository", "dropped", "key taken over", "new quorum", "unreachable", "no admin"],
)  # fmt: skip
def test_a_version_that_cannot_follow_is_refused(change, why: str) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - a table of lambdas
    story = drafted()
    old = story.in_force
    new = replace(change(old.trust), version=2, previous=old.digest)
    story.introduce(new, signers=("ada",))

    report = story.report()

    assert why in only(report, "trust-chain").text
    assert report.trust_version == 1


def test_ended_ids_and_keys_never_come_back() -> None:
    story = drafted()
    story.change_trust(lambda trust: gone(trust, "leo"))
    story.change_trust(
        lambda t: replace(
            t,
            ended=Ended(keys=frozenset(), people=frozenset()),
            people={**t.people, PersonId("leo"): person("leo")},
        )
    )
    assert "has ended" in only(story.report(), "trust-chain").text

    story = drafted()
    story.change_trust(lambda trust: gone(trust, "leo"))
    story.change_trust(
        lambda t: replace(t, people={**t.people, PersonId("neo"): person("neo", "leo")})
    )
    assert "belongs to leo" in only(story.report(), "trust-chain").text


def test_a_later_pin_and_another_genesis() -> None:
    story = drafted()
    second = story.change_trust(lambda trust: with_role(trust, "max", "legal-officer"))
    assert story.report(replace(story.pin, trust=second)).findings == ()

    other = Story(replace(first_trust(), commits="signed"))
    report = story.report(replace(story.pin, genesis=other.genesis))

    assert report.outcome is Outcome.UNDECIDED
    assert report.trust_version == 0
    assert all(f.rule in {"trust-chain", "record-writer"} for f in report.findings)


def test_commits_signed_makes_a_lost_commit_signature_an_error() -> None:
    story = Story(replace(first_trust(), commits="signed"))
    story.declare()
    revision = story.draft()
    body = story.shelf.records[story.ok("legal", by="leo")].record.body
    assert revision == story.newest
    story.record("ok", body, by="lea", gate="legal", committer="")

    assert told(story.report()) == [("commit-signature-lost", "error")]
