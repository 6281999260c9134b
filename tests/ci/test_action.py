"""The GitHub Action: valid, clean, and every script of it run under bash for every event."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from commscli.ledger import pins
from tests.attacks.staging import two_sent
from tests.ci.scripts import ROOT, Ran, Runner, document, outputs, resolved
from tests.support.repos import Repo, git
from tests.support.story import Story

ACTION = ROOT / "action.yml"
TOOLS = Path(sys.executable).parent
NOBODY = "0" * 40
HOSTILE = '"; touch owned; $(touch owned) `touch owned` ${{ github.token }}\n::add-mask::x\n'


def steps() -> list[Any]:
    return list(document(ACTION)["runs"]["steps"])


class Workflow:
    """A repository that was checked out, an event, and the steps of the action."""

    def __init__(self, folder: Path, story: Story) -> None:
        self.story = story
        self.runner = Runner(folder)
        self.repo = Repo.make(self.runner.workspace / "repo").write(story)
        self.inputs = {
            name: str(given.get("default", ""))
            for name, given in document(ACTION)["inputs"].items()
        }
        self.inputs |= {"pin": pins.write(story.pin).decode(), "path": "repo"}
        self.on("workflow_dispatch", {})

    def on(self, name: str, event: Any) -> "Workflow":
        path = self.runner.folder / "event.json"
        path.write_text(json.dumps(event), encoding="utf-8")
        self.runner.variables = {
            "GITHUB_EVENT_NAME": name,
            "GITHUB_EVENT_PATH": str(path),
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(self.runner.workspace),
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_STEP_SUMMARY": str(self.runner.summary),
            "GITHUB_HEAD_REF": HOSTILE,
            "GITHUB_REF_NAME": HOSTILE,
            "RUNNER_TEMP": str(self.runner.folder / "temp"),
        }
        return self

    def at(self) -> "Workflow":
        self.repo.write(self.story)
        return self

    def attacked(self) -> "Workflow":
        self.story.commit({f"{self.story.folder}/draft.md": b"Other words.\n"})
        return self.at()

    def run(self) -> Ran:
        """Run the steps in their order, as far as they succeed; the last one is the answer."""
        known = {f"inputs.{name}": value for name, value in self.inputs.items()}
        said = ""
        for step in steps():
            answers = self.runner.folder / f"output-{step.get('id', 'none')}"
            answers.write_text("")
            env = {name: resolved(value, known) for name, value in step.get("env", {}).items()}
            ran = self.runner.bash(step["run"], **env, GITHUB_OUTPUT=str(answers))
            said += ran.output
            for name, value in outputs(answers).items():
                known[f"steps.{step['id']}.outputs.{name}"] = value
            if ran.status:
                break
        self.known = known
        assert not list(self.runner.folder.rglob("owned"))
        return Ran(status=ran.status, output=said)

    def said(self, name: str) -> str:
        """An output of the action."""
        return resolved(document(ACTION)["outputs"][name]["value"], self.known)


@pytest.fixture
def workflow(tmp_path: Path) -> Workflow:
    return Workflow(tmp_path / "machine", two_sent())


# -- as it is written


def tool(name: str, *words: str) -> str:
    done = subprocess.run([TOOLS / name, *words], cwd=ROOT, capture_output=True, check=False)
    text = (done.stdout + done.stderr).decode()
    assert done.returncode == 0, text
    return text


def test_it_is_an_action() -> None:
    tool("check-jsonschema", "--builtin-schema", "vendor.github-actions", "action.yml")


def test_an_auditor_finds_nothing() -> None:
    tool("zizmor", "--offline", "--persona", "pedantic", "--no-progress", "action.yml")


def test_no_expression_is_in_a_script() -> None:
    scripts = [step["run"] for step in steps()]

    assert scripts
    assert [script for script in scripts if "${{" in script] == []


def test_no_action_of_others_is_used() -> None:
    assert [step for step in steps() if "uses" in step] == []


def test_python_imports_nothing_from_the_workspace() -> None:
    calls = [
        line for step in steps() for line in step["run"].splitlines()
        if re.search(r"python3? ", re.sub(r"#.*", "", line)) or '/bin/python"' in line
    ]  # fmt: skip

    assert len(calls) >= 4
    assert [line for line in calls if "-I" not in line and "::error" not in line] == []


def test_every_input_is_described_and_used() -> None:
    action = document(ACTION)
    used = {name for step in action["runs"]["steps"] for name in map(str, step["env"].values())}

    for name, given in action["inputs"].items():
        assert given["description"]
        assert f"${{{{ inputs.{name} }}}}" in used


# -- what it installs


def test_it_installs_by_hash_and_itself_from_its_own_commit(workflow: Workflow) -> None:
    assert workflow.run().status == 0
    asked = workflow.runner.log.read_text().splitlines()
    pip = [line for line in asked if "-m pip" in line]

    assert len(pip) == 2
    assert (
        f"--require-hashes --only-binary :all: --requirement {ROOT}/ci/requirements.txt" in pip[0]
    )
    assert pip[1].endswith(f"install --no-deps --no-index --no-build-isolation {ROOT}")


def test_a_released_version_can_be_named(workflow: Workflow) -> None:
    workflow.inputs["comms-version"] = "1.2.3"
    workflow.run()

    last = workflow.runner.log.read_text().split("-m pip")[-1].splitlines()[0]
    assert last.endswith("install --no-deps --only-binary :all: commscli==1.2.3")


@pytest.mark.parametrize("version", ["latest", "1; touch owned", "--help", "1.0 --pre", "1.0\n2"])
def test_a_version_that_is_none(workflow: Workflow, version: str) -> None:
    workflow.inputs["comms-version"] = version
    ran = workflow.run()

    assert ran.status == 2
    assert "::error title=comms::comms-version is no version" in ran.output
    assert "pip" not in workflow.runner.log.read_text()


def test_a_python_that_is_too_old_says_what_to_do(workflow: Workflow) -> None:
    (workflow.runner.folder / "bin" / "python3").write_text("#!/bin/sh\nexit 1\n")

    ran = workflow.run()

    assert ran.status == 2
    assert "Use actions/setup-python before." in ran.output


# -- what it finds


def test_a_repository_that_passes(workflow: Workflow) -> None:
    ran = workflow.run()

    assert ran.status == 0, ran.output
    assert (workflow.said("outcome"), workflow.said("exit-code")) == ("pass", "0")
    assert "::error" not in ran.output
    assert "pass" in workflow.runner.summary.read_text()


def test_a_repository_that_fails(workflow: Workflow) -> None:
    ran = workflow.attacked().run()

    assert ran.status == 1
    assert (workflow.said("outcome"), workflow.said("exit-code")) == ("fail", "1")
    annotation = next(line for line in ran.output.splitlines() if line.startswith("::error "))
    assert f"file={workflow.story.folder}/draft.md" in annotation
    assert "frozen-draft" in annotation
    assert "frozen-draft" in workflow.runner.summary.read_text()


@pytest.mark.parametrize("pin", ["", " \n\t"])
def test_without_a_pin_it_cannot_be_decided(workflow: Workflow, pin: str) -> None:
    workflow.inputs["pin"] = pin
    ran = workflow.run()

    assert ran.status == 3
    assert workflow.said("outcome") == "undecided"
    assert "into the variable COMMS_PIN of this repository" in ran.output


def test_a_pin_of_another_repository(workflow: Workflow) -> None:
    workflow.inputs["pin"] = workflow.inputs["pin"].replace(workflow.story.pin.genesis, "0" * 64)
    ran = workflow.run()

    assert ran.status == 3
    assert workflow.said("outcome") == "undecided"


@pytest.mark.parametrize("pin", ["comms.pin", "messages/comms.pin", HOSTILE])
def test_a_pin_that_is_none_is_never_a_pass(workflow: Workflow, pin: str) -> None:
    """A path would lead into what a pull request can change."""
    for name in ("comms.pin", "messages/comms.pin"):
        path = workflow.runner.workspace / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(pins.write(workflow.story.pin))
    workflow.inputs["pin"] = pin

    assert workflow.run().status == 2
    assert workflow.said("outcome") == "error"


@pytest.mark.parametrize("change", ["crlf", "no end", "more lines"])
def test_a_pin_as_a_form_in_a_browser_hands_it_on(workflow: Workflow, change: str) -> None:
    text = workflow.inputs["pin"]
    workflow.inputs["pin"] = {
        "crlf": text.replace("\n", "\r\n"), "no end": text.rstrip("\n"),
        "more lines": f"\n{text}\n\n",
    }[change]  # fmt: skip

    assert workflow.run().status == 0


def test_warnings_count_if_they_are_to(workflow: Workflow) -> None:
    workflow.story.object("legal", by="leo")
    assert workflow.at().run().status == 0

    workflow.inputs["strict"] = "true"
    assert workflow.run().status == 1
    workflow.inputs["strict"] = "yes; touch owned"
    assert workflow.run().status == 2


@pytest.mark.parametrize("link", ["comms.sarif", "out"])
def test_a_report_is_not_written_through_a_link(workflow: Workflow, link: str) -> None:
    outside = workflow.runner.workspace.parent / "outside"
    outside.mkdir()
    (outside / "comms.sarif").write_text("mine\n")
    target = outside / "comms.sarif" if link == "comms.sarif" else outside
    (workflow.runner.workspace / link).symlink_to(target)
    workflow.inputs["sarif"] = "comms.sarif" if link == "comms.sarif" else "out/comms.sarif"

    ran = workflow.run()

    assert (outside / "comms.sarif").read_text() == "mine\n"
    assert ran.status == (0 if link == "comms.sarif" else 2)


def test_findings_as_sarif(workflow: Workflow) -> None:
    workflow.inputs["sarif"] = "out/of the way/comms.sarif"
    workflow.attacked().run()

    written = json.loads((workflow.runner.workspace / "out/of the way/comms.sarif").read_text())
    assert written["version"] == "2.1.0"
    assert "frozen-draft" in json.dumps(written)


# -- what it takes as checked


def behind(workflow: Workflow) -> tuple[str, str]:
    """A base that fails, and something honest after it."""
    base = workflow.attacked().story.tip
    workflow.story.fact("start", "09:14")
    workflow.at()
    return base, workflow.story.tip


def pull_request(base: str, into: str = HOSTILE) -> dict[str, Any]:
    return {
        "pull_request": {
            "title": HOSTILE, "body": HOSTILE, "base": {"sha": base, "ref": into},
            "head": {"ref": HOSTILE, "sha": "f" * 40},
        },
        "repository": {"default_branch": HOSTILE},
    }  # fmt: skip


def test_a_pull_request_is_held_against_its_base(workflow: Workflow) -> None:
    base, _ = behind(workflow)

    assert workflow.on("pull_request", pull_request(base)).run().status == 0
    assert workflow.said("since") == base


def test_a_pull_request_chooses_its_own_base(workflow: Workflow) -> None:
    """The fault is pushed as a branch, and the pull request goes there, to be retargeted later."""
    bad = workflow.attacked().story.tip
    workflow.story.commit({"notes.md": b"nothing\n"})
    workflow.at()

    assert workflow.on("pull_request", pull_request(bad, into="side")).run().status == 1
    assert workflow.said("since") == ""


def test_a_pull_request_that_brings_a_fault(workflow: Workflow) -> None:
    base = workflow.story.tip

    assert workflow.attacked().on("pull_request", pull_request(base)).run().status == 1
    assert workflow.said("since") == base


@pytest.mark.parametrize(("into", "status"), [(f"refs/heads/{HOSTILE}", 0), ("refs/heads/side", 1)])
def test_a_merge_group_is_held_against_its_base(workflow: Workflow, into: str, status: int) -> None:
    base, _ = behind(workflow)
    event = {
        "merge_group": {"base_sha": base, "head_ref": HOSTILE, "base_ref": into},
        "repository": {"default_branch": HOSTILE},
    }

    assert workflow.on("merge_group", event).run().status == status
    assert workflow.said("since") == ("" if status else base)


def test_a_push_is_checked_whole(workflow: Workflow) -> None:
    """The commit before it may have failed; the next green tick must not hide that."""
    base, tip = behind(workflow)
    event = {"before": base, "after": tip, "ref": HOSTILE, "head_commit": {"message": HOSTILE}}

    assert workflow.on("push", event).run().status == 1
    assert workflow.said("since") == ""

    workflow.inputs["since"] = "event"
    assert workflow.run().status == 0
    assert workflow.said("since") == base


def test_a_first_push(workflow: Workflow) -> None:
    workflow.inputs["since"] = "event"

    assert workflow.on("push", {"before": NOBODY, "after": workflow.story.tip}).run().status == 0
    assert workflow.said("since") == ""


def test_a_forced_push_whose_old_tip_is_nowhere(workflow: Workflow) -> None:
    workflow.inputs["since"] = "event"
    ran = workflow.attacked().on("push", {"before": "d" * 40}).run()

    assert ran.status == 1
    assert "all of the history is checked" in ran.output


@pytest.mark.parametrize(
    "base", [HOSTILE, "--help", "HEAD", "main", "", None, 7, ["x"], "A" * 40, "d" * 41]
)
def test_what_an_event_says_is_an_object_or_nothing(workflow: Workflow, base: Any) -> None:
    ran = workflow.attacked().on("pull_request", pull_request(base)).run()

    assert ran.status == 1, "all of it is checked"
    assert workflow.said("since") == ""


def test_an_event_that_cannot_be_read_is_no_pass(workflow: Workflow) -> None:
    workflow.on("pull_request", {"pull_request": {}})

    assert workflow.run().status != 0


def test_nothing_is_taken_as_checked_if_so_wanted(workflow: Workflow) -> None:
    base, _ = behind(workflow)
    workflow.inputs["since"] = "none"

    assert workflow.on("pull_request", pull_request(base)).run().status == 1


def test_a_revision_may_be_named(workflow: Workflow) -> None:
    base, _ = behind(workflow)
    workflow.inputs["since"] = "HEAD~1"

    assert workflow.run().status == 0
    assert (workflow.said("since"), base) == ("HEAD~1", base)


@pytest.mark.parametrize("since", ["nothing-there", "--exit-zero", HOSTILE, "x\noutcome=pass"])
def test_a_revision_that_is_none_is_no_pass(workflow: Workflow, since: str) -> None:
    workflow.inputs["since"] = since

    assert workflow.run().status not in {0, 1}


def test_a_shallow_checkout_says_what_to_set(workflow: Workflow) -> None:
    source = workflow.repo.path.as_uri()
    git("clone", "-q", "--depth", "1", source, str(workflow.runner.workspace / "shallow"),
        cwd=workflow.runner.workspace)  # fmt: skip
    workflow.inputs["path"] = "shallow"

    for event in ("push", "pull_request"):
        workflow.on(event, pull_request(workflow.repo.git("rev-parse", "HEAD~1").strip()))
        ran = workflow.run()

        assert ran.status == 3
        assert "fetch-depth: 0" in ran.output
        assert workflow.said("outcome") == "undecided"


def test_a_workspace_full_of_python(workflow: Workflow) -> None:
    for name in ("json", "os", "re", "sys", "venv", "pip", "commscli", "typer", "sitecustomize"):
        (workflow.runner.workspace / f"{name}.py").write_text("open('owned', 'w')\n")

    assert workflow.on("pull_request", pull_request(workflow.story.tip)).run().status == 0


def test_no_text_of_the_history_gives_the_runner_an_order(workflow: Workflow) -> None:
    name = "x\n::add-mask::secret\n##[group]y"
    workflow.story.commit({f"{workflow.story.folder}/records/{name}": b"x\n"})
    ran = workflow.at().run()

    assert ran.status == 1
    lines = [line.strip() for line in ran.output.splitlines()]
    assert [line for line in lines if line.startswith(("::add-mask", "##["))] == []
