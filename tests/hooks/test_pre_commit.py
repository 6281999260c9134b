"""What is staged by hand, and what git does with it once the hook is there."""

import subprocess
import time
from pathlib import Path

import pytest

from tests.hooks.hub import cloned
from tests.support.repos import ENVIRONMENT, Desk, Repo
from tests.support.story import Story, passed, sent, with_role


@pytest.fixture
def story() -> Story:
    return sent()


@pytest.fixture
def repo(tmp_path: Path, story: Story) -> Repo:
    return hooked(tmp_path, story)


def hooked(folder: Path, story: Story) -> Repo:
    repo = cloned(folder / "clone", story).checkout()
    answer = Desk.of(folder, story).comms(repo.path, "hook", "install", "pre-commit")
    assert answer.status == 0
    return repo


def commit(repo: Repo, *words: str, edit: str = "-m") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["git", "commit", "-q", edit, *(["edit"] if edit == "-m" else []), *words],
        cwd=repo.path, env=ENVIRONMENT, capture_output=True, check=False, text=True,
    )  # fmt: skip


def refused(repo: Repo, rule: str, *says: str, words: tuple[str, ...] = ()) -> None:
    """Commit; the hook has to refuse it, by a rule, and nothing may have changed."""
    head, staged = repo.head, repo.git("ls-files", "--stage")

    done = commit(repo, *words)

    assert done.returncode == 1, done
    assert done.stderr.startswith("comms refuses this commit; nothing has changed.\n")
    assert f"  {rule}: " in done.stderr, done.stderr
    flowing = " ".join(done.stderr.split())
    assert [text for text in says if text not in flowing] == [], done.stderr
    assert "next: git " in flowing
    assert (repo.head, repo.git("ls-files", "--stage")) == (head, staged)


def put(repo: Repo, path: str, text: str | bytes) -> Path:
    file = repo.path / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    repo.git("add", "-f", path)
    return file


def some_record(story: Story, kind: str = "ok") -> str:
    return story.path(story.of_kind(kind)[0].digest)


# -- what anybody may do


def test_ordinary_work(repo: Repo) -> None:
    put(repo, "README.md", "ours\n")
    put(repo, "templates/base/message.md", "---\n---\nnew\n")
    put(repo, "proposals/trust/0002.yaml", "anything\n")
    put(repo, "incidents/2026-11-22-checkout-outage/report.md", "what was\n")

    assert commit(repo).returncode == 0


def test_the_first_commit_of_a_repository(tmp_path: Path) -> None:
    repo = Repo.make(tmp_path / "new")
    assert Desk.of(tmp_path, None).comms(repo.path, "hook", "install").status == 0
    put(repo, "README.md", "ours\n")
    assert commit(repo).returncode == 0

    repo.git("update-ref", "-d", "HEAD")
    put(repo, "incidents/2026-11-22-x/records/20261122T120000Z-fact-00000000.yaml", "x\n")
    assert "hand-made-record" in commit(repo).stderr


def test_words_before_they_are_sent(tmp_path: Path) -> None:
    story = passed()
    repo = hooked(tmp_path, story)
    put(repo, f"{story.folder}/draft.md", "Other words.\n")
    put(repo, f"{story.folder}/attachments/plan.pdf", "%PDF\n")

    assert commit(repo).returncode == 0


def test_a_trust_version_that_admins_signed_by_hand(tmp_path: Path, story: Story) -> None:
    repo = hooked(tmp_path, story)
    story.change_trust(lambda trust: with_role(trust, "max", "legal-officer"))
    for path in ("trust/0002.yaml", "trust/0002.ada.sig"):
        put(repo, path, story.tree[path].data)

    assert commit(repo).returncode == 0


def test_what_is_in_the_work_tree_alone_is_not_looked_at(repo: Repo, story: Story) -> None:
    (repo.path / some_record(story)).unlink()
    put(repo, "README.md", "ours\n")

    assert commit(repo).returncode == 0


# -- what nobody may do


def test_a_record_removed(repo: Repo, story: Story) -> None:
    path = some_record(story)
    repo.git("rm", "-q", path)

    refused(
        repo, "append-only", path, "would remove it", f"git restore --staged --worktree -- {path}"
    )


