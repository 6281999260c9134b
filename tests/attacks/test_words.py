"""Words, lists and attachments exchanged after somebody approved them."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from commscli.domain.ids import Digest
from commscli.domain.records import SendIntent
from commscli.ledger import record_files
from commscli.ledger.line_grammar import GrammarFault
from commscli.ledger.record_files import digest_of
from tests.attacks.staging import Stage, declared, in_review, to_send, two_sent
from tests.support.story import WORDS, File, Story, sent, sign

PLAN = {"plan.pdf": b"%PDF the plan\n"}
LIST: dict[str, object] = {"digest": "1" * 64, "count": 2}
OTHER_LIST: dict[str, object] = {"digest": "2" * 64, "count": 2}
GATES = ("accuracy", "messaging", "legal", "approval", "release")
OF_RECIPIENTS = ("approval", "release")
EVIL = "Pay by card on evil.example.com.\n"


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage.of(tmp_path)


def with_a_plan() -> Story:
    """Passed, with an attachment and a list; and the other message."""
    story = Story()
    story.declare()
    story.draft(attachments=PLAN, recipients=LIST)
    story.pass_gates()
    return two_sent(story)


def stale(stage: Stage, *gates: str) -> None:
    """It was sent on verdicts about something else, in just these gates."""
    found = stage.fails("stale-verdict")
    assert [f["text"].partition("the gate ")[2].split()[0] for f in found] == [*gates]


# -- words


@pytest.mark.row(1)
def test_edit_after_approval_and_send(tmp_path: Path) -> None:
    stage = Stage.of(tmp_path, to_send)
    stage.story.commit({f"{stage.story.folder}/draft.md": EVIL.encode()})
    stage.story.send()

    stage.fails("draft-bytes", says=["revision 1 names other words"])


@pytest.mark.row(1)
def test_edit_after_approval_and_record_it(tmp_path: Path) -> None:
    stage = Stage.of(tmp_path, to_send)
    stage.story.draft(EVIL)
    stage.story.send()

    stale(stage, *GATES)


@pytest.mark.row(1)
def test_words_and_records_in_a_repository_of_the_longer_names(tmp_path: Path) -> None:
    """SHA-256 for git's objects as well: the same attacks have the same answers."""
    stage = Stage.of(tmp_path, two_sent(sent(object_format="sha256")))
    path = stage.story.path(stage.story.newest)
    stage.story.commit({f"{stage.story.folder}/draft.md": EVIL.encode(), path: b"x\n"})

    stage.fails("frozen-draft", "append-only")


@pytest.mark.row(1)
def test_a_comma_after_the_send(stage: Stage) -> None:
    stage.story.commit({f"{stage.story.folder}/draft.md": WORDS.replace("We", "We,").encode()})

    stage.fails("frozen-draft", says=["lea (legal)", "ian (release)"])


@pytest.mark.row(1)
def test_the_draft_taken_away_after_the_send(stage: Stage) -> None:
    stage.story.commit({f"{stage.story.folder}/draft.md": None})

    stage.fails("frozen-draft", says=["removed"])


@pytest.mark.row(1)
@pytest.mark.parametrize("mode", ["100755", "120000"])
def test_the_sent_words_become_something_else_than_a_file(stage: Stage, mode: str) -> None:
    stage.story.commit({f"{stage.story.folder}/draft.md": File(WORDS.encode(), mode)})

    stage.fails("frozen-draft", says=["changed"])


@pytest.mark.row(1)
def test_the_sent_words_become_a_folder(stage: Stage) -> None:
    path = f"{stage.story.folder}/draft.md"
    stage.story.commit({path: None, f"{path}/index.md": WORDS.encode()})

    stage.fails("frozen-draft")


