"""What the pages of the channels show as sent: made by the channels themselves.

A page says ``<!-- request: NAME -->`` where the request of an example goes.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from commscli.delivery.channels.channel import Channel, Sending, delivery_of
from commscli.delivery.channels.registry import channel_of
from commscli.delivery.payload import Payload, Words

INCIDENT, MESSAGE = "2026-11-22-checkout-outage", "investigation-all-customers-1"
SUBJECT = "[SEV-1] Card payments fail"
TEXT = """\
About **one in three** card payments fails since 09:14 GMT.

- Orders that are open stay open.
- More on [our status page](https://status.example.com).
"""
WORDS = Words(incident=INCIDENT, message=MESSAGE, subject=SUBJECT, body=TEXT)
SENDING = Sending(
    send_id="0123456789abcdef",
    words=WORDS,
    domain="example.com",
    at=datetime(2026, 11, 22, 9, 20, tzinfo=UTC),
    root=Path(),
    outbox=Path("outbox"),
    secret=lambda name, _host: name,
    phase="investigation",
)
BLOCK = re.compile(r"(<!-- request: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)

SLACK = {"adapter": "slack", "secret": "slack", "url": "https://slack.com/api",
         "channel": "C012AB3CD", "broadcast": "true"}  # fmt: skip
STATUSPAGE = {
    "adapter": "statuspage", "secret": "statuspage", "url": "https://api.statuspage.io/v1",
    "page": "kctbh9vrtdwd", "notify": "true", "components": "8kbf7d35c070",
    "component_status": "partial_outage", "impact": "major",
}  # fmt: skip
SMS = {"adapter": "sms", "secret": "twilio", "url": "https://api.twilio.com",
       "account": "AC00000000000000000000000000000000", "from": "+441632960000"}  # fmt: skip
EXAMPLES: Mapping[str, Mapping[str, str]] = {
    "file": {"adapter": "file", "as": "json"},
    "smtp": {"adapter": "smtp", "host": "smtp.example.com", "port": "587",
             "from": "incidents@example.com"},
    "webhook": {"adapter": "webhook", "url": "https://status.example.com/in", "secret": "page"},
    "slack-hook": {"adapter": "slack", "secret": "slack-hook"},
    "slack-first": SLACK,
    "slack-thread": SLACK,
    "teams": {"adapter": "teams", "secret": "teams-hook"},
    "statuspage-create": STATUSPAGE,
    "statuspage-update": STATUSPAGE,
    "sms": SMS,
    "site": {"adapter": "site", "url": "https://status.example.com", "title": "Example"},
    "hold": {"adapter": "hold"},
    "manual": {"adapter": "manual"},
    "apprise": {"adapter": "apprise", "secret": "matrix"},
}  # fmt: skip
TO = {"smtp": "kim@customer.example", "manual": "kim@customer.example", "sms": "+441632960001"}
BY_NAME = frozenset({"smtp", "manual"})
THERE = {
    "slack-thread": {"root": "1795338000.000100"},
    "statuspage-update": {
        "there": {
            "id": "p31zjtct2jer",
            "status": "investigating",
            "metadata": {
                "comms": {
                    "incident": INCIDENT,
                    "keys": {"0f" * 16: "detection-all-customers-1"},
                },
            },
        },
    },
}
"""Example → what a look before has found on the other side."""


def request(name: str) -> str:
    """Return the request of an example, as a channel would make it."""
    settings = EXAMPLES[name]
    channel: Channel = channel_of(settings, SENDING)
    for attribute, value in THERE.get(name, {}).items():
        setattr(channel, attribute, value)
    person = {"row": "a" * 64, "name": "Kim Kay"} if name in BY_NAME else {"row": "", "name": ""}
    payload = Payload(channel=name, to=TO.get(name, ""), subject=SUBJECT, text=TEXT, **person)
    return channel.redact(delivery_of(SENDING.send_id, payload)).rstrip()


def filled(path: Path) -> str:
    """Return a page with every request as it is made now."""
    return BLOCK.sub(
        lambda found: f"{found[1]}```text\n{request(found[2])}\n```\n{found[3]}", path.read_text()
    )
