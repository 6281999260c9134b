"""Channels that stay at home: the site, what is kept, call sheets; and what Apprise knows."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from commscli.delivery.channels.channel import Channel, ChannelDown, delivery_of
from commscli.delivery.channels.registry import channel_of
from commscli.delivery.ledger import Step
from commscli.delivery.site import ATOM
from commscli.errors import Refused
from tests.delivery.test_channels import AT, DELIVERY, payload, sending
from tests.support.servers import web_hook

SITE = {"adapter": "site", "url": "https://status.example.com", "title": "Example & Co"}


def at_home(tmp_path: Path, minutes: int = 0, message: str = "m-1", **settings: str) -> Channel:
    made = sending(tmp_path)
    words = replace(made.words, message=message)
    return channel_of(settings or SITE, replace(made, words=words, phase="investigation",
                                                at=AT + timedelta(minutes=minutes)))  # fmt: skip


def everything(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_the_site_is_the_same_however_often_it_is_written(tmp_path: Path) -> None:
    first, second = at_home(tmp_path), at_home(tmp_path, 30, "m-2")
    assert first.send(DELIVERY, lambda: None).step is Step.ACCEPTED
    later = delivery_of("e" * 16, payload("It is *fixed*."))
    second.send(later, lambda: None)
    site = tmp_path / "outbox" / "site"
    before = everything(site)
    first.send(DELIVERY, lambda: None)
    second.send(later, lambda: None)
    assert everything(site) == before
    assert sorted(before) == [
        "feed.atom", "feed.rss", "incidents/2026-11-22-x.html", "index.html",
        "updates/2026-11-22-x--m-1.json", "updates/2026-11-22-x--m-2.json",
    ]  # fmt: skip
    page = before["incidents/2026-11-22-x.html"].decode()
    assert page.index("<em>fixed</em>") < page.index("Hello."), "the newest first"
    assert "Example &amp; Co" in page


def test_the_feeds_are_feeds(tmp_path: Path) -> None:
    at_home(tmp_path).send(DELIVERY, lambda: None)
    at_home(tmp_path, 30, "m-2").send(DELIVERY, lambda: None)
    site = tmp_path / "outbox" / "site"
    feed = ET.fromstring((site / "feed.atom").read_text())  # noqa: S314 - written just now
    entries = feed.findall(f"{{{ATOM}}}entry")
    updated = [entry.findtext(f"{{{ATOM}}}updated") for entry in entries]
    assert updated == ["2026-11-22T09:50:00Z", "2026-11-22T09:20:00Z"]
    assert feed.findtext(f"{{{ATOM}}}updated") == updated[0]
    ids = {entry.findtext(f"{{{ATOM}}}id") for entry in entries}
    assert "tag:status.example.com,2026-11-22:2026-11-22-x/m-1" in ids
    rss = ET.fromstring((site / "feed.rss").read_text())  # noqa: S314 - written just now
    items = rss.findall("channel/item")
    assert next(item.findtext("pubDate") for item in items) == "Sun, 22 Nov 2026 09:50:00 +0000"
    assert {item.findtext("guid") for item in items} == ids


def test_hostile_words_are_inert_on_the_site(tmp_path: Path) -> None:
    bad = "<script>alert(1)</script> ]]> <!-- \u202e &amp; [x](javascript:1)"
    at_home(tmp_path).send(delivery_of("e" * 16, payload(bad)), lambda: None)
    for data in everything(tmp_path / "outbox" / "site").values():
        text = data.decode()
        assert "<script" not in text or text.startswith("{")
        assert 'href="javascript' not in text


def test_the_site_is_not_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "outbox").mkdir()
    (tmp_path / "outbox" / "site").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Refused, match="symbolic link"):
        at_home(tmp_path).probe()
    with pytest.raises(Refused, match="symbolic link"):
        at_home(tmp_path).send(DELIVERY, lambda: None)
    assert not list((tmp_path / "elsewhere").iterdir())


def test_what_is_kept_goes_to_nobody(tmp_path: Path) -> None:
    outcome = at_home(tmp_path, adapter="hold").send(DELIVERY, lambda: None)
    assert outcome.step is Step.KEPT
    assert "Hello." in (tmp_path / "outbox" / "c" / outcome.id).read_text()


def test_a_call_sheet_says_whom_to_call_what_to_say_and_what_to_do_then(tmp_path: Path) -> None:
    outcome = at_home(tmp_path, adapter="manual").send(DELIVERY, lambda: None)
    assert outcome.step is Step.HANDED_OUT
    sheet = (tmp_path / "outbox" / "c" / outcome.id).read_text()
    assert "Call: Kim kim@y.example" in sheet
    assert "Hello.\n\nMore." in sheet
    assert "comms send m-1 --done c/kim@y.example --why" in sheet


@contextmanager
def told_by_apprise(
    tmp_path: Path, status: int
) -> Iterator[tuple[Channel, list[tuple[str, bytes]]]]:
    with web_hook() as hook:
        hook.status = status
        url = re.sub("^http", "json", hook.url)
        yield channel_of({"adapter": "apprise", "secret": "x"}, sending(tmp_path, url)), hook.got


@pytest.mark.parametrize(("status", "step"), [(200, Step.ACCEPTED), (500, Step.UNKNOWN),
                                              (404, Step.UNKNOWN)])  # fmt: skip
def test_what_apprise_calls_no_success_is_in_doubt(tmp_path: Path, status: int, step: Step) -> None:
    with told_by_apprise(tmp_path, status) as (channel, got):
        channel.probe()
        assert got == [], "nothing is sent to try it out"
        marks: list[str] = []
        assert channel.send(DELIVERY, lambda: marks.append("wire")).step is step
        assert (len(got), marks) == (1, ["wire"]), "once, and never again by itself"
        assert b"Hello." in got[0][1]


def test_an_address_that_apprise_does_not_know(tmp_path: Path) -> None:
    channel = channel_of({"adapter": "apprise", "secret": "x"}, sending(tmp_path, "pigeon://loft"))
    with pytest.raises(ChannelDown, match="no address that Apprise knows") as fault:
        channel.probe()
    assert "pigeon" not in str(fault.value)
