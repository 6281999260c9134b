"""One spelling for every value: what is accepted, what is refused, and on which line."""

import json

import pytest

from commscli.ledger import line_grammar
from commscli.ledger.line_grammar import GrammarFault
from tests.support.strategies import FORBIDDEN

BLOCKS = frozenset({"people"})
EXPECTED = "expected `key: value`"
OTHERWISE = "the same values are written in another way"
NOT_JSON = "the value is not JSON"
NO_KIND = "expected text, a whole number, true, false, a list or an object"
TOO_DEEP = "nested deeper than 4"

GOOD = [
    pytest.param('k: ""\n', {"k": ""}, id="empty-text"),
    pytest.param('k: "a\\nb\\tc"\n', {"k": "a\nb\tc"}, id="line-feed-and-tab"),
    pytest.param('k: "\\"\\\\/"\n', {"k": '"\\/'}, id="quotes-and-backslashes"),
    pytest.param('k: "é e\u0301 🚨"\n', {"k": "é e\u0301 🚨"}, id="letters-as-they-are"),
    pytest.param('k: "null"\n', {"k": "null"}, id="a-yaml-word-as-text"),
    pytest.param("k: 0\n", {"k": 0}, id="zero"),
    pytest.param("k: -1\n", {"k": -1}, id="below-zero"),
    pytest.param("k: 9007199254740992\n", {"k": 2**53}, id="greatest-number"),
    pytest.param("k: -9007199254740992\n", {"k": -(2**53)}, id="least-number"),
    pytest.param("k: true\nl: false\n", {"k": True, "l": False}, id="flags"),
    pytest.param("k: []\nl: {}\n", {"k": [], "l": {}}, id="empty-list-and-object"),
    pytest.param('k: ["a", 1, true]\n', {"k": ["a", 1, True]}, id="list"),
    pytest.param('k: {"b": 1, "a": 2}\n', {"k": {"b": 1, "a": 2}}, id="object-in-its-order"),
    pytest.param('k: [[[["a"]]]]\n', {"k": [[[["a"]]]]}, id="depth-four"),
    pytest.param('k: {"": 1}\n', {"k": {"": 1}}, id="empty-object-key"),
    pytest.param(f'k: {{"{"x" * 128}": 1}}\n', {"k": {"x" * 128: 1}}, id="longest-object-key"),
    pytest.param("a-b_c9: 1\n", {"a-b_c9": 1}, id="key-of-every-character"),
    pytest.param("people: {}\n", {"people": {}}, id="empty-block"),
    pytest.param(
        'people:\n  ana: 1\n  bo: ["x"]\nk: 2\n',
        {"people": {"ana": 1, "bo": ["x"]}, "k": 2},
        id="block",
    ),
    pytest.param("people:\n  people: 1\n", {"people": {"people": 1}}, id="block-names-itself"),
]

