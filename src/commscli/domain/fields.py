"""What a field of a record or a trust version may hold.

Each check takes a JSON value and returns what was expected when the value is not that,
or nothing when it is. Records declare their fields with `checked`, so the order of a
dataclass is the order of the bytes, and one table serves reading, writing and the docs.
"""

from collections.abc import Callable
from dataclasses import field
from typing import Any

from commscli.domain.durations import is_offset
from commscli.domain.ids import is_digest, is_folder, is_id
from commscli.domain.moments import is_moment

Check = Callable[[object], str]
MAX_SAFE = 2**53


def checked(check: Check) -> Any:
    """Declare a dataclass field whose JSON value must satisfy the check."""
    return field(metadata={"check": check})


def _when(accepts: Callable[[object], bool], expected: str) -> Check:
    return lambda value: "" if accepts(value) else expected


def _or_empty(accepts: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: value == "" or accepts(value)


def _text(value: object) -> bool:
    return isinstance(value, str)


def _integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= MAX_SAFE


def _count(value: object) -> bool:
    return _integer(value) and isinstance(value, int) and value >= 0


def _digests(value: object) -> bool:
    return isinstance(value, list) and all(map(is_digest, value)) and value == sorted(set(value))


def _name(value: object) -> bool:
    """Whether this is the name of something: text on one line."""
    return isinstance(value, str) and "\n" not in value and "\t" not in value


def _named_digests(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(pair, list) and len(pair) == 2 and _name(pair[0]) and is_digest(pair[1])  # noqa: PLR2004 - a pair
        for pair in value
    )


def _map_of(accepts: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: (
        isinstance(value, dict) and all(is_id(k) and accepts(v) for k, v in value.items())
    )


def _strings(value: object) -> bool:
    return isinstance(value, dict) and all(_text(k) and _text(v) for k, v in value.items())


def _recipients(value: object) -> bool:
    return (
        isinstance(value, dict)
        and list(value) == ["digest", "count"]
        and _or_empty(is_digest)(value["digest"])
        and _count(value["count"])
        and (value["count"] == 0) == (value["digest"] == "")
    )


TEXT = _when(_text, "text")
SOME_TEXT = _when(lambda value: isinstance(value, str) and value.strip() != "", "text, not empty")
FLAG = _when(lambda value: isinstance(value, bool), "true or false")
COUNT = _when(_count, "a whole number, 0 or more")
NUMBER = _when(lambda value: _count(value) and value != 0, "a whole number, 1 or more")
ID = _when(is_id, "an id")
ID_OR_EMPTY = _when(_or_empty(is_id), 'an id, or ""')
FOLDER = _when(is_folder, "the id of an incident or message")
FOLDER_OR_EMPTY = _when(_or_empty(is_folder), 'the id of an incident or message, or ""')
DIGEST = _when(is_digest, "a SHA-256 in hexadecimal")
DIGEST_OR_EMPTY = _when(_or_empty(is_digest), 'a SHA-256 in hexadecimal, or ""')
DIGESTS = _when(_digests, "a sorted list of different SHA-256 digests")
NAMED_DIGESTS = _when(_named_digests, "a list of [name, SHA-256] pairs, each name on one line")
MOMENT = _when(is_moment, "a UTC time such as 2026-11-22T09:14:00Z")
MOMENT_OR_EMPTY = _when(_or_empty(is_moment), 'a UTC time such as 2026-11-22T09:14:00Z, or ""')
OFFSET_OR_EMPTY = _when(_or_empty(is_offset), 'an offset such as +30m, or ""')
TEXTS = _when(lambda v: isinstance(v, list) and all(map(_text, v)), "a list of texts")
IDS = _when(lambda v: isinstance(v, list) and all(map(is_id, v)) and len(set(v)) == len(v), "ids")
CHANNELS = _when(_map_of(_strings), "channel ids, each with its settings as texts")
DIGEST_MAP = _when(_map_of(is_digest), "channel ids, each with a SHA-256")
COUNT_MAP = _when(
    _map_of(lambda v: isinstance(v, dict) and all(is_id(k) and _count(n) for k, n in v.items())),
    "channel ids, each with its counts",
)
RECIPIENTS = _when(_recipients, '{"digest": …, "count": …}, both empty for a broadcast')
SLOTS = _when(
    lambda v: isinstance(v, dict) and all(map(_text, v)) and all(map(is_moment, v.values())),
    "slots, each with its time",
)
