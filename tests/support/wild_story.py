"""Stories in which anything happens: several branches and incidents, rosters that change, attacks.

An act is plain data and means something wherever it stands; what cannot be done there is left
out. So any list of acts is a story, and a shorter one is still one.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TypeVar

from commscli.domain.ids import Digest, GateId, IncidentId, MessageId, PersonId
from commscli.domain.moments import stamp
from commscli.domain.records import Reasoned, TemplateOk
from commscli.domain.report import Level
from commscli.domain.trust import Accepted, Compromised, Ended, Gate, Trust
from commscli.ledger import record_files
from tests.support.story import (
    CHANNELS,
    JUDGES,
    START,
    WORDS,
    File,
    Story,
    first_trust,
    public_key,
    sign,
    with_role,
    without_role,
)

T = TypeVar("T")
BRANCHES = 3
INCIDENTS = tuple(IncidentId(f"2026-11-2{n}-outage") for n in range(2))
MESSAGES = tuple(
    MessageId(f"investigation-{a}-1") for a in ("all-customers", "internal-stakeholders")
)
WHO = ("cleo", "mia", "lea", "eli", "ian", "carl", "leo", "tom", "tara", "rob", "xan")
GATES = tuple(JUDGES)
TEMPLATE = "We know that cards fail.\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One thing that happens on one of the branches. Numbers choose among what there is."""

    what: str
    branch: int = 0
    place: int = 0
    one: int = 0
    other: int = 0


