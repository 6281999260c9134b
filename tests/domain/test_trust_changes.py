"""Whatever a version changes is said in words before anybody signs it."""

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commscli.domain.trust import Trust
from commscli.domain.trust_changes import changes
from commscli.ledger import trust_files
from tests.support.strategies import example_trust, trusts

FIELDS = [f.name for f in fields(Trust) if f.name not in {"version", "previous"}]


def written(trust: Trust) -> bytes:
    return trust_files.write(replace(trust, version=1, previous="")).data


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(one=trusts(), other=trusts(), name=st.sampled_from(FIELDS))
def test_no_field_changes_unsaid(one: Trust, other: Trust, name: str) -> None:
    changed = replace(one, **{name: getattr(other, name)})

    assert bool(changes(one, changed)) == (written(one) != written(changed))


def test_number_and_predecessor_are_no_change() -> None:
    trust = example_trust()

    assert changes(trust, replace(trust, version=trust.version + 1, previous="f" * 64)) == []


@pytest.mark.parametrize("name", ["admins", "people", "roles", "gates", "may"])
def test_another_order_is_a_change(name: str) -> None:
    """The order of gates decides which ok of one person counts."""
    trust = example_trust()
    value = getattr(trust, name)
    entries = reversed(value.items()) if isinstance(value, dict) else reversed(value)
    turned: Any = type(value)(entries)
    assert written(replace(trust, **{name: turned})) != written(trust)

    said = changes(trust, replace(trust, **{name: turned}))

    assert any("another order" in change for change in said)
