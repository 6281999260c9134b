"""What is grey for a reviewer really stands in the template; every other word is marked."""

from collections.abc import Iterable

import pytest

from commscli.compose.literals import MAX_BRANCHES, body_lines, subject_lines
from commscli.compose.origins import (
    Line,
    Origin,
    Span,
    first_difference,
    line_origins,
    subject_origins,
)
from commscli.compose.sources import gather
from commscli.domain.preapproved import pieces_of
from tests.compose.rendering import FACTS, SHIPPED, rendered, template

NAMES = sorted(
    name for name in SHIPPED
    if name.count("/") == 2 and "/parts/" not in name and not name.endswith("/message")
)  # fmt: skip
LINES = (
    ("We know of a problem with ", None, "."),
    ("It is not yet known why. We are looking for it.",),
    (None, ": ", None),
)
T, F, W = Origin.TEMPLATE, Origin.FILLED, Origin.WRITTEN


def one(text: str, lines: Iterable[tuple[str | None, ...]] = LINES) -> Line:
    (found,) = line_origins(text, lines)
    return found


def words(line: Line, *origins: Origin) -> str:
    return "".join(span.text for span in line if span.origin in origins)


class TestALine:
    def test_of_the_template_is_its_own_and_what_fills_it_is_not(self) -> None:
        assert one("We know of a problem with cards.") == (
            Span("We know of a problem with ", T), Span("cards", F), Span(".", T),
        )  # fmt: skip

    @pytest.mark.parametrize(
        "text",
        ["We knew of a problem with cards.", "We know of no problem with cards.",
         "we know of a problem with cards.", "A bank writes: We know of a problem"],
    )  # fmt: skip
    def test_with_another_word_is_written(self, text: str) -> None:
        assert one(text) == (Span(text, W),)

    def test_with_one_sentence_changed_keeps_the_other(self) -> None:
        line = one("It is known why. We are looking for it.")
        assert line == (Span("It is known why. ", W), Span("We are looking for it.", T))

    def test_with_a_sentence_more_marks_that_alone(self) -> None:
        line = one("It is not yet known why. It was Bob. We are looking for it.")
        assert words(line, W) == "It was Bob. "

    def test_that_is_a_gap_alone_explains_nothing(self) -> None:
        assert one("Whatever: this is.") == (Span("Whatever: this is.", W),)

    def test_the_fullest_explanation_counts(self) -> None:
        lines = [("It began at ", None), ("It began at ", None, " and is over.")]
        assert words(one("It began at 09:14 and is over.", lines), F) == "09:14"

    def test_pieces_never_overlap(self) -> None:
        assert one("aba", [("ab", None, "ba")]) == (Span("aba", W),)

    def test_a_long_one_with_many_gaps_is_quick(self) -> None:
        pieces = ("a", *(None, "a") * 40, None, "b")
        assert words(one("a" * 60_000, [pieces]), W) == "a" * 60_000


class TestASubject:
    def test_is_told_by_one_word(self) -> None:
        line = subject_origins("Outage: resolved", [(None, ": resolved"), (None,)])
        assert (words(line, F), words(line, T)) == ("Outage", ": resolved")

    @pytest.mark.parametrize("text", ["Outage: solved", "", "Anything"])
    def test_that_is_another_is_written(self, text: str) -> None:
        known = [(None, ": resolved"), (None,), (": ", None)]
        assert subject_origins(text, known) == (Span(text, W),)


