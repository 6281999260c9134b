"""What one version of the trust changes in another, in plain words.

Whoever signs a version reads this first, so whatever differs is said; a test holds it to
every field.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from commscli.domain.ids import PersonId
from commscli.domain.keys import PublicKey
from commscli.domain.trust import Emergency, Gate, Person, Relaxed, Trust

T = TypeVar("T")


def changes(old: Trust, new: Trust) -> list[str]:
    """Return every difference but number and predecessor, most serious first."""
    return [
        *_repository(old, new),
        *_admins(old, new),
        *_people(old, new),
        *_roles(old, new),
        *_gates(old, new),
        *_easings(old, new),
        *_ended(old, new),
        *_faults(old, new),
        *_may(old, new),
    ]


def _repository(old: Trust, new: Trust) -> Iterator[str]:
    if new.repository != old.repository:
        yield f"it is for another repository: {new.repository}, not {old.repository}"
    if new.commits != old.commits:
        strict = "an error" if new.commits == "signed" else "a warning"
        yield f"a commit that lost its signature is {strict} from now on (commits: {new.commits})"


def _admins(old: Trust, new: Trust) -> Iterator[str]:
    for person in _added(old.admins, new.admins):
        yield f"{person} becomes an admin"
    for person in _added(new.admins, old.admins):
        yield f"{person} is no admin any more"
    if new.quorum != old.quorum:
        yield (
            f"{new.quorum} of {len(new.admins)} admins must sign a change, and it was "
            f"{old.quorum} of {len(old.admins)}"
        )
    yield from _order("the admins", old.admins, new.admins)


def _people(old: Trust, new: Trust) -> Iterator[str]:
    for id_, person in new.people.items():
        if id_ not in old.people:
            what = "the service" if person.is_service else f"{person.name},"
            yield f"{id_} joins the roster: {what} {person.email}{_contact(person)}"
            yield from (f"{id_} signs with {key}" for key in person.keys)
        else:
            yield from _person(old.people[id_], person)
    for id_ in old.people:
        if id_ not in new.people:
            yield f"{id_} leaves the roster"
    yield from _order("the people", old.people, new.people)


def _contact(person: Person) -> str:
    return f", {person.contact}" if person.contact else ""


def _person(old: Person, new: Person) -> Iterator[str]:
    for what in ("name", "email", "kind", "contact"):
        before, after = getattr(old, what), getattr(new, what)
        if before != after:
            yield f"{new.id}: {what} becomes {after or 'empty'}, and was {before or 'empty'}"
    for key in _added(old.keys, new.keys):
        yield f"{new.id} gets another key: {key}"
    for key in _added(new.keys, old.keys):
        yield f"{new.id} no longer has the key {key}"
    yield from _order(f"the keys of {new.id}", old.keys, new.keys)


def _roles(old: Trust, new: Trust) -> Iterator[str]:
    for role in {**old.roles, **new.roles}:
        before, after = old.roles.get(role, ()), new.roles.get(role, ())
        for person in _added(before, after):
            yield f"{person} gets the role {role}"
        for person in _added(after, before):
            yield f"{person} loses the role {role}"
        if role not in old.roles:
            yield f"there is a new role: {role}"
        if role not in new.roles:
            yield f"the role {role} is gone"
        yield from _order(f"the holders of {role}", before, after)
    yield from _order("the roles", old.roles, new.roles)


def _gates(old: Trust, new: Trust) -> Iterator[str]:
    for id_, gate in new.gates.items():
        if id_ not in old.gates:
            yield f"there is a new gate, {id_}: {_gate(gate)}"
        elif gate != old.gates[id_]:
            yield f"the gate {id_} becomes: {_gate(gate)}; it was: {_gate(old.gates[id_])}"
    for id_ in old.gates:
        if id_ not in new.gates:
            yield f"the gate {id_} is gone: no message needs it any more"
    yield from _order("the gates", old.gates, new.gates)
    for pair in _added(old.may_share, new.may_share):
        yield f"one person may count in both {_and(sorted(pair))}"
    for pair in _added(new.may_share, old.may_share):
        yield f"one person may no longer count in both {_and(sorted(pair))}"
    yield from _order("the pairs of gates that share", old.may_share, new.may_share)


def _gate(gate: Gate) -> str:
    after = f", after {_and(gate.after)}" if gate.after else ""
    binds = "words and recipients" if gate.recipients else "words"
    return f"{gate.needs} of {gate.role}{after}, binds {binds}"


def _easings(old: Trust, new: Trust) -> Iterator[str]:
    """Say what may go out past fewer people than before, or no longer."""
    for audience in {**old.relaxed, **new.relaxed}:
        before, after = old.relaxed.get(audience), new.relaxed.get(audience)
        if after is None:
            yield f"messages to {audience} need all gates again"
        elif before is None or _relaxed(after) != _relaxed(before):
            yield f"messages to {audience} need only {_relaxed(after)}"
    yield from _order("the relaxed audiences", old.relaxed, new.relaxed)
    for digest in _added(old.preapproved, new.preapproved):
        yield f"the approval of a template counts beforehand: {digest}"
    for digest in _added(new.preapproved, old.preapproved):
        yield f"the approval of a template no longer counts: {digest}"
    if new.emergency != old.emergency:
        yield _emergency(new.emergency)


def _relaxed(relaxed: Relaxed) -> str:
    channels = "; ".join(
        f"{name} ({_settings(settings)})" for name, settings in relaxed.channels.items()
    )
    lists = f", and to the lists {_and(relaxed.recipients)}" if relaxed.recipients else ""
    return f"{_and(relaxed.gates)}, if they go over {channels}{lists}"


def _settings(settings: Mapping[str, str]) -> str:
    return ", ".join(f"{key}: {value}" for key, value in settings.items())


def _emergency(emergency: Emergency | None) -> str:
    if emergency is None:
        return "nobody may skip gates in an emergency"
    return (
        f"in an emergency, {emergency.needs} of {_and(emergency.people)} may together skip gates, "
        f"for {_and(emergency.audiences)}, with {_and(emergency.templates)}"
    )


def _ended(old: Trust, new: Trust) -> Iterator[str]:
    for person in sorted(new.ended.people - old.ended.people):
        yield f"{person} has ended, and the id is never given again"
    for person in sorted(old.ended.people - new.ended.people):
        yield f"{person} would be back, after they ended"
    for key in _sorted(new.ended.keys - old.ended.keys):
        yield f"the key {_whose(key, old, new)} has ended: it signs nothing from now on"
    for key in _sorted(old.ended.keys - new.ended.keys):
        yield f"the key {_whose(key, old, new)} would be back, after it ended"


def _faults(old: Trust, new: Trust) -> Iterator[str]:
    """Say what is no longer believed, and what is lived with."""
    for lost in _added(old.compromised, new.compromised):
        kept = f", but for {_and(sorted(lost.keep))}" if lost.keep else ""
        whose = _whose(lost.key, old, new)
        yield f"nothing that the key {whose} signed counts{kept}: {lost.why or 'no reason given'}"
    for lost in _added(new.compromised, old.compromised):
        yield f"what the key {_whose(lost.key, old, new)} signed would count as before"
    yield from _order("the compromised keys", old.compromised, new.compromised)
    for fault in _added(old.accepted, new.accepted):
        yield f"{fault.rule} at {fault.subject} is accepted: {fault.why or 'no reason given'}"
    for fault in _added(new.accepted, old.accepted):
        yield f"{fault.rule} at {fault.subject} is an error again"
    yield from _order("the accepted faults", old.accepted, new.accepted)


def _may(old: Trust, new: Trust) -> Iterator[str]:
    for kind in {**old.may, **new.may}:
        before, after = old.may.get(kind), new.may.get(kind)
        if after is None:
            yield f"nobody may write {kind!r} any more"
        elif after != before:
            yield f"{kind!r} may be written by {_and(after) or 'anybody on the roster'}"
    yield from _order("the kinds of records", old.may, new.may)


def _whose(key: PublicKey, old: Trust, new: Trust) -> str:
    owner = _owner(key, old) or _owner(key, new)
    return f"{key} of {owner}" if owner else str(key)


def _owner(key: PublicKey, trust: Trust) -> PersonId | None:
    return next((p.id for p in trust.people.values() if key in p.keys), None)


def _sorted(keys: frozenset[PublicKey]) -> list[PublicKey]:
    return sorted(keys, key=lambda key: key.fingerprint)


def _added(before: Sequence[T], after: Sequence[T]) -> list[T]:
    return [entry for entry in after if entry not in before]


def _order(what: str, before: Iterable[object], after: Iterable[object]) -> Iterator[str]:
    """Say that what both have stands in another order: of gates, that decides whose ok counts."""
    old, new = list(before), list(after)
    if [e for e in old if e in new] != [e for e in new if e in old]:
        yield f"{what} stand in another order"


def _and(words: Sequence[str]) -> str:
    return ", ".join(words)
