"""Sending over real wires: what somebody types, and what they are told of it."""

import json
import signal
import subprocess
import time

import pytest

from tests.cli.test_json import fits
from tests.support.cast import Cast
from tests.support.mails import part
from tests.support.runner import program
from tests.support.sends import FILE, SALT, lead_to, many, released
from tests.support.servers import ScriptedMail, mail_server, raw_server, web_hook

pytest_plugins = ["tests.support.cast_fixtures"]
HOOK = "comms.secret.page-hook"


def channels(cast: Cast, **settings: str) -> None:
    own = {name.replace("_", "-"): text for name, text in settings.items()}
    lead_to(cast, {"mail": FILE, "intranet": FILE, "status-page": FILE, **own})


def test_a_message_goes_out_by_mail_and_says_so(small: Cast) -> None:
    with mail_server() as box:
        channels(small, mail=f"{{adapter: smtp, host: {box.host}, port: {box.port}}}")
        people = many(small, 3)
        message = released(small, "strategic")
        ran = small.ana.done("send", message)
        assert sorted(to for tos, _ in box.mails for to in tos) == sorted(people)
        mail = box.mails[0][1]
    assert f"sent {message}: 3 accepted over mail" in ran.err
    assert mail["References"] == mail["In-Reply-To"]
    assert mail["Auto-Submitted"] is None, "who gets a letter by name can answer it"
    assert "card payments" in part(mail)
    again = small.ana.done("send", message)
    assert "nothing was sent again" in again.err
    assert small.ana.done("check", "--json").json["checked"]["sent"] == 1


def test_what_cannot_be_reached_is_not_begun(small: Cast) -> None:
    with mail_server() as box:
        channels(small, mail=f"{{adapter: smtp, host: {box.host}, port: {box.port}}}")
        many(small, 3)
        message = released(small, "strategic")
    ran = small.ana("send", message)
    assert ran.code != 0
    assert "does not answer" in ran.err
    assert small.ana("send", message, "--status").code == 1, "it was not begun"


def test_who_is_rejected_is_on_record_and_the_others_got_it(small: Cast) -> None:
    with raw_server(ScriptedMail(answers={"rcpt": b"550 no such box"})) as port:
        channels(small, mail=f"{{adapter: smtp, host: localhost, port: {port}}}")
        many(small, 2)
        message = released(small, "strategic")
        ran = small.ana.done("send", message)
    assert "2 rejected over mail" in ran.err
    said = small.ana.done("send", message, "--status")
    assert "rejected  mail to person0@customer.example" in said.out
    assert "550 no such box" in " ".join(said.out.split())
    assert small.ana.done("check").code == 0


def test_doubt_is_said_held_and_decided_by_a_person(small: Cast) -> None:
    server = ScriptedMail(answers={"final": None})
    with raw_server(server) as port:
        channels(small, mail=f"{{adapter: smtp, host: localhost, port: {port}}}")
        many(small, 1)
        message = released(small, "strategic")
        ana = small.ana
        ran = ana("send", message)
        assert ran.code == 6
        assert "nobody knows whether they arrived" in " ".join(ran.err.split())
        server.answers = {}
        assert ana("send", message).code == 6, "running it again sends nothing that is in doubt"
        assert server.taken == 1
        shown = ana("send", message, "--status", "--json")
        assert shown.code == 6
        assert fits(shown.json) == "progress"
        ((delivery,),) = [m["deliveries"] for m in shown.json["messages"]]
        assert (delivery["step"], delivery["to"]) == ("unknown", "person0@customer.example")

        assert ana("resolve", message, "--sent").code == 2
        assert ana("resolve", message, "--why", "x").code == 2
        assert ana("resolve", message, "--recipient", "nobody@x.example", "--sent",
                   "--why", "x").code == 2  # fmt: skip
        resolved = ana.done("resolve", message, "--recipient", delivery["row"][:8], "--not-sent",
                            "--why", "phoned them", "--json")  # fmt: skip
        assert fits(resolved.json) == "resolved"
        ana.done("send", message)
        assert server.taken == 2
    assert small.ana.done("check").code == 0


def secret(cast: Cast, url: str) -> dict[str, str]:
    cast.ana.git("config", "--global", f"{HOOK}.from", "env:HOOK")
    cast.ana.git("config", "--global", f"{HOOK}.host", "127.0.0.1")
    return {"HOOK": url}


@pytest.mark.parametrize("adapter", ["slack", "teams"])
def test_a_post_to_a_hook_whose_address_is_the_secret(small: Cast, adapter: str) -> None:
    with web_hook() as hook:
        channels(small, status_page=f"{{adapter: {adapter}, secret: page-hook}}")
        message = released(small, "customers")
        ana = small.ana
        missing = ana("send", message)
        assert (missing.code, "page-hook" in missing.err) == (4, True)
        hook_address = secret(small, f"{hook.url}/s3cret")["HOOK"]
        ran = ana.done("send", message, HOOK=hook_address)
        assert len(hook.got) == 1
    written = [p.read_bytes() for p in ana.folder.rglob("*") if p.is_file()]
    written += [ran.out.encode(), ran.err.encode()]
    assert not [data for data in written if b"s3cret" in data]


