"""Records and rosters that say one thing to one reader and another to the next.

All of them are rightly signed by who may sign them, and lie where they would belong.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from commscli.ledger import record_files, trust_files
from commscli.ledger.record_files import digest_of
from tests.attacks.staging import Stage, in_review
from tests.support.story import sign, with_role

Spoil = Callable[[bytes], bytes]


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage.of(tmp_path, in_review)


def instead(old: bytes, new: bytes) -> Spoil:
    """Write one thing for another; whatever is spoilt has to be there."""

    def spoil(data: bytes) -> bytes:
        assert data.count(old) == 1, old
        return data.replace(old, new)

    return spoil


def behind(more: bytes) -> Spoil:
    return lambda data: data + more


def before(more: bytes) -> Spoil:
    return lambda data: more + data


def line_of(key: bytes, data: bytes) -> bytes:
    return next(line for line in data.splitlines(keepends=True) if line.startswith(key + b": "))


def moved(key: bytes) -> Spoil:
    """Put a line at the end."""
    return lambda data: data.replace(line_of(key, data), b"") + line_of(key, data)


def doubled(key: bytes, value: bytes) -> Spoil:
    """Say a key a second time, behind itself."""
    return lambda data: data.replace(
        line_of(key, data), line_of(key, data) + key + b": " + value + b"\n"
    )


ONE, TWO = b"a" * 64, b"b" * 64
YAML_TRICKS = {
    34: {
        "a key twice": doubled(b"gate", b'"release"'),
        "a key twice, alike": doubled(b"gate", b'"legal"'),
        "a key twice, far away": behind(b'gate: "release"\n'),
        "a quoted key": behind(b'"gate": "release"\n'),
        "another case": behind(b'Gate: "release"\n'),
    },
    35: {
        "an anchor": instead(b'gate: "legal"', b'gate: &g "legal"'),
        "an alias": instead(b'text: ""', b"text: *g"),
        "a merge key": behind(b'<<: {"gate": "release"}\n'),
        "a bomb": instead(b"settles: []", b"settles: &a [*a, *a, *a]"),
    },
    36: {
        "python": instead(b'text: ""', b'text: !!python/object/apply:os.system ["true"]'),
        "binary": instead(b'gate: "legal"', b"gate: !!binary bGVnYWw="),
        "a set": instead(b"settles: []", b"settles: !!set {}"),
        "a timestamp": instead(b'text: ""', b"text: !!timestamp 2026-11-22"),
        "text": instead(b'gate: "legal"', b'gate: !!str "legal"'),
        "a local one": instead(b'gate: "legal"', b'gate: !x "legal"'),
        "a directive": before(b"%YAML 1.1\n---\n"),
    },
    37: {
        "no": instead(b"drill: false", b"drill: no"),
        "off": instead(b"drill: false", b"drill: off"),
        "FALSE": instead(b"drill: false", b"drill: FALSE"),
        "null": instead(b'edit: ""', b"edit: null"),
        "nothing": instead(b'edit: ""', b"edit:"),
        "a bare word": instead(b'gate: "legal"', b"gate: legal"),
        "single quotes": instead(b'gate: "legal"', b"gate: 'legal'"),
        "a bare date": instead(b'text: ""', b"text: 2026-11-22"),
        "sexagesimal": instead(b'text: ""', b"text: 12:30:45"),
        "octal": instead(b'text: ""', b"text: 017"),
        "hexadecimal": instead(b'text: ""', b"text: 0x1F"),
        "grouped": instead(b'text: ""', b"text: 1_000"),
        "a fraction": instead(b'text: ""', b"text: 1.0"),
        "not a number": instead(b'text: ""', b"text: NaN"),
        "a number for a truth": instead(b"drill: false", b"drill: 0"),
    },
    38: {
        "a second document": behind(b'---\nkind: "objected"\n'),
        "an end of documents": behind(b"...\n"),
        "a byte order mark": before(b"\xef\xbb\xbf"),
        "a comment": behind(b"# gate: release\n"),
        "a comment behind": instead(b'gate: "legal"', b'gate: "legal" # release'),
        "an empty line": behind(b"\n"),
        "tabs": instead(b'gate: "legal"', b'gate:\t"legal"'),
        "CR LF": lambda data: data.replace(b"\n", b"\r\n"),
        "CR": instead(b'text: ""', b'text: "a\rgate: release"'),
        "NEL": instead(b'text: ""', 'text: "a\u0085gate: release"'.encode()),
        "LS": instead(b'text: ""', 'text: "a\u2028gate: release"'.encode()),
        "PS": instead(b'text: ""', 'text: "a\u2029gate: release"'.encode()),
        "NUL": instead(b'text: ""', b'text: "a\0b"'),
        "NUL, escaped": instead(b'text: ""', rb'text: "a\u0000b"'),
        "ESC, escaped": instead(b'text: ""', rb'text: "\u001b[31m"'),
        "bidi": instead(b'text: ""', 'text: "a\u202eb"'.encode()),
        "bidi, escaped": instead(b'text: ""', rb'text: "a\u202eb"'),
        "a lone surrogate": instead(b'text: ""', rb'text: "\ud800"'),
        "not UTF-8": instead(b'text: ""', b'text: "\xff"'),
        "overlong UTF-8": instead(b'text: ""', b'text: "\xc0\xaf"'),
        "UTF-16": lambda data: data.decode().encode("utf-16"),
        "no line end": lambda data: data[:-1],
        "nothing": lambda _: b"",
    },
    39: {
        "deep": instead(b"settles: []", b"settles: " + b"[" * 20000 + b"]" * 20000),
        "deep and open": instead(b"settles: []", b"settles: " + b"[" * 60000),
        "a long number": instead(b'text: ""', b"text: " + b"9" * 5000),
        "long": instead(b'text: ""', b'text: "' + b"a" * 65536 + b'"'),
        "very long": behind(b"a" * (4 << 20)),
        "many lines": behind(b"".join(b'k%d: ""\n' % n for n in range(5000))),
    },
    40: {
        "an unknown field": behind(b'approved: "yes"\n'),
        "a missing field": lambda data: data.replace(line_of(b"edit", data), b""),
        "another order": moved(b"gate"),
        "an escape that is not needed": instead(b'"legal"', rb'"\u006cegal"'),
        "an escaped slash": instead(b'text: ""', rb'text: "a\/b"'),
        "two spaces": instead(b'gate: "legal"', b'gate:  "legal"'),
        "a space behind": instead(b'gate: "legal"', b'gate: "legal" '),
        "a list without spaces": instead(b"settles: []", b'settles: ["%s","%s"]' % (ONE, TWO)),
        "an unsorted list": instead(b"settles: []", b'settles: ["%s", "%s"]' % (TWO, ONE)),
        "minus nought": instead(b'text: ""', b"text: -0"),
        "another schema": instead(b"comms/record@1", b"comms/record@2"),
        "JSON": lambda _: b'{"schema": "comms/record@1"}\n',
    },
}  # fmt: skip
"""row → what is tried → how; each begins with the bytes of an honest ok for legal."""


@pytest.mark.row(*YAML_TRICKS)
def test_records_in_another_spelling(stage: Stage) -> None:
    """All tricks at once: one finding for each, and none of them an ok."""
    written = honest(stage)
    paths = {}
    for row, tricks in YAML_TRICKS.items():
        for name, spoil in tricks.items():
            data = spoil(written.data)
            assert data != written.data, name
            paths[f"{row}-{name}"] = enter(stage, written, data)

    found = stage.fails("record-grammar")

    told = {f["path"] for f in found}
    assert {name for name, path in paths.items() if path not in told} == set()
    assert len(told) == len({*paths.values()}) == len(paths)
    legal = stage.check().json["messages"][0]["gates"][2]
    assert (legal["state"], legal["by"]) == ("open", [])


def honest(stage: Stage) -> record_files.RecordBytes:
    """Lea's ok, as it would be."""
    probe = stage.story.aside()
    return probe.shelf.records[probe.ok("legal", by="lea")]