class TestATemplate:
    @pytest.mark.parametrize("name", NAMES)
    def test_that_is_shipped_explains_what_it_gave(self, name: str) -> None:
        draft = rendered(name, FACTS)
        chain = gather(name, SHIPPED)
        found = line_origins(draft.body, body_lines(chain, "Example Ltd"))
        written = {words(line, W) for line in found} - {""}
        assert written <= {"No payment data was lost."}, "a fact that is a line by itself"
        assert "\n".join("".join(s.text for s in line) for line in found) + "\n" == draft.body
        subject = subject_origins(draft.subject, subject_lines(chain, "Example Ltd"))
        assert not words(subject, W)

    @pytest.mark.parametrize("name", NAMES)
    def test_no_fact_is_ever_taken_for_its_words(self, name: str) -> None:
        odd = {key: f"Qx{n}" for n, key in enumerate(FACTS) if key not in TIMES}
        draft = rendered(name, {**FACTS, **odd})
        found = line_origins(draft.body, body_lines(gather(name, SHIPPED), "Example Ltd"))
        assert "Qx" not in "".join(words(line, T) for line in found)

    def lines(self, **texts: str) -> set[tuple[str | None, ...]]:
        sources = {name: template(text) for name, text in texts.items()}
        return set(body_lines(gather("t", sources), "Example Ltd"))

    def test_each_branch_of_a_line_is_a_line(self) -> None:
        body = "A{% if start is defined %} from {{ start }}{% else %} now{% endif %}.\n"
        assert self.lines(t=body) == {("A from ", None, "."), ("A now.",)}

    def test_blocks_macros_includes_and_super_are_where_they_are_used(self) -> None:
        base = "One.\n{% block b %}\nTwo {{ start }}.\n{% endblock %}\n"
        macros = "{% macro m(x) %}Three {{ x }}.{% endmacro %}\n"
        text = (
            '{% extends "base" %}{% from "macros" import m as n %}\n{% block b %}\n'
            '{{ super() }}\n{{ n(start) }}\n{% include "part" %}\n{% endblock %}\n'
        )
        found = self.lines(t=text, base=base, macros=macros, part="Four.")
        assert {("One.",), ("Two ", None, "."), ("Three ", None, "."), ("Four.",)} <= found

    def test_words_in_quotes_are_the_templates_too(self) -> None:
        body = "{{ cause or 'Not known.' }}\n{{ 'a' if start is defined else 'b' }}c\n"
        assert {("Not known.",), ("ac",), ("bc",)} <= self.lines(t=body)

    def test_what_stays_open_until_it_is_sent_is_its_own(self) -> None:
        body = "{{ words.organisation }}, {{ send.time }}, {{ recipient.name }}\n"
        assert self.lines(t=body) == {("Example Ltd, {{ send.time }}, {{ recipient.name }}",)}

    def test_a_line_with_too_many_branches_explains_nothing(self) -> None:
        choice = "".join(f"{{% if start is defined %}}{n}{{% endif %}}" for n in range(8))
        assert MAX_BRANCHES < 2**8
        assert self.lines(t=f"{choice}!\nB\n") == {("B",)}

    def test_a_macro_that_calls_itself_ends(self) -> None:
        body = "{% macro m(x) %}a{% if x %}{{ m(x) }}{% endif %}{% endmacro %}{{ m(start) }}b\n"
        assert all(line[0] != "b" for line in self.lines(t=body))


TIMES = {"start", "end", "remedy_time", "postmortem_due"} | {
    key for key, value in FACTS.items() if value.endswith("Z") and value[:2] == "20"
}


class TestAPassedText:
    def test_its_gaps_are_its_placeholders_and_slots_stay(self) -> None:
        assert pieces_of("A {{ services }} b {{ send.time }}.") == (
            "A ",
            None,
            " b {{ send.time }}.",
        )
        assert pieces_of("{{ services }}{{ impact }}") == (None,)
        assert pieces_of("") == ()

    @pytest.mark.parametrize(
        ("draft", "line"),
        [("A x.\n\nB\n", None), ("A x.\n\nC\n", "C"), ("A x.\n\nB\nMore.\n", "More."),
         ("A x.\n", "B"), ("A x\n\nB\n", "A x"), ("A x.\nB\n", "B"), ("A x.\n\n\nB\n", "")],
    )  # fmt: skip
    def test_the_first_line_that_differs_is_named(self, draft: str, line: str | None) -> None:
        assert first_difference("A {{ services }}.\n\nB\n", draft) == line
