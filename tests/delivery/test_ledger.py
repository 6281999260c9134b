"""The ledger: whatever is cut off its end, it says at least as much as happened."""

import errno
import json
import stat
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path

import pytest
from typing_extensions import Buffer

from commscli.delivery.ledger import NAME, Ledger, Line, Step, opened, read
from commscli.errors import BadInput, Busy

AT = datetime(2026, 11, 22, 9, 20, tzinfo=UTC)
STEPS: Sequence[tuple[str, Step]] = (
    ("a", Step.ATTEMPTING), ("a", Step.WIRE), ("a", Step.ACCEPTED),
    ("b", Step.ATTEMPTING), ("b", Step.WIRE),
)  # fmt: skip


def written(folder: Path, steps: Sequence[tuple[str, Step]] = STEPS) -> bytes:
    with opened(folder) as ledger:
        for key, step in steps:
            ledger.append(key, step, AT, detail="ü", id_="250 queued")
    return (folder / NAME).read_bytes()


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    written(tmp_path)
    assert read(tmp_path)["a"] == Line(step=Step.ACCEPTED, detail="ü", id="250 queued")
    with opened(tmp_path) as ledger:
        assert (ledger.of("b").step, ledger.of("c").step) == (Step.WIRE, Step.PLANNED)
        assert (ledger.of("b").step.is_in_doubt, ledger.of("a").step.is_final) == (True, True)


def test_nobody_else_reads_it(tmp_path: Path) -> None:
    written(tmp_path / "x")
    assert stat.S_IMODE((tmp_path / "x" / NAME).stat().st_mode) == 0o600


def test_every_prefix_of_the_last_two_lines_opens_and_goes_on(tmp_path: Path) -> None:
    """What a power cut leaves: the line after it must not be glued to half a line."""
    whole = written(tmp_path / "whole")
    lines = whole.splitlines(keepends=True)
    start = len(b"".join(lines[:-2]))
    for size in range(start, len(whole) + 1):
        folder = tmp_path / str(size)
        folder.mkdir()
        (folder / NAME).write_bytes(whole[:size])
        with opened(folder) as ledger:
            left = whole[:size].count(b"\n")
            assert ledger.seq == left
            assert ledger.of("a").step is Step.ACCEPTED
            ledger.append("b", Step.UNKNOWN, AT)
        assert read(folder)["b"].step is Step.UNKNOWN
        again = (folder / NAME).read_bytes().splitlines()
        assert len(again) == left + 1
        assert all(json.loads(line) for line in again)


def test_looking_cuts_nothing_off(tmp_path: Path) -> None:
    whole = written(tmp_path)
    (tmp_path / NAME).write_bytes(whole[:-5])
    assert read(tmp_path)["b"].step is Step.ATTEMPTING
    assert (tmp_path / NAME).read_bytes() == whole[:-5]
    assert read(tmp_path / "nothing") == {}


@pytest.mark.parametrize("damage", ["changed", "gone", "swapped", "junk"])
def test_a_ledger_that_somebody_changed_is_refused_by_its_line(tmp_path: Path, damage: str) -> None:
    lines = written(tmp_path).splitlines(keepends=True)
    if damage == "changed":
        lines[1] = lines[1].replace(b"wire", b"planned")
    elif damage == "gone":
        del lines[1]
    elif damage == "swapped":
        lines[1], lines[2] = lines[2], lines[1]
    else:
        lines[2] = b"{}\n"
    (tmp_path / NAME).write_bytes(b"".join(lines))
    with pytest.raises(BadInput, match=rf"{NAME}:[23]: this line was changed"), opened(tmp_path):
        pass


def test_two_processes_do_not_have_it_at_once(tmp_path: Path) -> None:
    with opened(tmp_path), pytest.raises(Busy, match="another comms is sending"), opened(tmp_path):
        pass


class Filling(FileIO):
    """A file on a disk that has room for so many bytes more."""

    room = 0

    def write(self, data: Buffer) -> int:
        some = bytes(data)[: self.room]
        self.room -= len(some)
        return super().write(some)


def test_half_a_line_that_did_not_fit_is_taken_back_and_the_next_one_fits(tmp_path: Path) -> None:
    """Or the next line would be glued to it, and the ledger never open again."""
    written(tmp_path)
    with opened(tmp_path) as ledger, Filling(tmp_path / NAME, "r+b") as filling:
        filling.seek(ledger.size)
        ledger.file, filling.room = filling, 40
        with pytest.raises(OSError, match="space"):
            ledger.append("b", Step.UNKNOWN, AT)
        filling.room = 10_000
        ledger.append("b", Step.UNKNOWN, AT)
    assert read(tmp_path)["b"].step is Step.UNKNOWN


def test_a_wire_that_the_disk_did_not_take_never_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_file: int) -> None:
        raise OSError(errno.EIO, "the disk says no")

    written(tmp_path)
    with opened(tmp_path) as ledger:
        ledger.append("c", Step.ATTEMPTING, AT)
        with monkeypatch.context() as patch:
            patch.setattr("commscli.delivery.ledger._SYNC", full)
            with pytest.raises(OSError, match="says no"):
                ledger.append("c", Step.WIRE, AT)
        assert ledger.of("c").step is Step.ATTEMPTING
        ledger.append("c", Step.ATTEMPTING, AT)
    assert read(tmp_path)["c"].step is Step.ATTEMPTING


def test_many_at_once_write_one_chain(tmp_path: Path) -> None:
    with opened(tmp_path) as ledger, ThreadPoolExecutor(8) as pool:
        steps = (Step.ATTEMPTING, Step.WIRE, Step.ACCEPTED)

        def all_of(number: int) -> None:
            for step in steps:
                ledger.append(str(number), step, AT)

        list(pool.map(all_of, range(200)))
    found = read(tmp_path)
    assert len(found) == 200
    assert {line.step for line in found.values()} == {Step.ACCEPTED}


def test_a_full_disk_stops_before_the_wire() -> None:
    with Path("/dev/full").open("r+b", buffering=0) as full:
        ledger = Ledger(file=full)
        with pytest.raises(OSError, match="space"):
            ledger.append("a", Step.ATTEMPTING, AT)
        assert ledger.of("a").step is Step.PLANNED
