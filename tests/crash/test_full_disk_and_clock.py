"""Points 13 and 15: the disk takes no more, and the clock cannot be believed."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.scenes import PEOPLE, Scene, Seen, Stages

pytest_plugins = ["tests.support.scene_fixtures"]


def brought_to_its_end(scene: Scene, seen: Seen) -> None:
    """Go on; nobody gets it twice."""
    ran = scene.send()
    assert ran.code == (6 if seen.doubt else 0), ran.err
    if seen.doubt:
        scene.resolved(scene.seen())
        assert scene.send().code == 0
    scene.assert_sent()
    assert scene.truth.copies().total() == PEOPLE


@pytest.mark.parametrize("kind", ["mail", "hook"])
@pytest.mark.parametrize(
    ("point", "accepted", "doubt", "got"),
    [("full-attempting", 1, 0, 1), ("full-wire", 1, 0, 1), ("full-accepted", 1, 1, 2)],
)
def test_what_the_ledger_cannot_say_does_not_leave(  # noqa: PLR0917 - pytest's
    stages: Stages, tmp_path: Path, kind: str, point: str, accepted: int, doubt: int, got: int
) -> None:
    """The kernel itself takes half of a line, and then nothing."""
    scene = stages.scene(kind, tmp_path)
    code, said = scene.ran(point, 2)
    assert code == 5, said
    assert "has begun and is not finished" in " ".join(said.split())
    seen = scene.seen()
    assert (len(seen.accepted), len(seen.doubt), seen.got.total()) == (accepted, doubt, got)
    brought_to_its_end(scene, seen)


@pytest.mark.parametrize("room", [0, 100, 400])
def test_on_a_disk_that_is_full_nothing_is_begun(stages: Stages, tmp_path: Path, room: int) -> None:
    scene = stages.scene("mail", tmp_path)
    code, said = scene.ran("never", 1, more=("--room", str(room)))
    assert code == 2, said
    assert "make room" in said
    seen = scene.seen()
    assert not seen.begun
    assert not seen.got
    brought_to_its_end(scene, seen)


@pytest.mark.parametrize("minutes", [-1440, -3, 30, 43_200])
def test_a_clock_that_jumps_between_two_runs_decides_nothing(
    stages: Stages, tmp_path: Path, minutes: int
) -> None:
    scene = stages.scene("mail", tmp_path)
    scene.killed("wire", 2)
    before = scene.seen()
    scene.cast.now += timedelta(minutes=minutes)
    seen = scene.seen()
    assert seen == before
    brought_to_its_end(scene, seen)


@pytest.mark.parametrize("kind", ["mail", "hook-idempotent"])
def test_a_clock_that_jumps_with_each_look_decides_nothing(
    stages: Stages, tmp_path: Path, kind: str
) -> None:
    scene = stages.scene(kind, tmp_path)
    code, said = scene.ran("recorded", 2, more=("--clock", "600"))
    assert code == -9, said
    (ledger,) = scene.cast.ana.folder.glob(".git/comms/sends/*/ledger.jsonl")
    times = [line.partition('"at": "')[2][:20] for line in ledger.read_text().splitlines()]
    assert times != sorted(times)
    seen = scene.seen()
    assert (len(seen.accepted), seen.doubt) == (2, frozenset())
    brought_to_its_end(scene, seen)