BAD = [
    # The frame: lines, keys, ends.
    pytest.param("", "the last line does not end", None, id="nothing"),
    pytest.param("k: 1", "the last line does not end", None, id="no-last-line-feed"),
    pytest.param("\n", EXPECTED, 1, id="empty-line-only"),
    pytest.param("k: 1\n\n", EXPECTED, 2, id="empty-line-at-the-end"),
    pytest.param("k: 1\n\nl: 2\n", EXPECTED, 2, id="empty-line-between"),
    pytest.param("# why\nk: 1\n", EXPECTED, 1, id="comment"),
    pytest.param("---\nk: 1\n", EXPECTED, 1, id="document-start"),
    pytest.param("k: 1\n...\n", EXPECTED, 2, id="document-end"),
    pytest.param("%YAML 1.2\nk: 1\n", EXPECTED, 1, id="directive"),
    pytest.param("\ufeffk: 1\n", EXPECTED, 1, id="byte-order-mark"),
    pytest.param("k: 1\nK: 2\n", EXPECTED, 2, id="capital-key"),
    pytest.param("1k: 1\n", EXPECTED, 1, id="key-begins-with-a-digit"),
    pytest.param('"k": 1\n', EXPECTED, 1, id="quoted-key"),
    pytest.param("ké: 1\n", EXPECTED, 1, id="key-not-ascii"),
    pytest.param("k.l: 1\n", EXPECTED, 1, id="key-with-a-dot"),
    pytest.param("k : 1\n", EXPECTED, 1, id="space-before-the-colon"),
    pytest.param("k:1\n", EXPECTED, 1, id="no-space-after-the-colon"),
    pytest.param("k: \n", EXPECTED, 1, id="space-and-no-value"),
    pytest.param("k:\t1\n", EXPECTED, 1, id="tab-after-the-colon"),
    pytest.param(" k: 1\n", EXPECTED, 1, id="indented-by-one"),
    pytest.param("- 1\n", EXPECTED, 1, id="block-list"),
    pytest.param("? k\n: 1\n", EXPECTED, 1, id="explicit-key"),
    pytest.param("<<: {}\n", EXPECTED, 1, id="merge-key"),
    pytest.param("&a k: 1\n", EXPECTED, 1, id="anchored-key"),
    pytest.param("k:\n", "k has no value", 1, id="no-value"),
    pytest.param("k: 1\nk: 1\n", "k stands twice", 2, id="key-twice"),
    *(
        pytest.param(
            f"k: 1\n{word}: 1\n", f"{word} is a word that YAML reads as something else", 2, id=word
        )
        for word in ("null", "true", "false", "yes", "no", "on", "off")
    ),
    # Blocks.
    pytest.param("  ana: 1\n", "an indented line outside a block", 1, id="indented-first"),
    pytest.param("k: 1\n  ana: 1\n", "an indented line outside a block", 2, id="indented-after"),
    pytest.param(
        "people:\n  a: 1\nk: 1\n  b: 1\n", "an indented line outside a block", 4, id="block-over"
    ),
    pytest.param("people:\n   ana: 1\n", EXPECTED, 2, id="indented-by-three"),
    pytest.param("people:\n\tana: 1\n", EXPECTED, 2, id="indented-by-a-tab"),
    pytest.param("people:\n  ana:\n", "ana has no value", 2, id="block-entry-without-value"),
    pytest.param("people:\n  people:\n", "people has no value", 2, id="block-in-a-block"),
    pytest.param("people:\n  a: 1\n  a: 2\n", "a stands twice", 3, id="block-entry-twice"),
    pytest.param("people:\n  a: 1\npeople: {}\n", "people stands twice", 3, id="block-twice"),
    pytest.param(
        "people:\n  no: 1\n", "no is a word that YAML reads as something else", 2, id="no-person"
    ),
    pytest.param("people:\n", OTHERWISE, None, id="block-without-entries"),
    pytest.param('people: {"ana": 1}\n', OTHERWISE, None, id="block-on-one-line"),
    # Values that are no JSON, or JSON of a kind that has no place here.
    pytest.param("k: ana\n", NOT_JSON, 1, id="bare-word"),
    pytest.param("k: 'ana'\n", NOT_JSON, 1, id="single-quotes"),
    pytest.param('l: 1\nk: "a\n', NOT_JSON, 2, id="text-without-end"),
    pytest.param('k: "a" "b"\n', NOT_JSON, 1, id="two-values"),
    pytest.param('k: "a" # why\n', NOT_JSON, 1, id="comment-after-a-value"),
    pytest.param("k: [1,]\n", NOT_JSON, 1, id="comma-too-many"),
    pytest.param("k: |\n", NOT_JSON, 1, id="block-text"),
    pytest.param("k: !!str 1\n", NOT_JSON, 1, id="tag"),
    pytest.param("k: *a\n", NOT_JSON, 1, id="alias"),
    pytest.param("k: 017\n", NOT_JSON, 1, id="octal"),
    pytest.param("k: +1\n", NOT_JSON, 1, id="plus"),
    pytest.param("k: 2026-11-22\n", NOT_JSON, 1, id="date"),
    pytest.param('k: "a\tb"\n', NOT_JSON, 1, id="raw-tab"),
    pytest.param("k: " + "[" * 30000 + "\n", NOT_JSON, 1, id="bomb-of-brackets"),
    pytest.param("k: " + "9" * 5000 + "\n", NOT_JSON, 1, id="bomb-of-digits"),
    pytest.param("l: 1\nk: null\n", NO_KIND, 2, id="null"),
    pytest.param("k: 1.5\n", NO_KIND, 1, id="fraction"),
    pytest.param("k: 1e3\n", NO_KIND, 1, id="exponent"),
    pytest.param("k: NaN\n", NO_KIND, 1, id="not-a-number"),
    pytest.param("k: -Infinity\n", NO_KIND, 1, id="infinity"),
    pytest.param('k: ["a", [null]]\n', NO_KIND, 1, id="null-inside"),
    pytest.param("k: 9007199254740993\n", "a number beyond 2^53", 1, id="number-too-great"),
    pytest.param("k: [-9007199254740993]\n", "a number beyond 2^53", 1, id="number-too-small"),
    pytest.param("k: [[[[[]]]]]\n", TOO_DEEP, 1, id="depth-five"),
    pytest.param('k: {"a": [{"b": [{}]}]}\n', TOO_DEEP, 1, id="depth-five-mixed"),
    pytest.param("people:\n  a: [[[[[]]]]]\n", TOO_DEEP, 2, id="depth-five-in-a-block"),
    pytest.param(
        f'k: {{"{"x" * 129}": 1}}\n', "a key longer than 128 characters", 1, id="object-key-long"
    ),
    # The same value in another spelling.
    pytest.param("k:  1\n", OTHERWISE, None, id="two-spaces"),
    pytest.param("k: 1 \n", OTHERWISE, None, id="space-after"),
    pytest.param("k: 1\r\n", OTHERWISE, None, id="carriage-return"),
    pytest.param("k: -0\n", OTHERWISE, None, id="minus-zero"),
    pytest.param("k: [1,2]\n", OTHERWISE, None, id="no-space-after-a-comma"),
    pytest.param("k: [ 1]\n", OTHERWISE, None, id="space-in-a-list"),
    pytest.param('k: {"a":1}\n', OTHERWISE, None, id="no-space-in-an-object"),
    pytest.param('k: {"a": 1, "a": 1}\n', OTHERWISE, None, id="object-key-twice"),
    pytest.param('k: "\\u0041"\n', OTHERWISE, None, id="escape-of-a-letter"),
    pytest.param('k: "\\u00e9"\n', OTHERWISE, None, id="escape-of-an-accent"),
    pytest.param('k: "\\ud83d\\udea8"\n', OTHERWISE, None, id="escape-as-a-pair"),
    pytest.param('k: "\\/"\n', OTHERWISE, None, id="escape-of-a-slash"),
    pytest.param('k: "\\u000a"\n', OTHERWISE, None, id="escape-of-a-line-feed"),
    # Characters.
    pytest.param('k: "\\u0000"\n', "the character U+0000 is not allowed", 1, id="nul"),
    pytest.param('k: "\\r"\n', "the character U+000D is not allowed", 1, id="return-escaped"),
    pytest.param('k: "\\ud800"\n', "the character U+D800 is not allowed", 1, id="half-a-pair"),
    pytest.param('l: 1\nk: ["\x7f"]\n', "the character U+007F is not allowed", 2, id="delete"),
    pytest.param('k: {"\u202e": 1}\n', "the character U+202E is not allowed", 1, id="bidi-in-key"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), GOOD)
