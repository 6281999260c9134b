"""What only looks untouched: whatever a change decides about older records is found as well."""

from dataclasses import replace
from pathlib import Path

import pytest

from commscli.domain.ids import Digest, IncidentId, MessageId
from commscli.domain.part import Whole
from commscli.domain.records import Reasoned, TemplateOk
from commscli.domain.report import Level, Outcome
from commscli.domain.trust import Accepted, Compromised
from tests.support.repos import Repo
from tests.support.since_runs import Compared
from tests.support.story import (
    CHANNELS,
    INCIDENT,
    JUDGES,
    Story,
    passed,
    public_key,
    sent,
    with_role,
    without_role,
)

OTHER = IncidentId("2026-11-23-mail-outage")
TEMPLATE = "We know that cards fail.\n"


def compared(folder: Path, story: Story, base: str, *, says: str | None = None) -> set[str]:
    """Judge what came after a commit that passes; the rules of the errors that it brings.

    ``says``: why the whole history was needed; nothing was, if this is not given.
    """
    found = Compared.of(Repo.make(folder / "repo").write(story), base, story.tip, story.pin)
    assert found.base.outcome is Outcome.PASS, found.base.findings
    assert found.faults == []
    if says is None:
        assert not isinstance(found.since, Whole), found.since
    else:
        assert isinstance(found.since, Whole)
        assert says in found.since.why
    return {f.rule for f in found.tip.findings if f.level is Level.ERROR}


def accepting(story: Story, rule: str, subject: str) -> str:
    """The admins accept a fault; return the commit by which they do."""
    accepted = Accepted(rule=rule, subject=subject, why="so be it")
    story.change_trust(lambda trust: replace(trust, accepted=(*trust.accepted, accepted)))
    return story.tip


def elsewhere(story: Story) -> None:
    """Go on in another incident, which leaves this one as it is."""
    story.incident = OTHER
    story.declare()
    story.incident = INCIDENT


# -- what a new roster decides


def test_a_key_that_was_lost_voids_what_nobody_touched(tmp_path: Path) -> None:
    story = sent()
    base = story.tip
    lost = Compromised(key=public_key("mia"), keep=frozenset(), why="stolen")
    story.change_trust(lambda trust: replace(trust, compromised=(lost,)))

    assert "open-gate" in compared(tmp_path, story, base, says="compromised")


def test_commits_must_be_signed_from_now_on(tmp_path: Path) -> None:
    story = passed()
    story.record("hold", Reasoned(why="wait"), by="lea", committer="")
    base = story.tip
    story.change_trust(lambda trust: replace(trust, commits="signed"))

    assert compared(tmp_path, story, base, says="signatures") == {"commit-signature-lost"}


def test_what_was_accepted_is_not_any_more(tmp_path: Path) -> None:
    story = passed()
    objection = story.object("legal", by="leo")
    side = story.aside()
    story.withdraw(objection, by="leo", gate="legal")
    story.ok("legal", settles=[])
    side.send()
    story.commit({f"{story.folder}/records/notes.txt": b"hm\n"})
    base = accepting(story, "stray-file", f"{story.folder}/records/notes.txt")
    story.change_trust(lambda trust: replace(trust, accepted=()))

    assert compared(tmp_path, story, base, says="accepted") == {"stray-file"}


def test_a_second_successor_of_an_older_roster(tmp_path: Path) -> None:
    story = sent()
    side = story.aside()
    story.change_trust(lambda trust: with_role(trust, "max", "legal-officer"))
    base = story.tip
    old = side.in_force
    fork = replace(with_role(old.trust, "tom", "legal-officer"), version=3, previous=old.digest)
    side.introduce(fork, signers=("ada",))
    story.merge(side)

    assert compared(tmp_path, story, base, says="in force") == {"trust-chain"}


def test_a_roster_that_is_copied_to_where_less_was_known(tmp_path: Path) -> None:
    """Its makers had the send before them the first time; they do not the second time."""
    story = passed()
    side = story.aside()
    story.send()
    story.change_trust(lambda trust: without_role(trust, "rob"))
    base = story.tip
    copy = {path: file for path, file in story.tree.items() if path.startswith("trust/0002")}
    side.commit(copy, by="xan")
    story.merge(side)

    assert "overtaken-record" in compared(tmp_path, story, base, says="come in again")


# -- who knew what


def test_a_record_of_a_later_roster_on_an_older_commit(tmp_path: Path) -> None:
    """The older commit does not hold the roster that the record names."""
    story = passed()
    side = story.aside()
    story.change_trust(lambda trust: with_role(trust, "max", "legal-officer"))
    base, later = story.tip, story.in_force.digest
    side.record("hold", Reasoned(why="wait"), by="max", trust=later)
    story.merge(side)

    assert compared(tmp_path, story, base) == {"record-writer"}


