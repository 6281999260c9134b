"""What people do every day: draft, judge, object, settle, withdraw, send, merge."""

from typing import Any

from commscli.domain.durations import parse_offset
from commscli.domain.ids import Digest, IncidentId
from commscli.domain.moments import moment, stamp
from commscli.domain.order import Placed
from commscli.domain.records import Drafted, SendIntent
from commscli.ledger.record_files import digest_of
from tests.second_opinion.histories import (
    AUDIENCES,
    ELSEWHERE,
    LISTS,
    MESSAGES,
    ROWS,
    STRANGER,
    Act,
    LeftOut,
    Tale,
    can_happen,
    pick,
    rarely,
)
from tests.support.story import INCIDENT, WORDS, File, Put, Story

WRITERS = ("tom", "tara", "tom", "tara", "lea", "rob")
SENDERS = ("rob", "ruth", "robot", "rob", "ruth", "robot", "rob", "tom")


def revisions(story: Story) -> list[Placed]:
    return story.of_kind("drafted")


def subject_of(story: Story, number: int) -> Digest:
    """Mostly the newest revision; sometimes an older one."""
    own = [placed.digest for placed in revisions(story)]
    return pick(own, {6: -2, 7: 0}.get(number, -1))


def judge_of(story: Story, gate: str, number: int) -> str:
    """Mostly somebody who holds the role; sometimes anybody else."""
    trust = story.in_force.trust
    holders = [*trust.roles.get(trust.gates[gate].role, ())] if gate in trust.gates else []  # type: ignore[index] # the wrong type is the point
    others = ["tom", "eli", "lea", "rob", STRANGER]
    return pick(holders if number < 6 and holders else others, number)


def gate_of(story: Story, number: int) -> str:
    return str(pick([*story.in_force.trust.gates], number))


def after_of(story: Story, number: int) -> list[Digest] | None:
    """Mostly the heads; sometimes a record of one's own choice, as if the rest were unseen."""
    known = [placed.digest for placed in revisions(story)]
    return [pick(known, number)] if rarely(number) else None


@can_happen
def ok(_: Tale, story: Story, act: Act) -> None:
    gate, subject = gate_of(story, act.a), subject_of(story, act.b)
    story.ok(gate, by=judge_of(story, gate, act.who), subject=subject, after=after_of(story, act.b))


@can_happen
def pass_round(_: Tale, story: Story, act: Act) -> None:
    """Everybody who is needed says ok, in the order in which gates wait for each other."""
    subject, trust = subject_of(story, act.b % 6), story.in_force.trust
    authors = {placed.record.person for placed in revisions(story)}
    left, used = dict(trust.gates), set(authors)
    while left:
        gate = next(g for g in left.values() if not {*g.after} & {*left})
        del left[gate.id]
        holders = [p for p in trust.judges_of(gate.id) if p not in used]
        for who in (holders or [*trust.judges_of(gate.id)])[: gate.needs]:
            used.add(who)
            story.ok(gate.id, by=who, subject=subject)


@can_happen
def pass_carelessly(_: Tale, story: Story, act: Act) -> None:
    """The same, whoever wrote the words and whoever has judged another gate already."""
    subject, trust = subject_of(story, 0), story.in_force.trust
    for gate in trust.gates.values():
        judges = [*trust.judges_of(gate.id)]
        for number in range(min(gate.needs, len(judges))):
            story.ok(gate.id, by=judges[(act.who + number) % len(judges)], subject=subject)


@can_happen
def object_to(_: Tale, story: Story, act: Act) -> None:
    gate, subject = gate_of(story, act.a), subject_of(story, act.b)
    by = judge_of(story, gate, act.who)
    story.object(gate, by=by, subject=subject, after=after_of(story, act.b))


@can_happen
def suggest(_: Tale, story: Story, act: Act) -> None:
    gate = gate_of(story, act.a)
    story.verdict("suggested", gate, by=judge_of(story, gate, act.who),
                  subject=subject_of(story, act.b))  # fmt: skip


@can_happen
def settle(_: Tale, story: Story, act: Act) -> None:
    """Say ok and answer objections: of that gate, or (rarely) of all."""
    objections = story.of_kind("objected")
    gate = str(pick(objections, act.a).record.gate)
    named = [o.digest for o in objections if rarely(act.b) or o.record.gate == gate]
    story.ok(gate, by=judge_of(story, gate, act.who), subject=subject_of(story, act.b),
             settles=named)  # fmt: skip


@can_happen
def withdraw(_: Tale, story: Story, act: Act) -> None:
    """Take back an ok or an objection: one's own, or (rarely) somebody else's."""
    given = [p for p in story.placed() if p.record.kind in {"ok", "objected", "withdrawn"}]
    one = pick(sorted(given, key=lambda p: p.digest), act.a)
    by = STRANGER if rarely(act.who) else "mia" if act.who == 6 else one.record.person
    story.withdraw(one.digest, by=by, gate=one.record.gate, after=after_of(story, act.b))


@can_happen
def draft(_: Tale, story: Story, act: Act) -> None:
    """Write a revision: other words, the same again, for another audience, in parallel."""
    words = WORDS if act.a < 2 else f"Words {act.a % 3}.\n"
    changed: dict[str, Any] = {}
    if act.a % 4 == 3:
        changed["next_update"] = ""
    if rarely(act.a):
        changed["channels"] = {"mail": {"adapter": "file", "as": "eml"}}
        changed["rendered"] = {"mail": "e" * 64}
    attached = {"a.txt": b"a", "b.txt": b"b"} if act.b == 5 else {}
    folder = f"{story.folder}/attachments/"
    stale = [p for p in story.tree if p.startswith(folder) and p[len(folder) :] not in attached]
    known = [placed.digest for placed in revisions(story)]
    after = [pick(known, act.a)] if act.b == 6 and known else None
    story.draft(words, by=pick(WRITERS, act.who), audience=AUDIENCES[act.b == 4],
                attachments=attached, put=dict.fromkeys(stale), after=after, **changed)  # fmt: skip


