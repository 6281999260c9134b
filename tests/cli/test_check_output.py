"""``comms check --format``: one document on stdout in every format, whatever the outcome."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from commscli.cli.check_output import FORMATS
from commscli.render.check_summary import LIMIT
from tests.support.check_reports import STORIES
from tests.support.repos import Answer, Desk, Repo
from tests.support.workflow_commands import commands

SUMMARY = "GITHUB_STEP_SUMMARY"


def _xml(text: str) -> Any:
    return ET.fromstring(text)  # noqa: S314 - what this program wrote


READERS: dict[str, Callable[[str], Any]] = {
    "json": json.loads,
    "sarif": json.loads,
    "junit": _xml,
    "gitlab": json.loads,
    "github": commands,
}
CODES = {"pass": 0, "fail": 1, "accepted": 0}


@pytest.fixture(scope="module")
def repos(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Repo, Desk]]:
    """A repository for each outcome, and a machine with its pin."""
    made = {}
    for name, story in STORIES.items():
        folder = tmp_path_factory.mktemp(name)
        told = story()
        made[name] = (Repo.make(folder / "repo").write(told), Desk.of(folder, told))
    return made


def check(repos: dict[str, tuple[Repo, Desk]], name: str, *options: str) -> Answer:
    repo, desk = repos[name]
    return desk.comms(repo.path, "check", *options)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", STORIES)
def test_every_format_has_the_same_answer(
    repos: dict[str, tuple[Repo, Desk]], name: str, form: str
) -> None:
    found = check(repos, name, "--format", form)

    assert found.status == CODES[name]
    assert found.errors == ""
    assert found.output.endswith("\n")
    if form in READERS:
        READERS[form](found.output)


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "text"])
def test_what_cannot_be_read_is_a_document_too(tmp_path: Path, form: str) -> None:
    desk = Desk.of(tmp_path, None)

    found = desk.comms(tmp_path, "check", "--format", form)

    assert found.status == 2
    assert "error: " in found.errors
    document = READERS[form](found.output)
    if form == "sarif":
        [invocation] = document["runs"][0]["invocations"]
        assert invocation["executionSuccessful"] is False
        assert "is not in a git repository" in str(invocation["toolExecutionNotifications"])
    elif form == "junit":
        assert document.find(".//error").get("type") == "undecided"
    elif form == "gitlab":
        assert [entry["severity"] for entry in document] == ["blocker"]
    elif form == "github":
        assert [command.name for command in document] == ["error"]
    else:
        assert (document["outcome"], document["error"]["exit"]) == ("undecided", 2)


@pytest.mark.parametrize("form", FORMATS)
def test_without_a_pin_it_is_undecided_in_every_format(
    repos: dict[str, tuple[Repo, Desk]], tmp_path: Path, form: str
) -> None:
    repo, _ = repos["pass"]

    found = Desk.of(tmp_path, None).comms(repo.path, "check", "--format", form, "--exit-zero")

    assert found.status == 3
    assert "there is no pin" in found.output


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--format", "yaml"], "expected text, json, sarif, junit, github, gitlab"),
        (["--format", ""], "expected text, json"),
        (["--format", "SARIF"], "expected text, json"),
        (["--json", "--format", "junit"], "choose one"),
    ],
)
def test_no_such_format(repos: dict[str, tuple[Repo, Desk]], options: list[str], says: str) -> None:
    found = check(repos, "pass", *options)

    assert found.status == 2
    assert says in found.errors


def test_json_is_json_by_either_name(repos: dict[str, tuple[Repo, Desk]]) -> None:
    assert check(repos, "fail", "--json").json == check(repos, "fail", "--format", "json").json


def test_all_messages_are_shown_where_a_path_asks_for_them(
    repos: dict[str, tuple[Repo, Desk]],
) -> None:
    assert "legal ok lea" not in check(repos, "pass").output
    assert "legal ok lea" in check(repos, "pass", "incidents/2026-11-22-checkout-outage").output


def test_strict_fails_the_warned_test_and_says_so(repos: dict[str, tuple[Repo, Desk]]) -> None:
    lenient, strict = (
        _xml(check(repos, "fail", "--format", "junit", *more).output) for more in ([], ["--strict"])
    )

    assert len(strict.findall(".//failure")) == len(lenient.findall(".//failure")) + 1


# -- the summary of a step


def test_a_step_in_a_workflow_gets_a_summary(
    repos: dict[str, tuple[Repo, Desk]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("# before\n")
    monkeypatch.setenv(SUMMARY, str(summary))

    assert check(repos, "fail", "--format", "github").status == 1
    assert check(repos, "pass", "--format", "text").status == 0

    text = summary.read_text(encoding="utf-8")
    assert text.startswith("# before\n## comms check: fail\n")
    assert text.count("## comms check") == 1, "only --format github writes it"
    assert "error[open-gate]" in text


@pytest.mark.parametrize("place", ["nowhere/summary.md", "."])
def test_a_summary_that_cannot_be_written_changes_nothing_else(
    repos: dict[str, tuple[Repo, Desk]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
) -> None:
    monkeypatch.setenv(SUMMARY, str(tmp_path / place))

    found = check(repos, "pass", "--format", "github")

    assert found.status == 0
    assert "the summary of the step was not written" in found.errors


def test_a_summary_that_is_full_stays_as_it_is(
    repos: dict[str, tuple[Repo, Desk]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = tmp_path / "summary.md"
    summary.write_bytes(b"x" * (LIMIT - 10))
    monkeypatch.setenv(SUMMARY, str(summary))

    found = check(repos, "fail", "--format", "github")

    assert (found.status, summary.stat().st_size) == (1, LIMIT - 10)
    assert "the summary of the step is full" in found.errors


# -- who may push, may name files


def test_a_file_name_gives_no_order_to_a_runner(tmp_path: Path) -> None:
    """Whoever may push writes into the log of whoever checks; nothing of it is obeyed."""
    story = STORIES["pass"]()
    for name in ("x ::set-output name=passed::true", "##[error]x", "%0A::error::x", "a`b](c)<d>"):
        story.commit({f"trust/{name}": b""})
    repo, desk = Repo.make(tmp_path / "repo").write(story), Desk.of(tmp_path, story)

    for form in FORMATS:
        found = desk.comms(repo.path, "check", "--format", form)
        assert found.status == 1
        names = [command.name for command in commands(found.output + found.errors)]
        assert names == (["error"] * 4 if form == "github" else [])
