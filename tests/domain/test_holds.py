"""A hold stands until somebody lifts it who saw it."""

from commscli.domain.holds import standing_holds
from commscli.domain.ids import Digest, GateId, IncidentId, MessageId, PersonId
from commscli.domain.order import Placed, order
from commscli.domain.records import Reasoned, Record

NOTHING = Digest("0" * 64)


def placed(name: str, kind: str, *after: str) -> Placed:
    record = Record(
        repository="r", incident=IncidentId("i"), message=MessageId(""), kind=kind, gate=GateId(""),
        person=PersonId("ana"), trust=NOTHING, drill=False, at=f"2026-11-22T09:0{name[-1]}:00Z",
        after=sorted(Digest(digest) for digest in after), body=Reasoned(why="because"),
    )  # fmt: skip
    return Placed(digest=Digest(name), record=record)


def standing(*records: Placed, void: str = "") -> list[str]:
    valid = {p.digest for p in records if p.digest != void}
    return [p.digest for p in standing_holds(order(records), valid)]


def test_a_hold_stands_until_it_is_lifted() -> None:
    hold = placed("h1", "hold")
    assert standing(hold) == ["h1"]
    assert standing(hold, placed("l2", "lifted", "h1")) == []


def test_a_lift_that_did_not_see_the_hold_lifts_nothing() -> None:
    seen = placed("h1", "hold")
    assert standing(seen, placed("h2", "hold", "h1"), placed("l3", "lifted", "h1")) == ["h2"]


def test_a_hold_after_the_lift_stands_again() -> None:
    lifted = (placed("h1", "hold"), placed("l2", "lifted", "h1"))
    assert standing(*lifted, placed("h3", "hold", "l2")) == ["h3"]


def test_what_does_not_count_neither_holds_nor_lifts() -> None:
    pair = (placed("h1", "hold"), placed("l2", "lifted", "h1"))
    assert standing(*pair, void="l2") == ["h1"]
    assert standing(*pair, void="h1") == []
