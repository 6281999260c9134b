"""Every channel against servers that do what servers do: what it says of each delivery is so."""

import base64
import hmac
import json
import socket
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from commscli.delivery.channels import posting
from commscli.delivery.channels.channel import (
    Channel,
    ChannelDown,
    Delivery,
    Sending,
    delivery_of,
)
from commscli.delivery.channels.registry import channel_of
from commscli.delivery.ledger import Step
from commscli.delivery.payload import Payload, Words
from commscli.errors import BadInput, MissingSecret
from tests.support.servers import ScriptedMail, raw_server, web_hook, whole_request

AT = datetime(2026, 11, 22, 9, 20, tzinfo=UTC)
POSTS = ("webhook", "slack", "teams")
HOSTILE = "<!channel> <@U1> & <script>alert(1)</script> [x](javascript:1) *b*"


def sending(tmp_path: Path, url: str = "") -> Sending:
    def secret(name: str, _host: str) -> str:
        if name == "none":
            raise MissingSecret("nothing says what the secret none is")
        return url or "s3cret"

    words = Words(incident="2026-11-22-x", message="m-1", subject="S", body="B")
    return Sending(send_id="f" * 16, words=words, domain="x.example", at=AT, root=tmp_path,
                   outbox=tmp_path / "outbox", secret=secret)  # fmt: skip


def payload(text: str = "Hello.\n\nMore.") -> Payload:
    return Payload(channel="c", row="", to="kim@y.example", name="Kim", subject="It began",
                   text=text)  # fmt: skip


DELIVERY = delivery_of("f" * 16, payload())


def over(adapter: str, url: str, tmp_path: Path, **more: str) -> Channel:
    settings = {"adapter": adapter, "secret": "x", **more}
    if adapter == "webhook":
        settings = {"adapter": adapter, "url": url, **more}
    return channel_of(settings, sending(tmp_path, url))


def told(channel: Channel, delivery: Delivery = DELIVERY) -> tuple[Step, list[str], str]:
    """Deliver once; return what became of it, what was said on the way, and the detail."""
    marks: list[str] = []
    channel.probe()
    outcome = channel.send(delivery, lambda: marks.append("wire"))
    channel.end()
    return outcome.step, marks, outcome.detail


STATUSES: Mapping[int, Step] = {
    200: Step.ACCEPTED, 202: Step.ACCEPTED, 307: Step.REJECTED, 400: Step.REJECTED,
    403: Step.REJECTED, 404: Step.REJECTED, 408: Step.DEFERRED, 410: Step.REJECTED,
    425: Step.DEFERRED, 429: Step.DEFERRED, 500: Step.UNKNOWN, 502: Step.UNKNOWN,
    503: Step.DEFERRED, 504: Step.UNKNOWN,
}  # fmt: skip


@pytest.mark.parametrize("adapter", POSTS)
@pytest.mark.parametrize("status", STATUSES)
def test_what_a_status_means(tmp_path: Path, adapter: str, status: int) -> None:
    with web_hook() as hook:
        hook.status = status
        step, marks, detail = told(over(adapter, f"{hook.url}/s3cret", tmp_path))
    assert (step, marks) == (STATUSES[status], ["wire"])
    assert str(status) in detail
    assert "s3cret" not in detail


def test_when_it_may_be_tried_again(tmp_path: Path) -> None:
    with web_hook() as hook:
        hook.status, hook.headers = 429, {"Retry-After": "17"}
        channel = over("slack", hook.url, tmp_path)
        channel.probe()
        assert channel.send(DELIVERY, lambda: None).after == 17.0


def test_slack_says_no_in_a_word(tmp_path: Path) -> None:
    with web_hook() as hook:
        hook.body = b"no_service"
        assert told(over("slack", hook.url, tmp_path))[0] is Step.REJECTED


def drops_before(wire: socket.socket) -> None:
    """Hang up at once."""
    wire.close()


