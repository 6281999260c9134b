"""What hypothesis draws: how a history begins, and the acts that follow."""

from hypothesis import strategies as st

from tests.second_opinion import (
    acting_badly,
    acting_early,
    acting_falsely,
    acting_roster,
    acting_well,
)
from tests.second_opinion.histories import DOUBLES, Act, Opening

_small = st.integers(0, 7)
_where = st.sampled_from([0, 0, 0, 1, 1, 2])


def _act(*names: str) -> st.SearchStrategy[Act]:
    return st.builds(
        Act, what=st.sampled_from(names), who=_small, a=_small, b=_small, where=_where
    )  # fmt: skip


openings = st.builds(
    Opening,
    gates=st.sampled_from(["full", "full", "small", "odd"]),
    quorum=st.sampled_from([1, 1, 2]),
    doubled=st.lists(st.integers(0, len(DOUBLES) - 1), max_size=3, unique=True).map(tuple),
    shared=st.integers(0, 2),
    relaxed=st.booleans(),
    emergency=st.booleans(),
    signed=st.sampled_from([False, False, False, True]),
    sha256=st.sampled_from([False, False, False, True]),
)


BY_LETTER = {
    "w": _act(*acting_well.NAMES),
    "r": _act(*acting_roster.NAMES),
    "b": _act(*acting_badly.NAMES),
    "f": _act(*acting_falsely.NAMES),
    "e": _act(*acting_early.NAMES),
}
MIXTURES = (
    "w", "w", "wr", "wwr", "wb", "wf", "wwrbf", "r", "b", "f", "rb", "e", "wwe", "wree", "wrfe",
)  # fmt: skip


@st.composite
def stories(draw: st.DrawFn, *, most: int = 10, on_disk: bool = False) -> list[Act]:
    """Acts of some kinds; mostly with what leads to a right send before, between or after them.

    ``on_disk``: with what only a real repository shows.
    """
    odd = [_act(*acting_badly.ON_DISK)] if on_disk and draw(st.integers(0, 4)) == 4 else []
    kinds = [BY_LETTER[letter] for letter in draw(st.sampled_from(MIXTURES))]
    extra = draw(st.lists(st.one_of(kinds + odd), max_size=most))
    first, second = sorted(draw(st.integers(0, len(extra))) for _ in range(2))
    if draw(st.integers(0, 4)) == 4:
        return extra
    how = draw(st.sampled_from(["pass round", "pass round", "pass round", "pass carelessly"]))
    sending = [Act(what=how, who=draw(_small)), Act(what="send")]
    return [*extra[:first], sending[0], *extra[first:second], sending[1], *extra[second:]]
