"""What every format of ``comms check`` looks like, for each way in which a check can end.

``COMMS_UPDATE_GOLDENS=1`` writes the files anew; read them as whoever reads that format does.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from commscli.compose.library import shipped
from commscli.domain.report import Report
from commscli.errors import Undecided
from commscli.render.annotations import annotations
from commscli.render.check_summary import check_summary
from commscli.render.check_text import check_text
from commscli.render.code_quality import code_quality
from commscli.render.documents import check_document, written
from commscli.render.human import Paint
from commscli.render.junit import junit_text
from commscli.render.sarif import sarif_document
from commscli.workflow.proof.checking import undecided
from tests.support.check_reports import REPORTS
from tests.support.scrub import assert_golden, scrubbed

PLAIN = Paint(colour=False)
_COPIED = re.compile(r"^ {6}at |^ {12,14}comms [^;]+$")


def _unreadable() -> Report:
    return undecided(Undecided("no git repository is here", remedy="comms init, or comms -C DIR"))


def _sarif(report: Report) -> str:
    """Without the pages of the rules, which have tests of their own."""
    pages = {name.removesuffix(".md"): data.decode() for name, data in shipped("rules").items()}
    log = sarif_document(report, pages)
    [run] = log["runs"]
    driver = run["tool"]["driver"]
    driver["rules"] = [{"id": rule["id"]} for rule in driver["rules"]]
    return written(log)


OUTCOMES: Mapping[str, Callable[[], Report]] = MappingProxyType(
    {**REPORTS, "unreadable": _unreadable}
)
FORMATS: Mapping[str, Callable[[Report], str]] = MappingProxyType({
    "txt": lambda report: check_text(report, PLAIN),
    "json": lambda report: written(check_document(report)),
    "sarif": _sarif,
    "xml": junit_text,
    "github": annotations,
    "gitlab.json": lambda report: written(code_quality(report)),
    "md": check_summary,
})  # fmt: skip


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("outcome", OUTCOMES)
def test_what_it_looks_like(outcome: str, form: str, tmp_path: Path) -> None:
    text = scrubbed(FORMATS[form](OUTCOMES[outcome]()), tmp_path)

    assert_golden(f"check/{outcome}.{form}", text)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_it_fits_a_terminal(outcome: str) -> None:
    """What is there to be copied stays whole, and nothing else is wider than 80 columns."""
    report = OUTCOMES[outcome]()

    for every in (False, True):
        lines = check_text(report, PLAIN, every=every).splitlines()
        assert [line for line in lines if len(line) > 80 and not _COPIED.search(line)] == []


def test_what_is_accepted_has_no_next_step() -> None:
    text = check_text(OUTCOMES["accepted"](), PLAIN)

    assert "a slip; nothing rests on it" in text
    assert "mend:" not in text
    assert "who:" not in text


def test_warnings_that_count_are_told() -> None:
    report = OUTCOMES["fail"]()
    warned = replace(report, findings=tuple(f for f in report.findings if f.level == "warning"))

    assert "--strict: the warnings count as errors" in check_text(warned, PLAIN, strict=True)
    assert "--strict" not in check_text(warned, PLAIN)
    assert "--strict" not in check_text(OUTCOMES["pass"](), PLAIN, strict=True)
