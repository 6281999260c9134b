"""Objects are what their names say, or nothing; and never are many of them held."""

import os
import signal
import zlib
from collections.abc import Iterator
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from time import monotonic

import pytest

from commscli.errors import Undecided
from commscli.ledger import cat_file, git, objects
from commscli.ledger.cat_file import CatFile
from commscli.ledger.objects import Objects
from commscli.ledger.repository import discover
from commscli.ledger.tree_bytes import Differences, Entry
from tests.support.repos import Repo
from tests.support.story import File, Shelf


class Store:
    """A repository of loose objects, and a way to read it."""

    def __init__(self, folder: Path, object_format: str = "sha1") -> None:
        self.repo = Repo.make(folder, object_format=object_format)
        self.shelf = Shelf(object_format=object_format)
        self._reading = discover(folder).reading()
        self.objects = Objects(self._reading.__enter__())

    def add(self, kind: str, data: bytes) -> str:
        name = self.shelf.add(kind, data)
        self.repo.put_object(name, kind, data)
        return name

    def tree(self, **files: str) -> str:
        """A tree with files (or, for names that begin with ``d``, folders) of such contents."""
        listed = {
            (f"{n}/x" if n.startswith("d") else n): File(t.encode()) for n, t in files.items()
        }
        name = self.shelf.tree(listed)
        for each, (kind, data) in self.shelf.objects.items():
            self.repo.put_object(each, kind, data)
        return name

    def end(self) -> None:
        self.objects.__exit__(None, None, None)
        self._reading.__exit__(None, None, None)


@pytest.fixture(params=["sha1", "sha256"])
def any_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "repo", request.param)
    yield store
    store.end()


@pytest.fixture(params=[(2, 34), (2, 36)], ids=["old-git", "git"])
def store(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Store]:
    monkeypatch.setattr(cat_file, "_version", lambda: request.param)
    store = Store(tmp_path / "repo")
    yield store
    store.end()


def blob(number: int) -> bytes:
    return f"{number}\n".encode() * (number % 7)


# -- reading


def test_what_was_put_comes_back_in_the_order_asked_for(any_store: Store) -> None:
    ids = [any_store.add("blob", blob(n)) for n in range(30)]
    wanted = [*ids[::-1], *ids[:5], ids[3]]

    found = list(any_store.objects.read_many("blob", wanted))

    assert found == [(i, any_store.shelf.objects[i][1]) for i in wanted]


def test_far_more_than_is_asked_for_at_once(store: Store) -> None:
    ids = [store.add("blob", blob(n)) for n in range(20)]
    wanted = [ids[n % 20] for n in range(cat_file.PIPE_ROOM * 3 + 7)]

    assert [i for i, _ in store.objects.read_many("blob", wanted)] == wanted


def test_nothing_is_asked_for(store: Store) -> None:
    assert list(store.objects.read_many("blob", [])) == []
    assert list(store.objects.contents([], 10)) == []
    assert list(store.objects.differences([])) == []


def test_the_answers_are_larger_than_a_pipe(store: Store) -> None:
    """Requests go on being written while nobody has read the answers yet."""
    ids = [store.add("blob", os.urandom(300_000)) for _ in range(4)]
    wanted = ids * 100

    assert [i for i, _ in store.objects.read_many("blob", wanted)] == wanted


def test_an_object_that_is_not_there(store: Store) -> None:
    with pytest.raises(Undecided, match="is not here") as caught:
        store.objects.read("blob", "5" * 40)

    assert caught.value.code == "incomplete-history"


def test_an_object_under_a_good_name(store: Store) -> None:
    name = store.add("blob", b"good")
    store.repo.put_object(name, "blob", b"evil")

    with pytest.raises(Undecided, match="its content does not have this name"):
        store.objects.read("blob", name)
    with pytest.raises(Undecided, match="its content does not have this name"):
        list(store.objects.contents([name], 10))


