"""Who is acting: the person on the roster whose key this is."""

from dataclasses import dataclass
from pathlib import Path

from commscli.domain.trust import Person, Trust
from commscli.errors import NotEntitled
from commscli.ledger import record_files
from commscli.ledger.repository import Repository, setting
from commscli.ledger.signing import Signer, open_signer
from commscli.workflow.circumstances import Circumstances


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person, and the key that they act with."""

    person: Person
    signer: Signer

    def sign_record(self, data: bytes) -> bytes:
        """Sign the bytes of a record."""
        return self.signer.sign(data, namespace=record_files.NAMESPACE)

    def sign_commit(self, data: bytes) -> bytes:
        """Sign the bytes of a commit."""
        return self.signer.sign(data, namespace="git")


def signer(circumstances: Circumstances, repository: Repository | None) -> Signer:
    """Return the key that the user named, or git's own setting.

    Raises:
        NotEntitled: if there is none, or it cannot be used.
    """
    named = circumstances.key
    if not named:
        folder = repository.home if repository is not None else Path("/")
        named = setting("user.signingkey", folder)
    if not named:
        raise NotEntitled(
            "no key to sign with",
            remedy="--key FILE or COMMS_KEY, or git config --global user.signingkey FILE "
            "(make one: ssh-keygen -t ed25519)",
            code="no-key",
        )
    return open_signer(named, interactive=circumstances.interactive)


def actor(found: Signer, trust: Trust) -> Actor:
    """Return who acts with a key.

    Raises:
        NotEntitled: if nobody on the roster owns it.
    """
    person = trust.owner_of(found.public)
    if person is None:
        raise NotEntitled(
            f"the key {found.public.fingerprint} is nobody's on this roster",
            remedy="an admin adds it: comms trust add ID --name … --email … --public-key FILE "
            "--role …",
            code="not-on-roster",
        )
    return Actor(person=trust.people[person], signer=found)
