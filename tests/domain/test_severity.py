"""Severities by all their names."""

import pytest

from commscli.domain import severity
from commscli.errors import BadInput


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("1", "SEV-1"), ("5", "SEV-5"), ("sev1", "SEV-1"), ("SEV-2", "SEV-2"), ("Sev 3", "SEV-3"),
        (" sev-4 ", "SEV-4"), ("critical", "SEV-1"), ("High", "SEV-2"), ("MEDIUM", "SEV-3"),
        ("low", "SEV-4"),
    ],
)  # fmt: skip
def test_every_accepted_name_has_one_spelling(said: str, expected: str) -> None:
    assert severity.parse_severity(said) == expected


@pytest.mark.parametrize("said", ["", "0", "6", "sev0", "sev-6", "sev--1", "SEV-11", "bad", "1.0"])
def test_anything_else_lists_what_is_accepted(said: str) -> None:
    with pytest.raises(BadInput, match=r"1 to 5, sev1 to sev5, SEV-1 to SEV-5.*critical, high"):
        severity.parse_severity(said)


def test_the_two_worst_are_major() -> None:
    assert [s for s in severity.SEVERITIES if severity.is_major(s)] == ["SEV-1", "SEV-2"]
    assert severity.is_major("critical")
    with pytest.raises(BadInput):
        severity.is_major("whatever")
