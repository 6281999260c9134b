"""What is known later of deliveries: a line each in files beside the records that count them."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from commscli.domain.ids import Digest
from commscli.domain.records import DeliveredLate
from commscli.gates.message import MessageCase
from commscli.ledger.record_files import folder_of
from commscli.ledger.snapshot import snapshot
from commscli.workflow.session import Session

_FIELDS = 4
_NO_CODE = "-"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class LateNews:
    """What somebody said later of one delivery. ``row`` is ``-`` for a broadcast.

    ``status`` is the code of RFC 3463 that came with it, such as 5.1.1, or nothing.
    """

    channel: str
    row: str
    what: str
    status: str = ""

    @property
    def of(self) -> tuple[str, str, str]:
        """What it is news of: said again, with whatever code, it is none any more."""
        return self.channel, self.row, self.what


def evidence_path(incident: str, message: str, digest: str) -> str:
    """Return where an evidence file lies."""
    return f"{folder_of(incident, message)}/evidence/{digest[:16]}.txt"


def written(news: Iterable[LateNews]) -> bytes:
    """Return a line for each, in the one order."""
    return "".join(
        f"{one.channel} {one.row} {one.what} {one.status or _NO_CODE}\n" for one in sorted(news)
    ).encode()


def counts(news: Iterable[LateNews]) -> dict[str, dict[str, int]]:
    """Return how many there are of each kind over each channel."""
    found: dict[str, dict[str, int]] = {}
    for one in sorted(news, key=lambda one: (one.channel, one.what)):
        own = found.setdefault(one.channel, {})
        own[one.what] = own.get(one.what, 0) + 1
    return found


def evidence_lines(session: Session, message: MessageCase, digest: str) -> list[list[str]] | None:
    """Return the words of each line of an evidence file; ``None`` where it is not what it was."""
    path = evidence_path(message.incident, message.message, digest)
    with snapshot(session.repository, session.head) as files:
        data = files.read(path)
    if data is None or sha256(data).hexdigest() != digest:
        return None
    return [line.split(" ") for line in data.decode(errors="replace").splitlines()]


def late_news(session: Session, message: MessageCase, intent: Digest) -> tuple[LateNews, ...]:
    """Return what is on record of the deliveries of a send, by records that count."""
    found: set[LateNews] = set()
    for placed in message.ordered.records:
        body = placed.record.body
        if not isinstance(body, DeliveredLate) or body.intent != intent or not body.evidence:
            continue
        if not message.standings[placed.digest].happened:
            continue
        for words in evidence_lines(session, message, body.evidence) or ():
            if len(words) == _FIELDS:
                channel, row, what, code = words
                status = "" if code == _NO_CODE else code
                found.add(LateNews(channel=channel, row=row, what=what, status=status))
    return tuple(sorted(found))
