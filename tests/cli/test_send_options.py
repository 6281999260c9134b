"""What whoever sends can wish for: a plan that holds, a canary, somebody less, once more."""

import pytest

from tests.cli.test_json import fits
from tests.support.cast import Cast
from tests.support.sends import FILE, lead_to, many, released, second_machine
from tests.support.servers import Mailbox, ScriptedMail, mail_server, raw_server, web_hook

pytest_plugins = ["tests.support.cast_fixtures"]


def mailing(cast: Cast, box: Mailbox, people: int, **more: str) -> str:
    """Let the strategic customers be mailed; return a message to them that is released."""
    said = "".join(f", {name}: {text}" for name, text in more.items())
    mail = f"{{adapter: smtp, host: {box.host}, port: {box.port}{said}}}"
    lead_to(cast, {"mail": mail, "intranet": FILE, "status-page": FILE})
    many(cast, people)
    return released(cast, "strategic")


def got(box: Mailbox) -> list[str]:
    return sorted(to for tos, _ in box.mails for to in tos)


def words(text: str) -> str:
    return " ".join(text.split())


def test_the_plan_is_shown_as_it_goes_over_the_wire_and_nothing_leaves(small: Cast) -> None:
    with mail_server() as box:
        message = mailing(small, box, 3, connections="2", per_second="50")
        ran = small.ana.done("send", message, "--dry-run")
        shown = small.ana.done("send", message, "--dry-run", "--json")
        assert box.mails == []
    assert "to 3 recipients over mail (smtp)" in ran.out
    assert "2 connections" in ran.out
    assert "at most 50 a second" in ran.out
    assert "RCPT TO:<person" in ran.out
    assert "Message-ID: <c1." in ran.out
    assert fits(shown.json) == "sent"
    plan = shown.json["messages"][0]["plan"]
    assert f"plan {plan['digest'][:12]}" in ran.out
    assert [(c["channel"], c["count"]) for c in plan["channels"]] == [("mail", 3)]
    assert small.ana("send", message, "--status").code == 1, "nothing was begun"


def test_only_the_plan_that_was_looked_at_is_carried_out(small: Cast) -> None:
    with mail_server() as box:
        message = mailing(small, box, 3)
        plan = small.ana.done("send", message, "--dry-run", "--json").json["messages"][0]["plan"]
        other = small.ana("send", message, "--plan", "0123456789ab")
        assert other.code == 1
        assert f"the plan for {message} is {plan['digest'][:12]} by now" in words(other.err)
        assert small.ana("send", message, "--plan", plan["digest"][:4]).code == 2
        without = small.ana("send", message, "--plan", plan["digest"][:12], "--without",
                            "person1@customer.example", "--why", "asked us to")  # fmt: skip
        assert without.code == 1, "somebody less is another plan"
        assert box.mails == []
        small.ana.done("send", message, "--plan", plan["digest"][:12])
        assert len(box.mails) == 3


def test_a_canary_goes_to_somebody_on_the_roster_and_to_nobody_else(small: Cast) -> None:
    with mail_server() as box:
        message = mailing(small, box, 3)
        stranger = small.ana("send", message, "--canary", "press@paper.example")
        assert (stranger.code, "is not on the roster" in words(stranger.err)) == (1, True)
        ran = small.ana.done("send", message, "--canary", "bo@example.com", "--json")
        assert fits(ran.json) == "canary"
        assert got(box) == ["bo@example.com"]
        canary = box.mails[0][1]
        small.ana.done("send", message)
        assert got(box)[1:] == [f"person{n}@customer.example" for n in range(3)]
        first = min(box.mails[1:], key=lambda mail: mail[1]["Message-ID"])[1]
    assert canary["Message-ID"] != first["Message-ID"]
    assert canary["Subject"] == first["Subject"]
    assert small.ana.done("check", "--json").json["checked"]["sent"] == 1


def test_no_canary_where_nothing_is_mailed(small: Cast) -> None:
    message = released(small, "customers")
    ran = small.ana("send", message, "--canary", "bo@example.com")
    assert (ran.code, "no channel of" in ran.err) == (1, True)


def test_who_asked_to_be_left_out_is_left_out_and_that_is_on_record(small: Cast) -> None:
    with mail_server() as box:
        message = mailing(small, box, 4)
        bare = small.ana("send", message, "--without", "person1@customer.example")
        assert (bare.code, "say why" in bare.err) == (2, True)
        nobody = small.ana("send", message, "--without", "x@y.example", "--why", "x")
        assert (nobody.code, "means 0 of the 4" in words(nobody.err)) == (2, True)
        ran = small.ana.done("send", message, "--without", "person1@customer.example",
                             "--why", "asked us to")  # fmt: skip
        assert got(box) == [f"person{n}@customer.example" for n in (0, 2, 3)]
    assert "3 accepted" in ran.err
    assert "1 withheld" in ran.err
    (evidence,) = small.ana.folder.glob("incidents/*/messages/*/evidence/*.txt")
    lines = evidence.read_text().splitlines()
    assert sorted(line.split()[2] for line in lines) == ["accepted"] * 3 + ["withheld"]
    assert "person1" not in evidence.read_text()
    assert small.ana.done("check").code == 0


