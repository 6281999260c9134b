"""Two clones of one remote: what comes in, what goes out, and what stops it."""

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from commscli.errors import BadInput, CommsError, Refused
from commscli.ledger import git as door
from commscli.ledger import syncing
from commscli.ledger.repository import discover, tip
from commscli.ledger.syncing import Joined, Network, Rejected, Unreachable
from tests.support.repos import Repo, git, only
from tests.support.story import WORDS, Story, passed, person
from tests.support.writing import NOW, drafted, record, write

NETWORK = Network(interactive=False, seconds=20.0)
BRANCH = "refs/heads/main"
PATIENCE = 1.0


class Two:
    """A bare remote, reached over file://, and two clones of it."""

    def __init__(self, folder: Path, story: Story) -> None:
        self.story = story
        self.hub = Repo.make(folder / "hub.git", bare=True).write(story)
        self.one, self.other = (self._clone(folder, name) for name in ("one", "other"))

    def _clone(self, folder: Path, name: str) -> Repo:
        git("clone", "-q", self.hub.path.as_uri(), name, cwd=folder)
        return Repo(path=folder / name)


@pytest.fixture
def two(tmp_path: Path) -> Two:
    return Two(tmp_path, drafted())


def sync(repo: Repo) -> Joined:
    """Fetch, bring together, push."""
    found = discover(repo.path)
    theirs = syncing.fetch(found, BRANCH, NETWORK)
    joined = Joined.NOTHING
    if theirs:
        joined = syncing.join_remote(found, BRANCH, theirs, person("tom"), NOW)
    syncing.push(found, BRANCH, tip(found), NETWORK)
    return joined


def clean(*repos: Repo) -> bool:
    return all(repo.git("status", "--porcelain") == "" for repo in repos)


def test_forward(two: Two) -> None:
    write(two.one, record(1))
    assert sync(two.one) is Joined.NOTHING
    assert sync(two.other) is Joined.FORWARD

    assert two.one.head == two.other.head == two.hub.head
    assert clean(two.one, two.other)


def test_both_sides_come_together(two: Two) -> None:
    write(two.one, record(1))
    write(two.other, record(2))
    sync(two.one)
    assert sync(two.other) is Joined.MERGED
    assert sync(two.one) is Joined.FORWARD

    listed = two.one.git("ls-tree", "-r", "--name-only", "HEAD").split()
    assert {*record(1), *record(2)} <= set(listed)
    assert clean(two.one, two.other)
    assert two.hub.git("fsck", "--strict", "--no-dangling") == ""


def into(repo: Repo, story: Story) -> None:
    """Put a branch of a story into a clone, as if it had been written there."""
    repo.write(story).checkout()


def test_two_revisions_become_two_heads_and_never_a_conflict(two: Two) -> None:
    mine, theirs = two.story.aside(), two.story.aside()
    mine.draft("My words.\n")
    theirs.draft("Their words.\n", by="tara")
    into(two.one, mine)
    into(two.other, theirs)

    sync(two.one)
    assert sync(two.other) is Joined.MERGED

    report = two.other.report(two.story.pin)
    assert report.findings == ()
    assert {gate.rule for gate in report.messages[0].gates} == {"forked-draft"}
    assert (two.other.path / two.story.folder / "draft.md").read_text() == "Their words.\n"
    assert clean(two.other)


@pytest.mark.parametrize("who_syncs", ["the sender", "the drafter"])
def test_what_was_sent_stays_whoever_brings_the_two_together(
    tmp_path: Path, who_syncs: str
) -> None:
    """Somebody revised a message while somebody else sent it: nobody did anything wrong."""
    story = passed()
    two = Two(tmp_path, story)
    sender, drafter = story.aside(), story.aside()
    sender.send()
    drafter.draft("Newer words.\n", attachments={"new.pdf": b"new\n"})
    into(two.one, sender)
    into(two.other, drafter)
    first, second = (two.other, two.one) if who_syncs == "the sender" else (two.one, two.other)

    sync(first)
    assert sync(second) is Joined.MERGED

    report = second.report(story.pin)
    assert report.findings == (), report.findings
    assert report.messages[0].state.value == "sent"
    assert (second.path / story.folder / "draft.md").read_text() == WORDS
    assert not (second.path / story.folder / "attachments").exists()
    assert clean(second)


