"""A last signer who is killed leaves the proposal, or the version; never half of either."""

import os
import random
import shutil
import signal
import subprocess
import time

import pytest

from tests.support.admins import clone_of, let_admins_be, version_files
from tests.support.cast import Cast
from tests.support.runner import program

pytest_plugins = ["tests.support.cast_fixtures"]

MOMENTS = 14


@pytest.fixture
def complete_but_one(small: Cast) -> tuple[Cast, str]:
    """Ana and Bo must both sign, and Ana has. No remote: only the clone is at stake."""
    let_admins_be(small, ["ana", "bo"], 2)
    id_ = small.ana.done("trust", "role", "bo", "--role", "legal-officer", "--json").json[
        "proposal"
    ]
    bo = clone_of(small, "bo")
    bo.git("remote", "remove", "origin")
    return small, id_


def test_killed_in_the_last_step(complete_but_one: tuple[Cast, str]) -> None:
    cast, id_ = complete_but_one
    bo, chance = cast.bo, random.Random(11)  # noqa: S311 - for moments, not for secrets
    head = bo.git("rev-parse", "HEAD").strip()
    whole = _signing(cast, id_, None)
    _as_before(cast, head)
    ends = set()
    for _ in range(MOMENTS):
        _signing(cast, id_, chance.uniform(whole * 0.5, whole * 1.02))
        _when_its_git_has_ended(cast)

        files = set(version_files(bo))
        proposed = {f"proposals/trust/{id_}.yaml", f"proposals/trust/{id_}.ana.sig"}
        entered = {"trust/0004.yaml", "trust/0004.ana.sig", "trust/0004.bo.sig"}
        assert (proposed <= files, entered <= files) in {(True, False), (False, True)}, files
        ends.add(entered <= files)
        again = bo("trust", "sign", id_)  # whatever was left is put right by the next command
        assert again.code == (1 if entered <= files else 0), again
        assert bo.git("status", "--porcelain", "--untracked-files=all") == ""
        assert bo("check", "--json").json["findings"] == []
        _as_before(cast, head)
    assert False in ends, "none was killed before the end"


def _as_before(cast: Cast, head: str) -> None:
    """Go back, and have this machine forget how far it was."""
    cast.bo.git("reset", "-q", "--hard", head)
    shutil.rmtree(cast.root / "homes" / "bo" / "state", ignore_errors=True)


def _signing(cast: Cast, id_: str, after: float | None) -> float:
    """Run the real program and kill it; return how long it was there."""
    began = time.monotonic()
    with subprocess.Popen(
        program("trust", "sign", id_), cwd=cast.bo.folder, env=cast.bo.environ(),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    ) as process:  # fmt: skip
        try:
            process.wait(after)
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
    return time.monotonic() - began


def _when_its_git_has_ended(cast: Cast) -> None:
    """Wait for a git that outlives the program: until it holds nothing, and nothing moves."""
    lock = cast.bo.folder / ".git" / "index.lock"
    until = time.monotonic() + 10
    before: tuple[str, ...] = ()
    while lock.exists() or before != (before := cast.bo.state()):
        assert time.monotonic() < until
        time.sleep(0.2)
