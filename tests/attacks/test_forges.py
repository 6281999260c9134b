"""What a forge, a workflow or the moment between two commands could be used for."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from commscli.ledger import pins, syncing
from commscli.ledger.repository import Repository
from commscli.ledger.syncing import Network
from tests.attacks.staging import Stage, two_sent
from tests.hooks.hub import Hub, cloned
from tests.support.cast import Cast
from tests.support.repos import Repo
from tests.support.story import Story, first_trust, passed

pytest_plugins = ["tests.support.cast_fixtures"]


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage.of(tmp_path)


# -- what a receiving hook sees


@pytest.mark.row(79)
@pytest.mark.parametrize(
    "ref",
    ["refs/heads/main", "refs/heads/new", "refs/tags/v1", "refs/heads/a/b/c"],
)
def test_a_push_under_any_name(stage: Stage, tmp_path: Path, ref: str) -> None:
    """Its objects are in quarantine yet, and its ref need not be there."""
    hub = Hub.make(tmp_path / "hub", stage.story)
    honest = stage.story.tip
    stage.story.commit({f"{stage.story.folder}/draft.md": b"Other words.\n"})
    clone = cloned(tmp_path / "clone", stage.story, "evil")

    said = hub.refuses(clone.path, f"evil:{ref}").said

    assert "frozen-draft" in said
    assert hub.refs == {"refs/heads/main": honest}
    assert clone.path.exists()


@pytest.mark.row(79)
def test_one_bad_ref_among_good_ones(stage: Stage, tmp_path: Path) -> None:
    hub = Hub.make(tmp_path / "hub", stage.story)
    good = stage.story.aside()
    good.fact("start", "09:14")
    stage.story.commit({f"{stage.story.folder}/draft.md": b"Other words.\n"})
    clone = cloned(tmp_path / "clone", good)
    clone.write(good, "good").write(stage.story, "evil")

    hub.refuses(clone.path, "good", "evil", "good:another")


@pytest.mark.row(18, 79)
def test_a_branch_deleted_that_alone_has_an_objection(stage: Stage, tmp_path: Path) -> None:
    hub = Hub.make(tmp_path / "hub", stage.story)
    side = stage.story.aside()
    side.object("legal", by="leo")
    clone = cloned(tmp_path / "clone", side, "side")
    hub.takes(clone.path, "side")

    hub.refuses(clone.path, ":side")
    hub.refuses(clone.path, f"+{stage.story.tip}:refs/heads/side")


# -- what a workflow runs


@pytest.mark.row(80)
def test_the_branch_under_test_brings_programs_settings_and_a_pin(
    stage: Stage, tmp_path: Path
) -> None:
    """Whoever starts ``comms`` in a checkout starts theirs, and asks their own pin."""
    marker = tmp_path / "ran"
    evil = f"open({str(marker)!r}, 'a').write(__file__)\n".encode()
    other = passed(replace(first_trust(), commits="signed"))
    modules = ("commscli", "git", "typer", "json", "cryptography", "encodings", "site", "conftest")
    files = {f"{name}/__init__.py": evil for name in modules}
    files |= {f"{name}.py": evil for name in ("sitecustomize", "usercustomize", "signal", "zlib")}
    files |= dict.fromkeys(("comms", "git", "ssh-keygen", "bin/comms"), b"#!/bin/sh\nexit 0\n")
    files |= dict.fromkeys((".env", ".envrc"), b"COMMS_PIN=evil.pin\n")
    files |= {
        "evil.pin": pins.write(other.pin),
        "pyproject.toml": b"[tool.comms]\npin='evil.pin'\n",
    }
    stage.story.commit(files)
    stage.story.commit({f"{stage.story.folder}/draft.md": b"Other words.\n"})
    stage.repo.write(stage.story).checkout()

    ran = subprocess.run(
        [str(Path(sys.executable).with_name("comms")), "check", "--format", "json"],
        cwd=stage.repo.path,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(stage.desk.home),
            "COMMS_PIN": str(stage.desk.pin),
        },
        capture_output=True,
        check=False,
    )

    assert ran.returncode == 1, ran.stderr
    assert b'"frozen-draft"' in ran.stdout
    assert not marker.exists(), marker.read_text()


@pytest.mark.row(60, 80)
def test_variables_that_git_would_obey(stage: Stage, tmp_path: Path) -> None:
    """Set by whoever called: another repository, other objects, programs for everything."""
    marker, evil = tmp_path / "ran", tmp_path / "evil"
    evil.write_text(f'#!/bin/sh\necho "$0 $@" >> {marker}\n')
    evil.chmod(0o755)
    other = Repo.make(tmp_path / "other").write(two_sent(passed_and_sent()))
    stage.story.commit({f"{stage.story.folder}/draft.md": b"Other words.\n"})
    stage.repo.write(stage.story)
    programs = ("GIT_EXTERNAL_DIFF", "GIT_EDITOR", "GIT_PAGER", "GIT_SSH", "GIT_SSH_COMMAND",
                "GIT_ASKPASS", "GIT_PROXY_COMMAND", "GIT_SEQUENCE_EDITOR")  # fmt: skip
    environ = dict.fromkeys(programs, str(evil)) | {
        "PATH": os.environ["PATH"],
        "HOME": str(stage.desk.home),
        "COMMS_PIN": str(stage.desk.pin),
        "GIT_DIR": str(other.git_dir),
        "GIT_WORK_TREE": str(other.path),
        "GIT_COMMON_DIR": str(other.git_dir),
        "GIT_OBJECT_DIRECTORY": str(other.git_dir / "objects"),
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(other.git_dir / "objects"),
        "GIT_INDEX_FILE": str(evil),
        "GIT_NAMESPACE": "evil",
        "GIT_REPLACE_REF_BASE": "refs/heads/",
        "GIT_GRAFT_FILE": str(evil),
        "GIT_SHALLOW_FILE": str(evil),
        "GIT_CONFIG_COUNT": "2",
        "GIT_CONFIG_KEY_0": "core.fsmonitor",
        "GIT_CONFIG_VALUE_0": str(evil),
        "GIT_CONFIG_KEY_1": "core.commitGraph",
        "GIT_CONFIG_VALUE_1": "true",
        "GIT_CONFIG_PARAMETERS": f"'core.fsmonitor'='{evil}'",
        "GIT_TRACE": str(tmp_path / "trace"),
        "GIT_TEMPLATE_DIR": str(tmp_path),
        "GIT_CEILING_DIRECTORIES": str(tmp_path),
        "GIT_DEFAULT_HASH": "sha256",
    }

    ran = subprocess.run(
        [sys.executable, "-m", "commscli", "-C", str(stage.repo.path), "check", "--json"],
        env=environ,
        capture_output=True,
        check=False,
    )

    assert ran.returncode == 1, ran.stderr
    assert b'"frozen-draft"' in ran.stdout
    assert not marker.exists(), marker.read_text()


def passed_and_sent() -> Story:
    story = passed()
    story.send()
    return story


@pytest.mark.row(80, 98)
def test_a_pin_for_another_repository_with_this_roster(stage: Stage) -> None:
    stage.desk.pin.write_bytes(pins.write(replace(stage.story.pin, repository="elsewhere")))

    stage.fails("pinned-root", says=["another repository"])


# -- between the check and the send


@pytest.mark.row(81)
@pytest.mark.parametrize("what", ["an objection", "other words"])
def test_something_happens_between_the_check_and_the_send(
    small: Cast, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """It comes in after the sender's clone was looked at, and before anything leaves."""
    (message,) = small.declare("customers")
    small.passed(message, "approval", "release")
    small.ana.done("sync")
    small.bo.done("sync")
    push = syncing.push
    done: list[str] = []

    def happens(repository: Repository, branch: str, commit: str, network: Network) -> None:
        if not done:
            done.append(what)
            if what == "an objection":
                words = ("review", message, "--gate", "approval", "--object", "This is not so.")
                objected = small.bo(*words, real=True)
                assert objected.code == 0, objected.err
            else:
                small.bo.edit(f"{folder(small, message)}/draft.md", "Pay on evil.example.com.\n")
                small.bo.git("push", "-q", "origin", "main")
        push(repository, branch, commit, network)  # type: ignore[arg-type]  # ids are strings

    monkeypatch.setattr(syncing, "push", happens)
    ran = small.ana("send", message)

    assert done == [what]
    assert ran.code == 1, (ran.out, ran.err)
    assert not (small.ana.folder / "outbox").exists()
    assert "send-intent" not in small.ana.git("ls-tree", "-r", "--name-only", "origin/main")


def folder(cast: Cast, message: str) -> str:
    found = next((cast.bo.folder / "incidents").glob(f"*/messages/{message}"))
    return str(found.relative_to(cast.bo.folder))


@pytest.mark.row(69, 81)
def test_history_goes_back_between_the_check_and_the_send(
    small: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the sender has goes on from there: the intent brings all of it back, and it leaves."""
    (message,) = small.declare("customers")
    small.passed(message, "approval", "release")
    small.ana.done("sync")
    whole, early = (small.ana.git("rev-parse", name).strip() for name in ("HEAD", "HEAD~3"))
    push = syncing.push
    done: list[str] = []

    def happens(repository: Repository, branch: str, commit: str, network: Network) -> None:
        if not done:
            done.append(early)
            small.bo.git("push", "-q", "--force", "origin", f"{early}:main")
        push(repository, branch, commit, network)  # type: ignore[arg-type]  # ids are strings

    monkeypatch.setattr(syncing, "push", happens)
    small.ana.done("send", message)

    assert done == [early]
    assert (small.ana.folder / "outbox").exists()
    small.bo.git("fetch", "-q", "origin")
    small.bo.git("merge-base", "--is-ancestor", whole, "origin/main")
