"""Before is what ``after`` reaches, and nothing else; everybody lists records alike."""

from collections.abc import Mapping, Sequence
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from commscli.domain.ids import Digest
from commscli.domain.order import Ordered, Placed, order
from tests.support.strategies import example_record

TIMES = ("2026-11-22T09:14:00Z", "2026-11-22T09:15:00Z", "2026-11-22T09:16:00Z")
MISSING = Digest("0" * 64)


def name(number: int) -> Digest:
    """A digest that is not in the order of the numbers."""
    return Digest(sha256(b"%d" % number).hexdigest())


def placed(number: int, *parents: int, at: str = TIMES[0], missing: bool = False) -> Placed:
    after = sorted([*map(name, parents), *([MISSING] if missing else [])])
    return Placed(digest=name(number), record=example_record("fact", after=after, at=at))


@st.composite
def histories(draw: st.DrawFn) -> list[Placed]:
    """Any graph without a circle: each record comes after some of those with lower numbers."""
    size = draw(st.integers(0, 12))
    return [
        placed(
            number,
            *draw(st.sets(st.integers(0, number - 1), max_size=3) if number else st.just(set())),
            at=draw(st.sampled_from(TIMES)),
            missing=draw(st.booleans()),
        )
        for number in range(size)
    ]


def reached(records: Sequence[Placed]) -> Mapping[Digest, set[Digest]]:
    """What each record reaches, worked out slowly."""
    parents = {p.digest: [d for d in p.record.after if d != MISSING] for p in records}

    def past(digest: Digest) -> set[Digest]:
        found = set(parents[digest])
        for parent in parents[digest]:
            found |= past(parent)
        return found

    return {digest: past(digest) for digest in parents}


def members(ordered: Ordered, mask: int) -> set[Digest]:
    return {p.digest for number, p in enumerate(ordered.records) if mask >> number & 1}


@given(histories())
def test_before_is_what_a_record_reaches(records: list[Placed]) -> None:
    ordered = order(records)

    for digest, past in reached(records).items():
        assert members(ordered, ordered.before(digest)) == past
        assert not ordered.has(ordered.before(digest), digest)
        assert all(ordered.has(ordered.before(digest), earlier) for earlier in past)


@given(histories())
def test_nothing_is_listed_before_what_it_comes_after(records: list[Placed]) -> None:
    ordered = order(records)

    assert sorted(p.digest for p in ordered.records) == sorted(p.digest for p in records)
    assert all(ordered.records[i].digest == d for d, i in ordered.position.items())
    for digest, past in reached(records).items():
        assert all(ordered.position[earlier] < ordered.position[digest] for earlier in past)
    assert members(ordered, ordered.everything) == {p.digest for p in records}


@given(histories(), st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_who_lists(records: list[Placed], chance: object) -> None:
    shuffled = list(records)
    getattr(chance, "shuffle")(shuffled)  # noqa: B009 - typed as object by the strategy

    assert order(shuffled) == order(records)
    assert order([*records, *records]) == order(records)


@given(histories())
def test_heads_are_what_nobody_reaches(records: list[Placed]) -> None:
    followed = {digest for past in reached(records).values() for digest in past}

    assert order(records).heads() == sorted({p.digest for p in records} - followed)


@given(histories(), st.integers(0, 11))
def test_another_head_changes_no_past(records: list[Placed], number: int) -> None:
    parents = [number] if number < len(records) else []
    more = order([*records, placed(99, *parents)])

    for digest, past in reached(records).items():
        assert members(more, more.before(digest)) == past


def test_concurrent_records_stand_by_claimed_time_and_then_by_digest() -> None:
    late, early, same = placed(1, at=TIMES[2]), placed(2, at=TIMES[0]), placed(3, at=TIMES[2])

    listed = [p.digest for p in order([late, same, early]).records]

    assert listed == [early.digest, *sorted([late.digest, same.digest])]


def test_concurrent_records_after_one_another_stand_by_time_too() -> None:
    first = placed(1)
    late, early = placed(3, 1, at=TIMES[2]), placed(2, 1, at=TIMES[1])
    assert name(3) < name(2)  # by digest alone it would be the other way round

    listed = [p.digest for p in order([late, first, early]).records]

    assert listed == [first.digest, early.digest, late.digest]


def test_a_time_that_runs_backwards_does_not_change_what_is_before() -> None:
    first, second = placed(1, at=TIMES[2]), placed(2, 1, at=TIMES[0])
    ordered = order([second, first])

    assert [p.digest for p in ordered.records] == [first.digest, second.digest]
    assert ordered.has(ordered.before(second.digest), first.digest)
    assert not ordered.has(ordered.before(first.digest), second.digest)


def test_what_is_missing_is_in_nobodys_past() -> None:
    ordered = order([placed(1, missing=True)])

    assert ordered.before(name(1)) == 0
    assert not ordered.has(ordered.everything, MISSING)


def test_no_records_are_in_order() -> None:
    ordered = order([])

    assert (ordered.records, ordered.everything, ordered.heads()) == ((), 0, [])
