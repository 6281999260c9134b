"""Clones to write in, and the state that a write must leave alone."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from commscli.domain.ids import CommitId
from commscli.ledger.repository import discover
from commscli.ledger.writer import Change, commit
from tests.support.repos import Repo
from tests.support.story import Story, person, sign

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
RECORD = "incidents/2026-11-22-checkout-outage/records/20261122T120000Z-fact-{:08x}.yaml"


def drafted(**more: str) -> Story:
    """A message with one revision, and an ordinary file."""
    story = Story(**more)  # type: ignore[arg-type]  # the format of objects
    story.commit({"README.md": b"one\ntwo\nthree\nfour\nfive\nsix\nseven\n", "gone.md": b"gone\n"})
    story.declare()
    story.draft()
    return story


def change(
    files: Mapping[str, bytes],
    expected: Mapping[str, bytes | None] | None = None,
    message: str = "Record",
) -> Change:
    return Change(
        files=files,
        expected=expected or {},
        message=message,
        person=person("tom"),
        at=NOW,
        sign=lambda data: sign("tom", data, "git"),
    )


def record(number: int = 1) -> dict[str, bytes]:
    """Two files as a command writes them."""
    path = RECORD.format(number)
    return {path: b"record %d\n" % number, f"{path}.sig": b"signature %d\n" % number}


def write(repo: Repo, files: Mapping[str, bytes], **more: Mapping[str, bytes | None]) -> CommitId:
    return commit(discover(repo.path), change(files, more.get("expected")))


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Everything about a clone that a write could spoil."""

    head: str
    status: str
    staged: str
    files: Mapping[str, str]

    @classmethod
    def of(cls, repo: Repo) -> "State":
        return cls(
            head=repo.git("rev-parse", "--verify", "-q", "HEAD", ok=False),
            status=repo.git("status", "--porcelain=v2", "--untracked-files=all"),
            staged=repo.git("ls-files", "--stage"),
            files={
                str(path.relative_to(repo.path)): sha256(path.read_bytes()).hexdigest()
                for path in sorted(repo.path.rglob("*"))
                if path.is_file() and ".git" not in path.relative_to(repo.path).parts
            },
        )


def run_python(script: str, *arguments: str, **more: str) -> "subprocess.Popen[bytes]":
    """Start this Python on a script that knows the tests."""
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **more},
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
