"""Channels that are one POST: a web hook of anybody's, Slack's, and a workflow of Teams."""

import base64
import hmac
import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from commscli.delivery.channels.channel import (
    AboutToWrite,
    Delivery,
    Outcome,
    Sending,
    Settings,
)
from commscli.delivery.ledger import Step
from commscli.delivery.markdown import card, slack
from commscli.delivery.wires.hosts import WireFault
from commscli.delivery.wires.https import Answer, post
from commscli.domain.moments import stamp

SECONDS = 30.0
_DONE = range(200, 300)
_LATER = frozenset({408, 425, 429, 503})
"""What says that nothing was done, and that it may be later."""
_IN_DOUBT = frozenset({500, 502, 504})
"""What may come after something was done: Slack and Twilio say so of theirs."""
_SAID = 200


class PostChannel:
    """One POST for each delivery; a kind of it says where to, and what the body is."""

    on_unknown = "hold"

    def __init__(self, settings: Settings, sending: Sending) -> None:
        self._settings, self._sending = settings, sending
        self._url = ""

    def begin(self) -> None:
        """Find out where to send to.

        Raises:
            MissingSecret: if the address, or what signs it, is a secret that is not here.
        """
        self._url = self.address()

    def require(self, delivery: Delivery) -> None:
        """Take everything: how much a receiver takes, it says."""

    def send(self, delivery: Delivery, about_to_write: AboutToWrite) -> Outcome:
        """Send it once."""
        if not self._url:
            self.begin()
        body = json.dumps(self.document(delivery), ensure_ascii=False).encode()
        written = False

        def committing() -> None:
            nonlocal written
            about_to_write()
            written = True

        try:
            answer = post(
                self._url,
                body,
                {"Content-Type": "application/json; charset=utf-8", "User-Agent": "comms",
                 **self.headers(delivery, body)},
                seconds=SECONDS,
                private=self._settings.get("private") == "true",
                about_to_write=committing,
            )  # fmt: skip
        except WireFault as fault:
            if fault.final and not written:
                return Outcome(step=Step.REJECTED, detail=fault.text)
            return Outcome(step=Step.UNKNOWN if written else Step.DEFERRED, detail=fault.text)
        return self.judged(answer)

    def judged(self, answer: Answer) -> Outcome:
        """Say what an answer means."""
        said = f"{answer.status} {_line(answer.body)}".strip()
        if answer.status in _DONE:
            return Outcome(step=Step.ACCEPTED, detail=said)
        if answer.status in _LATER:
            return Outcome(step=Step.DEFERRED, detail=said, after=_seconds(answer.headers))
        if answer.status in _IN_DOUBT:
            return Outcome(step=Step.UNKNOWN, detail=said)
        return Outcome(step=Step.REJECTED, detail=said)

    def address(self) -> str:
        """Return the URL; here, one that is the secret itself."""
        name = self._settings.get("secret", "")
        url = self._sending.secret(name, "")
        return self._sending.secret(name, urlsplit(url).hostname or "") if url else url

    def headers(self, _delivery: Delivery, _body: bytes) -> dict[str, str]:
        """Return more headers."""
        return {}

    def document(self, delivery: Delivery) -> Mapping[str, Any]:
        """Return the body."""
        raise NotImplementedError

    def end(self) -> None:
        """Do nothing: each POST has its own connection."""


class WebhookChannel(PostChannel):
    """An envelope that is signed, with a key by which the receiver knows one it had before.

    Signed as Standard Webhooks (standardwebhooks.com) has it, where there is a secret.
    """

    def __init__(self, settings: Settings, sending: Sending) -> None:
        super().__init__(settings, sending)
        self.on_unknown = "resend" if settings.get("idempotent") == "true" else "hold"
        self._secret = ""

    def address(self) -> str:
        """Return the URL of the settings; the secret, if any, signs."""
        url = self._settings["url"]
        name = self._settings.get("secret", "")
        self._secret = self._sending.secret(name, urlsplit(url).hostname or "") if name else ""
        return url

    def headers(self, delivery: Delivery, body: bytes) -> dict[str, str]:
        """Return the key, the time and the signature of an envelope."""
        at = str(int(self._sending.at.timestamp()))
        headers = {
            "Idempotency-Key": delivery.key, "webhook-id": delivery.key, "webhook-timestamp": at,
        }  # fmt: skip
        if self._secret:
            told = f"{delivery.key}.{at}.".encode() + body
            mac = hmac.digest(self._secret.encode(), told, sha256)
            headers["webhook-signature"] = f"v1,{base64.b64encode(mac).decode()}"
        return headers

    def document(self, delivery: Delivery) -> Mapping[str, Any]:
        """Return the envelope: the message, as the gates passed it."""
        words, payload = self._sending.words, delivery.payload
        return {
            "id": delivery.key,
            "type": "comms.message.published",
            "timestamp": stamp(self._sending.at),
            "data": {
                "incident": words.incident,
                "message": words.message,
                "drill": words.drill,
                "to": payload.to,
                "subject": payload.subject,
                "text": payload.text,
            },
        }


class SlackChannel(PostChannel):
    """An incoming web hook of Slack: it answers ``ok``, or says in a word why not."""

    def judged(self, answer: Answer) -> Outcome:
        """Say what an answer means: 200 and anything but ``ok`` is a refusal."""
        if answer.status == _SAID and answer.body.strip() != b"ok":
            return Outcome(step=Step.REJECTED, detail=f"{answer.status} {_line(answer.body)}")
        return super().judged(answer)

    def document(self, delivery: Delivery) -> Mapping[str, Any]:
        """Return a post in which nothing mentions anybody, and no link unfolds."""
        payload = delivery.payload
        blocks = slack.blocks(payload.subject, payload.text)
        return {
            "text": f"*{slack.inert(payload.subject)}*\n{slack.inert(payload.text)}",
            **({"blocks": blocks} if blocks else {}),
            "unfurl_links": False,
            "unfurl_media": False,
        }


class TeamsChannel(PostChannel):
    """A workflow of Teams: it takes a card, and says nothing of whether it posts it."""

    def document(self, delivery: Delivery) -> Mapping[str, Any]:
        """Return an Adaptive Card: the title, then a block a paragraph."""
        payload = delivery.payload
        content = {
            "type": "AdaptiveCard",
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "version": "1.4",
            "body": card.body(payload.subject, payload.text),
        }
        kind = "application/vnd.microsoft.card.adaptive"
        return {
            "type": "message",
            "attachments": [{"contentType": kind, "contentUrl": None, "content": content}],
        }


def _seconds(headers: Mapping[str, str]) -> float | None:
    text = headers.get("retry-after", "")
    return float(text) if text.isdecimal() else None


def _line(body: bytes) -> str:
    return " ".join(body[:_SAID].decode(errors="replace").split())
