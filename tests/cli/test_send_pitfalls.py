"""What a send must not fall for: options that do not go together, servers that say odd things."""

import shlex

import pytest

from tests.cli.test_send_options import got, mailing, words
from tests.support.cast import Cast
from tests.support.dialogue import talk
from tests.support.sends import FILE, lead_to, many, released, second_machine
from tests.support.servers import Mailbox, ScriptedMail, mail_server, raw_server

pytest_plugins = ["tests.support.cast_fixtures"]


@pytest.mark.parametrize("said", ["250 2.0.0 mise en file d'attente: é", "250 OK \x07"])
def test_an_honest_send_passes_the_check_whatever_the_server_calls_it(
    small: Cast, said: str
) -> None:
    with raw_server(ScriptedMail(answers={"final": said.encode()})) as port:
        message = mailing(small, Mailbox(host="localhost", port=port), 2)
        small.ana.done("send", message)
    assert small.ana.done("check").code == 0


def test_each_copy_is_a_file_of_its_own(small: Cast) -> None:
    text = (small.ana.folder / "audiences.yaml").read_text()
    old = "    recipients: strategic-customers "
    assert text.count(old) == 1
    new = f"    copy: [legal@example.com, boss@example.com]\n{old}"
    small.ana.edit("audiences.yaml", text.replace(old, new))
    lead_to(small, {"mail": "{adapter: file, as: eml}", "intranet": FILE, "status-page": FILE})
    many(small, 2)
    small.ana.done("send", released(small, "strategic"))
    mails = [path.read_text() for path in small.ana.folder.glob("outbox/*/*/mail/*.eml")]
    assert len(mails) == 4
    for address in ("legal@example.com", "boss@example.com", "person1@customer.example"):
        assert [f"To: {address}" in mail or f"<{address}>" in mail for mail in mails].count(
            True
        ) == 1


@pytest.mark.parametrize("options", [
    ["--canary", "bo@example.com", "--dry-run"], ["--canary", "bo@example.com", "--status"],
    ["--canary", "bo@example.com", "--plan", "0123456789ab"], ["--dry-run", "--take-over", "x"],
    ["--status", "--take-over", "x"], ["--done", "x", "--dry-run", "--why", "x"],
])  # fmt: skip
def test_what_would_pass_over_another_option_is_refused(small: Cast, options: list[str]) -> None:
    ran = small.ana("send", "strategic", *options)
    assert (ran.code, "do not go together" in words(ran.err)) == (2, True)


def test_a_canary_that_is_only_to_be_looked_at_does_not_leave(small: Cast) -> None:
    with mail_server() as box:
        message = mailing(small, box, 2)
        assert small.ana("send", message, "--canary", "bo@example.com", "--dry-run").code == 2
        assert got(box) == []


def test_a_canary_of_words_that_are_overtaken_goes_with_a_reason(small: Cast) -> None:
    with mail_server() as box:
        message = mailing(small, box, 2)
        small.ana.done("phase", "monitoring")
        ran = small.ana("send", message, "--canary", "bo@example.com")
        assert (ran.code, "--why TEXT" in words(ran.err)) == (1, True)
        small.ana.done("send", message, "--canary", "bo@example.com", "--why", "as promised")
        assert got(box) == ["bo@example.com"]


def test_one_message_that_cannot_be_sent_keeps_back_no_other(small: Cast) -> None:
    lead_to(small, {"mail": FILE, "intranet": FILE, "status-page": FILE})
    many(small, 2)
    ids = small.declare("internal", "strategic", "customers")
    for message in ids:
        small.passed(message, "approval", "release")
    ana = small.ana
    ana.done("sync")
    (ana.folder / "recipients" / "strategic-customers.csv").unlink()
    ran = ana("send", "--released", "--json")
    assert (ran.code, ran.json["code"]) == (1, "no-list")
    assert f"this did not keep back {ids[0]}, {ids[2]}" in ran.json["text"]
    for message in (ids[0], ids[2]):
        assert f"sent {message}: 1 file" in words(ran.err)
        assert "nothing was sent again" in words(ana.done("send", message).err)
    assert ana("send", ids[0], ids[0]).err.count("nothing was sent again") == 1