def test_a_roster_that_knew_an_older_record_and_one_that_did_not(tmp_path: Path) -> None:
    """The verdict and the second roster are of two branches; the third roster knew both."""
    story = passed()
    side = story.aside()
    side.change_trust(lambda trust: with_role(trust, "max", "legal-officer"))
    story.object("legal", by="leo")
    story.merge(side)
    story.change_trust(lambda trust: without_role(trust, "leo"))
    base = story.tip
    story.send()

    assert "standing-objection" in compared(tmp_path, story, base)


def test_a_verdict_that_a_roster_overtook_in_an_open_incident(tmp_path: Path) -> None:
    """There is something to say of it, and of the commit that brought it, every time."""
    story = passed()
    side = story.aside()
    story.ok("legal", by="leo")
    side.change_trust(lambda trust: without_role(trust, "leo"))
    story.merge(side)
    base = story.tip
    story.send()

    assert compared(tmp_path, story, base, says="older record") == set()


def test_a_roster_that_is_new_and_knew_what_it_does_not_allow_any_more(tmp_path: Path) -> None:
    story = passed()
    base = story.tip
    story.change_trust(lambda trust: without_role(trust, "lea"))
    story.send()

    assert compared(tmp_path, story, base) == set()


def test_a_merge_that_drops_what_the_second_branch_has(tmp_path: Path) -> None:
    story = passed()
    base = story.tip
    side = story.aside()
    path = side.path(side.object("legal", by="leo"))
    story.merge(side, put={path: None, f"{path}.sig": None})

    assert compared(tmp_path, story, base) == {"append-only"}


# -- what is about another incident


def test_a_record_of_another_incident_that_lies_here(tmp_path: Path) -> None:
    story = sent()
    elsewhere(story)
    base = story.tip
    story.incident = OTHER
    nowhere = [Digest("f" * 64)]
    astray = story.written("hold", Reasoned(why="wait"), "lea", message="", after=nowhere)
    story.incident = INCIDENT
    home = f"incidents/{INCIDENT}/records/{astray.path.rpartition('/')[2]}"
    story.enter(astray, key="lea", path=home)

    assert compared(tmp_path, story, base) == {"record-place", "missing-past"}


def test_who_passed_the_words_that_are_others_now(tmp_path: Path) -> None:
    """The finding names them, so that their verdicts are read although nothing is new there."""
    story = sent()
    base = story.tip
    story.commit({f"{story.folder}/draft.md": b"Other words.\n"})

    assert compared(tmp_path, story, base) == {"frozen-draft"}


def test_an_older_record_that_comes_again_with_other_bytes(tmp_path: Path) -> None:
    story = passed()
    side = story.aside()
    path = story.path(story.fact("start", "09:02"))
    base = story.tip
    side.commit({path: story.tree[path].data.replace(b"09:02", b"09:03")})
    story.merge(side)

    errors = compared(tmp_path, story, base, says="another content")

    assert errors == {"append-only", "record-place"}


# -- what a tree does not tell


def removed() -> tuple[Story, str, str]:
    """An objection that somebody took away before it was heard, and the commit of that."""
    story = passed()
    objection = story.object("legal", by="leo")
    path = story.path(objection)
    removal = story.commit({path: None})
    return story, path, removal


@pytest.mark.parametrize("by_path", [True, False])
def test_an_accepted_removal_hides_an_objection(tmp_path: Path, *, by_path: bool) -> None:
    """The admins meant the removal; nobody may send over what was removed."""
    story, path, removal = removed()
    base = accepting(story, "append-only", path if by_path else removal)
    story.send()

    errors = compared(tmp_path, story, base, says="append-only")

    assert "unheard-objection" in errors


def test_an_accepted_removal_elsewhere_costs_nothing(tmp_path: Path) -> None:
    story, _, removal = removed()
    base = accepting(story, "append-only", removal)
    elsewhere(story)

    assert compared(tmp_path, story, base) == set()


def test_an_accepted_record_of_a_merge_still_counts_for_nothing(tmp_path: Path) -> None:
    story = passed()
    ghost = story.aside()
    ghost.ok("legal", by="leo")
    path = ghost.path(ghost.of_kind("ok")[-1].digest)
    side = story.aside()
    side.commit({"notes.md": b"nothing\n"})
    story.merge(side, put={p: ghost.tree[p] for p in (path, f"{path}.sig")})
    base = accepting(story, "merged-record", path)
    base = accepting(story, "merged-record", f"{path}.sig")
    story.commit({"notes.md": b"more\n"})
    story.fact("start", "09:02")

    compared(tmp_path, story, base, says="merged-record")


