"""Hypothesis strategies for every kind of record and for trust versions.

A record's fields are drawn by the check that each declares, so a new kind is covered the
moment it exists, and a new check without a strategy is an error here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import Field, fields
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any, TypeVar

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from hypothesis import strategies as st

from commscli.domain import fields as f
from commscli.domain.durations import format_offset
from commscli.domain.ids import (
    YAML_WORDS,
    AudienceId,
    Digest,
    GateId,
    IncidentId,
    MessageId,
    PersonId,
    RoleId,
)
from commscli.domain.keys import PublicKey
from commscli.domain.moments import stamp
from commscli.domain.presets import GATES, MAY, ROLES
from commscli.domain.records import BY_GATE, KINDS, OF_A_MESSAGE, OF_EITHER, OF_TEMPLATES, Record
from commscli.domain.trust import (
    Accepted,
    Compromised,
    Emergency,
    Ended,
    Gate,
    Person,
    Relaxed,
    Trust,
)
from commscli.ledger.public_keys import parse_public_key

T = TypeVar("T")
REPOSITORY = "8d3ca2f0-4a4f-4c64-9d52-3a1f6f0e6a11"

FORBIDDEN = frozenset(
    chr(code)
    for first, last in (
        (0x00, 0x08), (0x0B, 0x1F), (0x7F, 0x9F), (0x61C, 0x61C), (0x200E, 0x200F),
        (0x2028, 0x2029), (0x202A, 0x202E), (0x2066, 0x2069), (0xFFFE, 0xFFFF),
    )
    for code in range(first, last + 1)
)  # fmt: skip
"""What no text of a record may hold (surrogates apart): here once more, on purpose."""

TRICKY = (
    "", " ", "null", "~", "true", "no", "on", "0", "-0", "017", "0x1F", "1e3", ".inf", "12:30:45",
    "2026-11-22", "=", "<<", "*a", "&a", "!tag", "| text", "> text", "- a", "? a", "a: b", "a #b",
    "%YAML 1.1", "---", "...", "{}", "[]", "\\", '"', "'", "\n", "\t", "a\n  b", " a ", "\\u0041",
    "é", "e\u0301", "\xa0", "\xad", "\u200b", "\ud7ff", "\ue000", "\ufffd", "\U0001f6a8",
    "\U0010ffff", "x" * 1100,
)  # fmt: skip
"""Texts that a YAML reader could take for something else, or break."""

_BYTE_ORDER_MARK = "\ufeff"
letters = st.characters(
    codec="utf-8", exclude_characters="".join(sorted(FORBIDDEN)) + _BYTE_ORDER_MARK
)
texts = st.one_of(st.sampled_from(TRICKY), st.text(letters, max_size=40))
some_texts = texts.filter(lambda text: text.strip() != "")
names = texts.filter(lambda text: not {*text} & {"\n", "\t"})
numbers = st.one_of(st.integers(0, 9), st.integers(0, f.MAX_SAFE))

_START = "abcdefghijklmnopqrstuvwxyz"
_word = st.text(_START + "0123456789", min_size=1, max_size=6)


@st.composite
def _ids(draw: st.DrawFn) -> str:
    text = draw(st.sampled_from(_START)) + draw(_word)
    for word in draw(st.lists(_word, max_size=2)):
        text += draw(st.sampled_from("-_")) + word
    return text


ids = _ids().filter(lambda text: text not in YAML_WORDS)
folders = (
    st.lists(_word, min_size=1, max_size=3).map("-".join).filter(lambda t: t not in YAML_WORDS)
)
digests = st.binary(min_size=32, max_size=32).map(lambda octets: Digest(octets.hex()))
moments = st.datetimes(
    min_value=datetime(1970, 1, 1),  # noqa: DTZ001 - naive here, made aware by the zones
    timezones=st.just(UTC),
).map(stamp)
offsets = st.integers(1, 3650 * 24 * 60).map(lambda n: format_offset(timedelta(minutes=n)))
_RECIPIENTS = st.one_of(
    st.just({"digest": "", "count": 0}),
    st.tuples(digests, st.integers(1, 10**6)).map(lambda t: {"digest": t[0], "count": t[1]}),
)


def _or_empty(strategy: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(st.just(""), strategy)


def _several(strategy: st.SearchStrategy[T]) -> st.SearchStrategy[list[T]]:
    return st.lists(strategy, max_size=3)


def _map(
    keys: st.SearchStrategy[str], values: st.SearchStrategy[T]
) -> st.SearchStrategy[dict[str, T]]:
    return st.dictionaries(keys, values, max_size=3)


BY_CHECK: Mapping[f.Check, st.SearchStrategy[Any]] = {
    f.TEXT: texts,
    f.SOME_TEXT: some_texts,
    f.FLAG: st.booleans(),
    f.COUNT: numbers,
    f.NUMBER: numbers.map(lambda n: n or 1),
    f.ID: ids,
    f.ID_OR_EMPTY: _or_empty(ids),
    f.FOLDER: folders,
    f.FOLDER_OR_EMPTY: _or_empty(folders),
    f.DIGEST: digests,
    f.DIGEST_OR_EMPTY: _or_empty(digests),
    f.DIGESTS: st.lists(digests, max_size=3, unique=True).map(sorted),
    f.NAMED_DIGESTS: _several(st.tuples(names, digests).map(list)),
    f.MOMENT: moments,
    f.MOMENT_OR_EMPTY: _or_empty(moments),
    f.OFFSET_OR_EMPTY: _or_empty(offsets),
    f.TEXTS: _several(texts),
    f.IDS: st.lists(ids, max_size=3, unique=True),
    f.CHANNELS: _map(ids, _map(texts.filter(lambda t: len(t) <= 128), texts)),
    f.DIGEST_MAP: _map(ids, digests),
    f.COUNT_MAP: _map(ids, _map(ids, numbers)),
    f.RECIPIENTS: _RECIPIENTS,
    f.SLOTS: _map(st.sampled_from(["send.time", "send.next_update"]), moments),
}


def _drawn(draw: st.DrawFn, wanted: Sequence[Field[Any]]) -> dict[str, Any]:
    return {field.name: draw(BY_CHECK[field.metadata["check"]]) for field in wanted}


_HEAD = tuple(field for field in fields(Record) if field.name not in {"kind", "body"})


@st.composite
def records(draw: st.DrawFn, kind: str = "") -> Record:
    """A record of a kind (of any, without one) that stands where its kind may stand."""
    kind = kind or draw(st.sampled_from(sorted(KINDS)))
    head = _drawn(draw, _HEAD)
    in_a_message = kind in OF_A_MESSAGE or (kind in OF_EITHER and draw(st.booleans()))
    head["message"] = MessageId(draw(folders) if in_a_message else "")
    head["incident"] = IncidentId("" if kind == OF_TEMPLATES else draw(folders))
    if kind in BY_GATE:
        head["gate"] = GateId(draw(ids))
    elif kind not in {"withdrawn", "estimated", "assigned", "witnessed"}:
        head["gate"] = GateId("")
    body = KINDS[kind](**_drawn(draw, fields(KINDS[kind])))
    return Record(kind=kind, body=body, **head)


def example_record(kind: str = "fact", **changed: Any) -> Record:
    """The same small record of a kind, always."""
    head: dict[str, Any] = {
        "repository": REPOSITORY,
        "incident": IncidentId("" if kind == OF_TEMPLATES else "2026-11-22-checkout-outage"),
        "message": MessageId("investigation-all-customers-1" if kind in OF_A_MESSAGE else ""),
        "gate": GateId("legal" if kind in BY_GATE else ""),
        "person": PersonId("bea"),
        "trust": Digest("a" * 64),
        "drill": False,
        "at": "2026-11-22T09:14:00Z",
        "after": [Digest("b" * 64)],
    }
    body = {field.name: PLAIN[field.metadata["check"]] for field in fields(KINDS[kind])}
    whole = {**head, "kind": kind, "body": KINDS[kind](**body), **changed}
    return Record(**whole)


PLAIN: Mapping[f.Check, Any] = {
    f.TEXT: "words",
    f.SOME_TEXT: "words",
    f.FLAG: False,
    f.COUNT: 0,
    f.NUMBER: 1,
    f.ID: "start",
    f.FOLDER_OR_EMPTY: "",
    f.DIGEST: "c" * 64,
    f.DIGEST_OR_EMPTY: "",
    f.DIGESTS: [],
    f.NAMED_DIGESTS: [["notes.pdf", "d" * 64]],
    f.MOMENT: "2026-11-22T09:14:00Z",
    f.MOMENT_OR_EMPTY: "",
    f.OFFSET_OR_EMPTY: "+30m",
    f.TEXTS: ["https://example.com/1"],
    f.CHANNELS: {"mail": {"adapter": "file", "as": "eml"}},
    f.DIGEST_MAP: {"mail": "e" * 64},
    f.COUNT_MAP: {"mail": {"accepted": 1}},
    f.RECIPIENTS: {"digest": "", "count": 0},
    f.SLOTS: {"send.time": "2026-11-22T09:14:00Z"},
}
"""One plain value for each check that the kinds use."""


@cache
def key(number: int) -> PublicKey:
    """The same real key for a number, always; every third one is ECDSA."""
    seed = sha256(b"key %d" % number).digest()
    public: ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey
    if number % 3 == 2:
        secret = int.from_bytes(seed[:31], "big")
        public = ec.derive_private_key(secret, ec.SECP256R1()).public_key()
    else:
        public = ed25519.Ed25519PrivateKey.from_private_bytes(seed).public_key()
    line = public.public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    ).decode()
    return parse_public_key(line)


keys = st.integers(0, 23).map(key)


def _people(person: str) -> st.SearchStrategy[Person]:
    return st.builds(
        Person,
        id=st.just(PersonId(person)),
        name=texts,
        email=texts,
        kind=st.sampled_from(["person", "service"]),
        keys=st.lists(keys, max_size=2).map(tuple),
        contact=texts,
    )


def _gates(gate: str) -> st.SearchStrategy[Gate]:
    return st.builds(
        Gate,
        id=st.just(GateId(gate)),
        role=ids.map(RoleId),
        needs=st.integers(-1, 3),
        after=_id_tuples,
        recipients=st.booleans(),
    )


_id_tuples: st.SearchStrategy[Any] = st.lists(ids, max_size=3, unique=True).map(tuple)
_pairs = st.lists(ids.map(GateId), min_size=2, max_size=2, unique=True).map(frozenset)
_relaxed = st.builds(
    Relaxed,
    gates=_id_tuples,
    channels=_map(ids, _map(ids, texts)),
    recipients=st.lists(digests, max_size=2, unique=True).map(tuple),
)
_emergencies = st.builds(
    Emergency,
    people=_id_tuples,
    needs=st.integers(1, 4),
    templates=st.lists(texts, max_size=2).map(tuple),
    audiences=_id_tuples,
)
_compromised = st.builds(
    Compromised, key=keys, keep=st.frozensets(digests, max_size=2), why=texts
)  # fmt: skip


@st.composite
def trusts(draw: st.DrawFn) -> Trust:
    """A trust version that is well formed; whether it could ever be in force is not asked."""
    people = [draw(_people(p)) for p in draw(st.lists(ids, max_size=3, unique=True))]
    gates = [draw(_gates(g)) for g in draw(st.lists(ids, max_size=3, unique=True))]
    return Trust(
        repository=draw(texts),
        version=draw(st.integers(1, 99999)),
        previous=draw(_or_empty(digests)),
        quorum=draw(st.integers(1, 5)),
        admins=draw(_id_tuples),
        people={person.id: person for person in people},
        roles={RoleId(k): v for k, v in draw(_map(ids, _id_tuples)).items()},
        gates={gate.id: gate for gate in gates},
        may=draw(_map(st.sampled_from(sorted(KINDS)), _id_tuples)),
        may_share=tuple(draw(st.lists(_pairs, max_size=2, unique=True))),
        relaxed={AudienceId(k): v for k, v in draw(_map(ids, _relaxed)).items()},
        preapproved=tuple(sorted(draw(st.sets(digests, max_size=2)))),
        emergency=draw(st.none() | _emergencies),
        commits=draw(st.sampled_from(["recorded", "signed"])),
        ended=Ended(
            keys=draw(st.frozensets(keys, max_size=2)),
            people=frozenset(map(PersonId, draw(st.frozensets(ids, max_size=2)))),
        ),
        compromised=tuple(draw(st.lists(_compromised, max_size=2))),
        accepted=tuple(
            draw(st.lists(st.builds(Accepted, rule=ids, subject=texts, why=texts), max_size=2))
        ),
    )


HOLDERS: Mapping[str, tuple[str, ...]] = {
    "business-lead": ("bea",),
    "technical-slt": ("tom", "tara"),
    "customer-liaison": ("cleo", "carl"),
    "messaging-officer": ("mia", "max"),
    "legal-officer": ("lea", "leo"),
    "elt-approver": ("eli", "eva"),
    "incident-commander": ("ian", "ida"),
    "business-responder": ("rob",),
}


def example_trust() -> Trust:
    """A version that could be in force, with the full gates and nothing to worry about."""
    names = ["ada", "alf", *(p for held in HOLDERS.values() for p in held)]
    return Trust(
        repository=REPOSITORY,
        version=1,
        previous="",
        quorum=2,
        admins=(PersonId("ada"), PersonId("alf"), PersonId("bea")),
        people={
            PersonId(name): Person(
                id=PersonId(name),
                name=name.title(),
                email=f"{name}@example.com",
                kind="person",
                keys=(key(number),),
            )
            for number, name in enumerate(names)
        },
        roles={role: tuple(map(PersonId, HOLDERS[role])) for role in ROLES},
        gates={gate.id: gate for gate in GATES["full"]},
        may=dict(MAY),
        may_share=(),
        relaxed={},
        preapproved=(),
        emergency=None,
        commits="recorded",
        ended=Ended(),
        compromised=(),
        accepted=(),
    )
