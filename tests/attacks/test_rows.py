"""The page of attacks and the tests of attacks are about the same hundred rows."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

from commscli.gates.catalog import RULES

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = DOCS / "attacks.md"
ROWS = range(1, 101)
IDS = [rule.id for rule in RULES]
NEVER = "cannot arise: "
OTHER_ANSWERS = ("undecided", "refused", "no effect")

_ROW = re.compile(r"\| (\d+) \| (.+?) \| (.+) \|")
_NONE = re.compile(r"\| \[([a-z-]+)\]\(rules/\1\.md\) \| (.+) \|")
_RULE = re.compile(r"\[([a-z-]+)\]\(rules/([a-z-]+)\.md\)")


@cache
def answers() -> dict[int, str]:
    """What the page says to each row; a row that stands twice fails here."""
    found: dict[int, str] = {}
    for number, attack, answer in _rows():
        assert number not in found, f"row {number} stands twice"
        assert attack.strip(), f"row {number} says nothing"
        found[number] = answer
    return found


def _rows() -> Iterator[tuple[int, str, str]]:
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        match = _ROW.fullmatch(line)
        if match:
            yield int(match[1]), match[2], match[3]


def rules_of(answer: str) -> list[str]:
    return [shown for shown, _ in _RULE.findall(answer)]


@pytest.fixture(scope="module")
def marked(request: pytest.FixtureRequest) -> dict[int, list[str]]:
    """Which tests are marked with each row: of all in this folder, whatever runs now."""
    found: dict[int, list[str]] = defaultdict(list)
    for item in _collected(request.config):
        for mark in item.iter_markers("row"):
            for number in mark.args:
                found[number].append(item.nodeid)
    return found


class _Collector:
    """Keeps what another run of pytest collects."""

    def __init__(self) -> None:
        self.items: list[pytest.Item] = []

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.items = list(session.items)


def _collected(config: pytest.Config) -> Iterable[pytest.Item]:
    """Collect this folder anew: the tests that run now may be a part of it."""
    collector = _Collector()
    folder = str(Path(__file__).parent)
    options = ["--collect-only", "--import-mode=importlib", "--rootdir", str(config.rootpath)]
    without = [f"-pno:{plugin}" for plugin in ("terminal", "cacheprovider", "xdist")]
    status = pytest.main([*options, *without, "-o", "addopts=", folder], plugins=[collector])
    assert status == pytest.ExitCode.OK
    return collector.items


def test_every_row_is_there() -> None:
    assert sorted(answers()) == list(ROWS)


def test_every_rule_that_is_named_is_one() -> None:
    links = _RULE.findall(PAGE.read_text(encoding="utf-8"))

    assert [link for link in links if link[0] != link[1] or link[0] not in IDS] == []


@pytest.mark.parametrize("number", ROWS)
def test_every_row_has_an_answer(number: int) -> None:
    answer = answers()[number]

    if answer.startswith(NEVER):
        assert len(answer.removeprefix(NEVER).split()) >= 5, "a reason is a sentence"
        assert rules_of(answer) == []
    else:
        assert rules_of(answer) or any(word in answer for word in OTHER_ANSWERS), answer


def test_every_row_that_can_arise_is_tested(marked: dict[int, list[str]]) -> None:
    can_arise = {number for number, answer in answers().items() if not answer.startswith(NEVER)}

    assert sorted(can_arise - set(marked)) == []


def test_every_rule_of_an_answer_is_asserted_beside_its_mark(marked: dict[int, list[str]]) -> None:
    """In the module of a test of the row, at least; a rule that no test names is a promise."""
    root = DOCS.parent
    missing = {
        (number, rule)
        for number, answer in answers().items()
        for rule in rules_of(answer)
        if number in marked
        and not any(
            f'"{rule}"' in (root / module).read_text(encoding="utf-8")
            for module in {name.partition("::")[0] for name in marked[number]}
        )
    }

    assert sorted(missing) == []


def test_every_mark_names_a_row_that_can_arise(marked: dict[int, list[str]]) -> None:
    never = {number for number, answer in answers().items() if answer.startswith(NEVER)}
    wrong = {number: tests for number, tests in marked.items() if number not in {*ROWS} - never}

    assert wrong == {}


def test_every_rule_answers_a_row_or_says_why_not() -> None:
    named = {rule for answer in answers().values() for rule in rules_of(answer)}
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    none = {m[1]: m[2] for line in lines if (m := _NONE.fullmatch(line))}

    assert sorted(set(IDS) - named - set(none)) == []
    assert sorted(named & set(none)) == []
    assert [rule for rule, why in none.items() if len(why.split()) < 5] == []
