"""What holds for every story: random ones, short, with branches, judged in memory and in git."""

import random
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st

from commscli.domain.history import History, TrustEntry
from commscli.domain.ids import Digest, IncidentId, MessageId
from commscli.domain.report import Finding, GateState, Outcome, Report
from commscli.domain.trust import Trust
from commscli.gates.engine import check
from tests.support.repos import Repo, both_ways
from tests.support.story import File, Story, first_trust, reachable, sent, with_role

T = TypeVar("T")
GATES = ("accuracy", "messaging", "legal", "approval", "release")
WHO = ("cleo", "carl", "mia", "max", "lea", "leo", "eli", "eva", "ian", "ida", "tom")
QUICK = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One thing that somebody does, on the main line or on a branch beside it."""

    what: str
    gate: str = "legal"
    who: str = "lea"
    number: int = 0
    aside: bool = False


judging = st.builds(
    Act,
    what=st.sampled_from(["ok", "ok", "ok", "object", "settle", "withdraw"]),
    gate=st.sampled_from(GATES),
    who=st.sampled_from(WHO),
    number=st.integers(0, 3),
    aside=st.booleans(),
)
changing = st.builds(
    Act,
    what=st.sampled_from(["draft", "list", "send", "merge", "merge back", "trust"]),
    who=st.sampled_from(["tom", "tara"]),
    number=st.integers(0, 2),
    aside=st.booleans(),
)
FULL_ROUND = [Act(what="ok", gate=gate, who=who) for gate, who in
              zip(GATES, ("cleo", "mia", "lea", "eli", "ian"), strict=True)]  # fmt: skip
acts = st.lists(st.one_of(judging, judging, changing), max_size=8).flatmap(
    lambda extra: st.integers(0, len(extra)).map(
        lambda at: [*extra[:at], *FULL_ROUND, Act(what="send"), *extra[at:]]
    )
)
"""A story that could pass, with something before, between and after it."""


def everybody_twice() -> Trust:
    """Some people hold two roles, so that they could count twice."""
    trust = with_role(first_trust(), "eli", "incident-commander")
    return with_role(with_role(trust, "lea", "messaging-officer"), "tom", "legal-officer")


def tell(what: list[Act], trust: Trust | None = None) -> Story:
    """Play the acts; what cannot be done where it stands is left out."""
    main = Story(trust or first_trust())
    main.declare()
    main.draft()
    side = main.aside()
    for act in what:
        _play(side if act.aside else main, side if not act.aside else main, act)
    main.merge(side)
    return main


def _play(story: Story, other: Story, act: Act) -> None:
    match act.what:
        case "ok" | "object" | "settle" | "withdraw":
            _judge(story, act)
        case "draft":
            story.draft(f"Words {act.number}.\n", by=act.who)
        case "list":
            words = story.tree[f"{story.folder}/draft.md"].data.decode()
            story.draft(words, by=act.who, recipients={"digest": str(act.number) * 64, "count": 3})
        case "send":
            story.send()
        case "merge":
            story.merge(other)
        case "merge back":
            other.merge(story)
        case _:
            story.fact(f"fact-{act.number}", "so it is")


def _judge(story: Story, act: Act) -> None:
    mine = sorted(p.digest for p in story.placed() if p.record.person == act.who)
    if act.what == "ok":
        story.ok(act.gate, by=act.who)
    elif act.what == "object":
        story.object(act.gate, by=act.who)
    elif act.what == "settle":
        objections = [p.digest for p in story.of_kind("objected")]
        story.ok(act.gate, by=act.who, settles=objections[: act.number + 1])
    elif mine:
        story.withdraw(mine[act.number % len(mine)], by=act.who, gate=act.gate)


def passed(report: Report) -> set[str]:
    return {g.gate for m in report.messages for g in m.gates if g.state is GateState.PASSED}


def timeless(report: Report) -> tuple[object, ...]:
    """A report without the names of commits."""
    findings = sorted(
        (f.rule, f.level.value, f.text, f.path, f.key, str(f.digest)) for f in report.findings
    )
    return (report.outcome, report.trust_digest, report.messages, tuple(findings))


@QUICK
@given(what=acts)
def test_a_story_is_judged_alike_in_memory_and_in_git(what: list[Act]) -> None:
    with TemporaryDirectory() as folder:
        both_ways(tell(what), Path(folder, "repo"))


@QUICK
@given(what=acts, which=st.integers(0, 20))
def test_removing_an_ok_never_turns_a_fail_into_a_pass(what: list[Act], which: int) -> None:
    """But for one documented case: a person with verdicts in two gates that they may not share
    counts for the earlier one only, so without that verdict they count in the later one.
    """
    oks = [n for n, act in enumerate(what) if act.what in {"ok", "settle"}]
    gone = oks[which % len(oks)]
    others = {a.gate for n, a in enumerate(what) if n in oks and a.who == what[gone].who}
    assume(others == {what[gone].gate})

    whole = tell(what, everybody_twice()).report()
    without = tell(what[:gone] + what[gone + 1 :], everybody_twice()).report()

    assert passed(without) <= passed(whole)
    assert not (whole.outcome is Outcome.FAIL and without.outcome is Outcome.PASS)


def test_the_documented_case() -> None:
    what = [*FULL_ROUND[:4], Act(what="ok", gate="release", who="eli"), Act(what="send")]
    eva = Act(what="ok", gate="approval", who="eva")
    both = [*what[:3], eva, *what[3:]]

    assert tell(both, everybody_twice()).report().outcome is Outcome.FAIL
    assert tell([*both[:4], *both[5:]], everybody_twice()).report().outcome is Outcome.PASS


@QUICK
@given(what=acts, which=st.integers(0, 20))
def test_a_record_that_is_lost_on_the_way_never_helps(what: list[Act], which: int) -> None:
    """Taken out of the history whole, as if it had never been shared."""
    story = tell(what)
    history = story.history()
    oks = [f for f in history.records if f.record and f.record.kind == "ok"]
    gone = oks[which % len(oks)]
    lost = replace(history, records=tuple(f for f in history.records if f is not gone))

    whole, without = check(history, story.pin), check(lost, story.pin)

    assert not (whole.outcome is Outcome.FAIL and without.outcome is Outcome.PASS)


@QUICK
@given(what=acts, noise=st.lists(st.integers(0, 5), max_size=5))
def test_unrelated_history_changes_no_verdict(what: list[Act], noise: list[int]) -> None:
    story = tell(what)
    before = story.report()
    for number in noise:
        _unrelated(story, number)
    after = story.report()

    mine = [
        m for m in after.messages if m.message == story.message and m.incident == story.incident
    ]
    assert mine == list(before.messages)
    assert about(after, story) == about(before, story)


def about(report: Report, story: Story) -> set[Finding]:
    return {f for f in report.findings if f.message == story.message}


def _unrelated(story: Story, number: int) -> None:
    incident, message = story.incident, story.message
    if number == 0:
        story.commit({f"notes-{story.shelf.ticks}.md": b"nothing\n"})
    elif number == 1:
        story.fact("start", f"09:{story.shelf.ticks % 60:02}")
    elif number == 2:
        story.message = MessageId(f"investigation-others-{story.shelf.ticks}")
        story.draft("Other words.\n")
        story.object("legal")
        story.send()
    elif number == 3:
        story.incident = IncidentId(f"another-{story.shelf.ticks}")
        story.declare()
        story.draft("Other words.\n")
    elif number == 4:
        with story.branch() as side:
            side.commit({f"side-{story.shelf.ticks}.md": b"nothing\n"})
    else:
        story.change_trust(lambda trust: replace(trust, commits="recorded"))
    story.incident, story.message = incident, message


@QUICK
@given(what=acts, seed=st.integers(0, 1000))
def test_the_order_of_parents_and_commits_changes_no_verdict(what: list[Act], seed: int) -> None:
    story = tell(what)
    history = story.history()
    other = reordered(history, random.Random(seed))  # noqa: S311 - for orders, not for secrets

    assert timeless(check(other, story.pin)) == timeless(check(history, story.pin))


def reordered(history: History, chance: random.Random) -> History:
    """The same history, its commits in another order that has parents first, its lists mixed."""
    left = set(range(len(history.commits)))
    order: list[int] = []
    while left:
        ready = [n for n in sorted(left) if not left.intersection(history.commits[n].parents)]
        order.append(chance.choice(ready))
        left.remove(order[-1])
    place = {old: new for new, old in enumerate(order)}

    def moved(numbers: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(chance.sample([place[n] for n in numbers], len(numbers)))

    def entered(entry: TrustEntry) -> TrustEntry:
        return replace(entry, commit=place[entry.commit])

    def mixed(items: tuple[T, ...]) -> tuple[T, ...]:
        return tuple(chance.sample(items, len(items)))

    return replace(
        history,
        commits=tuple(
            replace(history.commits[n], parents=moved(history.commits[n].parents)) for n in order
        ),
        records=mixed(tuple(replace(f, introduced=moved(f.introduced)) for f in history.records)),
        trusts=mixed(
            tuple(replace(f, entries=mixed(tuple(map(entered, f.entries)))) for f in history.trusts)
        ),
        edge_faults=mixed(tuple(replace(f, commit=place[f.commit]) for f in history.edge_faults)),
        strays=mixed(tuple(replace(s, commit=place[s.commit]) for s in history.strays)),
        commit_signatures={place[c]: s for c, s in history.commit_signatures.items()},
        commit_faults={place[c]: f for c, f in history.commit_faults.items()},
        drafts_at={(place[c], i, m): d for (c, i, m), d in history.drafts_at.items()},
    )


@settings(QUICK, max_examples=60)
@given(data=st.data())
def test_any_byte_of_a_sent_chain_that_is_another_fails(data: st.DataObject) -> None:
    """Not put on top, which any frozen file would show, but wrong from the beginning."""
    story = sent()
    note(story.dump())
    protected = [p for p in sorted(story.tree) if p.startswith(("trust/", "incidents/"))]
    path = data.draw(st.sampled_from(protected))
    octets = story.tree[path].data
    at = data.draw(st.integers(0, len(octets) - 1))
    flipped = bytes([octets[at] ^ data.draw(st.integers(1, 255))])
    note(f"{path} at {at}: {octets[at : at + 1]!r} → {flipped!r}")

    spoilt = rewritten(story, path, octets[:at] + flipped + octets[at + 1 :])

    with TemporaryDirectory() as folder:
        report = Repo.make(Path(folder, "repo")).write(spoilt).report(story.pin)
    assert report.outcome is not Outcome.PASS


def rewritten(story: Story, path: str, content: bytes) -> Story:
    """The same story, in which a file always had another content."""
    copy = Story.__new__(Story)
    copy.shelf, copy.head, copy.genesis = replace(story.shelf, nodes=[]), -1, story.genesis
    copy.incident, copy.message, copy.drill = story.incident, story.message, story.drill
    for number in reachable(story.shelf.nodes, story.head):
        node = story.shelf.nodes[number]
        tree = {**node.tree, path: File(content)} if path in node.tree else dict(node.tree)
        copy.commit({}, by=node.signer, about=node.about, base=tree)
    return copy


@QUICK
@given(what=acts, which=st.integers(0, 200), brings=st.booleans())
def test_a_merge_is_the_union_of_its_parents(what: list[Act], which: int, *, brings: bool) -> None:
    story = tell([act for act in what if act.what != "trust"])
    clean = story.report()
    assert not {"append-only", "merged-record"} & {f.rule for f in clean.findings}
    side = story.aside()
    side.commit({"notes.md": b"nothing\n"})
    records = sorted(p for p in story.tree if "/records/" in p or p.startswith("trust/"))
    path = records[which % len(records)]
    if brings:
        story.merge(side, put={path.replace("2026", "2027"): story.tree[path]})
        assume(path.replace("2026", "2027") != path)
    else:
        story.merge(side, put={path: None})

    wrong = {f.rule for f in story.report().findings} - {f.rule for f in clean.findings}

    assert ("merged-record" if brings else "append-only") in wrong
    assert story.report().outcome is not Outcome.PASS


def test_identity_is_the_bytes_alone() -> None:
    """Two ways to the same records give the same verdicts, whatever the commits are called."""
    one, other = sent(), sent(object_format="sha256")

    assert one.tip != other.tip
    assert timeless(one.report()) == timeless(other.report())
    assert Digest(one.newest) == other.newest
