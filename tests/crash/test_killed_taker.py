"""A write that also takes files away, killed at any step: all of it happened, or nothing did."""

import os
import signal
from collections.abc import Callable
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from commscli.errors import Refused
from commscli.ledger import journal, trees, writer
from commscli.ledger.repository import discover
from tests.support.repos import Repo
from tests.support.writing import State, change, drafted, record, write

GONE = {"gone.md": b"gone\n"}
POINTS = (
    (writer, "_try"), (trees, "grow"), (writer, "_land"), (journal, "begin"),
    (journal, "place_file"), (journal, "take_away"), (journal, "set_index"), (writer, "_swap"),
    (journal, "end"), (Path, "unlink"),
)  # fmt: skip


def dying(repo: Repo, step: int) -> None:
    """In a process of its own: write and take away, and be killed at a step."""
    left = step

    def stepping(real: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(*arguments: Any, **more: Any) -> Any:
            for when in (0, 1):
                nonlocal left
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                left -= 1
                if when == 0:
                    result = real(*arguments, **more)
            return result

        return stepped

    for owner, name in POINTS:
        setattr(owner, name, stepping(getattr(owner, name)))
    wanted = change(record(), expected=GONE)
    writer.commit(discover(repo.path), replace(wanted, removed=tuple(GONE)))


def killed(repo: Repo, step: int) -> int:
    process = get_context("fork").Process(target=dying, args=(repo, step))
    process.start()
    process.join(60)
    assert process.exitcode is not None
    return process.exitcode


STEPS = 26
"""As many as there are, which a test of its own says."""


@pytest.mark.parametrize("step", range(STEPS))
def test_killed_at_a_step(tmp_path: Path, step: int) -> None:
    repo = Repo.make(tmp_path / "repo").write(drafted()).checkout()
    before = State.of(repo)

    assert killed(repo, step) == -signal.SIGKILL

    listed = repo.git("ls-tree", "-r", "--name-only", "HEAD").split()
    happened = "gone.md" not in listed
    assert all((path in listed) == happened for path in record())
    write(repo, record(2))
    assert repo.git("status", "--porcelain", "--untracked-files=all") == ""
    assert (repo.path / "gone.md").exists() != happened
    after = State.of(repo)
    own = {*record(), *record(2), *(GONE if happened else ())}
    assert {p: d for p, d in after.files.items() if p not in own} == {
        p: d for p, d in before.files.items() if p not in own
    }
    assert not (repo.git_dir / "comms" / "pending.json").exists()


def test_all_steps_were_tried(tmp_path: Path) -> None:
    repo = Repo.make(tmp_path / "repo").write(drafted()).checkout()

    assert killed(repo, STEPS) == 0
    assert "gone.md" not in repo.git("ls-tree", "-r", "--name-only", "HEAD").split()
    assert repo.git("status", "--porcelain", "--untracked-files=all") == ""


def test_what_somebody_changed_is_not_taken_away(tmp_path: Path) -> None:
    repo = Repo.make(tmp_path / "repo").write(drafted()).checkout()
    (repo.path / "gone.md").write_bytes(b"edited, and recorded nowhere\n")
    before = State.of(repo)
    wanted = replace(change({}, expected=GONE), removed=tuple(GONE))

    with pytest.raises(Refused) as refused:
        writer.commit(discover(repo.path), wanted)

    assert refused.value.code == "unrecorded-edits"
    assert State.of(repo) == before


def test_what_is_gone_or_other_already_is_not_taken_away_again(tmp_path: Path) -> None:
    repo = Repo.make(tmp_path / "repo").write(drafted()).checkout()
    for expected in ({"gone.md": b"other\n"}, {"never.md": b"there\n"}):
        wanted = replace(change({}, expected=expected), removed=tuple(expected))

        with pytest.raises(writer.Overtaken):
            writer.commit(discover(repo.path), wanted)
