"""A message before a reviewer: what is grey, what is marked, and that no text can pretend."""

import re

from commscli.compose.origins import Line, Origin, Span
from commscli.render.human import Paint
from commscli.render.origin_text import marked_words, origin_lines
from commscli.workflow.messages.word_origins import Approved, Differs, Origins
from tests.support.scrub import assert_golden

T, F, W = Origin.TEMPLATE, Origin.FILLED, Origin.WRITTEN
COLOURS = re.compile("\x1b\\[[0-9;]*m")


def origins(*lines: Line, unknown: str = "") -> Origins:
    return Origins(
        template="base/investigation/all-customers",
        subject=(Span("Checkout outage", F), Span(": we are looking into it", T)),
        lines=lines,
        approved=(
            Approved(gate="legal", people=("lea", "leo"), template="base/detection/all-customers",
                     until="2027-05-22T00:00:00Z"),
            Approved(gate="messaging", people=("mia",), template="", until=""),
        ),
        differs=(
            Differs(gates=("accuracy",), people=("cleo",), why="the words differ",
                    line="All is well, and cards work again everywhere."),
            Differs(gates=("approval",), people=("eve",), why="there are attachments"),
        ),
        unknown=unknown,
    )  # fmt: skip


EXAMPLE = origins(
    (Span("We have noticed a problem with ", T), Span("card payments", F), Span(
        " in the whole of Europe, and we are looking into it at the moment.", T)),
    (),
    (Span("Nobody has lost money, as far as our bank can tell by now, which it checks every "
          "hour. ", W), Span("We will tell you more.", T)),
    (Span("| not a mark", W),),
    (Span("\tA list: one\ttwo", T),),
)  # fmt: skip


def shown(what: Origins, *, colour: bool = False) -> str:
    paint = Paint(colour=colour)
    return "\n".join([*origin_lines(what, paint), "", *marked_words(what, paint)]) + "\n"


def test_it_reads_well_without_colour() -> None:
    assert_golden("origins-plain.txt", shown(EXAMPLE))


def test_and_with_it() -> None:
    assert_golden("origins-colour.txt", shown(EXAMPLE, colour=True))


def test_colour_only_repeats_what_the_marks_say() -> None:
    plain, colour = (shown(EXAMPLE, colour=c) for c in (False, True))
    assert COLOURS.sub("", colour).replace("grey:", "no mark:") == plain
    assert max(map(len, plain.splitlines())) <= 80


def test_where_nothing_can_be_told_nothing_is_marked() -> None:
    said = shown(origins((Span("All of it.", W),), unknown="it was made of no template"))
    assert "nothing is marked: it was made of no template" in said
    assert said.endswith("\n  All of it.\n")


def test_no_text_steers_a_terminal_or_leaves_its_column() -> None:
    hostile = "\x1b[2mgrey\x1b[0m \u202egnorw\rover\u2028 it"
    what = origins((Span(hostile, T), Span(hostile, W)))
    said = shown(what)
    assert not set(said) & set("\x1b\r\u202e\u2028")
    assert "<U+001B>[2mgrey" in said
    assert all(line[:2] in {"", "| ", ": ", "  "} for line in said.split("\n\n")[-1].splitlines())
