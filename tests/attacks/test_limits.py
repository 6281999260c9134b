"""Too large, too many, too deep: an answer all the same, and never a pass by exhaustion."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from commscli.domain.ids import Digest, IncidentId
from commscli.domain.records import Fact, Reasoned
from commscli.domain.trust import Accepted
from commscli.ledger import record_files
from tests.attacks.staging import Stage, in_review
from tests.support.story import File, Story, sign

BOMB = b"\0" * (65 << 20)
"""65 MiB that are 64 KiB on disk."""


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage.of(tmp_path, in_review)


def _words(story: Story) -> None:
    story.draft(put={f"{story.folder}/draft.md": BOMB})


def _attachment(story: Story) -> None:
    story.draft(put={f"{story.folder}/attachments/bomb.bin": BOMB})


def _record(story: Story) -> None:
    story.commit({f"{story.folder}/records/20261122T100000Z-ok-00000000.yaml": BOMB})


def _roster(story: Story) -> None:
    story.commit({"trust/0002.yaml": BOMB})


@pytest.mark.row(45)
@pytest.mark.parametrize("bomb", [_words, _attachment, _record, _roster])
def test_a_bomb_where_it_has_to_be_read(stage: Stage, bomb: Callable[[Story], None]) -> None:
    bomb(stage.story)
    stage.repo.write(stage.story)

    stage.is_undecided("68157440 bytes, more than any message has")


@pytest.mark.row(45)
def test_a_record_longer_than_any(stage: Stage) -> None:
    path = f"{stage.story.folder}/records/20261122T100000Z-ok-00000000.yaml"
    stage.story.commit({path: b'text: "' + b"a" * (1 << 20) + b'"\n'})

    stage.fails("record-grammar", says=["expected at most 65536"])


@pytest.mark.row(45)
def test_a_signature_longer_than_any(stage: Stage) -> None:
    probe = stage.story.aside()
    path = probe.path(probe.ok("legal"))
    armored = probe.tree[f"{path}.sig"].data
    longer = armored.replace(b"\n", b"\n" + b"A" * (1 << 20) + b"\n", 1)
    stage.story.commit({path: probe.tree[path], f"{path}.sig": longer}, by="lea")

    stage.fails("record-signature", says=["longer than 16384 bytes"])


@pytest.mark.row(45)
def test_very_many_files_among_the_records(stage: Stage) -> None:
    folder = f"{stage.story.folder}/records"
    stage.story.commit({f"{folder}/{n:05}": b"x\n" for n in range(3000)})

    assert len(stage.fails("stray-file")) == 3000


@pytest.mark.row(45)
def test_very_many_links_in_one_past(stage: Stage) -> None:
    """A past as long as a record can hold, of which nothing is there."""
    past = sorted(f"{n:064x}" for n in range(900))
    stage.story.ok("legal", after=past)

    stage.fails("missing-past")


def a_flood_of_records(story: Story) -> None:
    """Well formed and signed, by nobody that anybody knows."""
    files: dict[str, File | bytes | None] = {}
    for number in range(150):
        body = Reasoned(why=str(number))
        made = story.written("hold", body, "lea", after=[Digest(f"{number:064x}")])
        files[made.path] = made.data
        files[f"{made.path}.sig"] = sign("mallory", made.data, record_files.NAMESPACE)
    story.commit(files)


def a_flood_of_incidents(story: Story) -> None:
    files: dict[str, File | bytes | None] = {}
    for number in range(150):
        body = Fact(key="start", value="09:14")
        made = story.written("fact", body, "tom", message="", after=[])
        record = replace(made.record, incident=IncidentId(f"made-up-{number}"))
        written = record_files.write(record)
        files[written.path] = written.data
        files[f"{written.path}.sig"] = sign("tom", written.data, record_files.NAMESPACE)
    story.commit(files, by="tom")


@pytest.mark.row(45)
@pytest.mark.parametrize("flood", [a_flood_of_records, a_flood_of_incidents])
def test_a_flood_in_one_commit_is_accepted_by_that_commit(
    stage: Stage, flood: Callable[[Story], None]
) -> None:
    """One by one, the acceptances would not fit into a roster."""
    story = stage.story
    flood(story)
    commit = story.tip
    found = [f for f in story.report().findings if f.level.value == "error"]
    assert len(found) >= 150
    assert {f.commit for f in found} == {commit}

    accepted = tuple(
        Accepted(rule=rule, subject=commit, why="somebody who is gone")
        for rule in sorted({f.rule for f in found})
    )
    story.change_trust(lambda trust: replace(trust, accepted=accepted))
    stage.repo.write(story)

    answer = stage.check()
    assert answer.json["outcome"] == "pass"
    assert {f["level"] for f in answer.json["findings"]} == {"accepted"}


@pytest.mark.row(45)
@pytest.mark.parametrize("drill", [True, False])
def test_a_declaration_from_before_all_others(tmp_path: Path, *, drill: bool) -> None:
    """Whoever may declare puts one before the first. What came after that was no drill."""
    stage = Stage.of(tmp_path)
    declared = next(p for p in stage.story.placed("") if p.record.kind == "declared").record.body
    stage.story.record(
        "declared", declared, by="tom", message="", drill=drill, at="2000-01-01T00:00:00Z", after=[]
    )

    assert len(stage.fails("second-declaration")) == 1
