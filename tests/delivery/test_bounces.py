"""What mail servers say later is read, whatever else lies in the box and whoever wrote it."""

import base64
import io
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commscli.delivery.bounces import ACTIONS, MOST, Kind, Report, read
from commscli.delivery.mailboxes import mails_in, mails_of
from commscli.errors import BadInput
from tests.support.notifications import AUTOMATIC, BOUNDARY, HUMAN, mbox, notification

KEY = "0123456789abcdef" * 2
ID = f"<c1.{KEY}@example.com>"


def report(data: bytes) -> Report:
    found = read(data)
    assert isinstance(found, Report)
    return found


@pytest.mark.parametrize("action", ACTIONS)
def test_what_became_of_a_mail(action: str) -> None:
    found = report(notification(ID, action, "4.4.1"))
    assert (found.keys, found.news) == ((KEY,), ((ACTIONS[action], "4.4.1"),))


@pytest.mark.parametrize(
    "returned",
    ["message/rfc822", "text/rfc822-headers", "message/global", "Message/RFC822; charset=x"],
)
def test_the_mail_that_it_is_about_comes_back_in_several_forms(returned: str) -> None:
    assert report(notification(ID, returned=returned)).keys == (KEY,)


def test_one_that_returns_nothing_names_it_by_the_thread() -> None:
    assert report(notification("", returned="", threads=f"<other@x> {ID}")).keys == (KEY,)
    root = f"<c1.t.{KEY[:24]}@example.com>"
    assert report(notification("", returned="", threads=root)).keys == ()


def test_lines_may_end_in_crlf_and_parts_be_encoded() -> None:
    data = notification(ID)
    assert report(data.replace(b"\n", b"\r\n")).keys == (KEY,)
    _, _, rest = data.partition(b"message/delivery-status\n\n")
    body, _, _ = rest.partition(f"\n--{BOUNDARY}".encode())
    encoded = data.replace(
        b"message/delivery-status\n\n" + body,
        b"message/delivery-status\nContent-Transfer-Encoding: base64\n\n"
        + base64.encodebytes(body),
    )
    assert encoded != data
    assert report(encoded) == report(data)


def test_several_recipients_behind_an_address_are_each_heard() -> None:
    data = notification(ID).replace(
        b"Final-Recipient",
        b"Final-Recipient: rfc822; a@x\nAction: delayed\nStatus: 4.0.0\n\nFinal-Recipient",
    )
    assert report(data).news == (("delayed", "4.0.0"), ("bounced", "5.1.1"))


@pytest.mark.parametrize("status", ["5.1.1 (no such user)", "5.1.1", " 5.1.1 "])
def test_a_code_is_all_that_is_kept_of_what_it_says(status: str) -> None:
    assert report(notification(ID, status=status)).news == (("bounced", "5.1.1"),)


@pytest.mark.parametrize("status", ["", "550", "9.9.9", "kim@customer.example", "5.1.1111"])
def test_what_is_no_code_is_none(status: str) -> None:
    assert report(notification(ID, status=status)).news == (("bounced", ""),)


def test_answers_of_programs_and_of_people_say_nothing_of_a_delivery() -> None:
    assert read(AUTOMATIC) is Kind.AUTOMATIC
    assert read(HUMAN.replace(b"Subject", b"Precedence: auto_reply\nSubject")) is Kind.AUTOMATIC
    assert read(HUMAN) is Kind.OTHER
    assert read(HUMAN.replace(b"Subject", b"Auto-Submitted: no\nSubject")) is Kind.OTHER
    assert read(b"") is Kind.OTHER
    assert read(f"Message-ID: {ID}\n\n{ID}\n".encode()) is Kind.OTHER


@pytest.mark.parametrize("cut", range(0, len(notification(ID)), 37))
def test_one_that_was_cut_off_is_read_as_far_as_it_goes(cut: int) -> None:
    found = read(notification(ID)[:cut])
    assert found in {Kind.OTHER, Kind.AUTOMATIC} or isinstance(found, Report)


@given(st.binary(max_size=3000))
def test_bytes_of_any_kind_are_no_fault(data: bytes) -> None:
    read(data)
    read(notification(ID).replace(b"\n", data[:40] or b"\n"))
    list(mails_in(io.BytesIO(b"From x\n" + data)))


def nested(depth: int) -> bytes:
    head, tail = b"", b""
    for n in range(depth):
        head += b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n)
        tail = b"\n--b%d--\n" % n + tail
    return head + b"\nx" + tail


BOMBS = {
    "deep": nested(20_000),
    "one line": b"Content-Type: multipart/report; boundary=" + b"x" * 5_000_000,
    "spaces": b"Content-Type: multipart/report; boundary" + b" " * 1_000_000,
    "many parts": b"Content-Type: multipart/report; boundary=b\n\n" + b"--b\n\nx\n" * 200_000,
    "no headers end": b"X: y\n" * 400_000,
    "many recipients": notification(ID).replace(
        b"Final-Recipient", b"Action: failed\n\n" * 50_000 + b"Final-Recipient"
    ),
    "ids": f"References: {ID * 20_000}\n\n".encode(),
    "quotes": b'Content-Type: multipart/report; boundary="' + b'";="' * 200_000,
    "charset": b"Content-Type: text/plain; charset*0*=nope''%ff; charset*99999999999=x\n\n\xff",
    "large": notification(ID) + b"x" * (20 * MOST),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_mail_that_was_made_to_be_slow_is_not(name: str) -> None:
    started = time.monotonic()
    read(BOMBS[name])
    assert time.monotonic() - started < 3


def test_an_mbox_is_read_mail_by_mail_and_each_is_cut() -> None:
    huge = HUMAN + b"x" * (3 * MOST) + b"\n"
    mails = [*mails_in(io.BytesIO(mbox(notification(ID), huge, HUMAN)))]
    assert len(mails) == 3
    assert report(mails[0]).keys == (KEY,)
    assert len(mails[1]) <= MOST + 64 * 1024
    assert mails[2].strip() == HUMAN.strip()
    inside = HUMAN.replace(b"Thank", b"From here\nFrom there\n\nThank")
    assert len([*mails_in(io.BytesIO(b"From x\n" + inside))]) == 1


def test_a_file_and_a_maildir(tmp_path: Path) -> None:
    for folder, name, data in (("new", "1", notification(ID)), ("cur", "2:2,S", HUMAN),
                               ("tmp", "3", HUMAN)):  # fmt: skip
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / name).write_bytes(data)
    assert [*mails_of(tmp_path)] == [notification(ID), HUMAN]
    assert [*mails_of(tmp_path / "new" / "1")] == [notification(ID)]
    empty = tmp_path / "empty"
    empty.write_bytes(b"")
    assert [*mails_of(empty)] == []


def test_what_is_no_mailbox_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no Maildir"):
        list(mails_of(tmp_path))
    with pytest.raises(BadInput, match="No such file"):
        list(mails_of(tmp_path / "nope"))
