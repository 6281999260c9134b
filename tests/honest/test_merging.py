"""Branches of verdicts brought together in every way that git and forges have."""

from pathlib import Path

import pytest

from tests.honest.office import Office, accept, by, gates
from tests.honest.stories import drafted, drafted_strictly
from tests.support.repos import Repo
from tests.support.story import Story

FORGE = {
    "GIT_COMMITTER_NAME": "Forge",
    "GIT_COMMITTER_EMAIL": "noreply@forge.example",
    "GIT_AUTHOR_NAME": "Forge",
    "GIT_AUTHOR_EMAIL": "noreply@forge.example",
}
PGP = b"-----BEGIN PGP SIGNATURE-----\n\niHUEABYKAB0WIQ==\n=abcd\n-----END PGP SIGNATURE-----"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office.of(tmp_path, drafted)


def reviewed(office: Office, gate: str = "legal") -> Story:
    """A branch of the hub in which a gate was passed, begun before the trunk went on."""
    branch = office.story.aside()
    branch.ok(gate)
    office.share(branch, f"review-{gate}")
    return branch


def trunk_goes_on(office: Office) -> None:
    office.story.fact("start", "09:14")
    office.share(office.story, "main")


@pytest.mark.parametrize("how", ["--no-ff", "--ff-only", "-Xours", "-Xtheirs", "-sresolve"])
def test_a_merge_by_git(office: Office, how: str) -> None:
    if how != "--ff-only":
        trunk_goes_on(office)
    reviewed(office)
    clone = office.clone("clone")
    clone.git("merge", "-q", how, "-m", "Merge the review", "origin/review-legal")
    clone.git("push", "-q", "origin", "main")

    document = office.green(office.clone("another"))
    assert gates(document, office.story.message)["legal"] == ("passed", ["lea"])


def test_a_merge_of_a_signed_tag(office: Office) -> None:
    """Git copies the tag into the merge, in a header that no record commit may have."""
    trunk_goes_on(office)
    reviewed(office)
    clone = office.clone("clone")
    office.signing(clone, "lea")
    clone.git("tag", "-s", "-m", "reviewed", "reviewed", "origin/review-legal")
    clone.git("merge", "-q", "--no-ff", "-m", "Merge the review", "reviewed")
    assert "mergetag" in clone.git("cat-file", "commit", "HEAD")

    office.green(clone)


def test_an_octopus_of_three_verdicts(office: Office) -> None:
    for gate in ("accuracy", "messaging", "legal"):
        reviewed(office, gate)
    clone = office.clone("clone")
    branches = [f"origin/review-{gate}" for gate in ("accuracy", "messaging", "legal")]
    clone.git("merge", "-q", "--no-ff", "-m", "Merge the reviews", *branches)
    assert len(clone.git("log", "-1", "--format=%P").split()) == 4

    stand = gates(office.green(clone), office.story.message)
    assert [stand[g][0] for g in stand] == ["passed", "passed", "passed", "open", "open"]


def test_a_squash(office: Office) -> None:
    """Three people's records in one commit by a fourth: each still says who wrote it."""
    branch = reviewed(office)
    branch.ok("accuracy")
    branch.ok("messaging")
    office.share(branch, "review-legal")
    clone = office.clone("clone")
    clone.git("merge", "-q", "--squash", "origin/review-legal")
    by(clone, FORGE, "commit", "-q", "-m", "Review (#7)")

    stand = gates(office.green(clone, "commit-signature-lost"), office.story.message)
    assert [stand[g][0] for g in stand][:3] == ["passed"] * 3


def test_a_squash_where_commits_must_be_signed(tmp_path: Path) -> None:
    office = Office.of(tmp_path, drafted_strictly)
    reviewed(office)
    clone = office.clone("clone")
    clone.git("merge", "-q", "--squash", "origin/review-legal")
    by(clone, FORGE, "commit", "-q", "-m", "Review (#7)")

    office.red(clone, "commit-signature-lost")


# -- forges