def test_once_more_waits_for_the_end_of_the_send_before(small: Cast) -> None:
    server = ScriptedMail(answers={"rcpt": b"451 greylisted"})
    with raw_server(server) as port:
        message = mailing(small, Mailbox(host="localhost", port=port), 2)
        assert small.ana("send", message).code == 5
        server.answers = {}
        ran = small.ana("send", message, "--again", "they lost it")
        assert (ran.code, "is not finished" in words(ran.err)) == (1, True)
        assert server.taken == 0
        small.ana.done("send", message)
        server.answers = {"rcpt": b"451 greylisted"}
        assert small.ana("send", message, "--again", "they lost it").code == 5
        server.answers = {}
        small.ana.done("send", message, "--again", "they lost it")
        assert server.taken == 4


def test_the_command_on_a_call_sheet_works_as_it_stands_there(small: Cast) -> None:
    lead_to(small, {"mail": FILE, "status-page": FILE,
                    "intranet": "{adapter: manual, to: the crisis bridge}"})  # fmt: skip
    message = released(small, "internal")
    assert small.ana("send", message).code == 5
    (sheet,) = small.ana.folder.glob("outbox/*/*/intranet/*.txt")
    (line,) = [line for line in sheet.read_text().splitlines() if "--done" in line]
    small.ana.done(*shlex.split(line)[1:])
    assert "1 done over intranet" in words(small.ana.done("send", message).err)


def test_the_size_that_is_asked_for_is_of_those_who_get_it(small: Cast) -> None:
    message = released(small, "strategic")
    said = talk("send", message, "--without", "lou@client.example", "--why", "asked us to",
                cwd=small.ana.folder, environ=small.ana.environ(),
                lines=[("Type 1 to send it:", "1\n")])  # fmt: skip
    assert (said.code, "to 1 recipient over mail" in said.screen) == (0, True)


def test_who_gets_it_over_two_channels_is_decided_about_over_one(small: Cast) -> None:
    text = (small.ana.folder / "audiences.yaml").read_text()
    small.ana.edit("audiences.yaml", text.replace("channels: [mail]", "channels: [mail, phone]"))
    manual = "{adapter: manual}"
    lead_to(small, {"mail": manual, "phone": manual, "intranet": FILE, "status-page": FILE})
    many(small, 1)
    message = released(small, "strategic")
    ana = small.ana
    assert ana("send", message).code == 5
    both = ana("send", message, "--done", "person0@customer.example", "--why", "x")
    assert (both.code, "means 2 of those handed out" in words(both.err)) == (2, True)
    named = words(both.err).split("handed out: ")[1].split(" next:")[0].split(", ")
    assert [name.split("/")[0] for name in named] == ["mail", "phone"]
    (sheet,) = ana.folder.glob("outbox/*/*/phone/*.txt")
    (line,) = [line for line in sheet.read_text().splitlines() if "--done" in line]
    ana.done(*shlex.split(line)[1:])
    assert ana("send", message).code == 5
    ana.done("send", message, "--failed", named[0], "--why", "no answer")
    ran = ana.done("send", message)
    assert "1 failed over mail, 1 done over phone" in words(ran.err)


def test_who_stops_half_way_learns_that_nobody_can_take_over(small: Cast) -> None:
    hook = small.hub / "hooks" / "update"
    hook.write_text("#!/bin/sh\ncase $1 in refs/comms/*) exit 1;; esac\n")
    hook.chmod(0o755)
    with raw_server(ScriptedMail(answers={"rcpt": b"451 greylisted"})) as port:
        message = mailing(small, Mailbox(host="localhost", port=port), 2)
        ran = small.ana("send", message)
    assert ran.code == 5
    assert "note: no lock on the remote: whoever takes this over has all of it in doubt" in words(
        ran.err
    )


def test_why_something_has_not_left_is_what_stopped_it_now(small: Cast) -> None:
    server = ScriptedMail(answers={"rcpt": b"451 greylisted"})
    with raw_server(server) as port:
        message = mailing(small, Mailbox(host="localhost", port=port), 2)
        assert small.ana("send", message).code == 5
    home = second_machine(small)
    ran = home("send", message, "--take-over", "it burnt")
    assert (ran.code, "does not answer" in ran.err, "left it" in ran.err) == (5, True, False)
