"""The headers of a mail that programs read, the size it has at most, and what is refused."""

import os
from collections.abc import Mapping
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commscli.delivery import mime
from commscli.delivery.mail_addresses import header_address
from commscli.delivery.mime import mail_bytes, most_bytes
from commscli.delivery.payload import Payload
from commscli.documents.models.channels import Channels
from commscli.documents.validate import read_document
from commscli.errors import BadInput
from tests.support.mails import mail_channel, mail_sending, mail_to

GOLDENS = Path(__file__).resolve().parents[1] / "goldens" / "delivery"
KEY = "0123456789abcdef" * 2
LIST = {
    "unsubscribe": "https://lists.example.com/leave?k={key}",
    "unsubscribe_mail": "leave@lists.example.com",
    "list_id": "incidents.example.com",
}
FILES = (("größe.txt", "Größe: 5 €\n".encode()), ("plan.pdf", b"%PDF-1.7\n" + bytes(range(256))))


def raw(settings: Mapping[str, str], **more: Any) -> bytes:
    payload = mail_to().payload
    return mail_bytes(payload, settings, mail_sending(Path(), **more), KEY)


def read(data: bytes) -> EmailMessage:
    found = message_from_bytes(data, policy=SMTP)
    assert isinstance(found, EmailMessage)
    assert not found.defects
    return found


@pytest.mark.parametrize(
    ("name", "settings", "files"),
    [
        ("list", {**LIST, "idempotency_header": "Resend-Idempotency-Key",
                  "reply_to": "desk@example.com"}, ()),
        ("attachments", {}, FILES),
    ],
)  # fmt: skip
def test_a_mail_is_as_its_golden_file(
    name: str, settings: Mapping[str, str], files: tuple[tuple[str, bytes], ...]
) -> None:
    golden, data = GOLDENS / f"mail-{name}.eml", raw(settings, attachments=files)
    if os.environ.get("COMMS_UPDATE_GOLDENS") == "1":
        golden.write_bytes(data)
    assert data == golden.read_bytes()
    assert data == raw(settings, attachments=files)


def test_who_subscribed_can_leave_with_one_click_and_no_address_is_told() -> None:
    mail = read(raw(LIST))
    assert mail["List-Unsubscribe"] == (
        f"<https://lists.example.com/leave?k={KEY}>, <mailto:leave@lists.example.com>"
    )
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Id"] == "<incidents.example.com>"
    assert "kim@" not in str(mail["List-Unsubscribe"])


def test_nobody_else_is_asked_to() -> None:
    assert [name for name in read(raw({})) if name.lower().startswith("list-")] == []
    by_mail = read(raw({"unsubscribe_mail": "leave@x.example"}))
    assert by_mail["List-Unsubscribe"] == "<mailto:leave@x.example>"
    assert by_mail["List-Unsubscribe-Post"] is None


@pytest.mark.parametrize(
    ("settings", "one_to_one", "automatic"),
    [({}, False, True), ({}, True, False), ({"auto_submitted": "true"}, True, True),
     ({"auto_submitted": "false"}, False, False)],
)  # fmt: skip
def test_programs_are_told_not_to_answer_a_broadcast_and_people_may(
    settings: Mapping[str, str], *, one_to_one: bool, automatic: bool
) -> None:
    mail = read(raw(settings, one_to_one=one_to_one))
    assert (mail["Auto-Submitted"] == "auto-generated") is automatic
    assert (mail["X-Auto-Response-Suppress"] == "All") is automatic


def test_answers_go_where_the_channel_says() -> None:
    assert read(raw({"reply_to": "desk@bücher.example"}))["Reply-To"] == (
        "desk@xn--bcher-kva.example"
    )
    assert read(raw({}))["Reply-To"] is None


def test_a_long_domain_breaks_no_id(tmp_path: Path) -> None:
    domain = "mail.a-very-long-name-of-an-organisation.subsidiary.example.com"
    data = mail_bytes(mail_to().payload, LIST, mail_sending(tmp_path, domain=domain), KEY)
    assert b"=?utf-8?" not in data.partition(b"\r\n\r\n")[0]
    assert str(read(data)["References"]).endswith(f"@{domain}>")


def test_a_key_that_the_provider_knows_again(tmp_path: Path) -> None:
    mail = read(raw({"idempotency_header": "Resend-Idempotency-Key"}))
    assert mail["Resend-Idempotency-Key"] == KEY
    assert mail_channel(tmp_path, 25, {"on_unknown": "resend"}).on_unknown == "resend"


