"""At a terminal: the text first, one key each, and nothing raw of what others wrote."""

import subprocess
import threading
from collections.abc import Sequence

import pytest

from tests.support.cast import Cast, Clone
from tests.support.dialogue import Talk, talk

pytest_plugins = ["tests.support.cast_fixtures"]
INCIDENT = "2026-11-22-checkout-outage"
KEYS = "[q]uit  "
TEXT = "card payments"


def at(clone: Clone, *argv: str, lines: Sequence[tuple[str, str]] = (), **env: str) -> Talk:
    return talk(*argv, cwd=clone.folder, environ=clone.environ(**env), lines=lines)


def records(clone: Clone, kind: str) -> int:
    return clone.git("ls-files", "incidents").count(f"-{kind}-") // 2


def test_review_shows_the_text_before_it_is_signed(full: Cast) -> None:
    full.declare("customers")
    lea = full.lea
    lea.done("sync")
    said = at(lea, "review", "customers", "--ok", lines=[("Sign this for", "n\n")])
    assert TEXT in said.screen
    assert said.code == 1
    assert records(lea, "ok") == 0

    said = at(lea, "review", "customers", "--ok", lines=[("Sign this for", "y\n")])
    assert said.code == 0
    assert records(lea, "ok") == 1


def test_what_was_shown_is_not_asked_about_again(full: Cast) -> None:
    full.declare("customers")
    full.lea.done("sync")
    assert TEXT in at(full.lea, "show", "customers").screen
    assert at(full.lea, "review", "customers", "--ok").code == 0


def test_a_newer_revision_is_shown_with_what_changed(full: Cast) -> None:
    (message,) = full.declare("customers")
    full.lea.done("sync")
    full.lea.done("show", message)
    full.ana.done("revise", message, "--file", "-", stdin=b"Other words by now.\n")

    refused = at(full.lea, "review", message, "--ok")
    assert refused.code == 1
    assert "+Other words by now." in refused.screen
    said = at(full.lea, "review", message, "--ok", lines=[("Sign this for", "y\n")])
    assert "changed since you looked" in said.screen
    assert "+Other words by now." in said.screen
    assert said.code == 0


def test_all_shows_each_text_even_a_known_one(full: Cast) -> None:
    full.declare("customers", "internal")
    full.lea.done("sync")
    full.lea.done("show", "customers")
    said = at(
        full.lea, "review", "--all", "--ok", lines=[("Sign this", "y\n"), ("Sign this", "y\n")]
    )
    assert said.screen.count("Subject:") == 2
    assert said.code == 0


def test_next_for_a_reviewer(full: Cast) -> None:
    full.declare("internal", "strategic", "customers")
    lea = full.lea
    lea.done("sync")
    said = at(
        lea, "next",
        lines=[(KEYS, "z"), (KEYS, "o"), (KEYS, "s"), ("Suggestion:", "shorter\n"), (KEYS, "b"),
               ("Strong objection:", "no cards\n"), (KEYS, "q")],
    )  # fmt: skip
    assert said.code == 0
    assert "3 left" in said.screen
    assert (records(lea, "ok"), records(lea, "suggested"), records(lea, "objected")) == (1, 1, 1)


def test_next_goes_on_to_the_next_with_n_and_ends(full: Cast) -> None:
    full.declare("internal", "customers")
    full.lea.done("sync")
    said = at(full.lea, "next", lines=[(KEYS, "n"), (KEYS, "n")])
    assert "nothing more waits on lea" in said.screen
    assert records(full.lea, "ok") == 0


def test_next_edits_in_the_editor_of_the_user(full: Cast) -> None:
    full.declare("customers")
    full.lea.done("sync")
    editor = full.root / "editor"
    editor.write_text("#!/bin/sh\nsed -i 's/card payments/payments/' \"$1\"\n")
    editor.chmod(0o755)
    said = at(full.lea, "next", lines=[(KEYS, "e"), (KEYS, "q")], EDITOR=str(editor))
    assert said.code == 0
    full.ana.done("sync")
    assert full.ana.done("revise", "customers", "--take", "lea").code == 0
    assert "card payments" not in full.ana.done("show", "customers").out