@pytest.mark.row(1)
def test_the_words_changed_by_the_merge_itself(stage: Stage) -> None:
    side = stage.story.aside()
    side.commit({"notes.md": b"nothing\n"})
    stage.story.merge(side, put={f"{stage.story.folder}/draft.md": b"Other words.\n"})

    stage.fails("frozen-draft", says=["changed"])


@pytest.mark.row(1)
def test_words_changed_on_a_side_branch_and_merged_over_what_was_sent(tmp_path: Path) -> None:
    stage = Stage.of(tmp_path, to_send)
    side = stage.story.aside()
    side.commit({f"{stage.story.folder}/draft.md": EVIL.encode()})
    stage.story.send()
    path = f"{stage.story.folder}/draft.md"
    stage.story.merge(side, put={path: side.tree[path]})

    stage.fails("frozen-draft", says=["changed"])


@pytest.mark.row(1)
@pytest.mark.parametrize(
    "changed",
    [
        {"audience": "strategic-customers"},
        {"phase": "monitoring"},
        {"next_update": "+4h"},
        {"next_update": ""},
        {"channels": {"status": {"adapter": "file", "page": "status.example.org"}}},
        {"channels": {"post": {"adapter": "file", "page": "status.example.com"}}},
    ],
)
def test_the_same_words_to_somebody_else_or_elsewhere(
    tmp_path: Path, changed: dict[str, Any]
) -> None:
    stage = Stage.of(tmp_path, to_send)
    stage.story.draft(**changed)
    intent = stage.story.begin_send()
    channels = changed.get("channels", {"status": {}})
    more: dict[str, Any] = {}
    if "next_update" in changed:
        more["slots"] = slots_of(changed)
    stage.story.end_send(
        intent,
        counts={name: {"accepted": 1} for name in channels},
        payloads=dict.fromkeys(channels, "e" * 64),
        **more,
    )

    stale(stage, *GATES)


def slots_of(changed: dict[str, Any]) -> dict[str, str]:
    sent = {"send.time": "2026-11-22T10:00:00Z"}
    return sent | ({"send.next_update": "2026-11-22T14:00:00Z"} if changed["next_update"] else {})


@pytest.mark.row(1, 27)
def test_the_approved_words_go_away_and_come_back(tmp_path: Path) -> None:
    stage = Stage.of(tmp_path, to_send)
    stage.story.draft(EVIL)
    stage.story.draft()
    stage.story.send()

    stale(stage, *GATES)


@pytest.mark.row(27)
def test_the_verdicts_themselves_cannot_be_given_again(tmp_path: Path) -> None:
    """A record is its bytes: the same verdict in a later commit is the one that was there."""
    stage = Stage.of(tmp_path, to_send)
    old = [stage.story.shelf.records[p.digest] for p in stage.story.of_kind("ok")]
    stage.story.draft(EVIL)
    stage.story.draft()
    for written in old:
        stage.story.commit({f"notes/{written.digest}.yaml": written.data})
    stage.story.send()

    stale(stage, *GATES)


@pytest.mark.row(27)
def test_a_list_goes_away_and_comes_back(tmp_path: Path) -> None:
    stage = Stage.of(tmp_path, with_a_plan)
    stage.story.draft(attachments=PLAN, recipients=OTHER_LIST)
    stage.story.draft(attachments=PLAN, recipients=LIST)
    stage.story.send()

    stale(stage, *OF_RECIPIENTS)


# -- recipients


@pytest.mark.row(2)
@pytest.mark.parametrize(
    "recipients",
    [OTHER_LIST, {**LIST, "count": 3}, {"digest": "", "count": 0}],
    ids=["another", "longer", "everybody"],
)
def test_another_list_after_approval(tmp_path: Path, recipients: dict[str, object]) -> None:
    stage = Stage.of(tmp_path, with_a_plan)
    stage.story.draft(attachments=PLAN, recipients=recipients)
    stage.story.send()

    stale(stage, *OF_RECIPIENTS)


