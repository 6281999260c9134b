"""Size and honesty budgets: a file is read in one sitting, an exemption says why it is one."""

import ast
import io
import re
import statistics
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "commscli"

MAX_FILE = 300
MAX_FUNCTION = 50
MEDIAN_FILE = 110
P90_FUNCTION = 28

POSTPONED = re.compile(r"\b(TODO|FIXME|XXX)\b")
EXEMPTION = re.compile(r"#\s*(?:ruff:\s*)?noqa\b|#\s*(?:type|mypy):\s*ignore\b")
CODES = r"[A-Z]+\d+(?:[,\s]+[A-Z]+\d+)*"
NAMED_EXEMPTION = re.compile(rf"#\s*(?:ruff:\s*)?noqa:\s*{CODES}|#\s*type:\s*ignore\[[\w\-, ]+\]")
WORD = re.compile(r"[A-Za-z]{3,}")

VAGUE = {"util", "helper", "common", "manager", "misc"}


def sources(*folders: Path) -> list[Path]:
    return sorted(path for folder in folders for path in folder.rglob("*.py"))


def shown(path: Path, line: int | None = None) -> str:
    place = path.relative_to(ROOT).as_posix()
    return place if line is None else f"{place}:{line}"


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Every function and method with its length from ``def`` to its last line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            last = node.end_lineno or node.lineno
            yield f"{shown(path, node.lineno)} {node.name}", last - node.lineno + 1


def comments(path: Path) -> Iterator[tuple[str, str]]:
    text = path.read_text(encoding="utf-8")
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield shown(path, token.start[0]), token.string


def has_reason(comment: str) -> bool:
    """Every exemption in the comment names its codes, and words follow that say why."""
    rest = NAMED_EXEMPTION.sub("", comment)
    return EXEMPTION.search(rest) is None and WORD.search(rest) is not None


def everything_written() -> list[Path]:
    return sources(PACKAGE, ROOT / "tests", ROOT / "bench")


def test_no_file_is_longer_than_one_sitting() -> None:
    sizes = {shown(path): lines(path) for path in sources(PACKAGE)}

    assert {place: size for place, size in sizes.items() if size > MAX_FILE} == {}


def test_the_median_file_is_short() -> None:
    # A package's own file is one docstring; counting it would flatter the rest.
    sizes = [lines(path) for path in sources(PACKAGE) if path.name != "__init__.py"]

    assert statistics.median(sizes) <= MEDIAN_FILE


def test_no_function_is_longer_than_a_screen() -> None:
    sizes = [pair for path in sources(PACKAGE) for pair in functions(path)]

    assert [(name, size) for name, size in sizes if size > MAX_FUNCTION] == []


def test_nine_functions_in_ten_are_short() -> None:
    sizes = [size for path in sources(PACKAGE) for _, size in functions(path)]

    assert statistics.quantiles(sizes, n=10)[-1] <= P90_FUNCTION


def test_nothing_is_put_off_in_a_comment() -> None:
    found = [pair for path in everything_written() for pair in comments(path)]

    assert [(place, text) for place, text in found if POSTPONED.search(text)] == []


def test_an_exemption_from_a_linter_has_a_reason() -> None:
    found = [pair for path in everything_written() for pair in comments(path)]
    exemptions = [(place, text) for place, text in found if EXEMPTION.search(text)]

    assert [(place, text) for place, text in exemptions if not has_reason(text)] == []


@pytest.mark.parametrize(
    ("comment", "accepted"),
    [
        ("# noqa: S101 - an invariant of the grammar", True),
        ("# type: ignore[arg-type]  # the stub lags behind", True),
        ("# type: ignore[arg-type]  # noqa: S101 - both, for the fixture", True),
        ("# ruff: noqa: E501 - a table of hashes", True),
        ("# noqa: S101", False),
        ("# noqa: S101, PLR2004", False),
        ("# noqa", False),
        ("# noqa because I say so", False),
        ("# type: ignore", False),
        ("# type: ignore[arg-type]", False),
        ("# type: ignore  # the stub lags behind", False),
        ("# mypy: ignore-errors for now", False),
    ],
)
def test_what_counts_as_a_reason(comment: str, *, accepted: bool) -> None:
    assert has_reason(comment) is accepted


def test_module_names_come_from_the_field() -> None:
    paths = [path.relative_to(ROOT) for path in everything_written()]
    words = {path.as_posix(): set(re.split(r"[/_.]", path.as_posix())) for path in paths}

    assert [
        path for path, parts in words.items() if {part.removesuffix("s") for part in parts} & VAGUE
    ] == []


def test_a_package_file_is_a_docstring_and_nothing_else() -> None:
    packages = [path for path in PACKAGE.rglob("__init__.py") if path.parent != PACKAGE]
    trees = {shown(path): ast.parse(path.read_text(encoding="utf-8")) for path in packages}

    assert [
        place
        for place, tree in trees.items()
        if len(tree.body) != 1 or ast.get_docstring(tree) is None
    ] == []
