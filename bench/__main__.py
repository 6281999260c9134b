"""``make bench``: measure, print, and with ``--write`` keep the figures in RESULTS.md."""

import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import history
from bench.timing import COMMS, Pair, pair, seconds

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


def check(folder: Path, sizes: tuple[int, ...]) -> Iterator[Pair]:
    """Measure the check of a whole history against git's own look at its signatures."""
    for size in sizes:
        repository = folder / f"records-{size}"
        pin = history.write(repository, size)
        runs = 3 if size <= 1000 else 0  # noqa: PLR2004 - git takes minutes for the large ones
        yield pair(
            f"`comms check` of {size:,} records / `git log --format=%G?`",
            "≤ 1/40" if size >= 10_000 else "",  # noqa: PLR2004 - the goal is set there
            [COMMS, "check", "--pin", str(pin)],
            ["git", "log", "--format=%G?"],
            cwd=repository,
            env={"XDG_STATE_HOME": str(folder / "state")},
            runs=runs,
        )


def main(arguments: list[str]) -> int:
    """Measure everything and print the table."""
    quick = "--quick" in arguments
    sizes = (1000,) if quick else (1000, 10_000)
    rows: list[Pair] = []
    with TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        for measure in (startup(folder), review(folder), check(folder, sizes)):
            for found in measure:
                rows.append(found)
                sys.stdout.write(found.row() + "\n")
                sys.stdout.flush()
    if "--write" in arguments:
        (HERE / "RESULTS.md").write_text(_page(rows))
    return 0


def _page(rows: list[Pair]) -> str:
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
        "two new files. `git log --format=%G?` verifies the commit signatures alone.\n"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
