"""Files that go with a mail: whole, by safe names, parted from each other by nothing guessed."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commscli.delivery.attachments import (
    MOST,
    MOST_BYTES,
    kind_of,
    name_fault,
    require_fit,
)
from commscli.delivery.channels.channel import delivery_of
from commscli.delivery.channels.registry import ADAPTERS, channel_of, require_carried
from commscli.delivery.mime import mail_bytes
from commscli.errors import BadInput
from tests.support.mails import mail_sending, mail_to, part

KEY = "0123456789abcdef" * 2
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=100).filter(
    lambda name: not name_fault(name)
)


def attached(mail: EmailMessage) -> list[tuple[str | None, bytes]]:
    assert mail.get_content_type() == "multipart/mixed"
    _, *files = mail.iter_parts()
    found = []
    for one in files:
        data = one.get_payload(decode=True)
        assert isinstance(data, bytes)
        assert one.get_content_disposition() == "attachment"
        found.append((one.get_filename(), data))
    return found


def read(data: bytes) -> EmailMessage:
    found = message_from_bytes(data, policy=SMTP)
    assert isinstance(found, EmailMessage)
    return found


@given(files=st.dictionaries(NAMES, st.binary(max_size=2000), min_size=1, max_size=3))
def test_every_file_arrives_as_it_was(files: dict[str, bytes]) -> None:
    told = tuple(sorted(files.items()))
    data = mail_bytes(mail_to().payload, {}, mail_sending(Path(), attachments=told), KEY)
    mail = read(data)
    assert attached(mail) == [*told]
    assert part(mail) == mail_to().payload.text
    assert data.isascii()
    assert max(map(len, data.split(b"\r\n"))) <= 998
    assert mail.get_boundary() == f"=_c1m_{KEY[:24]}"


def test_words_that_hold_the_boundary_part_nothing() -> None:
    text = f"Hello.\n--=_c1m_{KEY[:24]}\nContent-Type: text/html\n\n<b>hidden</b>\n"
    files = (("a.txt", text.encode()),)
    sending = mail_sending(Path(), attachments=files)
    mail = read(mail_bytes(mail_to(text=text).payload, {}, sending, KEY))
    assert attached(mail) == [("a.txt", text.encode())]
    assert part(mail) == text


@pytest.mark.parametrize(
    "name",
    [
        "", ".", "..", ".htaccess", "a/b.pdf", "a\\b.pdf", "c:x", "a\nb", "a\0b", "plan.pdf ",
        "plan.", "-rf", "x" * 101, "😀" * 60, "annexe\u202efdp.exe", "a\u200bb.pdf", "a\u00adb",
        "\u3164.pdf", "a\ufe0fb", "e\u0301.pdf", "a\u2028b", "a\u00a0b", "CON", "nul.txt", "a|b",
        'a"b', "\ue000", "\ud800",
    ],
)  # fmt: skip
def test_a_name_that_is_a_path_or_shows_something_else_is_refused(name: str) -> None:
    with pytest.raises(BadInput, match="cannot be the name of an attachment"):
        require_fit({name: 1})


@pytest.mark.parametrize("name", ["plan.pdf", "größe (1).xlsx", "図.png", "a.b.c", "console.txt"])
def test_other_names_are_fine(name: str) -> None:
    require_fit({name: MOST_BYTES})


def test_there_are_bounds() -> None:
    require_fit({f"{n}.txt": 1 for n in range(MOST)})
    for files, text in (
        ({f"{n}.txt": 1 for n in range(MOST + 1)}, "at most 10"),
        ({"a": MOST_BYTES, "b": 1}, f"at most {MOST_BYTES}"),
        ({"Plan.pdf": 1, "plan.PDF": 1}, "take it for Plan.pdf"),
    ):
        with pytest.raises(BadInput, match=text):
            require_fit(files)


def test_what_a_file_is() -> None:
    assert kind_of("a.PDF", b"") == "application/pdf"
    assert kind_of("a.csv", "größe".encode()) == "text/csv"
    assert kind_of("a.csv", "größe".encode("latin-1")) == "application/octet-stream"
    assert kind_of("a.html", b"") == kind_of("pdf", b"") == "application/octet-stream"


CARRY = {"smtp": {"host": "x.example", "port": "25"}, "file": {"as": "eml"}}


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_a_channel_carries_files_or_refuses_them(tmp_path: Path, adapter: str) -> None:
    settings = {"adapter": adapter, **CARRY.get(adapter, {})}
    sending = mail_sending(tmp_path, attachments=(("a.txt", b"the file's own words\n"),))
    if adapter in CARRY:
        shown = channel_of(settings, sending).redact(mail_to())
        assert 'filename="a.txt"' in shown
        require_carried({"c": settings})
        return
    with pytest.raises(BadInput, match=f"the kind {adapter} carries no attachments"):
        channel_of(settings, sending)
    with pytest.raises(BadInput, match=rf"the channel c \({adapter}\) carries no attachments"):
        require_carried({"c": settings})


def test_the_outbox_carries_them_in_a_mail_alone(tmp_path: Path) -> None:
    files = (("plan.pdf", b"%PDF"),)
    for form in ("txt", "json"):
        with pytest.raises(BadInput, match="carries no attachments"):
            channel_of({"adapter": "file", "as": form}, mail_sending(tmp_path, attachments=files))
    channel = channel_of(
        {"adapter": "file", "as": "eml"}, mail_sending(tmp_path, attachments=files)
    )
    channel.send(delivery_of("f" * 16, mail_to().payload), lambda: None)
    (path,) = (tmp_path / "outbox" / "c").iterdir()
    assert attached(read(path.read_bytes())) == [*files]
