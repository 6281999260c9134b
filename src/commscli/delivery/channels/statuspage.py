"""Atlassian Statuspage, API v1: one incident there for each of ours, found by its metadata."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from commscli.delivery.channels.asking import AskedChannel, listed, pairs, text_of
from commscli.delivery.channels.channel import Delivery, Outcome, Sending, Settings
from commscli.delivery.channels.posting import Request, Secret, as_json
from commscli.delivery.ledger import Step
from commscli.delivery.markdown.plain import plain
from commscli.delivery.markdown.tokens import seen
from commscli.domain.phases import LAST_WORDS
from commscli.errors import BadInput

NAME, BODY = 255, 25_000
"""Characters that the API takes."""
PAGES, PAGE = 5, 100
"""Pages of incidents that are read, and incidents in one: it allows 60 requests a minute."""
STATUSES: Mapping[str, str] = {
    "identification": "identified",
    "monitoring": "monitoring",
    **dict.fromkeys(LAST_WORDS, "resolved"),
}
"""Phase → what the page says; ``investigating`` in those before."""
_TAG = re.compile(r"<(?=[A-Za-z/!?])")


class StatuspageChannel(AskedChannel):
    """Opens an incident on a page, or updates it. ``there`` is the one of ours, once found."""

    per_second = 1.0

    def __init__(self, settings: Settings, sending: Sending) -> None:
        super().__init__(settings, sending)
        self.there: Mapping[str, Any] = {}

    def flags(self) -> Mapping[str, str]:
        """Return whether subscribers are notified, and what the page says from then on."""
        component = self._component_status()
        return {
            "deliver_notifications": self.settings["notify"],
            "status": self.status,
            **({"components": component} if component else {}),
        }

    @property
    def status(self) -> str:
        """What the page says of an incident in this phase."""
        return STATUSES.get(self.sending.phase, "investigating")

    def _component_status(self) -> str:
        """Return the status that the components get: none for what is over on the page already.

        Somebody else's incident may have begun on them since.
        """
        while_open = self.settings.get("component_status", "")
        if self.status != "resolved" or not while_open:
            return while_open
        return "" if self.there.get("status") == "resolved" else "operational"

    def login(self, secret: Secret) -> str:
        """Return the key of the API."""
        return f"OAuth {secret(self.settings['secret'])}"

    def plan(self, delivery: Delivery) -> str:
        """Refuse what the page would not take, or everybody must not read.

        Raises:
            BadInput: naming the limit.
        """
        if delivery.payload.row:
            raise BadInput(
                "a message to people by name cannot go to a status page: everybody reads it",
                remedy="another channel for this audience, in audiences.yaml",
                code="personal",
            )
        for what, text, most in (
            ("the subject, which names the incident,", self._name(delivery), NAME),
            ("the text", self._body(delivery), BODY),
        ):
            if len(text) > most:
                raise BadInput(
                    f"{what} has {len(text)} characters: a status page takes {most}",
                    remedy="comms revise, and shorten it",
                    code="too-long",
                )
        return ""

    @staticmethod
    def _name(delivery: Delivery) -> str:
        return _TAG.sub("\u2039", " ".join(seen(delivery.payload.subject).split()))

    @staticmethod
    def _body(delivery: Delivery) -> str:
        """Return the words. A page takes tags for HTML, and so there are none."""
        return _TAG.sub("\u2039", plain(delivery.payload.text))

    def look(self) -> None:
        """Ask for the page: the key must reach it."""
        self.looked(f"pages/{self.settings['page']}")

    def look_up(self, delivery: Delivery) -> None:
        """Find the incident on the page that is ours."""
        del delivery
        ours, _ = self._ours()
        self.there = ours[0] if ours else {}

    def request(self, delivery: Delivery, secret: Secret) -> Request:
        """Return what opens the incident, or updates the one that is there."""
        incident: dict[str, object] = {
            **({} if self.there else self._once(delivery)),
            "status": self.status,
            "body": self._body(delivery),
            "deliver_notifications": self.settings["notify"] == "true",
            **self._components(),
            "metadata": self._metadata(delivery),
        }
        path = f"pages/{self.settings['page']}/incidents"
        if self.there:
            path = f"{path}/{quote(text_of(self.there.get('id')), safe='')}"
        return Request(
            url=self.url(path),
            body=as_json({"incident": incident}),
            headers={"Authorization": self.login(secret)},
            method="PATCH" if self.there else "POST",
        )

    def _once(self, delivery: Delivery) -> dict[str, object]:
        """Return what is said when it is opened: people may change it on the page afterwards."""
        impact = self.settings.get("impact", "")
        name = {"name": self._name(delivery)}
        return {**name, **({"impact_override": impact} if impact else {})}

    def _components(self) -> dict[str, object]:
        ids = self.settings.get("components", "").split()
        status = self._component_status()
        return {
            **({"component_ids": ids} if ids and not self.there else {}),
            **({"components": dict.fromkeys(ids, status)} if ids and status else {}),
        }

    def _metadata(self, delivery: Delivery) -> dict[str, object]:
        """Return what says whose the incident is, and which of our messages are in it."""
        before = pairs(self.there.get("metadata"))
        keys = {**_keys(self.there), delivery.key: self.sending.words.message}
        return {**before, "comms": {"incident": self.sending.words.incident, "keys": keys}}

    def made(self, document: Mapping[str, Any]) -> Outcome | None:
        """Return the id of the incident."""
        id_ = text_of(document.get("id"))
        return Outcome(step=Step.ACCEPTED, id=id_) if id_ else None

    def reconcile(self, delivery: Delivery) -> Outcome | None:
        """Look for the key in the incidents of the page that are ours."""
        ours, whole = self._ours()
        for incident in ours:
            if delivery.key in _keys(incident):
                id_ = text_of(incident.get("id"))
                return Outcome(step=Step.ACCEPTED, id=id_, detail="found by its key")
        return Outcome(step=Step.PLANNED, detail="it is not there") if whole else None

    def _ours(self) -> tuple[list[Mapping[str, Any]], bool]:
        """Return the incidents that are ours, and whether all of the page were read."""
        found: list[Mapping[str, Any]] = []
        for number in range(1, PAGES + 1):
            query = {"limit": str(PAGE), **({"page": str(number)} if number > 1 else {})}
            found_there = self.looked(f"pages/{self.settings['page']}/incidents", query)
            page = listed(found_there, "the list of incidents")
            found += [one for one in page if self._is_ours(one)]
            if len(page) < PAGE or found:
                return found, True
        return found, False

    def _is_ours(self, incident: Mapping[str, Any]) -> bool:
        told = pairs(pairs(incident.get("metadata")).get("comms"))
        return told.get("incident") == self.sending.words.incident


def _keys(incident: Mapping[str, Any]) -> Mapping[str, Any]:
    return pairs(pairs(pairs(incident.get("metadata")).get("comms")).get("keys"))