def drops_after(wire: socket.socket) -> None:
    """Take all of it, and say nothing."""
    whole_request(wire)


def garbage(wire: socket.socket) -> None:
    """Answer what is no HTTP."""
    whole_request(wire)
    wire.sendall(b"\x00\xff not http\r\n\r\n")


@pytest.mark.parametrize("adapter", POSTS)
@pytest.mark.parametrize("talk", [drops_before, drops_after, garbage])
def test_an_answer_that_never_came_is_unknown(
    tmp_path: Path, adapter: str, talk: Callable[[socket.socket], None]
) -> None:
    with raw_server(talk) as port:
        step, marks, _ = told(over(adapter, f"http://127.0.0.1:{port}/", tmp_path))
    assert (step, marks) == (Step.UNKNOWN, ["wire"])


@pytest.mark.parametrize("adapter", POSTS)
def test_a_slow_answer_is_unknown(
    tmp_path: Path, adapter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "SECONDS", 0.3)

    def slow(wire: socket.socket) -> None:
        whole_request(wire)
        wire.recv(1)

    with raw_server(slow) as port:
        step, _, _ = told(over(adapter, f"http://127.0.0.1:{port}/", tmp_path))
    assert step is Step.UNKNOWN


@pytest.mark.parametrize("adapter", POSTS)
def test_nobody_listens_and_nothing_left(tmp_path: Path, adapter: str) -> None:
    with raw_server(drops_before) as port:
        pass
    channel = over(adapter, f"http://127.0.0.1:{port}/", tmp_path)
    with pytest.raises(ChannelDown, match="does not answer"):
        channel.probe()
    marks: list[str] = []
    assert channel.send(DELIVERY, lambda: marks.append("wire")).step is Step.DEFERRED
    assert marks == []


def test_an_address_in_the_clear_is_refused_for_good(tmp_path: Path) -> None:
    channel = over("slack", "http://hooks.example.com/s3cret", tmp_path)
    with pytest.raises(ChannelDown, match="nothing is sent in the clear") as fault:
        channel.probe()
    marks: list[str] = []
    outcome = channel.send(DELIVERY, lambda: marks.append("wire"))
    assert (outcome.step, marks) == (Step.REJECTED, [])
    assert "s3cret" not in f"{outcome.detail}{fault.value}"


def test_the_envelope_of_a_web_hook(tmp_path: Path) -> None:
    seen: list[bytes] = []

    def answer(wire: socket.socket) -> None:
        asked = whole_request(wire)
        if not asked:
            return  # it was only looked whether anybody answers
        seen.append(asked)
        wire.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    with raw_server(answer) as port:
        url = f"http://127.0.0.1:{port}/in"
        settings = {"adapter": "webhook", "url": url, "secret": "x"}
        assert told(channel_of(settings, sending(tmp_path)))[0] is Step.ACCEPTED
    head, _, body = seen[0].partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().splitlines()[1:])
    document = json.loads(body)
    assert document["id"] == headers["Idempotency-Key"] == headers["webhook-id"] == DELIVERY.key
    assert document["data"]["text"] == "Hello.\n\nMore."
    signed = f"{DELIVERY.key}.{headers['webhook-timestamp']}.".encode() + body
    mac = base64.b64encode(hmac.digest(b"s3cret", signed, sha256)).decode()
    assert headers["webhook-signature"] == f"v1,{mac}"


@pytest.mark.parametrize("adapter", [*POSTS, "file", "smtp"])
def test_what_a_person_reads_of_a_request_has_no_secret_in_it(tmp_path: Path, adapter: str) -> None:
    more = {"host": "localhost", "port": "25", "user": "u"} if adapter == "smtp" else {}
    if adapter == "webhook":
        more = {"url": "https://x.example/in"}
    settings = {"adapter": adapter, "secret": "none", **more}
    shown = channel_of(settings, sending(tmp_path)).redact(DELIVERY)
    assert "Hello." in shown
    if adapter in POSTS:
        assert shown.startswith("POST ")
        assert "none>" in shown


