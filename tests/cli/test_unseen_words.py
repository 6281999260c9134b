"""Nobody signs unseen words: a verdict binds the revision that was there to be read."""

import subprocess
from collections.abc import Sequence

import pytest

from tests.support.cast import Cast, Clone
from tests.support.runner import program

pytest_plugins = ["tests.support.cast_fixtures"]


@pytest.fixture
def message(small: Cast) -> str:
    """One message, of which Bo has seen revision 1 and Ana has pushed revision 2."""
    (message,) = small.declare("customers")
    small.bo.done("sync")
    small.bo.done("show", message)
    small.ana.done("revise", message, "--file", "-", stdin=b"Other words by now.\n")
    return message


@pytest.mark.parametrize("reference", ["{}", "{}@1", "cust@1"])
def test_a_newer_revision_that_the_fetch_brings_is_refused(
    small: Cast, message: str, reference: str
) -> None:
    told = small.bo("approve", reference.format(message))

    assert told.code == 1
    assert "revision 2 of" in told.err
    assert "+Other words by now." in told.err
    assert f"next: read it (comms show {message}), then try again" in told.err
    assert signed(small.bo) == 0


def test_all_binds_what_was_there_before_the_fetch(small: Cast, message: str) -> None:
    told = small.bo("approve", "--all", "--json")
    assert (told.code, told.json["code"]) == (1, "newer-revision")
    assert message in told.json["text"]


def test_a_revision_that_is_typed_is_signed_although_the_fetch_brings_it(
    small: Cast, message: str
) -> None:
    assert small.bo.done("approve", f"{message}@2", "--json").json["revision"] == 2


def test_an_older_revision_that_is_typed_is_refused(small: Cast, message: str) -> None:
    small.bo.done("sync")
    told = small.bo("approve", f"{message}@1")
    assert told.code == 1
    assert "-At the moment card payments" in told.err


def test_without_a_terminal_the_clone_as_it_was_is_what_was_seen(small: Cast, message: str) -> None:
    small.bo.done("sync")
    assert small.bo.done("approve", message, "--json").json["revision"] == 2


def test_a_digest_names_a_revision(small: Cast, message: str) -> None:
    digest = small.ana.done("show", message, "--json").json["digest"]
    assert small.bo.done("approve", f"{message}@{digest[:6]}", "--json").json["revision"] == 2


@pytest.mark.parametrize("reference", ["customers", "--all"])
def test_a_message_that_only_the_fetch_brings_is_not_signed(small: Cast, reference: str) -> None:
    small.declare("customers")
    told = small.bo("approve", reference)
    assert told.code == 1
    assert "nobody signs unseen words" in told.err
    assert signed(small.bo) == 0


def test_offline_the_words_in_the_clone_are_signed_and_sync_shows_them_stale(
    small: Cast, message: str
) -> None:
    assert "not yet shared" in small.bo.done("--offline", "approve", message).err
    small.bo.done("sync")
    (gate, _) = small.bo.done("show", message, "--json").json["gates"]
    assert gate["state"] == "stale"


def signed(clone: Clone) -> int:
    return clone.git("ls-files", "incidents").count("-ok-")


def together(*commands: tuple[Clone, Sequence[str]]) -> list[int]:
    """Start commands at the same moment, each in its own process; return how each ended."""
    running = [
        subprocess.Popen(
            program(*argv), cwd=clone.folder, env=clone.environ(), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for clone, argv in commands
    ]  # fmt: skip
    for process in running:
        _, errors = process.communicate(timeout=120)
        assert b"Traceback" not in errors, errors
        assert b"bug:" not in errors, errors
    return [process.returncode for process in running]


@pytest.mark.parametrize("attempt", range(4))
def test_approving_while_somebody_revises(small: Cast, attempt: int) -> None:
    (message,) = small.declare("customers")
    small.bo.done("sync")
    small.bo.done("show", message)
    words = small.root / "words.md"
    words.write_text(f"Other words, {attempt}.\n")

    approved, revised = together(
        (small.bo, ["approve", message]), (small.ana, ["revise", message, "--file", str(words)])
    )

    for clone in (small.ana, small.bo):
        clone.done("sync")
        assert clone.git("status", "--porcelain") == ""
    document = small.bo.done("show", message, "--json").json
    (gate, _) = document["gates"]
    assert revised == 0
    assert document["revision"] == 2
    assert gate["state"] == ("stale" if approved == 0 else "open"), "never passed on unseen words"
    assert approved in {0, 1}
    assert small.bo.done("check").code == 0


@pytest.mark.parametrize("attempt", range(3))
def test_two_clones_draft_at_once_and_no_id_is_given_twice(full: Cast, attempt: int) -> None:
    del attempt
    full.declare()
    assert full.join("ben").code == 0
    ben = Clone(cast=full, person="ben", folder=full.root / "clones" / "ben")

    codes = together((full.ana, ["draft", "customers"]), (ben, ["draft", "internal"]))
    assert codes == [0, 0]
    again = together((full.ana, ["draft", "customers"]), (ben, ["draft", "customers"]))
    assert 0 not in again, "one is in work already"

    full.ana.done("sync")
    report = full.ana.done("check", "--json").json
    assert sorted(m["message"] for m in report["messages"]) == [
        "investigation-all-customers-1",
        "investigation-internal-stakeholders-1",
    ]
    assert [m["revision"] for m in report["messages"]] == [1, 1]


def test_two_drafters_of_one_cell_at_once_make_one_message(full: Cast) -> None:
    full.declare()
    assert full.join("ben").code == 0
    ben = Clone(cast=full, person="ben", folder=full.root / "clones" / "ben")
    codes = together((full.ana, ["draft", "customers"]), (ben, ["draft", "customers"]))
    assert sorted(codes) == [0, 1]
    full.ana.done("sync")
    (message,) = full.ana.done("check", "--json").json["messages"]
    assert message["message"] == "investigation-all-customers-1"


def test_two_commands_at_once_in_one_clone(small: Cast) -> None:
    small.declare()
    codes = together(*((small.ana, ["fact", f"regions=north {n}"]) for n in range(3)))
    assert codes == [0, 0, 0]
    small.ana.done("sync")
    assert small.ana.git("ls-files", "incidents").count("-fact-") == 2 * (3 + 3)
    assert small.ana.git("rev-parse", "HEAD") == small.ana.git("rev-parse", "origin/main")


def test_two_declare_one_incident_at_once(small: Cast) -> None:
    codes = together(*(
        (clone, ["new", "Checkout outage", "--severity", "1"]) for clone in (small.ana, small.bo)
    ))  # fmt: skip
    assert codes == [0, 0]
    small.ana.done("sync")
    ids = {i["id"] for i in small.ana.done("status", "--json").json["incidents"]}
    assert ids == {"2026-11-22-checkout-outage", "2026-11-22-checkout-outage-2"}
