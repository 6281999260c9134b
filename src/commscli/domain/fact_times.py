"""Times as people call them out: ``09:14``, ``2026-11-22 09:14``, or RFC 3339."""

import re
from datetime import UTC, datetime, timedelta, tzinfo

from commscli.domain.moments import stamp
from commscli.errors import BadInput

_CLOCK = r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.[0-9]+)?)?"
_DAY = r"(?P<year>[12][0-9]{3})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
_OFFSET = r"(?P<offset>[Zz]|[+-][0-9]{2}:[0-9]{2})"
_TIME = re.compile(f"(?:{_DAY}[Tt ])?{_CLOCK} ?(?:{_OFFSET})?")
_TOO_FAR_AHEAD = timedelta(hours=12)


def parse_time(key: str, text: str, *, zone: tzinfo, now: datetime) -> str:
    """Read a time and return it in UTC; without an offset it is a time in the zone.

    A time of day is today's, or yesterday's where today's would be more than twelve hours
    ahead: shortly after midnight, ``23:50`` is what just was. A time that the zone's clocks
    skip or show twice is refused, for nobody could say which is meant.

    Raises:
        BadInput: naming the key and what is accepted.
    """
    match = _TIME.fullmatch(text)
    if match is None or (match["offset"] and not match["year"]):
        raise _refused(key, f"{text!r} is no time")
    try:
        if match["year"]:
            local = _at(match, int(match["year"]), int(match["month"]), int(match["day"]))
        else:
            local = _nearest(match, zone, now)
        if match["offset"]:
            return stamp(local.replace(tzinfo=_offset(match["offset"])))
    except ValueError:
        raise _refused(key, f"{text!r} does not exist") from None
    return stamp(_in_zone(key, local, zone))


def _at(match: re.Match[str], year: int, month: int, day: int) -> datetime:
    clock = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    return datetime(year, month, day, *clock)  # noqa: DTZ001 - its zone is decided later


def _nearest(match: re.Match[str], zone: tzinfo, now: datetime) -> datetime:
    today = now.astimezone(zone)
    local = _at(match, today.year, today.month, today.day)
    if local.replace(tzinfo=zone).astimezone(UTC) - now > _TOO_FAR_AHEAD:
        return local - timedelta(days=1)
    return local


def _offset(text: str) -> tzinfo:
    zone = datetime.fromisoformat(f"2000-01-01T00:00:00{text.upper()}").tzinfo
    return zone or UTC


def _in_zone(key: str, local: datetime, zone: tzinfo) -> datetime:
    first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return first
    # Skipped times come out reversed: fold 0 then reads the clock of before the change.
    if first > second:
        raise _refused(key, f"{local:%Y-%m-%d %H:%M} is a time that the clocks of {zone} skip")
    raise _refused(
        key,
        f"{local:%Y-%m-%d %H:%M} comes twice in {zone}, as {stamp(first)} and {stamp(second)}",
    )


def _refused(key: str, found: str) -> BadInput:
    return BadInput(
        f"{key}: {found}: expected 09:14, 2026-11-22 09:14 or 2026-11-22T09:14:00Z",
        remedy=f"comms fact set {key}=2026-11-22T09:14:00Z, with the right time",
        code="bad-fact",
    )
