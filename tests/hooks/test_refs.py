"""What a push may do to refs, pushed for real: what is honest is taken, what is not is refused."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from commscli.domain.ids import CommitId
from tests.attacks.staging import two_sent
from tests.hooks.hostile_client import pack, send
from tests.hooks.hub import Hub, cloned, push
from tests.support.repos import Repo
from tests.support.story import Story, passed, sent, with_role

MAIN = "refs/heads/main"
NOBODY = "0" * 40


class Office:
    """A story on the hub's main, and a clone of it in which the story goes on."""

    def __init__(self, folder: Path, story: Story) -> None:
        self.story = story
        self.hub = Hub.make(folder / "hub", story)
        self.clone = cloned(folder / "clone", story)

    def at(self, story: Story | None = None, branch: str = "main") -> "Office":
        """Let a branch of the clone be where a story is now."""
        self.clone.write(story or self.story, branch)
        return self

    def takes(self, *words: str) -> str:
        return self.hub.takes(self.clone.path, *words).said

    def refuses(self, *words: str) -> str:
        return self.hub.refuses(self.clone.path, *words).said


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path, two_sent())


@pytest.fixture
def waiting(tmp_path: Path) -> Office:
    """Here one message waits to be sent."""
    return Office(tmp_path, passed())


def is_refused(said: str, ref: str, rule: str, *words: str) -> None:
    lines = said.split("\n")
    assert lines[0] == "comms refuses this push; no ref has changed."
    assert ref in lines
    assert any(line.startswith(f"  {rule}:") for line in lines), said
    flowing = " ".join(said.split())
    assert [text for text in words if text not in flowing] == []


# -- honest


def test_records_go_on(waiting: Office) -> None:
    waiting.story.send()

    assert waiting.at().takes("main") == ""
    assert waiting.hub.refs == {MAIN: waiting.story.tip}


def test_a_trust_version_by_its_admin(office: Office) -> None:
    office.story.change_trust(lambda trust: with_role(trust, "max", "legal-officer"))

    office.at().takes("main")


def test_a_branch_is_made_goes_on_is_merged_and_deleted(office: Office) -> None:
    side = office.story.aside()
    side.fact("start", "09:14")
    office.at(side, "side").takes("side")
    side.fact("services", "payments")
    office.at(side, "side").takes("side")
    office.story.commit({"notes.md": b"nothing\n"})
    office.at().takes("main")
    office.story.merge(side)
    office.at().takes("main")

    office.takes(":side")

    assert office.hub.refs == {MAIN: office.story.tip}


def test_a_branch_goes_back_as_far_as_no_record_is_lost(office: Office) -> None:
    side = office.story.aside()
    side.commit({"notes.md": b"one\n"})
    office.at(side, "side").takes("side")
    other = office.story.aside()
    other.commit({"notes.md": b"two\n"})

    office.at(other, "side").takes("+side")

    assert office.hub.refs["refs/heads/side"] == other.tip


def test_a_branch_whose_records_another_branch_has_is_deleted(office: Office) -> None:
    side = office.story.aside()
    side.fact("start", "09:14")
    office.at(side, "one").at(side, "two").takes("one", "two")

    office.takes(":one")

    assert set(office.hub.refs) == {MAIN, "refs/heads/two"}


def test_tags_and_notes(office: Office) -> None:
    office.clone.git("tag", "v1", "main~2")
    office.clone.git("tag", "-a", "-m", "one", "v2", "main")
    office.clone.git("notes", "add", "-m", "seen by the auditors", "main")

    office.takes("v1", "v2", "refs/notes/commits")
    office.takes(":v1", ":v2", ":refs/notes/commits")

    assert set(office.hub.refs) == {MAIN}


def test_a_warning_passes_and_is_told_of(office: Office) -> None:
    office.story.object("legal", by="leo")

    assert office.at().takes("main") == "comms: passed, with 1 warning: comms check"


def test_a_message_that_is_not_finished_is_no_reason(tmp_path: Path) -> None:
    office = Office(tmp_path, Story())
    office.story.declare()
    office.story.draft()
    office.story.ok("accuracy")

    assert office.at().takes("main") == ""


