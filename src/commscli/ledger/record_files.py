"""A record and its bytes: names, places, digests."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from hashlib import sha256
from sys import intern
from typing import Any

from commscli.domain.fields import Check
from commscli.domain.ids import Digest
from commscli.domain.moments import compact
from commscli.domain.records import KINDS, SCHEMA, Body, Record, scope_fault
from commscli.ledger import line_grammar
from commscli.ledger.line_grammar import GrammarFault

NAMESPACE = "comms-record@v1"
_NAME = re.compile(r"\d{8}T\d{6}Z-[a-z-]+-[0-9a-f]{8}\.yaml")
_SHORT, _PASSED_VALUES = 128, 512


@dataclass(frozen=True, slots=True, kw_only=True)
class _Field:
    """A field of a record, and some short texts that passed its check.

    The same names and digests come in thousands of records: one object then serves for all.
    """

    name: str
    key: str
    check: Check
    passed: dict[str, str] = field(default_factory=dict, compare=False)

    def remember(self, value: Any) -> Any:
        """Keep a text that passed; return it, or its equal that is there already."""
        if type(value) is not str or len(value) > _SHORT:
            return value
        if len(self.passed) >= _PASSED_VALUES:
            self.passed.clear()
        self.passed[value] = intern(value)
        return self.passed[value]


_known: dict[type[Any], tuple[_Field, ...]] = {}


def _fields(owner: type[Any]) -> tuple[_Field, ...]:
    if owner not in _known:
        _known[owner] = tuple(
            _Field(name=f.name, key=f.name.rstrip("_"), check=f.metadata["check"])
            for f in fields(owner)
            if f.name != "body"
        )
    return _known[owner]


_HEAD = _fields(Record)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """What a record of some kind looks like."""

    body: type[Body]
    fields: tuple[_Field, ...]
    keys: tuple[str, ...]


@cache
def _form(kind: str) -> _Form:
    body = _fields(KINDS[kind])
    keys = ("schema", *(f.key for f in (*_HEAD, *body)))
    return _Form(body=KINDS[kind], fields=body, keys=keys)


class UnknownKind(ValueError):
    """A kind that this version cannot judge; nothing may be concluded past it."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordBytes:
    """A record as it goes to disk. ``path`` is where in the repository it belongs."""

    record: Record
    data: bytes
    digest: Digest
    path: str


def digest_of(data: bytes) -> Digest:
    """Return the identity of exact bytes."""
    return Digest(intern(sha256(data).hexdigest()))


def write(record: Record) -> RecordBytes:
    """Return the one spelling of a record.

    Raises:
        GrammarFault: if a value cannot be written, or a field does not hold what it must.
    """
    head = {f.key: getattr(record, f.name) for f in _HEAD}
    body = {f.key: getattr(record.body, f.name) for f in _fields(type(record.body))}
    data = line_grammar.write({"schema": SCHEMA, **head, **body})
    read(data)
    digest = digest_of(data)
    return RecordBytes(record=record, data=data, digest=digest, path=path_of(record, digest))


def path_of(record: Record, digest: Digest) -> str:
    """Return the only place where this record may lie."""
    name = f"{compact(record.at)}-{record.kind}-{digest[:8]}.yaml"
    return f"{folder_of(record.incident, record.message)}/records/{name}"


def folder_of(incident: str, message: str = "") -> str:
    """Return the folder of an incident, or of a message; of the templates for neither."""
    base = f"incidents/{incident}" if incident else "templates"
    return f"{base}/messages/{message}" if message else base


def is_record_name(name: str) -> bool:
    """Whether a file of this name claims to be a record."""
    return _NAME.fullmatch(name) is not None


def read(data: bytes) -> Record:
    """Read the bytes of a record.

    Raises:
        UnknownKind: if only a newer version can judge it.
        GrammarFault: if it is no record in the one accepted spelling.
    """
    pairs = line_grammar.read(data)
    if pairs.get("schema") != SCHEMA:
        raise GrammarFault(f"schema is {pairs.get('schema')!r}: expected {SCHEMA}", 1)
    kind = pairs.get("kind")
    if not isinstance(kind, str):
        raise GrammarFault("kind is missing, or no text")
    if kind not in KINDS:
        raise UnknownKind(kind)
    form = _form(kind)
    if tuple(pairs) != form.keys:
        raise GrammarFault(_wrong_keys(list(pairs), list(form.keys)))
    head = _checked(_HEAD, pairs, 2)
    body: Body = form.body(**_checked(form.fields, pairs, 2 + len(_HEAD)))
    fault = scope_fault(kind, head["incident"], head["message"], head["gate"])
    if fault:
        raise GrammarFault(fault)
    return Record(**head, body=body)


def _checked(
    wanted: tuple[_Field, ...], pairs: Mapping[str, Any], first_line: int
) -> dict[str, Any]:
    values = {}
    for one in wanted:
        value = pairs[one.key]
        passed = one.passed.get(value) if type(value) is str else None
        if passed is None:
            expected = one.check(value)
            if expected:
                found = f"{one.key} is {value!r:.60}: expected {expected}"
                raise GrammarFault(found, first_line + wanted.index(one))
            passed = one.remember(value)
        values[one.name] = passed
    return values


def _wrong_keys(found: list[str], expected: list[str]) -> str:
    missing = [key for key in expected if key not in found]
    unknown = [key for key in found if key not in expected]
    if missing:
        return f"{', '.join(missing)} missing"
    if unknown:
        return f"{', '.join(unknown)} unknown"
    return f"fields in another order: expected {' '.join(expected)}"
