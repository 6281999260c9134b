"""The wires, over real sockets: what leaves, what does not, and what is said of it."""

import ssl
from email.message import EmailMessage
from email.policy import SMTP

import pytest
import trustme

from commscli.delivery.wires.hosts import WireFault, looked_up
from commscli.delivery.wires.https import MOST, post
from commscli.delivery.wires.mail import MailServer, Refusal, handed_in
from tests.support.servers import mail_server, web_hook

SECONDS = 5.0


def mail() -> EmailMessage:
    one = EmailMessage(policy=SMTP)
    one["From"], one["To"], one["Subject"] = "a@x.example", "b@y.example", "It is your turn"
    one.set_content("Look at it.\n")
    return one


def hand_in(server: MailServer, context: ssl.SSLContext | None = None) -> None:
    with handed_in(server, seconds=SECONDS, context=context) as wire:
        wire.hand_in(mail().as_bytes(), "a@x.example", "b@y.example")


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def test_a_mail_to_this_machine() -> None:
    with mail_server() as box:
        hand_in(MailServer(host=box.host, port=box.port))
        ((to, got),) = box.mails
    assert (to, got["Subject"]) == (["b@y.example"], "It is your turn")


def test_a_mail_by_starttls_with_a_login() -> None:
    authority = trustme.CA()
    with mail_server(authority) as box:
        server = MailServer(host=box.host, port=box.port, user="comms", password="right")
        hand_in(server, trusting(authority))
        assert (len(box.mails), box.logins) == (1, [("comms", "right")])


def test_a_certificate_of_nobody_known_ends_it() -> None:
    with mail_server(trustme.CA()) as box, pytest.raises(WireFault) as failed:
        hand_in(MailServer(host=box.host, port=box.port, user="comms", password="right"))
    assert "certificate" in failed.value.text.lower()
    assert (box.mails, box.logins) == ([], [])


def test_a_wrong_password_is_said_without_it() -> None:
    authority = trustme.CA()
    with mail_server(authority) as box:
        server = MailServer(host=box.host, port=box.port, user="comms", password="wrong-4711")
        with pytest.raises(WireFault) as failed:
            hand_in(server, trusting(authority))
    assert "535" in failed.value.text
    assert "wrong-4711" not in failed.value.text


@pytest.mark.parametrize("answer", ["451 later", "550 no such box"])
def test_what_the_mail_server_says_is_told(answer: str) -> None:
    with mail_server() as box:
        box.answer = answer
        with pytest.raises(Refusal) as failed:
            hand_in(MailServer(host=box.host, port=box.port))
    assert str(failed.value) == answer


def test_nobody_listens() -> None:
    with mail_server() as box:
        port = box.port
    with pytest.raises(WireFault, match="does not answer"):
        hand_in(MailServer(host="127.0.0.1", port=port))


def test_a_post_to_this_machine() -> None:
    with web_hook() as hook:
        answer = post(f"{hook.url}/a?b=c", b"{}", {"X-Own": "1"}, seconds=SECONDS)
        assert hook.got == [("/a?b=c", b"{}")]
    assert (answer.status, answer.body) == (200, b"ok")


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    with web_hook() as hook, web_hook() as other:
        hook.status, hook.headers = 307, {"Location": other.url}
        assert post(hook.url, b"{}", {}, seconds=SECONDS).status == 307
        assert other.got == []


def test_little_of_a_huge_answer_is_read() -> None:
    with web_hook() as hook:
        hook.body = b"x" * (MOST * 4)
        assert len(post(hook.url, b"{}", {}, seconds=SECONDS).body) == MOST


@pytest.mark.parametrize("url", ["http://hooks.example.com/s3cret", "ftp://x/s3cret", "s3cret", ""])
def test_nothing_leaves_in_the_clear(url: str) -> None:
    with pytest.raises(WireFault) as failed:
        post(url, b"{}", {}, seconds=SECONDS)
    assert "https://" in failed.value.text
    assert "s3cret" not in failed.value.text


@pytest.mark.parametrize("host", ["10.0.0.1", "192.168.7.7", "169.254.169.254", "fd00::1"])
def test_an_address_behind_the_machine_is_refused_unless_it_is_meant(host: str) -> None:
    with pytest.raises(WireFault, match="private network"):
        looked_up(host, 443, private=False)
    assert looked_up(host, 443, private=True)


def test_a_host_without_a_name() -> None:
    with pytest.raises(WireFault, match="has no address"):
        looked_up("no-such-host.invalid", 443, private=False)
