"""Both readers say yes and no to the same bytes: records, trust versions, and what is fit."""

import json
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from commscli.domain.preapproved import digest, is_plain
from commscli.domain.trust_lint import faults
from commscli.errors import BadInput
from commscli.ledger import record_files, trust_files
from tests.second_opinion.beforehand import filled, plain
from tests.second_opinion.deep import drawn
from tests.second_opinion.lines import NotThisFormat
from tests.second_opinion.records import UnknownKind, read_record
from tests.second_opinion.rosters import fit, read_roster
from tests.support.story import first_trust
from tests.support.strategies import TRICKY, example_record, records, trusts

VALUES = (
    *map(json.dumps, TRICKY[:30]),
    "null", "true", "1.0", "-0", "0", "1", "-1", "1e3", "01", "9007199254740992",
    "9007199254740993", "-9007199254740992", "NaN", "[]", "{}", "[[]]", '[["a", "b"]]',
    '["a", "a"]',
    '["b", "a"]', '{"a": 1, "a": 2}', '{"b": {"a": ""}, "a": {}}', '{"null": {"yes": "x"}}',
    "[[[[1]]]]", "[[[[[1]]]]]", '[{"a": [[""]]}]', '"\\u0041"', '"\\u00e9"', '"\\/"', '"\\ud800"',
    '"\\b"', '"\u202e"', '"\u00ad"', '"\u200b"', '"\ufeff"', '" "', '"\u3000"', '"\\t"', '"\\n"',
    '"2026-11-22T09:14:00Z"', '"2026-02-29T00:00:00Z"', '"2026-11-22T09:14:60Z"',
    '"0000-01-01T00:00:00Z"', '"0001-01-01T00:00:00Z"', '"2026-11-22T24:00:00Z"',
    '"\u0662026-11-22T09:14:00Z"', '"+0m"', '"+1d"', '"+3650d"', '"+3651d"', '"+999999999s"',
    '"+87600h"', '"+01m"', '"+1w"', '"a-b_c"', '"a--b"', '"a_b-"', '"A"', '"1a"', '"yes"', '"off"',
    '{"digest": "", "count": 0}', '{"count": 0, "digest": ""}', '{"digest": "", "count": 1}',
    json.dumps({"digest": "a" * 64, "count": 0}), json.dumps({"digest": "a" * 64, "count": True}),
    json.dumps("a" * 64), json.dumps("A" * 64), json.dumps("a" * 65), json.dumps(["a" * 64]),
    json.dumps([["x", "a" * 64], ["b", "b" * 64]]), json.dumps({"x" * 129: {}}),
    json.dumps({"a": {"x" * 129: "y"}}), '{"send.time": "2026-11-22T09:14:00Z"}',
    '{"send.other": "2026-11-22T09:14:00Z"}', '{"a": {"b": -1}}', '{"a": {"b": true}}',
    '"comms/record@2"', '"novelty"', '"template-ok"', '"emergency"', json.dumps("a" * 81),
    json.dumps("a" * 80), '{"keys": [], "people": []}', '{"people": [], "keys": []}',
    '{"role": "a", "needs": 1, "after": [], "recipients": true}',
    '{"needs": 1, "role": "a", "after": [], "recipients": true}',
    '{"gates": ["a", "a"], "channels": {"x": {"": ""}}, "recipients": []}',
    '[{"rule": "a", "subject": "", "why": ""}]', '[["a", "b"], ["a", "b"]]', '[["b", "a"]]',
    '{"people": ["ian", "eva"], "needs": 2, "templates": ["x"], "audiences": ["y"]}',
    '{"people": ["ian", "ian"], "needs": 2, "templates": ["x"], "audiences": ["y"]}',
    '{"people": ["ian", "eva"], "needs": 1, "templates": ["x"], "audiences": ["y"]}',
    '{"people": ["ian", "eva"], "needs": 0, "templates": ["x"], "audiences": ["y"]}',
)  # fmt: skip
"""What may stand behind a key, rightly or not."""

