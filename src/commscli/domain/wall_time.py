"""A time as people read it: ``09:14 GMT on 22 November 2026``.

The words are ours and English: a locale of the machine must never change what was approved.
"""

from datetime import datetime, tzinfo

from commscli.domain.moments import moment, stamp

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August",
    "September", "October", "November", "December",
)  # fmt: skip


def when(stamped: str, zone: tzinfo) -> str:
    """Say a UTC time such as ``2026-11-22T09:14:00Z`` in the zone of the people who read it.

    Raises:
        ValueError: if it is no such time.
    """
    local = moment(stamped).astimezone(zone)
    name = local.tzname() or "UTC"
    if name[0] in "+-":  # zones without an abbreviation are named by their offset
        name = f"UTC{name}"
    return f"{local:%H:%M} {name} on {local.day} {_MONTHS[local.month - 1]} {local.year}"


def near(at: datetime, now: datetime, zone: tzinfo) -> str:
    """Say the hour of a time that is today, and all of another."""
    return f"{at.astimezone(zone):%H:%M}" if _today(at, now, zone) else when(stamp(at), zone)


def brief(at: datetime, now: datetime, zone: tzinfo) -> str:
    """Say the hour of a time that is today, and the day of another: where there is little room."""
    local = at.astimezone(zone)
    if _today(at, now, zone):
        return f"{local:%H:%M}"
    return f"{local.day} {_MONTHS[local.month - 1][:3]}"


def _today(at: datetime, now: datetime, zone: tzinfo) -> bool:
    return at.astimezone(zone).date() == now.astimezone(zone).date()
