"""Words, lists and attachments exchanged after somebody approved them."""

from pathlib import Path

import pytest

from commscli.ledger.record_files import digest_of
from tests.attacks.staging import Stage, two_sent
from tests.support.story import WORDS, File, Story, passed

FILES = {"plan.pdf": b"%PDF the plan\n"}


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage.of(tmp_path)


def test_edit_after_approval_and_send(tmp_path: Path) -> None:
    stage = Stage.of(tmp_path, two_sent_but_one())
    stage.story.commit({f"{stage.story.folder}/draft.md": b"Pay by card on evil.example.com.\n"})
    stage.story.send()

    stage.fails("draft-bytes", says=["revision 1 names other words"])


def two_sent_but_one() -> Story:
    return two_sent(passed())


def test_edit_after_approval_and_record_it(tmp_path: Path) -> None:
    stage = Stage.of(tmp_path, two_sent_but_one())
    stage.story.draft("Pay by card on evil.example.com.\n")
    stage.story.send()

    found = stage.fails("stale-verdict")
    assert len(found) == 5


def test_a_comma_after_the_send(stage: Stage) -> None:
    stage.story.commit({f"{stage.story.folder}/draft.md": WORDS.replace("We", "We,").encode()})

    stage.fails("frozen-draft", says=["lea (legal)", "ian (release)"])


def test_the_draft_taken_away_after_the_send(stage: Stage) -> None:
    stage.story.commit({f"{stage.story.folder}/draft.md": None})

    stage.fails("frozen-draft", says=["removed"])


def test_an_attachment_put_beside_after_the_send(stage: Stage) -> None:
    stage.story.commit({f"{stage.story.folder}/attachments/more.pdf": b"more\n"})

    stage.fails("frozen-draft", says=["added"])


def test_the_words_changed_by_the_merge_itself(stage: Stage) -> None:
    side = stage.story.aside()
    side.commit({"notes.md": b"nothing\n"})
    stage.story.merge(side, put={f"{stage.story.folder}/draft.md": b"Other words.\n"})

    stage.fails("frozen-draft", says=["changed"])


def test_an_attachment_exchanged_before_the_send(tmp_path: Path) -> None:
    story = Story()
    story.declare()
    story.draft(attachments=FILES)
    story.pass_gates()
    stage = Stage.of(tmp_path, two_sent(story))
    story.commit({f"{story.folder}/attachments/plan.pdf": b"%PDF another plan\n"})
    story.send()

    stage.fails("draft-bytes", says=["other words or attachments"])


@pytest.mark.parametrize("mode", ["120000", "100755", "160000"])
def test_a_draft_that_is_no_plain_file(tmp_path: Path, mode: str) -> None:
    stage = Stage.of(tmp_path, two_sent_but_one())
    data = b"a" * 40 if mode == "160000" else WORDS.encode()
    path = f"{stage.story.folder}/draft.md"
    stage.story.draft(put={path: File(data, mode)})

    stage.fails("draft-bytes")


def test_a_folder_among_the_attachments(tmp_path: Path) -> None:
    stage = Stage.of(tmp_path, two_sent_but_one())
    path = f"{stage.story.folder}/attachments/more/hidden.pdf"
    stage.story.draft(put={path: b"hidden\n"})

    stage.fails("draft-bytes")


def test_messages_that_are_called_like_folders(stage: Stage) -> None:
    """The words of a message called ``attachments`` are words, not an attachment."""
    words = digest_of(b"words\n")
    for message in ("attachments", "records", "messages", "draft"):
        stage.story.message = message  # type: ignore[assignment]  # ids are strings
        stage.story.draft("words\n")
        assert stage.story.of_kind("drafted")[0].record.body.draft == words  # type: ignore[union-attr]  # a revision
    stage.repo.write(stage.story)

    stage.passes()


def test_an_incident_that_is_called_like_a_folder(stage: Stage) -> None:
    stage.story.incident = "attachments"  # type: ignore[assignment]  # ids are strings
    stage.story.declare()
    stage.story.draft("words\n")
    stage.repo.write(stage.story)

    stage.passes()
