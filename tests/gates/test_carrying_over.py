"""Which verdicts still count when a message is revised."""

from pathlib import Path

from commscli.domain.report import GateState, Report
from tests.support.repos import both_ways, told
from tests.support.story import WORDS, Story, passed

LIST = {"digest": "a" * 64, "count": 12}
LONGER = {"digest": "b" * 64, "count": 13}
CONTENT = ("accuracy", "messaging", "legal")


def states(report: Report) -> dict[str, str]:
    return {gate.gate: gate.state.value for gate in report.messages[0].gates}


def test_a_longer_list_makes_only_the_gates_on_recipients_stale(tmp_path: Path) -> None:
    story = passed()
    story.draft(recipients=LIST)

    report = both_ways(story, tmp_path / "repo")

    assert report.findings == ()
    assert states(report) == {
        **dict.fromkeys(CONTENT, "passed"),
        "approval": "stale",
        "release": "stale",
    }
    assert report.messages[0].gates[3].reason == "eli judged an earlier revision"


def test_the_words_gates_carry_into_the_send(tmp_path: Path) -> None:
    story = passed()
    story.draft(recipients=LIST)
    story.ok("approval")
    story.ok("release")
    story.send()

    assert both_ways(story, tmp_path / "repo").findings == ()


def test_new_words_make_every_gate_stale(tmp_path: Path) -> None:
    story = passed()
    story.draft("Other words.\n")

    report = both_ways(story, tmp_path / "repo")

    assert set(states(report).values()) == {"stale"}


def test_words_that_came_back_are_not_the_words_that_were_judged(tmp_path: Path) -> None:
    story = passed()
    story.draft("Other words.\n")
    story.draft(WORDS)
    assert set(states(story.report()).values()) == {"stale"}

    story.send()
    report = both_ways(story, tmp_path / "repo")

    assert {rule for rule, _ in told(report)} == {"stale-verdict"}
    assert len(report.findings) == 5


def test_a_list_that_came_back_revives_no_approval() -> None:
    story = Story()
    story.declare()
    story.draft(recipients=LIST)
    story.pass_gates()
    story.draft(recipients=LONGER)
    story.draft(recipients=LIST)

    assert states(story.report()) == {
        **dict.fromkeys(CONTENT, "passed"),
        "approval": "stale",
        "release": "stale",
    }


def test_nothing_passes_while_two_revisions_stand_side_by_side() -> None:
    story = passed()
    with story.branch() as side:
        side.draft("Other words.\n", by="tara", after=side.heads("")[:1])

    report = story.report()

    gates = report.messages[0].gates
    assert {gate.state for gate in gates} == {GateState.OPEN}
    assert {gate.rule for gate in gates} == {"forked-draft"}
    assert report.findings == ()


def test_a_verdict_carries_through_a_join_that_says_the_same_to_the_gate() -> None:
    story = passed()
    with story.branch() as side:
        side.draft(recipients=LIST, by="tara")
    story.draft(recipients=LONGER)

    joined = story.draft(recipients=LONGER)

    assert story.newest == joined
    assert states(story.report())["legal"] == "passed"
    assert states(story.report())["approval"] == "stale"


def test_a_verdict_on_one_side_of_a_join_carries_only_with_the_words_of_that_side() -> None:
    story = passed()
    with story.branch() as side:
        side.draft("Their words.\n", by="tara")
        story.draft(WORDS, severity="SEV-2")

    theirs = story.aside()
    theirs.draft("Their words.\n")
    story.draft(WORDS)

    assert states(theirs.report())["legal"] == "stale"
    assert states(story.report())["legal"] == "passed"


def test_an_ok_on_an_older_revision_given_late_counts_if_it_says_the_same() -> None:
    story = passed()
    first = story.newest
    story.draft(recipients=LIST)
    story.ok("legal", by="leo", subject=first)

    legal = story.report().messages[0].gates[2]
    assert set(legal.by) == {"lea", "leo"}


def test_a_verdict_on_something_that_it_did_not_see_counts_for_nothing() -> None:
    story = Story()
    declared = story.declare()
    revision = story.draft()
    story.ok("legal", subject=revision, after=[declared])

    assert states(story.report())["legal"] == "open"
