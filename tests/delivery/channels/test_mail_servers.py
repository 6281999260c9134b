"""Mail against servers that offer, refuse, wait and lie: what is said of each delivery is so."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import trustme

from commscli.delivery.channels import smtp
from commscli.delivery.channels.channel import Channel, ChannelDown
from commscli.delivery.ledger import Step
from commscli.delivery.mime import mail_bytes
from commscli.errors import BadInput
from tests.support.mails import mail_channel, mail_to
from tests.support.servers import ScriptedMail, mail_server, raw_server

UMLAUT = mail_to("müller@bücher.example")


def handed_in(channel: Channel) -> tuple[Step, str]:
    channel.probe()
    outcome = channel.send(mail_to(), lambda: None)
    channel.end()
    return outcome.step, outcome.detail


def offering(*extensions: str) -> dict[str, bytes | None]:
    lines = ["here", *extensions]
    joined = "\r\n".join(f"250{'-' if n < len(lines) else ' '}{line}"
                         for n, line in enumerate(lines, 1))  # fmt: skip
    return {"ehlo": joined.encode()}


class TestLettersBeforeTheAt:
    def test_a_server_that_takes_them_gets_them_as_they_are(self, tmp_path: Path) -> None:
        with mail_server() as box:
            channel = mail_channel(tmp_path, box.port)
            channel.probe()
            assert channel.plan(UMLAUT) == ""
            assert channel.send(UMLAUT, lambda: None).step is Step.ACCEPTED
            assert channel.send(mail_to(), lambda: None).step is Step.ACCEPTED
            channel.end()
            (to, mail), (other, _) = box.mails
        assert (to, other) == (["müller@xn--bcher-kva.example"], ["kim@y.example"])
        assert str(mail["To"]) == "Kim <müller@xn--bcher-kva.example>"
        assert {"SMTPUTF8", "BODY=8BITMIME"} <= set(box.options[0])
        assert "SMTPUTF8" not in box.options[1]

    def test_one_that_does_not_is_told_before_anything_is_begun(self, tmp_path: Path) -> None:
        with mail_server(utf8=False) as box:
            channel = mail_channel(tmp_path, box.port)
            channel.probe()
            with pytest.raises(BadInput, match="SMTPUTF8") as failed:
                channel.plan(UMLAUT)
            assert "müller@bücher.example" in failed.value.text
            assert channel.send(UMLAUT, lambda: None).step is Step.DEFERRED
            assert channel.plan(mail_to("kim@bücher.example")) == ""
            channel.end()
            assert box.mails == []

    def test_who_it_is_from_may_have_them_too(self, tmp_path: Path) -> None:
        with mail_server() as box:
            channel = mail_channel(tmp_path, box.port, {"from": "Jörg <jörg@bücher.example>"})
            assert handed_in(channel)[0] is Step.ACCEPTED
            ((_, mail),) = box.mails
        assert str(mail["From"]) == "Jörg <jörg@xn--bcher-kva.example>"
        assert "SMTPUTF8" in box.options[0]

    @pytest.mark.parametrize("sender", ["nobody", "a b@x.example", "@x.example", "\tx@y.example"])
    def test_a_sender_that_is_none_is_refused_at_once(self, tmp_path: Path, sender: str) -> None:
        with pytest.raises(BadInput):
            mail_channel(tmp_path, 25, {"from": sender})


class TestSizes:
    def test_the_server_is_told_how_large_a_mail_is(self, tmp_path: Path) -> None:
        with mail_server() as box:
            handed_in(mail_channel(tmp_path, box.port))
        (option,) = (o for o in box.options[0] if o.startswith("SIZE="))
        assert int(option.removeprefix("SIZE=")) > 1000

    def test_one_that_names_none_is_not(self, tmp_path: Path) -> None:
        server = ScriptedMail()
        with raw_server(server) as port:
            assert handed_in(mail_channel(tmp_path, port))[0] is Step.ACCEPTED
        assert server.said[1] == b"mail FROM:<comms@x.example>"

    @pytest.mark.parametrize("stated", ["SIZE 9000", "SIZE"])
    def test_a_mail_beyond_what_the_server_takes(self, tmp_path: Path, stated: str) -> None:
        large = mail_to(text="Words. " * 3000)
        own = {} if stated == "SIZE 9000" else {"max_bytes": "9000"}
        with raw_server(ScriptedMail(answers=offering(stated))) as port:
            channel = mail_channel(tmp_path, port, own)
            channel.probe()
            assert channel.plan(mail_to()) == ""
            with pytest.raises(BadInput, match=r"kim@y\.example has \d+ bytes: at most 9000"):
                channel.plan(large)
            channel.end()

    def test_attachments_count_and_the_size_said_is_the_size_that_goes(
        self, tmp_path: Path
    ) -> None:
        files = (("a.bin", b"\xff" * 30_000), ("b.txt", b"words\n"))
        with mail_server() as box:
            channel = mail_channel(tmp_path, box.port, attachments=files)
            assert handed_in(channel)[0] is Step.ACCEPTED
            (option,) = (o for o in box.options[0] if o.startswith("SIZE="))
        size = int(option.removeprefix("SIZE="))
        exact = {"max_bytes": str(size)}
        assert mail_channel(tmp_path, 25, exact, attachments=files).plan(mail_to()) == ""
        less = {"max_bytes": str(size - 1)}
        with pytest.raises(BadInput, match=f"has {size} bytes: at most {size - 1}"):
            mail_channel(tmp_path, 25, less, attachments=files).plan(mail_to())

    def test_a_mail_is_made_for_it_only_where_it_comes_close(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = 0

        def counted(*told: Any) -> bytes:
            nonlocal made
            made += 1
            return mail_bytes(*told)

        monkeypatch.setattr(smtp, "mail_bytes", counted)
        wide = mail_channel(tmp_path, 25, {"max_bytes": "10000000"})
        near = mail_channel(tmp_path, 25, {"max_bytes": "40000"})
        for number in range(50):
            wide.plan(mail_to(f"p{number}@y.example", text="Words. " * 300))
            near.plan(mail_to(f"p{number}@y.example", text="Words. " * 300))
        assert made == 1


class TestWhatGoesWrong:
    @pytest.mark.parametrize(
        ("answer", "step"),
        [("451 later", Step.DEFERRED), ("452 full", Step.DEFERRED), ("550 no", Step.REJECTED),
         ("554 spam", Step.REJECTED)],
    )  # fmt: skip
    def test_a_refusal_of_a_whole_mail(self, tmp_path: Path, answer: str, step: Step) -> None:
        with mail_server() as box:
            box.answer = answer
            assert handed_in(mail_channel(tmp_path, box.port)) == (step, answer)
            assert box.mails == []

    def test_the_last_answer_may_take_longer_than_any_other(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(smtp, "CONNECT_SECONDS", 0.5)
        with mail_server() as box:
            box.after = 1.2
            assert handed_in(mail_channel(tmp_path, box.port))[0] is Step.ACCEPTED

    def test_one_that_never_comes_leaves_it_unknown_and_the_next_goes_on(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(smtp, "FINAL_SECONDS", 0.3)
        with mail_server() as box:
            box.after = 3
            channel = mail_channel(tmp_path, box.port)
            channel.probe()
            started = time.monotonic()
            assert channel.send(mail_to(), lambda: None).step is Step.UNKNOWN
            assert time.monotonic() - started < 2
            box.after = 0
            assert channel.send(mail_to(), lambda: None).step is Step.ACCEPTED
            channel.end()

    def test_after_a_last_answer_nothing_is_waited_for_so_long(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(smtp, "FINAL_SECONDS", 3.0)
        monkeypatch.setattr(smtp, "CONNECT_SECONDS", 0.3)
        server = ScriptedMail(answers={"quit": b""}, slow={"rcpt": 2})
        with raw_server(server) as port:
            channel = mail_channel(tmp_path, port)
            channel.probe()
            server.slow = {}
            first = channel.send(mail_to(), lambda: None).step
            server.slow = {"rcpt": 2}
            started = time.monotonic()
            second = channel.send(mail_to(), lambda: None).step
            took = time.monotonic() - started
            channel.end()  # before anything is asserted: the server waits for it
        assert (first, second) == (Step.ACCEPTED, Step.DEFERRED)
        assert took < 1.5


@contextmanager
def trusted(monkeypatch: pytest.MonkeyPatch, authority: trustme.CA) -> Iterator[None]:
    """Let this machine trust an authority, as its administrator would."""
    with authority.cert_pem.tempfile() as path:
        monkeypatch.setenv("SSL_CERT_FILE", path)
        yield


class TestEncryptionAndLogin:
    def test_encrypted_and_logged_in(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        authority = trustme.CA()
        login = {"user": "comms", "secret": "mail"}
        with mail_server(authority) as box, trusted(monkeypatch, authority):
            channel = mail_channel(tmp_path, box.port, login, word="right")
            assert handed_in(channel)[0] is Step.ACCEPTED
            assert (len(box.mails), box.logins) == (1, [("comms", "right")])

    def test_a_wrong_password_stops_the_channel_and_is_not_said(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        authority = trustme.CA()
        login = {"user": "comms", "secret": "mail"}
        with mail_server(authority) as box, trusted(monkeypatch, authority):
            channel = mail_channel(tmp_path, box.port, login, word="wr0ng")
            with pytest.raises(ChannelDown, match="535") as failed:
                channel.probe()
            with pytest.raises(ChannelDown):
                channel.send(mail_to(), lambda: None)
            assert box.mails == []
        assert "wr0ng" not in failed.value.text

    def test_a_certificate_for_another_host_ends_it_before_the_password_goes(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        authority = trustme.CA()
        login = {"user": "comms", "secret": "mail"}
        with (
            mail_server(authority, host="other.example") as box,
            trusted(monkeypatch, authority),
            pytest.raises(ChannelDown, match=r"(?i)mismatch|certificate"),
        ):
            mail_channel(tmp_path, box.port, login, word="right").probe()
        assert (box.mails, box.logins) == ([], [])
