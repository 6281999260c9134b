"""In how many parts a text message leaves: what networks count, at its edges."""

import pytest

from commscli.domain.text_message import is_phone, measured


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("€" * 152, 2),
        ("€" * 153, 3),  # 76 in each: the odd place stays empty
        ("a" * 152 + "€" + "a" * 151, 2),
        ("a" * 152 + "€" + "a" * 152, 3),  # 306 places, and one is lost at the seam
        ("ж" * 70, 1),
        ("ж" * 71, 2),
        ("ж" * 134, 2),
        ("ж" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("😀" * 66, 2),
        ("😀" * 67, 3),
        ("a" * 69 + "…", 1),
        ("a" * 70 + "…", 2),
    ],
)
def test_parts(text: str, parts: int) -> None:
    assert measured(text).parts == parts


def test_what_costs_more_is_named_once() -> None:
    found = measured("a … b — c … \t")
    assert (found.alphabet, found.outside) == ("UCS-2", ("…", "—", "\t"))
    assert measured("Grüße: 5 € [sic]").alphabet == "GSM-7"


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("+441632960000", True),
        ("+4912345", True),
        ("+123456", False),
        ("441632960000", False),
        ("+0441632960000", False),
        ("+44 1632 960000", False),
        ("+1234567890123456", False),
        ("+44163296000\u0660", False),
        ("+441632960000\n", False),
        ("", False),
    ],
)
def test_numbers(text: str, *, phone: bool) -> None:
    assert is_phone(text) is phone