def test_the_first_push_into_an_empty_repository(tmp_path: Path) -> None:
    story = two_sent()
    hub = Hub.make(tmp_path / "hub", pin=story.pin)
    clone = cloned(tmp_path / "clone", story)

    hub.takes(clone.path, "main")

    assert hub.refs == {MAIN: story.tip}


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_both_formats_of_objects(tmp_path: Path, object_format: str) -> None:
    story = two_sent(sent(object_format=object_format))
    office = Office(tmp_path, story)
    story.fact("start", "09:14")
    office.at().takes("main")
    story.commit({f"{story.folder}/draft.md": b"Other words.\n"})

    is_refused(office.at().refuses("main"), MAIN, "frozen-draft")


def test_nothing_of_a_refused_push_stays(office: Office) -> None:
    made = office.story.commit({f"{office.story.folder}/draft.md": b"Other words.\n"})

    office.at().refuses("main")

    assert office.hub.repo.git("cat-file", "-t", made, ok=False) == ""


# -- the trunk


def test_the_trunk_deleted(office: Office) -> None:
    is_refused(office.refuses(":main"), MAIN, "trunk-deleted")


def test_the_trunk_rolled_back(office: Office) -> None:
    office.clone.point(office.clone.git("rev-parse", "main~1").strip())

    is_refused(office.refuses("+main"), MAIN, "trunk-rewritten", "comms sync")


def test_the_trunk_rewritten_with_every_record_in_it(office: Office) -> None:
    """The same tree in a commit of one's own: a check with the plain pin would pass it."""
    tree = office.clone.git("rev-parse", "main^{tree}").strip()
    other = office.clone.git("commit-tree", "-p", "main~1", "-m", "again", tree).strip()
    office.clone.point(other)

    is_refused(office.refuses("+main"), MAIN, "trunk-rewritten")


def test_the_trunk_is_what_the_admin_names(office: Office) -> None:
    office.hub.repo.git("symbolic-ref", "HEAD", "refs/heads/other")
    office.takes("main:other", "main:work")
    office.hub.install("--trunk", "main")

    is_refused(office.refuses(":main"), MAIN, "trunk-deleted")
    office.takes(":work")


def test_no_trunk_that_anybody_names(office: Office) -> None:
    office.hub.repo.git("update-ref", "--no-deref", "HEAD", office.story.tip)
    office.story.fact("start", "09:14")

    said = office.at().refuses("main")

    assert "undecided: nothing says which branch is the trunk" in said
    assert "git config comms.trunk main" in " ".join(said.split())


# -- other branches


def with_fact(office: Office, branch: str) -> Story:
    side = office.story.aside()
    side.fact("start", "09:14")
    office.at(side, branch).takes(branch)
    return side


def test_a_branch_deleted_with_the_only_copy_of_a_record(office: Office) -> None:
    side = with_fact(office, "side")
    record = next(path for path in side.tree if "-fact-" in path)

    is_refused(office.refuses(":side"), "refs/heads/side", "append-only", record)


def test_a_branch_rewritten_without_a_record(office: Office) -> None:
    with_fact(office, "side")
    other = office.story.aside()
    other.commit({"notes.md": b"two\n"})

    is_refused(office.at(other, "side").refuses("+side"), "refs/heads/side", "append-only")


def test_both_branches_that_have_a_record_deleted_at_once(office: Office) -> None:
    side = with_fact(office, "one")
    office.at(side, "two").takes("two")

    said = office.refuses(":one", ":two")

    is_refused(said, "refs/heads/one", "append-only")
    is_refused(said, "refs/heads/two", "append-only")


def test_a_branch_deleted_with_the_only_copy_of_a_trust_version(office: Office) -> None:
    side = office.story.aside()
    side.change_trust(lambda trust: with_role(trust, "max", "legal-officer"))
    office.at(side, "side").takes("side")

    is_refused(office.refuses(":side"), "refs/heads/side", "append-only", "trust/0002.yaml")


def test_an_attack_on_a_branch_that_nobody_protects(office: Office) -> None:
    side = office.story.aside()
    side.commit({f"{side.folder}/draft.md": b"Other words.\n"})

    is_refused(office.at(side, "side").refuses("side"), "refs/heads/side", "frozen-draft")


