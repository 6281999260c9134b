"""What admins do: roles, keys, people, gates, quorums, acceptance; rightly signed or not."""

from collections.abc import Callable
from dataclasses import replace

from commscli.domain.ids import PersonId, RoleId
from commscli.domain.trust import Accepted, Compromised, Ended, Trust
from tests.second_opinion.histories import (
    Act,
    LeftOut,
    Tale,
    can_happen,
    grant,
    pick,
    rarely,
    relax,
)
from tests.support.story import Story, first_trust, person, public_key, without_role

Alter = Callable[[Trust], Trust]
PEOPLE = ("lea", "eli", "tom", "rob", "mia", "leo", "ian", "alf")


def put_in_force(story: Story, act: Act, alter: Alter) -> None:
    """Sign the next version with the quorum; rarely with too few, or by somebody else."""
    old = story.in_force
    number = story.free_number + (act.where if act.b in {4, 5} else 0)
    new = replace(alter(old.trust), version=number, previous=old.digest)
    signers = [*old.trust.admins]
    if {*new.admins} != {*old.trust.admins}:
        signers += [admin for admin in new.admins if admin not in signers]
    if act.b == 6:
        signers = signers[: max(1, old.trust.quorum - 1)]
    if rarely(act.b):
        signers = [PersonId("mia")]
    story.introduce(new, signers=signers)


@can_happen
def give_a_role(_: Tale, story: Story, act: Act) -> None:
    role = pick([*story.in_force.trust.roles], act.a)
    put_in_force(story, act, lambda trust: grant(trust, pick(PEOPLE, act.who), role))


@can_happen
def take_a_role(_: Tale, story: Story, act: Act) -> None:
    name = pick(PEOPLE, act.who)
    put_in_force(story, act, lambda trust: without_role(trust, name))


@can_happen
def retire(_: Tale, story: Story, act: Act) -> None:
    """End somebody; rarely forget to list them."""
    name = PersonId(pick(PEOPLE[:7], act.who))

    def without(trust: Trust) -> Trust:
        gone = {p: w for p, w in trust.people.items() if p != name}
        people = trust.ended.people if act.a == 6 else trust.ended.people | {name}
        trust = replace(without_role(trust, name), people=gone)
        return replace(trust, ended=replace(trust.ended, people=people))

    put_in_force(story, act, without)


@can_happen
def bring_back(_: Tale, story: Story, act: Act) -> None:
    """Take an end back, or give an ended person's key to somebody new: never allowed."""
    ended = story.in_force.trust.ended
    name = pick(sorted(ended.people), act.who)

    def again(trust: Trust) -> Trust:
        if act.a % 2:
            new = person("neo", name)
            return replace(trust, people={**trust.people, new.id: new})
        trust = replace(trust, people={**trust.people, name: person(name)})
        return replace(trust, ended=Ended(keys=trust.ended.keys, people=frozenset()))

    put_in_force(story, act, again)


@can_happen
def change_a_key(_: Tale, story: Story, act: Act) -> None:
    """Rotate: a new key beside the old or instead of it, the old one ended or not."""
    name = PersonId(pick(PEOPLE, act.who))
    if name not in story.in_force.trust.people:
        raise LeftOut

    def rotate(trust: Trust) -> Trust:
        keys = (name, f"{name}_2") if act.a % 2 else (f"{name}_2",)
        old = trust.people[name]
        fresh = replace(old, keys=tuple(public_key(key) for key in keys))
        ended = trust.ended.keys | ({public_key(name)} if act.a > 4 else set())
        trust = replace(trust, people={**trust.people, name: fresh})
        return replace(trust, ended=replace(trust.ended, keys=frozenset(ended)))

    put_in_force(story, act, rotate)


@can_happen
def change_admins(_: Tale, story: Story, act: Act) -> None:
    def other(trust: Trust) -> Trust:
        if act.a % 3 == 0:
            return replace(trust, quorum=3 - trust.quorum)
        admins = ("ada", "alf", "bea") if act.a % 3 == 1 else ("ada", "bea")
        return replace(trust, admins=tuple(map(PersonId, admins)))

    put_in_force(story, act, other)


