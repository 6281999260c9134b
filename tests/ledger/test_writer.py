"""One commit, whole or not at all, and nothing of the user's own work touched."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from commscli.errors import BadInput, Busy, CommsError, Refused
from commscli.ledger import clone_lock, journal
from commscli.ledger.repository import discover
from commscli.ledger.writer import Overtaken, commit
from tests.support.repos import Repo
from tests.support.story import WORDS, public_key
from tests.support.writing import State, change, drafted, record, run_python, write

DRAFT = "incidents/2026-11-22-checkout-outage/messages/investigation-all-customers-1/draft.md"


@pytest.fixture(params=["sha1", "sha256"])
def repo(request: pytest.FixtureRequest, tmp_path: Path) -> Repo:
    story = drafted(object_format=request.param)
    made = Repo.make(tmp_path / "repo", object_format=request.param).write(story)
    return made.checkout()


def test_a_commit_with_just_these_files(repo: Repo) -> None:
    before = repo.head
    made = write(repo, record())

    assert repo.head == made
    assert repo.git("rev-parse", "HEAD^").strip() == before
    changed = repo.git("diff-tree", "-r", "--name-status", "HEAD^", "HEAD").split()
    assert changed == [word for path in sorted(record()) for word in ("A", path)]
    assert repo.git("status", "--porcelain") == ""
    assert repo.git("fsck", "--strict", "--no-dangling") == ""
    assert repo.git("log", "-1", "--format=%an <%ae> %cn %at %s") == (
        "Tom <tom@example.com> Tom 1795348800 Record\n"
    )


def test_the_commit_is_signed_as_git_signs(repo: Repo, tmp_path: Path) -> None:
    write(repo, record())
    allowed = tmp_path / "allowed"
    allowed.write_text(f"tom@example.com {public_key('tom').line}\n")

    shown = repo.git(
        "-c", f"gpg.ssh.allowedSignersFile={allowed}", "log", "-1", "--format=%G? %GS"
    )  # fmt: skip

    assert shown == "G tom@example.com\n"


def test_the_first_commit_of_a_branch(tmp_path: Path) -> None:
    repo = Repo.make(tmp_path / "repo")

    made = write(repo, record())

    assert repo.head == made
    assert repo.git("status", "--porcelain") == ""


def staged_edit(repo: Repo) -> None:
    (repo.path / "README.md").write_text("one!\ntwo\nthree\nfour\nfive\nsix\nseven\n")
    repo.git("add", "README.md")


def partly_staged(repo: Repo) -> None:
    staged_edit(repo)
    (repo.path / "README.md").write_text("one!\ntwo\nthree\nfour\nfive\nsix\nseven!\n")


def deleted(repo: Repo) -> None:
    (repo.path / "gone.md").unlink()


def deleted_and_staged(repo: Repo) -> None:
    repo.git("rm", "-q", "gone.md")


def kept_out(repo: Repo) -> None:
    repo.git("rm", "-q", "--cached", "gone.md")


def intended(repo: Repo) -> None:
    (repo.path / "new.md").write_text("new\n")
    repo.git("add", "--intent-to-add", "new.md")


def untracked(repo: Repo) -> None:
    (repo.path / "incidents" / "mine.txt").write_text("mine\n")
    (repo.path / "untracked").mkdir()
    (repo.path / "untracked" / "a").write_bytes(b"\0\xff")


def assumed_unchanged(repo: Repo) -> None:
    repo.git("update-index", "--assume-unchanged", "README.md")
    repo.git("update-index", "--skip-worktree", "gone.md")
    (repo.path / "README.md").write_text("other\n")


def renamed(repo: Repo) -> None:
    repo.git("mv", "gone.md", "here.md")


def all_of_it(repo: Repo) -> None:
    partly_staged(repo)
    intended(repo)
    untracked(repo)
    deleted_and_staged(repo)


WORK: tuple[Callable[[Repo], None], ...] = (
    staged_edit, partly_staged, deleted, deleted_and_staged, kept_out, intended, untracked,
    assumed_unchanged, renamed, all_of_it,
)  # fmt: skip


@pytest.mark.parametrize("work", WORK, ids=lambda work: work.__name__)
def test_the_users_own_work_stays_as_it_was(repo: Repo, work: Callable[[Repo], None]) -> None:
    work(repo)
    before = State.of(repo)

    write(repo, record())
    write(repo, {DRAFT: b"New words.\n"}, expected={DRAFT: WORDS.encode()})

    after = State.of(repo)
    assert after.status.replace(after.head, "") == before.status.replace(before.head, "")
    ours = {*record(), DRAFT}
    assert {p: d for p, d in after.files.items() if p not in ours} == {
        p: d for p, d in before.files.items() if p not in ours
    }
    assert [line for line in after.staged.splitlines() if line.split("\t")[1] not in ours] == [
        line for line in before.staged.splitlines() if line.split("\t")[1] not in ours
    ]
    assert (repo.path / DRAFT).read_bytes() == b"New words.\n"


@pytest.mark.parametrize(
    "edit",
    [
        lambda repo: (repo.path / DRAFT).write_text("edited\n"),
        lambda repo: (
            (repo.path / DRAFT).write_text("edited\n"),
            repo.git("add", "-A"),
        ),
        lambda repo: (
            (repo.path / DRAFT).write_text("edited\n"),
            repo.git("add", "-A"),
            (repo.path / DRAFT).write_text(WORDS),
        ),
    ],
    ids=["work tree", "both", "index alone"],
)
def test_edits_that_are_not_recorded_are_not_written_over(
    repo: Repo, edit: Callable[[Repo], object]
) -> None:
    edit(repo)
    before = State.of(repo)

    with pytest.raises(Refused, match="edits that are not recorded"):
        write(repo, {**record(), DRAFT: b"New.\n"}, expected={DRAFT: WORDS.encode()})

    assert State.of(repo) == before


def test_a_file_that_is_not_as_expected_is_not_written_over(repo: Repo) -> None:
    before = State.of(repo)

    with pytest.raises(Overtaken):
        write(repo, {DRAFT: b"New.\n"}, expected={DRAFT: b"Old.\n"})
    with pytest.raises(Overtaken):
        write(repo, {DRAFT: b"New.\n"})

    assert State.of(repo) == before


def detached(repo: Repo) -> None:
    repo.git("checkout", "-q", "--detach")


def merging(repo: Repo) -> None:
    (repo.git_dir / "MERGE_HEAD").write_text(f"{repo.head}\n")


def rebasing(repo: Repo) -> None:
    (repo.git_dir / "rebase-merge").mkdir()


def picking(repo: Repo) -> None:
    (repo.git_dir / "CHERRY_PICK_HEAD").write_text(f"{repo.head}\n")


def reverting(repo: Repo) -> None:
    (repo.git_dir / "REVERT_HEAD").write_text(f"{repo.head}\n")


def applying(repo: Repo) -> None:
    (repo.git_dir / "rebase-apply").mkdir()


@pytest.mark.parametrize(
    "state",
    [detached, merging, rebasing, applying, picking, reverting],
    ids=lambda state: state.__name__,
)
def test_no_place_to_write(repo: Repo, state: Callable[[Repo], None]) -> None:
    state(repo)
    before = State.of(repo)

    with pytest.raises(BadInput) as refused:
        write(repo, record())

    assert refused.value.remedy
    assert State.of(repo) == before


def test_a_bare_repository_is_no_place_to_write(tmp_path: Path) -> None:
    repo = Repo.make(tmp_path / "bare", bare=True).write(drafted())

    with pytest.raises(BadInput, match="bare"):
        write(repo, record())


def test_somebody_elses_git_at_work_is_waited_for(repo: Repo) -> None:
    before = State.of(repo)
    (repo.git_dir / "index.lock").touch()

    with pytest.raises(Busy, match=r"index\.lock"):
        write(repo, record())
    (repo.git_dir / "index.lock").unlink()

    assert State.of(repo) == before
    write(repo, record())
    assert repo.git("status", "--porcelain") == ""


def test_an_index_that_is_locked_in_the_last_moment_leaves_nothing(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = State.of(repo)
    begin = journal.begin

    def lock(*arguments: Any) -> None:
        begin(*arguments)
        (repo.git_dir / "index.lock").touch()

    monkeypatch.setattr(journal, "begin", lock)
    with pytest.raises(CommsError, match=r"index\.lock"):
        write(repo, record())
    monkeypatch.undo()
    (repo.git_dir / "index.lock").unlink()

    assert State.of(repo) == before
    write(repo, record())
    assert repo.git("status", "--porcelain") == ""


def test_what_stops_the_sharing_stops_the_write_whole(repo: Repo) -> None:
    before = State.of(repo)

    def refuse(_: object) -> None:
        raise Refused("the remote said no")

    with pytest.raises(Refused):
        commit(discover(repo.path), replace(change(record()), publish=refuse))

    assert State.of(repo) == before


def test_a_branch_that_moved_between_is_written_on_top_of(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved: list[str] = []
    begin = journal.begin

    def move(*arguments: Any) -> None:
        begin(*arguments)
        if not moved:
            tree = repo.git("rev-parse", "HEAD^{tree}").strip()
            other = repo.git("commit-tree", "-p", "HEAD", "-m", "other", tree).strip()
            repo.git("update-ref", "refs/heads/main", other)
            moved.append(other)

    monkeypatch.setattr(journal, "begin", move)
    write(repo, record())

    assert repo.git("rev-parse", "HEAD^").strip() == moved[0]
    assert repo.git("status", "--porcelain") == ""


WRITE_ONE = """
import sys
from pathlib import Path
from tests.support.repos import Repo
from tests.support.writing import record, write
for number in map(int, sys.argv[2:]):
    write(Repo(path=Path(sys.argv[1])), record(number))
