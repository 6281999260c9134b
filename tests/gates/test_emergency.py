"""An emergency is a gate of its own; whom it skipped must agree afterwards."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from commscli.domain.ids import AudienceId, Digest, PersonId
from commscli.domain.records import Ratified
from commscli.domain.report import MessageState, Outcome
from commscli.domain.trust import Emergency, Trust
from commscli.domain.trust_lint import faults
from tests.support.repos import both_ways, told
from tests.support.story import Story, first_trust, person, with_role

RATIFIERS = {"accuracy": "cleo", "messaging": "mia", "legal": "lea", "approval": "eli"}


def allowed(**changed: Any) -> Trust:
    emergency = Emergency(
        people=(PersonId("ian"), PersonId("eva"), PersonId("tom")),
        needs=2,
        templates=("all-customers",),
        audiences=(AudienceId("all-customers"),),
    )
    return replace(first_trust(), emergency=replace(emergency, **changed))


def decided(trust: Trust | None = None, by: tuple[str, ...] = ("ian", "eva")) -> Story:
    story = Story(trust or allowed())
    story.declare()
    story.draft()
    for name in by:
        story.ok("emergency", by=name)
    return story


def ratify(story: Story, intent: Digest, gates: Mapping[str, str], **more: Any) -> None:
    for gate, by in gates.items():
        story.record("ratified", Ratified(of=intent), by=by, gate=gate, **more)


def unratified(story: Story) -> set[str]:
    return {f.key for f in story.report().findings if f.rule == "emergency-send"}


def test_it_is_red_until_everybody_whom_it_skipped_has_ratified(tmp_path: Path) -> None:
    story = decided()
    assert story.report().messages[0].state is MessageState.RELEASED
    intent = story.send()

    report = both_ways(story, tmp_path / "red")
    assert report.outcome is Outcome.FAIL
    assert {r for r, _ in told(report)} == {"emergency-send"}
    assert unratified(story) == {*RATIFIERS, "release"}
    assert "ian and eva" in report.findings[0].text

    ratify(story, intent, RATIFIERS)
    assert unratified(story) == {"release"}
    ratify(story, intent, {"release": "ida"})

    report = both_ways(story, tmp_path / "green")
    assert told(report) == []
    assert {str(v.state) for v in report.messages[0].gates} == {"passed"}
    assert "ratified after ian and eva" in report.messages[0].gates[0].reason


def test_gates_that_looked_in_time_are_not_skipped() -> None:
    story = decided()
    story.ok("legal")
    story.send()

    assert unratified(story) == {"accuracy", "messaging", "approval", "release"}


ONE_IS_NOT_ENOUGH: Mapping[str, Callable[[], Story]] = {
    "one person": lambda: decided(by=("ian",)),
    "one person twice": lambda: decided(by=("ian", "ian")),
    "an author": lambda: decided(by=("ian", "tom")),
    "another audience": lambda: decided(allowed(audiences=(AudienceId("strategic-customers"),))),
    "another template": lambda: decided(allowed(templates=("base/detection/all-customers",))),
    "nothing allowed": lambda: decided(first_trust(), by=()),
}


@pytest.mark.parametrize("story", ONE_IS_NOT_ENOUGH.values(), ids=ONE_IS_NOT_ENOUGH)
def test_less_than_the_emergency_is_an_open_gate(story: Callable[[], Story]) -> None:
    told_ = story()
    told_.send()

    assert {f.rule for f in told_.report().findings} == {"open-gate"}


def test_somebody_whom_trust_does_not_name_decides_nothing() -> None:
    story = decided(by=("ian", "lea"))
    story.send()

    assert {f.rule for f in story.report().findings} == {"open-gate", "record-writer"}


def test_new_words_need_a_new_decision() -> None:
    story = decided()
    story.draft("Other words.\n")
    story.send()

    assert {f.rule for f in story.report().findings} == {"open-gate"}


def test_a_decision_can_be_taken_back_before_it_leaves() -> None:
    story = decided()
    mine = next(p.digest for p in story.of_kind("ok") if p.record.person == "eva")
    story.withdraw(mine, by="eva")
    story.send()

    assert {f.rule for f in story.report().findings} == {"open-gate"}


def test_an_objection_is_never_skipped() -> None:
    story = decided()
    story.object("legal")
    story.send()

    assert "standing-objection" in {f.rule for f in story.report().findings}


NO_RATIFICATION: Mapping[str, Callable[[Story, Digest], object]] = {
    "by one who decided": lambda s, i: ratify(s, i, {"approval": "eva"}),
    "by an author": lambda s, i: ratify(s, i, {"approval": "tom"}),
    "of another send": lambda s, _: ratify(s, Digest("c" * 64), {"approval": "eli"}),
    "without having seen it": lambda s, i: ratify(
        s, i, {"approval": "eli"}, after=[s.of_kind("drafted")[0].digest]
    ),
    "by another role": lambda s, i: ratify(s, i, {"approval": "mia"}),
}


@pytest.mark.parametrize("wrong", NO_RATIFICATION.values(), ids=NO_RATIFICATION)
def test_not_everything_ratifies(wrong: Callable[[Story, Digest], object]) -> None:
    story = decided()
    intent = story.send()
    wrong(story, intent)

    assert "approval" in unratified(story)


def test_one_person_ratifies_one_gate() -> None:
    story = decided(with_role(allowed(), "mia", "legal-officer"))
    intent = story.send()
    ratify(story, intent, {"messaging": "mia", "legal": "mia"})

    assert "legal" in unratified(story)
    assert "messaging" not in unratified(story)


@pytest.mark.parametrize(
    ("emergency", "fault"),
    [
        ({"needs": 1}, "expected 2 to 3"),
        ({"needs": 4}, "expected 2 to 3"),
        ({"people": (PersonId("ian"), PersonId("zoe"))}, "no person of this roster"),
        ({"templates": ()}, "lists no template"),
        ({"audiences": ()}, "lists no template, or no audience"),
    ],
)
def test_a_lax_emergency_is_never_in_force(emergency: dict[str, Any], fault: str) -> None:
    assert fault in "; ".join(faults(allowed(**emergency)))


def test_a_service_decides_nothing() -> None:
    trust = allowed(people=(PersonId("ian"), PersonId("bot")))
    bot = person("bot", kind="service")
    trust = replace(trust, people={**trust.people, bot.id: bot})

    assert "no person of this roster" in "; ".join(faults(trust))


def test_it_is_told_under_the_worst_of_the_versions(tmp_path: Path) -> None:
    """The roster that ended the emergency did not see the send: it judges it too."""
    story = decided()
    side = story.aside()
    side.send()
    story.change_trust(lambda trust: replace(trust, emergency=None))
    story.merge(side)

    report = both_ways(story, tmp_path / "repo")
    assert "open-gate" in {r for r, _ in told(report)}
