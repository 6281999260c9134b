"""Twilio, as far as the token of one account sees it."""

import base64
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from tests.support.apis import Api, Asked

ACCOUNT = "AC" + "0" * 32


@dataclass(kw_only=True)
class FakeTwilio(Api):
    """An account and its messages, the newest first."""

    token: str = "s3cret"  # noqa: S105 - of a server that is gone after the test
    status: str = "active"
    now: datetime = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    messages: list[dict[str, Any]] = field(default_factory=list)
    error: int = 0
    """The code that it says of a message instead of taking it."""

    def commits(self, asked: Asked) -> bool:
        """Whether it makes a message."""
        return asked.method == "POST"

    def answer(self, asked: Asked) -> tuple[int, Any]:
        """Do what a path says."""
        told = base64.b64encode(f"{ACCOUNT}:{self.token}".encode()).decode()
        if asked.headers.get("authorization") != f"Basic {told}":
            return 401, {"code": 20003, "message": "Authenticate", "status": 401}
        path = asked.path.removeprefix("/2010-04-01/Accounts/")
        if path == f"{ACCOUNT}.json":
            return 200, {"sid": ACCOUNT, "status": self.status}
        if path != f"{ACCOUNT}/Messages.json":
            return 404, {"code": 20404, "message": "not found", "status": 404}
        if asked.method == "GET":
            found = [one for one in self.messages if one["to"] == asked.query["To"]]
            return 200, {"messages": found[: int(asked.query.get("PageSize", "50"))]}
        if self.error:
            return 400, {"code": self.error, "message": "no", "status": 400}
        return 201, self.take(asked.form["To"], asked.form["Body"])

    def take(self, to: str, body: str) -> dict[str, Any]:
        """Take a message."""
        made = {"sid": f"SM{len(self.messages):032}", "to": to, "body": body, "status": "queued",
                "date_created": format_datetime(self.now), "date_sent": None}  # fmt: skip
        self.messages.insert(0, made)
        return made
