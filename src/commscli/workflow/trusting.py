"""The next version of the trust: people, roles, gates. Whole in each version, signed by admins."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from commscli.domain.history import Pin
from commscli.domain.ids import GateId, PersonId, RoleId, checked_id
from commscli.domain.presets import GATES, SHARED
from commscli.domain.trust import Ended, Person, Trust
from commscli.domain.trust_lint import faults, worries
from commscli.errors import BadInput, NotEntitled, Refused
from commscli.ledger import trust_files
from commscli.ledger.public_keys import parse_public_key
from commscli.ledger.trust_files import TrustBytes
from commscli.ledger.writer import Change
from commscli.workflow.initialising import require_email
from commscli.workflow.newcomers import ADMIN, NewPerson, known_roles
from commscli.workflow.session import Session, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A new version in force, and what the admin should hear about it."""

    trust: TrustBytes
    written: Written
    worries: tuple[str, ...]
    notes: tuple[str, ...]


def change_trust(session: Session, subject: str, alter: Callable[[Trust], Trust]) -> Changed:
    """Make, sign and commit the next version.

    Raises:
        NotEntitled: if this person is no admin.
        Refused: if more than one admin has to sign, or the version could not be in force.
    """
    kept: list[TrustBytes] = []

    def make() -> Change:
        session.require_pin()
        actor, old = session.actor, session.trust
        _require_sole_admin(session, old)
        current = session.case.chain.current
        new = replace(
            alter(old),
            version=_free_number(session),
            previous=current.digest if current else "",
        )
        wrong = faults(new)
        if wrong:
            raise Refused(f"this could not be in force: {'; '.join(wrong)}", code="bad-trust")
        written = trust_files.write(new)
        kept[:] = [written]
        signature = actor.signer.sign(written.data, namespace=trust_files.NAMESPACE)
        return Change(
            files={
                written.path: written.data,
                trust_files.signature_path(new.version, actor.person.id): signature,
            },
            expected={},
            message=f"{subject}\n\nComms-Trust: {written.digest}",
            person=actor.person,
            at=session.circumstances.now,
            sign=actor.sign_commit,
        )

    written = session.write(make)
    return Changed(
        trust=kept[0],
        written=written,
        worries=tuple(worries(kept[0].trust)),
        notes=tuple(session.notes),
    )


def _require_sole_admin(session: Session, old: Trust) -> None:
    me = session.actor.person.id
    if me not in old.admins:
        raise NotEntitled(
            f"{me} is no admin of this roster",
            remedy=f"ask {', '.join(old.admins)}",
            code="no-role",
        )
    if old.quorum > 1:
        raise Refused(
            f"{old.quorum} admins must sign a change of this roster, and this version of comms "
            "cannot collect their signatures",
            remedy="a newer comms: comms trust propose",
            code="quorum",
        )


def _free_number(session: Session) -> int:
    numbers = [f.trust.version for f in session.case.history.trusts if f.trust is not None]
    return max(numbers, default=0) + 1


def add_people(session: Session, people: Sequence[NewPerson]) -> Changed:
    """Put people on the roster, all in one version."""
    people = [replace(p, roles=known_roles(session, p.roles)) for p in people]

    def alter(old: Trust) -> Trust:
        new = old
        for person in people:
            new = _with_person(new, person)
        return new

    names = ", ".join(person.id for person in people)
    return change_trust(session, f"Add {names} to the roster", alter)


def _with_person(trust: Trust, person: NewPerson) -> Trust:
    id_ = PersonId(checked_id(person.id, what="person"))
    require_email(person.email)
    if id_ in trust.people or id_ in trust.ended.people:
        gone = " once, and ids are never given again" if id_ in trust.ended.people else ""
        raise Refused(
            f"{id_} is on the roster{gone}",
            remedy=f"comms trust role {id_} --role ROLE, or another id",
            code="taken",
        )
    key = parse_public_key(person.key)
    added = Person(
        id=id_,
        name=person.name.strip(),
        email=person.email.strip(),
        kind=person.kind,
        keys=(key,),
        contact=person.contact,
    )
    new = replace(trust, people={**trust.people, id_: added})
    return _with_roles(new, id_, add=person.roles, drop=())


def _with_roles(trust: Trust, id_: PersonId, *, add: Sequence[str], drop: Sequence[str]) -> Trust:
    roles: dict[RoleId, tuple[PersonId, ...]] = dict(trust.roles)
    admins = trust.admins
    for name in add:
        if name == ADMIN:
            admins = (*admins, id_) if id_ not in admins else admins
            continue
        role = RoleId(checked_id(name, what="role"))
        held = roles.get(role, ())
        roles[role] = held if id_ in held else (*held, id_)
    for name in drop:
        if name == ADMIN:
            admins = tuple(p for p in admins if p != id_)
        elif id_ not in roles.get(RoleId(name), ()):
            raise BadInput(f"{id_} does not hold {name}", remedy="comms trust show")
        else:
            roles[RoleId(name)] = tuple(p for p in roles[RoleId(name)] if p != id_)
    return replace(trust, roles=roles, admins=admins)


def change_roles(
    session: Session, person: str, *, add: Sequence[str], drop: Sequence[str]
) -> Changed:
    """Give somebody roles, or take some away."""
    add, drop = known_roles(session, add), known_roles(session, drop)

    def alter(old: Trust) -> Trust:
        return _with_roles(old, _known(old, person), add=add, drop=drop)

    return change_trust(session, f"Change the roles of {person}", alter)


def _known(trust: Trust, person: str) -> PersonId:
    if person in trust.people:
        return PersonId(person)
    raise BadInput(
        f"nobody on the roster is called {person!r}",
        remedy=f"there are {', '.join(trust.people)}",
        code="no-person",
    )


def remove_person(session: Session, person: str) -> Changed:
    """End somebody: their roles and keys are over, what they signed before stays valid."""

    def alter(old: Trust) -> Trust:
        id_ = _known(old, person)
        keys = frozenset(old.people[id_].keys)
        return replace(
            old,
            admins=tuple(p for p in old.admins if p != id_),
            people={p: who for p, who in old.people.items() if p != id_},
            roles={r: tuple(p for p in held if p != id_) for r, held in old.roles.items()},
            ended=Ended(keys=old.ended.keys | keys, people=old.ended.people | {id_}),
        )

    return change_trust(session, f"Remove {person} from the roster", alter)


def change_gates(
    session: Session,
    *,
    preset: str,
    needs: Mapping[str, int],
    after: Mapping[str, Sequence[str]],
) -> Changed:
    """Set the gates: a preset, how many people each needs, what each comes after."""

    def alter(old: Trust) -> Trust:
        gates = {g.id: g for g in GATES[preset]} if preset else dict(old.gates)
        for name in (*needs, *after):
            if name not in gates:
                raise BadInput(f"there is no gate {name!r}", remedy=f"one of {', '.join(gates)}")
        for name, count in needs.items():
            gates[GateId(name)] = replace(gates[GateId(name)], needs=count)
        for name, before in after.items():
            gates[GateId(name)] = replace(gates[GateId(name)], after=tuple(map(GateId, before)))
        share = SHARED[preset] if preset else old.may_share
        return replace(old, gates=gates, may_share=share)

    return change_trust(session, "Change the gates", alter)


def pin_of(session: Session) -> Pin:
    """Return a pin of this history: its first trust, the one in force, and the current tip.

    Raises:
        Undecided: if there is no trust in force.
    """
    links = session.case.chain.links
    return Pin(
        repository=session.trust.repository,
        genesis=links[0].digest,
        trust=links[-1].digest,
        checkpoint=session.case.history.head,
    )
