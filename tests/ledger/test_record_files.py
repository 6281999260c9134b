"""Records as bytes: the golden one, every field of every kind, names and places."""

from dataclasses import Field, fields
from hashlib import sha256
from typing import Any

import pytest

from commscli.domain.records import (
    BY_GATE,
    KINDS,
    OF_A_MESSAGE,
    OF_EITHER,
    OF_TEMPLATES,
    Body,
    Fact,
    Record,
)
from commscli.ledger import line_grammar, record_files
from commscli.ledger.line_grammar import GrammarFault
from commscli.ledger.record_files import UnknownKind
from tests.support.strategies import PLAIN, example_record

GOLDEN = b"""\
schema: "comms/record@1"
repository: "8d3ca2f0-4a4f-4c64-9d52-3a1f6f0e6a11"
incident: "2026-11-22-checkout-outage"
message: ""
kind: "fact"
gate: ""
person: "bea"
trust: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
drill: false
at: "2026-11-22T09:14:00Z"
after: ["bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"]
key: "start"
value: "2026-11-22T09:02:00Z"
"""
GOLDEN_DIGEST = "a95d4ec79fa42921bb284c5271ef4fa2857e82b3b0a44f03e33a5e60355f76ef"
COMMON = 11  # schema and ten fields


def text_key(field: Field[Any]) -> str:
    return field.name.removesuffix("_")


def lines_of(kind: str) -> list[bytes]:
    return record_files.write(example_record(kind)).data.splitlines(keepends=True)


def refusal(data: bytes) -> GrammarFault:
    with pytest.raises(GrammarFault) as refused:
        record_files.read(data)
    return refused.value


def test_the_bytes_of_a_record_are_these_and_no_others() -> None:
    record = example_record("fact", body=Fact(key="start", value="2026-11-22T09:02:00Z"))

    written = record_files.write(record)

    assert written.data == GOLDEN
    assert record_files.read(GOLDEN) == record
    assert written.record is record
    assert written.digest == sha256(GOLDEN).hexdigest() == GOLDEN_DIGEST
    assert written.path == (
        "incidents/2026-11-22-checkout-outage/records/"
        f"20261122T091400Z-fact-{GOLDEN_DIGEST[:8]}.yaml"
    )


def test_a_record_of_a_message_lies_in_its_folder() -> None:
    written = record_files.write(example_record("send-intent"))

    assert written.path == (
        "incidents/2026-11-22-checkout-outage/messages/investigation-all-customers-1/records/"
        f"20261122T091400Z-send-intent-{written.digest[:8]}.yaml"
    )


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_has_a_name_that_claims_to_be_a_record(kind: str) -> None:
    written = record_files.write(example_record(kind))

    assert record_files.is_record_name(written.path.rpartition("/")[2])
    assert record_files.read(written.data) == written.record


@pytest.mark.parametrize(
    "name",
    [
        "20261122T091400Z-ok-0123abcd.yaml.sig",
        "20261122T091400Z-ok-0123abcd.yml",
        "20261122T091400Z-ok-0123ABCD.yaml",
        "20261122T091400Z-ok-0123abc.yaml",
        "20261122T091400Z-OK-0123abcd.yaml",
        "20261122T0914Z-ok-0123abcd.yaml",
        "20261122T091400Z-ok-0123abcd.yaml\n",
        "ok-0123abcd.yaml",
        ".gitkeep",
    ],
)
def test_other_names_do_not_claim_to_be_records(name: str) -> None:
    assert not record_files.is_record_name(name)


FIELDS = [
    pytest.param(kind, number, field, id=f"{kind}-{text_key(field)}")
    for kind, body in KINDS.items()
    for number, field in enumerate(fields(body), COMMON + 1)
]


@pytest.mark.parametrize(("kind", "line", "field"), FIELDS)
def test_a_field_of_a_kind_holds_what_it_must(kind: str, line: int, field: Field[Any]) -> None:
    lines = lines_of(kind)
    assert lines[line - 1].startswith(f"{text_key(field)}: ".encode())
    lines[line - 1] = f"{text_key(field)}: -1\n".encode()

    fault = refusal(b"".join(lines))

    assert fault.line == line
    expected = field.metadata["check"](-1)
    assert str(fault) == f"{text_key(field)} is -1: expected {expected}"


COMMON_FIELDS = [f for f in fields(Record) if f.name not in {"kind", "body"}]


@pytest.mark.parametrize("field", COMMON_FIELDS, ids=text_key)
def test_a_common_field_holds_what_it_must(field: Field[Any]) -> None:
    lines = lines_of("ok")
    line = 2 + [f.name for f in fields(Record)].index(field.name)
    assert lines[line - 1].startswith(f"{field.name}: ".encode())
    lines[line - 1] = f"{field.name}: -1\n".encode()

    fault = refusal(b"".join(lines))

    assert (fault.line, str(fault)[: len(field.name) + 7]) == (line, f"{field.name} is -1:")


