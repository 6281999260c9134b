"""The clocks of laws as data: what is shipped, and what a file that people edit cannot say."""

import re
from pathlib import Path

import pytest

from commscli.documents.models.clocks import RegulatoryClocks
from commscli.documents.validate import read_document
from commscli.errors import BadInput
from commscli.workflow.incident.clock_files import shipped_clocks

FILE = """\
reviewed: "2026-11-22"
reviewed_by: lea
clocks:
  first:
    regime: R
    trigger: T
    duration: 72
    unit: hours
    calendar: clock
    chained_from: awareness
    tell: [somebody]
    source: S
    read: law
    status: enabled
  second:
    regime: R
    trigger: T
    calendar: US
    chained_from: first
    met_with: [first]
    tell: [somebody]
    source: S
    read: secondary
    status: proposed
"""


def read(text: str) -> RegulatoryClocks:
    return read_document(RegulatoryClocks, text.encode(), path="clocks.yaml")


def test_the_example_can_be_read() -> None:
    clocks = read(FILE).clocks

    assert str(clocks["first"].period) == "72 hours"
    assert clocks["second"].period is None
    assert clocks["second"].duty("second").country == "US"


@pytest.mark.parametrize(
    ("old", "new", "line", "text"),
    [
        ("    unit: hours\n", "", 5, "belong together"),
        ("unit: hours", "unit: weeks", 8, "expected one of minutes, hours"),
        ("duration: 72", "duration: 0", 7, "greater than"),
        ("calendar: clock", "calendar: lunar", 9, "a country"),
        ("chained_from: awareness", "chained_from: detection", 10, "awareness, determination"),
        ("chained_from: awareness", "chained_from: second", 10, "would run from itself"),
        ("met_with: [first]", "met_with: [third]", 20, "no clock is called"),
        ("status: enabled", "status: maybe", 14, "not-in-force"),
        ("tell: [somebody]", "tell: []", 11, "at least 1"),
        ("source: S", "sauce: S", 12, "source"),
    ],
)
def test_what_is_wrong_has_its_line(old: str, new: str, line: int, text: str) -> None:
    with pytest.raises(BadInput) as caught:
        read(FILE.replace(old, new, 1))

    said = [str(problem) for problem in caught.value.problems]
    assert any(text in problem for problem in said), said
    assert any(problem.startswith(f"clocks.yaml:{line}:") for problem in said), said


def test_every_row_of_the_regulations_is_shipped() -> None:
    families = {re.split(r"-(?=[0-9])|-", id_)[0] for id_ in shipped_clocks()}

    assert families >= {
        "gdpr", "uk", "nis2", "dora", "cra", "sec", "hipaa", "circia", "nydfs", "us", "pci", "au",
        "in", "sg",
    }  # fmt: skip
    assert {
        "us-ca",
        "us-tx",
        "us-co",
        "us-ny",
        "us-bank-36h",
        "pci-visa",
    } <= shipped_clocks().keys()


def test_what_was_not_read_in_the_law_is_not_enabled() -> None:
    for entry in shipped_clocks().values():
        assert entry.clock.status != "enabled" or entry.clock.read == "law", entry.id
        assert (entry.clock.status == "not-in-force") == (
            entry.id.startswith("circia") or entry.id == "gdpr-33-omnibus"
        )
        assert entry.reviewed == "2026-11-22"
        assert "no lawyer" in entry.reviewed_by
        assert entry.clock.tell
        assert entry.clock.content


def test_no_regime_runs_from_the_detection() -> None:
    chained = {id_: entry.clock.chained_from for id_, entry in shipped_clocks().items()}

    assert chained["dora-intermediate"] == "dora-initial"
    assert chained["dora-final"] == "dora-intermediate"
    assert chained["nis2-final"] == "nis2-notification"
    assert chained["sec-8k-105"] == chained["nydfs-500-17"] == chained["sg-pdpa"] == "determination"


def test_the_page_says_who_reviewed_and_when_and_that_it_is_no_advice() -> None:
    page = (Path(__file__).parents[2] / "docs" / "clocks.md").read_text(encoding="utf-8")

    assert "legal advice" in page
    assert "No lawyer" in page
    assert "22 November 2026" in " ".join(page.split())
    assert all(f"`{key}`" in page for key in ("enabled", "proposed", "not-in-force"))