def test_an_objection_that_comes_in_after_the_send_is_unheard(tmp_path: Path) -> None:
    story = passed()
    two = Two(tmp_path, story)
    sender, reviewer = story.aside(), story.aside()
    sender.send()
    reviewer.object("legal")
    into(two.one, sender)
    into(two.other, reviewer)

    sync(two.one)
    sync(two.other)

    only(two.other.report(story.pin), "unheard-objection")


def test_two_who_changed_one_ordinary_file_are_told(two: Two) -> None:
    write(two.one, {"README.md": b"mine\n"}, expected={"README.md": old_readme(two.one)})
    write(two.other, {"README.md": b"theirs\n"}, expected={"README.md": old_readme(two.other)})
    sync(two.one)
    before = two.other.head

    with pytest.raises(Refused, match=r"README\.md") as told:
        sync(two.other)

    assert "git merge origin/main" in told.value.remedy
    assert (two.other.head, clean(two.other)) == (before, True)


def old_readme(repo: Repo) -> bytes:
    return (repo.path / "README.md").read_bytes()


def test_edits_in_the_way_stop_it_before_anything_moves(two: Two) -> None:
    write(two.one, {"README.md": b"mine\n"}, expected={"README.md": old_readme(two.one)})
    sync(two.one)
    (two.other.path / "README.md").write_text("edited\n")
    before = two.other.head

    with pytest.raises(Refused, match="edits that are not recorded"):
        sync(two.other)

    assert two.other.head == before
    assert (two.other.path / "README.md").read_text() == "edited\n"


def test_edits_elsewhere_stay_as_they_are(two: Two) -> None:
    write(two.one, record(1))
    sync(two.one)
    (two.other.path / "README.md").write_text("edited\n")
    (two.other.path / "gone.md").unlink()
    (two.other.path / "new.md").write_text("new\n")
    two.other.git("add", "new.md")

    assert sync(two.other) is Joined.FORWARD

    assert two.other.git("status", "--porcelain").splitlines() == [
        " M README.md", " D gone.md", "A  new.md",
    ]  # fmt: skip


def test_files_that_were_only_touched_are_in_nobodys_way(two: Two) -> None:
    write(two.one, {"README.md": b"mine\n"}, expected={"README.md": old_readme(two.one)})
    sync(two.one)
    os.utime(two.other.path / "README.md", (1, 1))

    assert sync(two.other) is Joined.FORWARD


def test_a_push_on_top_of_something_else_is_rejected(two: Two) -> None:
    write(two.one, record(1))
    write(two.other, record(2))
    sync(two.one)
    other = discover(two.other.path)

    with pytest.raises(Rejected):
        syncing.push(other, BRANCH, tip(other), NETWORK)

    assert two.hub.head == two.one.head


def test_a_remote_that_went_back_is_refused(two: Two) -> None:
    early = two.hub.head
    write(two.one, record(1))
    sync(two.one)
    sync(two.other)
    seen = two.other.head
    two.hub.point(early)

    for _ in range(2):  # and it is not forgotten by trying again
        with pytest.raises(Refused, match="went back"):
            syncing.fetch(discover(two.other.path), BRANCH, NETWORK)

    assert two.other.git("rev-parse", "refs/remotes/origin/main").strip() == seen


def test_a_remote_that_was_rewritten_is_refused(two: Two) -> None:
    write(two.one, record(1))
    sync(two.one)
    sync(two.other)
    early = two.hub.git("rev-parse", "HEAD~1").strip()
    rewritten = two.hub.git("commit-tree", "-p", early, "-m", "x", f"{early}^{{tree}}").strip()
    two.hub.point(rewritten)

    with pytest.raises(Refused, match="rewritten"):
        syncing.fetch(discover(two.other.path), BRANCH, NETWORK)


