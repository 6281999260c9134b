"""What is wrong with a trust version that is otherwise well formed.

Deny by default: a version that could pass a message on nobody's word is refused whole.
``faults`` are reasons to refuse it, ``worries`` are what an admin should hear.
"""

from collections import Counter
from collections.abc import Iterator

from commscli.domain.ids import GateId
from commscli.domain.trust import EMERGENCY, Trust

TWO_PEOPLE = 2
"""An emergency never rests on one person's word."""
SPOKESPERSON = "technical-slt"


def faults(trust: Trust) -> list[str]:
    """Return every reason why this version can never be in force."""
    return [
        *_roster_faults(trust),
        *_key_faults(trust),
        *_gate_faults(trust),
        *_reference_faults(trust),
    ]


def _roster_faults(trust: Trust) -> Iterator[str]:
    people = [p for p in trust.admins if p in trust.people and not trust.people[p].is_service]
    if len(people) != len(trust.admins) or len(set(people)) != len(people):
        yield "an admin is not a person of this roster, or is listed twice"
    if not 1 <= trust.quorum <= len(people):
        yield f"the quorum is {trust.quorum}: expected 1 to {len(people)}, the number of admins"
    if any(p in trust.ended.people for p in trust.admins):
        yield "an admin has ended"
    able = [p for p in people if set(trust.people[p].keys) - trust.ended.keys]
    if len(able) < trust.quorum <= len(people):
        yield f"{_counted(len(able), 'admin')} can still sign, and the quorum is {trust.quorum}"
    for role, holders in trust.roles.items():
        strangers = [p for p in holders if p not in trust.people]
        if strangers:
            yield f"role {role} names {', '.join(strangers)}, who is not among the people"
    back = trust.ended.people & trust.people.keys()
    if back:
        yield f"{', '.join(sorted(back))} has ended, and an id is never given again"
    for person in trust.people.values():
        if not person.keys:
            yield f"{person.id} has no key"


def _key_faults(trust: Trust) -> Iterator[str]:
    owners = Counter(key for person in trust.people.values() for key in person.keys)
    for key, count in owners.items():
        if count > 1:
            yield f"key {key.fingerprint} is listed {count} times: a key belongs to one person"


def _gate_faults(trust: Trust) -> Iterator[str]:
    if not trust.gates:
        yield "there is no gate: a message would pass on nobody's word"
    for gate in trust.gates.values():
        if gate.needs < 1:
            yield f"gate {gate.id} needs {gate.needs}: expected 1 or more"
        for before in gate.after:
            if before not in trust.gates:
                yield f"gate {gate.id} comes after {before}, which is no gate"
    if _has_circle(trust):
        yield "the gates wait for each other in a circle"


def _has_circle(trust: Trust) -> bool:
    done: set[GateId] = set()
    waiting = dict(trust.gates)
    while waiting:
        ready = [
            g.id
            for g in waiting.values()
            if all(b in done or b not in trust.gates for b in g.after)
        ]
        if not ready:
            return True
        done.update(ready)
        for gate in ready:
            del waiting[gate]
    return False


def _reference_faults(trust: Trust) -> Iterator[str]:
    for pair in trust.may_share:
        if not pair <= trust.gates.keys():
            unknown = sorted(pair - trust.gates.keys())
            yield f"may_share names {', '.join(unknown)}, which is no gate"
    for audience, relaxed in trust.relaxed.items():
        unknown = sorted(set(relaxed.gates) - trust.gates.keys())
        if unknown:
            yield f"relaxed {audience} keeps {', '.join(unknown)}, which is no gate"
        if not relaxed.gates:
            yield f"relaxed {audience} keeps no gate at all"
        if not relaxed.channels:
            yield f"relaxed {audience} names no channel"
    yield from _emergency_faults(trust)
    if trust.commits not in {"recorded", "signed"}:
        yield f"commits is {trust.commits!r}: expected recorded or signed"


def _emergency_faults(trust: Trust) -> Iterator[str]:
    if EMERGENCY in trust.gates:
        yield f"a gate is called {EMERGENCY}, which is what skips gates"
    emergency = trust.emergency
    if emergency is None:
        return
    able = [p for p in emergency.people if p in trust.people and not trust.people[p].is_service]
    if len(able) != len(emergency.people):
        yield "the emergency names somebody who is no person of this roster"
    if not TWO_PEOPLE <= emergency.needs <= len(able):
        yield (
            f"the emergency needs {emergency.needs}: expected {TWO_PEOPLE} to {len(able)}, "
            "the people that it names"
        )
    if not emergency.templates or not emergency.audiences:
        yield "the emergency lists no template, or no audience"


def worries(trust: Trust) -> list[str]:
    """Return what would stop messages or people later, most serious first."""
    return [*_gate_worries(trust), *admin_worries(trust)]


def _gate_worries(trust: Trust) -> Iterator[str]:
    drafters = {p for role in trust.may.get("drafted", ()) for p in trust.holders(role)}
    only_drafter = drafters if len(drafters) == 1 else set()
    for gate in trust.gates.values():
        judges = set(trust.judges_of(gate.id))
        free = judges - only_drafter
        if len(free) < gate.needs:
            yield (
                f"no message can ever pass {gate.id}: it needs {gate.needs} of {gate.role} who "
                f"did not draft, and there is {len(free)}"
            )
        elif len(free) < gate.needs + 1:
            yield f"{gate.id} has no backup: {gate.role} is held by {', '.join(sorted(free))} alone"
    if not drafters:
        yield "nobody may draft a message"
    if not any(trust.holders(role) for role in trust.may.get("send-intent", ())):
        yield "nobody may send a message"


def admin_worries(trust: Trust) -> Iterator[str]:
    """Yield what is worrying about who may change the roster."""
    if len(trust.admins) < trust.quorum + 1:
        admins = _counted(len(trust.admins), "admin")
        yield (
            f"{admins} and a quorum of {trust.quorum}: if one key is lost, the roster can never "
            "change again"
        )
    if trust.quorum == 1:
        yield "quorum 1: one admin alone can change who judges"


def _counted(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