def by_forge(repo: Repo, parents: list[str], tree: str, *, signed: bool = False) -> str:
    """A commit as a forge makes it: nobody's name, and a signature of the forge's own."""
    words = [word for parent in parents for word in ("-p", parent)]
    made = by(repo, FORGE, "commit-tree", tree, *words, "-m", "Merge pull request #7").strip()
    if not signed:
        return made
    head, _, message = repo.git("cat-file", "commit", made).encode().partition(b"\n\n")
    data = head + b"\ngpgsig " + PGP.replace(b"\n", b"\n ") + b"\n\n" + message
    return repo.git("hash-object", "-t", "commit", "-w", "--stdin", data=data).strip()


def merged_tree(office: Office, name: str = "scratch") -> str:
    """The tree of a merge of the review into the trunk."""
    scratch = office.clone(name)
    scratch.git("merge", "-q", "--no-ff", "-m", "m", "origin/review-legal")
    tree = scratch.git("rev-parse", "HEAD^{tree}").strip()
    scratch.git("push", "-q", "origin", "HEAD:refs/heads/scratch")
    return tree


@pytest.mark.parametrize("signed", [False, True])
def test_the_merge_button(office: Office, *, signed: bool) -> None:
    trunk_goes_on(office)
    branch = reviewed(office)
    tree = merged_tree(office)
    made = by_forge(office.hub, [office.story.tip, branch.tip], tree, signed=signed)
    office.hub.point(made)

    office.green(office.clone("clone"))


def test_the_merge_that_a_forge_tries_out(office: Office) -> None:
    """``refs/pull/7/merge``: what a workflow checks out, with HEAD detached."""
    trunk_goes_on(office)
    branch = reviewed(office)
    made = by_forge(office.hub, [office.story.tip, branch.tip], merged_tree(office))
    office.hub.git("update-ref", "refs/pull/7/merge", made)
    clone = office.clone("clone")
    clone.git("fetch", "-q", "origin", "+refs/pull/7/merge:refs/remotes/pull/7/merge")
    clone.git("checkout", "-q", "--detach", "refs/remotes/pull/7/merge")

    assert office.green(clone)["head"] == made


def test_the_squash_button_and_the_rebase_button(office: Office) -> None:
    """Both make the records' commits anew, and lose who signed them."""
    reviewed(office)
    trunk_goes_on(office)
    squash = by_forge(office.hub, [office.story.tip], merged_tree(office), signed=True)
    office.hub.point(squash)

    office.green(office.clone("clone"), "commit-signature-lost")


@pytest.mark.parametrize("how", ["merge", "rebase"])
def test_the_update_branch_button(office: Office, how: str) -> None:
    """The trunk comes into the branch, and then the branch into the trunk."""
    reviewed(office)
    trunk_goes_on(office)
    clone = office.clone("clone")
    clone.git("checkout", "-q", "review-legal")
    clone.git("config", "commit.gpgsign", "false")
    if how == "merge":
        by(clone, FORGE, "merge", "-q", "--no-ff", "-m", "Update the branch", "origin/main")
    else:
        by(clone, FORGE, "rebase", "-q", "origin/main")
    office.green(clone, *(["commit-signature-lost"] if how == "rebase" else []))

    clone.git("checkout", "-q", "main")
    by(clone, FORGE, "merge", "-q", "--no-ff", "-m", "Merge #7", "review-legal")
    office.green(clone, *(["commit-signature-lost"] if how == "rebase" else []))


# -- a merge taken back


def test_a_merge_taken_back_is_red_until_it_is_put_right(office: Office) -> None:
    """A record that disappears is an error for ever; the admins say that they know."""
    trunk_goes_on(office)
    branch = reviewed(office)
    clone = office.clone("clone")
    clone.git("merge", "-q", "--no-ff", "-m", "Merge #7", "origin/review-legal")
    clone.git("revert", "--no-edit", "-m", "1", "HEAD")
    taken_back = clone.head
    document = office.red(clone, "append-only")
    assert {f["commit"] for f in document["findings"]} == {taken_back}

    clone.git("revert", "--no-edit", "HEAD")
    office.red(clone, "append-only", warnings=["commit-signature-lost"])

    accept(clone, branch, "append-only", taken_back)
    stand = office.green(clone, "commit-signature-lost", accepted=["append-only"])
    assert gates(stand, office.story.message)["legal"] == ("passed", ["lea"])
