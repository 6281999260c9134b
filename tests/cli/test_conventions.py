"""What users of git, gh and pre-commit expect of any command line."""

import json
import os
import shlex
import signal
import subprocess
import time

import pytest

from tests.support.cast import Cast
from tests.support.runner import comms, program

pytest_plugins = ["tests.support.cast_fixtures"]
INCIDENT = "2026-11-22-checkout-outage"


@pytest.fixture(scope="module")
def declared(small_once: Cast, tmp_path_factory: pytest.TempPathFactory) -> Cast:
    cast = small_once.copy(tmp_path_factory.mktemp("declared"))
    cast.declare("customers")
    return cast


@pytest.mark.parametrize(
    "argv",
    [
        ["--json", "status"],
        ["status", "--json"],
        ["status", "--format", "json"],
        ["status", "--format=json"],
        ["--offline", "status", "--json", "--no-input", "-i", INCIDENT],
        ["--format=json", "status", f"--incident={INCIDENT}"],
        ["status", f"-i{INCIDENT}", "--json"],
    ],
)
def test_global_options_stand_anywhere(declared: Cast, argv: list[str]) -> None:
    (incident,) = declared.ana.done(*argv).json["incidents"]
    assert incident["id"] == INCIDENT


def test_a_folder_is_named_with_c(declared: Cast) -> None:
    folder = str(declared.ana.folder)
    environ = declared.ana.environ()
    for argv in (["-C", folder, "status"], ["status", "-C", folder], ["status", f"-C{folder}"]):
        assert INCIDENT in comms(*argv, cwd=declared.root, environ=environ).out
    inside = declared.ana.folder / "incidents" / INCIDENT
    assert INCIDENT in comms("status", cwd=inside, environ=environ).out


def test_an_incident_is_named_by_the_environment(declared: Cast) -> None:
    assert declared.ana("log", COMMS_INCIDENT="nope").code == 2
    assert declared.ana("log", COMMS_INCIDENT="checkout").code == 0
    assert declared.ana("-i", "checkout", "log", COMMS_INCIDENT="nope").code == 0


def test_facts_are_set_with_or_without_the_word(small: Cast) -> None:
    small.declare()
    assert small.ana.done("fact", "regions=north", "cause=x").out == "regions=north\ncause=x\n"
    assert small.ana.done("fact", "set", "cause=").out == "cause=\n"
    assert "cause" not in small.ana.done("fact", "list").out


def test_words_that_look_like_options_are_words(small: Cast) -> None:
    small.declare("customers")
    small.bo.done("sync")
    small.bo.done("approve", "customers", "--object", "--json")
    assert "OBJECTS: --json" in small.bo.done("show", "customers").out


def test_data_is_on_stdout_and_all_else_on_stderr(small: Cast) -> None:
    new = small.ana.done("new", "Checkout outage", "--severity", "3")
    assert new.out == f"{INCIDENT}\n"
    assert new.err == "next: comms draft\n"


@pytest.mark.parametrize("argv", [["log"], ["status"], ["rules"], ["--help"], ["log", "--json"]])
def test_a_reader_that_goes_away_is_no_bug(declared: Cast, argv: list[str]) -> None:
    line = f"{shlex.join(program(*argv))} | true"
    environ = declared.ana.environ()
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {line}"], cwd=declared.ana.folder, env=environ,
        capture_output=True, check=False,
    )  # fmt: skip
    assert done.stderr == b""
    assert done.returncode in {0, 141}