@can_happen
def change_gates(_: Tale, story: Story, act: Act) -> None:
    def other(trust: Trust) -> Trust:
        gates = dict(trust.gates)
        if act.a % 4 == 0:
            gates = {gate.id: gate for gate in first_trust(gates="small").gates.values()}
        elif act.a % 4 == 1:
            gates = dict(first_trust().gates)
        else:
            gate = pick([*gates], act.who)
            needs = 3 - gates[gate].needs if act.a % 4 == 2 else gates[gate].needs
            gates[gate] = replace(gates[gate], needs=needs, recipients=not gates[gate].recipients)
        pairs = tuple(pair for pair in trust.may_share if pair <= {*gates})
        return replace(trust, gates=gates, may_share=pairs, relaxed={})

    put_in_force(story, act, other)


@can_happen
def change_rights(_: Tale, story: Story, act: Act) -> None:
    """Change ``may``, ``may_share``, ``relaxed`` or ``commits``."""

    def other(trust: Trust) -> Trust:
        if act.a < 2:
            may = {**trust.may, "drafted": (RoleId("technical-slt"), RoleId("legal-officer"))}
            return replace(trust, may=may if act.a else {**trust.may, "withdrawn": ()})
        if act.a < 4:
            gates = [*trust.gates]
            pair = frozenset({gates[0], gates[-1]})
            return replace(trust, may_share=(pair,) if act.a == 2 and len(pair) == 2 else ())
        if act.a < 6:
            return relax(trust, act.who)
        commits = "signed" if act.a == 6 else "recorded"
        return replace(trust, commits=commits, relaxed={})

    put_in_force(story, act, other)


@can_happen
def declare_a_key_lost(_: Tale, story: Story, act: Act) -> None:
    """Compromised: what it signed is void, but for what is kept by name."""
    name = pick(PEOPLE, act.who)
    mine = sorted(p.digest for p in story.placed() if p.record.person == name)
    keep = frozenset(mine[: act.a % 3])
    lost = Compromised(key=public_key(name), keep=keep, why="stolen")
    put_in_force(
        story, act, lambda trust: replace(trust, compromised=(*trust.compromised, lost))
    )  # fmt: skip


@can_happen
def accept(_: Tale, story: Story, act: Act) -> None:
    """Live with a fault: one that there is, by any of its names, or one of another rule."""
    faults = [f for f in story.report().findings if f.level == "error"]
    fault = pick(faults, act.a)
    subject = pick([str(n) for n in (fault.digest, fault.path, fault.commit) if n], act.who)
    rule = "open-gate" if act.a == 6 else fault.rule
    entry = Accepted(rule=rule, subject=subject, why="we know")
    put_in_force(story, act, lambda trust: replace(trust, accepted=(*trust.accepted, entry)))


@can_happen
def pin_this(tale: Tale, story: Story, act: Act) -> None:
    """Take a checkpoint, or this branch's trust, into the pin of the check at the end."""
    if act.a < 4:
        tale.checkpoint = story.tip
    elif act.a < 6:
        tale.pinned = story.in_force.digest
    elif act.who == 7:
        tale.wrong_pin = True


@can_happen
def judge_with_a_new_role(_: Tale, story: Story, act: Act) -> None:
    """A change of the roster, and at once an ok by whoever holds the role now."""
    trust = story.in_force.trust
    gate = pick([*trust.gates], act.a)
    name = pick(PEOPLE, act.who)
    put_in_force(story, act, lambda t: grant(t, name, t.gates[gate].role))
    if story.of_kind("drafted"):
        story.ok(gate, by=name)


NAMES = (
    "give a role", "take a role", "take a role", "retire", "retire", "bring back",
    "change a key", "change admins", "change gates", "change rights", "change rights",
    "declare a key lost", "accept", "accept", "pin this", "judge with a new role",
)  # fmt: skip