def enter(stage: Stage, written: record_files.RecordBytes, data: bytes) -> str:
    """Commit these bytes as Lea's, where a record of this digest would lie."""
    digest = digest_of(data)
    path = written.path.replace(written.digest[:8], digest[:8])
    stage.story.enter(replace(written, data=data, digest=digest, path=path), key="lea")
    return path


def test_the_honest_one_would_count(stage: Stage) -> None:
    """Without this the other tests would show nothing."""
    written = honest(stage)
    enter(stage, written, written.data)
    stage.repo.write(stage.story)

    stage.passes()
    assert stage.check().json["messages"][0]["gates"][2]["by"] == ["lea"]


ROSTER_TRICKS: dict[int, dict[str, Spoil]] = {
    34: {
        "a key twice": doubled(b"quorum", b"1"),
        "a person twice": instead(b"roles:\n", b"  ada: {}\nroles:\n"),
        "a role twice": instead(b"gates:\n", b'  legal-officer: ["max"]\ngates:\n'),
        "a field of a gate twice": instead(
            b'legal: {"role": "legal-officer", ',
            b'legal: {"role": "legal-officer", "role": "messaging-officer", ',
        ),
    },
    35: {
        "a merge key": instead(b"gates:\n", b'  <<: {"legal-officer": ["max"]}\ngates:\n'),
        "an anchor": instead(b"quorum: 1", b"quorum: &q 1"),
    },
    36: {"a tag": instead(b"quorum: 1", b'quorum: !!int "1"')},
    37: {
        "text for a number": instead(b"quorum: 1", b'quorum: "1"'),
        "octal": instead(b"quorum: 1", b"quorum: 01"),
        "a fraction": instead(b"quorum: 1", b"quorum: 1.0"),
        "a truth": instead(b"quorum: 1", b"quorum: true"),
    },
    38: {
        "a byte order mark": before(b"\xef\xbb\xbf"),
        "a second document": behind(b"---\nquorum: 1\n"),
        "CR LF": lambda data: data.replace(b"\n", b"\r\n"),
        "NEL in a name": instead(b'"name": "Lea"', '"name": "Lea\u0085"'.encode()),
        "bidi in a name": instead(b'"name": "Lea"', '"name": "\u202eaeL"'.encode()),
    },
    39: {
        "deep": instead(b"accepted: []", b"accepted: " + b"[" * 20000 + b"]" * 20000),
        "long": behind(b"a" * 70000),
        "a long number": instead(b"quorum: 1", b"quorum: " + b"1" * 5000),
    },
    40: {
        "an unknown field": behind(b'notes: ""\n'),
        "another order": moved(b"quorum"),
        "a block on one line": instead(b"relaxed: {}", b"relaxed:\n"),
        "an indent of four": instead(b"  legal-officer: ", b"    legal-officer: "),
        "another schema": instead(b"comms/trust@1", b"comms/trust@2"),
    },
}  # fmt: skip


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(spoil, id=f"{row}-{name}", marks=pytest.mark.row(row))
        for row, tricks in ROSTER_TRICKS.items()
        for name, spoil in tricks.items()
    ],
)
def test_a_roster_in_another_spelling(stage: Stage, spoil: Spoil) -> None:
    old = stage.story.in_force
    new = replace(with_role(old.trust, "max", "legal-officer"), version=2, previous=old.digest)
    written = trust_files.write(new)
    data = spoil(written.data)
    assert data != written.data
    armored = sign("ada", data, trust_files.NAMESPACE)
    stage.story.commit({written.path: data, "trust/0002.ada.sig": armored}, by="ada")

    stage.fails("trust-chain", says=["trust/0002.yaml is not in force: it cannot be read"])


@pytest.mark.row(40)
def test_an_ordinary_reader_of_yaml_reads_what_the_check_reads(stage: Stage) -> None:
    """What people and their tools see of a record or roster is what was judged."""
    reader: Any = YAML(typ="safe", pure=True)
    seen = 0
    for path, file in stage.story.tree.items():
        if path.endswith(".yaml") and path.startswith(("incidents/", "trust/")):
            pairs = reader.load(file.data.decode())
            if path.startswith("trust/"):
                assert trust_files.read(file.data).version == pairs["version"]
                assert list(pairs["people"]) == list(trust_files.read(file.data).people)
            else:
                record = record_files.read(file.data)
                assert (record.kind, record.person) == (pairs["kind"], pairs["person"])
                assert record.at == pairs["at"]
            seen += 1
    assert seen >= 10
