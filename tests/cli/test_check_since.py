"""``comms check --since`` and ``--at``: what they say, what they remember, where they give up."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from commscli.domain.ids import CommitId, IncidentId, PersonId
from commscli.domain.trust import Accepted, Ended, Trust
from commscli.ledger import pins, since
from tests.support.repos import Answer, Desk, Repo, git, remembered
from tests.support.story import INCIDENT, Story, passed, sent, without_role

OTHER = IncidentId("2026-11-23-mail-outage")


def opened(folder: Path, story: Story) -> tuple[Repo, Desk]:
    return Repo.make(folder / "repo").write(story), Desk.of(folder, story)


def checked(repo: Repo, desk: Desk, *more: str) -> Answer:
    answer = desk.comms(repo.path, "check", "--format", "json", *more)
    assert "Traceback" not in answer.errors
    return answer


def judged(repo: Repo, desk: Desk, *more: str) -> Any:
    """The document of a check that judged only what came after a commit."""
    document = checked(repo, desk, *more).json
    assert document["since"]["whole"] == "", document["since"]
    return document


def two_incidents() -> Story:
    story = sent()
    story.incident = OTHER
    story.declare()
    story.incident = INCIDENT
    return story


def test_only_what_came_after_is_judged(tmp_path: Path) -> None:
    story = two_incidents()
    base = story.tip
    story.fact("start", "09:02")
    repo, desk = opened(tmp_path, story)

    found = judged(repo, desk, "--since", base)

    assert found["outcome"] == "pass"
    assert found["since"]["commit"] == base
    assert (found["checked"]["incidents"], found["checked"]["commits"]) == (1, 1)
    assert {m["incident"] for m in found["messages"]} == {INCIDENT}
    text = desk.comms(repo.path, "check", "--since", base).output
    assert f"what came after {base[:12]} was judged, which is taken as checked" in text


def test_a_revision_by_any_name(tmp_path: Path) -> None:
    story = two_incidents()
    base = story.tip
    story.fact("start", "09:02")
    repo, desk = opened(tmp_path, story)
    repo.point(base, "theirs")
    repo.git("tag", "-a", "-m", "a tag", "v1", base)

    for name in ("HEAD~1", "theirs", "refs/heads/theirs", "v1", base[:12]):
        assert judged(repo, desk, "--since", name)["since"]["commit"] == base


def test_nothing_came_after(tmp_path: Path) -> None:
    repo, desk = opened(tmp_path, sent())

    found = judged(repo, desk, "--since", "HEAD")

    assert (found["outcome"], found["checked"]["commits"]) == ("pass", 0)


@pytest.mark.parametrize("option", ["--since", "--at"])
@pytest.mark.parametrize("revision", ["nowhere", "-x", "f" * 40, "HEAD^{tree}", "a b"])
def test_a_revision_that_is_none(tmp_path: Path, option: str, revision: str) -> None:
    repo, desk = opened(tmp_path, sent())

    answer = checked(repo, desk, f"{option}={revision}")

    assert answer.status == 2
    assert answer.json["error"]["code"] == "no-commit"
    assert revision in answer.json["error"]["text"]


@pytest.mark.parametrize("base", ["HEAD", "HEAD~1", "HEAD~2"])
def test_a_shallow_clone_is_undecided(tmp_path: Path, base: str) -> None:
    repo, desk = opened(tmp_path, sent())
    git("clone", "-q", "--depth=2", f"file://{repo.path}", "shallow", cwd=tmp_path)

    answer = checked(Repo(path=tmp_path / "shallow"), desk, "--since", base)

    assert (answer.status, answer.json["outcome"]) == (3, "undecided")
    assert "fetch-depth: 0" in answer.json["reasons"][0]


def test_without_a_pin_it_is_undecided(tmp_path: Path) -> None:
    repo, desk = opened(tmp_path, sent())
    desk.pin.unlink()

    answer = checked(repo, desk, "--since", "HEAD~1")

    assert (answer.status, answer.json["outcome"]) == (3, "undecided")
    assert "there is no pin" in answer.json["reasons"][0]


# -- the branch of a change


def beside() -> tuple[Story, Story]:
    """A trunk that went on in another incident, and a branch that left it before."""
    trunk = two_incidents()
    branch = trunk.aside()
    trunk.incident = OTHER
    trunk.fact("start", "09:30")
    branch.fact("start", "09:02")
    return trunk, branch


def test_a_branch_that_left_the_trunk_earlier(tmp_path: Path) -> None:
    trunk, branch = beside()
    repo, desk = opened(tmp_path, branch)
    repo.write(trunk, "trunk")

    found = judged(repo, desk, "--since", "trunk")

    assert (found["outcome"], found["checked"]["commits"]) == ("pass", 1)
    assert found["checked"]["incidents"] == 2, "the trunk has the other one otherwise"


def test_a_branch_without_the_answer_that_the_trunk_has(tmp_path: Path) -> None:
    """The trunk passes since the objection was withdrawn; the branch does not have that."""
    trunk = passed()
    side = trunk.aside()
    objection = side.object("legal", by="leo")
    trunk.send()
    trunk.merge(side)
    branch = trunk.aside()
    trunk.withdraw(objection, by="leo", gate="legal")
    branch.commit({"notes.md": b"nothing\n"})
    repo, desk = opened(tmp_path, branch)
    repo.write(trunk, "trunk")

    found = judged(repo, desk, "--since", "trunk")

    assert [f["rule"] for f in found["findings"]] == ["unheard-objection"]


def test_a_branch_without_a_roster_of_the_trunk_is_judged_whole(tmp_path: Path) -> None:
    trunk, branch = beside()
    trunk.change_trust(lambda trust: without_role(trust, "max"))
    repo, desk = opened(tmp_path, branch)
    repo.write(trunk, "trunk")

    answer = checked(repo, desk, "--since", "trunk")

    assert answer.json["outcome"] == "pass"
    assert "trust versions" in answer.json["since"]["whole"]
    text = desk.comms(repo.path, "check", "--since", "trunk").output
    assert "all was judged" in text


# -- another commit than HEAD


def test_another_commit_is_judged(tmp_path: Path) -> None:
    story = passed()
    good = story.tip
    story.object("legal", by="leo")
    story.send()
    repo, desk = opened(tmp_path, story)

    assert checked(repo, desk).status == 1
    answer = checked(repo, desk, "--at", good)

    assert (answer.status, answer.json["head"], answer.json["since"]) == (0, good, None)


def test_an_earlier_commit_is_no_history_that_went_back(tmp_path: Path) -> None:
    """And that it passes is not remembered: the branch stands elsewhere."""
    repo, desk = opened(tmp_path, sent())
    assert checked(repo, desk).status == 0
    tip = repo.head

    assert checked(repo, desk, "--at", "HEAD~3").status == 0
    assert checked(repo, desk, "--at", "HEAD~1", "--since", "HEAD~3").status == 0
    assert remembered(desk.home, repo) == tip


def test_what_rests_on_another_check_is_not_remembered(tmp_path: Path) -> None:
    repo, desk = opened(tmp_path, sent())

    assert judged(repo, desk, "--since", "HEAD~1")["outcome"] == "pass"
    assert remembered(desk.home, repo) is None
    assert checked(repo, desk, "--at", "main").status == 0
    assert remembered(desk.home, repo) == repo.head


def test_a_branch_that_went_back_is_noticed(tmp_path: Path) -> None:
    repo, desk = opened(tmp_path, sent())
    assert checked(repo, desk).status == 0
    repo.git("reset", "-q", "--hard", "HEAD~1")

    found = judged(repo, desk, "--since", "HEAD~2")

    errors = [f for f in found["findings"] if f["level"] == "error"]
    assert [f["rule"] for f in errors] == ["pinned-root"]
    assert "went back" in errors[0]["text"]


# -- the pin


def test_a_pinned_commit_before_and_after(tmp_path: Path) -> None:
    story = sent()
    commits = [node.id for node in story.shelf.nodes]
    repo, desk = opened(tmp_path, story)
    for commit in (commits[0], commits[-3], commits[-1]):
        pin(desk, story, commit)
        assert judged(repo, desk, "--since", commits[-3])["outcome"] == "pass"


def test_a_pinned_commit_that_is_nowhere(tmp_path: Path) -> None:
    story = sent()
    repo, desk = opened(tmp_path, story)
    pin(desk, story, "e" * 40)

    found = judged(repo, desk, "--since", "HEAD~1")

    assert [f["rule"] for f in found["findings"]] == ["pinned-root"]


def test_a_pinned_commit_far_back_is_the_checked_ones_affair(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(since, "LOOK_BACK", 3)
    story = sent()
    repo, desk = opened(tmp_path, story)
    pin(desk, story, story.shelf.nodes[0].id)

    assert judged(repo, desk, "--since", "HEAD~1")["outcome"] == "pass"


def pin(desk: Desk, story: Story, checkpoint: str) -> None:
    desk.pin.write_bytes(pins.write(replace(story.pin, checkpoint=CommitId(checkpoint))))


# -- a part of it


def test_paths_name_what_is_told(tmp_path: Path) -> None:
    story = two_incidents()
    base = story.tip
    story.object("legal", by="leo")
    story.commit({f"{story.folder}/draft.md": b"Other words.\n"})
    repo, desk = opened(tmp_path, story)

    one = checked(repo, desk, "--since", base, f"incidents/{INCIDENT}")
    other = checked(repo, desk, "--since", base, str(OTHER))
    none = checked(repo, desk, "--since", base, "incidents/nowhere")
    odd = checked(repo, desk, "--since", base, f"{INCIDENT}/messages/{story.message}", "")

    assert (one.status, [f["rule"] for f in one.json["findings"]]) == (
        1,
        ["frozen-draft", "late-objection"],
    )
    assert (other.status, other.json["findings"]) == (0, [])
    assert (none.status, odd.status) == (3, 3)
    assert "matches no incident" in none.json["reasons"][0]


# -- rosters


def ended(trust: Trust, name: str) -> Trust:
    gone = PersonId(name)
    people = {i: p for i, p in trust.people.items() if i != gone}
    over = Ended(keys=trust.ended.keys, people=trust.ended.people | {gone})
    return replace(without_role(trust, name), people=people, ended=over)


def test_somebody_left_while_an_incident_is_open(tmp_path: Path) -> None:
    """What they did before counts on: the roster's makers had it, as the tree before says."""
    story = passed()
    story.change_trust(lambda trust: ended(trust, "lea"))
    base = story.tip
    story.send()
    repo, desk = opened(tmp_path, story)

    assert judged(repo, desk, "--since", base)["findings"] == []


