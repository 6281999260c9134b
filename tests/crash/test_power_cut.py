"""A power cut takes from the ledger what came after the last sync, at any byte."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from commscli.delivery.ledger import NAME, Step, opened, read
from tests.support.scenes import PEOPLE, Stages

pytest_plugins = ["tests.support.scene_fixtures"]
AT = datetime(2026, 11, 22, 9, 20, tzinfo=UTC)
A, W, OK, UNKNOWN = Step.ATTEMPTING, Step.WIRE, Step.ACCEPTED, Step.UNKNOWN
ENDS: Mapping[str, Sequence[tuple[str, Step]]] = {
    "about to leave": [("a", A), ("a", W)],
    "answered": [("a", A), ("a", W), ("a", OK)],
    "not answered": [("a", A), ("a", W), ("a", UNKNOWN)],
    "put off": [("a", A), ("a", W), ("a", Step.DEFERRED)],
    "the next one": [("a", A), ("a", W), ("a", OK), ("b", A)],
    "two at once": [("a", A), ("b", A), ("b", W), ("a", W), ("b", OK), ("a", OK)],
    "two, and one ahead": [("a", A), ("a", W), ("b", A), ("a", OK), ("a2", A), ("b", W)],
    "sent again": [("a", A), ("a", W), ("a", UNKNOWN), ("a", A), ("a", W), ("a", OK)],
    "resolved": [("a", A), ("a", W), ("a", UNKNOWN), ("a", Step.PLANNED), ("a", A)],
}
TAILS = (b"", b"\0", b"\0" * 300)
"""What a file system leaves of blocks that it had promised: nothing, or nought."""


def written(folder: Path, steps: Sequence[tuple[str, Step]]) -> bytes:
    with opened(folder) as ledger:
        for key, step in steps:
            ledger.append(key, step, AT, detail="ü", id_="250 queued")
    return (folder / NAME).read_bytes()


@pytest.mark.parametrize("end", ENDS)
def test_whatever_byte_it_ends_at_it_says_what_left_or_that_it_may_have(
    tmp_path: Path, end: str
) -> None:
    """Each byte of it, for each end: synced up to a ``wire``, and no more than that is certain."""
    steps = ENDS[end]
    whole = written(tmp_path / "whole", steps)
    sizes = [0]
    for line in whole.splitlines(keepends=True):
        sizes.append(sizes[-1] + len(line))
    folder = tmp_path / "cut"
    folder.mkdir()
    for size in range(len(whole) + 1):
        there = sum(start <= size for start in sizes[1:])
        for tail in TAILS if size % 7 == 0 else TAILS[:1]:
            (folder / NAME).write_bytes(whole[:size] + tail)
            with opened(folder) as ledger:
                assert ledger.seq == there, "whole lines, and nothing else"
                for key in {key for key, _ in steps}:
                    _require_truth(ledger.of(key).step, [s for k, s in steps[:there] if k == key])
                ledger.append("next", A, AT)
            again = read(folder)
            assert again["next"].step is A, "the next line is whole"
            assert len((folder / NAME).read_bytes().splitlines()) == there + 1


def _require_truth(said: Step, steps: Sequence[Step]) -> None:
    """Since its last ``wire`` something may have left: that is in doubt until something is said."""
    assert said is (steps[-1] if steps else Step.PLANNED)
    if steps and steps[-1] is W:
        assert said.is_in_doubt
        assert not said.is_final
    if W not in steps:
        assert not said.is_in_doubt
        assert not said.is_final


@pytest.mark.parametrize("lost", [1, 2, 3])
def test_what_the_cut_took_is_in_doubt_and_nobody_gets_it_twice(
    stages: Stages, tmp_path: Path, lost: int
) -> None:
    """Killed when two were recorded; the lines after the second ``wire`` were with the machine."""
    scene = stages.scene("mail", tmp_path)
    scene.killed("attempting", 3)
    (file,) = scene.cast.ana.folder.glob(f".git/comms/sends/*/{NAME}")
    lines = file.read_bytes().rstrip(b"\0").splitlines(keepends=True)
    assert b'"wire"' in lines[-3]
    if lost < 3:
        file.write_bytes(b"".join(lines[:-lost]))
    else:
        file.write_bytes(b"".join([*lines[:-2], lines[-2][:40]]))
    seen = scene.seen()
    assert seen.got.total() == 2
    assert len(seen.doubt) == (0 if lost == 1 else 1)
    ran = scene.send()
    assert ran.code == (6 if seen.doubt else 0)
    if seen.doubt:
        scene.resolved(scene.seen())
        assert scene.send().code == 0
    scene.assert_sent()
    assert scene.truth.copies().total() == PEOPLE
