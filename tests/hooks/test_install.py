"""Hooks put into repositories of every kind, beside what is there, and taken out again."""

import json
import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from tests.attacks.staging import two_sent
from tests.hooks.hub import Hub, cloned, push
from tests.support.repos import ENVIRONMENT, Desk, Repo, git
from tests.support.story import sent

CHATTY = "#!/bin/sh\necho theirs {name} >> {marker}\n{last}\n"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return cloned(tmp_path / "clone", sent()).checkout()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk.of(tmp_path, sent())


def install(desk: Desk, repo: Path, *words: str, status: int = 0) -> dict[str, str]:
    """Install, and return what became of each hook."""
    answer = desk.comms(repo, "hook", "install", "--json", *words)
    assert answer.status == status, answer
    return {h["hook"]: h["state"] for h in answer.json.get("hooks", [])}


def commit(repo: Path, *words: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["git", "commit", "-q", "-m", "edit", *words], cwd=repo, env=ENVIRONMENT | environ,
        capture_output=True, check=False, text=True,
    )  # fmt: skip


def theirs(folder: Path, name: str, marker: Path, last: str = "exit 0") -> str:
    folder.mkdir(exist_ok=True)
    text = CHATTY.format(name=name, marker=marker, last=last)
    (folder / name).write_text(text)
    (folder / name).chmod(0o755)
    return text


def listing(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def record(repo: Repo) -> Path:
    return next(path for path in repo.path.rglob("*-declared-*.yaml"))


# -- what is installed


def test_a_clone_gets_two_and_a_bare_repository_one(desk: Desk, repo: Repo, tmp_path: Path) -> None:
    bare = Repo.make(tmp_path / "bare.git", bare=True)

    assert install(desk, repo.path) == {"pre-commit": "installed", "pre-push": "installed"}
    assert install(desk, bare.path) == {"pre-receive": "installed"}

    for path in (repo.git_dir / "hooks" / "pre-commit", bare.path / "hooks" / "pre-receive"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o755
        assert path.read_text().startswith("#!/bin/sh\n# comms-hook: ")


def test_the_paths_are_on_stdout_and_the_rest_is_not(desk: Desk, repo: Repo) -> None:
    answer = desk.comms(repo.path, "hook", "install", "pre-push")

    assert answer.output == f"{repo.git_dir / 'hooks' / 'pre-push'}\n"
    assert answer.errors == "pre-push: installed\n"


def test_again_changes_nothing(desk: Desk, repo: Repo) -> None:
    install(desk, repo.path)
    before = listing(repo.git_dir / "hooks")

    assert install(desk, repo.path) == {"pre-commit": "renewed", "pre-push": "renewed"}

    assert listing(repo.git_dir / "hooks") == before


def test_an_older_script_of_ours_is_renewed_without_force(desk: Desk, repo: Repo) -> None:
    install(desk, repo.path, "pre-push")
    path = repo.git_dir / "hooks" / "pre-push"
    good = path.read_bytes()
    path.write_bytes(b"#!/bin/sh\n# comms-hook: pre-push\nexit 0\n")
    path.chmod(0o644)

    install(desk, repo.path, "pre-push")

    assert path.read_bytes() == good
    assert os.access(path, os.X_OK)


def test_a_hook_of_another_name_is_refused(desk: Desk, repo: Repo) -> None:
    answer = desk.comms(repo.path, "hook", "install", "post-merge")

    assert answer.status == 2
    assert "'post-merge' is no hook of ours" in answer.errors


@pytest.mark.parametrize("shell", ["sh", "dash", "bash"])
@pytest.mark.parametrize("name", ["pre-commit", "pre-push", "pre-receive"])
def test_the_scripts_are_sh(desk: Desk, repo: Repo, name: str, shell: str) -> None:
    install(desk, repo.path, name)
    found = shutil.which(shell) or "/bin/sh"

    subprocess.run([found, "-n", str(repo.git_dir / "hooks" / name)], check=True)


def test_a_repository_under_an_awkward_path(desk: Desk, tmp_path: Path) -> None:
    story = sent()
    repo = cloned(tmp_path / 'it\'s a "$(touch no)" place', story).checkout()
    install(desk, repo.path)
    record(repo).unlink()

    done = commit(repo.path, "-a")

    assert done.returncode == 1
    assert "append-only" in done.stderr
    assert not list(tmp_path.rglob("no"))


# -- where


def test_a_linked_work_tree_shares_its_repositorys_hooks(
    desk: Desk, repo: Repo, tmp_path: Path
) -> None:
    repo.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "linked"))
    linked = Repo(path=tmp_path / "linked")

    install(desk, linked.path)

    assert (repo.git_dir / "hooks" / "pre-commit").exists()
    for tree in (linked, repo):
        record(tree).unlink()
        done = commit(tree.path, "-a")
        assert "append-only" in done.stderr, done