def test_next_shows_the_command_for_what_no_key_does(small: Cast) -> None:
    small.declare()
    small.ana.done("hold", "--why", "wait")
    small.bo.done("sync")
    said = at(small.bo, "next", lines=[("[n]ext  [q]uit  ", "n")])
    assert "ana holds everything: wait" in said.screen
    assert "comms lift --why TEXT" in said.screen
    assert "nothing more waits on bo" in said.screen


@pytest.mark.parametrize("script", ["exit 3", "true"])
def test_an_editor_that_fails_or_changes_nothing(small: Cast, script: str) -> None:
    small.declare("customers")
    editor = small.root / "editor"
    editor.write_text(f"#!/bin/sh\n{script}\n")
    editor.chmod(0o755)
    said = at(small.ana, "revise", "customers", EDITOR=str(editor))
    assert said.code in {1, 2}
    assert "ended with 3" in said.screen or "nothing was changed" in said.screen
    assert "next: " in said.screen
    assert records(small.ana, "drafted") == 1


def test_next_for_drafter_approver_and_sender(small: Cast) -> None:
    small.declare()
    small.ana.done("skip", "strategic", "--why", "phoned")
    small.ana.done("skip", "internal", "--why", "in the room")
    assert at(small.ana, "next", lines=[("[d]raft", "d")]).code == 0
    bo = small.bo
    bo.done("sync")
    at(bo, "next", lines=[("waits for approval", ""), (KEYS, "o"), (KEYS, "o")])
    assert records(bo, "ok") == 2

    wrong = at(small.ana, "next", lines=[("[s]end", "s"), ("Type 1 to send it:", "2\n")])
    assert records(small.ana, "sent") == 0
    assert "nothing was sent" in wrong.screen
    right = at(small.ana, "next", lines=[("[s]end", "s"), ("Type 1 to send it:", "1\n")])
    assert right.code == 0
    assert records(small.ana, "sent") == 1


def test_send_asks_for_the_size_of_the_audience(small: Cast) -> None:
    (message,) = small.declare("strategic")
    small.passed(message, "approval", "release")
    declined = at(small.ana, "send", message, lines=[("Type 2 to send it:", "\n")])
    assert "to 2 recipients over mail" in declined.screen
    assert declined.code == 1
    sent = at(small.ana, "send", message, lines=[("Type 2 to send it:", "2\n")])
    assert sent.code == 0
    assert len(list((small.ana.folder / "outbox").rglob("*.eml"))) == 2


def test_two_active_incidents_are_kept_apart(small: Cast) -> None:
    small.declare()
    small.ana.done("new", "Late invoices", "--severity", "3")
    listed = small.ana.done("next", "--list").out
    assert f"comms -i {INCIDENT} draft all-customers" in listed
    said = at(small.ana, "next", lines=[("[d]raft", "d"), ("[d]raft", "q")])
    assert "error" not in said.screen
    assert records(small.ana, "drafted") == 1


def test_one_key_says_how_long_it_takes(full: Cast) -> None:
    """The lead asks for a time; whoever is asked answers in passing, and goes on."""
    (message,) = full.declare("customers")
    full.lea.done("sync")
    said = at(full.lea, "next", lines=[(KEYS, "4"), ("needs 20 min", "")])
    assert said.code == 0
    full.ana.done("sync")
    (incident,) = full.ana.done("status", "--json").json["incidents"]
    waits = [w for c in incident["cells"] if c["message"] == message for w in c["waiting_for"]]
    assert {w["gate"]: w["estimate"] for w in waits}["legal"] == "20m"


def test_one_key_says_how_long_a_draft_takes_that_is_not_begun(full: Cast) -> None:
    full.declare()
    said = at(full.ana, "next", lines=[(KEYS, "3"), ("needs 15 min", ""), (KEYS, "q")])
    assert said.code == 0
    (incident,) = full.ana.done("status", "--json").json["incidents"]
    waits = [w for w in incident["cells"][0]["waiting_for"] if w["gate"] == "draft"]
    assert [w["estimate"] for w in waits] == ["15m"]