@pytest.mark.row(2)
@pytest.mark.parametrize("recipients", [{"digest": "1" * 64, "count": 0}, {"digest": ""}])
def test_a_list_that_does_not_say_how_long_it_is(
    tmp_path: Path, recipients: dict[str, object]
) -> None:
    stage = Stage.of(tmp_path, in_review)
    written = stage.story.shelf.records[stage.story.newest]
    said = str(recipients).replace("'", '"').encode()
    data = written.data.replace(b'{"digest": "", "count": 0}', said)
    digest = digest_of(data)
    path = written.path.replace(written.digest[:8], digest[:8])
    stage.story.enter(replaced(stage, data, digest, path), key="tom")

    stage.fails("record-grammar", says=["recipients is"])


def replaced(stage: Stage, data: bytes, digest: Digest, path: str) -> Any:
    written = stage.story.shelf.records[stage.story.newest]
    return replace(written, data=data, digest=digest, path=path)


@pytest.mark.row(2)
def test_more_people_got_it_than_were_approved(tmp_path: Path) -> None:
    stage = Stage.of(tmp_path, with_a_plan)
    intent = stage.story.begin_send()
    stage.story.end_send(intent, counts={"status": {"accepted": 2, "refused": 1}})

    stage.fails("sent-evidence", says=["more recipients of status than the 2"])


# -- templates


@pytest.mark.row(3)
@pytest.mark.parametrize(
    "template",
    [
        [["all-customers", "e" * 64]],
        [["another", "d" * 64]],
        [["all-customers", "d" * 64], ["footer", "f" * 64]],
        [],
    ],
    ids=["its text", "its name", "what it includes", "none"],
)
def test_another_template_after_approval(tmp_path: Path, template: list[list[str]]) -> None:
    stage = Stage.of(tmp_path, to_send)
    stage.story.draft(template=template)
    stage.story.send()

    stale(stage, *GATES)


# -- attachments


@pytest.mark.row(4)
def test_an_attachment_put_beside_after_the_send(stage: Stage) -> None:
    stage.story.commit({f"{stage.story.folder}/attachments/more.pdf": b"more\n"})

    stage.fails("frozen-draft", says=["the attachment more.pdf was added"])


@pytest.mark.row(4)
@pytest.mark.parametrize("content", [b"%PDF another plan\n", None, File(b"/etc/passwd", "120000")])
def test_an_attachment_exchanged_after_the_send(tmp_path: Path, content: File | bytes) -> None:
    stage = Stage.of(tmp_path, with_a_plan)
    stage.story.send()
    stage.story.commit({f"{stage.story.folder}/attachments/plan.pdf": content})

    stage.fails("frozen-draft", says=["the attachment plan.pdf"])


@pytest.mark.row(4)
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plan.pdf", b"%PDF another plan\n"),
        ("plan.pdf", None),
        ("more.pdf", b"more\n"),
        ("plan.pdf", File(b"%PDF the plan\n", "120000")),
        ("more/hidden.pdf", b"hidden\n"),
    ],
    ids=["exchanged", "gone", "one more", "a link", "a folder"],
)
def test_other_attachments_when_it_is_sent(
    tmp_path: Path, name: str, content: File | bytes | None
) -> None:
    stage = Stage.of(tmp_path, with_a_plan)
    stage.story.commit({f"{stage.story.folder}/attachments/{name}": content})
    stage.story.send()

    stage.fails("draft-bytes", says=["other words or attachments"])


@pytest.mark.row(4)
@pytest.mark.parametrize(
    "attachments",
    [{"plan.pdf": b"%PDF another plan\n"}, {"another.pdf": PLAN["plan.pdf"]}, {}],
    ids=["content", "name", "none"],
)
def test_another_attachment_recorded_after_approval(
    tmp_path: Path, attachments: dict[str, bytes]
) -> None:
    stage = Stage.of(tmp_path, with_a_plan)
    gone = {f"{stage.story.folder}/attachments/{name}": None for name in {*PLAN} - {*attachments}}
    stage.story.draft(attachments=attachments, recipients=LIST, put=gone)
    stage.story.send()

    stale(stage, *GATES)


