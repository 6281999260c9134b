"""The bytes of records and trust versions: ``key: JSON`` lines, and one way to write them.

A file counts only if writing what was read gives the same bytes, so two readers can never
see different things. It is plain YAML too, for people and for other tools.
"""

import json
import re
from collections.abc import Iterable
from functools import lru_cache
from sys import intern
from typing import Any

from commscli.domain.fields import MAX_SAFE
from commscli.domain.ids import YAML_WORDS

MAX_BYTES = 64 * 1024
MAX_DEPTH = 4
MAX_OBJECT_KEY = 128
_KEY = "[a-z][a-z0-9_-]{0,127}"
_LINE = re.compile(rf"(  )?({_KEY}):(?: (.+))?")
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069"
    "\ufeff\ufffe\uffff\ud800-\udfff]"
)
_PLAIN = rf'[^"\\\n\t{_FORBIDDEN.pattern[1:]}*'
_PLAIN_TEXT = re.compile(f'"{_PLAIN}"')
_PLAIN_TEXTS = re.compile(rf'\["{_PLAIN}"(?:, "{_PLAIN}")*\]')
_FLAT_LINE = re.compile(rf'^({_KEY}): (?:"({_PLAIN})"|(.+))\n', re.MULTILINE)
_SHORT, _CACHED_VALUES = 512, 1024
_encode = json.JSONEncoder(ensure_ascii=False).encode
_decode = json.JSONDecoder().decode
Value = Any
Pairs = dict[str, Value]


class GrammarFault(ValueError):
    """Bytes that are not in the line grammar. ``line`` counts from 1."""

    def __init__(self, text: str, line: int | None = None) -> None:
        super().__init__(text)
        self.line = line


def too_long(size: int) -> GrammarFault:
    """Return the fault of a file that has too many bytes to be read."""
    return GrammarFault(f"{size} bytes: expected at most {MAX_BYTES}")


def write(pairs: Pairs, *, blocks: frozenset[str] = frozenset()) -> bytes:
    """Write pairs in their order; keys in ``blocks`` that are not empty get a line per entry.

    Raises:
        GrammarFault: if a value cannot be written.
    """
    lines: list[str] = []
    for key, value in pairs.items():
        if key in blocks and value:
            if not isinstance(value, dict):
                raise GrammarFault(f"{key} is {value!r:.40}: expected an entry a line")
            lines.append(f"{key}:\n")
            lines += [f"  {name}: {_json(entry)}\n" for name, entry in value.items()]
        else:
            lines.append(f"{key}: {_json(value)}\n")
    data = "".join(lines).encode()
    if len(data) > MAX_BYTES:
        raise too_long(len(data))
    return data


def read(data: bytes, *, blocks: frozenset[str] = frozenset()) -> Pairs:
    """Read what `write` wrote, and nothing else.

    Raises:
        GrammarFault: naming the first line at fault.
    """
    if len(data) > MAX_BYTES:
        raise too_long(len(data))
    try:
        text = data.decode()
    except UnicodeDecodeError as fault:
        raise GrammarFault(f"byte {fault.start + 1} is not UTF-8") from None
    if not text.endswith("\n"):
        raise GrammarFault("the last line does not end")
    pairs = _flat(text) or _parse(text, blocks)
    if any(key in pairs and not _is_block(pairs[key], text, key) for key in blocks):
        raise GrammarFault("the same values are written in another way")
    return pairs


def _is_block(value: Value, text: str, key: str) -> bool:
    """Whether a block is written as one: a line an entry, or ``{}`` where it has none."""
    return (f"\n{key}:\n" in f"\n{text}") == bool(value)


def _flat(text: str) -> Pairs | None:
    """Read a file without blocks, all lines at once; ``None`` leaves it to be read by line."""
    found = _FLAT_LINE.findall(text)
    if len(found) != text.count("\n"):
        return None
    try:
        pairs = {key: _load(other, 0) if other else plain for key, plain, other in found}
    except GrammarFault:
        return None
    return pairs if len(pairs) == len(found) and YAML_WORDS.isdisjoint(pairs) else None


def _parse(text: str, blocks: frozenset[str]) -> Pairs:
    pairs: Pairs = {}
    inside: Pairs | None = None
    for number, line in enumerate(text[:-1].split("\n"), 1):
        match = _LINE.fullmatch(line)
        if match is None:
            raise GrammarFault("expected `key: value`", number)
        indent, key, written = match.groups()
        target = inside if indent else pairs
        if target is None:
            raise GrammarFault("an indented line outside a block", number)
        if key in YAML_WORDS:
            raise GrammarFault(f"{key} is a word that YAML reads as something else", number)
        if key in target:
            raise GrammarFault(f"{key} stands twice", number)
        if written is None:
            if indent or key not in blocks:
                raise GrammarFault(f"{key} has no value", number)
            inside = pairs[key] = {}
            continue
        inside = inside if indent else None
        target[key] = _load(written, number)
    return pairs


def _load(written: str, line: int) -> Value:
    if _PLAIN_TEXT.fullmatch(written):  # most values are, and can be written in no other way
        return written[1:-1]
    if _PLAIN_TEXTS.fullmatch(written):  # nor can lists of them
        return list(map(intern, written[2:-2].split('", "')))
    try:
        value = _decode(written)
    except (ValueError, RecursionError):
        raise GrammarFault("the value is not JSON", line) from None
    try:
        again = _rewritten(written) if len(written) <= _SHORT else _json(value)
    except GrammarFault as fault:
        raise GrammarFault(str(fault), line) from None
    if again != written:
        raise GrammarFault("the same values are written in another way")
    return value


@lru_cache(maxsize=_CACHED_VALUES)
def _rewritten(written: str) -> str:
    """Write again what was read; the same short lists and objects come thousands of times."""
    return _json(_decode(written))


def _json(value: Value) -> str:
    _check(value, 1)
    return _encode(value)


def _check(value: Value, depth: int) -> None:
    kind = type(value)
    if kind is str:
        _check_text(value)
    elif kind is int:
        if abs(value) > MAX_SAFE:
            raise GrammarFault("a number beyond 2^53")
    elif kind is list or kind is dict:
        if depth > MAX_DEPTH:
            raise GrammarFault(f"nested deeper than {MAX_DEPTH}")
        _check_keys(value if kind is dict else ())
        for entry in value.values() if kind is dict else value:
            _check(entry, depth + 1)
    elif kind is not bool:
        raise GrammarFault("expected text, a whole number, true, false, a list or an object")


def _check_keys(keys: Iterable[str]) -> None:
    for key in keys:
        if len(key) > MAX_OBJECT_KEY:
            raise GrammarFault(f"a key longer than {MAX_OBJECT_KEY} characters")
        _check_text(key)


def _check_text(text: str) -> None:
    found = _FORBIDDEN.search(text)
    if found:
        raise GrammarFault(f"the character U+{ord(found[0]):04X} is not allowed")
