"""Sends: twice, replayed, begun and not told of, told of and never begun."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from commscli.domain.ids import Digest, IncidentId, MessageId, PersonId
from commscli.domain.trust import Trust
from tests.attacks.staging import OTHER, Stage, in_review, to_send, two_sent
from tests.support.story import Story, person, with_role


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """Both messages were sent."""
    return Stage.of(tmp_path)


@pytest.fixture
def ready(tmp_path: Path) -> Stage:
    """The message that is attacked may be sent."""
    return Stage.of(tmp_path, to_send)


# -- twice


@pytest.mark.row(21)
@pytest.mark.parametrize("by", ["rob", "ruth"])
def test_sent_again(stage: Stage, by: str) -> None:
    stage.story.send(by=by)

    stage.fails("second-send", says=[f"{by} sent it again"])


@pytest.mark.row(21)
def test_sent_by_two_at_once(ready: Stage) -> None:
    """Neither knew of the other; a reason does not help who did not know what to repeat."""
    with ready.story.branch() as side:
        side.send(by="ruth", why="nobody answers")
        ready.story.send(by="rob", why="nobody answers")

    ready.fails("second-send")


@pytest.mark.row(21)
def test_a_repeat_that_says_why_and_passes_over_the_first(stage: Stage) -> None:
    verdicts = [p.digest for p in stage.story.of_kind("ok")]
    intent = stage.story.begin_send(why="once more", after=verdicts)
    stage.story.end_send(intent)

    stage.fails("second-send", says=["rob sent it again"])


@pytest.mark.row(21)
def test_a_repeat_while_the_first_is_on_its_way(ready: Stage) -> None:
    ready.story.begin_send()
    second = ready.story.begin_send(why="once more")
    ready.story.end_send(second)

    ready.fails("second-send", warns=["unfinished-send"])


@pytest.mark.row(21)
def test_a_deliberate_repeat_is_told_in_the_records_alone(stage: Stage) -> None:
    stage.story.send(why="the page was empty")
    stage.repo.write(stage.story)

    stage.passes()


@pytest.mark.row(21)
def test_a_repeat_whose_reason_is_a_blank(stage: Stage) -> None:
    stage.story.send(why=" ")

    stage.fails("second-send", says=["rob sent it again"])


@pytest.mark.row(21)
@pytest.mark.parametrize("what", ["send-intent", "sent"])
def test_a_send_is_replayed_for_another_message(stage: Stage, what: str) -> None:
    written = stage.story.shelf.records[stage.story.of_kind(what)[0].digest]
    path = written.path.replace(stage.story.message, "investigation-all-customers-2")
    stage.story.enter(written, key="rob", path=path)

    stage.fails("record-place", says=[f"rob's {what}"])


@pytest.mark.row(21)
def test_the_send_of_one_message_is_told_for_another(ready: Stage) -> None:
    probe = ready.story.aside()
    probe.message = OTHER
    foreign = probe.of_kind("send-intent")[0].digest
    ready.story.end_send(foreign)

    ready.fails("sent-evidence", says=["belongs to no send that was begun before it"])


# -- told, and never done; done, and never told


@pytest.mark.row(22)
def test_told_of_and_never_begun(ready: Stage) -> None:
    ready.story.end_send(Digest("e" * 64))

    ready.fails("sent-evidence", says=["rob's sent belongs to no send"])


@pytest.mark.row(22)
def test_told_of_before_it_began(ready: Stage) -> None:
    with ready.story.branch() as side:
        intent = side.begin_send()
        seen = ready.story.heads(ready.story.message)
        body = ended(side, intent)
        ready.story.record("sent", body, by="rob", after=seen)

    ready.fails("sent-evidence", says=["belongs to no send that was begun before it"])


def ended(story: Story, intent: Digest) -> Any:
    """The body of an honest ``sent``."""
    probe = story.aside()
    return probe.shelf.records[probe.end_send(intent)].record.body


@pytest.mark.row(22)
def test_told_of_twice(stage: Stage) -> None:
    intent = stage.story.of_kind("send-intent")[0].digest
    stage.story.end_send(intent, by="ruth", counts={"status": {"refused": 1}})

    stage.fails("sent-evidence", says=["ruth's sent says a second time how one send ended"])


@pytest.mark.row(22)
def test_begun_and_never_told_of(ready: Stage) -> None:
    ready.story.begin_send()

    ready.warns("unfinished-send", says=["rob began to send it and has not said that it ended"])


@pytest.mark.row(22)
@pytest.mark.parametrize("kind", ["send-intent", "sent"])
@pytest.mark.parametrize("by", ["tom", "robot"])
def test_sent_by_who_may_not_send(tmp_path: Path, kind: str, by: str) -> None:
    stage = Stage.of(tmp_path, to_send)
    stage.story.change_trust(lambda trust: with_person(trust, "robot", "service"))
    intent = stage.story.begin_send(by=by if kind == "send-intent" else "rob")
    stage.story.end_send(intent, by=by if kind == "sent" else "rob")

    if kind == "sent":
        stage.fails("record-writer", warns=["unfinished-send"], says=[f"{by} does not hold"])
    else:
        stage.fails("record-writer", "sent-evidence", says=[f"{by} does not hold"])


def with_person(trust: Trust, name: str, kind: str) -> Trust:
    return replace(trust, people={**trust.people, PersonId(name): person(name, kind=kind)})


@pytest.mark.row(22)
@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"counts": {}, "payloads": {}}, "other channels"),
        ({"payloads": {"status": "a" * 64, "post": "b" * 64}}, "other channels"),
        ({"counts": {"post": {"accepted": 1}}, "payloads": {"post": "b" * 64}}, "other channels"),
        ({"counts": {"status": {"accepted": 900}}}, "more recipients of status than the 1"),
        ({"counts": {"status": {"accepted": 1, "again": 1}}}, "more recipients of status"),
        ({"slots": {}}, "expected send.next_update, send.time"),
        ({"slots": {"send.time": "2026-11-22T10:00:00Z"}}, "expected send.next_update, send.time"),
        (
            {"slots": {"send.time": "2026-11-22T10:00:00Z",
                       "send.next_update": "2026-11-22T18:00:00Z"}},
            "another time than +30m",
        ),
    ],
)  # fmt: skip
def test_what_is_told_cannot_be_so(ready: Stage, changed: dict[str, Any], says: str) -> None:
    intent = ready.story.begin_send()
    ready.story.end_send(intent, **changed)

    ready.fails("sent-evidence", says=[says])


@pytest.mark.row(22)
def test_a_time_at_the_end_of_the_calendar(ready: Stage) -> None:
    slots = {"send.time": "9999-12-31T23:59:00Z", "send.next_update": "9999-12-31T23:59:00Z"}
    intent = ready.story.begin_send()
    ready.story.end_send(intent, slots=slots)

    ready.fails("sent-evidence", says=["another time than +30m"])


@pytest.mark.row(22)
def test_a_send_is_taken_out_of_history(stage: Stage) -> None:
    gone = [p for kind in ("sent", "send-intent") for p in stage.story.of_kind(kind)]
    paths = [stage.story.path(p.digest) for p in gone]
    stage.story.commit({name: None for path in paths for name in (path, f"{path}.sig")})

    stage.fails("append-only", says=["removed"])


@pytest.mark.row(22)
def test_a_dropped_message_is_sent(tmp_path: Path) -> None:
    """What people gave up may still leave; what counts is that it passed its gates."""
    stage = Stage.of(tmp_path, in_review)
    stage.story.drop()
    stage.story.send()

    stage.fails("open-gate")


# -- drafts side by side


def test_one_of_two_drafts_is_chosen_at_the_end(tmp_path: Path) -> None:
    stage = Stage.of(tmp_path, in_review)
    with stage.story.branch() as side:
        side.draft("Other words.\n", by="tara")
        first = stage.story.newest
        stage.story.pass_gates()
    intent = stage.story.begin_send(subject=first)
    stage.story.end_send(intent)

    stage.fails("forked-draft", says=["revision 1 was sent when it was not the newest"])


def test_an_older_revision_is_sent_although_its_words_came_back(tmp_path: Path) -> None:
    stage = Stage.of(tmp_path, to_send)
    first = stage.story.newest
    stage.story.draft("Other words.\n")
    stage.story.draft()
    intent = stage.story.begin_send(subject=first)
    stage.story.end_send(intent)

    stage.fails("forked-draft", says=["it was not the newest revision that the sender had"])


# -- drills


@pytest.mark.parametrize("drill", [True, False])
def test_what_was_passed_in_a_drill_is_sent_in_earnest(tmp_path: Path, *, drill: bool) -> None:
    """Or a send in earnest is called a drill, so that nobody looks."""
    story = Story()
    story.declare(drill=drill)
    story.draft()
    story.pass_gates()
    stage = Stage.of(tmp_path, two_sent(story))
    stage.story.drill = not drill
    stage.story.send()

    found = stage.fails("drill-mixed")
    assert len(found) == 2


def test_a_drill_whose_declaration_was_overtaken_is_sent_in_earnest(tmp_path: Path) -> None:
    stage = Stage.of(tmp_path)
    stage.story.incident, stage.story.message = IncidentId("2026-11-23-drill"), MessageId("drill-1")
    with stage.story.branch() as side:
        stage.story.change_trust(without_lead)
        side.declare(by="bea", drill=True)
    stage.story.drill = True
    stage.story.draft()
    stage.story.pass_gates()
    stage.story.drill = False
    stage.story.send()

    stage.fails("drill-mixed", warns=["overtaken-record"])


def without_lead(trust: Trust) -> Trust:
    changed = with_role(trust, "tara", "business-lead")
    roles = {r: tuple(p for p in held if p != "bea") for r, held in changed.roles.items()}
    return replace(changed, roles=roles)


def test_an_incident_that_is_declared_twice(stage: Stage) -> None:
    stage.story.declare(by="ian")

    stage.fails("second-declaration", says=["is declared 2 times"])


def test_an_incident_that_nobody_declared(stage: Stage) -> None:
    stage.story.incident = IncidentId("2026-11-23-another")
    stage.story.draft(after=[])

    stage.fails("second-declaration", "missing-past", says=["was never declared"])
