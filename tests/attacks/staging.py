"""A repository in which two messages were rightly sent, ready to be attacked."""

import atexit
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from commscli.domain.ids import CommitId, MessageId
from commscli.ledger import pins
from commscli.ledger.repository import discover
from tests.support.repos import Answer, Desk, Repo
from tests.support.story import Story, passed, sent

OTHER = MessageId("investigation-internal-stakeholders-1")


def two_sent(story: Story | None = None) -> Story:
    """The message that is attacked, and another one that nothing may touch."""
    story = story or sent()
    first, story.message = story.message, OTHER
    story.draft("For staff: card payments fail.\n", audience="internal-stakeholders")
    story.pass_gates()
    story.send()
    story.message = first
    return story


def to_send() -> Story:
    """The message that is attacked has passed its gates, and waits; the other one was sent."""
    return two_sent(passed())


def declared() -> Story:
    """The message that is attacked is not there yet; the other one was sent."""
    story = Story()
    story.declare()
    return two_sent(story)


def in_review() -> Story:
    """The message that is attacked is drafted; nobody has judged it."""
    story = Story()
    story.declare()
    story.draft()
    return two_sent(story)


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed(Repo):
    """A repository that came with most of its objects in one pack, which is quick to copy."""

    packed: frozenset[str] = frozenset()

    def write(self, story: Story, branch: str = "main") -> "Packed":
        """Put there what a story has besides, and a branch on its newest commit."""
        for name, (kind, data) in story.shelf.objects.items():
            if name not in self.packed and not self.loose(name).exists():
                self.put_object(name, kind, data)
        self.point(story.tip, branch)
        return self

    def loose(self, name: str) -> Path:
        """Where an object lies that is in no pack."""
        return self.git_dir / "objects" / name[:2] / name[2:]

    def loosen(self, story: Story) -> None:
        """Let every object be a file of its own, so that one of them can be damaged."""
        for name, (kind, data) in story.shelf.objects.items():
            self.put_object(name, kind, data)
        shutil.rmtree(self.git_dir / "objects" / "pack")


@dataclass(slots=True)
class Stage:
    """The story, its repository, and a stranger who checks it with a pin."""

    story: Story
    repo: Packed
    desk: Desk
    before: Any

    @classmethod
    def of(cls, folder: Path, story: Story | Callable[[], Story] | None = None) -> "Stage":
        """A story's repository; one that many tests begin with is given as what makes it."""
        if story is None or callable(story):
            return _honest(story or two_sent).copy(folder)
        made = Repo.make(folder / "repo", object_format=story.shelf.object_format)
        repo = Packed(path=made.path).write(story)
        desk = Desk.of(folder, story)
        before = desk.checked(repo.path)
        assert before.status == 0, before
        return cls(story=story, repo=repo, desk=desk, before=before.json)

    def copy(self, folder: Path) -> "Stage":
        """The same elsewhere; there, too, the stranger remembers that they saw the tip."""
        story = copied(self.story)
        shutil.copytree(self.repo.path, folder / "repo")
        repo = Packed(path=folder / "repo", packed=frozenset(story.shelf.objects))
        desk = Desk.of(folder, story)
        tip, environ = CommitId(story.tip), {"HOME": str(desk.home)}
        pins.remember_tip(discover(repo.path), "refs/heads/main", tip, environ)
        return Stage(story=story, repo=repo, desk=desk, before=self.before)

    def check(self) -> Answer:
        """Check, and see that a check leaves the repository as it was, and runs none of it."""
        with canaries(self.repo) as marker:
            untouched = traces(self.repo.path)
            answer = self.desk.checked(self.repo.path)
            assert traces(self.repo.path) == untouched
            assert not marker.exists(), marker.read_text()
        assert "Traceback" not in answer.errors
        assert "bug:" not in answer.errors
        return answer

    def fails(
        self, *rules: str, says: Sequence[str] = (), warns: Sequence[str] = (), write: bool = True
    ) -> list[Any]:
        """Judge what the story has become: errors by these rules, and nothing else is told."""
        if write:
            self.repo.write(self.story)
        answer = self.check()
        found = answer.json["findings"]
        errors = [f for f in found if f["level"] == "error"]
        assert told(found) == levels(rules, warns) | told(self.before["findings"]), found
        assert (answer.status, answer.json["outcome"]) == (1, "fail")
        texts = " | ".join(f["text"] for f in errors)
        assert [words for words in says if words not in texts] == [], texts
        self.others_are_as_before(answer)
        return list(found)

    def warns(self, *rules: str, says: Sequence[str] = ()) -> list[Any]:
        """It is told of, by these rules, and it proves nothing less."""
        self.repo.write(self.story)
        answer = self.check()
        found = answer.json["findings"]
        assert told(found) == levels((), rules) | told(self.before["findings"]), found
        assert (answer.status, answer.json["outcome"]) == (0, "pass")
        texts = " | ".join(f["text"] for f in found)
        assert [words for words in says if words not in texts] == [], texts
        self.others_are_as_before(answer)
        return list(found)

    def passes(self) -> None:
        """The attack achieved nothing that anybody needs to hear of."""
        answer = self.check()
        assert answer.json["findings"] == []
        assert (answer.status, answer.json["outcome"]) == (0, "pass")
        self.others_are_as_before(answer)

    def is_undecided(self, *says: str) -> None:
        """What cannot be read is no pass and no fail."""
        answer = self.check()
        assert (answer.status, answer.json["outcome"]) == (3, "undecided"), answer
        reasons = " | ".join(answer.json["reasons"])
        assert [words for words in says if words not in reasons] == [], reasons

    def others_are_as_before(self, answer: Answer) -> None:
        assert verdict_of(answer.json, OTHER) == verdict_of(self.before, OTHER)