@pytest.mark.parametrize("kind", ["commit", "tree"])
def test_an_object_of_another_kind(store: Store, kind: str) -> None:
    name = store.add("blob", b"")

    with pytest.raises(Undecided, match=f"a blob where a {kind} should be"):
        store.objects.read(kind, name)


def test_an_object_that_is_cut_short(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "SECONDS", 1.0)
    name = store.add("blob", b"x" * 1000)
    path = store.repo.git_dir / "objects" / name[:2] / name[2:]
    path.write_bytes(zlib.compress(b"blob 1000\0" + b"x" * 400))

    with pytest.raises(Undecided):
        store.objects.read("blob", name)


@pytest.mark.parametrize("kind", ["blob", "tree", "commit"])
def test_an_object_that_is_too_large(
    store: Store, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objects, "MAX_HELD", {"blob": 3, "tree": 3, "commit": 3})
    name = store.add("blob", b"four")

    with pytest.raises(Undecided, match="4 bytes, more than any message has"):
        store.objects.read(kind, name)


def test_after_a_fault_others_can_be_read(store: Store) -> None:
    good = [store.add("blob", blob(n)) for n in range(20)]

    with pytest.raises(Undecided):
        list(store.objects.read_many("blob", [*good[:3], "5" * 40, *good[3:]]))

    assert [i for i, _ in store.objects.read_many("blob", good)] == good


def test_who_stops_halfway_spoils_nothing(store: Store) -> None:
    ids = [store.add("blob", blob(n)) for n in range(50)]

    half = store.objects.read_many("blob", ids)
    first = next(half)
    del half

    assert first[0] == ids[0]
    assert [i for i, _ in store.objects.read_many("blob", ids)] == ids


def test_one_can_be_read_in_the_midst_of_many(store: Store) -> None:
    ids = [store.add("blob", blob(n)) for n in range(30)]

    both = [
        (i, store.objects.read("blob", ids[-1])) for i, _ in store.objects.read_many("blob", ids)
    ]

    assert both == [(i, blob(29)) for i in ids]


# -- contents


@pytest.mark.parametrize("size", [0, 1, 9, 10, 11, 19, 20, 21, 35, 1000])
@pytest.mark.parametrize("most", [0, 10, 20, 25])
def test_contents_are_held_only_up_to_a_size(
    tmp_path: Path, size: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objects, "_PIECE", 10)
    store, data = Store(tmp_path / "repo"), os.urandom(size)
    name, other = store.add("blob", data), store.add("blob", b"next")

    (_, found), (_, following) = store.objects.contents([name, other], most)

    assert (found.size, found.digest) == (size, sha256(data).hexdigest())
    assert found.data == (data if size <= most else None)
    assert following.digest == sha256(b"next").hexdigest()
    store.end()


def test_contents_that_nobody_should_read(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "MAX_OBJECT", 3)

    with pytest.raises(Undecided, match="4 bytes, more than any message has"):
        list(store.objects.contents([store.add("blob", b"four")], 0))


# -- trees


def entry(text: str) -> Entry:
    return Entry("100644", Shelf().add("blob", text.encode()))


def pairs_of(store: Store) -> list[tuple[str | None, str | None]]:
    one, two, three = store.tree(a="1"), store.tree(a="2", b="1"), store.tree(a="2", b="1", c="3")
    return [(None, one), (one, two), (two, three), (one, three), (three, None), (None, one)]


EXPECTED: list[Differences] = [
    {"a": (None, entry("1"))},
    {"a": (entry("1"), entry("2")), "b": (None, entry("1"))},
    {"c": (None, entry("3"))},
    {"a": (entry("1"), entry("2")), "b": (None, entry("1")), "c": (None, entry("3"))},
    {"a": (entry("2"), None), "b": (entry("1"), None), "c": (entry("3"), None)},
    {"a": (None, entry("1"))},
]


def test_on_what_trees_differ(store: Store) -> None:
    assert list(store.objects.differences(pairs_of(store))) == EXPECTED


