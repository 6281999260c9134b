"""Gates of an organisation's own, in the chain of those that every message passes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from commscli.domain.ids import GateId, RoleId, is_id
from commscli.domain.trust import EMERGENCY, Gate
from commscli.errors import BadInput, Refused

Gates = Mapping[GateId, Gate]


def with_gate(gates: Gates, name: str, role: str) -> dict[GateId, Gate]:
    """Return the gates with one more review: whatever waits for reviews waits for it as well.

    Raises:
        BadInput: if it cannot be called so.
        Refused: if there is one of that name.
    """
    id_ = GateId(name)
    if not is_id(name) or name == EMERGENCY:
        raise BadInput(
            f"no gate can be called {name!r}",
            remedy="small letters, digits and hyphens, such as project-manager",
            code="bad-id",
        )
    if id_ in gates:
        raise Refused(f"there is a gate {name} already", remedy="comms trust gates", code="taken")
    own = Gate(id=id_, role=RoleId(role), needs=1, after=(), recipients=False)
    return {id_: own, **{g.id: _waiting_for(g, id_, gates) for g in gates.values()}}


def _waiting_for(gate: Gate, new: GateId, gates: Gates) -> Gate:
    reviews = any(not gates[before].after for before in gate.after if before in gates)
    return replace(gate, after=(*gate.after, new)) if reviews else gate


def without_gate(gates: Gates, name: str) -> dict[GateId, Gate]:
    """Return the gates without one; what waited for it waits for the others.

    Raises:
        Refused: if it is the only one.
    """
    left = {id_: gate for id_, gate in gates.items() if id_ != name}
    if not left:
        raise Refused("a message passes at least one gate", code="last-gate")
    return {
        id_: replace(gate, after=tuple(before for before in gate.after if before != name))
        for id_, gate in left.items()
    }


def require_gate(name: str, gates: Gates) -> None:
    """Refuse a name that is no gate's.

    Raises:
        BadInput: listing those that there are.
    """
    if name not in gates:
        raise BadInput(f"there is no gate {name!r}", remedy=f"one of {', '.join(gates)}")


def changed(
    gates: Gates,
    *,
    add: Mapping[str, str],
    remove: Sequence[str],
    needs: Mapping[str, int],
    after: Mapping[str, Sequence[str]],
) -> dict[GateId, Gate]:
    """Return the gates after all of these changes, in this order.

    Raises:
        BadInput, Refused: if one of them cannot be.
    """
    found = dict(gates)
    for name, role in add.items():
        found = with_gate(found, name, role)
    for name in remove:
        require_gate(name, found)
        found = without_gate(found, name)
    for name in (*needs, *after):
        require_gate(name, found)
    for name, count in needs.items():
        found[GateId(name)] = replace(found[GateId(name)], needs=count)
    for name, before in after.items():
        found[GateId(name)] = replace(found[GateId(name)], after=tuple(map(GateId, before)))
    return found