def test_an_accepted_record_of_nobody_fills_no_gate(tmp_path: Path) -> None:
    """It names a roster that its commit lacks, which its tree does not show any more."""
    story = Story()
    story.declare()
    story.draft()
    side = story.aside()
    story.change_trust(lambda trust: with_role(trust, "max", "legal-officer"))
    later = story.in_force.digest
    for gate in ("accuracy", "messaging"):
        side.ok(gate)
    early = side.written(
        "ok", side.shelf.records[side.of_kind("ok")[0].digest].record.body, "max", gate="legal",
        trust=later,
    )  # fmt: skip
    side.enter(early, key="max")
    story.merge(side)
    base = accepting(story, "record-writer", early.digest)
    story.ok("approval")
    story.ok("release")
    story.send()

    errors = compared(tmp_path, story, base, says="record-writer")

    assert "open-gate" in errors


def test_an_accepted_record_that_is_signed_after_all(tmp_path: Path) -> None:
    story = passed()
    written = story.written("hold", Reasoned(why="wait"), "lea")
    story.enter(written, key="lea", committer="")
    armored = story.tree[f"{written.path}.sig"]
    bare = passed()
    bare.shelf.ticks = story.shelf.ticks
    bare.commit({written.path: written.data})
    base = accepting(bare, "record-signature", written.path)
    bare.commit({f"{written.path}.sig": armored})

    compared(tmp_path, bare, base, says="signature")


# -- an older part that is not as it should be


def whole(folder: Path, story: Story, base: str) -> str:
    """Why all is judged; the older part does not pass, so that nothing is promised."""
    found = Compared.of(Repo.make(folder / "repo").write(story), base, story.tip, story.pin)
    assert found.base.outcome is Outcome.FAIL
    assert isinstance(found.since, Whole), found.since
    return found.since.why


def test_a_record_that_was_taken_away_and_is_still_on_a_branch(tmp_path: Path) -> None:
    story = passed()
    objection = story.object("legal", by="leo")
    side = story.aside()
    story.commit({story.path(objection): None})
    base = story.tip
    side.fact("start", "09:02")
    story.merge(side)

    assert "has gone" in whole(tmp_path, story, base)


def test_a_roster_that_was_taken_away_and_is_still_on_a_branch(tmp_path: Path) -> None:
    story = passed()
    story.change_trust(lambda trust: without_role(trust, "leo"))
    side = story.aside()
    story.commit({path: None for path in story.tree if path.startswith("trust/0002")})
    base = story.tip
    side.fact("start", "09:02")
    story.merge(side)

    assert "other trust versions" in whole(tmp_path, story, base)


def test_an_older_record_of_a_roster_that_its_branch_did_not_have(tmp_path: Path) -> None:
    story = passed()
    side = story.aside()
    story.change_trust(lambda trust: with_role(trust, "max", "legal-officer"))
    side.record("hold", Reasoned(why="wait"), by="max", trust=story.in_force.digest)
    story.merge(side)
    base = story.tip
    side.fact("start", "09:02")
    story.merge(side)

    assert "from after it" in whole(tmp_path, story, base)


# -- templates


def approvals(story: Story) -> list[Digest]:
    """Every gate passes the template beforehand."""
    body = TemplateOk(
        template="cards", audience="all-customers", phase="investigation",
        channels=dict(CHANNELS), next_update="+30m", text=TEMPLATE, until="",
    )  # fmt: skip
    incident, story.incident = story.incident, IncidentId("")
    made = [
        story.record("template-ok", body, by=by, gate=gate, message="", after=[])
        for gate, by in JUDGES.items()
    ]
    story.incident = incident
    return sorted(made)


def beforehand() -> tuple[Story, Story]:
    """A message sent in words that were passed beforehand, and a branch without the approvals.

    The roster lists them, and comes with the message; they themselves come with another branch.
    """
    story = Story()
    story.declare()
    side = story.aside()
    listed = approvals(side)
    story.change_trust(lambda trust: replace(trust, preapproved=tuple(listed)))
    story.draft(TEMPLATE)
    story.ok("release")
    story.send()
    without = story.aside()
    story.merge(side)
    return story, without


def test_a_roster_without_sight_of_an_approval_voids_it_everywhere(tmp_path: Path) -> None:
    story, without = beforehand()
    base = story.tip
    without.change_trust(lambda trust: without_role(trust, "mia"))
    story.merge(without)

    assert "open-gate" in compared(tmp_path, story, base, says="older record")


def test_approvals_that_the_trunk_has_and_the_branch_lacks(tmp_path: Path) -> None:
    story, without = beforehand()
    without.commit({"notes.md": b"nothing\n"})

    assert "open-gate" in compared(tmp_path, without, story.tip, says="template")


def test_approvals_pass_what_came_after(tmp_path: Path) -> None:
    story, _ = beforehand()
    base = story.tip
    story.message = MessageId("investigation-all-customers-2")
    story.draft(TEMPLATE)
    story.ok("release")
    story.send()

    assert compared(tmp_path, story, base) == set()