def test_a_history_that_is_none_of_ours_on_a_branch(office: Office) -> None:
    tree = office.clone.git("mktree", data=b"").strip()
    office.clone.point(office.clone.git("commit-tree", "-m", "pages", tree).strip(), "pages")

    is_refused(office.refuses("pages"), "refs/heads/pages", "undecided")


def test_one_bad_ref_of_many_and_none_moves(office: Office) -> None:
    good, bad = office.story.aside(), office.story.aside()
    good.fact("start", "09:14")
    bad.commit({f"{bad.folder}/draft.md": b"Other words.\n"})
    office.at(good).at(good, "good").at(bad, "bad")

    said = office.refuses("main", "good", "bad", "main:refs/tags/v1")

    is_refused(said, "refs/heads/bad", "frozen-draft")
    assert office.hub.refs == {MAIN: office.story.tip}


def test_everything_pushed_at_once(office: Office) -> None:
    """``--mirror`` deletes what is not here, and brings refs of every kind."""
    with_fact(office, "side")
    office.clone.git("update-ref", "-d", "refs/heads/side")
    office.clone.git("update-ref", "refs/comms/incoming", "main")

    said = office.refuses("--mirror")

    is_refused(said, "refs/heads/side", "append-only")
    is_refused(said, "refs/comms/incoming", "other-ref")


# -- refs of other kinds, and odd names


def test_a_replace_ref_pushed(office: Office) -> None:
    other = office.story.aside()
    other.commit({f"{other.folder}/draft.md": b"Other words.\n"})
    office.at(other, "other")
    office.clone.git("replace", office.story.tip, other.tip)

    said = office.refuses(f"refs/replace/{office.story.tip}")

    is_refused(said, f"refs/replace/{office.story.tip}", "replace-ref")


def test_a_replace_ref_that_was_there_hides_nothing_and_may_go(office: Office) -> None:
    good = office.story.tip
    bad = office.story.commit({f"{office.story.folder}/draft.md": b"Other words.\n"})
    office.hub.repo.write(office.story, "hidden")
    office.hub.repo.git("replace", bad, good)
    office.hub.repo.git("update-ref", "-d", "refs/heads/hidden")

    is_refused(office.at().refuses("main"), MAIN, "frozen-draft")
    office.takes(f":refs/replace/{bad}")


@pytest.mark.parametrize("ref", ["refs/comms/incoming", "refs/pull/1/head", "refs/stash"])
def test_refs_that_nobody_here_needs(office: Office, ref: str) -> None:
    is_refused(office.refuses(f"main:{ref}"), ref, "other-ref")


def test_a_tag_on_what_would_not_pass(office: Office) -> None:
    side = office.story.aside()
    side.commit({f"{side.folder}/draft.md": b"Other words.\n"})
    office.at(side, "side").clone.git("tag", "-a", "-m", "one", "v1", "side")

    is_refused(office.refuses("v1"), "refs/tags/v1", "frozen-draft")


def test_a_tag_on_no_commit(office: Office) -> None:
    office.clone.git("tag", "key", "main:comms.yaml")

    is_refused(office.refuses("key"), "refs/tags/key", "other-ref", "names a commit")


def test_a_tag_with_the_name_of_a_branch(office: Office) -> None:
    said = office.refuses("main~1:refs/tags/main")

    is_refused(said, "refs/tags/main", "odd-name", "take this name for refs/heads/main")


@pytest.mark.parametrize("name", ["Main", "MAIN", "\uff4dain"])
def test_a_branch_that_some_systems_take_for_the_trunk(office: Office, name: str) -> None:
    is_refused(office.refuses(f"main:refs/heads/{name}"), f"refs/heads/{name}", "odd-name")


@pytest.mark.parametrize(
    "name",
    [b"HEAD", b"origin/HEAD", b"-rf", b"a" * 40, b"refs/heads/main", b"tags/v1",
     "wo\u202erk".encode(), "wor\u200bk".encode(), b"caf\xe9", "\u0085".encode()],
)  # fmt: skip
def test_a_branch_of_an_odd_name(office: Office, name: bytes) -> None:
    """Sent by a client of one's own, which asks nobody what a name may be."""
    before = office.hub.refs

    done = send(office.hub.repo.path, {b"refs/heads/" + name: (NOBODY, office.story.tip)},
                pack(office.clone, []))  # fmt: skip

    assert not done.taken
    assert "  odd-name: " in done.said
    assert done.said.isascii() or "<U+" in done.said
    assert "\u202e" not in done.said
    assert office.hub.refs == before


