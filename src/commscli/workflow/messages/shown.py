"""Which revision of a message somebody was shown on this machine; kept in the clone alone."""

import json

from commscli.domain.ids import Digest
from commscli.gates.message import MessageCase
from commscli.ledger.journal import place_file
from commscli.workflow.session import Session


def _key(session: Session, message: MessageCase) -> str:
    return f"{session.me or 'nobody'}:{message.incident}/{message.message}"


def _read(session: Session) -> dict[str, str]:
    try:
        found = json.loads((session.repository.own_folder / "shown.json").read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def last_shown(session: Session, message: MessageCase) -> Digest | None:
    """Return the revision that this person saw last here, if any."""
    digest = Digest(_read(session).get(_key(session, message), ""))
    return digest if digest in message.revisions.drafts else None


def remember(session: Session, message: MessageCase, digest: Digest) -> None:
    """Remember that this person has now seen a revision."""
    found = _read(session)
    if found.get(_key(session, message)) != digest:
        found[_key(session, message)] = digest
        path = session.repository.own_folder / "shown.json"
        place_file(path, json.dumps(found, sort_keys=True).encode())
