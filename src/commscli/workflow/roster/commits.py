"""The commits by which a trust version is proposed, signed and put in force."""

from collections.abc import Mapping

from commscli.domain.history import Signature
from commscli.domain.trust import Trust
from commscli.ledger import trust_files
from commscli.ledger.repository import tip
from commscli.ledger.snapshot import snapshot
from commscli.ledger.trust_files import TrustBytes
from commscli.ledger.trust_proposals import Proposal, path_of, signature_path
from commscli.ledger.writer import Change
from commscli.workflow.roster.versions import judges
from commscli.workflow.session import Session


def can_sign(session: Session, old: Trust, new: Trust) -> bool:
    """Whether the signature of who acts can count for a version."""
    return any(session.actor.person.id in by.admins for by in judges(old, new))


def own_key(session: Session) -> dict[str, Signature]:
    """Return the signature that who acts can add, as far as counting is about it."""
    return {str(session.actor.person.id): Signature(key=session.actor.signer.public)}


def sign_version(session: Session, data: bytes) -> bytes:
    """Sign the bytes of a version."""
    return session.actor.signer.sign(data, namespace=trust_files.NAMESPACE)


def proposing(
    session: Session,
    written: TrustBytes,
    subject: str,
    *,
    sign: bool,
    over: Proposal | None = None,
) -> Change:
    """Return the commit that proposes a version, or adds one's own signature to a proposal."""
    files = {path_of(written.digest): written.data}
    if sign:
        mine = signature_path(written.digest, session.actor.person.id)
        files[mine] = sign_version(session, written.data)
    with snapshot(session.repository, tip(session.repository)) as there:
        before = {path: there.read(path) for path in files}  # nobody's word: it gives way
    message = f"{subject}\n\nComms-Trust-Proposal: {written.digest}"
    gone = over.files if over else {}
    return _change(session, files, {**before, **gone}, message, removed=tuple(gone))


def entering(
    session: Session,
    written: TrustBytes,
    signatures: Mapping[str, bytes],
    subject: str,
    *,
    over: Proposal | None = None,
) -> Change:
    """Return the one commit by which a version with its signatures enters history."""
    version = written.trust.version
    files = {
        written.path: written.data,
        **{trust_files.signature_path(version, p): s for p, s in signatures.items()},
    }
    message = f"{subject}\n\nComms-Trust: {written.digest}"
    gone = over.files if over else {}
    return _change(session, files, gone, message, removed=tuple(gone))


def _change(
    session: Session,
    files: Mapping[str, bytes],
    expected: Mapping[str, bytes | None],
    message: str,
    *,
    removed: tuple[str, ...] = (),
) -> Change:
    return Change(
        files=files,
        expected=expected,
        removed=removed,
        message=message,
        person=session.actor.person,
        at=session.circumstances.now,
        sign=session.actor.sign_commit,
    )


def dropping(session: Session, proposal: Proposal) -> Change:
    """Return the commit that takes a proposal away."""
    message = f"Drop the trust proposal {proposal.id}"
    return _change(session, {}, proposal.files, message, removed=tuple(proposal.files))