def test_a_roster_that_was_made_without_an_older_verdict(tmp_path: Path) -> None:
    """Made on a branch from before the verdict: the incident was sent, and is not as it was."""
    story = Story()
    story.declare()
    story.draft()
    side = story.aside()
    story.pass_gates()
    story.send()
    base = story.tip
    side.change_trust(lambda trust: without_role(trust, "rob"))
    story.merge(side)
    repo, desk = opened(tmp_path, story)

    answer = checked(repo, desk, "--since", base)

    assert "overtaken-record" in {f["rule"] for f in answer.json["findings"]}
    assert (answer.status, answer.json) == (
        1,
        {**checked(repo, desk).json, "since": answer.json["since"]},
    )


def test_a_fault_that_was_accepted_matters_only_where_it_is(tmp_path: Path) -> None:
    story = two_incidents()
    fact = story.fact("start", "09:02")
    story.commit({story.path(fact): None})
    accepted = Accepted(rule="append-only", subject=story.path(fact), why="a slip")
    story.change_trust(lambda trust: replace(trust, accepted=(accepted,)))
    base = story.tip
    repo, desk = opened(tmp_path, story)
    assert checked(repo, desk).status == 0

    story.incident = OTHER
    story.fact("start", "09:30")
    repo.write(story)
    assert judged(repo, desk, "--since", base)["outcome"] == "pass"

    story.incident = INCIDENT
    story.fact("start", "09:40")
    repo.write(story)
    answer = checked(repo, desk, "--since", base)
    assert answer.status == 0
    assert "append-only" in answer.json["since"]["whole"]
