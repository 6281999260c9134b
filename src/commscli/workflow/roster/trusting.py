"""A change of the trust: people, roles, gates. Whole in each version, signed by admins.

Where one's own signature is all that is needed, the version is in force at once. Otherwise it
is proposed, and waits for the others.
"""

from collections.abc import Callable

from commscli.domain.history import Pin
from commscli.domain.trust import Trust
from commscli.errors import NotEntitled
from commscli.ledger.syncing import Unreachable
from commscli.ledger.trust_files import TrustBytes
from commscli.ledger.trust_proposals import Proposal
from commscli.ledger.writer import Change
from commscli.workflow.roster.commits import (
    can_sign,
    entering,
    own_key,
    proposing,
    sign_version,
)
from commscli.workflow.roster.looking import explained, numbers_taken, proposals
from commscli.workflow.roster.signing import Changed, put_in_force, require_own_history, told
from commscli.workflow.roster.versions import Tally, in_force, next_version, tally
from commscli.workflow.session import Session


def change_trust(
    session: Session,
    subject: str,
    alter: Callable[[Trust], Trust],
    *,
    by_anybody: bool = False,
    again: Proposal | None = None,
) -> Changed:
    """Make the next version: put it in force, or propose it to those who must sign it too.

    ``by_anybody`` lets somebody who is no admin propose it; their signature does not count.
    ``again`` is a proposal whose place it takes, and then nobody has signed it yet. Whoever
    makes the very change that somebody has proposed already, signs that.

    Raises:
        NotEntitled: if this person is no admin.
        Refused: if the version could never be in force, or would change nothing.
    """
    kept: list[tuple[TrustBytes, Tally, tuple[str, ...], bool]] = []

    def make() -> Change:
        require_own_history(session)
        old = in_force(session.case).trust
        if not by_anybody:
            _require_admin(session, old)
        written = next_version(session.case, alter(old), numbers_taken(session))
        signs = again is None and can_sign(session, old, written.trust)
        known = proposals(session, written.digest)
        mine = own_key(session) if signs else {}
        alone = tally(old, written.trust, mine)
        before = dict(known[0].signatures) if known else {}
        counted = tally(old, written.trust, {**before, **mine})
        kept[:] = [(written, counted, explained(session, old, written.trust), not alone.lacking)]
        if alone.lacking:
            return proposing(session, written, f"Propose: {subject}", sign=signs, over=again)
        signature = {str(session.actor.person.id): sign_version(session, written.data)}
        return entering(session, written, signature, subject, over=known[0] if known else None)

    done = session.write(make)
    written, counted, changed, entered = kept[0]
    if not entered and not counted.lacking:
        try:
            return put_in_force(session, written.digest, subject=subject)
        except Unreachable as failure:
            session.notes.append(failure.text)
    return told(session, written, done, counted, changed, entered=entered)


def _require_admin(session: Session, old: Trust) -> None:
    me = session.actor.person.id
    if me not in old.admins:
        raise NotEntitled(
            f"{me} is no admin of this roster",
            remedy=f"ask {', '.join(old.admins)}",
            code="no-role",
        )


def pin_of(session: Session) -> Pin:
    """Return a pin of this history: its first trust, the one in force, and the current tip.

    Raises:
        Undecided: if there is no trust in force.
    """
    links = session.case.chain.links
    return Pin(
        repository=session.trust.repository,
        genesis=links[0].digest,
        trust=links[-1].digest,
        checkpoint=session.case.history.head,
    )
