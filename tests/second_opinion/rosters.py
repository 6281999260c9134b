"""Trust versions: their form, and who may do what under one."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.second_opinion import keys, lines
from tests.second_opinion.lines import Form, NotThisFormat, need
from tests.second_opinion.records import BY_GATE

SCHEMA = "comms/trust@1"
EMERGENCY = "emergency"
OF_SERVICES = ("send-intent", "sent", "delivered-late", "witnessed")
Signers = Mapping[str, str]
"""The name in a signature file's name → the key that made the signature."""
_ids = lines.list_of(lines.id_, different=True)
_text, _id, _digest = lines.text, lines.id_, lines.digest


def public_key(value: Any) -> bool:
    """``algorithm base64``, in its only spelling, of a key that may sign."""
    if not isinstance(value, str) or value.count(" ") != 1:
        return False
    algorithm, _, encoded = value.partition(" ")
    try:
        blob = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return False
    return base64.b64encode(blob).decode() == encoded and keys.acceptable(algorithm, blob)


def _pairs(value: Any) -> bool:
    return lines.list_of(lines.list_of(_id, different=True, ordered=True))(value) and all(
        len(pair) == 2 for pair in value
    )


_PERSON = lines.object_of(
    name=_text,
    email=_text,
    kind=lambda value: value in ("person", "service"),
    keys=lines.list_of(public_key),
    contact=_text,
)
_GATE = lines.object_of(role=_id, needs=lines.whole, after=_ids, recipients=lines.flag)
_RELAXED = lines.object_of(
    gates=_ids,
    channels=lines.map_of(_id, lines.map_of(_text, _text)),
    recipients=lines.list_of(_digest, different=True),
)
_ENDED = lines.object_of(
    keys=lines.list_of(public_key, different=True, ordered=True),
    people=lines.list_of(_id, different=True, ordered=True),
)
_COMPROMISED = lines.object_of(
    key=public_key, keep=lines.list_of(_digest, different=True, ordered=True), why=_text
)
_EMERGENCY = lines.object_of(
    people=_ids, needs=lines.whole, templates=lines.list_of(_text), audiences=_ids
)
FIELDS: Mapping[str, Form] = {
    "schema": lambda value: value == SCHEMA,
    "repository": _text,
    "version": lines.number,
    "previous": lines.or_empty(_digest),
    "quorum": lines.number,
    "admins": lines.list_of(_id),
    "people": lines.map_of(_id, _PERSON),
    "roles": lines.map_of(_id, _ids),
    "gates": lines.map_of(_id, _GATE),
    "may": lines.map_of(_id, _ids),
    "may_share": _pairs,
    "relaxed": lines.map_of(_id, _RELAXED),
    "preapproved": lines.list_of(_digest, different=True, ordered=True),
    "emergency": lambda value: value == {} or _EMERGENCY(value),
    "commits": _text,
    "ended": _ENDED,
    "compromised": lines.list_of(_COMPROMISED),
    "accepted": lines.list_of(lines.object_of(rule=_id, subject=_text, why=_text)),
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Roster:
    """A trust version that is well formed."""

    digest: str
    values: Mapping[str, Any]

    def __getitem__(self, field: str) -> Any:
        return self.values[field]

    def owner(self, key: str) -> str:
        """Whose key it is, or nobody's (empty): of those that have not ended."""
        owners = [who for who, person in self["people"].items() if key in person["keys"]]
        return owners[0] if owners and key not in self["ended"]["keys"] else ""

    def holds(self, person: str, role: str) -> bool:
        holders: list[str] = self["roles"].get(role, [])
        return person in holders

    def may_write(self, person: str, kind: str, gate: str) -> bool:
        """Whether somebody may write such a record. ``gate`` matters for verdicts alone."""
        people = self["people"]
        if person not in people or person in self["ended"]["people"]:
            return False
        if people[person]["kind"] == "service" and kind not in OF_SERVICES:
            return False
        if kind == "ok" and gate == EMERGENCY:
            return person in self["emergency"].get("people", [])
        if kind in BY_GATE:
            return gate in self["gates"] and self.holds(person, self["gates"][gate]["role"])
        if kind not in self["may"]:
            return False
        roles = self["may"][kind]
        return not roles or any(self.holds(person, role) for role in roles)

    def accepts_writer(self, key: str, person: str, kind: str, gate: str) -> bool:
        """The question that every version asks of a record that it judges."""
        return self.owner(key) == person and self.may_write(person, kind, gate)

    def signed_by_quorum(self, signers: Signers) -> bool:
        good = [a for a in self["admins"] if a in signers and self.owner(signers[a]) == a]
        quorum: int = self["quorum"]
        return len({*good}) >= quorum


def read_roster(data: bytes) -> Roster:
    """Return the version, or raise `NotThisFormat`."""
    values = lines.read(data, lines.BLOCKS)
    need([*values] == [*FIELDS], "other keys than those of a trust version")
    for field, form in FIELDS.items():
        if not form(values[field]):
            raise NotThisFormat(f"{field} has another form")
    return Roster(digest=lines.digest_of(data), values=values)


def fit(roster: Roster) -> bool:
    """Whether a well-formed version could ever be in force."""
    people, gates = roster["people"], roster["gates"]
    every_key = [key for person in people.values() for key in person["keys"]]
    named = [gate for rule in gates.values() for gate in rule["after"]]
    named += [gate for pair in roster["may_share"] for gate in pair]
    named += [gate for rule in roster["relaxed"].values() for gate in rule["gates"]]
    return (
        _admins_fit(roster)
        and all(who in people for held in roster["roles"].values() for who in held)
        and all(person["keys"] for person in people.values())
        and not {*people} & {*roster["ended"]["people"]}
        and len({*every_key}) == len(every_key)
        and len(gates) > 0
        and all(rule["needs"] >= 1 for rule in gates.values())
        and {*named} <= {*gates}
        and not _circle(gates)
        and all(rule["gates"] and rule["channels"] for rule in roster["relaxed"].values())
        and EMERGENCY not in gates
        and _emergency_fits(roster)
        and roster["commits"] in ("recorded", "signed")
    )


def _admins_fit(roster: Roster) -> bool:
    admins, people = roster["admins"], roster["people"]
    return (
        all(admin in people and people[admin]["kind"] == "person" for admin in admins)
        and len({*admins}) == len(admins)
        and not {*admins} & {*roster["ended"]["people"]}
        and 1 <= roster["quorum"] <= len(admins)
    )


def _emergency_fits(roster: Roster) -> bool:
    rule, people = roster["emergency"], roster["people"]
    return rule == {} or (
        2 <= rule["needs"] <= len(rule["people"])
        and all(who in people and people[who]["kind"] == "person" for who in rule["people"])
        and len(rule["templates"]) > 0
        and len(rule["audiences"]) > 0
    )


def _circle(gates: Mapping[str, Any]) -> bool:
    """Whether some gates wait for each other: take away those that wait for none, until none."""
    left = {gate: {*rule["after"]} for gate, rule in gates.items()}
    while free := [gate for gate, waits in left.items() if not waits & {*left}]:
        for gate in free:
            del left[gate]
    return bool(left)
