"""A tree read by what differs from another is the tree read whole."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commscli.errors import Undecided
from commscli.ledger.tree_bytes import Differences, Entry, ParsedTree, compared, parsed_tree

NAMES = ["a", "a-b", "ab", "b", "100644 b", "x100644 b", "draft.md", "\u00e9", "z" * 40]
Listing = dict[str, tuple[str, int]]
listings = st.dictionaries(
    st.sampled_from(NAMES), st.tuples(st.sampled_from(["100644", "40000"]), st.integers(0, 3))
)
sizes = st.sampled_from([20, 32])


def tree_bytes(listing: Listing, size: int = 20) -> bytes:
    def key(entry: tuple[str, tuple[str, int]]) -> bytes:
        return entry[0].encode() + (b"/" if entry[1][0] == "40000" else b"")

    return b"".join(
        b"%s %s\0" % (mode.encode(), name.encode()) + bytes([number]) * size
        for name, (mode, number) in sorted(listing.items(), key=key)
    )


def whole(data: bytes, size: int = 20) -> ParsedTree:
    return parsed_tree(data, size)


def differing(one: ParsedTree, other: ParsedTree) -> Differences:
    """The differences, told without looking at bytes."""
    names = {name for name, _ in one.entries.items() ^ other.entries.items()}
    return {name: (one.entries.get(name), other.entries.get(name)) for name in names}


def same(one: ParsedTree, other: ParsedTree) -> bool:
    return (one.data, one.starts, one.entries) == (other.data, other.starts, other.entries)


@settings(max_examples=500, deadline=None)
@given(one=listings, other=listings, size=sizes)
def test_both_ways_give_the_same(one: Listing, other: Listing, size: int) -> None:
    known, alone = whole(tree_bytes(one, size), size), whole(tree_bytes(other, size), size)

    helped, found = compared(known, tree_bytes(other, size))

    assert same(helped, alone)
    assert found == differing(known, alone)


@settings(max_examples=500, deadline=None)
@given(one=listings, at=st.integers(0, 300), octets=st.binary(max_size=30), cut=st.integers(0, 30))
def test_what_is_refused_whole_is_refused_by_difference(
    one: Listing, at: int, octets: bytes, cut: int
) -> None:
    data = tree_bytes(one)
    spoilt = data[:at] + octets + data[at + cut :]
    known = whole(data)
    try:
        alone = whole(spoilt)
    except Undecided:
        with pytest.raises(Undecided):
            compared(known, spoilt)
    else:
        helped, found = compared(known, spoilt)
        assert same(helped, alone)
        assert found == differing(known, alone)


@settings(max_examples=200, deadline=None)
@given(steps=st.lists(listings, min_size=2, max_size=6))
def test_a_tree_known_by_difference_helps_with_the_next(steps: list[Listing]) -> None:
    known = whole(tree_bytes(steps[0]))
    for listing in steps[1:]:
        known, _ = compared(known, tree_bytes(listing))

    assert same(known, whole(tree_bytes(steps[-1])))


def large(**changed: tuple[str, int]) -> bytes:
    return tree_bytes({f"name-{n:03}": ("100644", 1) for n in range(500)} | changed)


@pytest.mark.parametrize("name", ["name-000", "name-007", "name-499", "name-250x", "zzz", "a"])
def test_one_changed_entry_is_all_that_differs(name: str) -> None:
    known = whole(large())

    _, found = compared(known, large(**{name: ("100644", 2)}))

    before = None if name not in known.entries else Entry("100644", "01" * 20)
    assert found == {name: (before, Entry("100644", "02" * 20))}


def test_an_entry_that_becomes_a_folder_and_moves() -> None:
    known = whole(tree_bytes({"a": ("100644", 1), "a-b": ("100644", 1)}))
    other = tree_bytes({"a": ("40000", 2), "a-b": ("100644", 1)})

    helped, found = compared(known, other)

    assert list(helped.entries) == ["a-b", "a"]
    assert found == {"a": (Entry("100644", "01" * 20), Entry("40000", "02" * 20))}


def test_a_name_twice_far_apart() -> None:
    """What is new in one stretch may already stand in another."""
    twice = large() + b"100644 name-003\0" + b"\x05" * 20

    with pytest.raises(Undecided, match="'name-003' twice"):
        compared(whole(large()), twice)


def test_a_name_that_is_only_part_of_an_id_is_no_name_twice() -> None:
    inside = b"160000 lib\0" + b" zzz\0".ljust(20, b"x")
    known = whole(inside)

    helped, found = compared(known, inside + b"100644 zzz\0" + b"\x05" * 20)

    assert list(helped.entries) == ["lib", "zzz"]
    assert found == {"zzz": (None, Entry("100644", "05" * 20))}


@pytest.mark.parametrize(
    "data",
    [
        b"100644 a\0" + b"x" * 19,
        b"100644 a\0" + b"x" * 21,
        b"100644 a",
        b"100644 \0" + b"x" * 20,
        b"100644 a/b\0" + b"x" * 20,
        b"1006444 a\0" + b"x" * 20,
        b"1006 a\0" + b"x" * 20,
        b"100648 a\0" + b"x" * 20,
        b"\n100644 a\0" + b"x" * 20,
    ],
)
def test_a_malformed_tree(data: bytes) -> None:
    with pytest.raises(Undecided, match="malformed"):
        whole(data)


def test_a_name_that_is_no_utf_8_survives() -> None:
    tree = whole(b"100644 \xff\n\0" + b"x" * 20)

    (name,) = tree.entries
    assert name.encode("utf-8", "surrogateescape") == b"\xff\n"


def test_long_garbage_is_refused_without_ado() -> None:
    """Neither many beginnings of entries nor many names make it slow."""
    with pytest.raises(Undecided, match="malformed"):
        whole(b"100644 " * 500_000)
    with pytest.raises(Undecided, match="twice"):
        whole(b"".join(b"100644 %d\0" % n + b"x" * 20 for n in (*range(100_000), 7)))
