"""Text messages over Twilio's REST API; in doubt, its list says what it took."""

import base64
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

from commscli.delivery.channels.asking import AskedChannel, json_of, listed, pairs, text_of
from commscli.delivery.channels.channel import (
    ChannelDown,
    Delivery,
    Outcome,
    Sending,
    Settings,
    masked,
)
from commscli.delivery.channels.posting import Request, Secret
from commscli.delivery.ledger import Step
from commscli.delivery.markdown.plain import plain
from commscli.delivery.wires.https import Answer
from commscli.domain.text_message import is_phone, measured
from commscli.errors import BadInput

MOST_PARTS = 10
"""Parts of a text message; Twilio takes 1,600 characters, which are about as many."""
PAGE = 200
_FORM = "application/x-www-form-urlencoded"
_SKEW = timedelta(minutes=2)
"""How far the clock there may be behind ours."""
_FULL = frozenset({20429, 21611, 14107})
"""Errors that say that a queue is full, or that it was too fast: nothing was done."""
_NAMED = 3
"""Characters that a remark names as those that cost more."""


class SmsChannel(AskedChannel):
    """Sends a text message to a number."""

    def __init__(self, settings: Settings, sending: Sending) -> None:
        super().__init__(settings, sending)
        self.per_second = float(settings.get("per_second", "1"))

    @property
    def _account(self) -> str:
        return f"2010-04-01/Accounts/{self.settings['account']}"

    def login(self, secret: Secret) -> str:
        """Return the account and its token, as HTTP has them."""
        name = self.settings["secret"]
        told = f"{self.settings['account']}:{secret(name)}"
        if secret(name) == masked(name):
            return f"Basic <base64 of {told}>"
        return f"Basic {base64.b64encode(told.encode()).decode()}"

    def plan(self, delivery: Delivery) -> str:
        """Say in how many parts it leaves.

        Raises:
            BadInput: if there is no number, nothing to say, or too much of it.
        """
        to, text = delivery.payload.to, plain(delivery.payload.text)
        if not is_phone(to):
            what = f"{to!r} is no telephone number" if to else "there is no number to send to"
            raise BadInput(
                f"{what}: expected + and the country, such as +441632960000",
                remedy="mend the column phone of the list; for one number, `to:` of the channel",
                code="bad-phone",
            )
        found = measured(text)
        count = f"{found.parts} segment{'' if found.parts == 1 else 's'}, {found.alphabet}"
        if found.outside:
            count += " (because of {})".format(" ".join(map(_named, found.outside[:_NAMED])))
        if not text or found.parts > MOST_PARTS:
            raise BadInput(
                f"a text message of {count}: expected 1 to {MOST_PARTS}",
                remedy="a shorter text; a character that telephones lack halves the room",
                code="too-long",
            )
        return count

    def look(self) -> None:
        """Ask for the account: the token must be its own, and it must be in use."""
        status = text_of(pairs(self.looked(f"{self._account}.json")).get("status"))
        if status != "active":
            raise ChannelDown(
                f"the account {self.settings['account']} is {status or 'not one'}",
                remedy="the console of Twilio says why",
            )

    def request(self, delivery: Delivery, secret: Secret) -> Request:
        """Return the form that makes a message."""
        by = "MessagingServiceSid" if self.settings.get("service") else "From"
        form = {
            "To": delivery.payload.to,
            by: self.settings.get("service") or self.settings["from"],
            "Body": plain(delivery.payload.text),
        }
        return Request(
            url=self.url(f"{self._account}/Messages.json"),
            body=urlencode(form).encode(),
            headers={"Authorization": self.login(secret)},
            kind=_FORM,
        )

    def judged(self, answer: Answer) -> Outcome:
        """Say what an answer means: some refusals are for now only."""
        outcome = super().judged(answer)
        later = pairs(json_of(answer.body)).get("code") in _FULL
        if outcome.step is not Step.REJECTED or not later:
            return outcome
        return Outcome(step=Step.DEFERRED, detail=outcome.detail, after=outcome.after)

    def made(self, document: Mapping[str, Any]) -> Outcome | None:
        """Return the sid, which names the message, and how far it is."""
        sid, status = text_of(document.get("sid")), text_of(document.get("status"))
        return Outcome(step=Step.ACCEPTED, id=sid, detail=status) if sid else None

    def reconcile(self, delivery: Delivery) -> Outcome | None:
        """Look for the text among what went to that number since the send began.

        Twilio keeps no key of ours, so two of the same text cannot be told apart. Its own filter by
        the day that a message was sent is not used: one that still waits has no such day.
        """
        query = {"To": delivery.payload.to, "PageSize": str(PAGE)}
        found = pairs(self.looked(f"{self._account}/Messages.json", query))
        since = self.sending.at - _SKEW
        there = listed(found.get("messages"), "the list of messages")
        recent = [one for one in there if _made_at(one, since) >= since]
        text = plain(delivery.payload.text).strip()
        same = [one for one in recent if text_of(one.get("body")).strip() == text]
        if len(same) == 1:
            sid, status = text_of(same[0].get("sid")), text_of(same[0].get("status"))
            return Outcome(step=Step.ACCEPTED, id=sid, detail=f"found by its text: {status}")
        if recent:  # another text, or ours with some characters replaced: Twilio can be set to that
            return None
        return Outcome(step=Step.PLANNED, detail="it is not there")


def _named(character: str) -> str:
    shown = character if character.isprintable() and not character.isspace() else ""
    return f"“{shown}”" if shown else f"U+{ord(character):04X}"


def _made_at(message: Mapping[str, Any], otherwise: datetime) -> datetime:
    try:
        made = parsedate_to_datetime(text_of(message.get("date_created")))
    except ValueError:
        return otherwise
    return made if made.tzinfo else made.replace(tzinfo=otherwise.tzinfo)