def test_an_interrupt_ends_with_130(declared: Cast) -> None:
    slow = declared.root / "slow"
    slow.write_text("#!/bin/sh\nsleep 60\n")
    slow.chmod(0o755)
    declared.ana.git("remote", "set-url", "origin", "ssh://forge.example/hub.git")
    environ = declared.ana.environ(GIT_SSH_COMMAND=str(slow))
    process = subprocess.Popen(
        program("sync"), cwd=declared.ana.folder, env=environ, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )  # fmt: skip
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    declared.ana.git("remote", "set-url", "origin", str(declared.hub))
    assert process.returncode == 130
    assert errors == b"error: interrupted\n"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_output_is_utf_8_whatever_the_locale(declared: Cast, encoding: str) -> None:
    environ = declared.ana.environ(PYTHONIOENCODING=encoding, LC_ALL="C")
    done = subprocess.run(
        program("show", "customers"), cwd=declared.ana.folder, env=environ, capture_output=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "approval open → bo" in done.stdout.decode()


def test_arguments_that_are_not_text_are_refused(declared: Cast) -> None:
    done = subprocess.run(
        [*map(os.fsencode, program("new")), b"caf\xe9", b"--severity", b"1"],
        cwd=declared.ana.folder, env=declared.ana.environ(), capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert b"bug" not in done.stderr


def test_colour_can_be_forced_into_a_pipe(declared: Cast) -> None:
    assert "\x1b[" not in declared.ana.done("status").out
    assert "\x1b[" in declared.ana.done("--color", "always", "status").out
    assert "\x1b[" in declared.ana.done("--color", "always", "status", NO_COLOR="1").out


def test_next_says_by_its_code_whether_something_waits(declared: Cast) -> None:
    assert declared.ana("next").code == 0
    assert declared.ana("next", "--exit-code").code == 1
    declared.bo.done("sync")
    assert declared.bo("next", "--exit-code").code == 1


def test_strict_counts_warnings_and_exit_zero_forgives_findings(small: Cast) -> None:
    (message,) = small.declare("customers")
    small.passed(message, "approval", "release")
    small.ana.done("send", message)
    small.bo.done("sync")
    small.bo.done("approve", message, "--gate", "approval", "--object", "wrong")
    assert small.bo.done("check", "--json").json["findings"][0]["level"] == "warning"
    assert small.bo("check", "--strict").code == 1
    assert small.bo("check", "--strict", "--exit-zero").code == 0


def test_a_bug_says_how_to_report_it_and_keeps_to_json(
    declared: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("nobody thought of this")

    monkeypatch.setattr("commscli.workflow.incident.overview.status", broken)
    ran = declared.ana("status", "--json")
    assert ran.code == 70
    assert ran.json["code"] == "bug"
    assert ran.json["exit"] == 70
    assert "please report it" in ran.err
    assert "Traceback" not in ran.err


def test_a_group_without_a_command_says_so_in_json(declared: Cast) -> None:
    ran = declared.ana("trust", "--json")
    assert (ran.code, ran.json["code"]) == (2, "usage")
    assert declared.ana("trust").code == 2


def test_init_adopts_a_repository_that_is_there(small: Cast) -> None:
    folder = small.root / "adopted"
    folder.mkdir()
    environ = small.ana.environ()
    small.ana.git("-C", str(folder), "init", "--quiet", "-b", "trunk")
    (folder / "README.md").write_text("ours\n")
    (folder / "comms.yaml").write_text("organisation: Ours\ntimezone: UTC\ndomain: example.com\n")
    ran = comms(
        "init", "adopted", "--organisation", "Ours", "--person", "ana", "--name", "Ana",
        "--email", "ana@example.com", "--role", "spokesperson", cwd=small.root, environ=environ,
    )  # fmt: skip
    assert ran.code == 2, "a role goes by its id until the organisation has named it"
    ran = comms(
        "init", "adopted", "--organisation", "Ours", "--person", "ana", "--name", "Ana",
        "--email", "ana@example.com", "--role", "technical-slt", "--json", cwd=small.root,
        environ=environ,
    )  # fmt: skip
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["trust"]["version"] == 1
    assert (folder / "README.md").read_text() == "ours\n"
    assert "organisation: Ours" in (folder / "comms.yaml").read_text()
    assert "README.md" not in small.ana.git("-C", str(folder), "ls-files").split()
