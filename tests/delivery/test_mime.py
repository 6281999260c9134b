"""A mail: the text that was approved, and the page made from it; the same bytes every time."""

import email
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from pathlib import Path

import pytest

from commscli.delivery.markdown.html import page
from commscli.delivery.mime import mail, mail_bytes
from commscli.delivery.payload import Payload, Words
from tests.support.mails import mail_sending, part

AT = datetime(2026, 11, 22, 9, 20, tzinfo=UTC)
KEY = "0123456789abcdef" * 2
BOUNDARY = f"=_c1_{KEY[:24]}"
WORDS = Words(incident="2026-11-22-x", message="m-1", subject="S", body="B")
PAYLOAD = Payload(channel="mail", row="", to="kim@y.example", name="Kim", subject="It began",
                  text="Hello, **Kim**.\n\n- Größe: 5 €\n\n.\nFrom here on\n")  # fmt: skip


def made(payload: Payload, cte: str = "8bit") -> bytes:
    return mail(payload, {}, WORDS, "x.example", AT, KEY, cte=cte).as_bytes()


def read(data: bytes) -> EmailMessage:
    found = email.message_from_bytes(data, policy=SMTP)
    assert isinstance(found, EmailMessage)
    return found


@pytest.mark.parametrize("cte", ["8bit", "quoted-printable"])
def test_the_text_comes_first_and_then_the_page(cte: str) -> None:
    found = read(made(PAYLOAD, cte))
    assert found.get_content_type() == "multipart/alternative"
    assert found.get_boundary() == BOUNDARY
    assert [one.get_content_type() for one in found.iter_parts()] == ["text/plain", "text/html"]
    assert part(found) == PAYLOAD.text
    assert part(found, "html") == page(PAYLOAD.subject, PAYLOAD.text)
    assert not found.defects


def test_over_the_wire_it_is_the_same_bytes_on_any_resend(tmp_path: Path) -> None:
    first = mail_bytes(PAYLOAD, {}, mail_sending(tmp_path), KEY)
    assert first == mail_bytes(PAYLOAD, {}, mail_sending(tmp_path), KEY)
    assert read(first).get_boundary() == BOUNDARY
    assert first.isascii()
    assert max(map(len, first.split(b"\r\n"))) <= 78 * 2
    other = mail_bytes(PAYLOAD, {}, mail_sending(tmp_path), "f" * 32)
    assert read(other).get_boundary() != BOUNDARY


def test_a_boundary_that_somebody_guessed_parts_nothing() -> None:
    text = f"Hello.\n--{BOUNDARY}\nContent-Type: text/html\n\n<b>hidden</b>\n--{BOUNDARY}--\n"
    found = read(made(replace(PAYLOAD, text=text)))
    assert [one.get_content_type() for one in found.iter_parts()] == ["text/plain", "text/html"]
    assert part(found) == text


def test_what_is_approved_is_what_it_was() -> None:
    assert sha256(PAYLOAD.data()).hexdigest() == (
        sha256(
            '{\n "channel": "mail",\n "to": "kim@y.example",\n "name": "Kim",\n'
            ' "subject": "It began",\n "text": "Hello, **Kim**.\\n\\n- Größe: 5 €\\n\\n.\\n'
            'From here on\\n"\n}\n'.encode()
        ).hexdigest()
    )