def settings_of(text: str) -> dict[str, str]:
    document = f"channels:\n  mail: {{adapter: smtp, host: x.example, {text}}}\n".encode()
    return read_document(Channels, document, path="channels.yaml").channels["mail"].settings()


def test_what_is_known_again_is_sent_again_unless_somebody_says_otherwise() -> None:
    assert settings_of("")["on_unknown"] == "hold"
    assert settings_of("idempotency_header: X-Key")["on_unknown"] == "resend"
    assert settings_of("idempotency_header: X-Key, on_unknown: hold")["on_unknown"] == "hold"


def test_a_setting_that_nobody_made_stands_in_no_record() -> None:
    assert settings_of("") == {
        "adapter": "smtp", "host": "x.example", "on_unknown": "hold", "port": "587",
        "private": "false",
    }  # fmt: skip
    assert settings_of("auto_submitted: false, max_bytes: 20000")["auto_submitted"] == "false"


@pytest.mark.parametrize(
    "text",
    [
        "idempotency_header: Message-ID", "idempotency_header: content-type",
        "idempotency_header: 'X Key'", "idempotency_header: 'X-Key:'",
        "idempotency_header: Größe", f"idempotency_header: {'x' * 41}",
        "idempotency_header: List-Unsubscribe", "unsubscribe: 'http://x.example/'",
        "unsubscribe: 'https://x.example/>'", "unsubscribe: 'https://x.example/{to}'",
        "unsubscribe: 'https://'", "unsubscribe: leave@x.example",
        f"unsubscribe: 'https://x.example/{'x' * 900}'", "unsubscribe_mail: nobody",
        "unsubscribe_mail: 'a@x.example>, <b@x.example'", "list_id: news",
        "list_id: 'a.example>'", "reply_to: 'a@x.example, b@x.example'", "max_bytes: 0",
        "max_bytes: '20000'", "auto_submitted: maybe",
    ],
)  # fmt: skip
def test_a_setting_that_no_mail_can_have_is_refused(text: str) -> None:
    with pytest.raises(BadInput) as failed:
        settings_of(text)
    assert failed.value.problems[0].place is not None


@pytest.mark.parametrize("name", ["list_id", "unsubscribe", "from", "idempotency_header"])
def test_a_record_that_a_hand_wrote_adds_no_header(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput, match="holds what no header can"):
        mail_channel(tmp_path, 25, {name: "a@x.example\r\nBcc: eve@x.example"})


WORDS = st.text('ab \n>-*`#"&<é😀[](1.)_~=\t!:/\\', max_size=400)


@given(text=WORDS, subject=st.text('aé"<😀 ', max_size=80), name=st.text('aé" ,😀', max_size=60))
def test_no_mail_is_larger_than_is_said_without_making_it(
    text: str, subject: str, name: str
) -> None:
    payload = Payload(channel="c", row="", to="kim@y.example", name=name, subject=subject,
                      text=text)  # fmt: skip
    most = most_bytes(payload, LIST)
    assert most is not None
    assert len(mail_bytes(payload, LIST, mail_sending(Path()), KEY)) <= most


@pytest.mark.parametrize(
    "text",
    [">" * 19 + "a\n\n", ">\n\n", "`a` ", "-\n", "#\n", '"', "😀", "    a\n\nb\n\n", "~~~\n~~~\n",
     "http://é ", "1. \n1) \n", ">-\n\n", "***\n"],
)  # fmt: skip
def test_nor_one_that_was_written_to_be_large(text: str) -> None:
    payload = replace(mail_to().payload, text=text * (20_000 // len(text)))
    most = most_bytes(payload, {})
    assert most is not None
    assert len(mail_bytes(payload, {}, mail_sending(Path()), KEY)) <= most


def test_a_table_is_measured_by_making_it() -> None:
    assert most_bytes(replace(mail_to().payload, text="|a|b|\n|-|-|\n"), {}) is None


@given(
    st.text(st.sampled_from('Kim Key09.,"@é-'), max_size=40).map(str.strip),
    st.sampled_from(["kim@y.example", "k.im_x@y-z.example", "kim+x@y.example", "KIM@y.example",
                     f"{'k' * 60}@y.example", "kim@müller.example"]),
)  # fmt: skip
def test_the_recipient_is_written_as_the_standard_library_writes_it(name: str, to: str) -> None:
    payload = replace(mail_to().payload, to=to, name=name)
    own = EmailMessage(policy=SMTP)
    own["To"] = header_address(to, name)
    assert mime._to(payload, utf8=False) == own.as_bytes().removesuffix(b"\r\n")