def test_a_folder_of_hooks_of_ones_own_is_used_and_told_of(desk: Desk, repo: Repo) -> None:
    repo.git("config", "core.hooksPath", ".githooks")

    answer = desk.comms(repo.path, "hook", "install")

    folder = repo.path / ".githooks"
    assert f"core.hooksPath is .githooks: the hooks are in {folder}" in answer.errors
    record(repo).unlink()
    assert "append-only" in commit(repo.path, "-a").stderr


def test_the_one_folder_of_all_repositories_is_left_alone(
    desk: Desk, repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = tmp_path / "shared"
    config = desk.home / ".gitconfig"
    config.write_text(f"[core]\n\thooksPath = {shared}\n")
    monkeypatch.setattr("os.devnull", str(config))  # what the desk calls git's global settings

    answer = desk.comms(repo.path, "hook", "install")

    assert answer.status == 2, answer
    assert "for all repositories (global)" in answer.errors
    assert "core.hooksPath .git/hooks" in answer.errors
    assert not shared.exists()


# -- somebody else's hooks


def test_somebody_elses_hook_is_not_touched(desk: Desk, repo: Repo, tmp_path: Path) -> None:
    folder = repo.git_dir / "hooks"
    theirs(folder, "pre-push", tmp_path / "marker")
    before = listing(folder)

    answer = desk.comms(repo.path, "hook", "install")

    assert answer.status == 1
    assert "somebody else's hook is there" in answer.errors
    assert "--force keeps it as NAME.before-comms and runs both" in answer.errors
    assert listing(folder) == before, "nor is the other one installed"


def test_force_runs_both_and_uninstall_gives_theirs_back(
    desk: Desk, repo: Repo, tmp_path: Path
) -> None:
    folder, marker = repo.git_dir / "hooks", tmp_path / "marker"
    text = theirs(folder, "pre-commit", marker)
    before = listing(folder)

    assert install(desk, repo.path, "--force")["pre-commit"] == "chained"
    (repo.path / "notes.md").write_text("x\n")
    repo.git("add", "notes.md")
    assert commit(repo.path).returncode == 0
    assert marker.read_text() == "theirs pre-commit\n"
    record(repo).unlink()
    assert commit(repo.path, "-a").returncode == 1
    assert install(desk, repo.path, "--force")["pre-commit"] == "renewed"

    assert install(desk, repo.path, "--uninstall") == {
        "pre-commit": "restored", "pre-push": "removed", "pre-receive": "absent"
    }  # fmt: skip
    assert listing(folder) == before
    assert (folder / "pre-commit").read_text() == text


def test_their_no_is_a_no(desk: Desk, repo: Repo, tmp_path: Path) -> None:
    theirs(repo.git_dir / "hooks", "pre-commit", tmp_path / "marker", "exit 7")
    install(desk, repo.path, "--force")
    (repo.path / "notes.md").write_text("x\n")
    repo.git("add", "notes.md")

    assert commit(repo.path).returncode == 1


@pytest.mark.parametrize("last", ["exit 0", "exit 3"])
def test_both_hooks_of_a_receiver_read_what_git_says(tmp_path: Path, last: str) -> None:
    story = two_sent()
    hub = Hub.make(tmp_path / "hub")
    hub.repo.write(story)
    marker = tmp_path / "marker"
    theirs(hub.hooks, "pre-receive", marker, f"cat >> {marker}\n{last}")
    hub.install("--force", "--pin", str(hub.pin_file(story.pin)))
    clone, old = cloned(tmp_path / "clone", story), story.tip
    story.fact("start", "09:14")
    clone.write(story)

    assert push(clone.path, hub.repo.path, "main").taken is (last == "exit 0")

    assert marker.read_text() == f"theirs pre-receive\n{old} {story.tip} refs/heads/main\n"
    marker.unlink()
    story.commit({f"{story.folder}/draft.md": b"Other words.\n"})
    assert not push(clone.write(story).path, hub.repo.path, "main").taken
    assert not marker.exists(), "theirs may act on what it sees, and sees nothing that is refused"


def test_a_link_to_a_hook_is_kept_as_a_link(desk: Desk, repo: Repo, tmp_path: Path) -> None:
    script = tmp_path / "theirs"
    script.write_text("#!/bin/sh\nexit 0\n")
    path = repo.git_dir / "hooks" / "pre-push"
    path.parent.mkdir(exist_ok=True)
    path.symlink_to(script)
    install(desk, repo.path, "pre-push", status=1)

    install(desk, repo.path, "pre-push", "--force")
    assert not path.is_symlink()
    install(desk, repo.path, "pre-push", "--uninstall")

    assert path.readlink() == script
    assert script.read_text() == "#!/bin/sh\nexit 0\n"


def test_two_hooks_of_others_are_not_put_together(desk: Desk, repo: Repo, tmp_path: Path) -> None:
    folder = repo.git_dir / "hooks"
    theirs(folder, "pre-push", tmp_path / "marker")
    theirs(folder, "pre-push.before-comms", tmp_path / "marker")
    before = listing(folder)

    install(desk, repo.path, "pre-push", "--force", "--pin", str(desk.pin), status=1)

    assert listing(folder) == before


def test_a_hook_that_another_tool_put_over_ours_stays(
    desk: Desk, repo: Repo, tmp_path: Path
) -> None:
    """As pre-commit does: it moves ours away, and runs it first."""
    folder = repo.git_dir / "hooks"
    install(desk, repo.path, "pre-commit")
    (folder / "pre-commit").rename(folder / "pre-commit.legacy")
    theirs(folder, "pre-commit", tmp_path / "marker", f"exec {folder}/pre-commit.legacy")
    record(repo).unlink()
    assert "append-only" in commit(repo.path, "-a").stderr
    before = listing(folder)

    answer = desk.comms(repo.path, "hook", "install", "--uninstall")

    assert "pre-commit: left alone" in answer.errors
    assert listing(folder) == before


# -- no comms


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder of programs without ``comms``."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for name in ("git", "sh", "dirname", "cat", "env"):
        found = shutil.which(name)
        assert found
        (folder / name).symlink_to(found)
    return folder


def without_comms(hook: Path, what: str = "/nowhere/comms") -> None:
    """Let the script name a program that is not there."""
    lines = hook.read_text().splitlines()
    own = next(line for line in lines if line.startswith("  if [ -x "))
    program = own.removeprefix("  if [ -x ").removesuffix(" ]; then")
    hook.write_text(hook.read_text().replace(program, what))


@pytest.mark.parametrize("what", ["missing", "broken"])
def test_a_receiver_without_comms_refuses(tmp_path: Path, elsewhere: Path, what: str) -> None:
    story = two_sent()
    hub = Hub.make(tmp_path / "hub", story)
    clone = cloned(tmp_path / "clone", story)
    story.fact("start", "09:14")
    clone.write(story)
    broken = tmp_path / "comms"
    broken.write_text("#!/nowhere/python\n")
    broken.chmod(0o755)
    without_comms(hub.hooks / "pre-receive", "/nowhere" if what == "missing" else str(broken))
    before = hub.refs

    done = push(clone.path, hub.repo.path, "main", PATH=str(elsewhere))

    assert not done.taken
    assert "comms is not found, or cannot be started: this push is refused." in done.said
    assert "ask the admin of this server to install comms" in done.said
    assert hub.refs == before


def test_a_clone_without_comms_refuses_too(
    desk: Desk, repo: Repo, tmp_path: Path, elsewhere: Path
) -> None:
    install(desk, repo.path)
    for name in ("pre-commit", "pre-push"):
        without_comms(repo.git_dir / "hooks" / name)
    (repo.path / "notes.md").write_text("x\n")
    repo.git("add", "notes.md")
    bare = Repo.make(tmp_path / "bare.git", bare=True)

    done = commit(repo.path, PATH=str(elsewhere))
    sent_ = push(repo.path, bare.path, "main", PATH=str(elsewhere))

    assert done.returncode == 1
    assert "this commit is refused" in done.stderr
    assert "comms hook install" in done.stderr
    assert not sent_.taken
    assert "this push is refused" in sent_.output


def test_another_comms_on_the_path_will_do(
    desk: Desk, repo: Repo, tmp_path: Path, elsewhere: Path
) -> None:
    install(desk, repo.path, "pre-commit")
    hook = repo.git_dir / "hooks" / "pre-commit"
    without_comms(hook)
    (elsewhere / "comms").write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/asked\n')
    (elsewhere / "comms").chmod(0o755)
    (repo.path / "notes.md").write_text("x\n")
    repo.git("add", "notes.md")

    assert commit(repo.path, PATH=str(elsewhere)).returncode == 0
    asked = (tmp_path / "asked").read_text()
    assert asked == f"hook run pre-commit --hooks {hook.parent} --\n"


@pytest.mark.parametrize("name", ["commscli", "typer", "json", "git", "subprocess"])
def test_python_files_of_the_repository_are_not_imported(
    desk: Desk, repo: Repo, tmp_path: Path, name: str
) -> None:
    """A hook runs in the work tree, where a drafter may put what they like."""
    install(desk, repo.path)
    marker = tmp_path / "ran"
    for path in (repo.path / f"{name}.py", repo.path / name / "__init__.py"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"open({str(marker)!r}, 'w').write('ran')\n")
    repo.git("add", "-f", ".")

    assert commit(repo.path).returncode == 0
    assert not marker.exists()


# -- the pin of a receiver


def test_a_receiver_without_a_pin_says_so_and_refuses_everything(tmp_path: Path) -> None:
    story = two_sent()
    hub = Hub.make(tmp_path / "hub")
    hub.repo.write(story)
    answer = hub.install()
    assert "note: no pin: every push is refused until there is one." in answer.errors
    clone = cloned(tmp_path / "clone", story)
    story.fact("start", "09:14")

    said = hub.refuses(clone.write(story).path, "main").said

    assert "undecided: no pin" in said
    assert "comms hook install pre-receive --pin FILE" in " ".join(said.split())


def test_the_pin_beside_the_hook_outranks_the_pushers_environment(tmp_path: Path) -> None:
    """Who pushes to a folder of the same machine runs the hook in an environment of theirs."""
    story, other = two_sent(), two_sent(sent())
    hub = Hub.make(tmp_path / "hub", pin=story.pin)
    clone = cloned(tmp_path / "clone", story)
    wrong = hub.pin_file(other.pin)
    wrong.write_text(wrong.read_text().replace(other.pin.genesis, "0" * 64))

    hub.takes(clone.path, "main", COMMS_PIN=str(wrong))


def test_a_pin_in_the_servers_environment_will_do(tmp_path: Path) -> None:
    story = two_sent()
    hub = Hub.make(tmp_path / "hub")
    hub.install()
    pin = hub.pin_file(story.pin)

    hub.takes(cloned(tmp_path / "clone", story).path, "main", COMMS_PIN=str(pin))


def test_a_file_that_is_no_pin_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    hub = Hub.make(tmp_path / "hub")
    (tmp_path / "no.pin").write_text("hello\n")
    before = listing(hub.hooks) if hub.hooks.exists() else {}

    answer = hub.desk.comms(
        hub.repo.path, "hook", "install", "pre-receive", "--pin", str(tmp_path / "no.pin")
    )

    assert answer.status == 2
    assert "is no pin" in answer.errors
    assert (listing(hub.hooks) if hub.hooks.exists() else {}) == before


def test_a_pin_that_was_spoilt_later_refuses(tmp_path: Path) -> None:
    story = two_sent()
    hub = Hub.make(tmp_path / "hub", story)
    (hub.hooks / "comms-pin").write_text("hello\n")
    clone = cloned(tmp_path / "clone", story)
    story.fact("start", "09:14")

    assert "is no pin" in hub.refuses(clone.write(story).path, "main").said


def test_a_trunk_that_is_not_there_is_told_of(tmp_path: Path) -> None:
    story = two_sent()
    hub = Hub.make(tmp_path / "hub")
    hub.repo.write(story, "other")

    answer = hub.install("--pin", str(hub.pin_file(story.pin)))

    assert "note: the trunk is main, which is not there: name it, --trunk main" in answer.errors
    assert "which is not there" not in hub.install("--trunk", "other").errors


def test_uninstall_takes_the_pin_and_what_passed_along(tmp_path: Path) -> None:
    story = two_sent()
    hub = Hub.make(tmp_path / "hub", story)
    clone = cloned(tmp_path / "clone", story)
    story.fact("start", "09:14")
    clone.write(story)
    hub.takes(clone.path, "main")
    assert {"comms-pin", "comms-passed.json", "pre-receive"} <= set(listing(hub.hooks))

    hub.install("--uninstall")

    assert {"comms-pin", "comms-passed.json", "pre-receive"} & set(listing(hub.hooks)) == set()
    story.commit({f"{story.folder}/draft.md": b"Other words.\n"})
    hub.takes(clone.write(story).path, "main")


def test_the_document_says_what_there_is(tmp_path: Path) -> None:
    story = two_sent()
    hub = Hub.make(tmp_path / "hub", story)

    document = json.loads(hub.install("--json").output)

    assert document["schema"] == "comms/hooks@1"
    assert document["folder"] == str(hub.hooks)
    assert document["pin"] == str(hub.hooks / "comms-pin")
    assert document["hooks"] == [
        {"hook": "pre-receive", "path": str(hub.hooks / "pre-receive"), "state": "renewed"}
    ]


def test_outside_of_a_repository(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    answer = desk.comms(tmp_path / "empty", "hook", "install")

    assert (answer.status, "is not in a git repository" in answer.errors) == (2, True)


def test_git_is_the_one_that_runs_them(desk: Desk, repo: Repo) -> None:
    """What this program commits goes past hooks; plain git does not."""
    install(desk, repo.path)
    record(repo).unlink()
    assert commit(repo.path, "-a").returncode == 1
    assert git("log", "-1", "--format=%H", cwd=repo.path).strip() == repo.head
    assert commit(repo.path, "-a", "--no-verify").returncode == 0