BAD_VALUES = [
    # A common field, a value that is nearly right, and what is expected instead.
    ("incident", "Outage", 'the id of an incident or message, or ""'),
    ("incident", "a/b", 'the id of an incident or message, or ""'),
    ("incident", "..", 'the id of an incident or message, or ""'),
    ("incident", "null", 'the id of an incident or message, or ""'),
    ("incident", "a" * 81, 'the id of an incident or message, or ""'),
    ("message", "a--b", 'the id of an incident or message, or ""'),
    ("repository", " ", "text, not empty"),
    ("gate", "Legal", 'an id, or ""'),
    ("person", "", "an id"),
    ("person", "1st", "an id"),
    ("person", "ana-", "an id"),
    ("person", "ana\n", "an id"),
    ("person", "off", "an id"),
    ("trust", "A" * 64, "a SHA-256 in hexadecimal"),
    ("trust", "a" * 63, "a SHA-256 in hexadecimal"),
    ("trust", "a" * 64 + "\n", "a SHA-256 in hexadecimal"),
    ("drill", 0, "true or false"),
    ("drill", "false", "true or false"),
    ("at", "2026-11-22T09:14:00+00:00", "a UTC time such as 2026-11-22T09:14:00Z"),
    ("at", "2026-11-22T09:14:00.5Z", "a UTC time such as 2026-11-22T09:14:00Z"),
    ("at", "2026-11-22 09:14:00Z", "a UTC time such as 2026-11-22T09:14:00Z"),
    ("at", "2026-02-30T09:14:00Z", "a UTC time such as 2026-11-22T09:14:00Z"),
    ("at", "2026-11-22T23:59:60Z", "a UTC time such as 2026-11-22T09:14:00Z"),
    ("at", "0000-11-22T09:14:00Z", "a UTC time such as 2026-11-22T09:14:00Z"),
    ("at", "٢٠٢٦-11-22T09:14:00Z", "a UTC time such as 2026-11-22T09:14:00Z"),
    ("at", "", "a UTC time such as 2026-11-22T09:14:00Z"),
    ("after", "b" * 64, "a sorted list of different SHA-256 digests"),
    ("after", ["c" * 64, "b" * 64], "a sorted list of different SHA-256 digests"),
    ("after", ["b" * 64, "b" * 64], "a sorted list of different SHA-256 digests"),
    ("after", [["b" * 64]], "a sorted list of different SHA-256 digests"),
]


@pytest.mark.parametrize(("name", "value", "expected"), BAD_VALUES)
def test_a_value_that_is_nearly_right_is_refused(name: str, value: object, expected: str) -> None:
    pairs = line_grammar.read(record_files.write(example_record("ok")).data)
    pairs[name] = value

    fault = refusal(line_grammar.write(pairs))

    assert str(fault).endswith(f": expected {expected}")
    assert fault.line == [*pairs].index(name) + 1


BAD_BODIES = [
    ("drafted", "revision", 0),
    ("drafted", "revision", True),
    ("drafted", "recipients", {"count": 0, "digest": ""}),
    ("drafted", "recipients", {"digest": "", "count": 3}),
    ("drafted", "recipients", {"digest": "c" * 64, "count": 0}),
    ("drafted", "recipients", {"digest": "c" * 64, "count": True}),
    ("drafted", "recipients", {"digest": "c" * 64, "count": 1, "name": "x"}),
    ("drafted", "channels", {"Mail": {}}),
    ("drafted", "channels", {"mail": {"port": 25}}),
    ("drafted", "attachments", [["notes.pdf"]]),
    ("drafted", "attachments", [["notes.pdf", "d" * 64, "x"]]),
    ("drafted", "attachments", [[7, "d" * 64]]),
    ("drafted", "rendered", {"mail": ""}),
    ("drafted", "next_update", "30m"),
    ("drafted", "next_update", "+0m"),
    ("drafted", "next_update", "+1w"),
    ("sent", "counts", {"mail": {"accepted": -1}}),
    ("sent", "counts", {"mail": 1}),
    ("sent", "slots", {"send.time": ""}),
    ("clock-met", "met_by", "a b"),
    ("ok", "settles", ["c" * 63]),
    ("estimated", "minutes", False),
    ("send-intent", "offline", "no"),
]