@dataclass(slots=True)
class Wild:
    """The branches of one story; a branch stands in one message of one incident at a time."""

    branches: list[Story]
    removed: list[tuple[str, File]] = field(default_factory=list)

    @classmethod
    def begin(cls) -> "Wild":
        main = Story(first_trust())
        main.incident, main.message = INCIDENTS[0], MESSAGES[0]
        main.declare()
        main.draft()
        return cls(branches=[main, *(main.aside() for _ in range(BRANCHES - 1))])

    def play(self, act: Act) -> None:
        """Do it, if it can be done here."""
        story = self.branches[act.branch % BRANCHES]
        story.incident = INCIDENTS[act.place // 2 % 2]
        story.message = MESSAGES[act.place % 2]
        with suppress(LookupError, ValueError, ZeroDivisionError):
            ACTS[act.what](self, story, act)


def _pick(things: list[T], number: int) -> T:
    return things[number % len(things)]


def _records(story: Story) -> list[str]:
    return sorted(p for p in story.tree if "/records/" in p and p.endswith(".yaml"))


# -- what people do


def _draft(_: Wild, story: Story, act: Act) -> None:
    story.draft(f"{WORDS}{act.one % 2}\n", by=("tom", "tara")[act.other % 2])


def _preapproved_draft(_: Wild, story: Story, act: Act) -> None:
    del act
    story.draft(TEMPLATE)


def _round(_: Wild, story: Story, act: Act) -> None:
    for gate in story.in_force.trust.gates:
        if gate in JUDGES:
            story.ok(gate)
    if act.one % 4:
        story.send()


def _ok(_: Wild, story: Story, act: Act) -> None:
    settles = [p.digest for p in story.of_kind("objected")] if act.other % 3 == 0 else []
    gate = _pick(list(GATES), act.one)
    story.ok(
        gate, by=JUDGES[gate] if act.other % 2 else _pick(list(WHO), act.other), settles=settles
    )


def _object(_: Wild, story: Story, act: Act) -> None:
    gate = _pick(list(GATES), act.one)
    story.object(gate, by=JUDGES[gate])


def _withdraw(_: Wild, story: Story, act: Act) -> None:
    placed = _pick(sorted(story.placed(), key=lambda p: p.digest), act.one)
    story.withdraw(placed.digest, by=placed.record.person, gate=placed.record.gate)


def _send(_: Wild, story: Story, act: Act) -> None:
    if act.one % 3 == 0:
        story.begin_send(why="again" if act.other % 2 else "")
    elif act.one % 3 == 1:
        story.end_send(story.of_kind("send-intent")[-1].digest)
    else:
        story.send(why="again" if act.other % 2 else "")


def _declare(_: Wild, story: Story, act: Act) -> None:
    if act.one % 4 == 0 or not story.placed(""):
        story.declare()
    else:
        story.fact(f"fact-{act.one}", f"so {act.other}")


def _merge(wild: Wild, story: Story, act: Act) -> None:
    other = _pick(wild.branches, act.branch + 1 + act.one % (BRANCHES - 1))
    if other.head == story.head:
        return
    put: dict[str, File | bytes | None] = {}
    if act.other % 8 == 0:
        put[_pick(_records(story) + _records(other), act.one)] = None
    story.merge(other, put=put, theirs=act.other % 2 == 1)


def _again(wild: Wild, story: Story, act: Act) -> None:
    """Somebody brings again what another branch has: a cherry-pick, a rebase."""
    other = _pick(wild.branches, act.branch + 1)
    paths = [p for p in sorted(other.tree) if p not in story.tree]
    if act.other % 4 != 1:
        paths = [p for p in paths if not p.startswith("trust/")]
    path = _pick(paths, act.one).removesuffix(".sig")
    put = {p: other.tree[p] for p in (path, f"{path}.sig") if p in other.tree}
    if act.other % 4 == 0:
        put = {path: other.tree[path]}
    story.commit(put, by=_pick(list(WHO), act.other))


# -- the roster


def _end(trust: Trust, name: str) -> Trust:
    gone = PersonId(name)
    ended = Ended(keys=trust.ended.keys, people=trust.ended.people | {gone})
    kept = {i: p for i, p in trust.people.items() if i != gone}
    return replace(without_role(trust, name), people=kept, ended=ended)


def _lose(trust: Trust, name: str, keep: list[Digest]) -> Trust:
    lost = Compromised(key=public_key(name), keep=frozenset(keep), why="stolen")
    return replace(trust, compromised=(*trust.compromised, lost))


def _add_gate(trust: Trust) -> Trust:
    gate = replace(next(iter(trust.gates.values())), id=GateId("late"), after=())
    return replace(trust, gates={**trust.gates, gate.id: gate})


def _stricter(trust: Trust, number: int) -> Trust:
    chosen: Gate = _pick(list(trust.gates.values()), number)
    return replace(trust, gates={**trust.gates, chosen.id: replace(chosen, needs=2)})


def _roster(_: Wild, story: Story, act: Act) -> None:
    who = _pick(list(WHO), act.other)
    kept = [p.digest for p in story.placed()][: act.other]
    changes: list[Callable[[Trust], Trust]] = [
        lambda t: without_role(t, who),
        lambda t: with_role(t, who, "legal-officer"),
        lambda t: with_role(t, "max", "legal-officer"),
        lambda t: _end(t, who),
        lambda t: _lose(t, who, kept),
        _add_gate,
        lambda t: _stricter(t, act.other),
        lambda t: replace(t, commits="signed" if t.commits == "recorded" else "recorded"),
        lambda t: replace(t, accepted=t.accepted[1:]),
        lambda t: replace(t, preapproved=tuple(sorted(_approvals(story)))),
    ]
    signers = ("tom",) if act.place % 8 == 7 else ("ada",)
    story.change_trust(_pick(changes, act.one), signers=signers)


def _approvals(story: Story) -> list[Digest]:
    here = (record_files.digest_of(f.data) for p, f in story.tree.items() if "template" in p)
    return [d for d in here if d in story.shelf.records]


def _approve(_: Wild, story: Story, act: Act) -> None:
    body = TemplateOk(
        template="cards", audience="all-customers", phase="investigation",
        channels=dict(CHANNELS), next_update="+30m", text=TEMPLATE, until=stamp(START),
    )  # fmt: skip
    incident, story.incident = story.incident, IncidentId("")
    gates = GATES if act.other % 2 else GATES[:1]
    for gate in gates:
        story.record("template-ok", body, by=JUDGES[gate], gate=gate, message="", after=[])
    story.incident = incident


def _accept(_: Wild, story: Story, act: Act) -> None:
    """The admins accept what the check finds: one thing, or all."""
    errors = [f for f in story.report().findings if f.level is Level.ERROR]
    chosen = errors if act.other % 3 else [_pick(errors, act.one)]
    accepted = []
    for finding in chosen:
        names = [n for n in (finding.digest, finding.commit, finding.path) if n]
        subject = _pick([str(name) for name in names], act.one)
        accepted.append(Accepted(rule=finding.rule, subject=subject, why="so be it"))
    story.change_trust(lambda t: replace(t, accepted=(*t.accepted, *accepted)))


# -- attacks


def _remove(wild: Wild, story: Story, act: Act) -> None:
    path = _pick(_records(story), act.one)
    paths = [p for p in (path, f"{path}.sig") if p in story.tree][: 1 + act.other % 2]
    wild.removed += [(p, story.tree[p]) for p in paths]
    story.commit(dict.fromkeys(paths))


def _put_back(wild: Wild, story: Story, act: Act) -> None:
    for path, file in wild.removed if act.one % 2 else [_pick(wild.removed, act.other)]:
        story.commit({path: file}, by=_pick(list(WHO), act.other))


def _change(_: Wild, story: Story, act: Act) -> None:
    protected = [p for p in sorted(story.tree) if "/records/" in p or p.startswith("trust/")]
    path = _pick(protected, act.one)
    data = story.tree[path].data
    story.commit({path: data.replace(b"a", b"e", 1) if act.other % 2 else data + b"\n"})


def _change_words(_: Wild, story: Story, act: Act) -> None:
    story.commit({f"{story.folder}/draft.md": b"Other words, %d.\n" % act.one})


def _misplace(_: Wild, story: Story, act: Act) -> None:
    path = _pick(_records(story), act.one)
    home = f"incidents/{INCIDENTS[act.other % 2]}/records/"
    name = path.rpartition("/")[2]
    story.commit({home + name: story.tree[path], f"{home}{name}.sig": story.tree[f"{path}.sig"]})


def _forge(_: Wild, story: Story, act: Act) -> None:
    who, key = _pick(list(WHO), act.one), _pick(list(WHO), act.other)
    story.record(
        "hold", Reasoned(why="wait"), by=who, key=key, committer=who if act.one % 2 else ""
    )


def _unknown_kind(_: Wild, story: Story, act: Act) -> None:
    written = story.written("hold", Reasoned(why="wait"), "lea")
    data = written.data.replace(b'kind: "hold"', b'kind: "vote"')
    path = written.path.replace("hold", "vote").replace(
        written.digest[:8], record_files.digest_of(data)[:8]
    )
    who = _pick(list(WHO), act.one)
    story.commit({path: data, f"{path}.sig": sign(who, data, record_files.NAMESPACE)})


def _stray(_: Wild, story: Story, act: Act) -> None:
    stray = {
        f"{story.folder}/records/notes.txt": File(b"hm\n"),
        "trust/notes.txt": File(b"hm\n"),
        "trust/0099.ada.sig": File(b"hm\n"),
        f"{story.folder}/records/Link": File(b"../draft.md", "120000"),
        f"Incidents/{story.incident}": File(b"hm\n"),
        f"{_pick(_records(story), act.other)}.sig": None,
    }
    path = _pick(list(stray), act.one)
    story.commit({path: stray[path]})


def _root(wild: Wild, story: Story, act: Act) -> None:
    stranger = Story.__new__(Story)
    stranger.shelf, stranger.head, stranger.genesis = story.shelf, -1, story.genesis
    tree = dict(story.tree) if act.one % 2 else {}
    stranger.commit({"notes.md": b"%d\n" % act.other}, base=tree)
    if act.other % 2:
        wild.branches[act.branch % BRANCHES].head = stranger.head
    else:
        story.merge(stranger)


def _nothing(_: Wild, story: Story, act: Act) -> None:
    story.commit({f"notes-{act.one % 3}.md": b"%d\n" % act.other})


ACTS: Mapping[str, Callable[[Wild, Story, Act], None]] = MappingProxyType({
    "draft": _draft, "preapproved draft": _preapproved_draft, "round": _round, "ok": _ok,
    "object": _object, "withdraw": _withdraw, "send": _send, "declare": _declare,
    "merge": _merge, "again": _again, "roster": _roster, "approve": _approve,
    "accept": _accept, "remove": _remove, "put back": _put_back, "change": _change,
    "change words": _change_words, "misplace": _misplace, "forge": _forge,
    "unknown kind": _unknown_kind, "stray": _stray, "root": _root, "nothing": _nothing,
})  # fmt: skip
"""What can happen, by name."""
HONEST = (
    "draft", "preapproved draft", "round", "round", "ok", "ok", "object", "withdraw", "send",
    "declare", "merge", "merge", "again", "roster", "roster", "approve", "nothing",
)  # fmt: skip
HOSTILE = (
    "accept", "accept", "remove", "put back", "change", "change words", "misplace", "forge",
    "unknown kind", "stray", "root",
)  # fmt: skip


def played(acts: Sequence[Act]) -> Wild:
    """Play the acts from the beginning."""
    wild = Wild.begin()
    for act in acts:
        wild.play(act)
    return wild


def tell(acts: Sequence[Act]) -> Story:
    """Play the acts, then bring all branches together."""
    main, *others = played(acts).branches
    for other in others:
        if other.head != main.head:
            main.merge(other)
    return main
