"""Bounces become evidence beside a send: once, with no address, and they change no verdict."""

from pathlib import Path

import pytest

from commscli.delivery.channels import smtp
from tests.cli.test_json import fits
from tests.support.cast import Cast
from tests.support.notifications import AUTOMATIC, HUMAN, mbox, notification
from tests.support.sends import lead_to, many, released
from tests.support.servers import mail_server

pytest_plugins = ["tests.support.cast_fixtures"]
FILE = "{adapter: file, as: txt}"


def sent(cast: Cast, count: int = 3) -> tuple[str, dict[str, str]]:
    """Send a message to so many by mail; return it, and the id of the mail by its address."""
    with mail_server() as box:
        mail = f"{{adapter: smtp, host: {box.host}, port: {box.port}}}"
        lead_to(cast, {"mail": mail, "intranet": FILE, "status-page": FILE})
        many(cast, count)
        message = released(cast, "strategic")
        cast.ana.done("send", message)
        return message, {tos[0]: str(mail["Message-ID"]) for tos, mail in box.mails}


def first_of(ids: dict[str, str]) -> str:
    return next(iter(ids.values()))


def box_of(cast: Cast, *mails: bytes) -> str:
    path = cast.root / "box.mbox"
    path.write_bytes(mbox(*mails))
    return str(path)


def records(cast: Cast) -> list[Path]:
    return sorted(cast.ana.folder.rglob("*-delivered-late-*.yaml"))


def test_what_bounced_is_on_record_by_its_row_and_shown_with_the_send(small: Cast) -> None:
    message, ids = sent(small)
    kim, lou, _ = (f"person{n}@customer.example" for n in range(3))
    ana = small.ana
    ran = ana.done("bounces", box_of(
        small, notification(ids[kim], to=kim), AUTOMATIC, HUMAN,
        notification(ids[lou], "delayed", "4.4.1", to=lou),
        notification("<someone@else.example>"), notification(f"<c1.{'0' * 32}@example.com>"),
    ), "--json")  # fmt: skip
    assert fits(ran.json) == "bounces"
    (one,) = ran.json["sends"]
    assert one["counts"] == {"mail": {"bounced": 1, "delayed": 1}}
    assert (ran.json["automatic"], ran.json["other"], ran.json["foreign"]) == (1, 1, 2)

    (record,) = records(small)
    (evidence,) = [p for p in record.parents[1].glob("evidence/*") if b"bounced" in p.read_bytes()]
    lines = evidence.read_text(encoding="utf-8").split("\n")
    assert sorted(line.split()[2:] for line in lines if line) == [
        ["bounced", "5.1.1"], ["delayed", "4.4.1"],
    ]  # fmt: skip
    both = evidence.read_text(encoding="utf-8") + record.read_text(encoding="utf-8")
    assert ("customer.example" in both, "person" in both.replace("person:", "")) == (False, False)

    status = ana.done("send", message, "--status")
    assert "mail: 3 accepted" in status.out
    assert f"later: bounced 5.1.1 mail to {kim}" in " ".join(status.out.split())
    document = ana.done("send", message, "--status", "--json").json
    assert fits(document) == "progress"
    assert {late["what"] for late in document["messages"][0]["late"]} == {"bounced", "delayed"}
    assert "later news of the send: 1 bounced over mail, 1 delayed over mail" in " ".join(
        ana.done("log").out.split()
    )
    assert ana.done("check", "--json").json["messages"][0]["state"] == "sent"


def test_the_same_mails_again_are_nothing_new(small: Cast) -> None:
    _, ids = sent(small)
    first, second, _ = ids.values()
    ana = small.ana
    ana.done("bounces", box_of(small, notification(first), notification(first)))
    ran = ana.done("bounces", box_of(small, notification(first, status="5.0.0")), "--json")
    assert fits(ran.json) == "bounces"
    assert (ran.json["sends"], ran.json["known"], ran.json["commit"]) == ([], 1, "")
    ana.done("bounces", box_of(small, notification(first), notification(second)))
    found = [p.read_text(encoding="utf-8") for p in records(small)]
    assert len(found) == 2
    assert all('counts: {"mail": {"bounced": 1}}' in text for text in found)
    assert ana.done("check").code == 0


