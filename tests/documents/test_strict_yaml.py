"""YAML is read strictly: every problem at once, each with its exact line and column."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commscli.documents.characters import read_text
from commscli.documents.strict_yaml import MAX_BYTES, MAX_PROBLEMS, load
from commscli.documents.yaml_reader import MAX_DEPTH
from commscli.errors import BadInput, Problem

REFUSED = {
    "syntax: a list that does not end": ("a: [1\nb: 2\n", ["2:2 expected ',' or ']'"]),
    "syntax: two colons": ("a: b: c\n", ["1:5 mapping values are not allowed"]),
    "syntax: a tab": ("a:\n\tb: 1\n", ["2:1 cannot start any token"]),
    "syntax: a quote that does not end": ("a: 'b\n", ["2:1 unexpected end of stream"]),
    "a key that stands twice": (
        "a: 1\nb:\n  c: 1\n  c: 2\n",
        ["4:3 `c` stands twice: first on line 3"],
    ),
    "a key that stands three times": ("a: 1\na: 2\na: 3\n", ["2:1 twice", "3:1 twice"]),
    "a tag": ("a: !!str 5\n", ["1:4 a tag (tag:yaml.org,2002:str)"]),
    "a tag that builds objects": ("a: !!python/object:os.system x\n", ["1:4 a tag"]),
    "a tag on a mapping": ("a: !x\n  b: 1\n", ["1:4 a tag (!x)"]),
    "an anchor": ("a: &x 5\n", ["1:4 an anchor"]),
    "an anchor and its alias": ("a: &x [1]\nb: *x\n", ["1:4 an anchor", "2:4 an alias (*x)"]),
    "a merge key": ("a:\n  <<: {b: 1}\n", ["2:3 a merge key"]),
    "a second document": ("a: 1\n---\nb: 2\n", ["2:1 a second document"]),
    "a directive": ("%YAML 1.1\n---\na: 1\n", ["2:1 a YAML directive"]),
    "a key that is a number": ("1: a\n", ["1:1 the key `1` is not text"]),
    "a key that is a truth value": ("a: 1\ntrue: a\n", ["2:1 the key `true` is not text"]),
    "a key that is null": ("~: a\n", ["1:1 the key `~` is not text"]),
    "a key that is a list": ("? [a]\n: 1\n", ["1:3 a key has to be text"]),
    "a key that is missing": ("a: 1\n: b\n", ["2:1 a key is missing before `:`"]),
    "a key without a value": ("a: 1\nb:\nc: ~\n", ["2:1 a key without a value: `b`", "3:1 `c`"]),
    "an entry without a value": (
        "a:\n  -\n  - null\n",
        ["2:4 an entry without", "3:5 an entry without"],
    ),
    "a fraction": ("a: 1.5\n", ["1:4 is the number 1.5"]),
    "not a number": ("a: .nan\n", ["1:4 is the number .nan"]),
    "a number beyond 2^53": ("a: 9007199254740993\n", ["1:4 expected one within 2^53"]),
    "a list at the top": ("- a\n", ["1:1 expected keys with values"]),
    "text at the top": ("only words\n", ["1:1 expected keys with values"]),
    "a byte order mark": ("\ufeffa: 1\n", ["1:1 a byte order mark"]),
    "Windows line ends": ("a: 1\r\nb: 2\r\n", ["1:5 ends with CR LF"]),
    "a lone carriage return": ("a: 1\rb\n", ["1:5 a carriage return"]),
    "a control character": ("a: x\x1b[2J\n", ["1:5 the character U+001B"]),
    "a bidi character": ("a: 1\nb: x\u202ey\n", ["2:5 the character U+202E"]),
    "a bidi character as an escape": ('a: "x\\u202e"\n', ["1:4 the character U+202E"]),
    "a surrogate as an escape": ('a: "\\ud800"\n', ["1:4 the character U+D800"]),
    "a bidi character in a key": ('"a\\u202e": 1\n', ["1:1 the character U+202E"]),
    "nesting": ("a: " + "[" * MAX_DEPTH + "1" + "]" * MAX_DEPTH + "\n", ["1:20 nested deeper"]),
    "several at once": (
        "a: 1\na: ~\nb: &x 2\n3: c\nd: \u202e\n",
        ["2:1 stands twice", "2:1 without a value", "3:4 an anchor", "4:1 not text", "5:4 U+202E"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_each_problem_has_its_place(case: str) -> None:
    text, expected = REFUSED[case]
    with pytest.raises(BadInput) as caught:
        load(text, path="comms.yaml")
    found = [str(problem) for problem in caught.value.problems]
    assert len(found) == len(expected), found
    for line, (place, said) in zip(found, (e.split(" ", 1) for e in expected), strict=True):
        assert line.startswith(f"comms.yaml:{place}: "), line
        assert said in line


def test_one_error_carries_them_all_and_names_what_to_edit() -> None:
    with pytest.raises(BadInput, match=r"^comms\.yaml cannot be used: 2 problems$") as caught:
        load("a: ~\nb: ~\n", path="comms.yaml")
    assert str(caught.value.place) == "comms.yaml:1:1"
    assert caught.value.remedy == "edit comms.yaml:1:1 and run the command again"


def test_lines_count_from_where_the_text_begins() -> None:
    with pytest.raises(BadInput) as caught:
        load("a: 1\na: 2\n", path="draft.md", first_line=2)
    [problem] = caught.value.problems
    assert str(problem) == "draft.md:3:1: the key `a` stands twice: first on line 2"


def test_plain_scalars_mean_what_the_yaml_1_2_core_schema_says() -> None:
    text = """\
