"""Text messages over Twilio: numbers, parts, and what is known in doubt."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from commscli.delivery.channels.channel import ChannelDown, Delivery
from commscli.delivery.ledger import Step
from commscli.delivery.payload import Words, payloads
from commscli.delivery.recipients import read_list
from commscli.errors import BadInput
from tests.support.apis import DROPPED_DONE
from tests.support.asked_channels import PHONE, Lab, delivery, lab
from tests.support.fake_twilio import ACCOUNT, FakeTwilio

HELLO = delivery("**Hello.**")


def twilio(one: Lab) -> FakeTwilio:
    assert isinstance(one.api, FakeTwilio)
    return one.api


def to(number: str) -> Delivery:
    return replace(HELLO, payload=replace(HELLO.payload, to=number))


def test_the_form_that_makes_a_message(tmp_path: Path) -> None:
    with lab("sms", tmp_path) as one:
        outcome = one.channel().send(HELLO, lambda: None)
        one.channel({"from": "", "service": "MG1"}).send(HELLO, lambda: None)
        first, second = one.api.committed
    assert first.path == f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    assert first.form == {"To": PHONE, "From": "+441632960000", "Body": "Hello."}
    assert second.form == {"To": PHONE, "MessagingServiceSid": "MG1", "Body": "Hello."}
    assert (outcome.id, outcome.detail) == (twilio(one).messages[1]["sid"], "queued")


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        ("Hello.", "1 segment, GSM-7"),
        ("a" * 161, "2 segments, GSM-7"),
        ("It began… — we look", "1 segment, UCS-2 (because of “…” “—”)"),
        ("a\u00a0b" + "c" * 80, "2 segments, UCS-2 (because of U+00A0)"),
        ("- a\n- b **c**", "1 segment, GSM-7"),
        ("a\tb", "1 segment, GSM-7"),
    ],
)
def test_the_plan_says_in_how_many_parts_it_leaves(tmp_path: Path, text: str, remark: str) -> None:
    with lab("sms", tmp_path) as one:
        assert one.channel().plan(delivery(text)) == remark


@pytest.mark.parametrize(
    ("what", "text"),
    [
        (to("01632 960001"), "'01632 960001' is no telephone number"),
        (to(""), "there is no number to send to"),
        (delivery("a" * 1531), "11 segments, GSM-7: expected 1 to 10"),
        (delivery("…" + "a" * 670), "11 segments, UCS-2 .*: expected 1 to 10"),
        (delivery("\u202e"), "expected 1 to 10"),
    ],
)
def test_what_cannot_be_sent_is_refused_before(tmp_path: Path, what: Delivery, text: str) -> None:
    with lab("sms", tmp_path) as one, pytest.raises(BadInput, match=text):
        one.channel().plan(what)


def test_a_list_is_sent_to_by_its_phones(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("email,name,phone\na@x.example,A,+441632960001\nb@x.example,B,\n")
    words = Words(incident="i", message="m", subject="S", body="B")
    people = read_list(file)
    with pytest.raises(BadInput, match=r"line 3 of the recipients. list says nothing in phone"):
        list(payloads(words, "text", {"adapter": "sms"}, people, {}))
    mailed = [one.to for one in payloads(words, "mail", {"adapter": "smtp"}, people, {})]
    assert sorted(mailed) == ["a@x.example", "b@x.example"]
    file.write_text("email,name,phone\na@x.example,A,+441632960001\n")
    (one,) = payloads(words, "text", {"adapter": "sms"}, read_list(file), {})
    assert one.to == "+441632960001"
    file.write_text("email,name\na@x.example,A\n")
    with pytest.raises(BadInput, match=r"the recipients. list has no column phone, and text sends"):
        list(payloads(words, "text", {"adapter": "sms"}, read_list(file), {}))


@pytest.mark.parametrize(
    ("code", "step"),
    [(21211, Step.REJECTED), (21610, Step.REJECTED), (21611, Step.DEFERRED),
     (20429, Step.DEFERRED)],
)  # fmt: skip
def test_what_a_code_means(tmp_path: Path, code: int, step: Step) -> None:
    with lab("sms", tmp_path) as one:
        twilio(one).error = code
        outcome = one.channel().send(HELLO, lambda: None)
    assert (outcome.step, outcome.detail) == (step, f"400 {code} no")


def test_a_probe_wants_an_account_in_use(tmp_path: Path) -> None:
    with lab("sms", tmp_path) as one:
        twilio(one).status = "suspended"
        with pytest.raises(ChannelDown, match="is suspended"):
            one.channel().probe()


def in_doubt(one: Lab) -> str:
    outcome = one.channel().reconcile(HELLO)
    return str(outcome.step) if outcome else "nobody knows"


def test_in_doubt_the_text_since_the_send_began_decides(tmp_path: Path) -> None:
    with lab("sms", tmp_path) as one:
        server = twilio(one)
        began = server.now
        server.now = began - timedelta(hours=1)
        server.take(PHONE, "Hello.")
        server.take("+441632960002", "Hello.")
        assert in_doubt(one) == "planned", "the same words of an hour ago are another message's"
        server.now, server.fault = began, DROPPED_DONE
        assert one.channel().send(HELLO, lambda: None).step is Step.UNKNOWN
        server.fault = None
        assert in_doubt(one) == "accepted"
        server.take(PHONE, "Hello.")
        assert in_doubt(one) == "nobody knows", "two of the same text cannot be told apart"


def test_another_text_to_the_same_number_leaves_it_in_doubt(tmp_path: Path) -> None:
    with lab("sms", tmp_path) as one:
        twilio(one).take(PHONE, "Hello!")
        assert in_doubt(one) == "nobody knows", "it may be ours, with a character replaced"


def test_how_fast(tmp_path: Path) -> None:
    with lab("sms", tmp_path) as one:
        assert one.channel().per_second == 1.0
        assert one.channel({"per_second": "12"}).per_second == 12.0
