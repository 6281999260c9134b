"""Slots are filled once, and what is no slot is a placeholder that somebody forgot."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commscli.domain import slots
from commscli.errors import BadInput

NAMES = ("send.time", "send.next_update", "recipient.name")
TOKENS = [slots.token(name) for name in NAMES]
value = st.lists(st.one_of(st.sampled_from([*TOKENS, "{{", "}}", "\\1"]), st.text())).map("".join)
words = st.text(alphabet=st.characters(exclude_characters="{}"))


def test_slots_are_found_with_their_places() -> None:
    text = "Dear {{ recipient.name }},\n\nuntil {{ send.next_update }}."
    first, second = slots.tokens_in(text)
    assert (first.name, first.line, first.column) == ("recipient.name", 1, 6)
    assert (second.name, second.line, second.column) == ("send.next_update", 3, 7)
    assert text[second.start : second.end] == "{{ send.next_update }}"


def test_a_value_that_looks_like_a_slot_stays_as_it_is() -> None:
    filled = slots.fill(
        "{{ recipient.name }} {{ send.time }}",
        {"recipient.name": "{{ send.time }} \\1 {{ recipient.iban }}", "send.time": "now"},
    )
    assert filled == "{{ send.time }} \\1 {{ recipient.iban }} now"


@given(
    st.lists(st.one_of(st.sampled_from(TOKENS), words)),
    st.fixed_dictionaries(dict.fromkeys(NAMES, value)),
)
def test_filling_reads_the_text_once_and_the_values_never(
    parts: list[str], values: dict[str, str]
) -> None:
    filled = {slots.token(name): value for name, value in values.items()}
    expected = "".join(filled.get(part, part) for part in parts)
    assert slots.fill("".join(parts), values) == expected


def test_a_slot_without_a_value_is_never_sent() -> None:
    with pytest.raises(BadInput, match=r"no value for recipient\.iban, send\.time"):
        slots.fill("{{ send.time }} {{ recipient.iban }} {{ recipient.name }}", {
            "recipient.name": "Ana",
        })  # fmt: skip


@pytest.mark.parametrize(
    "placeholder",
    ["{{ end }}", "{{send.time}}", "{{ send.other }}", "{{  recipient.name }}", "{{ oops",
     "{% if x %}", "{% if", "{# note #}", "[TODO]", "[todo: ask Ana]", "[TBD]", "[insert time]",
     "<insert the time>", "<INSERT TIME>", "XXX", "XXXX", "TBD", "tbd", "TODO"],
)  # fmt: skip
def test_a_forgotten_placeholder_is_named_with_its_place(placeholder: str) -> None:
    text = f"It began.\n\nIt ended at {placeholder}\n"
    [problem] = slots.unfilled(text, path="draft.md", first_line=6)
    assert str(problem.place) == "draft.md:8:13"
    assert f"`{placeholder}`" in problem.text


def test_a_slot_that_is_spaced_wrongly_says_how_it_is_written() -> None:
    [problem] = slots.unfilled("{{send.time}}", path="draft.md")
    assert "{{ send.time }}" in problem.text


@pytest.mark.parametrize(
    "text",
    ["{{ send.time }} {{ recipient.name }}", "see [the page](https://example.com)", "a < b",
     "size XXL", "<https://example.com>", "{ }", "a todolist", "insert a coin"],
)  # fmt: skip
def test_ordinary_words_are_no_placeholders(text: str) -> None:
    assert slots.unfilled(text, path="draft.md") == ()


def test_only_a_personal_message_names_its_recipient() -> None:
    text = "until {{ send.time }}\nDear {{ recipient.name }}"
    assert slots.misplaced(text, one_to_one=True, path="draft.md") == ()
    [problem] = slots.misplaced(text, one_to_one=False, path="draft.md", first_line=9)
    assert str(problem) == (
        "draft.md:10:6: `{{ recipient.name }}` in a message that has no single recipient"
    )
