"""A trust version and its bytes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from commscli.domain.ids import AudienceId, Digest, GateId, PersonId, RoleId, is_digest, is_id
from commscli.domain.keys import PublicKey
from commscli.domain.trust import (
    SCHEMA,
    Accepted,
    Compromised,
    Emergency,
    Ended,
    Gate,
    Person,
    Relaxed,
    Trust,
)
from commscli.errors import CommsError
from commscli.ledger import line_grammar
from commscli.ledger.line_grammar import GrammarFault
from commscli.ledger.public_keys import parse_public_key
from commscli.ledger.record_files import digest_of

NAMESPACE = "comms-trust@v1"
BLOCKS = frozenset({"people", "roles", "gates", "may", "relaxed"})
KEYS = (
    "schema", "repository", "version", "previous", "quorum", "admins", "people", "roles", "gates",
    "may", "may_share", "relaxed", "preapproved", "emergency", "commits", "ended", "compromised",
    "accepted",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustBytes:
    """A trust version as it goes to disk."""

    trust: Trust
    data: bytes
    digest: Digest

    @property
    def path(self) -> str:
        """Where in the repository it belongs."""
        return path_of(self.trust.version)


def path_of(version: int) -> str:
    """Return the only place of a version."""
    return f"trust/{version:04d}.yaml"


def signature_path(version: int, person: str) -> str:
    """Return where an admin's signature of a version lies."""
    return f"trust/{version:04d}.{person}.sig"


def write(trust: Trust) -> TrustBytes:
    """Return the one spelling of a trust version.

    Raises:
        GrammarFault: if a value cannot be written.
    """
    data = line_grammar.write(_pairs(trust), blocks=BLOCKS)
    read(data)
    return TrustBytes(trust=trust, data=data, digest=digest_of(data))


def _pairs(trust: Trust) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "repository": trust.repository,
        "version": trust.version,
        "previous": trust.previous,
        "quorum": trust.quorum,
        "admins": list(trust.admins),
        "people": {p.id: _person_value(p) for p in trust.people.values()},
        "roles": {role: list(holders) for role, holders in trust.roles.items()},
        "gates": {g.id: _gate_value(g) for g in trust.gates.values()},
        "may": {kind: list(roles) for kind, roles in trust.may.items()},
        "may_share": [sorted(pair) for pair in trust.may_share],
        "relaxed": {a: _relaxed_value(r) for a, r in trust.relaxed.items()},
        "preapproved": list(trust.preapproved),
        "emergency": _emergency_value(trust.emergency),
        "commits": trust.commits,
        "ended": {
            "keys": sorted(key.line for key in trust.ended.keys),
            "people": sorted(trust.ended.people),
        },
        "compromised": [
            {"key": c.key.line, "keep": sorted(c.keep), "why": c.why} for c in trust.compromised
        ],
        "accepted": [{"rule": a.rule, "subject": a.subject, "why": a.why} for a in trust.accepted],
    }


def _person_value(p: Person) -> dict[str, Any]:
    return {"name": p.name, "email": p.email, "kind": p.kind, "keys": [k.line for k in p.keys],
            "contact": p.contact}  # fmt: skip


def _gate_value(gate: Gate) -> dict[str, Any]:
    return {"role": gate.role, "needs": gate.needs, "after": list(gate.after),
            "recipients": gate.recipients}  # fmt: skip


def _relaxed_value(relaxed: Relaxed) -> dict[str, Any]:
    return {
        "gates": list(relaxed.gates),
        "channels": {name: dict(settings) for name, settings in relaxed.channels.items()},
        "recipients": list(relaxed.recipients),
    }


def _emergency_value(emergency: Emergency | None) -> dict[str, Any]:
    return {} if emergency is None else {
        "people": list(emergency.people), "needs": emergency.needs,
        "templates": list(emergency.templates), "audiences": list(emergency.audiences),
    }  # fmt: skip


def read(data: bytes) -> Trust:
    """Read the bytes of a trust version.

    Raises:
        GrammarFault: if it is none in the one accepted spelling.
    """
    pairs = line_grammar.read(data, blocks=BLOCKS)
    if list(pairs) != list(KEYS) or pairs["schema"] != SCHEMA:
        raise GrammarFault(f"expected schema {SCHEMA} and the keys {' '.join(KEYS)}")
    try:
        trust = _trust(pairs)
    except GrammarFault:
        raise
    except CommsError as fault:
        raise GrammarFault(fault.text) from None
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise GrammarFault(f"a field does not hold what it must: {fault}") from None
    if line_grammar.write(_pairs(trust), blocks=BLOCKS) != data:
        raise GrammarFault("the same values are written in another way: sets are sorted")
    return trust


