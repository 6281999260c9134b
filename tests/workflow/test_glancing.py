"""Who only looks sees the open incidents as the whole history tells them, and sooner."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from commscli.domain.ids import MessageId
from commscli.domain.records import Reasoned
from commscli.workflow import setting_files
from commscli.workflow.proof import glancing
from commscli.workflow.remembering import Memory
from commscli.workflow.session import Session
from tests.support.repos import Desk, Repo, git
from tests.support.story import Story, person, with_role

SETTINGS = {
    "comms.yaml": "organisation: Example Ltd\ntimezone: Europe/London\ndomain: example.com\n"
    "defaults: {playbook: service-outage}\n",
    "channels.yaml": "channels:\n  status: {adapter: file, as: json}\n",
    "audiences.yaml": "audiences:\n  all-customers:\n    name: All customers\n    detail: simple\n"
    "    channels: [status]\n",
    "playbooks/service-outage.yaml": "title: Plain\nsummary: plain\n"
    "required: {investigation: all}\n",
}


def incident(story: Story, name: str) -> None:
    story.incident = name  # type: ignore[assignment]  # ids are strings
    story.message = MessageId("investigation-all-customers-1")
    story.declare()
    story.draft()
    story.pass_gates()
    story.send()


@pytest.fixture
def lived() -> Story:
    """One incident is closed, one was closed and opened again, one was never closed."""
    story = Story()
    story.commit({path: text.encode() for path, text in SETTINGS.items()})
    for name in ("one", "two", "three"):
        incident(story, name)
        for kind in {"one": ["closed"], "two": ["closed", "reopened"], "three": []}[name]:
            story.record(kind, Reasoned(why="so"), by="bea", message="")
    return story


@pytest.fixture
def desk(tmp_path: Path, lived: Story) -> "Looking":
    repo = Repo.make(tmp_path / "repo").write(lived)
    return Looking(Desk.of(tmp_path, lived, "bea"), repo)


class Looking:
    """Somebody at a desk, who counts how often all of history is read."""

    def __init__(self, desk: Desk, repo: Repo) -> None:
        self.desk, self.repo = desk, repo

    def at(self, story: Story) -> "Looking":
        self.repo.write(story)
        return self

    def status(self, *words: str) -> Any:
        answer = self.desk.comms(self.repo.path, *words, "--json", "status")
        assert answer.status == 0, answer.output
        return json.loads(answer.output.partition("\n{")[0] or answer.output)

    @property
    def memory(self) -> Path:
        (found,) = self.desk.home.rglob("comms-passed.json")
        return found

    @property
    def looked(self) -> Path:
        (found,) = self.desk.home.rglob("comms-looked.json")
        return found


def names(told: Any) -> list[str]:
    return [one["id"] for one in told["incidents"]]


@pytest.fixture
def wholes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Notes each time that somebody reads a whole history."""
    found: list[str] = []
    whole = Session.whole

    def noted(session: Session) -> Any:
        found.append("whole")
        return whole(session)

    monkeypatch.setattr(Session, "whole", noted)
    return found


def test_the_second_look_reads_what_is_open_alone(desk: Looking, wholes: list[str]) -> None:
    first = desk.status()
    assert names(first) == ["three", "two"]
    assert wholes == ["whole"]

    assert desk.status() == first
    assert wholes == ["whole"]


def test_what_came_since_is_seen_and_taken_as_known_from_then_on(
    desk: Looking, lived: Story, wholes: list[str]
) -> None:
    desk.status()
    incident(lived, "four")
    told = desk.at(lived).status()

    assert names(told) == ["four", "three", "two"]
    assert lived.tip in desk.memory.read_text()
    lived.record("closed", Reasoned(why="so"), by="bea", message="")
    assert names(desk.at(lived).status()) == ["three", "two"]
    assert wholes == ["whole"]


def test_a_roster_that_changed_meanwhile(desk: Looking, lived: Story, wholes: list[str]) -> None:
    desk.status()
    lived.change_trust(lambda trust: with_role(trust, "max", "legal-officer"))
    max_ = person("max", "max")
    lived.change_trust(lambda trust: replace(trust, people={**trust.people, max_.id: max_}))
    told = desk.at(lived).status()

    wholes.clear()
    desk.memory.unlink()
    assert desk.status() == told
    assert wholes == ["whole"]


def test_a_closed_incident_that_is_named(desk: Looking, wholes: list[str]) -> None:
    desk.status()

    assert names(desk.status("-i", "one")) == ["one"]
    assert wholes == ["whole"]


def test_an_error_has_all_of_it_looked_at(desk: Looking, lived: Story, wholes: list[str]) -> None:
    desk.status()
    lived.commit({f"{lived.folder}/draft.md": b"Other words.\n"})
    desk.at(lived).status()
    desk.status()

    assert wholes == ["whole"] * 3
    assert lived.tip not in desk.memory.read_text()


