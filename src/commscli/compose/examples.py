"""Facts of an incident that never was, to try templates with."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from commscli.domain.facts import PUBLISHED, normalise

DAY = datetime(2026, 11, 22, 12, tzinfo=UTC)
"""The day of the examples. They all say their day, so that nothing depends on today."""
OWN = "2026-11-22T09:14:00Z"
"""The value of a fact of an organisation's own: text, and a time for a template that wants one."""


def example_facts(zone: ZoneInfo) -> dict[str, str]:
    """Return a value for every published fact, in the spelling in which it is recorded."""
    return {fact.key: normalise(fact.key, fact.example, zone=zone, now=DAY) for fact in PUBLISHED}
