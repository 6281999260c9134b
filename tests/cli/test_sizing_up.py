"""The questions of the playbook: asked before a word is written, answered for the reviewers."""

from tests.support.cast import Cast, Clone
from tests.support.dialogue import talk

pytest_plugins = ["tests.support.cast_fixtures"]
STRATEGIC = "investigation-strategic-customers-1"


def file_of(clone: Clone, message: str = STRATEGIC) -> str:
    folder = f"incidents/2026-11-22-checkout-outage/messages/{message}"
    return clone.git("show", f"HEAD:{folder}/size-up.md")


def test_the_questions_are_listed_and_nothing_is_drafted(full: Cast) -> None:
    full.declare()
    ran = full.ana.done("draft", "--questions")
    assert "strategic-customers\n  1. What can this reader's customers not do" in ran.out
    assert full.ana.done("check", "--json").json["checked"]["messages"] == 0


def test_every_answer_is_a_flag_and_reviewers_see_it(full: Cast) -> None:
    full.declare()
    full.ana.done("draft", "strategic", "customers", "--answer", "strategic:1=they cannot sell",
                  "--answer", "all-customers:2=within the hour")  # fmt: skip
    assert file_of(full.ana) == (
        "## What can this reader's customers not do at the moment?\n\nthey cannot sell\n"
    )
    full.lea.done("sync")
    shown = full.lea.done("show", STRATEGIC)
    assert "size-up: What can this reader's customers not do at the moment? they cannot sell" in (
        " ".join(shown.out.split())
    )
    assert full.lea.done("show", STRATEGIC, "--json").json["size_up"] == [
        {"question": "What can this reader's customers not do at the moment?",
         "answer": "they cannot sell"},
    ]  # fmt: skip
    assert full.lea.done("check").code == 0


def test_with_one_audience_the_number_is_enough(full: Cast) -> None:
    full.declare()
    full.ana.done("draft", "strategic", "--answer", "3=Kim has the time")
    assert "Kim has the time" in file_of(full.ana)


def test_an_answer_to_no_question_drafts_nothing(full: Cast) -> None:
    full.declare()
    for answer in ("9=x", "0=x", "x", "nobody:1=x", "=x", "1=\u202etxt"):
        ran = full.ana("draft", "strategic", "--answer", answer)
        assert ran.code == 2, answer
    several = full.ana("draft", "--answer", "1=x")
    assert (several.code, "with several audiences" in several.err) == (2, True)
    assert full.ana.done("check", "--json").json["checked"]["messages"] == 0


def test_an_answer_is_sent_to_nobody(full: Cast) -> None:
    full.declare()
    (message,) = full.ana.done("draft", "customers", "--answer", "1=a secret of ours").ids
    full.passed(message, "accuracy", "messaging", "legal", "approval", "release")
    full.ana.done("send", message)
    for file in (full.ana.folder / "outbox").rglob("*"):
        assert not file.is_file() or b"a secret of ours" not in file.read_bytes()


def test_a_heading_in_an_answer_stays_part_of_it_as_a_line(full: Cast) -> None:
    full.declare()
    full.ana.done("draft", "strategic", "--answer", "1=## hm")
    (seen,) = full.ana.done("show", STRATEGIC, "--json").json["size_up"]
    assert seen["answer"] == "## hm"


def test_on_a_terminal_each_is_asked_and_may_be_left_out(full: Cast) -> None:
    full.declare()
    ana = full.ana
    said = talk(
        "draft", "strategic", cwd=ana.folder, environ=ana.environ(),
        lines=[("customers not do", "they cannot sell\n"), ("for their business", "\n"),
               ("has that person the time", "Kim has\n")],
    )  # fmt: skip
    assert (said.code, "Size it up" in said.screen) == (0, True)
    assert file_of(ana) == (
        "## What can this reader's customers not do at the moment?\n\nthey cannot sell\n\n"
        "## Who answers them, and has that person the time?\n\nKim has\n"
    )
    rest = talk(
        "draft", "customers", cwd=ana.folder, environ=ana.environ(),
        lines=[("What can people not do", ".\n")],
    )  # fmt: skip
    assert rest.code == 0
    quick = talk("draft", "internal", "--no-ask", cwd=ana.folder, environ=ana.environ())
    assert (quick.code, "Size it up" in quick.screen) == (0, False)
