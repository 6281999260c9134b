"""Global options stand anywhere, and somebody's words are never taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commscli.cli.arguments import FLAGS, TAKE_TEXT, VALUES, globals_first, split_globals


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        ("status --json", "--json status"),
        ("status --format json", "--json status"),
        ("status --format=json", "--json status"),
        ("check --format text", "check"),
        ("check --format sarif", "check --format sarif"),
        ("check --format=sarif", "check --format=sarif"),
        ("check --format", "check --format"),
        ("status -i x", "-i x status"),
        ("status -ix", "-ix status"),
        ("status --incident=x --color never", "--incident=x --color never status"),
        ("log -C", "-C log"),
        ("fact a=1 b=2", "fact set a=1 b=2"),
        ("-i x fact a=1", "-i x fact set a=1"),
        ("fact set a=1", "fact set a=1"),
        ("fact list", "fact list"),
        ("fact --help", "fact --help"),
        ("phase a=1", "phase a=1"),
        ("review m --object --json", "review m --object --json"),
        ("review m --object=--json", "review m --object=--json"),
        ("show -- --json", "show -- --json"),
    ],
)
def test_where_words_go(argv: str, expected: str) -> None:
    assert globals_first(argv.split()) == expected.split()


WORDS = st.sampled_from([*sorted(FLAGS), *sorted(VALUES), *sorted(TAKE_TEXT), "--", "show", "x",
                         "--format", "json", "--key=k"])  # fmt: skip


@given(st.lists(WORDS, max_size=8))
def test_no_word_is_lost_or_made(argv: list[str]) -> None:
    front, rest = split_globals(argv)
    if "--format" not in argv:
        assert sorted(front + rest) == sorted(argv)


@given(st.lists(WORDS, max_size=8))
def test_what_follows_a_double_dash_stays(argv: list[str]) -> None:
    _, rest = split_globals(["show", "--", *argv])
    assert rest == ["show", "--", *argv]
