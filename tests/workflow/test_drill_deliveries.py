"""Whatever a drill delivers says so at its beginning, and is delivered to the outbox alone."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from commscli.delivery.drills import SUBJECT, TEXT, rehearsed
from commscli.delivery.outbox import FORMS, Outbox, deliver
from commscli.delivery.payload import OPEN, Words, blank, payloads, rendered

REAL = Words(incident="i", message="m", subject="Outage", body="Cards fail at {{ send.time }}.\n")
DRILL = replace(REAL, drill=True)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SMTP = {"adapter": "smtp", "host": "mail.example", "secret": "relay", "to": "all@customer.example"}
CHANNELS: Mapping[str, Mapping[str, str]] = {
    "mail": {"adapter": "file", "as": "eml", "from": "us@example.com"},
    "page": {"adapter": "file", "as": "json"},
    "sms": {"adapter": "sms", "as": "gsm7"},
    "relay": SMTP,
}


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_payload_of_any_channel_begins_with_the_mark(channel: str) -> None:
    (payload,) = payloads(DRILL, channel, CHANNELS[channel], None, OPEN)
    assert payload.subject == f"{SUBJECT}Outage"
    assert payload.text == f"{TEXT}Cards fail at {{{{ send.time }}}}.\n"
    assert blank(DRILL, channel).text == payload.text


def test_what_is_approved_in_a_drill_is_no_real_delivery_by_digest() -> None:
    real, drill = (rendered(words, CHANNELS, None, OPEN) for words in (REAL, DRILL))
    assert not set(real.values()) & set(drill.values())


@pytest.mark.parametrize("channel", CHANNELS)
def test_every_channel_becomes_the_outbox(channel: str, tmp_path: Path) -> None:
    settings = CHANNELS[channel]
    over = rehearsed(settings)
    assert over["adapter"] == "file"
    assert not {"host", "secret", "to"} & over.keys()
    (payload,) = payloads(DRILL, channel, settings, None, OPEN)
    outbox = Outbox(root=tmp_path, folder=tmp_path / "outbox")
    path = deliver(payload, over, DRILL, outbox=outbox, domain="example.com", at=NOON)
    form = "eml" if settings is SMTP else settings["as"]
    assert path.suffix.removeprefix(".") == (form if form in FORMS else "txt")
    assert b"DRILL: " in path.read_bytes()


def test_a_form_that_the_outbox_lacks_leads_nowhere_else(tmp_path: Path) -> None:
    (payload,) = payloads(DRILL, "c", {}, None, OPEN)
    outbox = Outbox(root=tmp_path, folder=tmp_path / "outbox")
    over = rehearsed({"adapter": "x", "as": "../../../there"})
    path = deliver(payload, over, DRILL, outbox=outbox, domain="example.com", at=NOON)
    assert path == tmp_path / "outbox" / "c" / "message.txt"
