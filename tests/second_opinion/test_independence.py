"""The second opinion is nobody's echo: it shares no line with what it checks."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
CHECKER = (
    "beforehand", "chain", "emergencies", "keys", "lines", "opinion", "passing", "reading",
    "records", "rosters", "sends", "walking", "worth",
)  # fmt: skip
"""The checker itself. The other modules here make histories and compare."""


def imported(module: str) -> Iterator[str]:
    for node in ast.walk(ast.parse((FOLDER / f"{module}.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "a relative import hides where it goes"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("module", CHECKER)
def test_the_checker_imports_itself_and_the_standard_library_only(module: str) -> None:
    own = tuple(f"tests.second_opinion.{name}" for name in CHECKER)
    names = [*imported(module)]

    assert names
    for name in names:
        inside = name in own or name.startswith(tuple(f"{one}." for one in own))
        inside = inside or name.removeprefix("tests.second_opinion.") in CHECKER
        assert inside or name.partition(".")[0] in sys.stdlib_module_names, name


@pytest.mark.parametrize("module", CHECKER)
def test_the_checker_loads_nothing_by_name(module: str) -> None:
    tree = ast.parse((FOLDER / f"{module}.py").read_text(encoding="utf-8"))
    called = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}

    assert not called & {"__import__", "eval", "exec", "import_module", "importlib", "compile"}
    assert "importlib" not in {name.partition(".")[0] for name in imported(module)}


def test_an_import_of_the_package_would_be_seen() -> None:
    assert "commscli.domain.report.Report" in [*imported("comparing")]