def test_trees_that_were_forgotten_are_read_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objects, "TREE_ROOM", 0)

    assert list(store.objects.differences(pairs_of(store))) == EXPECTED
    assert list(store.objects.differences(pairs_of(store)[::-1])) == EXPECTED[::-1]


def test_trees_that_somebody_looks_up_meanwhile(store: Store) -> None:
    pairs = pairs_of(store)
    found = []
    for differences in store.objects.differences(pairs):
        for _, new in pairs:
            if new is not None:
                store.objects.tree(new)
        found.append(differences)

    assert found == EXPECTED


def test_trees_take_no_more_room_than_they_may(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objects, "TREE_ROOM", 5000)
    trees = [store.tree(a=str(n)) for n in range(40)]

    list(store.objects.differences(list(pairwise(trees))))

    kept = store.objects._trees.values()
    assert 0 < sum(map(objects._cost, kept)) <= 5000
    assert store.objects._tree_octets == sum(map(objects._cost, kept))


def test_a_tree_by_its_entries(any_store: Store) -> None:
    name = any_store.tree(a="1", d="x")

    assert {n: e.mode for n, e in any_store.objects.tree(name).items()} == {
        "a": "100644",
        "d": "40000",
    }


def test_a_malformed_tree_is_no_tree(store: Store) -> None:
    good, bad = store.tree(a="1"), store.add("tree", b"100644 a\0" + b"x" * 21)

    for pair in ((None, bad), (good, bad), (bad, good)):
        with pytest.raises(Undecided, match="malformed"):
            list(store.objects.differences([pair]))


def test_there_is_an_end_to_comparing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "MOST_COMPARED", 10)
    pairs = pairs_of(store)
    list(store.objects.differences(pairs))

    with pytest.raises(Undecided, match="larger than any") as caught:
        list(store.objects.differences(pairs))

    assert caught.value.code == "too-large"


# -- git itself


def only_git(store: Store) -> CatFile:
    (running,) = store.objects._started
    return running


def test_a_git_that_is_killed(store: Store) -> None:
    ids = [store.add("blob", os.urandom(100_000)) for _ in range(30)]
    coming = store.objects.read_many("blob", ids)
    next(coming)

    only_git(store)._process.kill()

    with pytest.raises(Undecided):
        list(coming)


def test_a_git_that_does_nothing_any_more(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "SECONDS", 0.4)
    ids = [store.add("blob", os.urandom(100_000)) for _ in range(30)]
    coming = store.objects.read_many("blob", ids)
    next(coming)
    begun = monotonic()

    only_git(store)._process.send_signal(signal.SIGSTOP)

    with pytest.raises(Undecided):
        list(coming)
    assert monotonic() - begun < 20


def test_a_reader_who_takes_time_keeps_git(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the time that git takes counts."""
    monkeypatch.setattr(objects, "SECONDS", 0.2)
    ids = [store.add("blob", os.urandom(100_000)) for _ in range(6)]
    begun, found = monotonic(), []
    for object_id, _ in store.objects.read_many("blob", ids):
        found.append(object_id)
        while monotonic() - begun < 0.3 * len(found):
            pass

    assert found == ids


def test_no_git_is_left(store: Store) -> None:
    ids = [store.add("blob", blob(n)) for n in range(30)]
    for _ in store.objects.read_many("blob", ids):
        store.objects.read("blob", ids[0])
    running = list(store.objects._started)
    half = store.objects.read_many("blob", ids)
    next(half)

    store.end()

    assert len(running) == 2
    assert all(one._process.returncode is not None for one in running)


@pytest.mark.parametrize(
    ("said", "version"),
    [
        (b"git version 2.39.5\n", (2, 39, 5)),
        (b"git version 2.39.5 (Apple Git-154)\n", (2, 39, 5)),
        (b"git version 2.50.1.windows.1\n", (2, 50, 1)),
        (b"git version unknown\n", ()),
    ],
)
def test_the_version_of_git(
    said: bytes, version: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(git, "run", lambda *_, **__: said)

    assert cat_file._version.__wrapped__() == version