numbers = st.integers(0, 400)


@st.composite
def changed(draw: st.DrawFn, data: bytes) -> bytes:
    """The bytes with a few lines that are other, elsewhere, twice or away."""
    lines = data.decode().splitlines(keepends=True)
    for _ in range(draw(st.integers(0, 2))):
        at = draw(numbers) % len(lines)
        key, colon, value = lines[at].partition(":")
        match draw(st.integers(0, 9)):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, lines[draw(numbers) % len(lines)])
            case 2:
                other = draw(numbers) % len(lines)
                lines[at], lines[other] = lines[other], lines[at]
            case 3:
                place = draw(numbers) % len(lines[at])
                letter = draw(st.sampled_from([" ", "\r", "\t", "x", '"', "\u2028", ":", ""]))
                lines[at] = lines[at][:place] + letter + lines[at][place + 1 :]
            case 4:
                lines[at] = f"{draw(st.sampled_from(['yes', 'x y', 'X', 'new']))}{colon}{value}"
            case _:
                lines[at] = f"{key}: {draw(st.sampled_from(VALUES))}\n"
        if not lines:
            break
    return "".join(lines).encode("utf-8", "surrogatepass")


def ours(read: Callable[[bytes], object], data: bytes) -> str:
    try:
        read(data)
    except record_files.UnknownKind:
        return "unknown kind"
    except (ValueError, BadInput):
        return "refused"
    return "read"


def theirs_of_a_record(data: bytes) -> str:
    try:
        record = read_record(data)
    except NotThisFormat:
        return "refused"
    return "unknown kind" if isinstance(record, UnknownKind) else "read"


def theirs_of_a_version(data: bytes) -> str:
    try:
        return "fit" if fit(read_roster(data)) else "unfit"
    except NotThisFormat:
        return "refused"


def ours_of_a_version(data: bytes) -> str:
    if ours(trust_files.read, data) == "refused":
        return "refused"
    return "unfit" if faults(trust_files.read(data)) else "fit"


RECORDS = st.one_of(
    records().map(lambda record: record_files.write(record).data),
    st.sampled_from(["drafted", "sent", "template-ok", "estimated", "fact"]).map(
        lambda kind: record_files.write(example_record(kind)).data
    ),
).flatmap(changed)
VERSIONS = st.one_of(
    trusts().map(lambda trust: trust_files.write(trust).data),
    st.just(trust_files.write(first_trust()).data),
).flatmap(changed)


@drawn(120, 10_000, also=400)
@given(data=RECORDS)
def test_both_read_the_same_bytes_as_records(data: bytes) -> None:
    assert theirs_of_a_record(data) == ours(record_files.read, data)


@drawn(60, 10_000, also=401)
@given(data=VERSIONS)
def test_both_find_the_same_versions_well_formed_and_fit(data: bytes) -> None:
    assert theirs_of_a_version(data) == ours_of_a_version(data)


@drawn(300, 20_000, also=402)
@given(value=st.text('ab.w/ !?;:@0\u0661()+-_\n\u00e9"\\[{#|\u00a0', max_size=12))
def test_both_put_the_same_values_into_a_text(value: str) -> None:
    assert plain(value) == is_plain(value)


@drawn(300, 20_000, also=403)
@given(
    parts=st.lists(
        st.sampled_from(
            ["{{ a }}", "{{ b_c }}", "{{ send.time }}", "{{ recipient.x }}", "{{ send.x }}", "{",
             "}", "{{", "}}", "{%", "{#", "{{a}}", "{{ a-b }}", "{{ incident.title }}", "x", " "]
        ),
        max_size=6,
    )
)  # fmt: skip
def test_both_fill_a_text_alike(parts: list[str]) -> None:
    text = "".join(parts)
    for one in ("1", "{{ b_c }}", "w"):
        values = {"a": one, "b_c": "2", "incident.title": "t"}

        assert filled(text, values) == (digest(text, values) or "")
