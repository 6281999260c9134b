"""SSH wire primitives: one encoding for one value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commscli.ledger.wire import Reader, WireFault, mpint, string, uint32


@given(st.binary(), st.binary())
def test_strings_come_back_as_they_went(one: bytes, two: bytes) -> None:
    reader = Reader(string(one) + string(two))

    assert (reader.string(), reader.string()) == (one, two)
    reader.end()


@given(st.integers(min_value=0, max_value=2**32 - 1))
def test_numbers_come_back_as_they_went(value: int) -> None:
    assert Reader(uint32(value)).uint32() == value


@given(st.integers(min_value=1, max_value=2**600))
def test_integers_come_back_as_they_went(value: int) -> None:
    assert Reader(mpint(value)).mpint() == value


@given(st.binary(max_size=40))
def test_an_integer_has_one_encoding(octets: bytes) -> None:
    try:
        value = Reader(string(octets)).mpint()
    except WireFault:
        return
    assert mpint(value) == string(octets)


@pytest.mark.parametrize(
    ("octets", "complaint"),
    [
        (b"", "zero"),
        (b"\x00", "leading zeros"),
        (b"\x00\x01", "leading zeros"),
        (b"\x00\x00\x80", "leading zeros"),
        (b"\x80", "negative"),
        (b"\xff\xff", "negative"),
    ],
)
def test_what_is_no_positive_integer(octets: bytes, complaint: str) -> None:
    with pytest.raises(WireFault, match=complaint):
        Reader(string(octets)).mpint()


def test_zero_is_the_empty_string_as_the_protocol_says() -> None:
    assert mpint(0) == uint32(0)


@pytest.mark.parametrize(
    "data", [b"", b"\0\0\0", b"\0\0\0\x01", b"\xff\xff\xff\xff", uint32(3) + b"ab"]
)
def test_a_length_cannot_reach_beyond_the_data(data: bytes) -> None:
    with pytest.raises(WireFault):
        Reader(data).string()


def test_a_byte_is_read_as_a_number() -> None:
    assert Reader(b"\xfe").byte() == 0xFE
    with pytest.raises(WireFault):
        Reader(b"").byte()


def test_the_end_is_the_end() -> None:
    reader = Reader(string(b"a") + b"\0")
    reader.string()

    with pytest.raises(WireFault, match="1 bytes follow"):
        reader.end()
