"""The channels that can be asked, against servers that fail in every way that servers do."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from commscli.delivery.channels import asking, posting
from commscli.delivery.channels.channel import ChannelDown, Delivery
from commscli.delivery.ledger import Step
from commscli.delivery.wires.hosts import WireFault
from commscli.errors import MissingSecret
from tests.support.apis import DROPPED, DROPPED_DONE, GARBAGE, Fault
from tests.support.asked_channels import KINDS, Lab, delivery, lab

HUGE = b'{"ok": true, "id": "i", "sid": "s", "pad": "' + b"x" * 70_000 + b'"}'
HELLO = delivery()


@pytest.fixture(params=KINDS)
def one(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lab]:
    with lab(request.param, tmp_path) as made:
        yield made


def told(one: Lab, what: Delivery = HELLO) -> tuple[Step, list[str], str]:
    """Deliver once; return what became of it, what was said on the way, and the detail."""
    marks: list[str] = []
    channel = one.channel()
    channel.probe()
    outcome = channel.send(what, lambda: marks.append("wire"))
    channel.end()
    return outcome.step, marks, outcome.detail


def test_it_is_taken_once_and_named(one: Lab) -> None:
    channel = one.channel()
    channel.probe()
    assert one.held == 0, "a probe sends nothing"
    assert one.api.committed == []
    outcome = channel.send(HELLO, lambda: None)
    assert (outcome.step, one.held) == (Step.ACCEPTED, 1)
    assert outcome.id


def test_it_looks_before_it_says_that_it_will_write(one: Lab) -> None:
    at: list[int] = []
    channel = one.channel()
    channel.send(HELLO, lambda: at.append(len(one.api.asked)))
    assert at == [len(one.api.asked) - 1], "nothing but the one request comes after the mark"


@pytest.mark.parametrize(
    ("status", "step"),
    [
        (307, Step.REJECTED), (400, Step.REJECTED), (401, Step.DEFERRED), (403, Step.REJECTED),
        (404, Step.REJECTED), (408, Step.DEFERRED), (420, Step.DEFERRED), (422, Step.REJECTED),
        (425, Step.DEFERRED), (429, Step.DEFERRED), (500, Step.UNKNOWN), (502, Step.UNKNOWN),
        (503, Step.DEFERRED), (504, Step.UNKNOWN), (200, Step.UNKNOWN), (204, Step.UNKNOWN),
    ],
)  # fmt: skip
def test_what_a_status_means(one: Lab, status: int, step: Step) -> None:
    body = b'{"error": ["no such thing"], "message": "s3cret"}' if status > 400 else b""
    headers = {"Location": f"{one.api.url}/elsewhere"} if status == 307 else {}
    one.api.fault = Fault(status=status, body=body, headers=headers)
    found, marks, detail = told(one)
    assert (found, marks, one.held) == (step, ["wire"], 0)
    assert str(status) in detail
    assert ("no such thing" in detail) is (status > 400)
    assert not [asked for asked in one.api.asked if asked.path == "/elsewhere"]


def test_when_it_may_be_tried_again(one: Lab) -> None:
    one.api.fault = Fault(status=429, headers={"Retry-After": "17"})
    outcome = one.channel().send(HELLO, lambda: None)
    assert (outcome.step, outcome.after) == (Step.DEFERRED, 17.0)


@pytest.mark.parametrize(
    ("fault", "held"),
    [
        (DROPPED, 0),
        (DROPPED_DONE, 1),
        (GARBAGE, 0),
        (Fault(status=500, done=True), 1),
        (Fault(status=200, body=b"<html>Welcome to our network</html>"), 0),
        (Fault(status=200, body=b'["ok"]'), 0),
        (Fault(status=200, body=b"[" * 60_000), 0),
        (Fault(status=200, body=b'{"ok": true, "id": "", "sid": null, "ts": []}'), 0),
    ],
)
def test_what_was_not_answered_is_in_doubt_and_then_asked(
    one: Lab, fault: Fault, held: int
) -> None:
    one.api.fault = fault
    assert told(one)[:2] == (Step.UNKNOWN, ["wire"])
    assert one.held == held
    one.api.fault = None
    outcome = one.channel().reconcile(HELLO)
    assert outcome is not None
    assert outcome.step is (Step.ACCEPTED if held else Step.PLANNED)
    assert bool(outcome.id) is bool(held)
    assert one.held == held, "asking sends nothing"


def test_a_slow_answer_is_in_doubt(one: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "SECONDS", 0.2)
    one.api.fault = Fault(seconds=0.6, status=200, done=True)
    assert told(one)[0] is Step.UNKNOWN
    outcome = one.channel().reconcile(HELLO)
    assert outcome is not None
    assert outcome.step is Step.ACCEPTED


def test_a_huge_answer_is_read_to_its_limit_only(one: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking.AskedChannel, "most", 64 * 1024)
    one.api.fault = Fault(status=200, body=HUGE, done=True)
    assert told(one)[0] is Step.UNKNOWN
    one.api.fault, one.api.blind = None, Fault(status=200, body=HUGE)
    with pytest.raises(WireFault, match="more than 65536 bytes"):
        one.channel().reconcile(HELLO)


@pytest.mark.parametrize(
    "blind",
    [
        DROPPED, GARBAGE, Fault(status=500), Fault(status=503), Fault(status=307),
        Fault(status=200, body=b"<html>"), Fault(status=200, body=b"{}"),
        Fault(status=200, body=b'{"ok": true, "messages": {}}'), Fault(status=404),
    ],
)  # fmt: skip
def test_who_cannot_be_asked_does_not_say_that_it_is_not_there(one: Lab, blind: Fault) -> None:
    one.api.blind = blind
    with pytest.raises((WireFault, ChannelDown)):
        one.channel().reconcile(HELLO)


@pytest.mark.parametrize("name", ["slack", "statuspage"])
@pytest.mark.parametrize("status", [429, 500, 503])
def test_without_an_answer_to_a_question_nothing_leaves(
    tmp_path: Path, name: str, status: int
) -> None:
    with lab(name, tmp_path) as one:
        one.api.blind = Fault(status=status, headers={"Retry-After": "9"})
        marks: list[str] = []
        outcome = one.channel().send(HELLO, lambda: marks.append("wire"))
        assert (outcome.step, outcome.after, marks) == (Step.DEFERRED, 9.0, [])
        assert one.api.committed == []


@pytest.mark.parametrize("name", ["slack", "statuspage"])
@pytest.mark.parametrize("status", [307, 401, 403, 404])
def test_who_refuses_to_answer_takes_nothing_more(tmp_path: Path, name: str, status: int) -> None:
    with lab(name, tmp_path) as one:
        one.api.blind = Fault(status=status)
        with pytest.raises(ChannelDown, match=str(status)):
            one.channel().send(HELLO, lambda: None)
        assert one.api.committed == []


def test_nobody_listens_and_nothing_left(one: Lab) -> None:
    channel = one.channel({"url": "http://127.0.0.1:1"})
    with pytest.raises(ChannelDown, match="does not answer"):
        channel.probe()
    marks: list[str] = []
    assert channel.send(HELLO, lambda: marks.append("wire")).step is Step.DEFERRED
    assert marks == []


def test_a_probe_logs_in(one: Lab) -> None:
    one.channel().probe()
    one.api.blind = Fault(status=401, body=b'{"error": "bad key"}')
    with pytest.raises(ChannelDown, match="does not let us in: 401 bad key"):
        one.channel().probe()
    for blind in (DROPPED, Fault(status=404), Fault(status=503), Fault(status=302)):
        one.api.blind = blind
        with pytest.raises(ChannelDown):
            one.channel().probe()


def test_a_secret_that_is_not_here_or_not_for_that_host_stops_it(one: Lab) -> None:
    with pytest.raises(MissingSecret):
        one.channel({"secret": "none"}).probe()
    with pytest.raises(MissingSecret):
        one.channel({"url": "http://localhost:1/"}).probe()
    assert one.api.asked == []


def test_nothing_goes_in_the_clear_off_this_machine(one: Lab) -> None:
    channel = one.channel({"url": "http://127.0.0.1.example.com/"})
    with pytest.raises((ChannelDown, MissingSecret)):
        channel.probe()


def test_what_a_person_reads_has_no_secret_in_it(one: Lab) -> None:
    shown = one.channel({"secret": "none"}).redact(HELLO)
    assert shown.startswith(("POST ", "PATCH "))
    assert "secret none>" in shown
    assert "Hello." in shown.replace("%0A", " ").replace("+", " ")
    assert one.api.asked == [], "it asks nobody"


def test_hostile_words_arrive_as_words(one: Lab) -> None:
    hostile = "<!channel> <script>x</script> <a href=y>z</a> \u202eabc &#x202e; \x1b[31m"
    told(one, delivery(hostile, subject="<!here>\u202e"))
    (asked,) = one.api.committed
    said = "".join(asked.form.values()) if not asked.body.startswith(b"{") else str(asked.document)
    assert "script" in said
    marks = ["\u202e", "\\u202e", "\x1b", "\\x1b"]
    if not asked.path.endswith("Messages.json"):  # a telephone shows a tag as what it is
        marks += ["<!", "<script", "<a "]
    assert [mark for mark in marks if mark in said] == []