def _trust(pairs: Mapping[str, Any]) -> Trust:
    return Trust(
        repository=_text(pairs["repository"]),
        version=_positive(pairs["version"]),
        previous=_text(pairs["previous"]) and _digest(pairs["previous"]),
        quorum=_positive(pairs["quorum"]),
        admins=tuple(PersonId(p) for p in _ids(pairs["admins"])),
        people={PersonId(i): _person(i, v) for i, v in _entries(pairs["people"])},
        roles={RoleId(i): tuple(map(PersonId, _ids(v))) for i, v in _entries(pairs["roles"])},
        gates={GateId(i): _gate(i, v) for i, v in _entries(pairs["gates"])},
        may={kind: tuple(map(RoleId, _ids(v))) for kind, v in _entries(pairs["may"])},
        may_share=tuple(_pair(entry) for entry in _list(pairs["may_share"])),
        relaxed={AudienceId(i): _relaxed(v) for i, v in _entries(pairs["relaxed"])},
        preapproved=tuple(_digests(pairs["preapproved"])),
        emergency=_emergency(pairs["emergency"]),
        commits=_text(pairs["commits"]),
        ended=_ended(pairs["ended"]),
        compromised=tuple(_compromised(entry) for entry in _list(pairs["compromised"])),
        accepted=tuple(_accepted(entry) for entry in _list(pairs["accepted"])),
    )


def _person(id_: str, value: Any) -> Person:
    name, email, kind, keys, contact = _only(value, "name", "email", "kind", "keys", "contact")
    if kind not in {"person", "service"}:
        raise GrammarFault(f"{id_} is of kind {kind!r}: expected person or service")
    return Person(
        id=PersonId(id_),
        name=_text(name),
        email=_text(email),
        kind=kind,
        keys=tuple(map(_key, _list(keys))),
        contact=_text(contact),
    )


def _gate(id_: str, value: Any) -> Gate:
    role, needs, after, recipients = _only(value, "role", "needs", "after", "recipients")
    if not is_id(role) or type(needs) is not int or type(recipients) is not bool:
        raise GrammarFault(f"gate {id_} does not hold a role, a number and true or false")
    before = tuple(map(GateId, _ids(after)))
    return Gate(id=GateId(id_), role=role, needs=needs, after=before, recipients=recipients)


def _relaxed(value: Any) -> Relaxed:
    gates, channels, recipients = _only(value, "gates", "channels", "recipients")
    return Relaxed(
        gates=tuple(map(GateId, _ids(gates))),
        channels={
            name: {key: _text(entry) for key, entry in _mapping(settings).items()}
            for name, settings in _mapping(channels).items()
        },
        recipients=tuple(map(_digest, _list(recipients))),
    )


def _emergency(value: Any) -> Emergency | None:
    if value == {}:
        return None
    people, needs, templates, audiences = _only(value, "people", "needs", "templates", "audiences")
    return Emergency(
        people=tuple(map(PersonId, _ids(people))),
        needs=_positive(needs),
        templates=tuple(map(_text, _list(templates))),
        audiences=tuple(map(AudienceId, _ids(audiences))),
    )


def _digests(value: Any) -> list[Digest]:
    digests = [_digest(entry) for entry in _list(value)]
    if digests != sorted(set(digests)):
        raise GrammarFault("expected a sorted list of different digests")
    return digests


def _ended(value: Any) -> Ended:
    keys, people = _only(value, "keys", "people")
    return Ended(
        keys=frozenset(map(_key, _list(keys))), people=frozenset(map(PersonId, _ids(people)))
    )


def _compromised(value: Any) -> Compromised:
    key, keep, why = _only(value, "key", "keep", "why")
    return Compromised(key=_key(key), keep=frozenset(map(_digest, _list(keep))), why=_text(why))


def _accepted(value: Any) -> Accepted:
    rule, subject, why = _only(value, "rule", "subject", "why")
    return Accepted(rule=_text(rule), subject=_text(subject), why=_text(why))


def _only(value: Any, *keys: str) -> list[Any]:
    if not isinstance(value, dict) or list(value) != list(keys):
        raise GrammarFault(f"expected {{{', '.join(keys)}}}, in this order")
    return [value[key] for key in keys]


def _entries(value: Any) -> list[tuple[str, Any]]:
    entries = list(_mapping(value).items())
    _ids([key for key, _ in entries])
    return entries


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise GrammarFault("expected an object")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise GrammarFault("expected a list")
    return value


def _ids(value: Any) -> list[str]:
    entries = _list(value)
    if not all(map(is_id, entries)) or len(set(entries)) != len(entries):
        raise GrammarFault(f"expected a list of different ids, found {entries!r:.60}")
    return entries


def _pair(value: Any) -> frozenset[GateId]:
    pair = _ids(value)
    if len(pair) != 2 or pair != sorted(pair):  # noqa: PLR2004 - a pair
        raise GrammarFault("may_share lists sorted pairs of gates")
    return frozenset(map(GateId, pair))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise GrammarFault(f"expected text, found {value!r:.60}")
    return value


def _positive(value: Any) -> int:
    if type(value) is not int or value < 1:
        raise GrammarFault(f"expected a whole number, 1 or more, found {value!r:.60}")
    return value


def _digest(value: Any) -> Digest:
    if not is_digest(value):
        raise GrammarFault(f"expected a SHA-256, found {value!r:.60}")
    return Digest(value)


def _key(value: Any) -> PublicKey:
    key = parse_public_key(_text(value))
    if key.line != value:
        raise GrammarFault("a key is written as `type base64`, without a comment")
    return key
