"""``make bench``: measure, print, and with ``--write`` keep the figures in RESULTS.md.

``python -m bench looking`` measures and prints the rows of that name alone.
"""

import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench import history
from bench.timing import COMMS, Figure, Pair, megabytes, pair, seconds
from commscli.compose.library import shipped
from commscli.workflow.setup.starting_files import starting_files
from tests.support.repos import write_key

HERE = Path(__file__).parent
IMPORTS = [sys.executable, "-c", "import typer, rich.console"]
COMPLETION = {"_COMMS_COMPLETE": "complete_bash", "COMP_WORDS": "comms dra", "COMP_CWORD": "1"}


def startup(folder: Path) -> Iterator[Pair]:
    """Measure what every command pays."""
    yield pair(
        "`comms --version` / importing typer and rich.console",
        "≤ 1.3",
        [COMMS, "--version"],
        IMPORTS,
        cwd=folder,
        runs=15,
    )
    yield pair("completion / importing typer and rich.console", "≤ 1.3",
               ["env", *(f"{k}={v}" for k, v in COMPLETION.items()), COMMS], IMPORTS, cwd=folder,
               runs=15)  # fmt: skip


def review(folder: Path) -> Iterator[Pair]:
    """Measure one verdict against one signed commit, without a remote."""
    keys = {name: folder / name for name in ("ana", "bo")}
    for key in keys.values():
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    desk, plain = folder / "desk", folder / "plain"
    env = {"XDG_CONFIG_HOME": str(folder / "config"), "XDG_STATE_HOME": str(folder / "state"),
           "CI": "true", "HOME": str(folder)}  # fmt: skip
    ana, bo = ([COMMS, "--key", str(keys[name])] for name in ("ana", "bo"))
    for argv in (
        [*ana, "init", str(desk), "--organisation", "Bench", "--person", "ana", "--name", "Ana",
         "--email", "ana@example.com", "--role", "technical-slt", "--role", "business-lead"],
        [*ana, "-C", str(desk), "trust", "add", "bo", "--name", "Bo", "--email", "bo@example.com",
         "--public-key", f"{keys['bo']}.pub", "--role", "legal-officer"],
        [*ana, "-C", str(desk), "new", "Outage", "--severity", "1", "--fact", "start=09:14",
         "--fact", "services=payments", "--fact", "impact=nobody can pay"],
        [*ana, "-C", str(desk), "draft", "all-customers"],
        ["git", "init", "-q", "-b", "main", str(plain)],
        *(["git", "-C", str(plain), "config", k, v] for k, v in (
            ("user.name", "Ana"), ("user.email", "ana@example.com"), ("gpg.format", "ssh"),
            ("user.signingkey", str(keys["ana"])))),
    ):  # fmt: skip
        seconds(argv, folder, env)
    yield pair(
        "`comms review` / `git commit -S` of one file", "≤ 20",
        [*bo, "-C", str(desk), "review", "all-customers", "--suggest", "words {n}"],
        ["git", "-C", str(plain), "commit", "-q", "-S", "-m", "{n}"],
        cwd=folder, env=env, runs=10,
        other_before=[["sh", "-c", f"echo {{n}} > {plain}/file; git -C {plain} add file"]],
    )  # fmt: skip


MANY = 10_000
SAMPLE = 2000
"""Commits of which git is asked in a history that would take it half an hour."""
NEW = 20
"""Records that came after what ``--since`` takes as checked."""


def check(folder: Path, sizes: tuple[int, ...]) -> Iterator[Pair | Figure]:
    """Measure the check of whole histories: against git's own look at signatures, and the floor."""
    env = {"XDG_STATE_HOME": str(folder / "state")}
    each: list[float] = []
    for size in sizes:
        repository = folder / f"records-{size}"
        pin = history.write(repository, size)
        ours = [COMMS, "check", "--pin", str(pin)]
        yield _against_git(repository, ours, size, env)
        floor = pair(
            f"`comms check` of {size:,} records / the floor", "≤ 2" if size >= MANY else "",
            ours, [sys.executable, "-m", "bench.floor", str(repository)], cwd=repository,
            env={**env, "PYTHONPATH": str(HERE.parent)}, runs=2 if size > MANY else 5,
        )  # fmt: skip
        yield floor
        each.append(floor.ours_seconds / size)
        if size >= MANY:
            yield from _large(repository, ours, size, env)
    if len(each) > 1:
        yield Figure(name=f"time a record at {sizes[-1]:,} / at {sizes[0]:,}",
                     value=f"{each[-1] / each[0]:.2f}", goal="≤ 1.3", runs=1)  # fmt: skip


