"""How pressing a request is: stated, or following from three questions."""

from collections.abc import Mapping

import pytest

from commscli.domain.urgency import urgency_of

DETOUR = {"workaround": "import it by hand"}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, None),
        (DETOUR, None),
        ({"customers_blocked": "yes"}, "urgent"),
        ({"deadline_blocked": "yes"}, "urgent"),
        ({"customers_blocked": "no", "deadline_blocked": "yes", **DETOUR}, "urgent"),
        ({"customers_blocked": "no", **DETOUR}, "high"),
        ({"customers_blocked": "no", "deadline_blocked": "no", **DETOUR}, "high"),
        ({"customers_blocked": "no", "deadline_blocked": "no"}, "medium"),
        ({"deadline_blocked": "no"}, "medium"),
        ({"urgency": "medium", "customers_blocked": "yes"}, "medium"),
        ({"urgency": "asap", "customers_blocked": "yes"}, "urgent"),  # of an older record
        ({"urgency": "asap"}, None),
    ],
)
def test_what_was_stated_goes_before_what_follows(
    facts: Mapping[str, str], expected: str | None
) -> None:
    assert urgency_of(facts) == expected
