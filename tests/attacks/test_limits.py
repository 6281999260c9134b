"""Too large, too many, too deep: an answer all the same, and never a pass by exhaustion."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.attacks.staging import Stage, in_review
from tests.support.story import Story

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