@pytest.mark.parametrize(
    "how", ["junk", "another tool", "another pin", "no commit", "an older one"]
)
def test_a_memory_that_says_otherwise(
    desk: Looking, lived: Story, wholes: list[str], how: str
) -> None:
    first = desk.status()
    content = json.loads(desk.memory.read_text())
    tips = content["tips"]
    changed: dict[str, Any] = {
        "junk": "{",
        "another tool": content | {"tool": "0"},
        "another pin": content | {"pin": "0" * 64},
        "no commit": content | {"tips": dict.fromkeys(tips, "f" * 40)},
        "an older one": content | {"tips": dict.fromkeys(tips, lived.shelf.nodes[4].id)},
    }
    new = changed[how]
    desk.memory.write_text(new if isinstance(new, str) else json.dumps(new))

    assert desk.status() == first
    assert len(wholes) == (1 if how == "an older one" else 2)


def test_a_poisoned_memory_changes_no_verdict(desk: Looking, lived: Story) -> None:
    """It says that a commit with a fault has passed: a look may be wrong, a check is not."""
    desk.status()
    bad = lived.commit({f"{lived.folder}/draft.md": b"Other words.\n"})
    lived.commit({"notes.md": b"nothing\n"})
    desk.at(lived)
    content = json.loads(desk.memory.read_text())
    content["tips"] = dict.fromkeys(content["tips"], bad)
    desk.memory.write_text(json.dumps(content))

    answer = desk.desk.checked(desk.repo.path)

    assert answer.status == 1
    assert [f["rule"] for f in answer.json["findings"]] == ["frozen-draft"]
    sent = desk.desk.comms(desk.repo.path, "send", "investigation-all-customers-1", "--again", "x")
    assert sent.status != 0


def test_without_a_branch_all_is_looked_at(desk: Looking, wholes: list[str]) -> None:
    git("checkout", "-q", "--detach", cwd=desk.repo.path)
    desk.status()
    desk.status()

    assert wholes == ["whole"] * 2


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Notes each file of settings that somebody reads with its model."""
    found: list[str] = []
    read = setting_files.read_setting

    def noted(path: str, data: bytes) -> Any:
        found.append(path)
        return read(path, data)

    monkeypatch.setattr(setting_files, "read_setting", noted)
    return found


def test_a_file_of_settings_is_read_once(desk: Looking, lived: Story, readings: list[str]) -> None:
    first = desk.status()
    assert sorted(readings) == sorted(SETTINGS)
    readings.clear()

    assert desk.status() == first
    assert readings == []
    lived.commit({"audiences.yaml": SETTINGS["audiences.yaml"].replace("all-c", "most-c").encode()})
    assert {c["audience"] for c in desk.at(lived).status()["incidents"][0]["cells"]} == {
        "all-customers", "most-customers",
    }  # fmt: skip
    assert readings == ["audiences.yaml"]


def test_what_a_look_remembers_is_the_users_own(desk: Looking) -> None:
    desk.status()

    assert desk.looked.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "how", ["{", "[]", '{"tool": "0", "known": {"closed": []}}', '{"known": 1}']
)
def test_a_damaged_memory_is_an_empty_one(desk: Looking, readings: list[str], how: str) -> None:
    first = desk.status()
    readings.clear()
    desk.looked.write_text(how)

    assert desk.status() == first
    assert sorted(readings) == sorted(SETTINGS)


def test_a_poisoned_memory_of_files_misleads_a_look_alone(
    desk: Looking, lived: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says that nothing is open, and nothing required: who checks or acts never opens it."""
    desk.status()
    content = json.loads(desk.looked.read_text())
    content["known"]["closed"] = lived_folders(desk)
    for key, value in content["known"].items():
        if key.startswith("playbooks/"):
            value["values"]["required"] = {"keys": {}}
    desk.looked.write_text(json.dumps(content))
    assert names(desk.status()) == []
    incident(lived, "four")
    lived.commit({f"{lived.folder}/draft.md": b"Other words.\n"})
    desk.at(lived)
    desk.repo.checkout()
    opened: list[Path] = []
    monkeypatch.setattr(Memory, "read", opened.append)

    answer = desk.desk.checked(desk.repo.path)
    assert [f["rule"] for f in answer.json["findings"]] == ["frozen-draft"]
    for words in (
        ("-i", "three", "draft", "all-customers"),
        ("-i", "three", "send", "investigation-all-customers-1", "--again", "x"),
        ("-i", "three", "phase", "identification"),
        ("hook", "run", "pre-commit"),
        ("clock", "list"),
        ("next",),
    ):
        desk.desk.comms(desk.repo.path, *words)
        assert opened == ([desk.looked.parent] if words == ("next",) else []), words


def lived_folders(desk: Looking) -> list[str]:
    listed = git("ls-tree", "HEAD:incidents", cwd=desk.repo.path).splitlines()
    return [line.split()[2] for line in listed]


def test_nobody_who_acts_glances() -> None:
    """The look is given to a session by the commands that only show."""
    users = [
        path.name
        for path in Path(glancing.__file__).parents[2].rglob("*.py")
        if "only_look" in path.read_text(encoding="utf-8")
    ]
    assert sorted(users) == ["glancing.py", "watching.py"]
