"""Repositories of every shape: bare, detached, adopted, with worktrees and with submodules."""

from pathlib import Path

import pytest

from tests.honest.office import Office, accept
from tests.honest.stories import drafted, sent_once, sent_under_sha256
from tests.support.repos import git
from tests.support.story import Story, first_trust


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office.of(tmp_path, sent_once)


def test_a_bare_repository(office: Office) -> None:
    assert office.green(office.hub)["checked"]["sent"] == 1


def test_a_mirror_with_all_its_refs(office: Office) -> None:
    office.hub.git("update-ref", "refs/pull/1/head", "HEAD~2")
    clone = office.clone("mirror", "--mirror")

    office.green(clone)


@pytest.mark.parametrize("where", ["HEAD", "HEAD~1", "v1"])
def test_a_detached_head(office: Office, where: str) -> None:
    clone = office.clone("clone")
    clone.git("tag", "-a", "-m", "a tag", "v1")
    clone.git("checkout", "-q", "--detach", where)

    office.green(clone, *(["unfinished-send"] if where == "HEAD~1" else []))


def test_a_worktree(office: Office) -> None:
    clone = office.clone("clone")
    clone.git("worktree", "add", "-q", "-b", "other", str(office.folder / "tree"))
    other = type(clone)(path=office.folder / "tree")
    assert (other.path / ".git").is_file()

    assert office.green(other)["head"] == clone.head


def test_a_worktree_of_a_bare_repository(office: Office) -> None:
    office.hub.git("worktree", "add", "-q", str(office.folder / "tree"), "main")

    office.green(type(office.hub)(path=office.folder / "tree"))


def test_a_folder_deep_in_the_work_tree(office: Office) -> None:
    clone = office.clone("clone")

    office.green(type(clone)(path=clone.path / office.story.folder))


def test_a_submodule_elsewhere(office: Office) -> None:
    clone = office.clone("clone")
    words = ("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(office.hub.path))
    clone.git(*words, "vendor/messages")
    clone.git("commit", "-q", "-m", "Add a submodule")

    office.green(clone)
    office.green(type(clone)(path=clone.path / "vendor" / "messages"))


def test_as_a_submodule_of_something_else(office: Office) -> None:
    git("init", "-q", "-b", "main", "outer", cwd=office.folder)
    words = ("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(office.hub.path))
    git(*words, "messages", cwd=office.folder / "outer")

    office.green(type(office.hub)(path=office.folder / "outer" / "messages"))


@pytest.mark.parametrize("words", [("--reference",), ("--shared",), ("--no-hardlinks",)])
def test_a_clone_that_borrows(office: Office, words: tuple[str, ...]) -> None:
    first = office.clone("first")
    more = (*words, str(first.path)) if words == ("--reference",) else words

    office.green(office.clone("second", *more))


def test_a_clone_of_one_branch_of_many(office: Office) -> None:
    other = office.story.aside()
    other.fact("start", "09:14")
    office.share(other, "other")

    office.green(office.clone("clone", "--single-branch", "-b", "other"))


def test_longer_object_names(tmp_path: Path) -> None:
    office = Office.of(tmp_path, sent_under_sha256)
    clone = office.clone("clone")
    (clone.path / "notes.md").write_text("nothing\n")
    clone.commit()
    clone.git("checkout", "-q", "-b", "side", "HEAD~1")
    (clone.path / "other.md").write_text("nothing\n")
    clone.commit()
    clone.git("merge", "-q", "--no-ff", "-m", "Merge", "main")

    document = office.green(clone)
    assert len(document["head"]) == 64


def adopted() -> Story:
    """A repository that had a history, branches and a merge before anybody thought of this."""
    story = object.__new__(Story)
    story.shelf, story.head = drafted().shelf, -1
    story.shelf.nodes.clear()
    story.incident, story.message = drafted().incident, drafted().message
    story.drill, story.genesis = False, drafted().genesis
    story.commit({"README.md": b"Ours\n"})
    side = story.aside()
    side.commit({"src/main.c": b"int main;\n"})
    story.commit({"incidents.md": b"what we do\n", "trust.txt": b"x\n"})
    story.merge(side)
    story.genesis = story.introduce(first_trust(), signers=("ada", "alf"))
    return story


def test_an_adopted_repository(tmp_path: Path) -> None:
    office = Office.of(tmp_path, adopted)
    story = office.story
    old = story.aside()
    old.head = 1
    old.commit({"src/old.c": b"int old;\n"})
    story.declare()
    story.draft()
    story.pass_gates()
    story.merge(old)
    story.send()
    office.share(story, "main")

    assert office.green(office.clone("clone"))["checked"]["sent"] == 1


def test_two_histories_that_became_one_before(tmp_path: Path) -> None:
    """Two roots, merged before the first roster: the roster knows them both."""
    office = Office.of(tmp_path, adopted)
    story = office.story.aside()
    story.head = 3
    other = story.aside()
    other.head = -1
    other.commit({"imported.md": b"from elsewhere\n"})
    story.merge(other)
    office.story.shelf = story.shelf
    office.story.head = story.head
    again = office.story.introduce(first_trust(), signers=("ada", "alf"))
    assert again == office.story.genesis
    office.share(office.story, "main")

    office.green(office.clone("clone"))


# -- other people's files


@pytest.mark.parametrize(
    "path",
    ["README.md", "incidents/README.md", "audiences.yaml", "templates/own.md", "src/a/b/c.txt",
     "incidents/2026-11-22-checkout-outage/report.md", ".github/workflows/check.yml",
     ".gitattributes"],
)  # fmt: skip
def test_a_web_editor_edits_an_unprotected_file(office: Office, path: str) -> None:
    clone = office.clone("clone")
    for text in ("one\n", "two\n"):
        (clone.path / path).parent.mkdir(parents=True, exist_ok=True)
        (clone.path / path).write_text(text)
        clone.commit("Update file")
    (clone.path / path).unlink()
    clone.commit("Delete file")

    office.green(clone)


def test_a_web_editor_edits_a_draft_that_is_not_sent(tmp_path: Path) -> None:
    """Edited and not recorded: nothing counts for it, and nothing is wrong with it."""
    office = Office.of(tmp_path, drafted)
    clone = office.clone("clone")
    (clone.path / office.story.folder / "draft.md").write_text("Better words.\n")
    clone.commit("Update draft.md")
    (clone.path / office.story.folder / "attachments").mkdir()
    (clone.path / office.story.folder / "attachments" / "plan.txt").write_text("a plan\n")
    clone.commit("Add files via upload")

    office.green(clone)


def test_a_web_editor_edits_a_draft_that_was_sent(office: Office) -> None:
    """That is no honest flow, and the way out is to put the words back and accept it."""
    clone = office.clone("clone")
    (clone.path / office.story.folder / "draft.md").write_text("Better words.\n")
    edited = clone.commit("Update draft.md")
    office.red(clone, "frozen-draft")
    clone.git("revert", "--no-edit", "HEAD")
    restored = clone.head
    document = office.red(clone, "frozen-draft")

    assert {f["commit"] for f in document["findings"]} == {edited, restored}
    accept(clone, office.story, "frozen-draft", edited, restored)
    office.green(clone, accepted=["frozen-draft"])
