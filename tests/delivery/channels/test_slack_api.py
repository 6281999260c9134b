"""Slack's Web API: threads, what it says no to, and what it is asked."""

from pathlib import Path

import pytest

from commscli.delivery.channels import slack_api
from commscli.delivery.channels.channel import ChannelDown
from commscli.delivery.ledger import Step
from commscli.errors import BadInput
from tests.support.apis import Fault
from tests.support.asked_channels import INCIDENT, Lab, delivery, lab
from tests.support.fake_slack import ROOM, FakeSlack

FIRST, SECOND = delivery("First."), delivery("Second.")
BROADCAST = {"broadcast": "true"}


def room(one: Lab) -> FakeSlack:
    assert isinstance(one.api, FakeSlack)
    return one.api


def test_the_messages_of_an_incident_are_one_thread(tmp_path: Path) -> None:
    with lab("slack", tmp_path) as one:
        slack = room(one)
        for text in ("before", "and more", "and more"):
            slack.say(text)
        first = one.channel().send(FIRST, lambda: None)
        for number in range(5):
            slack.say(f"what now {number}?")
        one.channel(BROADCAST, message="m-2").send(SECOND, lambda: None)
        one.channel(message="m-3").send(delivery("Third."), lambda: None)
        one.channel(incident="2026-11-22-another").send(delivery("Other."), lambda: None)
        ours = [post for post in slack.posts if "metadata" in post]
    root = ours[0]["ts"]
    assert first.id == f"{ROOM}/{root}"
    assert [post.get("thread_ts", "") for post in ours] == ["", root, root, ""]
    assert [post.get("reply_broadcast") for post in ours] == [None, True, False, None]
    told = ours[1]["metadata"]
    assert told["event_type"] == "comms_delivery"
    assert told["event_payload"] == {"key": SECOND.key, "incident": INCIDENT, "message": "m-2"}


def test_the_post_is_the_message_and_unfolds_nothing(tmp_path: Path) -> None:
    with lab("slack", tmp_path) as one:
        one.channel().send(FIRST, lambda: None)
        (post,) = room(one).posts
    assert post["text"] == "*It began*\nFirst."
    assert post["blocks"][0]["text"]["text"] == "*It began*\n\nFirst."
    assert (post["unfurl_links"], post["unfurl_media"], post["channel"]) == (False, False, ROOM)


@pytest.mark.parametrize(
    ("error", "step"),
    [
        ("ratelimited", Step.DEFERRED), ("service_unavailable", Step.DEFERRED),
        ("token_revoked", Step.DEFERRED), ("missing_scope", Step.DEFERRED),
        ("internal_error", Step.UNKNOWN), ("fatal_error", Step.UNKNOWN),
        ("msg_blocks_too_long", Step.REJECTED), ("is_archived", Step.REJECTED),
        ("an_error_of_tomorrow", Step.REJECTED), ("", Step.REJECTED),
    ],
)  # fmt: skip
def test_what_ok_false_means(tmp_path: Path, error: str, step: Step) -> None:
    with lab("slack", tmp_path) as one:
        room(one).error = error or " "
        outcome = one.channel().send(FIRST, lambda: None)
    assert (outcome.step, outcome.detail) == (step, f"200 {error}".strip())


def test_a_probe_finds_out_that_the_bot_is_not_in_the_channel(tmp_path: Path) -> None:
    with lab("slack", tmp_path) as one:
        slack = room(one)
        slack.member = False
        with pytest.raises(ChannelDown, match=r"history: not_in_channel") as fault:
            one.channel().probe()
        assert f"invite the bot to {ROOM}" in fault.value.remedy
        slack.token = "another"  # noqa: S105 - of a server that is gone after the test
        with pytest.raises(ChannelDown, match=r"auth\.test: invalid_auth"):
            one.channel().probe()
    assert [asked.method for asked in slack.asked] == ["POST", "GET", "POST"]


@pytest.mark.parametrize("more", [{}, BROADCAST])
def test_a_reply_in_doubt_is_found_in_the_thread(tmp_path: Path, more: dict[str, str]) -> None:
    with lab("slack", tmp_path) as one:
        one.channel().send(FIRST, lambda: None)
        for number in range(7):
            one.channel(more).send(delivery(f"No. {number}"), lambda: None)
        found = one.channel().reconcile(delivery("No. 5"))
        absent = one.channel().reconcile(SECOND)
    assert found is not None
    assert (found.step, found.id) == (Step.ACCEPTED, f"{ROOM}/{room(one).posts[6]['ts']}")
    assert absent is not None
    assert absent.step is Step.PLANNED


def test_a_room_that_is_not_read_to_its_end_does_not_say_that_it_is_absent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slack_api, "PAGES", 2)
    with lab("slack", tmp_path) as one:
        for number in range(5):
            room(one).say(f"chat {number}")
        assert one.channel().reconcile(FIRST) is None
        assert one.channel().send(FIRST, lambda: None).step is Step.ACCEPTED


def test_what_slack_would_cut_off_is_refused_and_what_it_shows_plainly_is_said(
    tmp_path: Path,
) -> None:
    with lab("slack", tmp_path) as one:
        with pytest.raises(BadInput, match="more than Slack takes"):
            one.channel().plan(delivery("word " * 8_001))
        assert "plain text" in one.channel().plan(delivery("word " * 5_000))
        assert one.channel().plan(FIRST) == ""
        assert one.channel(BROADCAST).flags() == {"reply_broadcast": "true"}


@pytest.mark.parametrize(
    ("incident", "oldest"),
    [
        ("2026-11-22-checkout-outage", "1795219200"),
        ("2027-03-01-chosen", "0"),
        ("chosen", "0"),
        ("2026-13-01-x", "0"),
        ("0001-01-01-x", "0"),
    ],
)
def test_a_history_is_read_from_the_day_before_the_incident(
    tmp_path: Path, incident: str, oldest: str
) -> None:
    with lab("slack", tmp_path) as one:
        one.channel(incident=incident).send(FIRST, lambda: None)
        one.channel(incident=incident).send(SECOND, lambda: None)
        assert one.api.asked[0].query["oldest"] == oldest
        assert "thread_ts" in room(one).posts[1]


def test_of_two_threads_the_first_goes_on(tmp_path: Path) -> None:
    with lab("slack", tmp_path) as one:
        one.channel().send(FIRST, lambda: None)
        (first,) = room(one).posts
        room(one).posts.append({**first, "ts": f"{float(first['ts']) + 60:.6f}"})
        one.channel().send(SECOND, lambda: None)
        assert room(one).posts[-1]["thread_ts"] == first["ts"]


@pytest.mark.parametrize(
    ("status", "error", "step"),
    [
        (200, "internal_error", Step.UNKNOWN),
        (202, "anything", Step.UNKNOWN),
        (500, "invalid_blocks", Step.UNKNOWN),
        (503, "invalid_blocks", Step.DEFERRED),
        (429, "ratelimited", Step.DEFERRED),
    ],
)
def test_a_failure_is_none_even_where_it_looks_like_a_success(
    tmp_path: Path, status: int, error: str, step: Step
) -> None:
    with lab("slack", tmp_path) as one:
        body = f'{{"ok": false, "error": "{error}", "ts": "1.2"}}'.encode()
        one.api.fault = Fault(status=status, body=body)
        assert one.channel().send(FIRST, lambda: None).step is step