def test_the_lead_escalates_and_nudges_by_one_key(full: Cast) -> None:
    full.declare("customers")
    full.later(70)
    said = at(full.ana, "next", lines=[(KEYS, "t"), (KEYS, "e"), (KEYS, "q")])
    assert (said.code, "lea (Lea Example)" in said.screen) == (0, True)
    assert "escalated an-hour-without-remedy" in full.ana.done("log").out


def test_a_passphrase_is_asked_for_at_a_terminal_and_never_under_no_input(small: Cast) -> None:
    key = str(small.key("ana"))
    lock = ["ssh-keygen", "-q", "-p", "-N", "open sesame", "-f", key]
    subprocess.run(lock, check=True, capture_output=True)
    asked = [("Enter passphrase", "open sesame\n")] * 2
    assert at(small.ana, "new", "w", "--severity", "3", lines=asked).code == 0
    refused = at(small.ana, "--no-input", "new", "x", "--severity", "1")
    assert refused.code == 4
    assert "passphrase for" not in refused.screen
    assert at(small.ana, "new", "x", "--severity", "1", CI="true").code == 4
    assert at(small.ana, "new", "x", "--severity", "1", COMMS_NO_INPUT="1").code == 4


def test_ctrl_c_ends_with_130_and_writes_nothing(small: Cast) -> None:
    small.declare("customers")
    small.bo.done("sync")
    said = at(small.bo, "next", lines=[(KEYS, "\x03")])
    assert said.code == 130
    assert "interrupted" in said.screen
    said = at(small.bo, "approve", "--all", lines=[("Sign this", "\x03")])
    assert said.code == 130
    assert records(small.bo, "ok") == 0


def test_status_is_watched_until_ctrl_c(small: Cast) -> None:
    small.declare("customers")
    said = at(small.bo, "status", "--watch", lines=[("in review", "\x03")])
    assert said.code == 130
    assert "All customers" in said.screen, "it fetches what others did"
    assert small.bo("status", "--watch", "--json").json["code"] == "usage"


@pytest.mark.parametrize("who", ["ana", "bo"])
def test_what_is_watched_is_drawn_again_when_something_happens(small: Cast, who: str) -> None:
    """By whoever did it: in this clone (ana), or in another one (bo looks at what ana did)."""
    small.declare()
    looks = getattr(small, who)
    draft = threading.Timer(3, lambda: small.ana("draft", "customers", real=True))
    draft.start()
    try:
        said = at(looks, "status", "--watch", lines=[("due", ""), ("in review", "\x03")])
    finally:
        draft.join()
    assert said.code == 130


def test_ci_never_asks(small: Cast) -> None:
    said = at(small.ana, "new", CI="true")
    assert said.code == 2
    assert "a title and a severity are needed" in said.screen


def test_new_asks_for_what_is_missing(small: Cast) -> None:
    said = at(small.ana, "new", lines=[("few words", "Late invoices\n"), ("Severity", "2\n")])
    assert said.code == 0
    assert "2026-11-22-late-invoices" in said.screen


def test_join_asks_whether_the_pin_is_right(small: Cast) -> None:
    home = small.root / "homes" / "other"
    home.mkdir()
    env = small.bo.environ(HOME=str(home), XDG_CONFIG_HOME=str(home), XDG_STATE_HOME=str(home))
    question = "Has an admin told you"
    no = talk("join", str(small.hub), "again", cwd=small.root, environ=env,
              lines=[(question, "n\n")])  # fmt: skip
    assert no.code == 3
    yes = talk("join", str(small.hub), "again", cwd=small.root, environ=env,
               lines=[(question, "y\n")])  # fmt: skip
    assert yes.code == 0
    assert "\x1b[32mok" in yes.screen
    assert "<U+001B>" not in yes.screen


def test_colours_at_a_terminal_and_where_nobody_wants_them(small: Cast) -> None:
    small.declare("customers")
    assert "\x1b[" in at(small.ana, "status").screen
    assert "\x1b[" not in at(small.ana, "status", NO_COLOR="1").screen
    assert "\x1b[" not in at(small.ana, "status", TERM="dumb").screen
    assert "\x1b[" not in at(small.ana, "--color", "never", "status").screen


