"""A bare repository with the hook in it, and people who push to it with plain git."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from commscli.domain.history import Pin
from commscli.ledger import pins
from tests.support.repos import ENVIRONMENT, Answer, Desk, Repo, git
from tests.support.story import Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """What became of a push. ``said`` is what the hook says, without git's ``remote:``."""

    status: int
    output: str
    said: str

    @property
    def taken(self) -> bool:
        return self.status == 0


def pushed(done: "subprocess.CompletedProcess[bytes]") -> Pushed:
    output = done.stderr.decode("utf-8", "backslashreplace")
    lines = [line.removeprefix("remote:") for line in output.split("\n") if "remote:" in line[:8]]
    said = "\n".join(line.removeprefix(" ").rstrip() for line in lines)
    return Pushed(status=done.returncode, output=output, said=said)


def push(clone: Path, hub: Path, *words: str, **environ: str) -> Pushed:
    """Push from a folder to a bare repository, with the real git."""
    done = subprocess.run(
        ["git", "push", str(hub), *words], cwd=clone, env=ENVIRONMENT | environ,
        capture_output=True, check=False, timeout=120,
    )  # fmt: skip
    return pushed(done)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """The bare repository, and the machine of whoever keeps it."""

    repo: Repo
    desk: Desk

    @classmethod
    def make(cls, folder: Path, story: Story | None = None, *, pin: Pin | None = None) -> "Hub":
        """A hub with a story's main branch in it, and the hook with the story's pin."""
        folder.mkdir(parents=True, exist_ok=True)
        kind = story.shelf.object_format if story else "sha1"
        repo = Repo.make(folder / "hub.git", object_format=kind, bare=True)
        if story is not None and story.head >= 0:
            repo.write(story)
        desk = Desk.of(folder, None)
        hub = cls(repo=repo, desk=desk)
        given = pin or (story.pin if story else None)
        if given is not None:
            hub.install("--pin", str(hub.pin_file(given)))
        return hub

    def pin_file(self, pin: Pin) -> Path:
        path = self.desk.home / "given.pin"
        path.write_bytes(pins.write(pin))
        return path

    @property
    def hooks(self) -> Path:
        return self.repo.path / "hooks"

    def install(self, *words: str) -> Answer:
        answer = self.desk.comms(self.repo.path, "hook", "install", *words)
        assert answer.status == 0, answer
        return answer

    @property
    def refs(self) -> dict[str, str]:
        listed = self.repo.git("for-each-ref", "--format=%(refname) %(objectname)")
        pairs = (line.rsplit(" ", 1) for line in listed.splitlines())
        return {name: commit for name, commit in pairs}  # noqa: C416 - two-word lists, not tuples

    def takes(self, clone: Path, *words: str, **environ: str) -> Pushed:
        """Push; the hub has to take it."""
        done = push(clone, self.repo.path, *words, **environ)
        assert done.taken, done.output
        return done

    def refuses(self, clone: Path, *words: str, **environ: str) -> Pushed:
        """Push; the hook has to refuse it, and no ref may have changed."""
        before = self.refs
        done = push(clone, self.repo.path, *words, **environ)
        assert not done.taken, done.output
        assert "pre-receive hook declined" in done.output, done.output
        assert "comms refuses this push; no ref has changed." in done.said, done.output
        assert self.refs == before
        return done


def cloned(folder: Path, story: Story, *branches: str) -> Repo:
    """A repository of somebody who has a story, on main and maybe on other branches too."""
    repo = Repo.make(folder, object_format=story.shelf.object_format).write(story)
    for branch in branches:
        repo.point(story.tip, branch)
    return repo


__all__ = ["Hub", "Pushed", "cloned", "git", "push"]
