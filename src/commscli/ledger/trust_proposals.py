"""Trust versions that wait for signatures: what lies in ``proposals/trust/``.

A proposal is no authority, and no check reads it. Its name is the beginning of the digest of
its bytes, so that bytes which somebody changed are seen at once; a signature beside it is over
just those bytes, and is the very one that the version will have.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from commscli.domain.history import Signature
from commscli.domain.ids import Digest
from commscli.domain.trust import Trust
from commscli.ledger import trust_files
from commscli.ledger.line_grammar import GrammarFault
from commscli.ledger.record_files import digest_of
from commscli.ledger.signed import signature_of
from commscli.ledger.snapshot import Snapshot

FOLDER = "proposals/trust"
ID_LENGTH = 16
MOST = 256
"""More proposals than this are not listed: nobody means them."""
_VERSION = re.compile(rf"(?P<id>[0-9a-f]{{{ID_LENGTH}}})\.yaml")
_SIGNATURE = re.compile(rf"(?P<id>[0-9a-f]{{{ID_LENGTH}}})\.(?P<person>[a-z][a-z0-9_-]*)\.sig")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A version that somebody proposes, with every signature that lies beside it.

    ``fault`` says why it can never be a version; its bytes mean nothing then.
    """

    id: str
    digest: Digest
    data: bytes
    trust: Trust | None
    fault: str
    signatures: Mapping[str, Signature]
    files: Mapping[str, bytes]
    """Everything of it, by path: what is taken away when it is over."""

    def armored(self, person: str) -> bytes:
        """Return somebody's signature as it lies there."""
        return self.files[signature_path(self.digest, person)]


def path_of(digest: str) -> str:
    """Return where a proposed version lies."""
    return f"{FOLDER}/{digest[:ID_LENGTH]}.yaml"


def signature_path(digest: str, person: str) -> str:
    """Return where an admin's signature of a proposed version lies."""
    return f"{FOLDER}/{digest[:ID_LENGTH]}.{person}.sig"


def read_proposals(files: Snapshot, beginning: str = "") -> Iterator[Proposal]:
    """Yield the proposals of a commit whose id begins so, by id."""
    names = files.names(FOLDER)
    found = sorted(m["id"] for m in map(_VERSION.fullmatch, names) if m)
    for id_ in [i for i in found if i.startswith(beginning)][:MOST]:
        signers = [m for m in map(_SIGNATURE.fullmatch, names) if m and m["id"] == id_]
        yield from _read(files, id_, sorted(m["person"] for m in signers))


def _read(files: Snapshot, id_: str, signers: list[str]) -> Iterator[Proposal]:
    data = files.read(path_of(id_))
    if data is None:
        return
    there = {person: files.read(signature_path(id_, person)) for person in signers}
    armored = {person: block for person, block in there.items() if block is not None}
    digest = digest_of(data)
    trust: Trust | None = None
    fault = ""
    try:
        trust = trust_files.read(data)
    except GrammarFault as wrong:
        fault = f"cannot be read: {wrong}"
    if not digest.startswith(id_):
        trust, fault = None, "was changed after it was proposed: its bytes do not give its name"
    yield Proposal(
        id=id_,
        digest=digest,
        data=data,
        trust=trust,
        fault=fault,
        signatures={
            person: signature_of(data, block, trust_files.NAMESPACE)
            for person, block in armored.items()
        },
        files={
            path_of(id_): data,
            **{signature_path(id_, person): block for person, block in armored.items()},
        },
    )