@can_happen
def change_list(_: Tale, story: Story, act: Act) -> None:
    """The same words as lie there, to other recipients or to a list again."""
    place = f"{story.folder}/draft.md"
    if place not in story.tree:
        raise LeftOut
    words = story.tree[place].data.decode("utf-8", "replace")
    counted = {"digest": pick(LISTS, act.a), "count": 1 + act.a % 3}
    recipients = {"digest": "", "count": 0} if act.b % 3 == 0 else counted
    story.draft(words, by=pick(WRITERS, act.who), recipients=recipients)


@can_happen
def send(_: Tale, story: Story, act: Act) -> None:
    """Begin and end a send; sometimes once more with a reason, or without an end."""
    by = pick(SENDERS, act.who)
    why = "once more" if act.a % 2 else ""
    intent = story.begin_send(
        by=by, why=why, subject=subject_of(story, act.b), after=after_of(story, act.b)
    )
    if act.a == 6:
        return
    end(story, intent, by, act.a)
    if rarely(act.a):
        end(story, intent, by, 0)


def end(story: Story, intent: Digest, by: str, number: int) -> None:
    """Record what left; rightly but for one number in some."""
    at = stamp(moment("2026-11-22T12:00:00Z"))
    bodies = {placed.digest: placed.record.body for placed in story.placed()}
    begun = bodies[intent]
    assert isinstance(begun, SendIntent)
    drafted = bodies[begun.subject]
    assert isinstance(drafted, Drafted)
    slots = {"send.time": at}
    if drafted.next_update:
        slots["send.next_update"] = stamp(moment(at) + parse_offset(drafted.next_update))
    channels = [*drafted.channels]
    changed: dict[str, Any] = {
        "slots": slots,
        "counts": {name: {"accepted": 1} for name in channels},
        "payloads": dict.fromkeys(channels, "f" * 64),
    }
    put = _evidence(story, drafted, changed, number)
    if number == 4:
        changed["slots"] = {"send.time": at, "send.next_update": at}
    if number == 5:
        changed["counts"] = {name: {"accepted": 3, "refused": 1} for name in channels}
    story.end_send(intent, by=by, put=put, **changed)


def _evidence(story: Story, drafted: Drafted, changed: dict[str, Any], number: int) -> Put:
    """The lines beside it, which fit; but for one thing in some, or none at all in others."""
    if number % 3 == 0:
        return {}
    rows = ROWS if drafted.recipients["digest"] else ("-",)
    changed["counts"] = {name: {"accepted": len(rows)} for name in drafted.channels}
    lines = [f"{name} {row} accepted queued" for name in drafted.channels for row in rows]
    wrong = {7: ["# a remark"], 8: [f"{lines[0]}  twice"], 10: ["status - held"], 11: ["\x7f"]}
    data = "".join(f"{line}\n" for line in [*wrong.get(number, []), *lines]).encode()
    changed["evidence"] = digest_of(data)
    if number == 13:
        data += b"# and more\n"
    mode = "100755" if number == 14 else "100644"
    place = f"{story.folder}/evidence/{changed['evidence'][:16]}.txt"
    return {} if number == 16 else {place: File(data, mode)}


@can_happen
def tell_a_fact(_: Tale, story: Story, act: Act) -> None:
    story.fact(f"fact-{act.a}", "so it is", by=pick(("bea", "tom", STRANGER, "bea"), act.who))


@can_happen
def merge(tale: Tale, story: Story, act: Act) -> None:
    """Bring one branch or (an octopus) all others in."""
    others = [other for other in tale.branches if other is not story]
    chosen = others if rarely(act.a) else [pick(others, act.a)]
    story.merge(*chosen, theirs=act.b > 4)


@can_happen
def turn_to_another_message(_: Tale, story: Story, act: Act) -> None:
    story.message = MESSAGES[act.a % 2]
    if not revisions(story):
        story.draft("Other words.\n", by=pick(WRITERS, act.who), audience=AUDIENCES[act.b % 2])


@can_happen
def turn_to_another_incident(_: Tale, story: Story, act: Act) -> None:
    wanted = ELSEWHERE if story.incident == INCIDENT else INCIDENT
    story.incident = IncidentId(wanted)
    if not story.placed(""):
        story.declare(drill=act.a > 5)
    story.drill = next(p.record.drill for p in story.placed(""))
    if not revisions(story):
        story.draft("Words for elsewhere.\n", by=pick(WRITERS, act.who))


@can_happen
def declare_again(_: Tale, story: Story, act: Act) -> None:
    drill = story.drill
    story.declare(by=pick(("bea", "ian", "tom"), act.who), drill=act.a > 5)
    story.drill = drill if act.b > 3 else story.drill


NAMES = (
    "ok", "ok", "ok", "pass round", "pass round", "object to", "object to", "suggest", "settle",
    "settle", "withdraw", "withdraw", "draft", "draft", "change list", "send", "send",
    "tell a fact", "merge", "merge", "turn to another message", "turn to another incident",
)  # fmt: skip
