"""Two audiences told different facts, and words elsewhere that say another thing."""

from datetime import UTC, datetime, timedelta

from commscli.domain.consistency import INCONSISTENT, Uttered, inconsistencies

ZERO = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
OLD, NEW = "It began at 09:40.", "It began at 09:14."


def told(at: int, text: str, to: str = "public") -> Uttered:
    return Uttered(who=to, at=ZERO + timedelta(minutes=at), text=text, message=f"message-{at}")


def said(at: int, text: str, where: str = "the radio") -> Uttered:
    return Uttered(who=where, at=ZERO + timedelta(minutes=at), text=text)


def found(*uttered: Uttered) -> list[str]:
    patterns = list(
        inconsistencies(
            [one for one in uttered if one.message], [one for one in uttered if not one.message]
        )
    )
    assert {pattern.id for pattern in patterns} <= {INCONSISTENT}
    assert len({pattern.key for pattern in patterns}) == len(patterns)
    return [pattern.text for pattern in patterns]


def test_the_same_told_to_all_is_fine() -> None:
    assert found(told(1, NEW), told(2, NEW, "staff"), said(3, "It began around 9:15.")) == []
    assert found(told(1, "We are on it."), told(2, NEW, "staff"), said(3, "No comment.")) == []


def test_an_audience_that_still_believes_the_old_time() -> None:
    (text,) = found(told(1, OLD), told(30, NEW, "staff"))
    assert text == (
        "public was told the start 09:40 (message-1, 2026-11-22T09:01:00Z), "
        "and staff 09:14 (message-30, 2026-11-22T09:30:00Z)"
    )


def test_a_correction_settles_it_and_a_message_without_the_time_does_not() -> None:
    assert len(found(told(1, OLD), told(30, NEW, "staff"), told(40, "We go on."))) == 1
    assert found(told(1, OLD), told(30, NEW, "staff"), told(40, NEW)) == []


def test_words_elsewhere_count_wherever_they_stand_in_time() -> None:
    for at in (5, 90):
        (text,) = found(told(10, NEW), told(20, NEW, "staff"), said(at, "Down since 8:30."))
        assert text.startswith("the start was said to be 08:30 (the radio, 2026-11-22T")
        assert text.endswith("and staff 09:14 (message-20, 2026-11-22T09:20:00Z)")


def test_saying_it_right_in_the_same_place_settles_it() -> None:
    wrong, right = said(20, "Down since 8:30."), said(40, "It began at 9:14, not at 8:30.")
    assert found(told(10, NEW), wrong, right) == []
    assert len(found(told(10, NEW), wrong, said(40, "It began at 9:14.", "the CEO"))) == 1


def test_words_elsewhere_alone_contradict_no_message() -> None:
    assert found(said(1, OLD), said(2, NEW, "the CEO")) == []


def test_what_changes_is_compared_within_the_hour_alone() -> None:
    few, many = "100 customers notice it.", "900 customers notice it."
    assert len(found(told(1, few), told(50, many, "staff"))) == 1
    assert found(told(1, few), told(70, many, "staff")) == []
    assert len(found(told(1, "SEV-2"), said(10, "This is a SEV1."))) == 1
