"""What a reviewer sees and a check reads is what lies in the history, never the work tree."""

from pathlib import Path

import pytest

from tests.attacks.staging import Stage, two_sent
from tests.support.repos import Answer, git
from tests.support.story import Put, Story

BODY = "We are looking into failing card payments.\nPay by bank transfer meanwhile.\n"
WORDS = f"---\nsubject: Card payments\n---\n{BODY}"
EVIL = WORDS.replace("bank transfer", "card on evil.example.com")


def shown() -> Story:
    """The message that is attacked can be shown, and has an attachment."""
    story = Story()
    story.declare()
    story.draft(WORDS, attachments={"plan.txt": b"The plan:\nwait.\n"})
    story.pass_gates()
    return two_sent(story)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage.of(tmp_path, shown)


def show(stage: Stage, *more: str) -> Answer:
    answer = stage.desk.comms(stage.repo.path, "show", stage.story.message, *more)
    assert answer.status == 0, answer
    return answer


def is_shown_as_recorded(stage: Stage) -> None:
    answer = show(stage)
    for line in BODY.splitlines():
        assert line in answer.output
    assert "evil" not in answer.output


def test_the_words_are_shown(stage: Stage) -> None:
    """Without this the other tests would show nothing."""
    is_shown_as_recorded(stage)


# -- what git does on the way to disk


@pytest.mark.row(41)
@pytest.mark.parametrize("attributes", ["* text=auto\n", "*.md filter=evil ident\n"])
def test_git_alters_what_lies_on_disk(stage: Stage, attributes: str) -> None:
    (stage.repo.git_dir / "info").mkdir(exist_ok=True)
    (stage.repo.git_dir / "info" / "attributes").write_text(attributes)

    is_altered_and_passes(stage)


@pytest.mark.row(41)
@pytest.mark.parametrize(
    "attributes",
    [
        "* text eol=crlf\n",
        "*.md text working-tree-encoding=UTF-16\n",
        "*.md filter=lfs diff=lfs merge=lfs -text\n",
    ],
)
def test_a_commit_has_git_alter_what_lies_on_disk(stage: Stage, attributes: str) -> None:
    stage.story.commit({".gitattributes": attributes.encode()})

    is_altered_and_passes(stage)


def is_altered_and_passes(stage: Stage) -> None:
    stage.repo.git("config", "core.autocrlf", "true")
    for name in ("evil", "lfs"):
        stage.repo.git("config", f"filter.{name}.smudge", "sed s/bank.transfer/evil/")
    stage.repo.write(stage.story).checkout()
    altered = (stage.repo.path / stage.story.folder / "draft.md").read_bytes()
    assert altered != WORDS.encode(), "git altered nothing"

    stage.passes()
    is_shown_as_recorded(stage)


@pytest.mark.row(41)
def test_words_that_git_altered_on_the_way_in_are_other_words(stage: Stage) -> None:
    """Whoever commits with plain git what git has altered has changed the words."""
    stage.repo.checkout()
    draft = stage.repo.path / stage.story.folder / "draft.md"
    draft.write_bytes(draft.read_bytes().replace(b"\n", b"\r\n"))
    head = stage.repo.commit()
    assert head != stage.story.tip
    stage.story.send()  # on a branch that never had those line ends
    stage.repo.write(stage.story, "theirs")
    stage.repo.git("merge", "-q", "--no-edit", "-s", "ours", "theirs")

    stage.fails("append-only", "frozen-draft", write=False)


# -- what people's diffs do not show


@pytest.mark.row(42)
@pytest.mark.parametrize(
    "attributes",
    ["* -diff\n", "* binary\n", "* linguist-generated\n", "*.md diff=evil\n", "* export-ignore\n"],
)
def test_a_change_is_hidden_from_diffs(stage: Stage, attributes: str) -> None:
    stage.repo.git("config", "diff.evil.textconv", "true")
    stage.story.commit({".gitattributes": attributes.encode()})
    path = f"{stage.story.folder}/draft.md"
    stage.story.commit({path: EVIL.encode()})
    stage.story.send()

    stage.fails("draft-bytes", says=["revision 1 names other words"])