@pytest.mark.row(4)
def test_the_attachments_lie_behind_a_link(tmp_path: Path) -> None:
    stage = Stage.of(tmp_path, to_send)
    folder = File(b"../../../../elsewhere", "120000")
    stage.story.commit({f"{stage.story.folder}/attachments": folder})
    stage.story.send()

    stage.fails("stray-file", says=["attachments has mode 120000"])


@pytest.mark.row(4)
@pytest.mark.parametrize("mode", ["120000", "100755", "160000"])
def test_a_draft_that_is_no_plain_file(tmp_path: Path, mode: str) -> None:
    stage = Stage.of(tmp_path, to_send)
    data = b"a" * 40 if mode == "160000" else WORDS.encode()
    path = f"{stage.story.folder}/draft.md"
    stage.story.draft(put={path: File(data, mode)})

    stage.fails("draft-bytes")


@pytest.mark.row(4, 38)
@pytest.mark.parametrize("name", ["more\n.pdf", "more\r.pdf", "more\u2028.pdf"])
def test_an_attachment_with_a_line_feed_in_its_name_is_added_after_the_send(
    stage: Stage, name: str
) -> None:
    stage.story.commit({f"{stage.story.folder}/attachments/{name}": b"evil\n"})

    found = stage.fails("frozen-draft")
    assert found[0]["message"] == stage.story.message


@pytest.mark.row(4, 38)
def test_an_attachment_with_a_line_feed_in_its_name_is_no_attachment(tmp_path: Path) -> None:
    stage = Stage.of(tmp_path, declared)
    with pytest.raises(GrammarFault, match="attachments"):
        stage.story.draft(attachments={"terms\n.pdf": b"terms"})


# -- names


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


# -- one commit that says several things


@pytest.mark.row(1)
def test_a_squash_that_leaves_other_words_beside_the_send(tmp_path: Path) -> None:
    """All that was passed and sent, in one commit, with words of a revision nobody judged."""
    stage = Stage.of(tmp_path, declared)
    side = stage.story.aside()
    first = side.draft()
    side.pass_gates()
    side.send()
    side.draft(EVIL, after=[first])
    stage.story.commit(dict(side.tree), by="tom")

    stage.fails("draft-bytes", warns=["commit-signature-lost"])


@pytest.mark.row(1)
def test_other_words_recorded_in_the_very_commit_that_begins_the_send(tmp_path: Path) -> None:
    """Whoever drafts and sends can leave other words behind as those that were sent."""
    stage = Stage.of(tmp_path, to_send)
    side, first = stage.story.aside(), stage.story.newest
    side.draft(EVIL, after=[first])
    intent = side.begin_send(subject=first, after=stage.story.heads(stage.story.message))
    stage.story.commit(dict(side.tree), by="rob")
    stage.story.end_send(intent)

    stage.fails("draft-bytes", warns=["commit-signature-lost"])


@pytest.mark.row(1)
@pytest.mark.parametrize("signed", [True, False])
def test_a_false_send_does_not_freeze_words(tmp_path: Path, *, signed: bool) -> None:
    """Somebody who may not send puts a file there that is called like a send, to stop the rest."""
    stage = Stage.of(tmp_path, in_review)
    story = stage.story
    body = SendIntent(subject=story.newest, plan=digest_of(b"plan"), why="", offline=False)
    made = story.written("send-intent", body, "max")
    files = {made.path: made.data}
    if signed:
        files[f"{made.path}.sig"] = sign("max", made.data, record_files.NAMESPACE)
    story.commit(files, by="max")
    story.draft("Other words.\n", after=story.heads(story.message))

    stage.fails("record-writer" if signed else "record-signature", says=["max"])
