"""Random histories: people on up to three branches who do what they should, and what not.

An act is a name and a few small numbers, so that hypothesis can shrink a history to the acts
that matter. What cannot be done where it stands is left out.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import sha256
from typing import TypeVar

from commscli.domain.ids import AudienceId, Digest, GateId, IncidentId, MessageId, RoleId
from commscli.domain.trust import Emergency, Gate, Relaxed, Trust
from tests.support.story import CHANNELS, Story, first_trust, person, with_role

T = TypeVar("T")
BRANCHES = 3
MESSAGES = (
    MessageId("investigation-all-customers-1"),
    MessageId("update-all-customers-2"),
)
AUDIENCES = ("all-customers", "internal-stakeholders")
ELSEWHERE = IncidentId("2026-11-23-login-outage")
ROWS = ("1" * 64, "a" * 64)
LISTS = (Digest(sha256(f"{ROWS[0]}\n{ROWS[1]}\n".encode()).hexdigest()), Digest("2" * 64))
"""A list of two rows, and one whose rows nobody here knows."""
STRANGER = "xan"
SERVICE = "robot"
DECIDERS = ("ian", "eva", "tom")
"""Whom an emergency names: two who hold gates, and one who often is an author."""
DOUBLES = (
    ("eli", "incident-commander"), ("lea", "messaging-officer"), ("tom", "legal-officer"),
    ("lea", "elt-approver"), ("rob", "customer-liaison"), ("eva", "legal-officer"),
)  # fmt: skip


class LeftOut(Exception):
    """This act cannot be done where it stands."""


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that somebody does, on one of the branches."""

    what: str
    who: int = 0
    a: int = 0
    b: int = 0
    where: int = 0


@dataclass(frozen=True, slots=True)
class Opening:
    """How a history begins: its first trust version, and how its objects are named."""

    gates: str = "full"
    quorum: int = 1
    doubled: tuple[int, ...] = ()
    shared: int = 0
    relaxed: bool = False
    emergency: bool = False
    signed: bool = False
    sha256: bool = False


@dataclass(slots=True, kw_only=True)
class Tale:
    """A history under way: its branches, and what must be done to it at the end."""

    branches: list[Story]
    checkpoint: str = ""
    pinned: str = ""
    wrong_pin: bool = False
    rewritten: dict[str, bytes | None] = field(default_factory=dict)
    """Paths of files that shall always have had another content, or have been absent."""

    @property
    def main(self) -> Story:
        return self.branches[0]


Perform = Callable[[Tale, Story, Act], object]
ACTS: dict[str, Perform] = {}


def can_happen(perform: Perform) -> Perform:
    """Register an act, under its function's name."""
    ACTS[perform.__name__.replace("_", " ")] = perform
    return perform


def pick(items: Sequence[T], number: int) -> T:
    if not items:
        raise LeftOut
    return items[number % len(items)]


def rarely(number: int) -> bool:
    """Whether a number from 0 to 7 asks for the unusual."""
    return number == 7


# -- how it begins


@cache
def trust_of(opening: Opening) -> Trust:
    """The first version: a preset, and whatever the opening changes about it."""
    trust = first_trust(quorum=opening.quorum, gates=opening.gates.replace("odd", "full"))
    if opening.gates == "odd":
        trust = replace(trust, gates={gate.id: gate for gate in ODD_GATES})
    for number in opening.doubled:
        trust = grant(trust, *DOUBLES[number])
    robot = person(SERVICE, kind="service")
    trust = replace(trust, people={**trust.people, robot.id: robot})
    trust = grant(grant(trust, SERVICE, "business-responder"), SERVICE, "legal-officer")
    pairs = [frozenset(map(GateId, pair)) for pair in SHAREABLE if {*pair} <= {*trust.gates}]
    trust = replace(trust, may_share=tuple(pairs[: opening.shared]))
    if opening.relaxed:
        trust = relax(trust, 2)
    if opening.emergency:
        trust = replace(trust, emergency=emergency_for(trust))
    return replace(trust, commits="signed" if opening.signed else "recorded")


SHAREABLE = (("approval", "release"), ("approval", "legal"))


def _gate(name: str, role: str, needs: int, *after: str, recipients: bool) -> Gate:
    before = tuple(map(GateId, after))
    return Gate(
        id=GateId(name), role=RoleId(role), needs=needs, after=before, recipients=recipients
    )


ODD_GATES = (
    _gate("release", "incident-commander", 1, "approval", "legal", recipients=False),
    _gate("legal", "legal-officer", 2, recipients=True),
    _gate("approval", "elt-approver", 1, "legal", recipients=True),
)
"""Listed in another order than they come after each other; one needs two people."""


def grant(trust: Trust, name: str, role: str) -> Trust:
    """Give a role to somebody who may have it already."""
    holds = name in trust.roles.get(RoleId(role), ())
    return trust if holds else with_role(trust, name, role)


def emergency_for(trust: Trust) -> Emergency:
    """Two of three people may let out what stories usually send."""
    return Emergency(
        people=tuple(p for p in trust.people if p in DECIDERS),
        needs=2,
        templates=("all-customers",),
        audiences=(AudienceId(AUDIENCES[0]),),
    )


def relax(trust: Trust, number: int) -> Trust:
    """Let one audience do with fewer gates, over the channel that stories use."""
    rule = Relaxed(
        gates=tuple([*trust.gates][-max(1, number % 4) :]),
        channels=dict(CHANNELS),
        recipients=LISTS[: number % 2],
    )
    return replace(trust, relaxed={AudienceId(AUDIENCES[0]): rule})


# -- how it goes on


def tell(opening: Opening, acts: Sequence[Act]) -> Tale:
    """Play the acts, and merge what is left beside the main line."""
    main = Story(trust_of(opening), object_format="sha256" if opening.sha256 else "sha1")
    main.declare()
    main.draft()
    tale = Tale(branches=[main, *(main.aside() for _ in range(BRANCHES - 1))])
    for act in acts:
        story = tale.branches[act.where % BRANCHES]
        if _knows_a_trust(story) or act.what == "merge":
            with suppress(LeftOut):
                ACTS[act.what](tale, story, act)
    left = [side for side in tale.branches[1:] if not _reaches(main, side)]
    if left:
        main.merge(*left)
    return tale


def _knows_a_trust(story: Story) -> bool:
    """Whether a branch still has a version: without one nobody could write anything."""
    return any(version.path in story.tree and story.tree[version.path].data == version.data
               for version in story.shelf.trusts.values())  # fmt: skip


def _reaches(story: Story, other: Story) -> bool:
    waiting, found = [story.head], {story.head}
    while waiting:
        waiting += [p for p in story.shelf.nodes[waiting.pop()].parents if p not in found]
        found.update(waiting)
    return other.head in found
