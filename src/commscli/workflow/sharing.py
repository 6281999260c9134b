"""Sync: bring in what others did, and share what is here."""

from dataclasses import dataclass

from commscli.errors import BadInput
from commscli.ledger import pins, syncing
from commscli.ledger.repository import tip
from commscli.ledger.syncing import Joined, Rejected
from commscli.ledger.writer import require_branch
from commscli.workflow.session import TRIES, Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What a sync did."""

    joined: str
    pushed: bool
    head: str
    before: str = ""
    """What the remote had, where something was pushed; nothing, where it had nothing."""

    @property
    def text(self) -> str:
        """Say it in a sentence."""
        came = {
            Joined.NOTHING: "nothing new from others",
            Joined.FORWARD: "others' records came in",
            Joined.MERGED: "others' records came in, and were merged with yours",
        }[Joined(self.joined)]
        return f"{came}; {'yours are shared' if self.pushed else 'nothing of yours to share'}"


def share(session: Session) -> Shared:
    """Fetch, join, push; again, while others are faster.

    Raises:
        BadInput: if there is no remote.
        Unreachable: if it does not answer; nothing is lost then.
    """
    repository = session.repository
    branch = require_branch(repository)
    if not syncing.has_remote(repository):
        raise BadInput(
            "there is no remote to share with",
            remedy="git remote add origin URL",
            code="no-remote",
        )
    if session.circumstances.offline:
        raise BadInput("--offline, and a sync is all about the remote", remedy="comms sync")
    joined = Joined.NOTHING
    for _ in range(TRIES):
        step = session.refresh(required=True)
        joined = step if step is not Joined.NOTHING else joined
        head = tip(repository)
        theirs = repository.resolve(syncing.tracking(branch))
        pushed = head != theirs
        try:
            if pushed:
                syncing.push(repository, branch, head, session.network)
        except Rejected:
            continue
        pins.remember_tip(repository, branch, head, session.circumstances.environ)
        return Shared(
            joined=joined, pushed=pushed, head=head, before=(theirs or "") if pushed else ""
        )
    raise Rejected("the remote moves faster than this can be shared", remedy="comms sync")
