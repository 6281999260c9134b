"""The check in CI as ``comms init`` writes it: valid, clean, and its scripts run for real."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from commscli.ledger import pins
from commscli.workflow.setup.starting_ci import FORGES, starting_ci
from tests.attacks.staging import two_sent
from tests.ci.scripts import ROOT, Ran, Runner, document, outputs
from tests.support.keys import make_key
from tests.support.repos import Repo
from tests.support.runner import Ran as Said
from tests.support.runner import comms, environment
from tests.support.story import Story

TOOLS = Path(sys.executable).parent
GITHUB = ".github/workflows/comms.yml"
GITLAB = ".gitlab-ci.yml"
SHIPPED = ROOT / "ci" / "gitlab" / "comms.gitlab-ci.yml"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def written(folder: Path, forge: str, branch: str = "main") -> Path:
    [(name, data)] = starting_ci(forge, branch=branch).items()
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def tool(name: str, *words: str, cwd: Path) -> None:
    done = subprocess.run([TOOLS / name, *words], cwd=cwd, capture_output=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr).decode()


# -- what is written


@pytest.mark.parametrize("branch", ["main", "trunk", "it's", "release/1.x", "no", "1"])
def test_the_workflow_is_one_and_an_auditor_finds_nothing(tmp_path: Path, branch: str) -> None:
    path = written(tmp_path, "github", branch)

    tool("check-jsonschema", "--builtin-schema", "vendor.github-workflows", str(path), cwd=tmp_path)
    tool("zizmor", "--offline", "--persona", "pedantic", "--no-progress", ".", cwd=tmp_path)
    assert document(path)["on"]["push"]["branches"] == [branch]


def test_the_pipeline_is_one_and_the_one_that_is_shipped(tmp_path: Path) -> None:
    path = written(tmp_path, "gitlab")
    if os.environ.get("COMMS_UPDATE_GOLDENS"):
        SHIPPED.write_bytes(path.read_bytes())

    words = ["--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci"]
    tool("check-jsonschema", *words, str(path), cwd=tmp_path)
    assert SHIPPED.read_bytes() == path.read_bytes(), "COMMS_UPDATE_GOLDENS=1 writes it again"


def test_the_workflow_can_do_nothing_but_read() -> None:
    text = starting_ci("github", branch="main")[GITHUB].decode()
    assert "pull_request_target:" not in text
    assert "write" not in text.split("\nname: comms\n", 1)[1].replace("nothing is written", "")


def test_what_is_checked_out_is_whole_and_keeps_no_password(tmp_path: Path) -> None:
    workflow = document(written(tmp_path, "github"))
    steps = workflow["jobs"]["check"]["steps"]
    checkouts = [step for step in steps if step.get("uses", "").startswith("actions/checkout@")]

    assert workflow["permissions"] == {"contents": "read"}
    assert len(checkouts) == 2
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)
    assert checkouts[0]["with"]["fetch-depth"] == 0
    assert document(written(tmp_path, "gitlab"))["comms-check"]["variables"]["GIT_DEPTH"] == "0"


def test_every_action_is_pinned_by_its_commit(tmp_path: Path) -> None:
    steps = document(written(tmp_path, "github"))["jobs"]["check"]["steps"]

    for step in steps:
        name, _, commit = step.get("uses", "./").partition("@")
        assert name.startswith("./") or (
            len(commit) == 40 and not set(commit) - set("0123456789abcdef")
        )


def test_no_expression_is_in_a_script(tmp_path: Path) -> None:
    steps = document(written(tmp_path, "github"))["jobs"]["check"]["steps"]

    assert [step for step in steps if "${{" in step.get("run", "")] == []


def test_both_say_what_to_set_and_why(tmp_path: Path) -> None:
    for forge in ("github", "gitlab"):
        text = written(tmp_path, forge).read_text()
        assert "comms trust pin" in text
        assert "A shallow history is no proof" in text
        assert "can change" in text


# -- the checker that is pinned


def pinned(folder: Path, checker: str) -> tuple[Ran, dict[str, str]]:
    runner = Runner(folder / "machine")
    first = document(written(folder, "github"))["jobs"]["check"]["steps"][0]
    assert first["env"] == {"CHECKER": "${{ vars.COMMS_CHECKER }}"}
    ran = runner.bash(first["run"], CHECKER=checker, GITHUB_OUTPUT=str(runner.output))
    assert not list(folder.rglob("owned"))
    return ran, outputs(runner.output)


def test_a_checker_by_its_commit(tmp_path: Path) -> None:
    ran, said = pinned(tmp_path, f"acme/comms@{COMMIT}")

    assert ran.status == 0
    assert said == {"repository": "acme/comms", "commit": COMMIT}


@pytest.mark.parametrize(
    "checker",
    ["", "acme/comms", "acme/comms@v1", "acme/comms@main", f"acme/comms@{COMMIT[:39]}",
     f"acme/comms@{COMMIT}\nx=1", f"../..@{COMMIT[:38]}", f"acme@{COMMIT}",
     f"acme/comms@{COMMIT.upper()}", f"$(touch owned)/x@{COMMIT}"],
)  # fmt: skip
def test_a_checker_that_could_be_another_one_tomorrow(tmp_path: Path, checker: str) -> None:
    ran, said = pinned(tmp_path, checker)

    assert ran.status == 3
    assert "COMMS_CHECKER is not set, or names no commit" in ran.output
    assert said == {}


# -- the pipeline, run


class Pipeline:
    """A checkout on a GitLab runner, the variables of the project, and the script."""

    def __init__(self, folder: Path, story: Story) -> None:
        self.runner = Runner(folder / "machine")
        self.repo = Repo(path=self.runner.workspace)
        Repo.make(folder / "made", object_format="sha1")
        (folder / "made" / ".git").rename(self.runner.workspace / ".git")
        self.repo.write(story)
        checker = Repo.make(folder / "checker")
        (checker.path / "ci").mkdir()
        (checker.path / "ci" / "requirements.txt").write_text("# nothing\n")
        self.variables = {
            "COMMS_PIN": pins.write(story.pin).decode(),
            "COMMS_CHECKER_URL": str(checker.path),
            "COMMS_CHECKER_SHA": checker.commit(),
        }
        self.script = "\n".join(document(written(folder, "gitlab"))["comms-check"]["script"])

    def run(self, **more: str) -> Ran:
        temporary = str(self.runner.folder / "temp")
        return self.runner.bash(self.script, **{**self.variables, "TMPDIR": temporary, **more})

    def report(self, name: str) -> str:
        return (self.runner.workspace / name).read_text()


@pytest.fixture
def story() -> Story:
    return two_sent()


@pytest.fixture
def pipeline(tmp_path: Path, story: Story) -> Pipeline:
    return Pipeline(tmp_path, story)


def test_a_pipeline_that_passes(pipeline: Pipeline) -> None:
    ran = pipeline.run()

    assert ran.status == 0, ran.output
    assert json.loads(pipeline.report("comms-codequality.json")) == []
    assert "<testsuite" in pipeline.report("comms-junit.xml")
    asked = pipeline.runner.log.read_text()
    assert "--require-hashes --only-binary :all:" in asked
    assert all(line.startswith("-I ") for line in asked.splitlines())


def test_a_pipeline_that_fails_and_leaves_its_reports(pipeline: Pipeline, story: Story) -> None:
    story.commit({f"{story.folder}/draft.md": b"Other words.\n"})
    pipeline.repo.write(story)

    assert pipeline.run().status == 1
    assert "frozen-draft" in pipeline.report("comms-codequality.json")
    assert "frozen-draft" in pipeline.report("comms-junit.xml")


def test_a_merge_request_is_held_against_its_base(pipeline: Pipeline, story: Story) -> None:
    base = story.commit({f"{story.folder}/draft.md": b"Other words.\n"})
    story.fact("start", "09:14")
    pipeline.repo.write(story)

    asked = {"CI_MERGE_REQUEST_DIFF_BASE_SHA": base, "CI_DEFAULT_BRANCH": "main"}
    assert pipeline.run(CI_MERGE_REQUEST_TARGET_BRANCH_NAME="main", **asked).status == 0
    assert pipeline.run(CI_MERGE_REQUEST_TARGET_BRANCH_NAME="side", **asked).status == 1
    assert pipeline.run().status == 1


def test_reports_are_not_written_through_links(pipeline: Pipeline, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.write_text("mine\n")
    for name in ("comms-codequality.json", "comms-junit.xml"):
        (pipeline.repo.path / name).symlink_to(mine)

    assert pipeline.run().status == 0
    assert mine.read_text() == "mine\n"


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("COMMS_PIN", "", "COMMS_PIN is not set"),
        ("COMMS_CHECKER_SHA", "", "COMMS_CHECKER_SHA is not set"),
        ("COMMS_CHECKER_SHA", "main", "COMMS_CHECKER_SHA is not set"),
        ("COMMS_CHECKER_SHA", "--help", "COMMS_CHECKER_SHA is not set"),
        ("COMMS_CHECKER_URL", "", "COMMS_CHECKER_URL or"),
    ],
)
def test_what_is_not_set_is_named(pipeline: Pipeline, name: str, value: str, says: str) -> None:
    ran = pipeline.run(**{name: value})

    assert ran.status == 3
    assert says in ran.output


def test_a_checker_that_is_not_there_is_no_pass(pipeline: Pipeline) -> None:
    assert pipeline.run(COMMS_CHECKER_SHA=COMMIT).status not in {0, 1, 3}


# -- init


def init(folder: Path, *words: str) -> Said:
    home = folder / "home"
    (home / "keys").mkdir(parents=True, exist_ok=True)
    key = home / "keys" / "ana"
    if not key.exists():
        make_key(home / "keys", "ana")
    who = ["--organisation", "N", "--person", "ana", "--name", "Ana", "--email", "ana@example.com"]
    return comms("init", "messages", *who, *words, cwd=folder,
                 environ=environment(home, COMMS_KEY=str(key)))  # fmt: skip


def committed(folder: Path) -> list[str]:
    return Repo(path=folder / "messages").git("ls-tree", "-r", "--name-only", "HEAD").split()


@pytest.mark.parametrize(
    ("words", "expected"),
    [([], [GITHUB]), (["--ci", "github"], [GITHUB]), (["--ci", "gitlab"], [GITLAB]),
     (["--ci", "none"], [])],
)  # fmt: skip
def test_init_writes_what_is_asked_for(
    tmp_path: Path, words: list[str], expected: list[str]
) -> None:
    ran = init(tmp_path, *words, "--json")

    assert ran.code == 0, ran.err
    assert [path for path in committed(tmp_path) if path in {GITHUB, GITLAB}] == expected
    assert ran.json["ci"] == [{"path": path, "written": True} for path in expected]


def test_init_names_its_branch_and_says_where_to_look(tmp_path: Path) -> None:
    repo = Repo.make(tmp_path / "messages")
    repo.git("symbolic-ref", "HEAD", "refs/heads/trunk")

    ran = init(tmp_path)

    assert document(repo.path / GITHUB)["on"]["push"]["branches"] == ["trunk"]
    assert f"the check in CI: {GITHUB}; what to set there" in ran.err


def test_init_leaves_a_workflow_that_is_there(tmp_path: Path) -> None:
    repo = Repo.make(tmp_path / "messages")
    (repo.path / GITLAB).write_text("ours: {script: [make]}\n")
    repo.commit()

    ran = init(tmp_path, "--ci", "gitlab")

    assert ran.code == 0, ran.err
    assert (repo.path / GITLAB).read_text() == "ours: {script: [make]}\n"
    assert f"{GITLAB}; was there already, and stays" in " ".join(ran.err.split())


def test_a_forge_that_is_none(tmp_path: Path) -> None:
    ran = init(tmp_path, "--ci", "svn")

    assert ran.code == 2
    assert f"--ci svn: expected {', '.join(FORGES)}" in ran.err
    assert not (tmp_path / "messages").exists()


def test_a_new_repository_with_its_workflow_passes(tmp_path: Path) -> None:
    assert init(tmp_path).code == 0
    environ: dict[str, Any] = environment(tmp_path / "home")

    assert comms("check", cwd=tmp_path / "messages", environ=environ).code == 0