"""


def test_two_processes_in_one_clone_lose_nothing(repo: Repo) -> None:
    before = int(repo.git("rev-list", "--count", "main"))
    each = [[str(10 * side + n) for n in range(4)] for side in (1, 2)]
    running = [run_python(WRITE_ONE, str(repo.path), *numbers) for numbers in each]
    said = [process.communicate(timeout=60)[1] for process in running]

    assert [p.returncode for p in running] == [0, 0], said
    assert repo.git("rev-list", "--count", "main").strip() == str(before + 8)
    listed = repo.git("ls-tree", "-r", "--name-only", "HEAD")
    assert all(path in listed for number in (*each[0], *each[1]) for path in record(int(number)))
    assert repo.git("status", "--porcelain") == ""
    assert repo.git("fsck", "--strict", "--no-dangling") == ""


def test_a_writer_that_does_not_end_is_not_waited_for_without_end(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clone_lock, "SECONDS", 0.2)
    folder = discover(repo.path).own_folder

    with clone_lock.only_writer(folder), pytest.raises(Busy):
        write(repo, record())


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_is_read_only_leaves_nothing(repo: Repo) -> None:
    before = State.of(repo)
    folder = repo.path / "incidents" / "2026-11-22-checkout-outage" / "records"
    folder.chmod(0o555)

    with pytest.raises(OSError, match="denied"):
        write(repo, record())
    folder.chmod(0o755)

    assert State.of(repo) == before


def test_a_folder_where_a_file_should_go_leaves_nothing(repo: Repo) -> None:
    (repo.path / next(iter(record()))).mkdir(parents=True)
    (repo.path / next(iter(record())) / "mine").write_text("mine\n")
    before = State.of(repo)

    with pytest.raises(OSError, match="directory"):
        write(repo, record())

    assert State.of(repo) == before


def test_a_link_where_a_record_should_go_is_refused(repo: Repo, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (repo.path / "proposals").symlink_to(outside)

    with pytest.raises(Refused, match="symbolic link"):
        write(repo, {"proposals/trust/a.yaml": b"a\n"})

    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("name", ['"quoted".md', "line\nfeed.md", "tab\t.md", "caf\u00e9.md", "-x"])
def test_strange_names_of_other_files_stay_as_they_are(repo: Repo, name: str) -> None:
    (repo.path / name).write_text("mine\n")
    repo.commit()
    before = repo.git("ls-tree", "-r", "-z", "HEAD").split("\0")

    write(repo, record())

    after = repo.git("ls-tree", "-r", "-z", "HEAD").split("\0")
    assert set(before) <= set(after)
    assert len(after) == len(before) + 2
    assert repo.git("status", "--porcelain") == ""
