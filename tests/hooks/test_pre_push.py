"""What somebody shares by hand, and what git does with it once the hook is there."""

import subprocess
from pathlib import Path

import pytest

from tests.attacks.staging import two_sent
from tests.hooks.hub import Pushed, pushed
from tests.support.repos import ENVIRONMENT, Desk, Repo, git
from tests.support.story import Story

MAIN = "refs/heads/main"


class Clone:
    """Somebody's clone of a bare repository, with the hook in the clone."""

    def __init__(self, folder: Path, story: Story) -> None:
        self.story = story
        self.hub = Repo.make(folder / "hub.git", bare=True).write(story)
        git("clone", "-q", str(self.hub.path), str(folder / "clone"), cwd=folder)
        self.repo = Repo(path=folder / "clone")
        self.desk = Desk.of(folder, story)
        answer = self.desk.comms(
            self.repo.path, "hook", "install", "pre-push", "--pin", str(self.desk.pin)
        )
        assert answer.status == 0, answer

    def at(self, story: Story | None = None, branch: str = "main") -> "Clone":
        self.repo.write(story or self.story, branch)
        return self

    def push(self, *words: str) -> Pushed:
        done = subprocess.run(
            ["git", "push", "origin", *words], cwd=self.repo.path, env=ENVIRONMENT,
            capture_output=True, check=False,
        )  # fmt: skip
        return pushed(done)

    def takes(self, *words: str) -> None:
        done = self.push(*words)
        assert done.taken, done.output

    def refuses(self, rule: str, *words: str) -> str:
        refs = self.hub.git("for-each-ref")
        done = self.push(*words)
        assert not done.taken, done.output
        assert "comms refuses this push; nothing has left." in done.output
        assert f"  {rule}: " in done.output, done.output
        assert self.hub.git("for-each-ref") == refs
        return " ".join(done.output.split())


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path, two_sent())


def test_honest_work(clone: Clone) -> None:
    clone.story.fact("start", "09:14")
    clone.at().takes("main")
    side = clone.story.aside()
    side.fact("services", "payments")
    clone.at(side, "side").takes("side")
    clone.story.merge(side)
    clone.at().takes("main")
    clone.takes("main:refs/tags/v1")
    clone.takes(":side")


def test_nothing_to_push(clone: Clone) -> None:
    clone.takes("main")


def test_a_first_push(tmp_path: Path) -> None:
    clone = Clone(tmp_path, two_sent())
    other = Repo.make(tmp_path / "other.git", bare=True)
    clone.repo.git("remote", "add", "other", str(other.path))
    clone.repo.git("remote", "set-url", "origin", str(other.path))

    clone.takes("main")

    assert other.git("rev-parse", MAIN).strip() == clone.story.tip


def test_a_warning_of_the_check_passes(clone: Clone) -> None:
    clone.story.object("legal", by="leo")

    clone.at().takes("main")


@pytest.mark.parametrize("how", ["removed", "changed"])
def test_a_record_lost(clone: Clone, how: str) -> None:
    path = clone.story.path(clone.story.of_kind("ok")[0].digest)
    clone.story.commit({path: None if how == "removed" else b"other\n"})

    assert path in clone.at().refuses("append-only", "main")


def test_a_squash(clone: Clone) -> None:
    """The records are whole and signed; the commit is nobody's who wrote them."""
    side = clone.story.aside()
    side.fact("start", "09:14")
    side.fact("services", "payments")
    clone.at(side, "side")
    clone.repo.git("reset", "-q", "--hard")
    clone.repo.git("merge", "-q", "--squash", "side")
    clone.repo.git("commit", "-q", "--no-verify", "-m", "squashed")

    assert "comms sync: it merges" in clone.refuses("commit-signature-lost", "main")


def test_a_rebase(clone: Clone) -> None:
    side = clone.story.aside()
    side.fact("start", "09:14")
    clone.story.fact("services", "payments")
    clone.at().takes("main")
    clone.at(side, "side").repo.git("reset", "-q", "--hard")
    clone.repo.git("rebase", "-q", "main", "side")

    clone.refuses("commit-signature-lost", "side:main")


def test_a_squash_that_was_shared_long_ago_is_no_reason_now(clone: Clone) -> None:
    side = clone.story.aside()
    fact = side.fact("start", "09:14")
    files = {p: side.tree[p] for p in (side.path(fact), f"{side.path(fact)}.sig")}
    clone.story.commit(dict(files), by="")
    clone.hub.write(clone.story)
    clone.repo.git("fetch", "-q")
    clone.story.fact("services", "payments")

    clone.at().takes("main")


