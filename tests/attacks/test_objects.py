"""Objects that are gone, damaged, lent or exchanged, and stores that lead elsewhere."""

import os
import shutil
import zlib
from pathlib import Path

import pytest

from commscli.ledger import git as door
from commscli.ledger import objects
from tests.attacks.packs import Entry, ladder, put_pack
from tests.attacks.raw import commit_tree
from tests.attacks.staging import Stage
from tests.support.repos import Repo, git

PATIENCE = 1.0


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage.of(tmp_path)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait less than a minute for a git that does not answer."""
    monkeypatch.setattr(objects, "SECONDS", PATIENCE)
    defaults = door.run.__kwdefaults__
    assert defaults is not None
    monkeypatch.setitem(defaults, "seconds", PATIENCE)


def name_of(stage: Stage, what: str) -> str:
    """The object that is a record, a tree, a commit, the words or the newest commit."""
    path = stage.story.path(stage.story.newest)
    names = {
        "record": f"HEAD:{path}", "tree": f"HEAD:{stage.story.folder}/records",
        "root": "HEAD^{tree}",
        "commit": "HEAD~3", "words": f"HEAD:{stage.story.folder}/draft.md", "tip": "HEAD",
        "roster": "HEAD:trust/0001.yaml", "signature": f"HEAD:{path}.sig",
    }  # fmt: skip
    return stage.repo.git("rev-parse", names[what]).strip()


def loosened(stage: Stage, what: str) -> Path:
    """The file of an object, which is in no pack any more."""
    found = name_of(stage, what)
    stage.repo.loosen(stage.story)
    return stage.repo.loose(found)


# -- incomplete


@pytest.mark.row(66)
def test_a_shallow_clone_is_undecided_and_says_what_to_set(stage: Stage, tmp_path: Path) -> None:
    url = stage.repo.path.as_uri()
    git("clone", "-q", "--depth", "1", url, str(tmp_path / "shallow"), cwd=tmp_path)

    answer = stage.desk.checked(tmp_path / "shallow")

    assert (answer.status, answer.json["outcome"]) == (3, "undecided")
    assert "fetch-depth: 0" in " ".join(answer.json["reasons"])


@pytest.mark.row(66)
def test_a_shallow_clone_that_says_it_is_none(stage: Stage, tmp_path: Path) -> None:
    """The file that says where history was cut is taken away, or grafted over."""
    url = stage.repo.path.as_uri()
    git("clone", "-q", "--depth", "1", url, str(tmp_path / "shallow"), cwd=tmp_path)
    (tmp_path / "shallow" / ".git" / "shallow").unlink()

    answer = stage.desk.checked(tmp_path / "shallow")

    assert (answer.status, answer.json["outcome"]) == (3, "undecided")


@pytest.mark.row(66)
def test_a_whole_clone_that_says_it_is_shallow(stage: Stage) -> None:
    """What git would cut off is read all the same."""
    stage.story.commit({f"{stage.story.folder}/draft.md": b"Other words.\n"})
    clean = stage.story.commit({"notes.md": b"nothing\n"})
    stage.repo.write(stage.story)
    (stage.repo.git_dir / "shallow").write_text(f"{clean}\n")
    assert stage.repo.git("rev-list", "--count", "HEAD").strip() == "1", "it is not cut off"

    answer = stage.desk.checked(stage.repo.path)

    assert (answer.status, answer.json["outcome"]) == (1, "fail")
    assert {f["rule"] for f in answer.json["findings"]} == {"frozen-draft"}


@pytest.mark.row(66)
@pytest.mark.parametrize("filtered", ["blob:none", "tree:0"])
def test_a_partial_clone_is_undecided(stage: Stage, tmp_path: Path, filtered: str) -> None:
    stage.repo.git("config", "uploadpack.allowFilter", "true")
    url = stage.repo.path.as_uri()
    words = ["clone", "-q", "--no-checkout", f"--filter={filtered}", url, str(tmp_path / "partial")]
    git(*words, cwd=tmp_path)

    answer = stage.desk.checked(tmp_path / "partial")

    assert (answer.status, answer.json["outcome"]) == (3, "undecided")
    assert "not complete" in " ".join(answer.json["reasons"])


@pytest.mark.row(66, 68)
@pytest.mark.parametrize(
    "what", ["record", "signature", "roster", "tree", "commit", "words", "tip"]
)
def test_an_object_that_is_gone_is_undecided(stage: Stage, what: str) -> None:
    """And it is asked of nobody: the stage has a remote that promised it, with a program."""
    loosened(stage, what).unlink()

    stage.is_undecided("cannot be read" if what == "tip" else "not here")


# -- damaged


@pytest.mark.row(68)
@pytest.mark.parametrize("what", ["record", "signature", "roster", "root", "commit", "words"])
def test_other_content_under_a_good_name_is_undecided(stage: Stage, what: str) -> None:
    """Git hands it out under that name, and says nothing."""
    found = name_of(stage, what)
    kind, data = stage.story.shelf.objects[found]
    stage.repo.loosen(stage.story)
    other = data.replace(b"a", b"b", 1)
    stage.repo.put_object(found, kind, other)
    shown = stage.repo.git("cat-file", kind, found)
    assert kind == "tree" or shown.encode() == other, "git sees it, and this test shows nothing"

    stage.is_undecided("")


@pytest.mark.row(68)
def test_another_commit_under_the_name_of_the_newest(stage: Stage) -> None:
    other = stage.story.shelf.nodes[3]
    stage.repo.loosen(stage.story)
    stage.repo.put_object(stage.story.tip, "commit", other.data)

    stage.is_undecided("")


DAMAGE = (
    b"", b"\0" * 30, b"not zlib", zlib.compress(b"blob 5\0abc"), zlib.compress(b"blob"),
    zlib.compress(b"blob 99999999999999999999\0"), zlib.compress(b"tree 3\0abc"),
    zlib.compress(b"quux 3\0abc"), zlib.compress(b"commit 0\0"), zlib.compress(b"x" * 5000),
)  # fmt: skip


@pytest.mark.row(68)
@pytest.mark.parametrize(
    ("what", "octets"),
    [*(("record", octets) for octets in DAMAGE), *(("commit", octets) for octets in DAMAGE[:4])],
)
@pytest.mark.usefixtures("impatient")
def test_a_damaged_object_is_undecided_never_a_crash(
    stage: Stage, octets: bytes, what: str
) -> None:
    loosened(stage, what).write_bytes(octets)

    stage.is_undecided("")


@pytest.mark.row(68)
@pytest.mark.parametrize("what", ["pack", "idx"])
@pytest.mark.parametrize("at", [0.0, 0.6])
@pytest.mark.usefixtures("impatient")
def test_a_damaged_pack_is_undecided_or_no_matter(stage: Stage, what: str, at: float) -> None:
    """Some of its bytes are for git alone; all that were read were hashed."""
    path = next((stage.repo.git_dir / "objects" / "pack").glob(f"*.{what}"))
    data = bytearray(path.read_bytes())
    place = int(len(data) * at)
    data[place : place + 8] = bytes(octet ^ 0xFF for octet in data[place : place + 8])
    path.chmod(0o644)
    path.write_bytes(data)

    answer = stage.check()

    assert answer.json["outcome"] in {"undecided", "pass"}
    assert answer.status == {"undecided": 3, "pass": 0}[answer.json["outcome"]]


@pytest.mark.row(68)
@pytest.mark.parametrize("what", ["record", "root", "commit", "words"])
def test_a_pack_in_which_names_are_exchanged(stage: Stage, what: str) -> None:
    """Its index says that one object is another; nothing in a pack says what it is called."""
    found, kind = name_of(stage, what), stage.story.shelf.objects[name_of(stage, what)][0]
    other = next(d for n, (k, d) in stage.story.shelf.objects.items() if k == kind and n != found)
    loosened(stage, what).unlink()
    put_pack(stage.repo, [Entry(name=found, kind=kind, data=other)])

    stage.is_undecided("does not have this name")


@pytest.mark.row(68)
def test_a_good_object_at_the_end_of_a_thousand_deltas(stage: Stage) -> None:
    found = name_of(stage, "words")
    kind, data = stage.story.shelf.objects[found]
    loosened(stage, "words").unlink()
    put_pack(stage.repo, ladder(found, kind, data, 1000))

    stage.passes()


@pytest.mark.row(68)
@pytest.mark.usefixtures("impatient")
def test_deltas_that_are_made_of_each_other(stage: Stage) -> None:
    found = name_of(stage, "words")
    entries = ladder(found, "blob", b"words\n", 3)
    loosened(stage, "words").unlink()
    circle = Entry(name=entries[0].name, kind="blob", data=entries[1].data, base=entries[2].name)
    put_pack(stage.repo, [circle, *entries[1:]])

    stage.is_undecided("")


# -- trees


@pytest.mark.row(31)
def test_a_tree_that_lists_a_name_twice(stage: Stage) -> None:
    shelf = stage.story.shelf
    blob, other = shelf.add("blob", b"one\n"), shelf.add("blob", b"two\n")
    commit_tree(
        stage, shelf.raw_tree([("100644", "draft.md", blob), ("100644", "draft.md", other)])
    )

    stage.is_undecided("'draft.md' twice")


@pytest.mark.row(68)
@pytest.mark.parametrize(
    "tree",
    [b"100644", b"100644 \0" + b"a" * 20, b"100644 a\0" + b"a" * 19, b"999999 a\0" + b"a" * 20,
     b"100644 a/b\0" + b"a" * 20, b"\xff" * 60, b"100644 a" + b"b" * 4000],
)  # fmt: skip
def test_a_tree_that_is_malformed(stage: Stage, tree: bytes) -> None:
    commit_tree(stage, stage.story.shelf.add("tree", tree))

    stage.is_undecided("malformed")


@pytest.mark.row(32)
@pytest.mark.parametrize(
    "name",
    ["..", ".git", "a\\b", "incidents ", "caf\u00e9", "\udcff\udcfe", "x" * 5000, "new\nline"],
)
def test_strange_names_elsewhere_are_read_and_left_alone(stage: Stage, name: str) -> None:
    shelf = stage.story.shelf
    root = shelf.objects[shelf.tree(stage.story.tree)][1]
    entry = b"100644 " + name.encode("utf-8", "surrogateescape") + b"\0"
    commit_tree(stage, shelf.add("tree", root + entry + bytes.fromhex(shelf.add("blob", b"x\n"))))

    stage.passes()


@pytest.mark.row(32)
@pytest.mark.parametrize(
    "name", ["..", ".git", "caf\u00e9", "\udcff", "a b", "-rf", "CON", "new\nline"]
)
def test_strange_names_among_records_are_told_of(stage: Stage, name: str) -> None:
    stage.story.commit({f"{stage.story.folder}/records/{name}": b"x\n"})

    stage.fails("stray-file")


# -- stores that lead elsewhere


@pytest.mark.row(68)
def test_objects_that_another_repository_lends(stage: Stage, tmp_path: Path) -> None:
    git("clone", "-q", "--shared", str(stage.repo.path), str(tmp_path / "shared"), cwd=tmp_path)

    answer = stage.desk.checked(tmp_path / "shared")

    assert (answer.status, answer.json["findings"]) == (0, [])


@pytest.mark.row(68)
@pytest.mark.parametrize("what", ["record", "commit", "words"])
def test_a_lender_that_hands_out_something_else(stage: Stage, tmp_path: Path, what: str) -> None:
    found = name_of(stage, what)
    kind, data = stage.story.shelf.objects[found]
    loosened(stage, what).unlink()
    lender = Repo.make(tmp_path / "lender")
    lender.put_object(found, kind, data.replace(b"a", b"b", 1))
    alternates(stage.repo, str(lender.git_dir / "objects"))

    stage.is_undecided("does not have this name")


def alternates(repo: Repo, text: str, name: str = "alternates") -> None:
    path = repo.git_dir / "objects" / "info" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode("utf-8", "surrogateescape") + b"\n")


@pytest.mark.row(68)
@pytest.mark.parametrize(
    "text",
    ["/", ".", "../objects", "/nowhere", "/etc/passwd", "/proc/self/fd", "#", "\udcff" * 5000,
     "x\n" * 5000, "../../../../../../../../.."],
    ids=["root", "itself", "itself by name", "nowhere", "a file", "processes", "a remark", "bytes",
         "many", "up"],
)  # fmt: skip
def test_alternates_that_lead_elsewhere(stage: Stage, text: str) -> None:
    alternates(stage.repo, text)

    stage.passes()


@pytest.mark.row(68)
def test_alternates_of_alternates_in_a_circle(stage: Stage, tmp_path: Path) -> None:
    other = Repo.make(tmp_path / "other")
    alternates(stage.repo, str(other.git_dir / "objects"))
    alternates(other, str(stage.repo.git_dir / "objects"))

    stage.passes()


@pytest.mark.row(60, 68)
def test_alternates_from_the_network_are_not_asked(stage: Stage) -> None:
    alternates(stage.repo, "http://127.0.0.1:9/objects", "http-alternates")
    loosened(stage, "words").unlink()

    stage.is_undecided("not here")


@pytest.mark.row(68)
def test_a_store_that_is_a_link(stage: Stage, tmp_path: Path) -> None:
    """Wherever it is read from, an object is what its name says."""
    store = stage.repo.git_dir / "objects"
    shutil.move(store, tmp_path / "elsewhere")
    store.symlink_to(tmp_path / "elsewhere")

    stage.passes()


@pytest.mark.row(68)
@pytest.mark.parametrize("where", ["/", "/dev", "/proc/self"])
@pytest.mark.usefixtures("impatient")
def test_a_store_that_is_a_link_to_the_machine(stage: Stage, where: str) -> None:
    store = stage.repo.git_dir / "objects"
    shutil.rmtree(store)
    store.symlink_to(where)

    answer = stage.desk.checked(stage.repo.path)

    assert answer.status in {2, 3}
    assert answer.json["outcome"] == "undecided"


# -- files that keep whoever opens them waiting


def pipe(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    os.mkfifo(path)


PIPES = {
    "alternates": "objects/info/alternates",
    "an index of a pack": f"objects/pack/pack-{'a' * 40}.idx",
    "an index of packs": "objects/pack/multi-pack-index",
    "a commit graph": "objects/info/commit-graph",
    "the branch": "refs/heads/main",
    "packed refs": "packed-refs",
    "shallow": "shallow",
    "grafts": "info/grafts",
    "the index": "index",
    "a lender": "lent",
}


@pytest.mark.row(68)
@pytest.mark.parametrize("what", PIPES)
@pytest.mark.usefixtures("impatient")
def test_a_pipe_that_nobody_writes_to(stage: Stage, what: str) -> None:
    """Whoever opens it waits for ever; the check waits no longer than it says."""
    alternates(stage.repo, "../lent" if what == "a lender" else "")
    pipe(stage.repo.git_dir / PIPES[what])
    (stage.repo.git_dir / "objects" / "pack" / f"pack-{'a' * 40}.pack").touch()

    answer = stage.desk.checked(stage.repo.path)

    assert answer.json["outcome"] in {"undecided", "pass"}, answer
    assert answer.status in {0, 3}
    assert "comms init" not in " ".join(answer.json["reasons"])


@pytest.mark.row(68)
@pytest.mark.parametrize("what", ["record", "tree", "commit", "tip"])
@pytest.mark.usefixtures("impatient")
def test_an_object_that_is_a_pipe(stage: Stage, what: str) -> None:
    pipe(loosened(stage, what))

    stage.is_undecided("")


@pytest.mark.row(68)
@pytest.mark.parametrize("device", ["/dev/zero", "/dev/urandom", "/dev/full"])
@pytest.mark.parametrize("what", ["words", "commit"])
@pytest.mark.usefixtures("impatient")
def test_an_object_that_is_a_device(stage: Stage, what: str, device: str) -> None:
    path = loosened(stage, what)
    path.unlink()
    path.symlink_to(device)

    stage.is_undecided("")
