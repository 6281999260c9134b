"""Commits made again: rebased, picked, amended, packed. A record is its bytes, not its commit."""

from pathlib import Path

import pytest

from tests.honest.office import Office, by, gates
from tests.honest.stories import drafted, drafted_strictly
from tests.support.repos import Repo
from tests.support.story import Story, without_role


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office.of(tmp_path, drafted)


def leas_branch(office: Office) -> Story:
    """Lea has said ok in her clone, and has not shared it; meanwhile the trunk went on."""
    branch = office.story.aside()
    branch.ok("legal")
    branch.ok("legal", by="lea")
    office.share(branch, "review")
    office.story.fact("start", "09:14")
    office.share(office.story, "main")
    return branch


def legal(office: Office, document: object) -> tuple[str, list[str]]:
    return gates(document, office.story.message)["legal"]


def on_review(office: Office) -> Repo:
    clone = office.clone("clone")
    clone.git("checkout", "-q", "-b", "work", "origin/review")
    return clone


def test_rebased_by_oneself_and_signed_again(office: Office) -> None:
    leas_branch(office)
    clone = on_review(office)
    lea = office.signing(clone, "lea")
    by(clone, lea, "rebase", "-q", "origin/main")

    assert legal(office, office.green(clone)) == ("passed", ["lea"])


def test_rebased_by_oneself_without_signing(office: Office) -> None:
    leas_branch(office)
    clone = on_review(office)
    by(clone, office.named("lea"), "rebase", "-q", "origin/main")

    document = office.green(clone, "commit-signature-lost")
    assert legal(office, document) == ("passed", ["lea"])


def test_rebased_by_somebody_else(office: Office) -> None:
    """Even signed: the commit says now that Max brought it, and the record that Lea wrote it."""
    leas_branch(office)
    clone = on_review(office)
    max_ = office.signing(clone, "max")
    by(clone, max_, "rebase", "-q", "origin/main")

    document = office.green(clone, "commit-signature-lost")
    assert legal(office, document) == ("passed", ["lea"])


@pytest.mark.parametrize("signed", [True, False])
def test_rebased_where_commits_must_be_signed(tmp_path: Path, *, signed: bool) -> None:
    office = Office.of(tmp_path, drafted_strictly)
    leas_branch(office)
    clone = on_review(office)
    lea = office.signing(clone, "lea") if signed else office.named("lea")
    by(clone, lea, "rebase", "-q", "origin/main")

    if signed:
        office.green(clone)
    else:
        office.red(clone, "commit-signature-lost")


def test_pulled_with_rebase_and_without_signing(office: Office) -> None:
    clone = office.clone("lea")
    branch = office.story.aside()
    branch.ok("legal")
    clone_has(clone, branch)
    office.story.fact("start", "09:14")
    office.share(office.story, "main")
    by(clone, office.named("lea"), "pull", "-q", "--rebase", "origin", "main")
    clone.git("push", "-q", "origin", "main")

    document = office.green(office.clone("another"), "commit-signature-lost")
    assert legal(office, document) == ("passed", ["lea"])


def clone_has(clone: Repo, branch: Story) -> None:
    """Let a clone's branch be what somebody recorded there."""
    clone.write(branch).checkout()


def test_what_was_rebased_and_what_it_was_before_come_together(office: Office) -> None:
    """Somebody else had merged the branch already: each record came in twice, and is one."""
    leas_branch(office)
    clone = on_review(office)
    lea = office.signing(clone, "lea")
    by(clone, lea, "rebase", "-q", "origin/main")
    by(clone, lea, "merge", "-q", "--no-ff", "-m", "Merge what it was", "origin/review")

    document = office.green(clone)
    assert legal(office, document) == ("passed", ["lea"])


@pytest.mark.parametrize("signed", [True, False])
def test_a_record_commit_picked(office: Office, *, signed: bool) -> None:
    branch = office.story.aside()
    branch.ok("legal")
    office.share(branch, "review")
    office.story.fact("start", "09:14")
    office.share(office.story, "main")
    clone = office.clone("clone")
    lea = office.signing(clone, "lea") if signed else office.named("lea")
    by(clone, lea, "cherry-pick", "origin/review")
    warned = [] if signed else ["commit-signature-lost"]
    office.green(clone, *warned)

    clone.git("merge", "-q", "--no-ff", "-m", "And merged", "origin/review")
    document = office.green(clone, *warned)
    assert legal(office, document) == ("passed", ["lea"])


def test_a_record_picked_after_a_handover(office: Office) -> None:
    """Leo said ok, and handed over; the admins had seen it. A copy of it takes nothing away."""
    early = office.story.aside()
    office.story.ok("legal", by="leo")
    office.story.change_trust(lambda t: without_role(t, "leo"))
    office.share(office.story, "main")
    office.share(early, "release")
    clone = office.clone("clone")
    clone.git("checkout", "-q", "release")
    by(clone, office.named("max"), "cherry-pick", "origin/main~1")
    clone.git("checkout", "-q", "main")
    clone.git("merge", "-q", "--no-ff", "-m", "Merge back", "release")

    document = office.green(clone, "commit-signature-lost")
    assert legal(office, document) == ("passed", ["leo"])


def test_an_own_commit_amended_before_it_was_shared(office: Office) -> None:
    """Another message, and another file beside the record."""
    branch = office.story.aside()
    branch.ok("legal")
    clone = office.clone("lea")
    clone_has(clone, branch)
    lea = office.signing(clone, "lea")
    (clone.path / "notes.md").write_text("nothing\n")
    clone.git("add", "notes.md")
    by(clone, lea, "commit", "-q", "--amend", "-m", "Pass legal, and notes")

    office.green(clone)


def test_two_commits_of_ones_own_made_one(office: Office) -> None:
    branch = office.story.aside()
    branch.ok("legal")
    branch.fact("start", "09:14", by="cleo")
    clone = office.clone("lea")
    clone_has(clone, branch)
    lea = office.signing(clone, "lea")
    clone.git("reset", "-q", "--soft", "HEAD~2")
    by(clone, lea, "commit", "-q", "-m", "All of today")

    office.green(clone, "commit-signature-lost")


def test_a_commit_whose_author_writes_latin1(office: Office) -> None:
    """Git says so in a header when it makes the commit again: the one thing that needs an admin."""
    leas_branch(office)
    clone = on_review(office)
    clone.git("config", "i18n.commitEncoding", "ISO-8859-1")
    by(clone, office.named("lea"), "rebase", "-q", "origin/main")

    office.red(clone, "strict-commit", warnings=["commit-signature-lost"])


def test_packed_and_cleaned_up(office: Office) -> None:
    leas_branch(office)
    clone = on_review(office)
    clone.git("gc", "-q", "--aggressive", "--prune=now")
    clone.git("pack-refs", "--all")
    clone.git("commit-graph", "write", "--reachable")
    clone.git("multi-pack-index", "write")
    clone.git("notes", "add", "-m", "a note", "HEAD")
    clone.git("tag", "-a", "-m", "a tag", "v1")
    clone.git("commit", "-q", "--allow-empty", "-m", "nothing")

    office.green(clone)