def test_the_trunk_deleted(clone: Clone) -> None:
    clone.refuses("trunk-deleted", ":main")


def test_the_trunk_forced_back(clone: Clone) -> None:
    clone.repo.point(clone.repo.git("rev-parse", "main~1").strip())

    assert "comms sync" in clone.refuses("trunk-rewritten", "+main")


def test_the_trunk_forced_over_what_was_never_fetched(clone: Clone) -> None:
    other = two_sent()
    other.fact("start", "09:14")
    clone.hub.write(other)
    clone.story.fact("services", "payments")

    assert "has not seen it" in clone.at().refuses("trunk-rewritten", "+main")


def test_a_trunk_of_another_name(clone: Clone) -> None:
    clone.hub.git("branch", "trunk")
    clone.hub.git("symbolic-ref", "HEAD", "refs/heads/trunk")
    clone.repo.git("fetch", "-q")
    clone.repo.git("remote", "set-head", "origin", "-a")

    clone.refuses("trunk-deleted", ":trunk")
    clone.takes(":main")


def test_a_work_branch_forced(clone: Clone) -> None:
    for name in ("one", "two"):
        side = clone.story.aside()
        side.commit({"notes.md": name.encode()})
        clone.at(side, "side").takes("+side")


def test_a_replace_ref(clone: Clone) -> None:
    clone.repo.git("replace", "main", "main~1")

    clone.refuses("replace-ref", "refs/replace/*")


def test_several_branches_and_each_is_looked_at(clone: Clone) -> None:
    bad = clone.story.aside()
    bad.commit({f"{bad.folder}/draft.md": b"Other words.\n"})
    clone.story.fact("start", "09:14")
    clone.at().at(bad, "bad")

    said = clone.refuses("frozen-draft", "main", "bad")

    assert "refs/heads/bad" in said
    assert "refs/heads/main " not in said


def test_without_a_pin_it_cannot_be_decided(clone: Clone) -> None:
    (clone.repo.git_dir / "hooks" / "comms-pin").unlink()
    clone.story.fact("start", "09:14")

    assert "comms doctor" in clone.at().refuses("undecided", "main")


def test_what_is_not_checked_out_is_judged_by_what_is_pushed(clone: Clone) -> None:
    side = clone.story.aside()
    side.commit({f"{side.folder}/draft.md": b"Other words.\n"})

    clone.at(side, "side").refuses("frozen-draft", "side:refs/heads/other")


# -- as pre-commit starts it: git's lines stay with it, and variables tell of one branch


def by_pre_commit(clone: Clone, new: str, old: str) -> str:
    told = {
        "PRE_COMMIT_LOCAL_BRANCH": MAIN, "PRE_COMMIT_REMOTE_BRANCH": MAIN,
        "PRE_COMMIT_TO_REF": new, "PRE_COMMIT_FROM_REF": old, "PRE_COMMIT_REMOTE_NAME": "origin",
        "COMMS_PIN": str(clone.desk.pin),
    }  # fmt: skip
    done = subprocess.run(
        ["comms", "hook", "run", "pre-push"], cwd=clone.repo.path, capture_output=True,
        env=ENVIRONMENT | told | {"PATH": path_of_comms(clone)}, check=False, text=True,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return f"{done.returncode} {done.stderr}"


def path_of_comms(clone: Clone) -> str:
    script = (clone.repo.git_dir / "hooks" / "pre-push").read_text()
    found = script.partition("if [ -x ")[2].partition(" ]")[0]
    return f"{Path(found).parent}:{ENVIRONMENT['PATH']}"


def test_pre_commit_tells_of_one_branch(clone: Clone) -> None:
    old = clone.story.tip
    new = clone.story.fact("start", "09:14")
    assert by_pre_commit(clone.at(), clone.story.tip, old) == "0 "
    clone.story.commit({f"{clone.story.folder}/draft.md": b"Other words.\n"})

    said = by_pre_commit(clone.at(), clone.story.tip, old)

    assert new
    assert said.startswith("1 comms refuses this push")
    assert "frozen-draft" in said


@pytest.mark.parametrize("said", [b"hello\n", b"a b c d\n", b"\xff\n", b"x" * 100_000])
def test_what_is_no_list_of_refs_is_refused(clone: Clone, said: bytes) -> None:
    done = subprocess.run(
        ["comms", "hook", "run", "pre-push", "--", "origin", "url"], cwd=clone.repo.path,
        env=ENVIRONMENT | {"PATH": path_of_comms(clone)}, input=said, capture_output=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 3
    assert b"  undecided: git " in done.stderr
