"""What a lead and a reviewer see of a severe incident, early, midway, late, and at the end.

``COMMS_UPDATE_GOLDENS=1`` writes the files anew. Read them as a lead does at three in the
morning: what is waited for, who, what was promised, and which command is next.
"""

import fcntl
import os
import pickle
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.cast import Cast, git
from tests.support.runner import comms, environment
from tests.support.scrub import assert_golden, assert_shown, scrubbed
from tests.support.severe_story import LOOKED, Severe, play

pytest_plugins = ["tests.support.cast_fixtures"]
MUST_HAVE = {
    "early/status": "to revise: ana or ben revises (lea objected)",
    "mid/status": "LATE: next update to Internal stakeholders, Strategic customers, All customers",
    "mid/metrics": "promised updates: 0 kept, 3 broken",
    "late/status": "investigation for 14 min",
    "end/status": "LATE: sec-8k-105 by 23:59 GMT on 30 November 2026, 9 h ago:",
    "closed/report": "filed with the authority, reference 4711",
}
"""What the goldens are there for: a new golden that has lost it is wrong."""


@pytest.fixture(scope="module")
def severe(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Severe:
    """The story, played once: by whichever worker comes first, for all of them."""
    mine = tmp_path_factory.getbasetemp()
    shared = mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine
    played = shared / "severe.pickle"
    with (shared / "severe.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not played.exists():
            cast: Cast = request.getfixturevalue("full_once")
            done = play(cast.copy(tmp_path_factory.mktemp("severe")))
            played.write_bytes(pickle.dumps((done.cast.root, done.cast.now, done.seen)))
        root, now, seen = pickle.loads(played.read_bytes())  # noqa: S301 - written by ourselves
    return Severe(cast=Cast(root=root, preset="full", now=now), seen=seen)


@pytest.mark.parametrize("look", LOOKED)
def test_what_is_seen(severe: Severe, look: str) -> None:
    ran = severe.seen[look]
    assert MUST_HAVE.get(look, "") in ran.out
    if look.endswith("report"):
        assert_golden(f"severe/{look.replace('/', '-')}.md", scrubbed(ran.out, severe.cast.root))
    else:
        assert_shown(f"severe/{look.replace('/', '-')}", ran, severe.cast.root)


def test_everything_that_was_promised_here_is_in_it(severe: Severe) -> None:
    assert {*severe.seen} == {*LOOKED}
    log = severe.seen["end/log"].out
    phases = ("identification", "monitoring", "investigation", "resolution", "analysis",
              "publishing")  # fmt: skip
    assert [line.split("phase is ")[1].split()[0] for line in log.splitlines()
            if "phase is " in line] == [*phases]  # fmt: skip
    for words in ("objected in legal", "settling the objection", "handed the lead to ben",
                  "a correction", "started the clock gdpr-33", "met the clock gdpr-33",
                  "started the clock sec-8k-105"):  # fmt: skip
        assert words in log


def test_a_stranger_with_a_clone_and_the_pin_finds_it_in_order(
    severe: Severe, tmp_path: Path
) -> None:
    cast, theirs = severe.cast, environment(tmp_path)
    git("clone", "-q", str(cast.hub), "clone", cwd=tmp_path, environ=theirs)
    ran = comms("check", "--pin", str(cast.pin), "--json", cwd=tmp_path / "clone",
                environ=theirs, real=True)  # fmt: skip

    checked: Mapping[str, object] = ran.json["checked"]
    assert (ran.code, ran.json["outcome"]) == (0, "pass")
    assert (checked["messages"], checked["sent"]) == (17, 16)


def test_nothing_was_sent_that_is_not_in_the_outbox(severe: Severe) -> None:
    mails = [*severe.cast.ana.folder.glob("outbox/*/*/*/*")]

    assert len(mails) == 16 + 4, "each of the four mailings went to two people"
