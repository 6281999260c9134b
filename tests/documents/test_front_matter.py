"""A head between fences and the text below it: taken apart and put together again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commscli.documents.front_matter import HeadValue, join, split
from commscli.errors import BadInput


def test_a_file_is_a_head_and_a_body() -> None:
    head, body, first_line = split("---\na: 1\nb: x\n---\n\nHello\n", "draft.md")
    assert head is not None
    assert head.value == {"a": 1, "b": "x"}
    assert str(head.place(("b",))) == "draft.md:3:4", "lines are those of the file"
    assert (body, first_line) == ("Hello\n", 6)


@pytest.mark.parametrize(
    ("text", "body", "first_line"),
    [
        ("---\na: 1\n---\nHello\n", "Hello\n", 4),
        ("---\na: 1\n---\n\n\nHello\n", "\nHello\n", 5),
        ("---\na: 1\n---\n", "", 4),
        ("---\na: 1\n---", "", 4),
        ("---\na: 1\n---\n\n", "", 5),
        ("---\n---\nx\n---\n", "x\n---\n", 3),
    ],
)
def test_one_blank_line_belongs_to_neither(text: str, body: str, first_line: int) -> None:
    _, found, line = split(text, "draft.md")
    assert (found, line) == (body, first_line)


@pytest.mark.parametrize("text", ["", "Hello\n", "\n---\na: 1\n---\n", "----\n", " ---\n"])
def test_without_a_fence_on_the_first_line_all_is_body(text: str) -> None:
    assert split(text, "draft.md") == (None, text, 1)


def test_a_head_that_does_not_end_is_refused() -> None:
    with pytest.raises(BadInput) as caught:
        split("---\na: 1\n", "draft.md")
    assert "draft.md:1:1: the front matter does not end" in str(caught.value.problems[0])


def test_problems_in_a_head_have_the_lines_of_the_file() -> None:
    with pytest.raises(BadInput) as caught:
        split("---\na: 1\na: 2\n---\nHello\n", "draft.md")
    assert str(caught.value.problems[0].place) == "draft.md:3:1"


def test_windows_line_ends_of_a_head_are_named_rather_than_taken_for_a_body() -> None:
    with pytest.raises(BadInput) as caught:
        split("---\r\na: 1\r\n---\r\nHello\r\n", "draft.md")
    assert "draft.md:2:5: the line ends with CR LF" in str(caught.value.problems[0])


def test_what_is_written_is_stable_and_easy_to_read() -> None:
    head: dict[str, HeadValue] = {
        "subject": "Payments: a delay",
        "channels": ["mail", "yes", "site"],
        "next": "+30m",
        "count": 3,
        "final": False,
        "empty": "",
        "none": [],
    }
    assert join(head, "Hello\n\n\n") == (
        "---\n"
        'subject: "Payments: a delay"\n'
        'channels: [mail, "yes", site]\n'
        'next: "+30m"\n'
        "count: 3\n"
        "final: false\n"
        'empty: ""\n'
        "none: []\n"
        "---\n"
        "\n"
        "Hello\n"
    )


text = st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs", "Cf"])).filter(
    lambda t: not set(t) & set("\u2028\u2029\ufffe\uffff")
)
values = st.one_of(
    text, st.sampled_from(["null", "~", "no", "1", "1.5", "09:14", "2026-11-22", "a: b", "- a",
                           "#", "true", "{x}", "x\ny"]),
    st.integers(-(2**53), 2**53), st.booleans(), st.lists(text),
)  # fmt: skip
keys = st.from_regex(r"[a-z][a-z_]{0,9}", fullmatch=True).filter(
    lambda key: key not in {"null", "true", "false"}
)
body_text = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\r"))


@given(st.dictionaries(keys, values), body_text)
def test_what_was_joined_is_split_again(head: dict[str, HeadValue], body: str) -> None:
    written = join(head, body)
    parts = split(written, "draft.md")
    assert parts.head is not None
    assert parts.head.value == head
    assert list(parts.head.value) == list(head)
    assert parts.body == body.rstrip("\n") + "\n"
    assert written.split("\n")[parts.body_first_line - 1 :] == parts.body.split("\n")
    assert join(head, parts.body) == written
