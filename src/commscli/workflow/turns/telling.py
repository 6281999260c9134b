"""Tell people what became theirs: by mail, Slack or a web hook, and by name where none is set."""

import json
import ssl
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from commscli.delivery.secrets import Secrets
from commscli.delivery.wires.hosts import WireFault
from commscli.domain.trust import Person
from commscli.errors import CommsError
from commscli.workflow.turns.contacts import Way, way_to
from commscli.workflow.turns.turns import Turn

if TYPE_CHECKING:  # the models are read by whoever has the settings
    from commscli.documents.models.organisation import Organisation, TurnPost

SECONDS = 5.0
"""Whoever records a verdict does not wait longer than this for a server that is down."""
_OK = range(200, 300)
_UNFOLDED = SMTP.clone(max_line_length=998)
"""Headers in one line: some readers of mail show where a folded one was folded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Somebody, what they were to hear, and by which way they heard it.

    ``how`` is empty where nothing was sent, and ``fault`` says why where it should have been.
    """

    person: str
    contact: str
    how: str
    turns: tuple[Turn, ...]
    fault: str = ""


@dataclass(slots=True, kw_only=True)
class Teller:
    """Sends what people are told. One way that does not answer is not tried again."""

    organisation: "Organisation"
    secrets: Callable[[], Secrets]
    at: datetime
    context: ssl.SSLContext | None = None
    _down: dict[str, str] = field(default_factory=dict)

    def tell(self, person: Person, turns: Sequence[Turn]) -> Told:
        """Tell one person; a failure is said, and stops nothing."""
        way = way_to(person, self.organisation.turns)
        fault = ""
        if way.how:
            try:
                self._send(way, person, turns)
            except CommsError as failure:
                fault = failure.text
        return Told(
            person=person.id,
            contact=person.contact or person.email,
            how="" if fault else way.how,
            turns=tuple(turns),
            fault=fault,
        )

    def _send(self, way: Way, person: Person, turns: Sequence[Turn]) -> None:
        place = way.how + urlsplit(way.address).netloc
        if place in self._down:
            raise WireFault(self._down[place])
        send = {"mail": self._mail, "slack": self._slack, "webhook": self._webhook}[way.how]
        try:
            send(way, person, turns)
        except CommsError as failure:
            self._down[place] = failure.text
            raise

    def _mail(self, way: Way, person: Person, turns: Sequence[Turn]) -> None:
        from smtplib import SMTPException  # noqa: PLC0415 - only where mail is set up

        from commscli.delivery.wires.mail import (  # noqa: PLC0415 - only where mail is set up
            MailServer,
            Refusal,
            handed_in,
            said_of,
        )

        setup = self.organisation.turns.mail
        if setup is None:
            return
        password = self.secrets().get(setup.secret, setup.host) if setup.secret else ""
        server = MailServer(host=setup.host, port=setup.port, user=setup.user,
                            password=password, private=setup.private)  # fmt: skip
        mail = EmailMessage(policy=_UNFOLDED)
        mail["From"] = setup.from_
        mail["To"] = way.address
        mail["Subject"] = self._subject(turns)
        mail["Date"] = format_datetime(self.at)
        mail["Message-ID"] = f"<{_identity(person, turns)}@{self.organisation.domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(self._text(turns))
        with handed_in(server, seconds=SECONDS, context=self.context) as wire:
            try:
                wire.hand_in(mail.as_bytes(), setup.from_, way.address)
            except (OSError, Refusal, SMTPException) as fault:
                raise WireFault(f"{setup.host}: {said_of(fault)}") from None

    def _slack(self, way: Way, _person: Person, turns: Sequence[Turn]) -> None:
        setup = self.organisation.turns.slack
        if setup is None:
            return
        text = f"{_mention(way.address)} *{_inert(self._subject(turns))}*\n" + _inert(
            self._text(turns)
        )
        self._post(self._address_of(setup), {"text": text}, private=setup.private)

    def _webhook(self, way: Way, person: Person, turns: Sequence[Turn]) -> None:
        setup = self.organisation.turns.webhook
        document = {
            "schema": "comms/turn@1",
            "person": person.id,
            "contact": person.contact or person.email,
            "subject": self._subject(turns),
            "turns": [
                {"incident": t.incident, "message": t.message or None, "text": t.text,
                 "asks": t.asks, "drill": t.drill}
                for t in turns
            ],
        }  # fmt: skip
        if way.address:
            self._post(way.address, document, private=False)
        elif setup is not None:
            self._post(self._address_of(setup), document, private=setup.private)

    def _address_of(self, setup: "TurnPost") -> str:
        """Return the address that a secret is, if it may be used for its host."""
        secrets = self.secrets()
        address = secrets.get(setup.secret)
        return secrets.get(setup.secret, urlsplit(address).hostname or "")

    def _post(self, url: str, document: Mapping[str, object], *, private: bool) -> None:
        from commscli.delivery.wires.https import post  # noqa: PLC0415 - only where a hook is set up

        headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "comms"}
        body = json.dumps(document, ensure_ascii=False).encode()
        answer = post(url, body, headers, seconds=SECONDS, private=private, context=self.context)
        if answer.status not in _OK:
            raise WireFault(f"{urlsplit(url).hostname} answered {answer.status}")

    def _subject(self, turns: Sequence[Turn]) -> str:
        first = next((turn for turn in turns if turn.asks), turns[0])
        what = "your turn" if first.asks else "for you to know"
        more = f", and {len(turns) - 1} more" if len(turns) > 1 else ""
        drill = "DRILL: " if any(turn.drill for turn in turns) else ""
        about = first.message or first.incident
        return f"{drill}{what}: {about}, {_short(first.text)}{more}"

    def _text(self, turns: Sequence[Turn]) -> str:
        """Return what somebody reads: what they have to do, then what they should know."""
        lines: list[str] = []
        if any(turn.drill for turn in turns):
            lines += ["DRILL: this is an exercise.", ""]
        for asks, head in ((True, "Your turn:"), (False, "For you to know:")):
            own = [turn for turn in turns if turn.asks is asks]
            if own:
                lines += [head, *(f"- {line_of(turn)}" for turn in own), ""]
        lines.append("comms next shows what waits for you, and takes your answer.")
        return "\n".join(lines) + "\n"


def line_of(turn: Turn) -> str:
    """Return a turn in a line: the message, what it needs, the incident."""
    return f"{turn.message}: {turn.text} ({turn.incident})" if turn.message else turn.text


def by_person(turns: Iterable[Turn], me: str) -> dict[str, list[Turn]]:
    """Return what each person is told; nobody is told of what they did themselves."""
    found: dict[str, list[Turn]] = {}
    for turn in turns:
        for person in turn.people:
            if person != me:
                found.setdefault(person, []).append(turn)
    return found


def _identity(person: Person, turns: Sequence[Turn]) -> str:
    """Return what makes a mail the same mail, however often it leaves."""
    keys = sorted(turn.key for turn in turns)
    return sha256(json.dumps([person.id, keys]).encode()).hexdigest()[:32]


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:59]}…"  # noqa: PLR2004 - what a telephone shows


def _mention(address: str) -> str:
    named = address.lstrip("@")
    is_id = named[:1] in {"U", "W"} and named.isalnum() and named.isupper()
    return f"<@{named}>" if is_id else _inert(named)


def _inert(text: str) -> str:
    """Return text in which Slack finds no mention and no link."""
    return escape(text, quote=False)