@pytest.mark.parametrize(("kind", "name", "value"), BAD_BODIES)
def test_a_field_that_is_nearly_right_is_refused(kind: str, name: str, value: object) -> None:
    pairs = line_grammar.read(record_files.write(example_record(kind)).data)
    pairs[name] = value

    fault = refusal(line_grammar.write(pairs))

    assert fault.line == [*pairs].index(name) + 1
    assert str(fault).startswith(f"{name} is ")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_no_field_may_be_missing_added_or_moved(kind: str) -> None:
    lines = lines_of(kind)
    names = [line.split(b":")[0].decode() for line in lines]
    for number in range(1, len(lines)):
        if names[number] == "kind":
            continue
        shorter = b"".join(lines[:number] + lines[number + 1 :])
        assert str(refusal(shorter)) == f"{names[number]} missing"
    assert str(refusal(b"".join([*lines, b"colour: 1\n"]))) == "colour unknown"
    swapped = [*lines[:-2], lines[-1], lines[-2]]
    assert str(refusal(b"".join(swapped))) == (
        f"fields in another order: expected {' '.join(names)}"
    )


@pytest.mark.parametrize("schema", ['"comms/record@2"', '"comms/trust@1"', '""', "1", "[]"])
def test_another_schema_is_refused(schema: str) -> None:
    lines = lines_of("fact")
    lines[0] = f"schema: {schema}\n".encode()

    fault = refusal(b"".join(lines))

    assert fault.line == 1
    assert str(fault).endswith(": expected comms/record@1")


def test_a_file_without_a_schema_is_refused() -> None:
    assert str(refusal(b"kind: 1\n")) == "schema is None: expected comms/record@1"


@pytest.mark.parametrize("kind", ["approved", "OK", "ok ", "", "__class__"])
def test_a_kind_that_is_unknown_is_left_to_a_newer_version(kind: str) -> None:
    lines = lines_of("ok")
    lines[4] = f'kind: "{kind}"\n'.encode()

    with pytest.raises(UnknownKind) as unknown:
        record_files.read(b"".join(lines))
    assert unknown.value.kind == kind


def _scopes() -> list[Any]:
    found: list[Any] = []
    for kind in KINDS:
        if kind in OF_A_MESSAGE:
            found.append(
                (kind, "", f"a {kind} record belongs to a message, and this one names none")
            )
        elif kind == OF_TEMPLATES:
            found.append((kind, "m-1", "a template-ok record belongs to no incident"))
        elif kind not in OF_EITHER:
            said = f"a {kind} record belongs to the incident, and this one names a message"
            found.append((kind, "m-1", said))
    return found


@pytest.mark.parametrize(("kind", "message", "sentence"), _scopes())
def test_a_kind_stands_only_where_it_belongs(kind: str, message: str, sentence: str) -> None:
    with pytest.raises(GrammarFault) as refused:
        record_files.write(example_record(kind, message=message))

    assert str(refused.value) == sentence


def test_only_what_is_said_of_templates_belongs_to_no_incident() -> None:
    with pytest.raises(GrammarFault, match=r"belongs to an incident, and this one names none$"):
        record_files.write(example_record("fact", incident=""))
    with pytest.raises(GrammarFault, match=r"^a template-ok record belongs to no incident$"):
        record_files.write(example_record("template-ok", incident="outage"))
    assert record_files.write(example_record("template-ok")).path.startswith("templates/records/")


@pytest.mark.parametrize("kind", sorted(OF_EITHER))
@pytest.mark.parametrize("message", ["", "m-1"])
def test_some_kinds_belong_to_the_incident_or_to_a_message(kind: str, message: str) -> None:
    written = record_files.write(example_record(kind, message=message))

    assert ("/messages/m-1/" in written.path) == bool(message)


@pytest.mark.parametrize("kind", sorted(BY_GATE))
def test_a_verdict_names_its_gate(kind: str) -> None:
    with pytest.raises(GrammarFault, match=f"^a {kind} record belongs to a gate, and this one nam"):
        record_files.write(example_record(kind, gate=""))


WITH_A_GATE = BY_GATE | {"withdrawn", "estimated", "assigned", "witnessed"}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_only_what_is_about_a_gate_names_one(kind: str) -> None:
    record = example_record(kind, gate="legal")
    if kind in WITH_A_GATE:
        assert record_files.write(record).record.gate == "legal"
    else:
        with pytest.raises(GrammarFault, match=f"^a {kind} record belongs to no gate$"):
            record_files.write(record)


def test_a_record_that_could_not_be_read_is_not_written() -> None:
    body: Body = Fact(key="start", value="a\u202eb")
    with pytest.raises(GrammarFault, match=r"U\+202E"):
        record_files.write(example_record("fact", body=body))
    with pytest.raises(GrammarFault, match="key is 'Start': expected an id"):
        record_files.write(example_record("fact", body=Fact(key="Start", value="")))


def test_the_plain_values_are_those_of_the_checks_that_kinds_use() -> None:
    used = {field.metadata["check"] for body in KINDS.values() for field in fields(body)}

    assert {check for check in used if check not in PLAIN} == set()
    assert [value for check, value in PLAIN.items() if check(value)] == []
