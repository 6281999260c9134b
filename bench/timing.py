"""Two commands, in turn; medians and the ratio of pairs."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

COMMS = str(Path(sys.executable).with_name("comms"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """What was measured: seconds of ours and of the other, and ours divided by the other."""

    name: str
    ours: str
    other: str
    ours_seconds: float
    other_seconds: float
    ratio: float
    goal: str
    runs: int

    def row(self) -> str:
        """Return a row of the table."""
        return (
            f"| {self.name} | {self.ours_seconds:.3f} s | {self.other_seconds:.3f} s | "
            f"{self.ratio:.3g} | {self.goal} | {self.runs} |"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure of ours, and what it is held against."""

    name: str
    value: str
    goal: str
    runs: int

    def row(self) -> str:
        """Return a row of the table."""
        return f"| {self.name} | {self.value} | | | {self.goal} | {self.runs} |"


def megabytes(argv: Sequence[str], cwd: Path, env: Mapping[str, str]) -> int:
    """Return how much memory a command took at most, with all that it started, shared parts once.

    Asked of the kernel ten times a second (``Pss``); Linux only.
    """
    most = 0
    with subprocess.Popen(
        list(argv), cwd=cwd, env={**os.environ, **env}, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        while process.poll() is None:
            most = max(most, sum(map(_pss, _family(process.pid))))
            time.sleep(0.1)
    return most // 1024


def _family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(one for child in children for one in _family(int(child)))]


def _pss(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def seconds(argv: Sequence[str], cwd: Path, env: Mapping[str, str]) -> float:
    """Return how long a command takes, from start to exit."""
    start = time.perf_counter()
    subprocess.run(
        list(argv), cwd=cwd, env={**os.environ, **env}, check=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    return time.perf_counter() - start


def pair(
    name: str, goal: str, ours: Sequence[str], other: Sequence[str], *, cwd: Path, runs: int,
    env: Mapping[str, str] | None = None, other_cwd: Path | None = None,
    before: Sequence[Sequence[str]] = (), other_before: Sequence[Sequence[str]] = (),
) -> Pair:  # fmt: skip
    """Run both in turn, after one warm-up each; what runs before each is not counted."""
    env = env or {}
    pairs = []
    for number in range(runs + 1):
        for argv in before:
            seconds([word.replace("{n}", str(number)) for word in argv], cwd, env)
        mine = seconds([word.replace("{n}", str(number)) for word in ours], cwd, env)
        for argv in other_before:
            seconds([w.replace("{n}", str(number)) for w in argv], other_cwd or cwd, env)
        theirs = seconds(
            [word.replace("{n}", str(number)) for word in other], other_cwd or cwd, env
        )
        pairs.append((mine, theirs))
    counted = pairs[1:] if runs else pairs
    return Pair(
        name=name,
        ours=" ".join(ours),
        other=" ".join(other),
        ours_seconds=statistics.median(m for m, _ in counted),
        other_seconds=statistics.median(t for _, t in counted),
        ratio=statistics.median(m / t for m, t in counted),
        goal=goal,
        runs=len(counted),
    )