def test_a_ref_that_is_another_name_of_the_trunk(office: Office) -> None:
    """Deleting or rewriting the alias would delete or rewrite what it names."""
    office.hub.repo.git("symbolic-ref", "refs/heads/latest", MAIN)
    office.clone.point(office.clone.git("rev-parse", "main~1").strip())

    for words in ("+main:latest", ":latest"):
        is_refused(office.refuses(words), "refs/heads/latest", "alias-ref", MAIN)


def test_a_push_into_a_namespace_of_the_same_repository(office: Office) -> None:
    """There ``refs/heads/main`` is another ref than the one that the hook can see."""
    words = ["--receive-pack", "git --namespace=other receive-pack"]

    said = office.hub.refuses(office.clone.path, *words, "main~1:refs/heads/main").said

    is_refused(said, MAIN, "moved")


def test_more_refs_than_anybody_pushes(office: Office) -> None:
    refs = {b"refs/heads/b%d" % n: (NOBODY, office.story.tip) for n in range(2001)}

    done = send(office.hub.repo.path, refs, pack(office.clone, []))

    assert not done.taken
    assert "2001 refs at once" in done.said
    assert set(office.hub.refs) == {MAIN}


# -- a history that is not the pinned one


def test_another_history_into_an_empty_repository(tmp_path: Path) -> None:
    story = two_sent()
    hub = Hub.make(tmp_path / "hub", pin=replace(story.pin, repository="another"))

    said = hub.refuses(cloned(tmp_path / "clone", story).path, "main").said

    is_refused(said, MAIN, "pinned-root")


def test_a_history_without_the_checkpoint_into_an_empty_repository(tmp_path: Path) -> None:
    story = two_sent()
    pin = replace(story.pin, checkpoint=CommitId("c" * 40))
    hub = Hub.make(tmp_path / "hub", pin=pin)

    said = hub.refuses(cloned(tmp_path / "clone", story).path, "main").said

    is_refused(said, MAIN, "pinned-root", "rewritten, or rolled back")


# -- what the hook remembers


def tips(hub: Hub) -> dict[str, str]:
    content = json.loads((hub.hooks / "comms-passed.json").read_text())
    return dict(content["tips"])


def test_what_passed_is_remembered_as_long_as_the_ref_is_there(office: Office) -> None:
    side = with_fact(office, "side")
    assert tips(office.hub) == {"refs/heads/side": side.tip}
    office.story.merge(side)
    office.at().takes("main")
    office.takes(":side")

    assert tips(office.hub) == {MAIN: office.story.tip}


def test_what_was_refused_is_not_remembered(office: Office) -> None:
    office.story.fact("start", "09:14")
    office.at().takes("main")
    good = office.story.tip
    office.story.commit({f"{office.story.folder}/draft.md": b"Other words.\n"})
    office.at().refuses("main")
    office.story.commit({"notes.md": b"nothing\n"})

    is_refused(office.at().refuses("main"), MAIN, "frozen-draft")
    assert tips(office.hub) == {MAIN: good}


def claimed(hub: Hub, bad: str) -> str:
    """What the file would say if this commit had passed."""
    content = json.loads((hub.hooks / "comms-passed.json").read_text())
    return json.dumps({**content, "tips": {MAIN: bad}})


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: "", lambda _: "[]", lambda _: "{", lambda _: "null",
        lambda text: text.replace('"pin": "', '"pin": "0'),
        lambda text: text.replace('"tool": "', '"tool": "0'),
        lambda text: text.replace('"tips": {', '"tips": {"x": 1, '),
    ],
    ids=["empty", "list", "cut", "null", "another pin", "another version", "no commit"],
)  # fmt: skip
def test_what_another_pin_or_version_found_counts_for_nothing(
    office: Office, spoil: Callable[[str], str]
) -> None:
    """The trunk fails, and a file says that it passed: as far as the file counts, nobody looks."""
    office.story.fact("start", "09:14")
    office.at().takes("main")
    office.story.commit({f"{office.story.folder}/draft.md": b"Other words.\n"})
    office.hub.repo.write(office.story)
    remembered = claimed(office.hub, office.story.tip)
    (office.hub.hooks / "comms-passed.json").write_text(spoil(remembered))
    office.story.fact("services", "payments")

    is_refused(office.at().refuses("main"), MAIN, "frozen-draft")