@pytest.mark.parametrize(
    ("adapter", "marks"),
    [("slack", ("<!channel>", "<@U1>", "<script>")),
     ("teams", ("<@U1>", "<script>", "](javascript", "*b*"))],
)  # fmt: skip
def test_hostile_words_are_inert(tmp_path: Path, adapter: str, marks: tuple[str, ...]) -> None:
    with web_hook() as hook:
        told(over(adapter, hook.url, tmp_path), delivery_of("f" * 16, payload(HOSTILE)))
        ((_, body),) = hook.got
    text = body.decode()
    assert "alert" in text
    assert [mark for mark in marks if mark in text] == []


def smtp(port: int, tmp_path: Path, **more: str) -> Channel:
    settings = {"adapter": "smtp", "host": "localhost", "port": str(port), **more}
    return channel_of(settings, sending(tmp_path))


@pytest.mark.parametrize(
    ("verb", "answer", "step", "wired"),
    [
        ("mail", b"451 later", Step.DEFERRED, False),
        ("mail", b"550 not you", Step.REJECTED, False),
        ("rcpt", b"450 busy", Step.DEFERRED, False),
        ("rcpt", b"550 no such box", Step.REJECTED, False),
        ("rcpt", None, Step.DEFERRED, False),
        ("data", b"451 later", Step.DEFERRED, False),
        ("data", b"554 no", Step.REJECTED, False),
        ("data", None, Step.DEFERRED, False),
        ("final", b"250 queued as 4711", Step.ACCEPTED, True),
        ("final", b"451 later", Step.DEFERRED, True),
        ("final", b"552 too big", Step.REJECTED, True),
        ("final", None, Step.UNKNOWN, True),
        ("final", b"not smtp at all", Step.UNKNOWN, True),
    ],
)
def test_what_a_mail_server_says_or_does_not(
    tmp_path: Path, verb: str, answer: bytes | None, step: Step, *, wired: bool
) -> None:
    server = ScriptedMail(answers={verb: answer})
    with raw_server(server) as port:
        found, marks, _ = told(smtp(port, tmp_path))
    assert (found, marks) == (step, ["wire"] if wired else [])
    assert server.taken == int(verb == "final")


def test_a_connection_that_broke_is_opened_again(tmp_path: Path) -> None:
    server = ScriptedMail(answers={"rcpt": None})
    with raw_server(server) as port:
        channel = smtp(port, tmp_path)
        channel.probe()
        assert channel.send(DELIVERY, lambda: None).step is Step.DEFERRED
        server.answers = {}
        assert channel.send(DELIVERY, lambda: None).step is Step.ACCEPTED
        channel.end()


def test_one_connection_for_many_and_what_the_server_called_it(tmp_path: Path) -> None:
    server = ScriptedMail()
    with raw_server(server) as port:
        channel = smtp(port, tmp_path)
        channel.probe()
        outcomes = [channel.send(DELIVERY, lambda: None) for _ in range(5)]
        channel.end()
    assert [one.id for one in outcomes] == ["queued as 4711"] * 5
    assert (server.verbs.count("connect"), server.verbs[-1]) == (1, "quit")


@pytest.mark.parametrize("answer", [b"554 go away", None])
def test_a_server_that_lets_nobody_in_stops_the_channel(
    tmp_path: Path, answer: bytes | None
) -> None:
    with (
        raw_server(ScriptedMail(answers={"connect": answer})) as port,
        pytest.raises(ChannelDown),
    ):
        smtp(port, tmp_path).probe()


def test_a_secret_that_is_not_here_stops_it_before_anything_is_written(tmp_path: Path) -> None:
    channel = channel_of({"adapter": "slack", "secret": "none"}, sending(tmp_path))
    with pytest.raises(MissingSecret):
        channel.probe()


def test_an_adapter_of_tomorrow(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no channel adapter 'pigeon'"):
        channel_of({"adapter": "pigeon"}, sending(tmp_path))