def _large(repository: Path, ours: list[str], size: int, env: dict[str, str]) -> Iterator[Figure]:
    since = [*ours, "--since", f"HEAD~{NEW}"]
    times = [seconds(since, repository, env) for _ in range(4)][1:]
    yield Figure(name=f"`comms check --since` with {NEW} new records on {size:,}",
                 value=f"{median(times):.3f} s", goal="< 1 s", runs=3)  # fmt: skip
    yield Figure(name=f"memory of `comms check` of {size:,} records, all processes",
                 value=f"{megabytes(ours, repository, env)} MB",
                 goal="< 500 MB" if size > MANY else "", runs=1)  # fmt: skip


def _against_git(repository: Path, ours: list[str], size: int, env: dict[str, str]) -> Pair:
    """Git takes minutes for the large ones, and half an hour for the largest: of that a part."""
    asked = ["git", "log", "--format=%G?"]
    if size <= MANY:
        return pair(f"`comms check` of {size:,} records / `git log --format=%G?`",
                    "≤ 1/50" if size == MANY else "", ours, asked, cwd=repository, env=env,
                    runs=3 if size < MANY else 0)  # fmt: skip
    part = pair(f"`comms check` of {size:,} records / `git log --format=%G?`, from its newest "
                f"{SAMPLE:,} commits", "≤ 1/50", ours, [*asked, f"-{SAMPLE}"], cwd=repository,
                env=env, runs=0)  # fmt: skip
    scale = size / SAMPLE
    return replace(part, other_seconds=part.other_seconds * scale, ratio=part.ratio / scale)


INCIDENTS = 1000


def looking(folder: Path) -> Iterator[Pair | Figure]:
    """Measure how long it takes to see where everything stands, among very many incidents."""
    repository = folder / "lived-in"
    files = starting_files(organisation="Bench", timezone="Europe/London", domain="example.com")
    files |= {f"{kind}/{name}": data for kind in ("playbooks", "templates")
              for name, data in shipped(kind).items()}  # fmt: skip
    pin = history.write(repository, INCIDENTS * history.RECORDS_PER_INCIDENT, files)
    clone = folder / "clone"
    subprocess.run(["git", "clone", "-q", str(repository), str(clone)], check=True)
    env = {"XDG_STATE_HOME": str(folder / "state"), "COMMS_PIN": str(pin)}
    ours = [COMMS, "--offline", "status"]
    yield Figure(name=f"`comms status` among {INCIDENTS:,} incidents, the first time",
                 value=f"{seconds(ours, clone, env):.2f} s", goal="", runs=1)  # fmt: skip
    mine = ["--offline", "--key", str(write_key(folder, "bea")), "next", "--list"]
    for name, argv in (("status", ours), ("next --list", [COMMS, *mine])):
        yield pair(
            f"`comms {name}` among {INCIDENTS:,} incidents, from then on / `comms --version`",
            "< 0.3 s", argv, [COMMS, "--version"], cwd=clone, env=env, runs=15,
        )  # fmt: skip


def main(arguments: list[str]) -> int:
    """Measure everything and print the table."""
    quick = "--quick" in arguments
    sizes = (1000,) if quick else (1000, MANY, 10 * MANY)
    rows: list[Pair | Figure] = []
    with TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        measures: dict[str, Iterator[Pair | Figure]] = {
            "startup": startup(folder),
            "review": review(folder),
            "check": check(folder, sizes),
            "looking": looking(folder),
        }
        named = [one for one in measures if one in arguments]
        for one in named or [one for one in measures if not quick or one != "looking"]:
            for found in measures[one]:
                rows.append(found)
                sys.stdout.write(found.row() + "\n")
                sys.stdout.flush()
    if "--write" in arguments and not named:
        (HERE / "RESULTS.md").write_text(_page(rows))
    return 0


def _page(rows: list[Pair | Figure]) -> str:
    git = subprocess.run(["git", "version"], capture_output=True, text=True, check=True).stdout
    day = datetime.now(UTC).date().isoformat()
    table = "\n".join(row.row() for row in rows)
    return (
        "# Measured\n\n"
        f"`make bench` on {day}, Python {platform.python_version()}, {git.strip()}, "
        f"{os.cpu_count()} cores. Both commands of a row ran in turn, after one warm-up each (none "
        "for the largest history); the ratio is the median of the ratios of pairs, ours divided "
        "by the other, so below 1 we are faster.\n\n"
        "| what | ours | other | ratio | goal | pairs |\n|---|---|---|---|---|---|\n"
        f"{table}\n\n"
        "A record of these histories is one commit: one record signature, one commit signature, "
        "two new files. `git log --format=%G?` verifies the commit signatures alone. The floor "
        "(`bench/floor.py`) streams the same objects and verifies the same signatures with the "
        "same library, in one process, and judges nothing.\n"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
