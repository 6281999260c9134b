"""Who can mend a finding, by the roster in force, and the words that say so.

A record's own claim of who wrote it says whom to ask; it gives nobody a right.
"""

from collections.abc import Iterable

from commscli.domain.ids import GateId, PersonId
from commscli.domain.records import BY_GATE
from commscli.gates.case import Case

_MOST = 4
"""So many names are read at a glance; a longer list is a role."""
_NONE = GateId("")


def named(people: Iterable[PersonId]) -> str:
    """Return people as a choice, in words."""
    listed = list(dict.fromkeys(people))
    if not listed:
        return "nobody on the roster"
    if len(listed) > _MOST:
        return f"{', '.join(listed[: _MOST - 1])} or {len(listed) - _MOST + 1} others"
    return " or ".join([", ".join(listed[:-1]), listed[-1]] if listed[:-1] else listed)


def admins(case: Case) -> tuple[PersonId, ...]:
    """Return who can accept a fault and change the roster."""
    current = case.chain.current
    if current is None:
        return ()
    return tuple(p for p in current.trust.admins if p not in current.trust.ended.people)


def holders(case: Case, kind: str, gate: GateId = _NONE) -> tuple[PersonId, ...]:
    """Return who may write records of a kind; nobody, where everybody may."""
    current = case.chain.current
    if current is None:
        return ()
    trust = current.trust
    if kind in BY_GATE:
        return trust.judges_of(gate)
    if not trust.may.get(kind):
        return ()
    return tuple(p for p in trust.people if trust.may_write(p, kind, gate))


def here(case: Case, person: PersonId) -> tuple[PersonId, ...]:
    """Return somebody, if they are on the roster still."""
    current = case.chain.current
    if current is None or person in current.trust.ended.people:
        return ()
    return (person,) if person in current.trust.people else ()


def correcting(case: Case) -> str:
    """Return who says in a new message what is right, where the wrong one has left."""
    return f"{named(holders(case, 'drafted'))} says what is right in a new message (comms draft)"