def test_what_is_accepted_is_written_the_same(text: str, value: object) -> None:
    pairs = line_grammar.read(text.encode(), blocks=BLOCKS)

    assert pairs == value
    assert json.dumps(pairs) == json.dumps(value)  # the order, and true is not 1
    assert line_grammar.write(pairs, blocks=BLOCKS) == text.encode()


@pytest.mark.parametrize(("text", "sentence", "line"), BAD)
def test_what_is_refused_says_why_and_where(text: str, sentence: str, line: int | None) -> None:
    with pytest.raises(GrammarFault) as refused:
        line_grammar.read(text.encode(), blocks=BLOCKS)

    assert (str(refused.value), refused.value.line) == (sentence, line)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"k: \xff\n", "byte 4 is not UTF-8"),
        (b'k: "\xc0\xaf"\n', "byte 5 is not UTF-8"),
        (b'k: "\xed\xa0\x80"\n', "byte 5 is not UTF-8"),
        (b'k: "\xf4\x90\x80\x80"\n', "byte 5 is not UTF-8"),
        ("k: 1\n".encode("utf-16"), "byte 1 is not UTF-8"),
    ],
    ids=["stray", "overlong", "surrogate", "beyond-unicode", "utf-16"],
)
def test_bytes_that_are_not_utf_8_are_refused_with_their_place(data: bytes, sentence: str) -> None:
    with pytest.raises(GrammarFault, match=f"^{sentence}$"):
        line_grammar.read(data)


@pytest.mark.parametrize("value", ["ana", 1, True, ["ana"]])
def test_a_block_that_is_no_object_is_refused(value: object) -> None:
    with pytest.raises(GrammarFault):
        line_grammar.read(f"people: {json.dumps(value)}\n".encode(), blocks=BLOCKS)


@pytest.mark.parametrize("character", [*sorted(FORBIDDEN), *map(chr, (0xD800, 0xDFFF))])
def test_characters_that_hide_something_are_refused_in_values_and_keys(character: str) -> None:
    sentence = f"the character U\\+{ord(character):04X} is not allowed"
    for value in (character, f"a{character}b", [character], {character: 1}, {"a": character}):
        with pytest.raises(GrammarFault, match=sentence):
            line_grammar.write({"k": value})


def test_all_other_characters_of_the_first_plane_are_accepted() -> None:
    doubtful = "\ufeff"  # invisible, and accepted today
    for code in range(0x10000):
        character = chr(code)
        if character in FORBIDDEN or character == doubtful or 0xD800 <= code <= 0xDFFF:
            continue
        data = line_grammar.write({"k": character})
        assert line_grammar.read(data) == {"k": character}


@pytest.mark.parametrize(
    "value", [None, 1.0, b"x", ("a",), {"a"}, [None]], ids=lambda value: type(value).__name__
)
def test_a_value_that_has_no_spelling_is_not_written(value: object) -> None:
    with pytest.raises(GrammarFault, match=NO_KIND):
        line_grammar.write({"k": value})


def test_a_file_may_have_64_kib_and_not_a_byte_more() -> None:
    frame = len('k: ""\n')
    data = line_grammar.write({"k": "x" * (64 * 1024 - frame)})
    assert len(data) == 64 * 1024
    assert line_grammar.read(data) == {"k": "x" * (64 * 1024 - frame)}

    for text in ("x" * (64 * 1024 - frame + 1), "é" * (32 * 1024)):
        with pytest.raises(GrammarFault, match=r"\d+ bytes: expected at most 65536"):
            line_grammar.write({"k": text})
    with pytest.raises(GrammarFault, match="65537 bytes: expected at most 65536"):
        line_grammar.read(data[:3] + b"x" + data[3:])