def test_the_command_that_is_named_mends_it(repo: Repo, story: Story) -> None:
    path = some_record(story)
    repo.git("rm", "-q", path)
    said = " ".join(commit(repo).stderr.split())
    repo.git(*said.partition("next: git ")[2].split())
    put(repo, "README.md", "ours\n")

    assert commit(repo).returncode == 0
    assert (repo.path / path).exists()


@pytest.mark.parametrize("what", ["content", "mode", "link"])
def test_a_record_changed(repo: Repo, story: Story, what: str) -> None:
    path = some_record(story)
    if what == "content":
        put(repo, path, (repo.path / path).read_text() + "more: 1\n")
    elif what == "mode":
        repo.git("update-index", "--chmod=+x", path)
    else:
        (repo.path / path).unlink()
        (repo.path / path).symlink_to("elsewhere")
        repo.git("add", path)

    refused(repo, "append-only", "would change it")


def test_a_record_renamed(repo: Repo, story: Story) -> None:
    path = some_record(story)
    repo.git("mv", path, path.replace("T09", "T10"))

    refused(repo, "append-only", "would remove it")


def test_a_trust_version_changed(repo: Repo) -> None:
    put(repo, "trust/0001.yaml", "more\n")

    refused(repo, "append-only", "trust/0001.yaml")


@pytest.mark.parametrize("path", ["trust/notes.txt", "trust/0002.yml", "trust/sub/0002.yaml"])
def test_a_stray_file_in_trust(repo: Repo, path: str) -> None:
    put(repo, path, "x\n")

    refused(repo, "stray-file", path)


def test_a_program_in_trust(repo: Repo) -> None:
    put(repo, "trust/0002.yaml", "x\n")
    repo.git("update-index", "--chmod=+x", "trust/0002.yaml")

    refused(repo, "stray-file")


def test_a_record_made_by_hand(repo: Repo, story: Story) -> None:
    path = f"{story.folder}/records/20261122T100000Z-ok-00000000.yaml"
    put(repo, path, "kind: ok\n")

    refused(repo, "hand-made-record", path, "comms sync")


def test_a_record_copied_from_another_branch(tmp_path: Path, story: Story) -> None:
    """A rebase or cherry-pick that stops: its commit would be signed by somebody else."""
    repo = hooked(tmp_path, story)
    side = story.aside()
    fact = side.fact("start", "09:14")
    repo.write(side, "side")
    repo.git("checkout", "-q", "side", "--", side.path(fact), f"{side.path(fact)}.sig")

    refused(repo, "hand-made-record")


def test_a_record_put_back_as_it_was(repo: Repo, story: Story) -> None:
    path = some_record(story)
    repo.git("rm", "-q", path)
    assert commit(repo, "--no-verify").returncode == 0
    repo.git("checkout", "-q", "HEAD~1", "--", path)
    assert commit(repo).returncode == 0

    repo.git("rm", "-q", path)
    assert commit(repo, "--no-verify").returncode == 0
    put(repo, path, "something else\n")
    refused(repo, "hand-made-record")


@pytest.mark.parametrize("what", ["change", "remove", "attach"])
def test_words_after_they_were_sent(repo: Repo, story: Story, what: str) -> None:
    path = f"{story.folder}/draft.md"
    if what == "change":
        put(repo, path, "Other words.\n")
    elif what == "remove":
        repo.git("rm", "-q", path)
    else:
        put(repo, f"{story.folder}/attachments/plan.pdf", "%PDF\n")

    refused(repo, "frozen-draft", "this message was sent")


# -- which index


def test_all_at_once(repo: Repo, story: Story) -> None:
    """``-a`` commits an index that only the environment of the hook names."""
    (repo.path / some_record(story)).unlink()
    (repo.path / "comms.yaml").write_text("organisation: Other\n")

    done = commit(repo, "-a")

    assert "  append-only: " in done.stderr
    assert done.returncode == 1


def test_one_path_alone(repo: Repo, story: Story) -> None:
    """``git commit PATH`` leaves the rest of the index out, bad as it may be."""
    repo.git("rm", "-q", some_record(story))
    (repo.path / "comms.yaml").write_text("organisation: Other\n")

    assert commit(repo, "comms.yaml").returncode == 0
    refused(repo, "append-only")


def test_from_a_folder_below(repo: Repo, story: Story) -> None:
    repo.git("rm", "-q", some_record(story))

    done = commit(Repo(path=repo.path / "trust"))

    assert "  append-only: " in done.stderr