def test_later_news_of_the_same_mail_is_added(small: Cast) -> None:
    message, ids = sent(small, 1)
    (one,) = ids.values()
    for action, status in (("delayed", "4.4.1"), ("failed", "5.4.7")):
        small.ana.done("bounces", "-", stdin=notification(one, action, status))
    said = small.ana.done("send", message, "--status").out
    assert ("later: delayed 4.4.1" in said, "later: bounced 5.4.7" in said) == (True, True)


def test_who_has_neither_the_list_nor_the_ledger_records_them_too(small: Cast) -> None:
    message, ids = sent(small)
    ana = small.ana
    ana.done("sync")
    (ana.folder / "recipients" / "strategic-customers.csv").unlink()
    ledgers = [*(ana.folder / ".git" / "comms" / "sends").rglob("ledger.jsonl")]
    assert len(ledgers) == 1
    ledgers[0].unlink()
    ran = ana.done("bounces", "-", "--json", stdin=notification(first_of(ids)))
    assert ran.json["sends"][0]["message"] == message


def test_a_forged_one_changes_no_verdict_and_a_drill_has_none(small: Cast) -> None:
    message, ids = sent(small)
    ana = small.ana
    before = ana.done("show", message, "--json").json["gates"]
    forged = notification(first_of(ids), "delivered", "2.0.0")
    ana.done("bounces", "-", stdin=forged)
    assert ana.done("show", message, "--json").json["gates"] == before
    assert ana.done("check").code == 0
    assert ana.done("send", message).err.count("nothing was sent again") == 1


def test_a_closed_incident_still_takes_them(small: Cast) -> None:
    _, ids = sent(small)
    ana = small.ana
    lead_to(small, {"mail": FILE, "intranet": FILE, "status-page": FILE})
    small.later(30)
    ana.done("phase", "resolution")
    ana.done("fact", "end=2026-11-22T10:00:00Z", "remedy=a new certificate")
    (over,) = ana.done("draft", "strategic").ids
    small.passed(over, "approval", "release")
    ana.done("send", over)
    ana.done("close", "--false-alarm", "--why", "it was none")
    ana.done("bounces", "-", stdin=notification(first_of(ids)))
    assert len(records(small)) == 1


def test_who_may_not_say_what_was_sent_may_not_say_this(small: Cast) -> None:
    _, ids = sent(small)
    small.bo.done("sync")
    refused = small.bo("bounces", "-", stdin=notification(first_of(ids)))
    assert (refused.code, "delivered-late" in refused.err) == (4, True)


def test_a_maildir_a_mail_and_what_is_neither(small: Cast) -> None:
    _, ids = sent(small)
    maildir = small.root / "Maildir"
    (maildir / "new").mkdir(parents=True)
    (maildir / "new" / "1").write_bytes(notification(first_of(ids)))
    assert "1 bounced over mail" in small.ana.done("bounces", str(maildir)).out
    assert small.ana("bounces", str(small.root)).code == 2
    assert small.ana("bounces", "nope").code == 2
    assert small.ana("bounces").code == 2
    nothing = small.ana.done("bounces", "-", stdin=b"")
    assert (nothing.out, nothing.err) == ("", "0 mails read\n")


@pytest.mark.parametrize("cut", [True, False])
def test_evidence_that_somebody_changed_is_not_believed(small: Cast, *, cut: bool) -> None:
    message, ids = sent(small)
    ana = small.ana
    one = notification(first_of(ids))
    ana.done("bounces", "-", stdin=one)
    (path,) = [p for p in ana.folder.rglob("evidence/*.txt") if b"bounced" in p.read_bytes()]
    text = "" if cut else path.read_text(encoding="utf-8").replace("bounced", "delivered")
    ana.edit(str(path.relative_to(ana.folder)), text)
    assert "later:" not in ana.done("send", message, "--status").out


def test_one_that_is_in_doubt_may_bounce_and_stays_for_a_person_to_decide(
    small: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "FINAL_SECONDS", 0.3)
    with mail_server() as box:
        mail = f"{{adapter: smtp, host: {box.host}, port: {box.port}}}"
        lead_to(small, {"mail": mail, "intranet": FILE, "status-page": FILE})
        many(small, 1)
        message = released(small, "strategic")
        box.after = 1
        assert small.ana("send", message).code == 6
        ((_, taken),) = box.mails
        small.ana.done("bounces", "-", stdin=notification(str(taken["Message-ID"])))
        status = small.ana("send", message, "--status")
        assert (status.code, "unknown" in status.out, "later: bounced" in status.out) == (
            6, True, True,
        )  # fmt: skip
