"""What ``comms explain RULE`` prints is what a check of today says, and leads out of the fault."""

import re

import pytest

from commscli.compose.library import shipped
from commscli.domain.report import Level
from commscli.gates.catalog import RULES
from tests.support.check_reports import REPORTS

IDS = [rule.id for rule in RULES]
NEVER_ACCEPTED = {"pinned-root"}
"""It is about the pin of whoever checks, not about anything that the admins could name."""
WARNINGS = {"late-objection", "overtaken-record", "unfinished-send"}
WIDEST = 100


def page(rule: str) -> str:
    return shipped("rules")[f"{rule}.md"].decode()


def part(rule: str, heading: str) -> str:
    found = re.search(rf"^## {heading}\n\n(.*?)(?=^## |\Z)", page(rule), re.DOTALL | re.MULTILINE)
    assert found, heading
    return found[1]


@pytest.mark.parametrize("rule", IDS)
def test_the_page_says_how_to_live_with_the_fault(rule: str) -> None:
    command = f"comms trust accept {rule} ID --why TEXT"
    text = " ".join(part(rule, "Fix").split()) + " ".join(part(rule, "Example").split())

    accepted = command in text or f"comms trust accept {rule} " in text
    assert accepted is (rule not in WARNINGS | NEVER_ACCEPTED)


@pytest.mark.parametrize("rule", IDS)
def test_the_page_never_sends_anybody_to_edit_the_roster_by_hand(rule: str) -> None:
    assert "under `accepted`" not in page(rule)


@pytest.mark.parametrize("rule", IDS)
def test_the_example_ends_with_the_next_step(rule: str) -> None:
    lines = part(rule, "Example").splitlines()

    assert lines[0] == lines[-1] == "```"
    assert any(line.startswith(("    mend: ", "    who: ")) for line in lines)
    assert max(map(len, page(rule).splitlines())) <= WIDEST + 2


@pytest.mark.parametrize("name", REPORTS)
def test_the_page_of_what_was_found_says_what_the_finding_says(name: str) -> None:
    """Level and remedy are the same in the example and in the report, but for the names."""
    for finding in REPORTS[name]().findings:
        shown = " ".join(part(finding.rule, "Example").split())
        if finding.level is not Level.ACCEPTED:
            assert f"{finding.level}[{finding.rule}]: " in shown
        step = finding.remedy.partition(":")[0].partition(";")[0]
        assert " ".join(step.split()[-2:]) in shown
