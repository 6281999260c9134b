"""Slack, as far as a bot that posts and reads sees it."""

from dataclasses import dataclass, field
from typing import Any

from tests.support.apis import Api, Asked

ROOM = "C012AB3CD"


@dataclass(kw_only=True)
class FakeSlack(Api):
    """A room, its posts in the order in which they came. ``page``: posts that it tells at once."""

    token: str = "s3cret"  # noqa: S105 - of a server that is gone after the test
    member: bool = True
    page: int = 2
    posts: list[dict[str, Any]] = field(default_factory=list)
    error: str = ""
    """What it says of a post instead of taking it."""

    def commits(self, asked: Asked) -> bool:
        """Whether it is a post."""
        return asked.path.endswith("/chat.postMessage")

    def answer(self, asked: Asked) -> tuple[int, Any]:
        """Do what a method says."""
        if asked.headers.get("authorization") != f"Bearer {self.token}":
            return 200, {"ok": False, "error": "invalid_auth"}
        method = asked.path.rpartition("/")[2]
        if method == "auth.test":
            return 200, {"ok": asked.method == "POST", "bot_id": "B1"}
        if not self.member:
            return 200, {"ok": False, "error": "not_in_channel"}
        if method == "chat.postMessage":
            return 200, self._post(asked.document)
        return 200, self._told(method, asked)

    def say(self, text: str) -> None:
        """Let somebody else post."""
        self._post({"channel": ROOM, "text": text})

    def _post(self, document: dict[str, Any]) -> dict[str, Any]:
        if self.error:
            return {"ok": False, "error": self.error}
        if document["channel"] != ROOM:
            return {"ok": False, "error": "channel_not_found"}
        ts = f"17954{len(self.posts):05}.000100"
        self.posts.append({**document, "ts": ts})
        return {"ok": True, "channel": ROOM, "ts": ts, "message": document}

    def _told(self, method: str, asked: Asked) -> dict[str, Any]:
        query = asked.query
        root = query.get("ts", "")
        found = [post for post in self.posts if self._is_told(post, method, root)]
        found = [post for post in found if float(post["ts"]) > float(query.get("oldest", 0))]
        if method == "conversations.history":
            found.reverse()
        start = int(query.get("cursor", "0"))
        size = min(self.page, int(query.get("limit", "100")))
        shown = found[start : start + size]
        if query.get("include_all_metadata") != "true":
            shown = [{k: v for k, v in post.items() if k != "metadata"} for post in shown]
        more = len(found) > start + size
        cursor = {"next_cursor": str(start + size) if more else ""}
        return {"ok": True, "messages": shown, "has_more": more, "response_metadata": cursor}

    @staticmethod
    def _is_told(post: dict[str, Any], method: str, root: str) -> bool:
        """A history has no replies but those that were shown in the room too."""
        if method == "conversations.replies":
            return root in {post["ts"], post.get("thread_ts")}
        return "thread_ts" not in post or bool(post.get("reply_broadcast"))
