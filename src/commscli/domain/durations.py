"""Lengths of time as people write them: ``30m``, ``2h``, ``1d``, and ``+30m`` from now on.

One number and one unit, so that a record, a playbook and a command spell the same length
the same way. Only seconds, minutes, hours and days: a business day is the calendar's affair.
"""

import re
from datetime import timedelta

from commscli.errors import BadInput

MAX = timedelta(days=3650)
"""Ten years. What is longer is a slip of the hand, and would overflow a date."""

_SECONDS = {"d": 86400, "h": 3600, "m": 60, "s": 1}
_DURATION = re.compile(r"([1-9][0-9]{0,8})([smhd])")


def parse_duration(text: str) -> timedelta:
    """Read a length of time such as ``30m``.

    Raises:
        BadInput: if it is not one number from 1 and one of the units s, m, h, d.
    """
    match = _DURATION.fullmatch(text)
    length = timedelta(seconds=int(match[1]) * _SECONDS[match[2]]) if match else None
    if length is None or length > MAX:
        raise BadInput(
            f"{text!r} is no length of time: expected a number and s, m, h or d, "
            "such as 30m, 2h or 1d, up to ten years",
            remedy="write it as 30m, 2h or 1d",
            code="bad-duration",
        )
    return length


def parse_offset(text: str) -> timedelta:
    """Read an offset such as ``+30m``.

    Raises:
        BadInput: if it is not a plus sign and a length of time.
    """
    if not is_offset(text):
        raise BadInput(
            f"{text!r} is no offset: expected a plus sign and a length of time, such as +30m",
            remedy="write it as +30m, +2h or +1d",
            code="bad-duration",
        )
    return parse_duration(text[1:])


def is_duration(value: object) -> bool:
    """Whether this is a length of time as `parse_duration` reads it."""
    if not isinstance(value, str):
        return False
    try:
        parse_duration(value)
    except BadInput:
        return False
    return True


def is_offset(value: object) -> bool:
    """Whether this is an offset as `parse_offset` reads it."""
    return isinstance(value, str) and value.startswith("+") and is_duration(value[1:])


def format_duration(length: timedelta) -> str:
    """Write a length of time in the largest unit that divides it: 90 minutes are ``90m``.

    Raises:
        ValueError: if it is not a whole number of seconds from one second to ten years.
    """
    seconds, rest = divmod(length, timedelta(seconds=1))
    if rest or not timedelta(0) < length <= MAX:
        raise ValueError(f"{length} cannot be written as a length of time")
    unit = next(unit for unit, size in _SECONDS.items() if seconds % size == 0)
    return f"{seconds // _SECONDS[unit]}{unit}"


def format_offset(length: timedelta) -> str:
    """Write an offset: ``+30m``."""
    return f"+{format_duration(length)}"