def test_a_remote_without_the_branch_is_no_failure(tmp_path: Path) -> None:
    hub = Repo.make(tmp_path / "hub.git", bare=True)
    repo = Repo.make(tmp_path / "repo").write(drafted()).checkout()
    repo.git("remote", "add", "origin", str(hub.path))
    found = discover(repo.path)

    assert syncing.fetch(found, BRANCH, NETWORK) is None
    syncing.push(found, BRANCH, tip(found), NETWORK)

    assert hub.head == repo.head


def test_a_remote_that_is_not_there(two: Two, tmp_path: Path) -> None:
    two.hub.path.rename(tmp_path / "moved.git")

    with pytest.raises(Unreachable) as told:
        syncing.fetch(discover(two.one.path), BRANCH, NETWORK)

    assert "--offline" in told.value.remedy


@pytest.fixture
def silence() -> Iterator[int]:
    """A server that takes a connection and never says a word."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


@pytest.mark.parametrize("scheme", ["git", "http"])
def test_a_remote_that_never_answers(two: Two, silence: int, scheme: str) -> None:
    two.one.git("remote", "set-url", "origin", f"{scheme}://127.0.0.1:{silence}/hub.git")
    start = time.monotonic()

    with pytest.raises(Unreachable, match="no answer within 1 seconds"):
        syncing.fetch(discover(two.one.path), BRANCH, Network(interactive=False, seconds=PATIENCE))

    assert time.monotonic() - start < PATIENCE + 5
    write(two.one, record(1))
    assert clean(two.one)


def test_an_ssh_that_never_answers(
    two: Two, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = tmp_path / "ssh"
    fake.write_text("#!/bin/sh\nsleep 600\n")
    fake.chmod(0o755)
    monkeypatch.setitem(door._network, "GIT_SSH_COMMAND", str(fake))
    two.one.git("remote", "set-url", "origin", "ssh://nowhere/hub.git")
    start = time.monotonic()

    with pytest.raises(Unreachable, match="no answer"):
        syncing.push(
            discover(two.one.path), BRANCH, tip(discover(two.one.path)),
            Network(interactive=False, seconds=PATIENCE),
        )  # fmt: skip

    assert time.monotonic() - start < PATIENCE + 5


def test_the_password_in_an_address_is_not_told(two: Two, silence: int) -> None:
    two.one.git("remote", "set-url", "origin", f"http://me:secret@127.0.0.1:{silence}/hub.git")

    with pytest.raises(CommsError) as told:
        syncing.fetch(discover(two.one.path), BRANCH, Network(interactive=False, seconds=PATIENCE))

    assert "secret" not in told.value.text


def test_histories_that_have_nothing_in_common_are_not_joined(two: Two, tmp_path: Path) -> None:
    stranger = Repo.make(tmp_path / "stranger")
    (stranger.path / "a").write_text("a\n")
    stranger.commit()
    stranger.git("remote", "add", "origin", str(two.hub.path))
    found = discover(stranger.path)
    theirs = syncing.fetch(found, BRANCH, NETWORK)
    assert theirs is not None
    before = stranger.head

    with pytest.raises(CommsError):
        syncing.join_remote(found, BRANCH, theirs, person("tom"), NOW)

    assert (stranger.head, clean(stranger)) == (before, True)


def test_nothing_is_joined_in_the_middle_of_a_merge(two: Two) -> None:
    write(two.one, record(1))
    sync(two.one)
    found = discover(two.other.path)
    theirs = syncing.fetch(found, BRANCH, NETWORK)
    assert theirs is not None
    (two.other.git_dir / "MERGE_HEAD").write_text(f"{theirs}\n")

    with pytest.raises(BadInput, match="a merge is in progress"):
        syncing.join_remote(found, BRANCH, theirs, person("tom"), NOW)


def test_folders_nested_past_any_meaning_stop_a_merge_not_the_program(two: Two) -> None:
    deep = two.story.aside()
    deep.commit({"/".join(["d"] * 900) + "/file": b"deep\n"})
    two.hub.write(deep)
    write(two.other, record(2))
    found = discover(two.other.path)
    theirs = syncing.fetch(found, BRANCH, NETWORK)
    assert theirs is not None

    with pytest.raises(Refused, match="deep in each other"):
        syncing.join_remote(found, BRANCH, theirs, person("tom"), NOW)

    assert clean(two.other)
