"""Who may do what: one version of the trust, whole.

A version is data that the admins signed. What is asked of it here is only ever "who holds
this role", "whose key is this", "which gates bind this message"; whether the version itself
is in force is judged in ``gates``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from commscli.domain.ids import AudienceId, Digest, GateId, PersonId, RoleId
from commscli.domain.keys import PublicKey
from commscli.domain.records import BY_GATE

SCHEMA = "comms/trust@1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody, or a service, with the keys that are theirs alone."""

    id: PersonId
    name: str
    email: str
    kind: str
    keys: tuple[PublicKey, ...]
    contact: str = ""

    @property
    def is_service(self) -> bool:
        """Services send and witness; they never judge."""
        return self.kind == "service"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A judgement that every message needs: whose, how many, and after which others.

    ``recipients`` says that the gate binds the recipients as well as the words.
    """

    id: GateId
    role: RoleId
    needs: int
    after: tuple[GateId, ...]
    recipients: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxed:
    """Fewer gates for one audience, only over these channels and to these lists."""

    gates: tuple[GateId, ...]
    channels: Mapping[str, Mapping[str, str]]
    recipients: tuple[Digest, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compromised:
    """A key in wrong hands: what it signed is void, but for the records kept by digest."""

    key: PublicKey
    keep: frozenset[Digest]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A fault that the admins live with: shown for ever, counted never."""

    rule: str
    subject: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Emergency:
    """Who may, several together, let the listed templates out to the listed audiences at once.

    The gates that they skip stay open until their own people ratify.
    """

    people: tuple[PersonId, ...]
    needs: int
    templates: tuple[str, ...]
    audiences: tuple[AudienceId, ...]


EMERGENCY = GateId("emergency")
"""The name of that decision in records. No gate can have it."""
SERVICES_WRITE = frozenset({"send-intent", "sent", "delivered-late", "witnessed"})
"""What a service may sign: what left, and what it saw. Words and verdicts are people's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """Keys and people that are no more; their ids and keys can never return."""

    keys: frozenset[PublicKey] = field(default_factory=frozenset)
    people: frozenset[PersonId] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """One version of the trust, as its bytes say it."""

    repository: str
    version: int
    previous: str
    quorum: int
    admins: tuple[PersonId, ...]
    people: Mapping[PersonId, Person]
    roles: Mapping[RoleId, tuple[PersonId, ...]]
    gates: Mapping[GateId, Gate]
    may: Mapping[str, tuple[RoleId, ...]]
    may_share: tuple[frozenset[GateId], ...]
    relaxed: Mapping[AudienceId, Relaxed]
    preapproved: tuple[Digest, ...]
    """The approvals of templates that are current, by digest."""
    emergency: Emergency | None
    commits: str
    ended: Ended
    compromised: tuple[Compromised, ...]
    accepted: tuple[Accepted, ...]

    def owner_of(self, key: PublicKey) -> PersonId | None:
        """Return whose key this is, unless it has ended."""
        if key in self.ended.keys:
            return None
        owners = (p.id for p in self.people.values() if key in p.keys)
        return next((p for p in owners if p not in self.ended.people), None)

    def holders(self, role: RoleId) -> tuple[PersonId, ...]:
        """Return who holds a role; nobody, for a role that is not there."""
        return tuple(p for p in self.roles.get(role, ()) if p not in self.ended.people)

    def roles_of(self, person: PersonId) -> tuple[RoleId, ...]:
        """Return the roles that somebody holds, in the order of the roster."""
        return tuple(role for role in self.roles if person in self.holders(role))

    def judges_of(self, gate: GateId) -> tuple[PersonId, ...]:
        """Return the people who may fill a gate; services never do."""
        holders = self.holders(self.gates[gate].role) if gate in self.gates else ()
        return tuple(p for p in holders if p in self.people and not self.people[p].is_service)

    def may_write(self, person: PersonId, kind: str, gate: GateId) -> bool:
        """Whether this person may write a record of this kind.

        What speaks for a gate follows the gate's role; the rest follow ``may``. An empty list
        of roles means anybody on the roster, a kind that ``may`` does not name means nobody.
        """
        if person not in self.people or person in self.ended.people:
            return False
        if self.people[person].is_service and kind not in SERVICES_WRITE:
            return False
        if kind == "ok" and gate == EMERGENCY:
            return self.emergency is not None and person in self.emergency.people
        if kind in BY_GATE:
            return person in self.judges_of(gate)
        if kind not in self.may:
            return False
        roles = self.may[kind]
        return not roles or any(person in self.holders(role) for role in roles)

    def shares(self, one: GateId, other: GateId) -> bool:
        """Whether one person may count in both gates."""
        return frozenset({one, other}) in self.may_share
