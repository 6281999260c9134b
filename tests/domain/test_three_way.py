"""Two changes of one value come together, or clash; neither is lost."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commscli.domain.three_way import Clash, three_way

LEAVES = st.text(max_size=2) | st.integers(0, 3) | st.booleans()
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b", "c"]), inner, max_size=3)
    ),
    max_leaves=8,
)


def merged(base: Any, ours: Any, theirs: Any) -> Any:
    try:
        return three_way(base, ours, theirs)
    except Clash:
        return Clash


@given(base=VALUES, changed=VALUES)
def test_what_one_side_changed_is_taken(base: Any, changed: Any) -> None:
    assert merged(base, changed, base) == changed
    assert merged(base, base, changed) == changed
    assert merged(base, changed, changed) == changed


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "expected"),
    [
        ([1, 2], [1, 2, 3], [2], [2, 3]),
        ([1, 2], [2, 1], [1, 2, 3], [2, 1, 3]),
        ({"a": 1}, {"a": 1, "b": 2}, {"a": 1, "c": 3}, {"a": 1, "b": 2, "c": 3}),
        ({"a": 1, "b": 1}, {"a": 2, "b": 1}, {"a": 1, "b": 2}, {"a": 2, "b": 2}),
        ({"a": 1, "b": 1}, {"a": 1}, {"a": 2, "b": 1}, {"a": 2}),
        ({"a": {"x": [1]}}, {"a": {"x": [1, 2]}}, {"a": {"x": [1, 3]}}, {"a": {"x": [1, 2, 3]}}),
    ],
)
def test_both_sides_come_together(base: Any, ours: Any, theirs: Any, expected: Any) -> None:
    assert three_way(base, ours, theirs) == expected


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "where"),
    [
        (1, 2, 3, "all of it"),
        (1, True, 2, "all of it"),
        ({"a": 1}, {"a": 2}, {"a": 3}, "a"),
        ({"a": {"x": 1}}, {"a": {"x": 2}}, {"a": {"x": 3}}, "a.x"),
        ({"a": 1}, {"a": 2}, {}, "a"),
        ({"a": 1}, {}, {"a": 2}, "a"),
        ({}, {"a": 1}, {"a": 2}, "a"),
        ({"a": 1, "b": 1}, {"a": 1, "b": 2}, {"b": 1, "a": 1}, "(order)"),
        ({"a": 1, "b": 2}, {"a": 1, "b": 2, "c": 1}, {"b": 2, "a": 1}, "(order)"),
    ],
)
def test_a_clash_says_where(base: Any, ours: Any, theirs: Any, where: str) -> None:
    with pytest.raises(Clash) as clash:
        three_way(base, ours, theirs)

    assert str(clash.value) == where
