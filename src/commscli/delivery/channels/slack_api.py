"""Slack's Web API: an incident's messages are one thread, each found again by its metadata."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from commscli.delivery.channels.asking import AskedChannel, json_of, listed, pairs, text_of
from commscli.delivery.channels.channel import ChannelDown, Delivery, Outcome, Sending, Settings
from commscli.delivery.channels.posting import Request, Secret, as_json, said_in, seconds_in
from commscli.delivery.channels.slack import post_of
from commscli.delivery.ledger import Step
from commscli.delivery.wires.hosts import WireFault
from commscli.delivery.wires.https import Answer
from commscli.errors import BadInput

EVENT = "comms_delivery"
_OK = 200
PAGES, PAGE = 20, 100
"""Pages of a history that are read, and posts in one: within what Slack allows a minute."""
_DAY = 24 * 60 * 60
LONGEST = 40_000
"""Characters of a text; Slack cuts off the rest."""
_LATER = frozenset({
    "ratelimited", "rate_limited", "service_unavailable", "team_added_to_org", "request_timeout",
})  # fmt: skip
"""What says that nothing was done, and that it may be later."""
_LOGIN = frozenset({
    "not_authed", "invalid_auth", "account_inactive", "token_revoked", "token_expired",
    "org_login_required", "missing_scope", "no_permission", "accesslimited",
})  # fmt: skip
"""What says that nothing was done, and that somebody has to mend the token."""
_IN_DOUBT = frozenset({"internal_error", "fatal_error"})
"""Of these Slack says that some of it may have succeeded before."""


class SlackApiChannel(AskedChannel):
    """Posts to a channel as a bot. ``root`` is the first post of the incident, once it is found."""

    per_second = 1.0

    def __init__(self, settings: Settings, sending: Sending) -> None:
        super().__init__(settings, sending)
        self.root = ""

    def flags(self) -> Mapping[str, str]:
        """Return whether a post in the thread is shown in the channel too."""
        return {"reply_broadcast": self.settings.get("broadcast", "false")}

    def login(self, secret: Secret) -> str:
        """Return the token of the bot."""
        return f"Bearer {secret(self.settings['secret'])}"

    def plan(self, delivery: Delivery) -> str:
        """Refuse what Slack would cut off.

        Raises:
            BadInput: if the text is too long.
        """
        post = post_of(delivery.payload)
        size = len(str(post["text"]))
        if size > LONGEST:
            raise BadInput(
                f"{size} characters are more than Slack takes ({LONGEST})",
                remedy="a shorter message, or one that links to the rest",
                code="too-long",
            )
        return "" if "blocks" in post else "as plain text: it is too long for blocks"

    def look(self) -> None:
        """Log in, and read a post of the channel: threads are found by reading."""
        self._asked("auth.test", {}, method="POST")
        self._asked("conversations.history", {"channel": self.settings["channel"], "limit": "1"})

    def look_up(self, delivery: Delivery) -> None:
        """Find the first post of the incident."""
        del delivery
        if not self.root:
            posts, _ = self._posts("conversations.history")
            roots = self._roots(posts)
            self.root = roots[0] if roots else ""

    def request(self, delivery: Delivery, secret: Secret) -> Request:
        """Return a post, in the thread where there is one, in which nothing mentions anybody."""
        words = self.sending.words
        told = {"key": delivery.key, "incident": words.incident, "message": words.message}
        broadcast = self.settings.get("broadcast") == "true"
        body = as_json({
            "channel": self.settings["channel"],
            **post_of(delivery.payload),
            **({"thread_ts": self.root, "reply_broadcast": broadcast} if self.root else {}),
            "metadata": {"event_type": EVENT, "event_payload": told},
        })  # fmt: skip
        headers = {"Authorization": self.login(secret)}
        return Request(url=self.url("chat.postMessage"), body=body, headers=headers)

    def judged(self, answer: Answer) -> Outcome:
        """Say what an answer means; 200 with ``ok: false`` is a failure, and says which."""
        outcome = super().judged(answer)
        document = pairs(json_of(answer.body))
        if answer.status != _OK or document.get("ok") is not False:
            return outcome
        error = said_in(text_of(document.get("error")).encode())
        step = Step.REJECTED
        if error in _IN_DOUBT:
            step = Step.UNKNOWN
        elif error in _LATER | _LOGIN:
            step = Step.DEFERRED
        return Outcome(step=step, detail=f"{answer.status} {error}".strip(),
                       after=seconds_in(answer.headers))  # fmt: skip

    def made(self, document: Mapping[str, Any]) -> Outcome | None:
        """Return the channel and the time stamp, which name a post."""
        ts = text_of(document.get("ts"))
        if document.get("ok") is not True or not ts:
            return None
        self.root = self.root or ts
        return Outcome(step=Step.ACCEPTED, id=f"{text_of(document.get('channel'))}/{ts}")

    def reconcile(self, delivery: Delivery) -> Outcome | None:
        """Look for the key in the channel, and in every thread of the incident there."""
        posts, whole = self._posts("conversations.history")
        for root in self._roots(posts):
            more, all_ = self._posts("conversations.replies", ts=root)
            posts, whole = [*posts, *more], whole and all_
        for post in posts:
            if self._told(post).get("key") == delivery.key:
                id_ = f"{self.settings['channel']}/{text_of(post.get('ts'))}"
                return Outcome(step=Step.ACCEPTED, id=id_, detail="found by its key")
        return Outcome(step=Step.PLANNED, detail="it is not there") if whole else None

    def _posts(self, method: str, **more: str) -> tuple[list[Mapping[str, Any]], bool]:
        """Return our incident's posts, newest first, and whether everything there was read."""
        found: list[Mapping[str, Any]] = []
        query = {"channel": self.settings["channel"], "limit": str(PAGE), "oldest": self._oldest(),
                 "include_all_metadata": "true", **more}  # fmt: skip
        for _ in range(PAGES):
            page = self._asked(method, query)
            found += [m for m in listed(page.get("messages"), method) if self._told(m)]
            cursor = text_of(pairs(page.get("response_metadata")).get("next_cursor"))
            if not cursor:
                return found, page.get("has_more") is not True
            query["cursor"] = cursor
        return found, False

    def _told(self, post: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what we said of a post when we made it; nothing, where it is another's."""
        metadata = pairs(post.get("metadata"))
        told = pairs(metadata.get("event_payload"))
        ours = metadata.get("event_type") == EVENT
        return told if ours and told.get("incident") == self.sending.words.incident else {}

    def _roots(self, posts: list[Mapping[str, Any]]) -> list[str]:
        """Return the first posts of the incident's threads, the oldest first: there is one."""
        stamps = (text_of(p.get("thread_ts")) or text_of(p.get("ts")) for p in posts)
        return sorted({stamp for stamp in stamps if stamp}, key=_seconds)

    def _oldest(self) -> str:
        """Return the time before which there is none of the incident: the day in its id.

        An id may be chosen: one without a day, or with a day to come, says nothing.
        """
        try:
            day = date.fromisoformat(self.sending.words.incident[:10])
        except ValueError:
            return "0"
        since = datetime.combine(day, time(), UTC).timestamp() - _DAY
        return f"{since:.0f}" if 0 < since < self.sending.at.timestamp() else "0"

    def _asked(
        self, name: str, query: Mapping[str, str], *, method: str = "GET"
    ) -> Mapping[str, Any]:
        document = pairs(self.looked(name, query, method=method))
        if document.get("ok") is True:
            return document
        error = said_in(text_of(document.get("error")).encode())
        if error in _LATER | _IN_DOUBT:
            raise WireFault(f"Slack does not answer {name} now: {error}")
        raise ChannelDown(
            f"Slack refuses {name}: {error}",
            remedy=f"invite the bot to {self.settings['channel']}; its token needs chat:write and "
            "channels:history (groups:history for a private channel)",
        )


def _seconds(stamp: str) -> float:
    try:
        return float(stamp)
    except ValueError:
        return float("inf")
