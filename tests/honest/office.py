"""People at work: a bare repository in the middle, clones of it, and a stranger who checks."""

import atexit
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from commscli.domain.trust import Accepted
from commscli.ledger import trust_files
from tests.attacks.staging import copied
from tests.support.repos import Answer, Desk, Repo, git, write_key
from tests.support.story import Story, sign


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """What everybody shares, and where their clones lie."""

    folder: Path
    story: Story
    hub: Repo

    @classmethod
    def of(cls, folder: Path, make: Callable[[], Story]) -> "Office":
        """An office in which a story has taken place up to now; it goes on in copies."""
        first = _once(make)
        shutil.copytree(first.hub.path, folder / "hub.git")
        return cls(folder=folder, story=copied(first.story), hub=Repo(path=folder / "hub.git"))

    def clone(self, name: str, *words: str) -> Repo:
        """Somebody's clone."""
        git("clone", "-q", *words, str(self.hub.path), name, cwd=self.folder)
        return Repo(path=self.folder / name)

    def share(self, story: Story, branch: str) -> str:
        """Let what somebody recorded be a branch of the hub; return its newest commit."""
        self.hub.write(story, branch)
        return story.tip

    def signing(self, repo: Repo, person: str) -> Mapping[str, str]:
        """Let git sign in a clone as this person; return the words for the environment."""
        folder = self.folder / f"keys-{person}"
        folder.mkdir(exist_ok=True)
        for key, value in {
            "gpg.format": "ssh",
            "user.signingkey": str(write_key(folder, person)),
            "commit.gpgsign": "true",
        }.items():
            repo.git("config", key, value)
        return self.named(person)

    @staticmethod
    def named(person: str) -> Mapping[str, str]:
        """Somebody's name on what git commits."""
        return {
            f"GIT_{role}_{what}": value
            for role in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", person.title()), ("EMAIL", f"{person}@example.com"))
        }

    def checked(self, repo: Repo, *words: str) -> Answer:
        """What a stranger is told of a clone, who has the pin and has seen nothing yet."""
        home = self.folder / f"stranger-{len(list(self.folder.iterdir()))}"
        answer = Desk.of(home, self.story).comms(repo.path, "check", "--format", "json", *words)
        assert "Traceback" not in answer.errors, answer.errors
        assert "bug:" not in answer.errors, answer.errors
        return answer

    def green(self, repo: Repo, *warnings: str, accepted: Sequence[str] = ()) -> Any:
        """Nothing is told but these warnings, and what the admins have accepted."""
        answer = self.checked(repo)
        found = {(f["rule"], f["level"]) for f in answer.json["findings"]}
        expected = {(rule, "warning") for rule in warnings}
        assert found == expected | {(rule, "accepted") for rule in accepted}, answer.json[
            "findings"
        ]
        assert (answer.status, answer.json["outcome"]) == (0, "pass"), answer
        return answer.json

    def red(self, repo: Repo, *rules: str, warnings: Sequence[str] = ()) -> Any:
        """Errors by these rules, and nothing else but these warnings."""
        answer = self.checked(repo)
        found = {(f["rule"], f["level"]) for f in answer.json["findings"]}
        expected = {(rule, "error") for rule in rules} | {(rule, "warning") for rule in warnings}
        assert found == expected, answer.json["findings"]
        assert (answer.status, answer.json["outcome"]) == (1, "fail")
        return answer.json


def by(repo: Repo, who: Mapping[str, str], *arguments: str) -> str:
    """Run git as somebody: under their name, with the settings of the clone."""
    return git(*arguments, cwd=repo.path, **who)  # type: ignore[arg-type]  # names of variables


def gates(document: Any, message: str) -> dict[str, tuple[str, list[str]]]:
    """How each gate of a message stands, and who passed it."""
    found = next(m for m in document["messages"] if m["message"] == message)
    return {g["gate"]: (g["state"], g["by"]) for g in found["gates"]}


def accept(repo: Repo, story: Story, rule: str, *subjects: str) -> None:
    """Ada brings the next version, signed, in a commit of her own, as the tool does."""
    old = story.in_force
    accepted = tuple(Accepted(rule=rule, subject=s, why="the wrong button") for s in subjects)
    new = trust_files.write(
        replace(old.trust, version=2, previous=str(old.digest), accepted=accepted)
    )
    signature = sign("ada", new.data, trust_files.NAMESPACE)
    for path, data in {new.path: new.data, "trust/0002.ada.sig": signature}.items():
        (repo.path / path).write_bytes(data)
    repo.git("add", "trust")
    repo.git("commit", "-q", "-m", "Accept")


@cache
def _once(make: Callable[[], Story]) -> Office:
    """Made once for all tests that run together, and only ever copied."""
    folder = Path(mkdtemp(prefix="comms-office-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    story = make()
    form = story.shelf.object_format
    hub = Repo.make(folder / "hub.git", object_format=form, bare=True).write(story)
    hub.git("repack", "-q", "-a", "-d")
    for unneeded in ("hooks", "logs", "info"):
        shutil.rmtree(hub.git_dir / unneeded, ignore_errors=True)
    return Office(folder=folder, story=story, hub=hub)
