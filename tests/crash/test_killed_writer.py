"""A write that is killed, at any step or any moment, happened whole or did not happen."""

import os
import random
import resource
import signal
import time
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from commscli.errors import Busy
from commscli.ledger import journal, trees, writer
from tests.support.repos import Repo
from tests.support.story import WORDS
from tests.support.writing import State, drafted, record, run_python, write

DRAFT = "incidents/2026-11-22-checkout-outage/messages/investigation-all-customers-1/draft.md"
NEW = b"New words.\n"

POINTS = (
    (writer, "_try"), (trees, "write_blobs"), (trees, "grow"), (writer, "commit_object"),
    (writer, "_land"), (journal, "begin"), (journal, "place_file"), (journal, "set_index"),
    (writer, "_swap"), (journal, "end"), (os, "fsync"), (Path, "replace"),
)  # fmt: skip


def dying(repo: Repo, step: int, *, draft: bool) -> None:
    """In a process of its own: write, and be killed when this many steps are done."""
    left = step

    def one_step() -> None:
        nonlocal left
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1

    def stepping(real: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(*arguments: Any, **more: Any) -> Any:
            one_step()
            result = real(*arguments, **more)
            one_step()
            return result

        return stepped

    for owner, name in POINTS:
        setattr(owner, name, stepping(getattr(owner, name)))
    files, expected = dict(record()), {}
    if draft:
        files[DRAFT], expected[DRAFT] = NEW, WORDS.encode()
    write(repo, files, expected=expected)


def killed(repo: Repo, step: int, *, draft: bool = True, after: float = 60.0) -> int:
    """Let a process write and die; return how it ended."""
    process = get_context("fork").Process(target=dying, args=(repo, step), kwargs={"draft": draft})
    process.start()
    process.join(after)
    process.kill()
    process.join()
    assert process.exitcode is not None
    return process.exitcode


STEPS = 42
"""As many as there are, which a test of its own says."""


def is_whole(repo: Repo, *, draft: bool) -> bool:
    """Whether the killed write happened; it must be one or the other."""
    listed = repo.git("ls-tree", "-r", "--name-only", "HEAD").split()
    there = [path in listed for path in record()]
    assert all(there) or not any(there)
    words = repo.git("show", f"HEAD:{DRAFT}", ok=False) if draft else ""
    assert not draft or (words == NEW.decode()) == all(there)
    return all(there)


def assert_recovers(repo: Repo, before: State, *, draft: bool) -> None:
    """The next write finds everything in order, and leaves it so."""
    happened = is_whole(repo, draft=draft)

    write(repo, record(2))

    assert is_whole(repo, draft=draft) == happened
    assert repo.git("status", "--porcelain", "--untracked-files=all") == ""
    assert repo.git("fsck", "--strict", "--no-dangling") == ""
    after = State.of(repo)
    own = {*record(), *record(2), DRAFT}
    assert {p: d for p, d in after.files.items() if p not in own} == {
        p: d for p, d in before.files.items() if p not in own
    }
    assert not list(repo.path.rglob("*.part"))
    assert not (repo.git_dir / "comms" / "pending.json").exists()


@pytest.mark.parametrize("step", range(STEPS))
def test_killed_at_a_step(tmp_path: Path, step: int) -> None:
    repo = Repo.make(tmp_path / "repo").write(drafted()).checkout()
    before = State.of(repo)

    assert killed(repo, step) == -signal.SIGKILL
    assert_recovers(repo, before, draft=True)


def test_all_steps_were_tried(tmp_path: Path) -> None:
    repo = Repo.make(tmp_path / "repo").write(drafted()).checkout()

    assert killed(repo, STEPS) == 0
    assert is_whole(repo, draft=True)


@pytest.mark.parametrize("step", range(8, 24, 2))
def test_the_first_commit_of_all_killed_at_a_step(tmp_path: Path, step: int) -> None:
    repo = Repo.make(tmp_path / "repo")

    killed(repo, step, draft=False)

    write(repo, record(2))
    assert repo.git("status", "--porcelain", "--untracked-files=all") == ""


def test_killed_at_random_moments(tmp_path: Path) -> None:
    chance = random.Random(7)  # noqa: S311 - for moments, not for secrets
    repo = Repo.make(tmp_path / "repo").write(drafted()).checkout()
    before = State.of(repo)
    start = time.monotonic()
    killed(repo, 1000, draft=False)
    whole = time.monotonic() - start
    for _ in range(8):
        repo.git("reset", "-q", "--hard", before.head.strip())
        killed(repo, 1000, draft=False, after=chance.uniform(0, whole))
        _when_its_git_has_ended(repo)
        assert_recovers(repo, before, draft=False)


def _when_its_git_has_ended(repo: Repo) -> None:
    """A git that the killed process had started ends by itself."""
    until = time.monotonic() + 10
    while (repo.git_dir / "index.lock").exists():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_user_who_commits_before_the_recovery_does_not_delete_the_record(tmp_path: Path) -> None:
    """Killed after the branch moved, before the journal went."""
    repo = Repo.make(tmp_path / "repo").write(drafted()).checkout()
    for step in range(STEPS):
        killed(repo, step, draft=False)
        if is_whole(repo, draft=False) and (repo.git_dir / "comms" / "pending.json").exists():
            break
    else:
        pytest.fail("no step lies between the branch and the journal")
    (repo.path / "README.md").write_text("other\n")
    repo.git("commit", "-q", "-a", "-m", "mine")

    write(repo, record(2))

    assert is_whole(repo, draft=False)
    assert repo.git("status", "--porcelain") == ""


FULL = """
import resource, signal, sys
from pathlib import Path
from tests.support.repos import Repo
from tests.support.writing import write
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
write(Repo(path=Path(sys.argv[1])), {"incidents/a/records/big.yaml": bytes(range(256)) * 64})
"""


@pytest.mark.parametrize("room", [0, 100, 1000, 8000, 12000, 16000])
def test_a_full_disk_leaves_nothing(tmp_path: Path, room: int) -> None:
    repo = Repo.make(tmp_path / "repo").write(drafted()).checkout()
    before = State.of(repo)
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY

    process = run_python(FULL, str(repo.path), str(room))
    _, said = process.communicate(timeout=60)

    assert process.returncode == 1, said
    assert repo.head == before.head.strip()
    write(repo, record(2))
    assert repo.git("status", "--porcelain", "--untracked-files=all") == ""
    assert not (repo.path / "incidents/a").exists()


def test_a_lock_that_a_dead_git_left_is_named(tmp_path: Path) -> None:
    repo = Repo.make(tmp_path / "repo").write(drafted()).checkout()
    (repo.git_dir / "index.lock").touch()

    with pytest.raises(Busy) as told:
        write(repo, record())

    assert "remove .git/index.lock" in told.value.remedy
    assert WORDS.encode() == (repo.path / DRAFT).read_bytes()
