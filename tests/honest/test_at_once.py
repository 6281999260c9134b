"""Two people at one message at the same moment, each in a clone of their own, by the commands."""

from pathlib import Path

import pytest

from tests.support.cast import Cast, git
from tests.support.runner import comms

pytest_plugins = ["tests.support.cast_fixtures"]


@pytest.fixture(scope="module")
def written_once(full_once: Cast, tmp_path_factory: pytest.TempPathFactory) -> tuple[Cast, str]:
    """Six people and a message that waits for its reviews; Ben drafts as well."""
    cast = full_once.copy(tmp_path_factory.mktemp("written"))
    message = cast.declare("all-customers")[0]
    joined = cast.join("ben")
    assert joined.code == 0, joined.err
    for person in (*cast.people, "ben"):
        getattr(cast, person).done("sync")
    return cast, message


@pytest.fixture
def cast(written_once: tuple[Cast, str], tmp_path: Path) -> Cast:
    return written_once[0].copy(tmp_path)


@pytest.fixture
def message(written_once: tuple[Cast, str]) -> str:
    return written_once[1]


def checked(cast: Cast) -> object:
    """What Ivo's clone is, when everything has been shared: green, and without a word."""
    cast.ivo.done("sync")
    document = cast.ivo.done("check", "--format", "json").json
    assert (document["outcome"], document["findings"]) == ("pass", [])
    return document


def stands(document: object, message: str) -> dict[str, str]:
    found = next(m for m in document["messages"] if m["message"] == message)  # type: ignore[index]  # JSON
    return {g["gate"]: g["state"] for g in found["gates"]}


def test_verdicts_at_once(cast: Cast, message: str) -> None:
    for person, gate in (("cleo", "accuracy"), ("mia", "messaging"), ("lea", "legal")):
        clone = getattr(cast, person)
        clone.done("--offline", "review", message, "--ok", "--gate", gate)
    for person in ("cleo", "mia", "lea"):
        getattr(cast, person).done("sync")

    state = stands(checked(cast), message)
    assert list(state.values()) == ["passed", "passed", "passed", "open", "open"]


def test_two_revisions_at_once_are_joined_by_one_more(cast: Cast, message: str) -> None:
    for person, words in (("ana", "Card payments fail.\n"), ("ben", "Payments by card fail.\n")):
        file = cast.root / f"{person}.md"
        file.write_text(words)
        getattr(cast, person).done("--offline", "revise", message, "--file", str(file))
    cast.ana.done("sync")
    cast.ben.done("sync")
    document = checked(cast)
    found = next(m for m in document["messages"] if m["message"] == message)  # type: ignore[index]  # JSON
    assert {"side by side" in g["reason"] for g in found["gates"]} == {True}
    cast.cleo.done("sync")
    assert cast.cleo("review", message, "--ok").code == 1

    both = cast.root / "both.md"
    both.write_text("Card payments fail. We are on it.\n")
    cast.ben.done("revise", message, "--file", str(both))
    cast.passed(message, "accuracy", "messaging", "legal", "approval", "release")

    state = stands(checked(cast), message)
    assert set(state.values()) == {"passed"}


def test_a_fact_and_a_verdict_and_a_plain_commit_at_once(cast: Cast, message: str) -> None:
    cast.ana.done("--offline", "fact", "start=2026-11-22T09:20:00Z")
    cast.lea.done("--offline", "review", message, "--ok", "--gate", "legal")
    cast.mia.edit("notes/mia.md", "ask about the wording\n")
    for person in ("ana", "lea", "mia"):
        getattr(cast, person).done("sync")

    assert stands(checked(cast), message)["legal"] == "passed"


def test_git_and_the_program_side_by_side(cast: Cast, message: str) -> None:
    """Some pull and push with git, some sync; nobody has to know what the others do."""
    cast.cleo.done("--offline", "review", message, "--ok", "--gate", "accuracy")
    cast.lea.done("--offline", "review", message, "--ok", "--gate", "legal")
    cast.cleo.git("push", "-q", "origin", "main")
    who = ("-c", "user.name=Lea", "-c", "user.email=lea@example.com", "-c", "commit.gpgsign=false")
    cast.lea.git(*who, "pull", "-q", "--no-rebase", "--no-edit", "origin", "main")
    cast.lea.git("push", "-q", "origin", "main")
    cast.mia.done("sync")
    cast.mia.done("review", message, "--ok", "--gate", "messaging")

    state = stands(checked(cast), message)
    assert [state[g] for g in ("accuracy", "messaging", "legal")] == ["passed"] * 3


def test_a_roster_that_two_admins_change_at_once(cast: Cast) -> None:
    """The second is told before anything of theirs is shared, and does it again on the first's."""
    cast.ana.done("trust", "role", "ben", "--role", "admin")
    cast.ben.done("sync")
    cast.ana.done("--offline", "trust", "role", "cas", "--role", "legal-officer")
    cast.ben.done("--offline", "trust", "role", "moe", "--role", "legal-officer")
    cast.ana.done("sync")

    second = cast.ben("sync")
    assert second.code == 1
    assert "changed the roster at the same time" in second.err
    checked(cast)

    assert "git reset --keep origin/main" in second.err
    cast.ben.git("reset", "-q", "--keep", "origin/main")
    cast.ben.done("trust", "role", "moe", "--role", "legal-officer")
    assert checked(cast)["trust"]["version"] == 5  # type: ignore[index]  # JSON


def test_who_has_never_joined_checks_a_fresh_clone(cast: Cast, message: str) -> None:
    cast.passed(message, "accuracy")
    git("clone", "-q", str(cast.hub), "fresh", cwd=cast.root, environ=cast.environ("nobody"))
    environ = cast.environ("nobody", COMMS_PIN=str(cast.pin))

    ran = comms("check", "--format", "json", cwd=cast.root / "fresh", environ=environ)

    assert (ran.code, ran.json["findings"]) == (0, [])
