"""Every rule: a story with nothing wrong, and the smallest change that this rule alone tells of."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from commscli.domain.ids import AudienceId, CommitId, Digest, MessageId, PersonId
from commscli.domain.records import Fact, Reasoned
from commscli.domain.report import Outcome
from commscli.domain.trust import Accepted, Emergency, Trust
from commscli.gates.catalog import RULES
from commscli.gates.engine import check
from commscli.ledger import record_files
from tests.support.repos import both_ways, only
from tests.support.story import Story, first_trust, passed, sent, sign, with_role, without_role

OTHER = MessageId("investigation-internal-stakeholders-1")
NOT_HERE = Digest("f" * 64)


def with_another(story: Story) -> Story:
    """Send another message of the incident, which no fault of the first may touch."""
    first, story.message = story.message, OTHER
    story.draft("For staff: card payments fail.\n", audience="internal-stakeholders")
    story.pass_gates()
    story.send()
    story.message = first
    return story


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """How to go wrong, and what must be said about it."""

    rule: str
    wrong: Callable[[Story], object]
    says: tuple[str, ...]
    begin: Callable[[], Story] = sent
    error: bool = True


def squatted(story: Story) -> None:
    squatter = replace(first_trust(), version=2, previous=story.genesis)
    story.introduce(squatter, signers=("tom",))


def removed(story: Story) -> None:
    path = story.path(story.newest)
    story.commit({path: None})


def merged_in(story: Story) -> None:
    side = story.aside()
    side.commit({"notes.md": b"nothing\n"})
    held = story.written("hold", Reasoned(why="wait"), "lea")
    signature = sign("lea", held.data, record_files.NAMESPACE)
    story.merge(side, put={held.path: held.data, f"{held.path}.sig": signature})


def unsigned_commit(story: Story) -> None:
    story.record("fact", Fact(key="start", value="09:14"), by="bea", message="", committer="")


def in_another_name(story: Story) -> None:
    story.record("fact", Fact(key="start", value="09:14"), by="bea", message="", committer="xan")


def garbled(story: Story) -> None:
    path = f"incidents/{story.incident}/records/20261122T100000Z-fact-00000000.yaml"
    signature = sign("bea", b"fact: yes\n", record_files.NAMESPACE)
    story.commit({path: b"fact: yes\n", f"{path}.sig": signature}, by="bea")


def misplaced(story: Story) -> None:
    copied = story.shelf.records[story.newest]
    other = copied.path.replace(story.message, OTHER)
    story.enter(copied, key="tom", path=other)


def unsigned(story: Story) -> None:
    fact = story.written("fact", Fact(key="start", value="09:14"), "bea", message="")
    story.commit({fact.path: fact.data}, by="bea")


def overtaken(story: Story) -> None:
    side = story.aside()
    side.ok("legal", by="leo")
    story.change_trust(lambda trust: without_role(trust, "leo"))
    story.merge(side)


def after_nothing(story: Story) -> None:
    story.record("hold", Reasoned(why="wait"), by="lea", after=[NOT_HERE, story.newest])


def other_words(story: Story) -> None:
    story.draft("What I say.\n", put={f"{story.folder}/draft.md": b"What I show.\n"})


def edited(story: Story) -> None:
    story.commit({f"{story.folder}/draft.md": b"We are, looking into it.\n"})


def forked(story: Story) -> None:
    with story.branch() as side:
        side.draft("Other words.\n", by="tara", after=side.heads("")[:1])
    story.end_send(story.begin_send(subject=story.of_kind("ok")[0].record.body.subject))  # type: ignore[arg-type, union-attr]  # an ok is a verdict


def all_but_the_release() -> Story:
    story = Story(in_an_emergency())
    story.declare()
    story.draft()
    story.pass_gates(but=("release",))
    return story


def in_an_emergency() -> Trust:
    return replace(
        first_trust(),
        emergency=Emergency(
            people=(PersonId("ian"), PersonId("eva")),
            needs=2,
            templates=("all-customers",),
            audiences=(AudienceId("all-customers"),),
        ),
    )


def without_release() -> Story:
    story = passed_but("release")
    story.message = MessageId("investigation-all-customers-1")
    return story


def passed_but(*gates: str) -> Story:
    story = Story()
    story.declare()
    story.draft()
    story.pass_gates(but=gates)
    return story


def staled(story: Story) -> None:
    story.draft(recipients={"digest": "a" * 64, "count": 12})
    story.ok("approval")
    story.end_send(story.begin_send())


def author_releases() -> Story:
    story = Story(with_role(first_trust(), "tom", "incident-commander"))
    story.declare()
    story.draft()
    story.pass_gates(but=["release"])
    return story


def released_early() -> Story:
    story = passed_but("approval", "release")
    story.ok("release")
    story.ok("approval")
    return story


def approver_releases() -> Story:
    story = Story(with_role(first_trust(), "eli", "incident-commander"))
    story.declare()
    story.draft()
    story.pass_gates(but=["release"])
    return story


def unheard(story: Story) -> None:
    side = story.aside()
    side.object("legal", by="lea")
    story.send()
    story.merge(side)


FAULTS = (
    Fault(rule="trust-chain", wrong=squatted, says=("0002", "0 of 1", "ada, alf")),
    Fault(rule="append-only", wrong=removed, says=("drafted", "removed")),
    Fault(rule="merged-record", wrong=merged_in, says=("hold", "none of its parents")),
    Fault(
        rule="stray-file",
        wrong=lambda s: s.commit({f"{s.folder}/records/notes.txt": b"hm\n"}),
        says=("notes.txt", "is no record"),
    ),
    Fault(rule="commit-signature-lost", wrong=unsigned_commit, says=("did not sign",), error=False),
    Fault(rule="commit-signature-lost", wrong=in_another_name, says=("did not",), error=False),
    Fault(rule="record-grammar", wrong=garbled, says=("not a well-formed record", "line 1")),
    Fault(rule="record-place", wrong=misplaced, says=("tom's drafted", "another place")),
    Fault(rule="record-signature", wrong=unsigned, says=("bea's fact", "not signed")),
    Fault(
        rule="record-writer",
        wrong=lambda s: s.fact("start", "09:14", by="lea"),
        says=("lea's fact", "needs business-lead or", "lea does not hold"),
    ),
    Fault(
        rule="overtaken-record",
        wrong=overtaken,
        says=("leo's ok", "trust version 2", "legal-officer"),
        error=False,
    ),
    Fault(
        rule="emergency-send",
        wrong=lambda s: (s.ok("emergency", by="ian"), s.ok("emergency", by="eva"), s.send()),
        says=("release", "skipped in an emergency by ian and eva"),
        begin=all_but_the_release,
    ),
    Fault(rule="missing-past", wrong=after_nothing, says=("lea's hold", "ffffffff")),
    Fault(rule="second-declaration", wrong=lambda s: s.declare(), says=("declared 2 times",)),
    Fault(
        rule="drill-mixed",
        wrong=lambda s: s.record(
            "fact", Fact(key="start", value="1"), by="bea", message="", drill=True
        ),
        says=("bea's fact", "drill: true"),
    ),
    Fault(
        rule="draft-bytes", wrong=other_words, says=("revision 2", "other words"), begin=passed
    ),
    Fault(rule="frozen-draft", wrong=edited, says=("changed", "lea (legal)")),
    Fault(
        rule="forked-draft", wrong=forked, says=("revision 1", "2 revisions"), begin=passed
    ),
    Fault(
        rule="open-gate",
        wrong=lambda s: s.send(),
        says=("release", "nobody passed it"),
        begin=without_release,
    ),
    Fault(rule="stale-verdict", wrong=staled, says=("release", "ian"), begin=passed),
    Fault(
        rule="own-words",
        wrong=lambda s: (s.ok("release", by="tom"), s.send()),
        says=("release", "tom wrote"),
        begin=author_releases,
    ),
    Fault(
        rule="wrong-order",
        wrong=lambda s: s.send(),
        says=("release", "ian gave release before approval"),
        begin=released_early,
    ),
    Fault(
        rule="two-gates",
        wrong=lambda s: (s.ok("release", by="eli"), s.send()),
        says=("release", "eli counts in approval"),
        begin=approver_releases,
    ),
    Fault(
        rule="standing-objection",
        wrong=lambda s: (s.object("legal"), s.send()),
        says=("legal", "lea objected"),
        begin=passed,
    ),
    Fault(rule="unheard-objection", wrong=unheard, says=("lea (legal)",), begin=passed),
    Fault(
        rule="late-objection",
        wrong=lambda s: s.object("legal"),
        says=("lea (legal)", "after it was sent"),
        error=False,
    ),
    Fault(rule="second-send", wrong=lambda s: s.send(by="ruth"), says=("ruth sent it again",)),
    Fault(
        rule="unfinished-send",
        wrong=lambda s: s.begin_send(),
        says=("rob began",),
        begin=passed,
        error=False,
    ),
    Fault(
        rule="sent-evidence",
        wrong=lambda s: s.end_send(s.begin_send(), counts={"mail": {"accepted": 1}}),
        says=("rob's sent", "other channels"),
        begin=passed,
    ),
)  # fmt: skip
ELSEWHERE = {"pinned-root", "strict-commit"}


def test_every_rule_has_its_story() -> None:
    assert {fault.rule for fault in FAULTS} | ELSEWHERE == {rule.id for rule in RULES}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.rule)
def test_the_rule_alone_tells_of_its_fault(fault: Fault, tmp_path: Path) -> None:
    story = with_another(fault.begin())
    before = both_ways(story, tmp_path / "before")
    assert before.findings == (), story.dump()
    assert before.outcome is Outcome.PASS

    fault.wrong(story)
    after = both_ways(story, tmp_path / "after")

    finding = only(after, fault.rule)
    assert finding.level.value == ("error" if fault.error else "warning")
    assert after.outcome is (Outcome.FAIL if fault.error else Outcome.PASS)
    missing = [words for words in fault.says if words not in finding.text]
    assert missing == [], finding.text
    assert finding.remedy
    assert [v for v in after.messages if v.message == OTHER] == [
        v for v in before.messages if v.message == OTHER
    ]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.rule)
def test_admins_may_live_with_an_error_and_only_with_that_one(fault: Fault) -> None:
    story = with_another(fault.begin())
    fault.wrong(story)
    found = only(story.report(), fault.rule)
    subject = found.digest or found.commit or found.path
    story.change_trust(lambda trust: accepting(trust, fault.rule, str(subject)))
    report = story.report()

    accepted = only(report, fault.rule)
    assert accepted.level.value == ("accepted" if fault.error else "warning")
    assert not fault.error or "everybody knows" in accepted.text
    assert report.outcome is Outcome.PASS
    assert [m.gates for m in report.messages] == [m.gates for m in story.report().messages]


def accepting(trust: Trust, rule: str, subject: str) -> Trust:
    fault = Accepted(rule=rule, subject=subject, why="everybody knows")
    return replace(trust, accepted=(*trust.accepted, fault))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"repository": "another"}, "another repository"),
        ({"trust": NOT_HERE}, "ffffffff"),
        ({"checkpoint": CommitId("0" * 40)}, "rewritten, or rolled back"),
        ({"seen": CommitId("1" * 40)}, "went back"),
    ],
    ids=["repository", "trust", "checkpoint", "seen"],
)
def test_pinned_root(changed: dict[str, str], says: str) -> None:
    story = with_another(sent())
    assert story.report().findings == ()

    report = story.report(replace(story.pin, **changed))  # type: ignore[arg-type]  # fields of a pin

    assert says in only(report, "pinned-root").text
    assert report.outcome is Outcome.FAIL
    assert report.messages == story.report().messages


@pytest.mark.parametrize("field", ["trust", "checkpoint", "seen"])
def test_a_pin_may_name_what_is_there(field: str) -> None:
    story = with_another(sent())
    value = story.genesis if field == "trust" else story.tip

    assert story.report(replace(story.pin, **{field: value})).findings == ()  # type: ignore[arg-type]  # as above


def test_strict_commit() -> None:
    story = sent()
    history = story.history()
    fault = {len(history.commits) - 1: "has headers that a commit of this program never has"}

    report = check(replace(history, commit_faults=fault), story.pin)

    finding = only(report, "strict-commit")
    assert (finding.commit, finding.level.value) == (story.tip, "error")