def test_a_fault_from_before_the_hook_stops_until_it_is_mended(office: Office) -> None:
    office.story.commit({"trust/notes.txt": b"nothing\n"})
    office.hub.repo.write(office.story)
    office.story.fact("start", "09:14")

    is_refused(office.at().refuses("main"), MAIN, "stray-file")


# -- what it may cost


def bomb(office: Office) -> None:
    """Folders in folders, each the same one under many names: small to send, endless to read."""
    shelf, wide = office.story.shelf, 3000
    blob = shelf.add("blob", b"x\n")
    tree = shelf.raw_tree([("100644", f"f{n:05}", blob) for n in range(wide)])
    for inner in ("records", None, "messages", None):
        names = [inner] if inner else [f"n{n:05}" for n in range(wide)]
        tree = shelf.raw_tree([("40000", name, tree) for name in names])
    who = "Xan <xan@example.com> 1795000000 +0000"
    root = shelf.raw_tree([("40000", "incidents", tree)])
    text = f"tree {root}\nparent {office.story.tip}\nauthor {who}\n"
    made = shelf.add("commit", f"{text}committer {who}\n\nbomb\n".encode())
    office.clone.write(office.story).point(made)


def test_a_push_that_would_take_for_ever(office: Office) -> None:
    office.hub.repo.git("config", "comms.hookSeconds", "3")
    before = office.hub.refs
    old = office.story.tip
    bomb(office)
    known = set(Repo.git(office.hub.repo, "rev-list", "--objects", "main").split())
    fresh = [name for name in office.story.shelf.objects if name not in known]
    new = office.clone.head

    done = send(office.hub.repo.path, {MAIN.encode(): (old, new)}, pack(office.clone, fresh))

    assert not done.taken
    # Which of the two limits it meets first, of time or of folders, is the machine's speed.
    limits = ("undecided: this history takes more than ", "undecided: the history is larger than ")
    assert any(limit in done.said for limit in limits), done.output
    assert office.hub.refs == before


def test_a_time_that_is_none(office: Office) -> None:
    office.hub.repo.git("config", "comms.hookSeconds", "soon")
    office.story.fact("start", "09:14")

    assert "comms.hookSeconds is 'soon'" in office.at().refuses("main")


# -- what is said


def test_hostile_names_do_not_steer_the_terminal_of_whoever_pushes(office: Office) -> None:
    path = f"{office.story.folder}/records/\x1b[2J\u202e::error::x"
    office.story.commit({path: b"x\n"})

    done = office.hub.refuses(office.at().clone.path, "main")

    is_refused(done.said, MAIN, "stray-file")
    assert not {"\x1b", "\u202e"} & set(done.said)


def test_what_is_said_fits_behind_gits_word_for_it(office: Office) -> None:
    office.story.commit({p: None for p in office.story.tree if p.endswith(".sig")})

    said = office.at().refuses("main")

    long = [line for line in said.split("\n") if len(line) > 72 and "incidents/" not in line]
    assert long == []
    assert "\x1b" not in said
    assert "more: comms check shows all of it" in said


def test_a_push_from_a_work_tree_that_is_pushed_into(tmp_path: Path) -> None:
    """Not bare: a repository that updates its own work tree."""
    story = two_sent()
    target = cloned(tmp_path / "target", story).checkout()
    target.git("config", "receive.denyCurrentBranch", "updateInstead")
    hub = Hub(repo=target, desk=Hub.make(tmp_path / "other").desk)
    words = ("hook", "install", "pre-receive", "--pin", str(hub.pin_file(story.pin)))
    assert hub.desk.comms(target.path, *words).status == 0
    clone = cloned(tmp_path / "clone", story)
    story.fact("start", "09:14")
    clone.write(story)
    assert push(clone.path, target.path, "main").taken
    story.commit({f"{story.folder}/draft.md": b"Other words.\n"})
    clone.write(story)

    is_refused(hub.refuses(clone.path, "main").said, MAIN, "frozen-draft")
