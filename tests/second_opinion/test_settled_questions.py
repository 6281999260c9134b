"""Where the two checkers did not agree at first, each in its smallest form, with the argument."""

from dataclasses import replace
from pathlib import Path
from random import Random

from commscli.domain.ids import PersonId
from commscli.domain.records import Ratified
from commscli.domain.report import Outcome, Report
from commscli.domain.trust import Accepted, Ended, Trust
from commscli.gates.engine import check
from commscli.ledger import record_files
from tests.properties.test_engine import reordered
from tests.second_opinion import comparing
from tests.second_opinion.histories import Tale, emergency_for
from tests.support.repos import Repo
from tests.support.story import (
    Story,
    first_trust,
    person,
    public_key,
    sent,
    sign,
    with_role,
    without_role,
)


def checked(story: Story, folder: Path) -> Report:
    """What our checker says of the story as real git, on which the second opinion agrees."""
    report = Repo.make(folder / "repo", object_format="sha1").write(story).report(story.pin)
    second = comparing.of_second(comparing.second(Tale(branches=[story]), story))
    assert not comparing.differences(second, comparing.of_ours(report))
    return report


def gone(trust: Trust, name: str) -> Trust:
    left = {p: who for p, who in trust.people.items() if p != name}
    ended = Ended(people=trust.ended.people | {PersonId(name)})
    return replace(without_role(trust, name), people=left, ended=ended)


def test_a_copy_with_a_bad_signature_takes_no_version_out_of_force(
    tmp_path: Path,
) -> None:
    """Leo is retired. On a branch he enters that version again, with a false signature beside
    it. It must stay in force (rule 10; chain.py: nobody can stop the chain by making a copy);
    instead the chain ends before it, for ever, and leo's retirement is undone.
    """
    story = sent()
    side = story.aside()
    story.change_trust(lambda trust: gone(trust, "leo"))
    copied = {path: file for path, file in story.tree.items() if path.startswith("trust/0002")}
    side.commit({**copied, "trust/0002.leo.sig": b"no signature\n"}, by="leo")
    story.merge(side)

    assert checked(story, tmp_path).trust_version == 2


def test_one_person_does_not_pass_one_gate_and_ratify_another(tmp_path: Path) -> None:
    """The promise says: a distinct person for each required gate (rule 4: a person with
    verdicts in two gates counts for one). Here lea passes messaging and ratifies legal.
    """
    trust = with_role(first_trust(), "lea", "messaging-officer")
    story = Story(replace(trust, emergency=emergency_for(trust)))
    story.declare()
    story.draft()
    story.ok("messaging", by="lea")
    for name in ("ian", "eva"):
        story.ok("emergency", by=name)
    intent = story.send()
    for gate, name in {
        "accuracy": "cleo",
        "legal": "lea",
        "approval": "eli",
        "release": "ida",
    }.items():
        story.record("ratified", Ratified(of=intent), by=name, gate=gate)

    assert {f.key for f in checked(story, tmp_path).findings} == {"legal"}


def test_a_signature_of_no_version_is_a_stray_file(tmp_path: Path) -> None:
    """Only records, versions and their signatures may lie there. Whoever puts a file
    ``trust/0002.ada.sig`` there first keeps ada from ever signing a version 2 beside it.
    """
    story = sent()
    story.commit({"trust/0002.ada.sig": b"no signature\n"}, by="tom")

    assert {f.rule for f in checked(story, tmp_path).findings} == {"stray-file"}


def test_a_root_that_brings_a_copy_of_the_first_version_is_a_foreign_root(tmp_path: Path) -> None:
    """A root commit that genesis does not reach is an error (rule 16); to copy genesis into it
    makes two findings of one, and must not hide that a foreign history was merged.
    """
    story = sent()
    first = {path: file for path, file in story.tree.items() if path.startswith("trust/0001")}
    side = story.aside()
    side.head = -1
    side.commit(first, by="tom")
    story.merge(side)

    assert {f.rule for f in checked(story, tmp_path).findings} == {"trust-chain", "pinned-root"}


def test_a_record_with_two_signatures_has_one_worth_in_any_order(
    tmp_path: Path,
) -> None:
    """Lea's ok lies twice, signed with each of her keys, and one of the keys has ended. Parent
    order means nothing (rule 11), and the good place counts (format, 3): a pass in each order.
    """
    trust = first_trust()
    lea = person("lea", "lea", "lea_2")
    story = Story(replace(trust, people={**trust.people, lea.id: lea}))
    story.declare()
    story.draft()
    side = story.aside()
    ok = story.shelf.records[story.ok("legal", by="lea")]
    other = sign("lea_2", ok.data, record_files.NAMESPACE)
    side.commit({ok.path: ok.data, f"{ok.path}.sig": other}, by="lea_2")
    end = Ended(keys=frozenset({public_key("lea_2")}))
    story.change_trust(lambda t: replace(t, ended=end))
    accepted = Accepted(rule="append-only", subject=story.merge(side), why="two signatures")
    story.change_trust(lambda t: replace(t, accepted=(accepted,)))
    for gate in ("accuracy", "messaging", "approval", "release"):
        story.ok(gate)
    story.send()
    history = story.history()

    def told(seed: int) -> Report:
        return check(reordered(history, Random(seed)), story.pin)  # noqa: S311 - for orders only

    assert {told(seed).outcome.value for seed in range(8)} == {"pass"}
    assert checked(story, tmp_path).outcome is Outcome.PASS


def test_a_signature_that_only_a_merge_brought_signs_nothing(tmp_path: Path) -> None:
    """Merges introduce nothing (rule 8), and no acceptance makes anything count (rule 9): an ok
    whose signature came by a merge alone has none, whatever the admins accept about the merge.
    """
    story = Story()
    story.declare()
    story.draft()
    side = story.aside()
    side.commit({"notes.md": b"nothing\n"}, by="tom")
    early = story.aside()
    ok = story.shelf.records[early.ok("legal")]
    story.commit({ok.path: ok.data}, by="lea")
    signature = {f"{ok.path}.sig": sign("lea", ok.data, record_files.NAMESPACE)}
    accepted = Accepted(rule="merged-record", subject=story.merge(side, put=signature), why="so")
    story.change_trust(lambda t: replace(t, accepted=(accepted,)))

    assert "record-signature" in {f.rule for f in checked(story, tmp_path).findings}
