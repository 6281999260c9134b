"""Records and trust versions: one value, one spelling, and no byte that does not matter."""

from collections.abc import Callable
from io import BytesIO

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from commscli.domain.records import KINDS, Record
from commscli.domain.trust import Trust
from commscli.ledger import line_grammar, record_files, trust_files
from commscli.ledger.line_grammar import GrammarFault
from commscli.ledger.record_files import UnknownKind
from tests.support.strategies import TRICKY, example_record, example_trust, records, trusts

Read = Callable[[bytes], object]

_SLOW_TO_DRAW = [HealthCheck.too_slow, HealthCheck.data_too_large]
SOME = settings(max_examples=60, deadline=None, suppress_health_check=_SLOW_TO_DRAW)
FEW = settings(max_examples=12, deadline=None, suppress_health_check=_SLOW_TO_DRAW)
EACH_KIND = settings(max_examples=10, deadline=None, suppress_health_check=_SLOW_TO_DRAW)


def as_yaml(data: bytes) -> object:
    return YAML(typ="safe", pure=True).load(BytesIO(data))


def typed(value: object) -> object:
    """The value with the type of everything in it, since 1 == True and order is lost in ==."""
    if isinstance(value, dict):
        return [(typed(k), typed(v)) for k, v in value.items()]
    if isinstance(value, list):
        return [typed(entry) for entry in value]
    return type(value), value


def outcome(read: Read, data: bytes) -> object:
    """What a reader makes of bytes, or the refusal; anything else it raises is a bug."""
    try:
        return read(data)
    except (GrammarFault, UnknownKind) as refusal:
        return refusal


def same_after(read: Read, data: bytes, changed: bytes) -> bool:
    """Whether changed bytes are taken for the very same value."""
    return changed != data and outcome(read, changed) == outcome(read, data)


@pytest.mark.parametrize("kind", sorted(KINDS))
@EACH_KIND
@given(data=st.data())
def test_a_record_is_read_as_it_was_written(kind: str, data: st.DataObject) -> None:
    record = data.draw(records(kind))
    written = record_files.write(record)

    assert record_files.read(written.data) == record
    assert record_files.write(record_files.read(written.data)) == written


@SOME
@given(trusts())
def test_a_trust_version_is_read_as_it_was_written(trust: Trust) -> None:
    written = trust_files.write(trust)

    again = trust_files.read(written.data)
    assert again == trust
    assert [*again.people] == [*trust.people]
    assert [*again.gates] == [*trust.gates]
    assert trust_files.write(again) == written


@SOME
@given(records())
def test_the_bytes_of_a_record_are_plain_yaml(record: Record) -> None:
    data = record_files.write(record).data

    assert typed(as_yaml(data)) == typed(line_grammar.read(data))


@SOME
@given(trusts())
@example(example_trust())
def test_the_bytes_of_a_trust_version_are_plain_yaml(trust: Trust) -> None:
    data = trust_files.write(trust).data

    assert typed(as_yaml(data)) == typed(line_grammar.read(data, blocks=trust_files.BLOCKS))


@pytest.mark.parametrize("text", TRICKY)
def test_a_tricky_text_is_the_same_text_to_a_yaml_reader(text: str) -> None:
    value = {"k": text, "l": [text, {text[:128]: text}], "m": {text[:128]: [text]}}
    data = line_grammar.write(value)

    assert typed(as_yaml(data)) == typed(value)


@pytest.mark.parametrize("length", [80, 128])
def test_a_key_of_any_accepted_length_is_a_key_to_a_yaml_reader(length: int) -> None:
    data = f"{'k' * length}: 1\nb:\n  {'k' * length}: 2\n".encode()

    assert as_yaml(data) == line_grammar.read(data, blocks=frozenset({"b"}))


def test_a_key_that_yaml_cannot_read_is_refused() -> None:
    with pytest.raises(GrammarFault):
        line_grammar.read(f"{'k' * 129}: 1\n".encode())


@FEW
@given(records(), st.integers(1, 255))
@example(example_record(), 0x20)
def test_no_byte_of_a_record_can_change_unseen(record: Record, flip: int) -> None:
    data = record_files.write(record).data
    for at in range(len(data)):
        flipped = bytes([*data[:at], data[at] ^ flip, *data[at + 1 :]])
        shorter = data[:at] + data[at + 1 :]
        longer = data[:at] + bytes([flip]) + data[at:]
        for changed in (flipped, shorter, longer):
            assert not same_after(record_files.read, data, changed), changed


@settings(FEW, max_examples=4)
@given(trusts(), st.integers(1, 255))
def test_no_byte_of_a_trust_version_can_change_unseen(trust: Trust, flip: int) -> None:
    data = trust_files.write(trust).data
    for at in range(len(data)):
        changed = bytes([*data[:at], data[at] ^ flip, *data[at + 1 :]])
        assert not same_after(trust_files.read, data, changed), changed


@SOME
@given(records(), st.data())
def test_other_bytes_are_another_record_in_another_place(
    record: Record, data: st.DataObject
) -> None:
    written = record_files.write(record)
    at = data.draw(st.integers(0, len(written.data) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda octet: octet != written.data[at]))
    changed = bytes([*written.data[:at], other, *written.data[at + 1 :]])
    found = outcome(record_files.read, changed)

    if isinstance(found, Record):
        again = record_files.write(found)
        assert again.data == changed
        assert again.digest != written.digest
        assert again.path != written.path
    else:
        assert isinstance(found, GrammarFault | UnknownKind)


@SOME
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
@example(b"schema: []\n")
@example(b'schema: "comms/record@1"\nkind: {}\n')
def test_no_bytes_are_more_than_a_reader_can_refuse(data: bytes) -> None:
    assert isinstance(outcome(record_files.read, data), GrammarFault | UnknownKind)
    assert isinstance(outcome(trust_files.read, data), GrammarFault)


@SOME
@given(records(), trusts())
def test_writing_knows_no_chance(record: Record, trust: Trust) -> None:
    assert record_files.write(record) == record_files.write(record)
    assert trust_files.write(trust) == trust_files.write(trust)