@cache
def _honest(make: Callable[[], Story]) -> Stage:
    """Made once for all tests that run together; nobody but `Stage.copy` may touch it."""
    folder = Path(mkdtemp(prefix="comms-honest-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    made = Stage.of(folder, make())
    made.repo.git("repack", "-q", "-a", "-d")
    for unneeded in ("hooks", "logs"):
        shutil.rmtree(made.repo.git_dir / unneeded, ignore_errors=True)
    return made


def copied(story: Story) -> Story:
    """The same story, which goes on without the first one hearing of it."""
    mine, shelf = story.aside(), story.shelf
    mine.shelf = replace(
        shelf,
        nodes=[*shelf.nodes],
        objects={**shelf.objects},
        records={**shelf.records},
        trusts={**shelf.trusts},
    )
    return mine


def told(findings: Sequence[Any]) -> set[tuple[str, str]]:
    """What is told, as rule and level."""
    return {(f["rule"], f["level"]) for f in findings}


def levels(errors: Sequence[str], warnings: Sequence[str] = ()) -> set[tuple[str, str]]:
    return {(rule, "error") for rule in errors} | {(rule, "warning") for rule in warnings}


_PROGRAMS = (
    "core.fsmonitor", "core.sshCommand", "core.pager", "core.editor", "core.askPass",
    "core.alternateRefsCommand", "gpg.program", "gpg.ssh.program", "gpg.ssh.defaultKeyCommand",
    "diff.external", "credential.helper", "uploadpack.packObjectsHook",
)  # fmt: skip


@contextmanager
def canaries(repo: Repo) -> Iterator[Path]:
    """Name programs wherever git would start one, and a remote that it asks for what is missing.

    Gives the file that a program which ran has left.
    """
    config, evil = repo.git_dir / "config", repo.git_dir / "canary"
    marker, honest = repo.path.parent / "canary-ran", config.read_bytes()
    evil.write_text(f'#!/bin/sh\necho "$0 $@" >> {marker}\n')
    evil.chmod(0o755)
    settings = [name.partition(".")[::2] for name in _PROGRAMS]
    text = "".join(f"[{section}]\n\t{key} = {evil}\n" for section, key in settings)
    config.write_bytes(
        honest + text.replace("[gpg]\n\tssh.", '[gpg "ssh"]\n\t').encode() + _PROMISE
    )
    hook = repo.git_dir / "hooks" / "reference-transaction"
    hook.parent.mkdir(exist_ok=True)
    shutil.copy(evil, hook)
    try:
        yield marker
    finally:
        config.write_bytes(honest)
        hook.unlink()
        evil.unlink()


_PROMISE = b"""\
[core]
\trepositoryFormatVersion = 1
[extensions]
\tpartialClone = evil
[remote "evil"]
\turl = ssh://nowhere/repo
\tpromisor = true
"""


def traces(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Every file of a repository, with what changes when somebody writes it."""
    return {
        str(path.relative_to(folder)): (stat.st_size, stat.st_mtime_ns, stat.st_mode)
        for path in folder.rglob("*")
        for stat in [path.lstat()]
    }


def verdict_of(document: Any, message: str) -> Any:
    found = [m for m in document["messages"] if m["message"] == message]
    assert len(found) == 1
    return found[0]
