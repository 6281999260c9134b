"""Real git repositories: objects put there as raw bytes, judged as ``comms check`` judges them."""

import json
import os
import subprocess
import zlib
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from commscli.cli.boundary import run as run_cli
from commscli.domain.history import History, Pin
from commscli.domain.ids import CommitId
from commscli.domain.report import Finding, Report
from commscli.gates.engine import check, finding_id
from commscli.ledger import pins
from commscli.ledger.reader import read_history
from commscli.ledger.repository import discover, tip
from tests.support.signatures import SigningKey
from tests.support.story import Story, key_of

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": os.devnull,
    "LC_ALL": "C",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_NAME": "Xan",
    "GIT_AUTHOR_EMAIL": "xan@example.com",
    "GIT_COMMITTER_NAME": "Xan",
    "GIT_COMMITTER_EMAIL": "xan@example.com",
    "GIT_AUTHOR_DATE": "2026-11-22T12:00:00Z",
    "GIT_COMMITTER_DATE": "2026-11-22T12:00:00Z",
}


def git(*arguments: str, cwd: Path, data: bytes = b"", ok: bool = True, **more: str) -> str:
    """Run the real git as somebody without settings of their own."""
    done = subprocess.run(
        ["git", *arguments],
        cwd=cwd,
        input=data,
        env=ENVIRONMENT | more,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0 or not ok, done.stderr.decode()
    return done.stdout.decode("utf-8", "surrogateescape")


@dataclass(frozen=True, slots=True, kw_only=True)
class Repo:
    """One repository on disk."""

    path: Path

    @classmethod
    def make(cls, path: Path, *, object_format: str = "sha1", bare: bool = False) -> "Repo":
        path.mkdir(parents=True)
        words = ["--bare"] if bare else []
        git("init", "-q", "-b", "main", f"--object-format={object_format}", *words, cwd=path)
        return cls(path=path)

    @property
    def git_dir(self) -> Path:
        inner = self.path / ".git"
        return inner if inner.exists() else self.path

    def git(self, *arguments: str, data: bytes = b"", ok: bool = True, **more: str) -> str:
        return git(*arguments, cwd=self.path, data=data, ok=ok, **more)

    def put_object(self, name: str, kind: str, data: bytes) -> None:
        """Store a loose object under a name, which need not be its own."""
        path = self.git_dir / "objects" / name[:2] / name[2:]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_bytes(zlib.compress(b"%s %d\0" % (kind.encode(), len(data)) + data, 1))

    def write(self, story: Story, branch: str = "main") -> "Repo":
        """Put a story's objects here and a branch on its newest commit."""
        for name, (kind, data) in story.shelf.objects.items():
            self.put_object(name, kind, data)
        self.point(story.tip, branch)
        return self

    def point(self, commit: str, branch: str = "main") -> None:
        (self.git_dir / "refs" / "heads" / branch).write_text(f"{commit}\n")

    def checkout(self) -> "Repo":
        """Make work tree and index what the branch has."""
        self.git("reset", "-q", "--hard")
        return self

    def commit(self, message: str = "edit") -> str:
        """Commit whatever lies in the work tree, as git does it."""
        self.git("add", "-A", "-f", ".")
        self.git("commit", "-q", "--no-verify", "--allow-empty", "-m", message)
        return self.head

    @property
    def head(self) -> str:
        return self.git("rev-parse", "HEAD").strip()

    def history(self, revision: str = "HEAD") -> History:
        """What the ledger reads here."""
        repository = discover(self.path)
        return read_history(repository, tip(repository, revision))

    def report(self, pin: Pin) -> Report:
        return check(self.history(), pin)


def comparable(report: Report) -> Report:
    """A report whose findings stand in an order that does not depend on how it came about."""
    ordered = sorted(report.findings, key=lambda f: (finding_id(f), f.text))
    return replace(report, findings=tuple(ordered))


def both_ways(story: Story, folder: Path) -> Report:
    """The report on a story, which must be the same in memory and in real git."""
    repo = Repo.make(folder, object_format=story.shelf.object_format).write(story)
    from_git, in_memory = repo.report(story.pin), story.report()
    assert comparable(from_git) == comparable(in_memory), story.dump()
    return from_git


def told(report: Report) -> list[tuple[str, str]]:
    """The findings as rule and level, for comparing."""
    return sorted((finding.rule, finding.level.value) for finding in report.findings)


def only(report: Report, rule: str) -> Finding:
    """The first finding of a report, all of which must be of this rule and level."""
    kinds = {(f.rule, f.level) for f in report.findings}
    assert [one for one, _ in kinds] == [rule], report.findings
    return report.findings[0]


def verdicts(report: Report) -> dict[str, Any]:
    """What each message came to, but for where its commits lie."""
    return {message.message: message for message in report.messages}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a command said."""

    status: int
    output: str
    errors: str

    @property
    def json(self) -> Any:
        return json.loads(self.output)


def write_key(folder: Path, name: str) -> Path:
    """Put somebody's private key into a file, as ssh-keygen would."""
    path = folder / f"{name}.key"
    key = key_of(name)
    assert isinstance(key, SigningKey)
    octets = key.private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.OpenSSH,
        serialization.NoEncryption(),
    )
    path.touch(mode=0o600)
    path.write_bytes(octets)
    path.with_name(path.name + ".pub").write_text(f"{key.line}\n")
    return path


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Somebody's machine: a home of their own, the pin, their key; commands run in this process."""

    home: Path
    key: Path | None
    pin: Path

    @classmethod
    def of(cls, folder: Path, story: Story | None, name: str = "") -> "Desk":
        home = folder / f"home-{name or 'anybody'}"
        home.mkdir(parents=True)
        pin = home / "pin"
        if story is not None:
            pin.write_bytes(pins.write(story.pin))
        return cls(home=home, key=write_key(home, name) if name else None, pin=pin)

    def comms(self, repo: Path, *arguments: str) -> Answer:
        """Run a command line as this person, and nothing of whoever runs the tests."""
        words = ["-C", str(repo), *(["--key", str(self.key)] if self.key else []), *arguments]
        output, errors = StringIO(), StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(output):
            for name in [n for n in os.environ if n.startswith(("COMMS_", "XDG_", "SSH_"))]:
                patch.delenv(name)
            patch.setenv("HOME", str(self.home))
            patch.setenv("CI", "true")
            if self.pin.exists():
                patch.setenv("COMMS_PIN", str(self.pin))
            patch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
            with redirect_stderr(errors):
                status = run_cli(words)
        return Answer(status=int(status), output=output.getvalue(), errors=errors.getvalue())

    def checked(self, repo: Path) -> Answer:
        return self.comms(repo, "check", "--format", "json")


def remembered(home: Path, repo: Repo) -> CommitId | None:
    """The tip that somebody's machine remembers of a clone."""
    environ = {"HOME": str(home)}
    return pins.remembered_tip(discover(repo.path), "refs/heads/main", environ)
