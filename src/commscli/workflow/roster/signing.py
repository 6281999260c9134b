"""Trust versions that several admins sign: proposed, signed, put in force.

The last signature that is needed makes a version of a proposal, in one commit that brings the
file and all its signatures. Where there is a remote, that commit must be shared at once: two
admins who did it apart would fork the roster.
"""

from dataclasses import dataclass, replace

from commscli.domain.history import Signature
from commscli.domain.ids import Digest, PersonId
from commscli.domain.trust_lint import worries
from commscli.errors import NotEntitled, Refused
from commscli.ledger import trust_files
from commscli.ledger.syncing import Unreachable, has_remote
from commscli.ledger.trust_files import TrustBytes
from commscli.ledger.trust_proposals import ID_LENGTH, Proposal
from commscli.ledger.writer import Change
from commscli.workflow.roster.commits import (
    can_sign,
    dropping,
    entering,
    own_key,
    proposing,
    sign_version,
)
from commscli.workflow.roster.looking import Sight, bytes_of, find, look
from commscli.workflow.roster.versions import Tally, in_force, refusal, tally
from commscli.workflow.session import Session
from commscli.workflow.written import Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A version that was written: in force, or proposed; and what an admin should hear of it."""

    trust: TrustBytes
    written: Written
    in_force: bool
    tally: Tally
    changes: tuple[str, ...]
    worries: tuple[str, ...]
    notes: tuple[str, ...]
    dropped: bool = False

    @property
    def state(self) -> str:
        """How far it is: ``in-force``, ``proposed`` or ``dropped``."""
        if self.dropped:
            return "dropped"
        return "in-force" if self.in_force else "proposed"

    @property
    def id(self) -> str:
        """What to call it while it is a proposal."""
        return self.trust.digest[:ID_LENGTH]


def require_own_history(session: Session) -> None:
    """Refuse to build a version on a history that is not the pinned one, or went back.

    Raises:
        Undecided: if there is no pin.
        Refused: if a check finds another root, or less than was there before.
    """
    session.require_pin()
    for finding in session.report.findings:
        if finding.rule == "pinned-root" and finding.level.value == "error":
            raise Refused(
                f"this would rest on a history that is not the pinned one: {finding.text}",
                remedy="comms check",
                code="unsound",
            )


def sign(session: Session, digest: Digest) -> Changed:
    """Add one's signature to a proposal that one has read; the last one puts it in force.

    Without the remote, the last signature waits in the proposal like any other.

    Raises:
        Refused: if it is stale, or not as it was proposed.
        NotEntitled: if this person is no admin whose signature can count.
    """
    session.refresh()
    sight = _require_open(session, digest)
    base, new = in_force(session.case).trust, bytes_of(sight.proposal).trust
    if not can_sign(session, base, new):
        raise NotEntitled(
            f"{session.actor.person.id} is no admin of this roster",
            remedy=f"ask {', '.join(_tally(sight).could) or 'an admin'}",
            code="no-role",
        )
    if not tally(base, new, {**sight.proposal.signatures, **own_key(session)}).lacking:
        try:
            return put_in_force(session, digest)
        except Unreachable as failure:
            session.notes.append(failure.text)
    return _add_signature(session, sight)


def _require_open(session: Session, digest: Digest) -> Sight:
    sight = look(session, find(session, digest))
    require_open(sight)
    return sight


def require_open(sight: Sight) -> None:
    """Refuse a proposal that cannot be signed any more, or never could.

    Raises:
        Refused: with why, and the way to make a stale one anew.
    """
    if sight.state != "open":
        again = f"comms trust propose --rebase {sight.proposal.id}"
        raise Refused(
            f"proposal {sight.proposal.id} {sight.why}",
            remedy=again if sight.state == "stale" else "comms trust propose lists what is open",
            code=f"{sight.state}-proposal",
        )


def _tally(sight: Sight) -> Tally:
    return sight.tally or Tally(signed=(), lacking=())


def _add_signature(session: Session, before: Sight) -> Changed:
    kept = [before]

    def make() -> Change | None:
        require_own_history(session)
        kept[:] = [_require_open(session, before.proposal.digest)]
        if session.actor.person.id in _tally(kept[0]).signed:
            return None
        version = bytes_of(kept[0].proposal)
        subject = f"Sign the proposed trust version {version.trust.version}"
        return proposing(session, version, subject, sign=True)

    written = session.write(make)
    sight = kept[0]
    trust = bytes_of(sight.proposal)
    counted = tally(
        in_force(session.case).trust, trust.trust, {**sight.proposal.signatures, **own_key(session)}
    )
    return told(session, trust, written, counted, sight.changes, entered=False)


def put_in_force(session: Session, digest: Digest, *, subject: str = "") -> Changed:
    """Make a version of a proposal that is complete, or is so with one's own signature.

    Raises:
        Unreachable: if it cannot be shared; nothing has happened then.
        Refused: if it is not complete, or cannot be in force any more.
    """
    together = has_remote(session.repository)
    if together and session.circumstances.offline:
        raise Unreachable(
            "a version is put in force only together with the remote, and this is --offline",
            remedy=f"comms trust sign {digest[:ID_LENGTH]}",
        )
    kept: list[tuple[TrustBytes, Tally, tuple[str, ...]]] = []

    def make() -> Change | None:
        require_own_history(session)
        kept.clear()
        done = next((link for link in session.case.chain.links if link.digest == digest), None)
        if done is not None:
            signed = tuple(map(PersonId, done.signatures))
            kept.append((trust_files.write(done.trust), Tally(signed=signed, lacking=()), ()))
            session.notes.append("somebody else put it in force meanwhile")
            return None
        sight = _require_open(session, digest)
        version, signatures, counted = _signed(session, sight)
        kept.append((version, counted, sight.changes))
        entry = subject or f"Put trust version {version.trust.version} in force"
        return entering(session, version, signatures, entry, over=sight.proposal)

    written = session.write(make, must_share=together)
    trust, counted, changed = kept[0]
    return told(session, trust, written, counted, changed, entered=True)


def _signed(session: Session, sight: Sight) -> tuple[TrustBytes, dict[str, bytes], Tally]:
    """Return a version with every signature that counts, one's own among them."""
    base, version = in_force(session.case).trust, bytes_of(sight.proposal)
    keys: dict[str, Signature] = {p: sight.proposal.signatures[p] for p in _tally(sight).signed}
    armored = {p: sight.proposal.armored(p) for p in keys}
    me = session.actor.person.id
    if me not in keys and can_sign(session, base, version.trust):
        keys[me] = Signature(key=session.actor.signer.public)
        armored[me] = sign_version(session, version.data)
    counted = tally(base, version.trust, keys)
    why = refusal(session.case, version, keys)
    if why:
        raise Refused(
            f"proposal {sight.proposal.id} cannot be put in force: it {why}",
            remedy=f"{', '.join(counted.could) or 'nobody'} can sign it",
            code="quorum",
        )
    return version, armored, counted


def drop(session: Session, proposal: Proposal) -> Changed:
    """Take a proposal away. What was signed stays in the history, and stays signed."""
    version = bytes_of(proposal) if proposal.trust else None

    def make() -> Change:
        session.require_pin()
        return dropping(session, proposal)

    written = session.write(make)
    nobody = Tally(signed=(), lacking=())
    trust = version or TrustBytes(trust=session.trust, data=proposal.data, digest=proposal.digest)
    done = told(session, trust, written, nobody, (), entered=False)
    return replace(done, dropped=True, worries=())


def told(
    session: Session,
    trust: TrustBytes,
    written: Written,
    counted: Tally,
    changed: tuple[str, ...],
    *,
    entered: bool,
) -> Changed:
    """Return what was done, for whoever did it."""
    return Changed(
        trust=trust,
        written=written,
        in_force=entered,
        tally=counted,
        changes=changed,
        worries=tuple(worries(trust.trust)),
        notes=tuple(dict.fromkeys(session.notes)),
    )
