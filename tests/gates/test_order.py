"""X comes before Y if Y reaches X; nothing else is order."""

from pathlib import Path

import pytest

from tests.support.repos import both_ways, only
from tests.support.story import Story, passed


def drafted() -> Story:
    story = Story()
    story.declare()
    story.draft()
    return story


def test_reviews_come_in_any_order(tmp_path: Path) -> None:
    story = drafted()
    for gate in ("legal", "accuracy", "messaging", "approval", "release"):
        story.ok(gate)
    story.send()

    assert both_ways(story, tmp_path / "repo").findings == ()


def test_reviews_in_parallel_both_count(tmp_path: Path) -> None:
    story = drafted()
    sides = [story.aside() for _ in range(3)]
    for side, gate in zip(sides, ("accuracy", "messaging", "legal"), strict=True):
        side.ok(gate)
    story.merge(*sides)
    story.ok("approval")
    story.ok("release")
    story.send()

    assert both_ways(story, tmp_path / "repo").findings == ()


def test_concurrent_is_not_before(tmp_path: Path) -> None:
    story = drafted()
    story.ok("accuracy")
    story.ok("messaging")
    with story.branch() as side:
        side.ok("legal")
        seen = story.heads(story.message)
        story.ok("approval", after=seen)
    approval = both_ways(story, tmp_path / "repo").messages[0].gates[3]

    assert (approval.rule, approval.by) == ("wrong-order", ())
    assert approval.reason == "eli gave approval before legal stood"


def test_a_later_time_is_not_later() -> None:
    story = drafted()
    seen = story.heads(story.message)
    for gate in ("accuracy", "messaging", "legal"):
        story.ok(gate)
    story.ok("approval", after=seen)

    assert story.report().messages[0].gates[3].rule == "wrong-order"


def test_an_ok_is_given_again_when_the_reviews_are_in() -> None:
    story = drafted()
    story.ok("approval")
    for gate in ("accuracy", "messaging", "legal"):
        story.ok(gate)
    assert story.report().messages[0].gates[3].state.value == "open"

    story.ok("approval")

    assert story.report().messages[0].gates[3].by == ("eli",)


def test_a_send_that_saw_less_than_there_was_is_judged_by_what_it_saw(tmp_path: Path) -> None:
    story = drafted()
    for gate in ("accuracy", "messaging", "legal", "approval"):
        story.ok(gate)
    seen = story.heads(story.message)
    story.ok("release")
    story.end_send(story.begin_send(after=seen))

    assert only(both_ways(story, tmp_path / "repo"), "open-gate").key == "release"


@pytest.mark.parametrize("gone", ["accuracy", "approval"])
def test_what_a_record_rests_on_is_missed_when_it_is_not_there(gone: str) -> None:
    """As if it had never been shared: no file was ever removed here."""
    whole = passed()
    lost = {p.record.gate: p.digest for p in whole.of_kind("ok")}[gone]  # type: ignore[index]  # gates are ids
    story = Story()
    for placed in (*whole.placed(""), *whole.placed()):
        if placed.digest != lost:
            written = whole.shelf.records[placed.digest]
            words = {f"{whole.folder}/draft.md": whole.tree[f"{whole.folder}/draft.md"].data}
            story.enter(written, key=str(placed.record.person), put=words)
    story.send()

    report = story.report()

    assert {"missing-past", "open-gate"} <= {f.rule for f in report.findings}
    assert lost[:8] in next(f.text for f in report.findings if f.rule == "missing-past")


def test_a_first_revision_that_comes_after_nothing_is_told_of() -> None:
    story = Story()
    story.declare()
    story.draft(after=[])

    assert "nothing at all" in only(story.report(), "missing-past").text


def test_an_incident_that_nobody_declared_is_told_of() -> None:
    story = Story()
    story.draft(after=[])

    assert {f.rule for f in story.report().findings} == {"missing-past", "second-declaration"}
