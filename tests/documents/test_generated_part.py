"""What people wrote stays byte for byte, whatever is generated between the marker lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commscli.documents.generated_part import BEGIN, END, by_people, replaced
from commscli.errors import BadInput

PART = b"generated\n"


def test_a_new_page_is_the_part_alone() -> None:
    assert replaced(b"", PART, path="p") == BEGIN + b"\n\ngenerated\n\n" + END + b"\n"


def test_a_page_that_people_began_gets_the_part_at_its_end() -> None:
    assert replaced(b"# Mine\n", PART, path="p").startswith(b"# Mine\n\n" + BEGIN)


@given(st.binary(), st.binary(), st.binary())
def test_all_around_the_part_stays(before: bytes, inside: bytes, after: bytes) -> None:
    before, inside, after = (b.replace(b"<", b"") for b in (before, inside, after))
    page = before + b"\n" + BEGIN + b"\n" + inside + b"\n" + END + b"\n" + after

    written = replaced(page, PART, path="p")

    assert written == before + b"\n" + BEGIN + b"\n\ngenerated\n\n" + END + b"\n" + after
    assert replaced(written, PART, path="p") == written
    assert by_people(page, path="p").count(b"\n") == page.count(b"\n")


def test_windows_line_ends_around_the_part_stay() -> None:
    page = b"a\r\n" + BEGIN + b"\r\nold\r\n" + END + b"\r\nb\r\n"

    written = replaced(page, PART, path="p")

    assert written.startswith(b"a\r\n" + BEGIN)
    assert written.endswith(END + b"\r\nb\r\n")


@pytest.mark.parametrize(
    "lines",
    [[BEGIN], [END], [END, BEGIN], [BEGIN, BEGIN, END], [BEGIN, END, END],
     [BEGIN, END, BEGIN, END]],
)  # fmt: skip
def test_markers_that_are_damaged_are_refused_with_their_line(lines: list[bytes]) -> None:
    with pytest.raises(BadInput) as caught:
        replaced(b"\n".join([b"words", *lines]), PART, path="report.md")

    assert caught.value.place is not None
    assert caught.value.place.line == len(lines) + 1
