"""``comms check`` and the second opinion with ``git`` and ``ssh-keygen``, on real repositories."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given

from commscli.ledger import pins
from tests.second_opinion import comparing
from tests.second_opinion.deep import drawn
from tests.second_opinion.drawing import openings, stories
from tests.second_opinion.histories import Act, Opening, Tale, tell
from tests.second_opinion.opinion import opinion_on
from tests.support.repos import Desk, Repo
from tests.support.story import Story, sent

Found = frozenset[tuple[str, ...]]


def both(tale: Tale, story: Story, repo: Repo, folder: Path) -> tuple[object, object]:
    """What the second opinion and what the command says of a repository."""
    theirs, ours = comparing.pins(tale, story)
    desk = Desk(home=folder / "home", key=None, pin=folder / "home" / "pin")
    desk.home.mkdir()
    desk.pin.write_bytes(pins.write(ours))
    answer = desk.checked(repo.path)
    told = opinion_on(repo.path, story.tip, theirs)
    assert answer.status == {"pass": 0, "fail": 1, "undecided": 3}[answer.json["outcome"]]
    if told.outcome == "undecided" or answer.json["outcome"] == "undecided":
        return told.outcome, answer.json["outcome"]
    second = comparing.of_second(told)
    found: Found = frozenset(comparing.printed(finding) for finding in answer.json["findings"])
    return (
        (second.outcome, second.version, frozenset(one[:4] for one in second.found)),
        (answer.json["outcome"], answer.json["trust"]["digest"], found),
    )


def test_the_command_and_the_second_opinion_say_the_same_of_real_repositories() -> None:
    @drawn(6, 500, also=200)
    @given(opening=openings, acts=stories(on_disk=True))
    def compare(opening: Opening, acts: list[Act]) -> None:
        tale = tell(opening, acts)
        story = comparing.finished(tale)
        with TemporaryDirectory() as name:
            folder = Path(name)
            repo = Repo.make(folder / "repo", object_format=story.shelf.object_format)
            second, ours = both(tale, story, repo.write(story), folder)

        assert second == ours, story.dump()

    compare()


def objects(repo: Repo) -> list[Path]:
    return sorted((repo.git_dir / "objects").glob("??/*"))


def lose_an_object(repo: Repo, story: Story) -> None:
    story.commit({"notes.md": b"later\n"}, by="tom")
    repo.write(story)
    blob = repo.git("rev-parse", f"{story.tip}:trust/0001.yaml").strip()
    (repo.git_dir / "objects" / blob[:2] / blob[2:]).unlink()


def change_an_object(repo: Repo, story: Story) -> None:
    name = repo.git("rev-parse", f"{story.tip}:{story.folder}/draft.md").strip()
    repo.put_object(name, "blob", b"Other words.\n")


def say_that_it_is_shallow(repo: Repo, story: Story) -> None:
    """Only a word: everything is there, and the commits say what their parents are."""
    (repo.git_dir / "shallow").write_text(f"{story.tip}\n")


def cut_the_history(repo: Repo, story: Story) -> None:
    """What a shallow clone has: the newest commit, and nothing before it."""
    (repo.git_dir / "shallow").write_text(f"{story.tip}\n")
    for node in story.shelf.nodes[:-1]:
        (repo.git_dir / "objects" / node.id[:2] / node.id[2:]).unlink()


def replace_an_object(repo: Repo, story: Story) -> None:
    old = repo.git("rev-parse", f"{story.tip}:{story.folder}/draft.md").strip()
    new = repo.git("hash-object", "-w", "--stdin", data=b"Other words.\n").strip()
    repo.git("replace", old, new)


def graft_a_parent_away(repo: Repo, story: Story) -> None:
    (repo.git_dir / "info").mkdir(exist_ok=True)
    (repo.git_dir / "info" / "grafts").write_text(f"{story.tip}\n")


def write_a_commit_graph(repo: Repo, _: Story) -> None:
    repo.git("commit-graph", "write", "--reachable")
    repo.git("config", "core.commitGraph", "true")


def pack_everything(repo: Repo, _: Story) -> None:
    repo.git("repack", "-a", "-d", "-q")


def name_a_program(repo: Repo, _: Story) -> None:
    repo.git("config", "core.fsmonitor", "touch ran-a-program")
    repo.git("config", "gpg.ssh.program", "touch ran-a-program")
    repo.git("config", "core.hooksPath", os.devnull)


def list_a_name_twice(repo: Repo, story: Story) -> None:
    listed = [line.replace("\t", " ").split() for line in
              repo.git("ls-tree", story.tip).splitlines()]  # fmt: skip
    entries = [(mode.lstrip("0"), name, id_) for mode, _, id_, name in listed]
    tree = story.shelf.raw_tree([*entries, entries[-1]], ordered=False)
    data = f"tree {tree}\nparent {story.tip}\nauthor x <x> 0 +0000\ncommitter x <x> 0 +0000\n\nx\n"
    point_to(repo, story, data)


def put_the_parent_last(repo: Repo, story: Story) -> None:
    tree = repo.git("rev-parse", f"{story.tip}^{{tree}}").strip()
    data = f"tree {tree}\nauthor x <x> 0 +0000\ncommitter x <x> 0 +0000\nparent {story.tip}\n\nx\n"
    point_to(repo, story, data)


def point_to(repo: Repo, story: Story, commit: str) -> None:
    node = story.shelf.nodes[story.head]
    name = story.shelf.add("commit", commit.encode())
    story.shelf.nodes.append(type(node)(id=name, data=commit.encode(), parents=(story.head,),
                                        tree=node.tree, signer="", about="odd"))  # fmt: skip
    story.head = len(story.shelf.nodes) - 1
    repo.write(story)


def write_a_record_in_an_odd_commit(repo: Repo, story: Story) -> None:
    story.ok("legal", by="leo")
    node = story.shelf.nodes.pop()
    story.head = node.parents[0]
    point_to(repo, story, node.data.replace(b"\n\n", b"\nencoding latin1\n\n", 1).decode())


STORES: Mapping[Callable[[Repo, Story], None], str] = {
    lose_an_object: "undecided",
    change_an_object: "undecided",
    say_that_it_is_shallow: "pass",
    cut_the_history: "undecided",
    replace_an_object: "pass",
    graft_a_parent_away: "pass",
    write_a_commit_graph: "pass",
    pack_everything: "pass",
    name_a_program: "pass",
    list_a_name_twice: "undecided",
    put_the_parent_last: "undecided",
    write_a_record_in_an_odd_commit: "fail",
}


@pytest.mark.parametrize(
    ("spoil", "outcome"), STORES.items(), ids=lambda v: getattr(v, "__name__", v)
)
def test_both_say_the_same_of_a_store_that_is_not_as_it_should_be(
    spoil: Callable[[Repo, Story], None], outcome: str, tmp_path: Path
) -> None:
    story = sent()
    repo = Repo.make(tmp_path / "repo").write(story)
    spoil(repo, story)

    second, ours = both(Tale(branches=[story]), story, repo, tmp_path)

    assert (second[0] if isinstance(second, tuple) else second) == outcome
    assert second == ours
    assert not [*tmp_path.rglob("ran-a-program")]
