"""One line a thing to do: what, who, until when, and whether it is done."""

import pytest

from commscli.domain.follow_ups import of_facts, of_page, parse


@pytest.mark.parametrize(
    ("text", "what", "owner", "due", "done"),
    [
        ("Watch it", "Watch it", "", "", False),
        ("Watch it (owner: Ines, due: 2026-12-04)", "Watch it", "Ines", "2026-12-04", False),
        ("Watch it (due: 2026-12-04)", "Watch it", "", "2026-12-04", False),
        ("[x] Watch it (owner: Ines Duarte)", "Watch it", "Ines Duarte", "", True),
        ("[ ] Watch it (Owner:Ines)", "Watch it", "Ines", "", False),
        ("Watch (all of) it", "Watch (all of) it", "", "", False),
        ("Watch it (all of it)", "Watch it (all of it)", "", "", False),
        ("Watch it (due: soon)", "Watch it (due: soon)", "", "", False),
        ("Watch it (due: 2026-02-30)", "Watch it (due: 2026-02-30)", "", "", False),
        ("Watch it (owner: a, owner: b)", "Watch it (owner: a, owner: b)", "", "", False),
    ],
)
def test_a_line(text: str, what: str, owner: str, due: str, *, done: bool) -> None:
    found = parse(text, source="s")

    assert (found.what, found.owner, found.due, found.done) == (what, owner, due, done)


def test_facts_count_in_the_order_of_their_numbers() -> None:
    facts = {"follow_up_10": "ten", "follow_up_2": "two", "follow_up": "no", "follow_up_x": "no"}

    assert [(f.what, f.source) for f in of_facts(facts)] == [
        ("two", "follow_up_2"), ("ten", "follow_up_10"),
    ]  # fmt: skip


PAGE = """\
# Incident report

- not one

## Follow-ups

Words between.
- [ ] one (owner: Ines)
* [x] two
1. three

### Follow up

- four

## Thanks

- not one either
"""


def test_a_page_has_them_in_its_section_alone_each_with_its_line() -> None:
    assert [(f.what, f.done, f.source) for f in of_page(PAGE, name="report.md")] == [
        ("one", False, "report.md:8"), ("two", True, "report.md:9"), ("three", False,
        "report.md:10"), ("four", False, "report.md:14"),
    ]  # fmt: skip
