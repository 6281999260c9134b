"""The line grammar and the forms of values, as ``docs/format.md`` describes them.

Part of the second opinion: nothing of the package under test is imported here.
"""

import json
import re
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

BLOCKS = ("people", "roles", "gates", "may", "relaxed")
YAML_WORDS = ("null", "true", "false", "yes", "no", "on", "off")
MAX_BYTES = 65_536
MAX_NUMBER = 2**53
MAX_KEY = 128
MAX_DEPTH = 4
MAX_ID = 80
LONGEST_OFFSET = timedelta(days=3650)

KEY = re.compile(r"[a-z][a-z0-9_-]{0,127}")
ID = re.compile(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*")
FOLDER = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
DIGEST = re.compile(r"[0-9a-f]{64}")
TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
OFFSET = re.compile(r"\+([1-9][0-9]{0,8})([smhd])")
FORBIDDEN = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029"
    "\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class NotThisFormat(ValueError):
    """The bytes are no file of this format."""


def need(condition: object, why: str) -> None:
    """Refuse what does not hold."""
    if not condition:
        raise NotThisFormat(why)


def digest_of(data: bytes) -> str:
    return sha256(data).hexdigest()


# -- reading and writing


def read(data: bytes, blocks: Collection[str] = ()) -> dict[str, Any]:
    """Return the values of a file by key, in their order, or raise `NotThisFormat`."""
    need(0 < len(data) <= MAX_BYTES and data.endswith(b"\n"), "size, or no last LF")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise NotThisFormat("is not UTF-8") from None
    values: dict[str, Any] = {}
    block: dict[str, Any] | None = None
    for line in text[:-1].split("\n"):
        if line.startswith("  ") and block is not None:
            _put(block, line[2:])
        elif line.endswith(":") and line[:-1] in blocks:
            need(line[:-1] not in values, "a key stands twice")
            block = values[line[:-1]] = {}
        else:
            _put(values, line)
            block = None
    need(write(values, blocks) == data, "has another spelling")
    return values


def write(values: dict[str, Any], blocks: Collection[str] = ()) -> bytes:
    """Return the only spelling of these values."""
    lines = []
    for key, value in values.items():
        if key in blocks and isinstance(value, dict) and value:
            lines.append(f"{key}:")
            lines += [f"  {inner}: {_json(entry)}" for inner, entry in value.items()]
        else:
            lines.append(f"{key}: {_json(value)}")
    return "".join(f"{line}\n" for line in lines).encode()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _put(values: dict[str, Any], line: str) -> None:
    key, colon, rest = line.partition(": ")
    need(colon and KEY.fullmatch(key), "is no pair")
    need(key not in YAML_WORDS and key not in values, "a key stands twice, or is a word of YAML")
    try:
        value = json.loads(
            rest, object_pairs_hook=_object, parse_float=_refuse, parse_constant=_refuse
        )
    except (ValueError, RecursionError) as wrong:
        raise NotThisFormat(str(wrong)) from None
    _check_value(value, 0)
    values[key] = value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    need(len({key for key, _ in pairs}) == len(pairs), "an object's key stands twice")
    return dict(pairs)


def _refuse(word: str) -> None:
    raise NotThisFormat(f"{word} is no value here")


def _check_value(value: Any, depth: int) -> None:
    if isinstance(value, dict | list):
        need(depth < MAX_DEPTH, "is nested too deep")
        for key in value if isinstance(value, dict) else ():
            need(len(key) <= MAX_KEY, "an object's key is too long")
            _check_value(key, depth)
        for inner in value.values() if isinstance(value, dict) else value:
            _check_value(inner, depth + 1)
    elif isinstance(value, str):
        need(not FORBIDDEN.search(value), "holds a character that no text holds")
    else:
        need(value is not None and abs(value) <= MAX_NUMBER, "is null, or too large")


# -- the forms of values; each says whether a value has the form

Form = Callable[[Any], bool]


def text(value: Any) -> bool:
    return isinstance(value, str)


def some_text(value: Any) -> bool:
    return isinstance(value, str) and value.strip() != ""


def flag(value: Any) -> bool:
    return isinstance(value, bool)


def whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def count(value: Any) -> bool:
    return whole(value) and value >= 0


def number(value: Any) -> bool:
    return whole(value) and value >= 1


def id_(value: Any) -> bool:
    return _named(ID, value)


def folder(value: Any) -> bool:
    return _named(FOLDER, value)


def _named(form: re.Pattern[str], value: Any) -> bool:
    return (
        isinstance(value, str)
        and len(value) <= MAX_ID
        and form.fullmatch(value) is not None
        and value not in YAML_WORDS
    )


def digest(value: Any) -> bool:
    return isinstance(value, str) and DIGEST.fullmatch(value) is not None


def time(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(TIME.fullmatch(value)) and bool(moment(value))
    except ValueError:
        return False


def offset(value: Any) -> bool:
    return (
        isinstance(value, str)
        and OFFSET.fullmatch(value) is not None
        and duration(value) <= LONGEST_OFFSET
    )


def moment(value: str) -> datetime:
    return datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def duration(value: str) -> timedelta:
    return timedelta(seconds=int(value[1:-1]) * SECONDS[value[-1]])


def later(time: str, offset: str) -> str:
    """A time and an offset together, or nothing where the calendar ends before."""
    try:
        return (moment(time) + duration(offset)).isoformat().replace("+00:00", "Z")
    except OverflowError:
        return ""


def or_empty(form: Form) -> Form:
    return lambda value: value == "" or form(value)


def list_of(form: Form, *, different: bool = False, ordered: bool = False) -> Form:
    def check(value: Any) -> bool:
        return (
            isinstance(value, list)
            and all(map(form, value))
            and not (different and len(set(value)) < len(value))
            and not (ordered and value != sorted(value))
        )

    return check


def map_of(keys: Form, values: Form) -> Form:
    return lambda value: (
        isinstance(value, dict) and all(map(keys, value)) and all(map(values, value.values()))
    )


def object_of(**forms: Form) -> Form:
    """An object with just these keys, in this order."""
    return lambda value: (
        isinstance(value, dict)
        and [*value] == [*forms]
        and all(form(value[key]) for key, form in forms.items())
    )
