"""A repository in which two messages were rightly sent, ready to be attacked."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commscli.domain.ids import MessageId
from tests.support.repos import Answer, Desk, Repo
from tests.support.story import Story, sent

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


@dataclass(slots=True)
class Stage:
    """The story, its repository, and a stranger who checks it with a pin."""

    story: Story
    repo: Repo
    desk: Desk
    before: Any

    @classmethod
    def of(cls, folder: Path, story: Story | None = None) -> "Stage":
        story = story or two_sent()
        repo = Repo.make(folder / "repo", object_format=story.shelf.object_format).write(story)
        desk = Desk.of(folder, story)
        before = desk.checked(repo.path)
        assert before.status == 0, before
        return cls(story=story, repo=repo, desk=desk, before=before.json)

    def check(self) -> Answer:
        answer = self.desk.checked(self.repo.path)
        assert "Traceback" not in answer.errors
        assert "bug:" not in answer.errors
        return answer

    def fails(self, *rules: str, says: Sequence[str] = (), write: bool = True) -> list[Any]:
        """Judge what the story has become: these rules tell of errors, and no other does."""
        if write:
            self.repo.write(self.story)
        answer = self.check()
        found = answer.json["findings"]
        errors = [f for f in found if f["level"] == "error"]
        assert {f["rule"] for f in errors} == set(rules), [f["text"] for f in found]
        assert (answer.status, answer.json["outcome"]) == (1, "fail")
        texts = " | ".join(f["text"] for f in errors)
        assert [words for words in says if words not in texts] == [], texts
        self.others_are_as_before(answer)
        return list(found)

    def passes(self) -> None:
        """The attack achieved nothing that anybody needs to hear of."""
        answer = self.check()
        assert answer.json["findings"] == []
        assert answer.status == 0
        self.others_are_as_before(answer)

    def is_undecided(self, *says: str) -> None:
        """What cannot be read is no pass and no fail."""
        answer = self.check()
        assert (answer.status, answer.json["outcome"]) == (3, "undecided"), answer
        reasons = " | ".join(answer.json["reasons"])
        assert [words for words in says if words not in reasons] == [], reasons

    def others_are_as_before(self, answer: Answer) -> None:
        assert verdict_of(answer.json, OTHER) == verdict_of(self.before, OTHER)


def verdict_of(document: Any, message: str) -> Any:
    found = [m for m in document["messages"] if m["message"] == message]
    assert len(found) == 1
    return found[0]
