"""A record and its bytes: names, places, digests."""

import re
from collections.abc import Mapping
from dataclasses import Field, dataclass, fields
from hashlib import sha256
from typing import Any

from commscli.domain.ids import Digest
from commscli.domain.moments import compact
from commscli.domain.records import KINDS, SCHEMA, Body, Record, scope_fault
from commscli.ledger import line_grammar
from commscli.ledger.line_grammar import GrammarFault

NAMESPACE = "comms-record@v1"
_NAME = re.compile(r"\d{8}T\d{6}Z-[a-z-]+-[0-9a-f]{8}\.yaml")
_HEAD = tuple(f for f in fields(Record) if f.name != "body")


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
    return Digest(sha256(data).hexdigest())


def write(record: Record) -> RecordBytes:
    """Return the one spelling of a record.

    Raises:
        GrammarFault: if a value cannot be written, or a field does not hold what it must.
    """
    head = {f.name: getattr(record, f.name) for f in _HEAD}
    body = {_key(f): getattr(record.body, f.name) for f in fields(record.body)}
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
    body_type = KINDS[kind]
    expected = ["schema", *(f.name for f in _HEAD), *map(_key, fields(body_type))]
    if list(pairs) != expected:
        raise GrammarFault(_wrong_keys(list(pairs), expected))
    head = _checked(_HEAD, pairs, 2)
    body: Body = body_type(**_checked(fields(body_type), pairs, 2 + len(_HEAD)))
    fault = scope_fault(kind, head["incident"], head["message"], head["gate"])
    if fault:
        raise GrammarFault(fault)
    return Record(**head, body=body)


def _key(field: Field[Any]) -> str:
    return field.name.rstrip("_")


def _checked(
    wanted: tuple[Field[Any], ...], pairs: Mapping[str, Any], first_line: int
) -> dict[str, Any]:
    values = {}
    for offset, field in enumerate(wanted):
        value = pairs[_key(field)]
        expected = field.metadata["check"](value)
        if expected:
            found = f"{_key(field)} is {value!r:.60}: expected {expected}"
            raise GrammarFault(found, first_line + offset)
        values[field.name] = value
    return values


def _wrong_keys(found: list[str], expected: list[str]) -> str:
    missing = [key for key in expected if key not in found]
    unknown = [key for key in found if key not in expected]
    if missing:
        return f"{', '.join(missing)} missing"
    if unknown:
        return f"{', '.join(unknown)} unknown"
    return f"fields in another order: expected {' '.join(expected)}"