def test_once_more_is_said_with_a_reason_and_the_same_reason_is_not_twice(small: Cast) -> None:
    with mail_server() as box:
        message = mailing(small, box, 2)
        early = small.ana("send", message, "--again", "they lost it")
        assert (early.code, "was not sent yet" in words(early.err)) == (2, True)
        small.ana.done("send", message)
        by_chance = small.ana.done("send", message, "--why", "well")
        assert "nothing was sent again" in words(by_chance.err)
        assert len(box.mails) == 2
        small.ana.done("send", message, "--again", "their server lost it")
        assert len(box.mails) == 4
        same = small.ana.done("send", message, "--again", "their server lost it")
        assert "nothing was sent again" in words(same.err)
        assert len(box.mails) == 4
    ids = {str(mail["Message-ID"]) for _, mail in box.mails}
    assert len(ids) == 4, "another send, and no copy of the first"
    assert small.ana.done("check").code == 0


def test_an_objection_since_the_first_send_stops_the_second(small: Cast) -> None:
    with mail_server() as box:
        message = mailing(small, box, 2)
        small.ana.done("send", message)
        small.bo.done("sync")
        small.bo.done("review", message, "--gate", "approval", "--object", "this was wrong")
        ran = small.ana("send", message, "--again", "their server lost it")
        assert ran.code == 1
        assert len(box.mails) == 2


def test_a_channel_that_is_down_stops_the_others_only_until_somebody_says_so(small: Cast) -> None:
    with web_hook() as hook:
        url = hook.url
    page = f"{{adapter: webhook, url: {url}}}"
    lead_to(small, {"mail": FILE, "intranet": FILE, "status-page": page, "outbox": FILE})
    ana = small.ana
    text = (ana.folder / "audiences.yaml").read_text()
    ana.edit("audiences.yaml", text.replace("[status-page]", "[status-page, outbox]"))
    ana.done("sync")
    message = released(small, "customers")
    refused = ana("send", message)
    assert refused.code == 2
    assert "--partial" in refused.err
    assert not list(ana.folder.glob("outbox/**/outbox/*"))
    ran = ana("send", message, "--partial")
    assert ran.code == 5, ran.err
    assert "does not answer" in words(ran.err)
    assert list(ana.folder.glob("outbox/**/outbox/*"))
    again = ana("send", message)
    assert again.code == 5


def test_four_connections_reach_everybody_once(small: Cast) -> None:
    with mail_server() as box:
        message = mailing(small, box, 200, connections="4")
        ran = small.ana.done("send", message)
        assert got(box) == sorted(f"person{n}@customer.example" for n in range(200))
    assert f"sent {message}: 200 accepted over mail" in ran.err
    assert small.ana.done("check").code == 0


def test_a_call_is_made_by_a_person_who_says_how_it_went(small: Cast) -> None:
    lead_to(small, {"mail": "{adapter: manual}", "intranet": FILE, "status-page": FILE})
    people = many(small, 2)
    message = released(small, "strategic")
    ana = small.ana
    ran = ana("send", message)
    assert ran.code == 5
    assert "2 of 2 deliveries" in words(ran.err)
    assert "--done RECIPIENT --why NOTE" in words(ran.err)
    sheets = sorted(ana.folder.glob("outbox/*/*/mail/*.txt"))
    assert len(sheets) == 2
    before = [sheet.read_bytes() for sheet in sheets]
    assert ana("send", message).code == 5
    assert [sheet.read_bytes() for sheet in sheets] == before, "nobody is handed out twice"
    assert ana("send", message, "--done", people[0]).code == 2, "somebody says how it went"
    done = ana.done(
        "send", message, "--done", people[0], "--why", "spoke to her at 10:12", "--json"
    )
    assert fits(done.json) == "resolved"
    assert ana("send", message).code == 5
    ana.done("send", message, "--failed", people[1], "--why", "nobody there, three times")
    again = ana("send", message, "--done", people[1], "--why", "x")
    assert (again.code, "means 0 of those handed out" in words(again.err)) == (2, True)
    shown = ana.done("send", message, "--status")
    assert "failed  mail to person1@customer.example" in shown.out
    ran = ana.done("send", message)
    assert f"sent {message}: 1 done, 1 failed over mail" in words(ran.err) or (
        f"sent {message}: 1 failed, 1 done over mail" in words(ran.err))  # fmt: skip
    assert ana.done("check").code == 0


def test_what_is_kept_and_what_the_site_shows(small: Cast) -> None:
    site = "{adapter: site, url: 'https://status.example.com', title: Example Ltd}"
    lead_to(small, {"mail": FILE, "intranet": "{adapter: hold}", "status-page": site})
    message = released(small, "customers")
    small.ana.done("send", message)
    page = (small.ana.folder / "outbox" / "site" / "index.html").read_text()
    assert "card payments" in page
    assert small.ana.done("check").code == 0


