"""What the channels have in common whose other side can be asked what it has.

They look before they write: for the thread or the incident that a message belongs to. And where
nobody knows whether a delivery arrived, the other side does: each is found again by its key.
"""

import json
from abc import abstractmethod
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from commscli.delivery.channels.channel import ChannelDown, Outcome, Sending, Settings
from commscli.delivery.channels.posting import PostChannel, Request, Secret, said_in, seconds_in
from commscli.delivery.ledger import Step
from commscli.delivery.wires.hosts import WireFault
from commscli.delivery.wires.https import Answer

_DONE = range(200, 300)
_NOT_IN = 401
MOST = 16 * 1024 * 1024
"""Bytes of an answer: a page of what is there has the text of all of it."""


class AskedChannel(PostChannel):
    """One request for each delivery, and others that only look."""

    most = MOST

    def __init__(self, settings: Settings, sending: Sending) -> None:
        super().__init__(settings, sending)
        self.on_unknown = settings.get("on_unknown", "reconcile")

    @abstractmethod
    def login(self, secret: Secret) -> str:
        """Return what ``Authorization`` says."""

    def address(self, secret: Secret) -> str:
        """Return where the API is; the secret must be here."""
        self.login(secret)
        return self.settings["url"]

    def url(self, path: str, query: Mapping[str, str] | None = None) -> str:
        """Return the URL of something of the API."""
        asked_for = f"?{urlencode(query)}" if query else ""
        return f"{self.settings['url'].rstrip('/')}/{path}{asked_for}"

    def looked(
        self, path: str, query: Mapping[str, str] | None = None, *, method: str = "GET"
    ) -> Any:
        """Ask for something, and change nothing; return the JSON of the answer.

        Raises:
            ChannelDown: if it does not let us in, or says that it never will.
            WireFault: if there is no answer now, or none that can be read.
        """
        headers = {"Authorization": self.login(self.secret)}
        answer = self.ask(
            Request(url=self.url(path, query), body=b"", headers=headers, method=method)
        )
        self.require_told(answer)
        found = json_of(answer.body)
        if found is None:
            size = len(answer.body)
            what = f"more than {size} bytes" if size >= self.most else said_in(answer.body)
            raise WireFault(f"{self.host} was asked, and its answer is no JSON: {what}")
        return found

    @property
    def host(self) -> str:
        """Where the API is, as errors name it."""
        return urlsplit(self.settings["url"]).hostname or ""

    def require_told(self, answer: Answer) -> None:
        """Refuse an answer to a question that is none.

        Raises:
            ChannelDown: if asking again would change nothing.
            WireFault: if it may.
        """
        step = super().judged(answer).step
        if step is Step.ACCEPTED:
            return
        said = f"{answer.status} {said_of(answer)}".strip()
        if answer.status == _NOT_IN:
            raise ChannelDown(f"{self.host} does not let us in: {said}", remedy=self.remedy)
        if step is Step.REJECTED:
            raise ChannelDown(f"{self.host} does not answer what is asked: {said}")
        after = seconds_in(answer.headers)
        raise WireFault(f"{self.host} does not answer now: {said}", after=after)

    @property
    def remedy(self) -> str:
        """What to do where it does not let us in."""
        name = self.settings.get("secret", "")
        return f"git config --global comms.secret.{name}.from says where the secret is from"

    def probe(self) -> None:
        """Log in, and ask for what deliveries need; nothing is sent.

        Raises:
            MissingSecret: if the secret is not here, or may not go to that host.
            ChannelDown: if it does not answer, or not what is asked.
        """
        try:
            self.look()
        except WireFault as fault:
            raise ChannelDown(fault.text, remedy=fault.remedy) from None

    @abstractmethod
    def look(self) -> None:
        """Ask for something that shows that deliveries can be made.

        Raises:
            ChannelDown, MissingSecret, WireFault: if they cannot.
        """

    def judged(self, answer: Answer) -> Outcome:
        """Say what an answer to a delivery means.

        Who is not let in any more has sent nothing, and may when the secret is mended. A success
        without the id of what was made is doubt: something else may have answered.
        """
        outcome = super().judged(answer)
        said = f"{answer.status} {said_of(answer)}".strip()
        if answer.status == _NOT_IN:
            return Outcome(step=Step.DEFERRED, detail=said)
        if outcome.step is not Step.ACCEPTED:
            return Outcome(step=outcome.step, detail=said, after=outcome.after)
        found = self.made(pairs(json_of(answer.body)))
        return found or Outcome(step=Step.UNKNOWN, detail=f"{said}: it does not say what it made")

    @abstractmethod
    def made(self, document: Mapping[str, Any]) -> Outcome | None:
        """Return what a success says of the delivery; nothing, where it does not say."""


def json_of(body: bytes) -> Any:
    """Return the document of an answer; nothing, where it is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def pairs(value: Any) -> Mapping[str, Any]:
    """Return an object of a document, or an empty one where there is something else."""
    return value if isinstance(value, dict) else {}


def listed(value: Any, what: str) -> list[Mapping[str, Any]]:
    """Return the objects of a list in a document.

    Raises:
        WireFault: if it is no list: something that is not told must not count as not there.
    """
    if not isinstance(value, list):
        raise WireFault(f"{what}: the answer has no list in it")
    return [one for one in value if isinstance(one, dict)]


def text_of(value: Any) -> str:
    """Return a text or a number of a document as text; half a character of JSON is a ``?``."""
    told = isinstance(value, str | int) and not isinstance(value, bool)
    return str(value).encode(errors="replace").decode() if told else ""


_ERRORS = ("code", "error", "message")


def said_of(answer: Answer) -> str:
    """Return what an answer says in a line: of a document only its error, not what it repeats."""
    found = pairs(json_of(answer.body))
    errors = [found.get(name) for name in _ERRORS]
    flat = [one for each in errors for one in (each if isinstance(each, list) else [each])]
    words = [said_in(text_of(one).encode()) for one in flat]
    return " ".join(word for word in words if word) or ("" if found else said_in(answer.body))
