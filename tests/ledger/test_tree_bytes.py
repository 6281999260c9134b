"""A tree read by what differs from another is the tree read whole."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commscli.errors import Undecided
from commscli.ledger.tree_bytes import ParsedTree, parsed_tree

NAMES = ["a", "a-b", "ab", "b", "100644 b", "x100644 b", "draft.md", "\u00e9", "z" * 40]
entries = st.dictionaries(
    st.sampled_from(NAMES), st.tuples(st.sampled_from(["100644", "40000"]), st.integers(0, 3))
)


def tree_bytes(listing: dict[str, tuple[str, int]]) -> bytes:
    def key(entry: tuple[str, tuple[str, int]]) -> bytes:
        return entry[0].encode() + (b"/" if entry[1][0] == "40000" else b"")

    return b"".join(
        b"%s %s\0" % (mode.encode(), name.encode()) + bytes([number]) * 20
        for name, (mode, number) in sorted(listing.items(), key=key)
    )


def whole(data: bytes) -> ParsedTree:
    return parsed_tree(data, 20, "", None)


@settings(max_examples=300, deadline=None)
@given(one=entries, other=entries)
def test_both_ways_give_the_same(
    one: dict[str, tuple[str, int]], other: dict[str, tuple[str, int]]
) -> None:
    known, alone = whole(tree_bytes(one)), whole(tree_bytes(other))

    helped = parsed_tree(tree_bytes(other), 20, "one", known)

    assert (helped.entries, helped.starts) == (alone.entries, alone.starts)
    differs = {name for name, _ in known.entries.items() ^ alone.entries.items()}
    assert helped.differs in {None, frozenset(differs)}


@settings(max_examples=300, deadline=None)
@given(one=entries, at=st.integers(0, 300), octets=st.binary(max_size=30), cut=st.integers(0, 30))
def test_what_is_refused_whole_is_refused_by_difference(
    one: dict[str, tuple[str, int]], at: int, octets: bytes, cut: int
) -> None:
    data = tree_bytes(one)
    spoilt = data[:at] + octets + data[at + cut :]
    try:
        alone = whole(spoilt)
    except Undecided:
        with pytest.raises(Undecided):
            parsed_tree(spoilt, 20, "one", whole(data))
    else:
        helped = parsed_tree(spoilt, 20, "one", whole(data))
        assert (helped.entries, helped.starts) == (alone.entries, alone.starts)


def test_one_changed_entry_is_all_that_differs() -> None:
    listing = {f"name-{n}": ("100644", 1) for n in range(50)}
    known = whole(tree_bytes(listing))

    helped = parsed_tree(tree_bytes(listing | {"name-7": ("100644", 2)}), 20, "one", known)

    assert helped.differs == frozenset({"name-7"})