def test_a_copy_goes_to_whom_the_audience_names_and_was_approved(small: Cast) -> None:
    with mail_server() as box:
        text = (small.ana.folder / "audiences.yaml").read_text()
        old = "    recipients: strategic-customers "
        new = f"    copy: [legal@example.com]\n{old}"
        assert text.count(old) == 1
        small.ana.edit("audiences.yaml", text.replace(old, new))
        message = mailing(small, box, 2)
        shown = small.ana.done("send", message, "--dry-run")
        assert "1 of 3 are copies" in shown.out
        small.ana.done("send", message)
        assert got(box) == ["legal@example.com", "person0@customer.example",
                            "person1@customer.example"]  # fmt: skip
    (evidence,) = small.ana.folder.glob("incidents/*/messages/*/evidence/*.txt")
    lines = evidence.read_text().splitlines()
    assert [line.split()[1] for line in lines].count("copy") == 1
    assert small.ana.done("check").code == 0


def locks(cast: Cast) -> str:
    return cast.ana.git("ls-remote", "origin", "refs/comms/send/*")


def test_what_stopped_in_order_is_gone_on_with_elsewhere_without_a_doubt(small: Cast) -> None:
    server = ScriptedMail(answers={"rcpt": b"451 greylisted"})
    with raw_server(server) as port:
        message = mailing(small, Mailbox(host="localhost", port=port), 5)
        assert small.ana("send", message).code == 5
        assert locks(small)
        home = second_machine(small)
        busy = home("send", message)
        assert busy.code == 75
        assert "--take-over WHY" in words(busy.err)
        server.answers = {}
        ran = home.done("send", message, "--take-over", "the laptop is in the river")
        assert server.taken == 5
    assert f"sent {message}: 5 accepted" in ran.err
    assert locks(small) == ""
    (evidence,) = home.folder.glob("incidents/*/messages/*/evidence/*.txt")
    assert "took it over from ana on" in evidence.read_text().splitlines()[0]
    assert "the laptop is in the river" in evidence.read_text()
    assert home.done("check").code == 0
    late = small.ana.done("send", message)
    assert "nothing was sent again" in words(late.err)


def test_who_was_taken_over_from_learns_it_and_sends_nothing(small: Cast) -> None:
    server = ScriptedMail(answers={"rcpt": b"451 greylisted"})
    with raw_server(server) as port:
        message = mailing(small, Mailbox(host="localhost", port=port), 2)
        assert small.ana("send", message).code == 5
        home = second_machine(small)
        assert home("send", message, "--take-over", "locked out").code == 5
        server.answers = {}
        back = small.ana("send", message)
        assert back.code == 75
        assert "locked out" in words(back.err)
        assert server.taken == 0
        small.ana.done("send", message, "--take-over", "I am in again")
        assert server.taken == 2
        assert home("send", message).code in {0, 75}
        assert server.taken == 2


def test_what_died_is_in_doubt_elsewhere_but_for_what_can_be_asked(small: Cast) -> None:
    """No ledger came over: nobody there can know how far it got."""
    server = ScriptedMail(answers={"final": None})
    with raw_server(server) as port:
        message = mailing(small, Mailbox(host="localhost", port=port), 2)
        assert small.ana("send", message).code == 6
        # As after a kill: the lock says that it is under way, and not how far it came.
        send_id = locks(small).split("refs/comms/send/")[1].strip()
        tip = locks(small).split()[0]
        ana = small.ana
        ana.git("fetch", "--quiet", "origin", f"refs/comms/send/{send_id}:refs/x")
        parts = ana.git("log", "-1", "--format=%B", "refs/x").replace(
            "state: stopped", "state: open"
        )
        made = ana.git("-c", "user.name=a", "-c", "user.email=a@x.example", "commit-tree",
                       "refs/x^{tree}", "-p", "HEAD", "-m", parts).strip()  # fmt: skip
        ana.git("push", "--quiet", f"--force-with-lease=refs/comms/send/{send_id}:{tip}", "origin",
                f"{made}:refs/comms/send/{send_id}")  # fmt: skip
        server.answers = {}
        home = second_machine(small)
        ran = home("send", message, "--take-over", "it burnt")
        assert ran.code == 6
        assert server.taken == 2, "what is in doubt is not sent"
        vague = home("resolve", message, "--not-sent", "--why", "asked one")
        assert (vague.code, "to name nobody means 2" in words(vague.err)) == (2, True)
        home.done("resolve", message, "--recipient", "all", "--not-sent", "--why", "asked both")
        home.done("send", message)
        assert server.taken == 4


def test_nothing_is_taken_over_that_nobody_sends(small: Cast) -> None:
    with mail_server() as box:
        message = mailing(small, box, 1)
        ran = small.ana("send", message, "--take-over", "x")
        assert (ran.code, "nobody is sending" in ran.err) == (1, True)
        small.ana.done("send", message)
        assert len(box.mails) == 1


@pytest.mark.parametrize("option", [["--canary", "bo@example.com"], ["--again", "x"],
                                    ["--done", "x"], ["--take-over", "x"]])  # fmt: skip
def test_some_wishes_are_about_one_message(small: Cast, option: list[str]) -> None:
    ran = small.ana("send", "one", "two", *option)
    assert (ran.code, "name one message" in ran.err) == (2, True)