day: 2026-11-22
time: 09:14
no: no
on: off
yes: Yes
y: n
flag: true
other: FALSE
number: -12
octal: 0o17
hexadecimal: 0x1F
leading: 007
quoted: "5"
single: 'null'
version: 1.2.3
block: |
  two
  lines
folded: >-
  one
  line
list: [a, 1, true]
empty: ""
"""
    assert load(text, path="x.yaml").value == {
        "day": "2026-11-22", "time": "09:14", "no": "no", "on": "off", "yes": "Yes", "y": "n",
        "flag": True, "other": False, "number": -12, "octal": 15, "hexadecimal": 31, "leading": 7,
        "quoted": "5", "single": "null", "version": "1.2.3", "block": "two\nlines\n",
        "folded": "one line", "list": ["a", 1, True], "empty": "",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["", "\n", "# a comment\n", "---\n", "--- \n...\n", "{}\n"])
def test_an_empty_document_is_an_empty_mapping(text: str) -> None:
    assert load(text, path="x.yaml").value == {}


def test_every_value_and_key_knows_its_place() -> None:
    document = load("a:\n  b: [x, y]\n", path="x.yaml")
    assert str(document.place(("a", "b", 1))) == "x.yaml:2:10"
    assert str(document.key_place(("a", "b"))) == "x.yaml:2:3"
    assert str(document.key_place(("a", "b", 1))) == "x.yaml:2:10"
    assert str(document.place(("a", "missing", 3))) == "x.yaml:2:3", "the nearest around it"


def test_a_document_has_a_size() -> None:
    rest = MAX_BYTES - len(b"a: \n")
    assert load(f"a: {'x' * rest}\n", path="x.yaml").value["a"] == "x" * rest
    with pytest.raises(BadInput, match="one problem") as caught:
        load(f"a: {'x' * (rest + 1)}\n", path="x.yaml")
    assert (
        str(caught.value.problems[0])
        == f"x.yaml: {MAX_BYTES + 1} bytes: expected at most {MAX_BYTES}"
    )


def test_a_file_of_nothing_but_problems_does_not_flood() -> None:
    with pytest.raises(BadInput, match="501 problems") as caught:
        load("\x1b" * 500, path="x.yaml")
    assert len(caught.value.problems) == MAX_PROBLEMS


def test_bytes_that_are_not_utf_8_are_named() -> None:
    assert read_text("Zürich\n".encode(), "x.yaml") == "Zürich\n"
    with pytest.raises(BadInput, match="x.yaml is not text: byte 14".replace(".", r"\.")) as caught:
        read_text("name: ü\nä: ".encode() + b"\xff\n", "x.yaml")
    [problem] = caught.value.problems
    assert str(problem) == "x.yaml:2:4: byte 14 (0xFF) is not UTF-8: expected UTF-8"
    assert caught.value.remedy == "save x.yaml as UTF-8"


yaml_like = st.lists(
    st.sampled_from(["a", "b: ", "- ", "\n", "  ", ": ", "? ", "[", "]", "{", "}", ",", "'", '"',
                     "&x ", "*x", "!t ", "|\n", ">-\n", "#", "%", "---\n", "...\n", "\\U", "\\x",
                     "<<", "~", "1", "\t", "\r\n", "\ufeff", "\x85", "@", "`", "\ud800"]),
    max_size=25,
).map("".join)  # fmt: skip


@given(st.one_of(yaml_like, st.text()))
def test_any_text_is_a_mapping_or_a_problem_with_a_place(text: str) -> None:
    problems: tuple[Problem, ...] = ()
    try:
        assert () in load(text, path="x.yaml").places
    except BadInput as refusal:
        problems = refusal.problems or (Problem(text="nothing said"),)
    assert all(problem.place for problem in problems)