def test_what_was_approved_is_what_leaves_whatever_the_file_says_now(small: Cast) -> None:
    with web_hook() as hook, web_hook() as other:
        channels(small, status_page=f"{{adapter: webhook, url: {hook.url}}}")
        message = released(small, "customers")
        channels(small, status_page=f"{{adapter: webhook, url: {other.url}}}")
        small.ana.done("send", message)
        assert (len(hook.got), len(other.got)) == (1, 0)
        document = json.loads(hook.got[0][1])
    assert document["data"]["message"] == message


def test_a_drill_reaches_no_server(small: Cast) -> None:
    with web_hook() as hook, mail_server() as box:
        channels(small, status_page=f"{{adapter: webhook, url: {hook.url}}}",
                 mail=f"{{adapter: smtp, host: {box.host}, port: {box.port}}}")  # fmt: skip
        many(small, 2)
        ana = small.ana
        ana.done("new", "Drill", "--severity", "3", "--drill", "--fact", "start=09:14",
                 "--fact", "services=c", "--fact", "impact=i")  # fmt: skip
        for message in ana.done("draft", "customers", "strategic").ids:
            small.passed(message, "approval", "release")
            ana.done("sync")
            ana.done("send", message)
        assert (hook.got, box.mails) == ([], [])


def test_ctrl_c_ends_after_the_delivery_and_says_how_to_go_on(small: Cast) -> None:
    with mail_server() as box:
        channels(small, mail=f"{{adapter: smtp, host: {box.host}, port: {box.port}}}")
        people = many(small, 400)
        message = released(small, "strategic")
        ana = small.ana
        with subprocess.Popen(
            program("send", message), cwd=ana.folder, env=ana.environ(), text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        ) as process:  # fmt: skip
            until = time.monotonic() + 30
            while not box.mails and time.monotonic() < until:
                time.sleep(0.01)
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=30)
        left = len(box.mails)
        assert process.returncode == 130, said
        assert f"{left} of 400 of {message} have left" in " ".join(said.split())
        assert 0 < left < len(people)
        ana.done("send", message)
        assert sorted(to for tos, _ in box.mails for to in tos) == sorted(people)


def test_settings_that_cannot_be_are_named_with_their_place(small: Cast) -> None:
    for settings, text in (
        ("{adapter: smtp, host: 'a b'}", "a host"),
        ("{adapter: webhook, url: 'http://x.example/'}", "an https:// address"),
        ("{adapter: slack}", "secret"),
        ("{adapter: smtp, host: x.example, on_unknown: guess}", "on_unknown"),
    ):
        small.ana.edit("channels.yaml", f"channels:\n  mail: {settings}\n")
        ran = small.ana("new", "x", "--severity", "1")
        assert (ran.code, "channels.yaml" in ran.err, text in ran.err) == (2, True, True), ran.err


def test_the_doctor_lets_each_channel_log_in_and_sends_nothing(small: Cast) -> None:
    with web_hook() as hook, mail_server() as box:
        channels(small, mail=f"{{adapter: smtp, host: {box.host}, port: {box.port}}}",
                 status_page="{adapter: slack, secret: page-hook}")  # fmt: skip
        ran = small.ana("doctor", "--channels")
        assert ran.code == 1
        assert "channel mail: it lets us in" in ran.out
        assert "what the secret page-hook is" in " ".join(ran.out.split())
        address = secret(small, hook.url)["HOOK"]
        assert small.ana("doctor", "--channels", HOOK=address).code == 0
        assert (hook.got, box.mails) == ([], [])
    down = small.ana("doctor", "--channels", HOOK=address)
    assert (down.code, "does not answer" in down.out) == (1, True)


def test_an_address_that_cannot_be_mailed_stops_it_before_the_first(small: Cast) -> None:
    with mail_server(utf8=False) as box:
        channels(small, mail=f"{{adapter: smtp, host: {box.host}, port: {box.port}}}",
                 status_page=f"{{adapter: smtp, host: {box.host}, port: {box.port}}}")  # fmt: skip
        file = small.ana.folder / "recipients" / "strategic-customers.csv"
        rows = "kim@müller.example,Kim,Kim,ana\nmüller@x.example,M,M,ana\n"
        file.write_text(f"{SALT}email,name,first_name,contact\n{rows}", encoding="utf-8")
        message = released(small, "strategic")
        refused = small.ana("send", message)
        assert (refused.code, "'müller@x.example'" in refused.err) == (2, True)
        assert "offers no SMTPUTF8" in " ".join(refused.err.split())
        assert box.mails == []
        (broadcast,) = small.ana.done("draft", "customers").ids
        small.passed(broadcast, "approval", "release")
        small.ana.done("sync")
        nobody = small.ana("send", broadcast)
        assert (nobody.code, "there is no address to mail to" in nobody.err) == (2, True)


def test_a_server_that_puts_off_everybody_is_not_asked_for_each(small: Cast) -> None:
    server = ScriptedMail(answers={"rcpt": b"451 greylisted"})
    with raw_server(server) as port:
        channels(small, mail=f"{{adapter: smtp, host: localhost, port: {port}}}")
        many(small, 30)
        message = released(small, "strategic")
        ran = small.ana("send", message)
        assert ran.code == 5
        assert "30 of 30 have not left" in " ".join(ran.err.split())
        assert server.verbs.count("rcpt") <= 12
        server.answers = {}
        small.ana.done("send", message)
        assert server.taken == 30
