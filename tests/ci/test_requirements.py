"""What CI installs: the part of the lock that runs and builds ``comms``, hash by hash."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements.lock"
PART = ROOT / "ci" / "requirements.txt"
BUILD = ("hatchling",)
"""What builds the package, as its pyproject.toml says; nothing is fetched to build it."""

HEAD = """\
# What the checker needs in CI, by hash: the part of requirements.lock that runs and builds it.
# Written by tests/ci/test_requirements.py, when COMMS_UPDATE_GOLDENS=1.
"""
_ENTRY = re.compile(r"^([a-z0-9-]+)==.*\n(?:    .*\n)*", re.MULTILINE)
_VIA = re.compile(r"^    #(?: via|  ) +(\S.*)$", re.MULTILINE)


def entries() -> dict[str, list[str]]:
    """Every package of the lock with its entries: one for some systems, another for the rest."""
    found: dict[str, list[str]] = {}
    for match in _ENTRY.finditer(LOCK.read_text(encoding="utf-8")):
        found.setdefault(match[1], []).append(match[0])
    return found


def asked_by(entry: str) -> set[str]:
    return {via.strip() for via in _VIA.findall(entry)}


def needed(lock: dict[str, list[str]]) -> set[str]:
    """What ``comms`` itself asks for, what builds it, and all that these ask for."""
    wanted = {n for n, all_ in lock.items() if "commscli (pyproject.toml)" in asked_by(all_[-1])}
    wanted |= {*BUILD}
    while (
        more := {name for name, all_ in lock.items() if any(asked_by(e) & wanted for e in all_)}
        - wanted
    ):
        wanted |= more
    return wanted


def part() -> Iterator[str]:
    lock = entries()
    wanted = needed(lock)
    yield HEAD
    for name in sorted(wanted):
        for entry in lock[name]:
            yield re.sub(r"^    #.*\n", "", entry, flags=re.MULTILINE)


def test_it_is_the_part_of_the_lock_that_is_needed() -> None:
    expected = "".join(part())
    if os.environ.get("COMMS_UPDATE_GOLDENS"):
        PART.write_text(expected, encoding="utf-8")

    assert PART.read_text(encoding="utf-8") == expected, "COMMS_UPDATE_GOLDENS=1 writes it again"


def test_it_has_what_runs_and_what_builds_and_no_tool_of_ours() -> None:
    names = set(re.findall(r"^([a-z0-9-]+)==", PART.read_text(encoding="utf-8"), re.MULTILINE))

    assert {"typer", "gitpython", "cryptography", "pydantic-core", "hatchling"} <= names
    assert names & {"pytest", "ruff", "mypy", "hypothesis", "check-jsonschema"} == set()


def test_every_package_is_pinned_and_hashed() -> None:
    for entry in _ENTRY.finditer(PART.read_text(encoding="utf-8")):
        assert re.match(r"[a-z0-9-]+==[0-9]", entry[0])
        assert "--hash=sha256:" in entry[0]
