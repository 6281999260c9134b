"""What is done before its time: texts passed beforehand, emergencies, and their ratification."""

from dataclasses import replace
from typing import Any

from commscli.domain.ids import Digest, PersonId
from commscli.domain.records import Fact, Ratified, TemplateOk
from tests.second_opinion.acting_roster import put_in_force
from tests.second_opinion.acting_well import (
    WRITERS,
    gate_of,
    judge_of,
    send,
    subject_of,
)
from tests.second_opinion.histories import (
    AUDIENCES,
    DECIDERS,
    Act,
    LeftOut,
    Tale,
    can_happen,
    emergency_for,
    pick,
    rarely,
)
from tests.support.story import CHANNELS, Story

TEXTS = (
    "We look into {{ services }}.\n",
    "We look into {{ services }}.\n",
    "{{ incident.title }}: {{ services }} fail at {{ incident.severity }}; {{ send.time }}.\n",
    "We look into {{ services }} for {{ recipient.name }}{{ nothing }}.\n",
    "We look into {% services %}.\n",
    "We look into {{services}}.\n",
    "Words 1.\n",
)
VALUES = ("card payments", "card payments", "logins", "http://x", "pay. Or", "a" * 81)


@can_happen
def approve_a_template(_: Tale, story: Story, act: Act) -> None:
    """A gate (or, mostly, every gate but the last) passes a text; mostly trust lists it."""
    trust = story.in_force.trust
    gates = [gate_of(story, act.a)] if act.b > 5 else [*trust.gates][: -1 if act.who % 2 else None]
    done = []
    for gate in gates:
        by = judge_of(story, gate, act.who % 7)
        done.append(_approve(story, gate, by, act))
    if act.a == 5:
        return
    listed = tuple(sorted({*trust.preapproved, *done}))
    put_in_force(story, replace(act, b=0), lambda t: replace(t, preapproved=listed))


def _approve(story: Story, gate: str, by: str, act: Act) -> Digest:
    body = TemplateOk(
        template="all-customers",
        audience=AUDIENCES[rarely(act.a)],
        phase="investigation",
        channels=dict(CHANNELS),
        next_update="" if act.who == 6 else "+30m",
        text=TEXTS[act.b % len(TEXTS)],
        until="",
    )
    here = [
        d for d, r in story.shelf.records.items() if r.path in story.tree and not r.record.incident
    ]
    after = [here[-1]] if act.b % 2 and here else []
    return story.record(
        "template-ok", body, by=by, gate=gate, message="", incident="", after=after
    )  # fmt: skip


@can_happen
def take_back_the_list(_: Tale, story: Story, act: Act) -> None:
    """Trust lists fewer approvals, or none."""
    put_in_force(
        story, act, lambda t: replace(t, preapproved=t.preapproved[: -1 if act.a % 2 else 0])
    )  # fmt: skip


@can_happen
def state_services(_: Tale, story: Story, act: Act) -> None:
    by = pick(("bea", "tom", "cleo", "lea"), act.who)
    story.record("fact", Fact(key="services", value=pick(VALUES, act.a)), by=by, message="")


@can_happen
def draft_what_was_approved(_: Tale, story: Story, act: Act) -> None:
    """A revision that is a text with a value put in; rarely with more than that."""
    words = pick(TEXTS, act.b).replace("{{ services }}", pick(VALUES, act.a))
    words = words.replace("{{ incident.title }}", "Checkout outage")
    words = words.replace("{{ incident.severity }}", "SEV-1" if act.a < 6 else "SEV-2")
    changed: dict[str, Any] = {"severity": "SEV-2"} if act.a == 6 else {}
    attached = {"more.txt": b"more"} if rarely(act.b) else {}
    story.draft(words, by=pick(WRITERS, act.who), attachments=attached, **changed)


@can_happen
def send_what_was_approved(tale: Tale, story: Story, act: Act) -> None:
    """The whole way: a fact, the words, the last gate, and out."""
    state_services(tale, story, replace(act, a=0, who=0))
    approve_a_template(tale, story, replace(act, a=0, b=act.b % 3, who=1))
    draft_what_was_approved(tale, story, replace(act, a=0, b=act.b % 3))
    gate = [*story.in_force.trust.gates][-1]
    story.ok(gate, by=judge_of(story, gate, act.who % 6))
    send(tale, story, replace(act, a=0, b=0, who=0))


@can_happen
def decide_an_emergency(_: Tale, story: Story, act: Act) -> None:
    for name in DECIDERS[: 1 + act.a % 3]:
        story.ok("emergency", by=name, subject=subject_of(story, act.b))


@can_happen
def change_the_emergency(_: Tale, story: Story, act: Act) -> None:
    """Allow it, for others, or no more."""
    rule = emergency_for(story.in_force.trust)
    if act.a == 6:
        rule = replace(rule, people=(PersonId("ida"), PersonId("leo"), PersonId("eli")))
    wanted = None if rarely(act.a) else rule
    put_in_force(story, act, lambda t: replace(t, emergency=wanted))


@can_happen
def ratify(_: Tale, story: Story, act: Act) -> None:
    intent = _begun(story, act)
    gate = gate_of(story, act.a)
    story.record("ratified", Ratified(of=intent), by=judge_of(story, gate, act.who), gate=gate)


@can_happen
def ratify_all(_: Tale, story: Story, act: Act) -> None:
    """Everybody who was skipped agrees, each for one gate where that can be."""
    intent, trust = _begun(story, act), story.in_force.trust
    used = _spoken(story) if act.b % 2 else set()
    used |= {*DECIDERS} if act.a < 6 else set()
    for gate in trust.gates.values():
        judges = [p for p in trust.judges_of(gate.id) if p not in used]
        for name in judges[: gate.needs]:
            used.add(name)
            story.record("ratified", Ratified(of=intent), by=name, gate=gate.id)


def _spoken(story: Story) -> set[str]:
    """Who speaks for a gate already."""
    said = [r.record for r in story.shelf.records.values()]
    return {r.person for r in said if r.kind in {"ok", "template-ok"} and r.gate != "emergency"}


def _begun(story: Story, act: Act) -> Digest:
    begun = [p.digest for p in story.of_kind("send-intent")]
    return pick(begun, act.b % 2 - 1)


@can_happen
def send_in_an_emergency(tale: Tale, story: Story, act: Act) -> None:
    """The whole way: two people decide, it goes out, and those who were skipped agree."""
    if story.in_force.trust.emergency is None:
        raise LeftOut
    decide_an_emergency(tale, story, replace(act, a=1, b=0))
    if act.b > 4:
        gate = gate_of(story, act.a)
        story.ok(gate, by=judge_of(story, gate, act.who))
    send(tale, story, replace(act, a=0, b=0, who=0))
    if act.who != 1:
        ratify_all(tale, story, act)


NAMES = (
    "approve a template", "approve a template", "take back the list", "state services",
    "draft what was approved", "send what was approved", "decide an emergency",
    "change the emergency", "ratify", "ratify all", "send in an emergency",
    "send in an emergency",
)  # fmt: skip
