"""Who is on the roster, with which keys and roles; who of them are admins, and how many sign."""

from collections.abc import Sequence
from dataclasses import replace

from commscli.domain.ids import PersonId, RoleId, checked_id
from commscli.domain.keys import PublicKey
from commscli.domain.trust import Emergency, Ended, Person, Trust
from commscli.errors import BadInput, Refused
from commscli.ledger.public_keys import parse_public_key
from commscli.ledger.signing import open_signer
from commscli.workflow.roster.newcomers import ADMIN, NewPerson, known_roles
from commscli.workflow.roster.signing import Changed
from commscli.workflow.roster.trusting import change_trust
from commscli.workflow.session import Session
from commscli.workflow.setup.initialising import require_email

PROOF = "comms-key@v1"
"""The namespace in which a new key signs once, to show that somebody holds it."""


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
            emergency=_without(old.emergency, id_),
            ended=Ended(keys=old.ended.keys | keys, people=old.ended.people | {id_}),
        )

    return change_trust(session, f"Remove {person} from the roster", alter)


def _without(emergency: Emergency | None, id_: PersonId) -> Emergency | None:
    if emergency is None:
        return None
    return replace(emergency, people=tuple(p for p in emergency.people if p != id_))


def add_key(session: Session, person: str, text: str) -> Changed:
    """Give somebody another key; the ones that they have go on."""
    key = parse_public_key(text)

    def alter(old: Trust) -> Trust:
        return _with_key(old, _known(old, person), key)

    return change_trust(session, f"Give {person} another key", alter)


def _with_key(trust: Trust, id_: PersonId, key: PublicKey) -> Trust:
    owner = next((p.id for p in trust.people.values() if key in p.keys), None)
    if owner is not None or key in trust.ended.keys:
        whose = f"is {owner}'s already" if owner and key not in trust.ended.keys else "has ended"
        raise Refused(
            f"the key {key.fingerprint} {whose}: a key belongs to one person, once",
            remedy="ssh-keygen -t ed25519 makes another",
            code="taken",
        )
    person = trust.people[id_]
    person = replace(person, keys=(*person.keys, key))
    return replace(trust, people={**trust.people, id_: person})


def end_key(session: Session, person: str, which: str) -> Changed:
    """End one key of somebody: by its fingerprint or line; by nothing, if there is but one.

    What it signed before stays valid. It stays listed as theirs, for it can be nobody else's.
    """

    def alter(old: Trust) -> Trust:
        key = key_of(old, _known(old, person), which)
        return replace(old, ended=replace(old.ended, keys=old.ended.keys | {key}))

    return change_trust(session, f"End a key of {person}", alter)


def key_of(trust: Trust, id_: PersonId, which: str) -> PublicKey:
    """Return the key of somebody that a fingerprint or a line names; of one key, just that.

    Raises:
        BadInput: if there is none, or several fit.
    """
    keys = [key for key in trust.people[id_].keys if key not in trust.ended.keys]
    found = [key for key in keys if not which or _names(which, key)]
    if len(found) == 1:
        return found[0]
    listed = ", ".join(key.fingerprint for key in keys) or "none"
    raise BadInput(
        f"{id_} has {'several keys' if found else 'no such key'}: {listed}",
        remedy=f"comms trust key end {id_} --public-key FILE, or --fingerprint SHA256:…",
        code="which-key",
    )


def _names(which: str, key: PublicKey) -> bool:
    return which == key.fingerprint or which.split()[:2] == key.line.split()


def rotate_key(session: Session, new_key: str) -> Changed:
    """Put a new key of one's own in the place of the one that one acts with.

    Anybody may propose that for themselves; the admins sign it. The new key signs once, here,
    so that nobody locks themselves out with a key that they do not hold.

    Raises:
        NotEntitled: if the new key cannot sign.
    """
    fresh = open_signer(new_key, interactive=session.circumstances.interactive)
    fresh.sign(session.actor.person.id.encode(), namespace=PROOF)
    used = session.actor.signer.public

    def alter(old: Trust) -> Trust:
        new = _with_key(old, session.actor.person.id, fresh.public)
        return replace(new, ended=replace(new.ended, keys=new.ended.keys | {used}))

    me = session.actor.person.id
    return change_trust(session, f"Rotate the key of {me}", alter, by_anybody=True)


def change_admins(
    session: Session, *, add: Sequence[str], drop: Sequence[str], quorum: int | None
) -> Changed:
    """Say who the admins are, and how many of them must sign a change."""

    def alter(old: Trust) -> Trust:
        for person in drop:
            if _known(old, person) not in old.admins:
                raise BadInput(f"{person} is no admin", remedy="comms trust admins")
        more = [_known(old, person) for person in add]
        kept = [p for p in dict.fromkeys((*old.admins, *more)) if p not in drop]
        return replace(old, admins=tuple(kept), quorum=quorum or old.quorum)

    return change_trust(session, "Change the admins", alter)
