"""What is found in words, and what is left alone."""

import pytest

from commscli.domain.stated import stated


def times(text: str, key: str) -> list[str]:
    return [one.value for one in stated(text).get(key, ())]


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("It began at 09:14 GMT on 22 November 2026 and ended at 11:05 GMT.", ["09:14"], ["11:05"]),
        ("- Start: 09:14 GMT on 22 November 2026\n- End: 11:05 GMT", ["09:14"], ["11:05"]),
        ("Payments have failed since 9:14.", ["09:14"], []),
        ("All works again since 11:05.", [], ["11:05"]),
        ("Service was restored at 11.05 am, it started around 9.14.", ["09:14"], ["11:05"]),
        ("It started at 1:30 p.m. today, starting 12:05 am elsewhere.", ["13:30", "00:05"], []),
        ("It began at 09:14, and not at 09:40.", ["09:14"], []),
        ("We started at 10:20 to move traffic.", [], []),
        ("We have to correct our message of 09:20 GMT.", [], []),
        ("Our next update follows by {{ send.next_update }}, until 12:00 at most.", [], []),
        ("The talks began at 10.1234 and 25:00, the start was early.", [], []),
        ("Seit 09:14 geht nichts mehr.", [], []),
    ],
)
def test_when_it_began_and_ended(text: str, start: list[str], end: list[str]) -> None:
    assert times(text, "start") == start
    assert times(text, "end") == end


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,200 customers cannot pay.", ["1200"]),
        ("- Customers affected: 1200", ["1200"]),
        ("About 12 % of our customers notice it.", ["12%"]),
        ("12% of clients, 340 users", ["12%", "340"]),
        ("Customers cannot pay. At 09:14 customers called.", []),
    ],
)
def test_how_many_customers(text: str, expected: list[str]) -> None:
    assert times(text, "customers_affected") == expected


def test_how_bad_it_is() -> None:
    assert times("[SEV-1] Outage, a sev 2 at first", "severity") == ["SEV-1", "SEV-2"]


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("It began at 09:14.", "It began at 9:14 GMT.", True),
        ("It began at 09:14.", "It began at 09:15.", False),
        ("It began around 09:00.", "It began at 09:14.", True),
        ("It began around 08:30.", "It began at 09:14.", False),
        ("It began about 23:55.", "It began at 00:05.", True),
        ("It began at 09:14 GMT.", "It began at 10:14 CET.", True),  # nobody compares zones
        ("120 customers notice it.", "12% of customers notice it.", True),
        ("120 customers notice it.", "130 customers notice it.", False),
    ],
)
def test_what_may_be_the_same_agrees(one: str, other: str, agree: bool) -> None:
    (key,) = stated(one)
    assert stated(one)[key][0].agrees(stated(other)[key][0]) is agree
    assert stated(other)[key][0].agrees(stated(one)[key][0]) is agree