# -- merges


@pytest.fixture
def merging(tmp_path: Path, story: Story) -> tuple[Repo, Story]:
    """A merge that stopped: both sides brought a record, and changed one ordinary line."""
    side = story.aside()
    side.fact("start", "09:14")
    side.commit({"comms.yaml": b"organisation: Theirs\n"})
    story.fact("services", "payments")
    story.commit({"comms.yaml": b"organisation: Ours\n"})
    repo = hooked(tmp_path, story)
    repo.write(side, "side")
    repo.git("merge", "-q", "side", ok=False)
    assert (repo.git_dir / "MERGE_HEAD").exists()
    put(repo, "comms.yaml", "organisation: Both\n")
    return repo, side


def test_a_merge_brought_to_its_end(merging: tuple[Repo, Story]) -> None:
    repo, _ = merging

    assert commit(repo, edit="--no-edit").returncode == 0
    assert len(repo.git("log", "-1", "--format=%P").split()) == 2


def test_a_merge_that_drops_a_record_of_the_other_side(merging: tuple[Repo, Story]) -> None:
    repo, side = merging
    path = next(path for path in side.tree if "-fact-" in path and path.endswith(".yaml"))
    repo.git("rm", "-q", "--cached", path)

    refused(repo, "append-only", path)


def test_a_merge_that_brings_a_record_of_its_own(merging: tuple[Repo, Story]) -> None:
    repo, side = merging
    put(repo, f"{side.folder}/records/20261122T100000Z-ok-00000000.yaml", "kind: ok\n")

    refused(repo, "merged-record", "none of the sides")


def test_a_merge_that_changes_sent_words(merging: tuple[Repo, Story]) -> None:
    repo, side = merging
    put(repo, f"{side.folder}/draft.md", "Other words.\n")

    refused(repo, "frozen-draft")


def test_a_merge_of_a_branch_that_sent(tmp_path: Path) -> None:
    """The other side recorded new words and sent them: they come in as they are there."""
    story = passed()
    side = story.aside()
    side.draft("Better words.\n")
    side.pass_gates()
    side.send()
    side.commit({"comms.yaml": b"organisation: Theirs\n"})
    story.commit({"comms.yaml": b"organisation: Ours\n"})
    repo = hooked(tmp_path, story)
    repo.write(side, "side")
    repo.git("merge", "-q", "side", ok=False)
    put(repo, "comms.yaml", "organisation: Both\n")

    assert commit(repo, edit="--no-edit").returncode == 0


# -- what does not run, and how long it takes


def test_no_filter_of_the_repository_runs(repo: Repo, tmp_path: Path, story: Story) -> None:
    marker = tmp_path / "ran"
    evil = tmp_path / "evil"
    evil.write_text(f'#!/bin/sh\necho "$0 $@" >> {marker}\nexec cat\n')
    evil.chmod(0o755)
    put(repo, ".gitattributes", "* filter=evil diff=evil\n")
    repo.git("rm", "-q", some_record(story))
    for key in ("filter.evil.clean", "filter.evil.smudge", "diff.evil.textconv", "core.fsmonitor"):
        repo.git("config", key, str(evil))
    desk = Desk.of(tmp_path / "other", story)

    answer = desk.comms(repo.path, "hook", "run", "pre-commit")

    assert answer.status == 1
    assert not marker.exists(), marker.read_text()


def test_it_is_quick(repo: Repo) -> None:
    for number in range(2000):
        put_file = repo.path / f"notes/{number}.md"
        put_file.parent.mkdir(exist_ok=True)
        put_file.write_text("x\n")
    repo.git("add", "notes")
    before = time.monotonic()

    assert commit(repo).returncode == 0

    assert time.monotonic() - before < 10, "seconds, on a machine that does other things too"


def test_the_answer_as_a_document(repo: Repo, tmp_path: Path, story: Story) -> None:
    path = some_record(story)
    repo.git("rm", "-q", path)

    answer = Desk.of(tmp_path / "other", story).comms(
        repo.path, "hook", "run", "pre-commit", "--json"
    )

    assert answer.json["schema"] == "comms/hook@1"
    assert (answer.json["hook"], answer.json["outcome"]) == ("pre-commit", "refused")
    assert [(r["rule"], r["path"]) for r in answer.json["refusals"]] == [("append-only", path)]
