"""What a commit changed, told from trees: the same as path by path, and nothing else is read."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commscli.errors import Undecided
from commscli.ledger import changes as changes_module
from commscli.ledger.changes import Change, Edge, MessageChange, changes
from commscli.ledger.objects import Objects
from commscli.ledger.repository import discover
from tests.support.repos import Repo
from tests.support.story import File, Shelf

Listing = Mapping[str, File]
Told = tuple[int, str, tuple[str, bytes] | None, tuple[str, bytes] | None, bool]

MESSAGES = "incidents/[^/]+/messages/[^/]+"
ENTERED = f"trust|templates/records|incidents/[^/]+/records|{MESSAGES}/(?:records|attachments)"
ABOVE = f"templates|incidents|incidents/[^/]+|incidents/[^/]+/messages|{MESSAGES}"
WATCHED = re.compile(f"(?:{ENTERED})/[^/]+|{MESSAGES}/draft\\.md", re.DOTALL)
FOLDER = re.compile(f"{ENTERED}|{ABOVE}", re.DOTALL)
MESSAGE = re.compile(r"(incidents/[^/]+/messages/[^/]+)/.+", re.DOTALL)
FOLDERS = [
    "", "trust/", "trust/deep/", "templates/", "templates/records/", "templates/records/deep/",
    "incidents/", "incidents/one/", "incidents/one/records/", "incidents/one/other/",
    "incidents/one/records/deep/", "incidents/two/records/", "incidents/one/messages/",
    "incidents/one/messages/m/", "incidents/one/messages/m/records/",
    "incidents/one/messages/m/attachments/", "incidents/one/messages/m/attachments/deep/",
    "incidents/one/messages/records/", "incidents/one/messages/records/records/", "docs/records/",
]  # fmt: skip
NAMES = ["a", "b", "draft.md", "records", "messages", "attachments", "line\nfeed", "\u00e9"]
paths = st.builds("".join, st.tuples(st.sampled_from(FOLDERS), st.sampled_from(NAMES)))
files = st.builds(
    File, st.sampled_from([b"1", b"2"]), st.sampled_from(["100644", "100755", "120000"])
)


def fitting(listing: Listing) -> Listing:
    """A listing in which no path is both a file and a folder."""
    return {
        path: file
        for path, file in listing.items()
        if not any(other.startswith(f"{path}/") for other in listing)
    }


listings = st.dictionaries(paths, files, max_size=8).map(fitting)


def watched(shelf: Shelf, listing: Listing) -> dict[str, tuple[str, bytes]]:
    """What matters of a listing; a folder where a file should be is one thing."""
    found: dict[str, tuple[str, bytes]] = {}
    deeper: dict[str, dict[str, File]] = {}
    for path, file in listing.items():
        match = WATCHED.match(path)
        if match and path[match.end() :]:
            deeper.setdefault(match[0], {})[path[match.end() + 1 :]] = file
        elif match or FOLDER.fullmatch(path):
            found[path] = (file.mode, file.data)
    for path, inner in deeper.items():
        found[path] = ("40000", shelf.objects[shelf.tree(inner)][1])
    return found


def expected(shelf: Shelf, edge: int, old: Listing, new: Listing) -> Iterator[Told]:
    """The changes, path by path."""
    before, after = watched(shelf, old), watched(shelf, new)
    for path in before.keys() | after.keys():
        if before.get(path) != after.get(path):
            yield edge, path, before.get(path), after.get(path), False


class Store:
    """One repository for all examples, since objects only come to it."""

    def __init__(self, folder: Path) -> None:
        self.repo = Repo.make(folder)
        self.shelf = Shelf()
        self.known: set[str] = set()

    def tree(self, listing: Listing) -> str:
        name = self.shelf.tree(listing)
        for each in self.shelf.objects.keys() - self.known:
            self.repo.put_object(each, *self.shelf.objects[each])
            self.known.add(each)
        return name

    def changes(self, edges: list[Edge]) -> list[Change | MessageChange]:
        with discover(self.repo.path).reading() as reading, Objects(reading) as objects:
            return list(changes(objects, edges))

    def told(self, change: Change) -> Told:
        sides = [
            (e.mode, self.shelf.objects[e.id][1]) if e is not None else None
            for e in (change.old, change.new)
        ]
        return change.edge.commit, change.path, sides[0], sides[1], change.misspelt


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(tmp_path_factory.mktemp("changes") / "repo")


@settings(max_examples=150, deadline=None)
@given(steps=st.lists(listings, min_size=1, max_size=4))
def test_the_same_as_path_by_path(store: Store, steps: list[Listing]) -> None:
    trees = [store.tree(listing) for listing in steps]
    edges = [Edge(0, None, None, trees[0])]
    edges += [Edge(n, n - 1, trees[n - 1], trees[n]) for n in range(1, len(trees))]

    found = [c for c in store.changes(edges) if isinstance(c, Change)]

    before: list[Listing] = [{}, *steps]
    wanted = [e for n in range(len(steps)) for e in expected(store.shelf, n, before[n], steps[n])]
    assert sorted(map(repr, map(store.told, found))) == sorted(map(repr, wanted))


@settings(max_examples=60, deadline=None)
@given(old=listings, new=listings)
def test_a_message_is_told_before_what_is_in_it(store: Store, old: Listing, new: Listing) -> None:
    edges = [Edge(1, 0, store.tree(old), store.tree(new))]
    seen: dict[str, MessageChange] = {}
    for change in store.changes(edges):
        match = MESSAGE.fullmatch(change.path)
        if isinstance(change, MessageChange):
            seen[change.path] = change
        elif match:
            assert match[1] in seen
    for path in seen:
        inside = [
            {p: f for p, f in side.items() if p.startswith(f"{path}/")} for side in (old, new)
        ]
        assert inside[0] != inside[1]


def test_what_did_not_change_is_not_read(store: Store) -> None:
    """Not even to see whether it is there."""
    missing = "5" * 40
    folders = [("40000", "docs", missing), ("40000", "src", missing)]
    blobs = {name: store.shelf.add("blob", name.encode()) for name in ("old", "new")}
    root = [
        store.shelf.raw_tree([*folders, ("100644", "trust", blobs[name])])
        for name in ("old", "new")
    ]
    store.tree({})

    (change,) = store.changes([Edge(1, 0, *root)])

    assert (change.path, change.old, change.new) == (
        "trust",
        ("100644", blobs["old"]),
        ("100644", blobs["new"]),
    )


def test_a_folder_that_becomes_a_file_is_both(store: Store) -> None:
    old, new = {"trust/a": File(b"1")}, {"trust": File(b"2")}
    edges = [Edge(1, 0, store.tree(old), store.tree(new))]

    found = [store.told(c) for c in store.changes(edges) if isinstance(c, Change)]

    assert found == [
        (1, "trust", None, ("100644", b"2"), False),
        (1, "trust/a", ("100644", b"1"), None, False),
    ]


RECORDS = "incidents/one/records"
ALIKE = [
    ("Trust/a", "Trust"),
    ("INCIDENTS", "INCIDENTS"),
    ("trus\u200dt/a", "trus\u200dt"),
    ("\uff54rust", "\uff54rust"),
    (f"{RECORDS}/A", f"{RECORDS}/A"),
    (f"{RECORDS}/\u212b", None),
    ("incidents/One", "incidents/One"),
    ("incidents/one/Records/x", "incidents/one/Records"),
    ("incidents/one/messages/m/Draft.md", "incidents/one/messages/m/Draft.md"),
    ("README", None),
    ("Makefile", None),
    (f"{RECORDS}/B", None),
]


@pytest.mark.parametrize(("path", "misspelt"), ALIKE)
def test_a_name_that_some_systems_take_for_another(
    store: Store, path: str, misspelt: str | None
) -> None:
    old = {f"{RECORDS}/a": File(b"1"), "readme": File(b"1")}
    edges = [Edge(1, 0, store.tree(old), store.tree({**old, path: File(b"2")}))]

    found = [c.path for c in store.changes(edges) if isinstance(c, Change) and c.misspelt]

    assert found == ([misspelt] if misspelt else [])


def test_two_new_names_that_are_alike(store: Store) -> None:
    names = {f"{RECORDS}/{name}": File(b"1") for name in ("Caf\u00e9", "cafe\u0301", "tea")}
    edges = [Edge(1, None, None, store.tree(names))]

    found = {c.path for c in store.changes(edges) if isinstance(c, Change) and c.misspelt}

    assert {unicodedata.normalize("NFC", path) for path in found} == {
        f"{RECORDS}/Caf\u00e9",
        f"{RECORDS}/caf\u00e9",
    }


def test_a_tree_that_folds_in_on_itself(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few objects that are more paths than anybody could look at."""
    monkeypatch.setattr(changes_module, "MOST_FOLDERS", 1000)
    inner = store.shelf.raw_tree([])
    for _ in range(4):
        inner = store.shelf.raw_tree([("40000", f"{n:02}", inner) for n in range(40)])
        inner = store.shelf.raw_tree([("40000", name, inner) for name in ("messages", "records")])
    store.tree({})
    root = store.shelf.raw_tree([("40000", "incidents", store.shelf.raw_tree([
        ("40000", f"{n:02}", inner) for n in range(40)
    ]))])  # fmt: skip
    store.tree({})

    with pytest.raises(Undecided, match="more than 1000 folders"):
        store.changes([Edge(0, None, None, root)])
