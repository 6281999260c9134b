"""Times as records state them: UTC, to the second, RFC 3339. They are claims, never authority."""

import re
from datetime import UTC, datetime

_MOMENT = re.compile(r"[0-9]{4}-[01][0-9]-[0-3][0-9]T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z")


def is_moment(text: object) -> bool:
    """Whether this is a time in the one accepted spelling, and a real one."""
    if not isinstance(text, str) or _MOMENT.fullmatch(text) is None:
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def stamp(moment: datetime) -> str:
    """Write a time: ``2026-11-22T09:14:00Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: str) -> datetime:
    """Read a time that `stamp` wrote.

    Raises:
        ValueError: if it is none.
    """
    return datetime.fromisoformat(text)


def compact(text: str) -> str:
    """Shorten a stamped time for a file name: ``20261122T091400Z``."""
    return text.replace("-", "").replace(":", "")