HOSTILE = "\x1b]0;owned\x07\x1b[2J\u202egnp.exe \u009b31m\u200b"


def test_nothing_hostile_in_words_reaches_the_terminal_raw(small: Cast) -> None:
    ana = small.ana
    told = ana("new", HOSTILE, "--severity", "1")
    assert told.code == 2
    assert_safe(told.err)
    small.declare("customers")
    for argv in (
        ["fact", f"impact={HOSTILE}"], ["phase", "identification", "--why", HOSTILE],
        ["skip", "internal", "--why", HOSTILE], ["show", HOSTILE], ["draft", HOSTILE],
        ["-i", HOSTILE, "status"], ["explain", HOSTILE], ["trust", "role", HOSTILE, "--role", "x"],
        ["trust", "add", "x", "--name", HOSTILE, "--email", "x@example.com", "--public-key",
         f"{small.key('bo')}.pub"],
        [HOSTILE], ["check", HOSTILE], ["check", HOSTILE, "--json"], ["show", HOSTILE, "--json"],
    ):  # fmt: skip
        said = at(ana, *argv)
        assert said.code != 0, argv
        assert_safe(said.screen)
    small.bo.done("sync")
    told = small.bo("approve", "customers", "--object", HOSTILE)
    assert told.code == 2
    assert_safe(told.err)


def test_invisible_characters_that_a_record_can_hold_are_spelled_out(small: Cast) -> None:
    small.ana.done("new", "Pay\u200bments", "--severity", "1")
    for argv in (["status"], ["status", "--json"], ["log"], ["log", "--json"]):
        said = at(small.ana, *argv)
        assert "\u200b" not in said.screen
        assert "<U+200B>" in said.screen or "\\u200b" in said.screen


def test_templates_of_a_repository_are_shown_safely_and_piped_exactly(small: Cast) -> None:
    text = small.ana.done("template", "show", "base/message").out
    small.ana.edit("templates/base/message.md", text + "\x1b[2Jowned\n")
    assert_safe(at(small.ana, "template", "show", "base/message", NO_COLOR="1").screen)
    assert small.ana.done("template", "show", "base/message").out == text + "\x1b[2Jowned\n"


def assert_safe(screen: str) -> None:
    """Only our own colours may be on a screen."""
    for raw in ("\x1b]", "\x1b[2J", "\u202e", "\u009b", "\x07"):
        assert raw not in screen, repr(screen)


def test_very_long_words_break_nothing(small: Cast) -> None:
    long = "x" * 300
    small.ana.done("new", long, "--severity", "1", "--fact", f"impact={long}")
    assert long in small.ana.done("status").out
    assert "\nSEV-1, in investigation" in small.ana.done("status").out


def test_a_trust_proposal_is_read_before_it_is_signed(full: Cast) -> None:
    full.ana.done("trust", "admins", "--add", "lea", "--quorum", "2")
    lea = full.lea
    lea.done("sync")
    declined = at(lea, "trust", "sign", lines=[("Sign this?", "n\n")])
    assert "lea becomes an admin" in declined.screen
    assert "every line that differs" in declined.screen
    assert declined.code == 1
    assert "proposals/trust/" in lea.git("ls-files")

    signed = at(lea, "trust", "sign", lines=[("Sign this?", "y\n")])
    assert signed.code == 0
    assert "trust version 3" in signed.screen


def test_a_version_edited_by_hand_is_told_in_words_first(small: Cast) -> None:
    text = (small.ana.folder / "trust" / "0002.yaml").read_text(encoding="utf-8")
    path = small.root / "edited.yaml"
    path.write_text(text.replace("Bo Example", "Bo Birch"), encoding="utf-8")

    declined = at(small.ana, "trust", "propose", str(path), lines=[("what you mean?", "n\n")])
    assert "bo: name becomes Bo Birch" in declined.screen
    assert declined.code == 1
    done = at(small.ana, "trust", "propose", str(path), lines=[("what you mean?", "y\n")])
    assert "trust version 3" in done.screen