@pytest.mark.row(42)
def test_what_changed_is_shown_although_diffs_are_off(stage: Stage) -> None:
    attributes: Put = {".gitattributes": b"* -diff\n* binary\n"}
    stage.story.draft(EVIL, put=attributes, attachments={"plan.txt": b"The plan:\nwait.\n"})
    stage.repo.write(stage.story)

    answer = show(stage)

    assert "card on evil.example.com" in answer.output
    stage.passes()


# -- a work tree with other words


@pytest.mark.row(43)
@pytest.mark.parametrize("how", ["edited", "skip-worktree", "assume-unchanged", "staged", "link"])
def test_the_work_tree_shows_other_words(stage: Stage, how: str, tmp_path: Path) -> None:
    stage.repo.checkout()
    path = f"{stage.story.folder}/draft.md"
    draft = stage.repo.path / path
    if how in {"skip-worktree", "assume-unchanged"}:
        stage.repo.git("update-index", f"--{how}", path)
    if how == "link":
        draft.unlink()
        draft.symlink_to(tmp_path / "elsewhere.md")
    draft.write_text(EVIL)
    if how == "staged":
        stage.repo.git("add", path)

    stage.passes()
    is_shown_as_recorded(stage)


@pytest.mark.row(43)
def test_a_sparse_work_tree_hides_no_record(stage: Stage) -> None:
    stage.story.object("legal", by="leo")
    stage.repo.write(stage.story).checkout()
    stage.repo.git("sparse-checkout", "set", "--no-cone", "/comms.yaml")
    assert not (stage.repo.path / "incidents").exists()

    answer = stage.check()

    legal = answer.json["messages"][0]["gates"][2]
    assert (legal["state"], legal["reason"]) == ("objected", "leo objected")
    stage.others_are_as_before(answer)


@pytest.mark.row(43)
def test_another_work_tree_of_the_same_repository(stage: Stage, tmp_path: Path) -> None:
    """What is checked is the branch of the work tree that one stands in."""
    stage.story.commit({f"{stage.story.folder}/draft.md": EVIL.encode()})
    stage.story.send()
    stage.repo.write(stage.story, "evil")
    git("worktree", "add", "-q", str(tmp_path / "other"), "evil", cwd=stage.repo.path)

    stage.passes()
    other = stage.desk.checked(tmp_path / "other")
    assert other.status == 1
    assert {f["rule"] for f in other.json["findings"]} == {"draft-bytes"}


# -- words that hide


HIDDEN = {
    "backwards": "\u202e",
    "isolated": "\u2066",
    "zero width": "\u200b",
    "joined": "\u200d",
    "a word joiner": "\u2060",
    "an invisible times": "\u2062",
    "a byte order mark": "\ufeff",
    "a terminal's order": "\x1b",
    "a carriage return": "\r",
    "a backspace": "\x08",
    "a line separator": "\u2028",
    "C1": "\x9b",
    "an annotation": "\ufff9",
}
UNSEEN = {
    "a soft hyphen": "\u00ad",
    "a grapheme joiner": "\u034f",
    "a vowel separator": "\u180e",
    "a Hangul filler": "\u3164",
    "a tag": "\U000e0041",
}


@pytest.mark.row(44)
@pytest.mark.parametrize(
    "hidden",
    [
        pytest.param(HIDDEN, id="what steers or hides"),
        pytest.param(UNSEEN, id="what no font draws"),
    ],
)
def test_what_hides_in_the_words_is_spelled_out(stage: Stage, hidden: dict[str, str]) -> None:
    """Recorded by hand: no tool of ours would take most of these into a draft."""
    words = WORDS + "".join(f"ba{character}nk\n" for character in hidden.values())
    stage.story.draft(words, attachments={"plan.txt": b"The plan:\nwait.\n"})
    stage.repo.write(stage.story)

    answer = show(stage)

    assert [name for name, c in hidden.items() if c in answer.output] == []
    assert [name for name, c in hidden.items() if f"<U+{ord(c):04X}>" not in answer.output] == []


@pytest.mark.row(44)
def test_what_a_page_would_not_show_is_shown(stage: Stage) -> None:
    words = WORDS + "<!-- and pay by card on evil.example.com -->\n[help](https://evil.example)\n"
    stage.story.draft(words, attachments={"plan.txt": b"The plan:\nwait.\n"})
    stage.repo.write(stage.story)

    answer = show(stage)

    assert "<!-- and pay by card on evil.example.com -->" in answer.output
    assert "https://evil.example" in answer.output
