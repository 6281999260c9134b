"""Lists of refs that say one thing to the hook and another to git, sent for real.

Git moves the refs of a push one by one, after the hook has said yes, and fails at some of them:
what the hook took for saved may then be nowhere.
"""

from pathlib import Path

import pytest

from tests.attacks.staging import two_sent
from tests.hooks.hostile_client import pack, send_list
from tests.hooks.test_refs import MAIN, NOBODY, Office, is_refused

KEEP = "refs/heads/keep"
JUNK = [(b"refs/heads/j%d" % number + b"x" * 60_000, NOBODY, NOBODY) for number in range(290)]
"""Deletions of refs that are not there, 17 MB of them: nothing there is looked at."""


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path, two_sent())


@pytest.fixture
def kept(office: Office) -> str:
    """The tip of a branch that alone has a record."""
    side = office.story.aside()
    side.fact("start", "09:14")
    office.at(side, "keep").takes("keep")
    return side.tip


def test_a_fault_behind_more_names_than_anybody_reads(office: Office) -> None:
    good, side = office.story.tip, office.story.aside()
    side.commit({f"{side.folder}/draft.md": b"Other words.\n"})
    office.at(side, "side")
    there = office.hub.repo.git("cat-file", "--batch-all-objects", "--batch-check=%(objectname)")
    fresh = [name for name in side.shelf.objects if name not in there.split()]

    done = send_list(
        office.hub.repo.path, [*JUNK, (MAIN.encode(), good, side.tip)], pack(office.clone, fresh)
    )

    assert "more than 16 MiB of refs" in " ".join(done.output.split())
    assert office.hub.refs == {MAIN: good}


def test_the_trunk_is_deleted_behind_more_names_than_anybody_reads(office: Office) -> None:
    office.hub.repo.git("update-ref", "refs/heads/live", office.story.tip)
    office.hub.install("--trunk", "live")

    send_list(office.hub.repo.path, [*JUNK, (b"refs/heads/live", office.story.tip, NOBODY)], b"")

    assert "refs/heads/live" in office.hub.refs


def test_a_branch_is_saved_to_one_that_git_does_not_make(office: Office, kept: str) -> None:
    """``main/copy`` cannot be there beside ``main``; plain git sends this."""
    done = office.refuses(":keep", "keep:refs/heads/main/copy")

    is_refused(done, "refs/heads/main/copy", "odd-name", "a folder of the other")
    assert office.hub.refs[KEEP] == kept


@pytest.mark.parametrize(
    "name",
    [b"a..b", b"x.lock", b"x" * 300, b"a b", b"a~1", b".a", b"a/.b", b"a.", b"a@{1}", b"a\\b",
     b"a//b", b"@", b"a:b", b"a?", b"a\nb", b"saved"],
)  # fmt: skip
def test_a_branch_is_saved_to_a_new_name(office: Office, kept: str, name: bytes) -> None:
    """A good one, too: that it will be made nobody knows before git has made it."""
    updates = [(KEEP.encode(), kept, NOBODY), (b"refs/heads/" + name, NOBODY, kept)]

    done = send_list(office.hub.repo.path, updates, pack(office.clone, []))

    assert not done.taken
    assert office.hub.refs[KEEP] == kept


def test_a_ref_is_named_twice(office: Office, kept: str) -> None:
    updates = [(KEEP.encode(), kept, NOBODY), (KEEP.encode(), kept, kept)]

    done = send_list(office.hub.repo.path, updates, pack(office.clone, []))

    is_refused(done.said, KEEP, "odd-name", "names this ref more than once")
    assert office.hub.refs[KEEP] == kept


def test_a_line_feed_in_a_name_makes_a_line_of_its_own(office: Office, kept: str) -> None:
    forged = b"refs/heads/x\n%s %s refs/heads/keep" % (kept.encode(), kept.encode())
    updates = [(KEEP.encode(), kept, NOBODY), (forged, NOBODY, kept)]

    assert not send_list(office.hub.repo.path, updates, pack(office.clone, [])).taken
    assert office.hub.refs[KEEP] == kept


def test_a_branch_is_merged_and_deleted_in_two_pushes(office: Office) -> None:
    side = office.story.aside()
    side.fact("start", "09:14")
    office.at(side, "keep").takes("keep")
    office.story.merge(side)
    office.at()

    said = office.refuses("main", ":keep")
    is_refused(said, KEEP, "append-only", "merge the branch and push that first")
    office.takes("main")
    office.takes(":keep")

    assert office.hub.refs == {MAIN: office.story.tip}
