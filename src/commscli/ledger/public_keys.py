"""From an OpenSSH public key to what checks its signatures, or to why it must not sign.

A key that anybody can sign with, or that can be written in two ways, would break "one key
belongs to one person"; so keys are refused here, when a roster names them and again when
a signature shows them.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from functools import lru_cache

from commscli.domain.keys import PublicKey
from commscli.errors import BadInput
from commscli.ledger.key_kinds import READERS, KeyFault, Kind
from commscli.ledger.wire import Reader, WireFault, uint32

REMEDY = "make a key with `ssh-keygen -t ed25519` and give the line in its .pub file"

_EXPECTED = "expected one line such as 'ssh-ed25519 AAAA... name'"
_LONGEST_LINE = 16 * 1024  # characters; the longest key, RSA of 16384 bits, takes 2800
_CERTIFICATE = b"-cert-v01@openssh.com"
_CACHED_KEYS = 4096

_USER_PRESENT = 0x01
# Presence, verification, backup eligible, backed up. The others announce bytes that an SSH
# signature has no place for (0x40, 0x80), or have no meaning yet that we could rely on.
_KNOWN_FLAGS = 0x1D


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifier:
    """A key that has passed, loaded once, ready for thousands of signatures."""

    public: PublicKey
    kind: Kind

    def check(self, signature: bytes, message: bytes) -> None:
        """Check the inner ``signature`` (algorithm, signature, in tokens flags and counter).

        Raises WireFault for its form and cryptography's InvalidSignature for its content.
        """
        fields = Reader(signature)
        check = self.kind.checks.get(fields.string())
        if check is None:
            raise WireFault("the signature algorithm is not one that the key may use")
        inner = fields.string()
        if self.kind.application:
            message = _token_message(self.kind.application, fields, message)
        fields.end()
        check(inner, message)


def parse_public_key(text: str) -> PublicKey:
    """Read one OpenSSH line; a comment is allowed and dropped.

    Raises BadInput (``bad-key``) saying what was expected instead.
    """
    try:
        return verifier_of(_blob(text)).public
    except KeyFault as fault:
        raise BadInput(
            f"the key cannot be used: {fault}; {_EXPECTED}", code="bad-key", remedy=REMEDY
        ) from None


def load_verifier(key: PublicKey) -> Verifier:
    """Load ``key``, or find it loaded. Raises KeyFault for a key that must not sign."""
    return verifier_of(key.blob)


def _blob(text: str) -> bytes:
    """Take the one blob out of a line, whose two ways of naming its algorithm must agree."""
    words = text.strip().split(None, 2)
    if len(text) > _LONGEST_LINE or len(words) < 2 or len(text.strip().splitlines()) > 1:  # noqa: PLR2004 - algorithm and base64
        raise KeyFault("it is not one line of algorithm and base64")
    algorithm, encoded = words[:2]
    try:
        blob = binascii.a2b_base64(encoded)
    except ValueError:
        raise KeyFault("its second word is not base64") from None
    if base64.b64encode(blob) != encoded.encode():
        raise KeyFault("its base64 is not written in the one canonical way")
    if not blob.startswith(uint32(len(algorithm)) + algorithm.encode()):
        raise KeyFault(f"the line says {algorithm[:64]!a}, the key inside says something else")
    return blob


@lru_cache(maxsize=_CACHED_KEYS)
def verifier_of(blob: bytes) -> Verifier:
    """Load the key in ``blob``, as a signature carries it. Raises KeyFault."""
    fields = Reader(blob)
    try:
        algorithm = fields.string()
        read = READERS.get(algorithm)
        if read is None:
            raise KeyFault(_unknown(algorithm))
        kind = read(fields)
        fields.end()
    except WireFault as fault:
        raise KeyFault(f"its bytes are damaged ({fault})") from None
    public = PublicKey(algorithm=algorithm.decode(), blob=blob)
    return Verifier(public=public, kind=kind)


def _unknown(algorithm: bytes) -> str:
    if algorithm == b"ssh-dss":
        return "DSA is broken"
    if algorithm.endswith(_CERTIFICATE):
        return "a certificate speaks for whomever its authority names; the plain key is needed"
    return f"{algorithm[:64].decode('ascii', 'replace')!a} is not a kind of key that may sign"


def _token_message(application: bytes, fields: Reader, message: bytes) -> bytes:
    """Put together what a FIDO token signs: PROTOCOL.u2f, "SSH U2F Signatures"."""
    flags, counter = fields.byte(), fields.uint32()
    if not flags & _USER_PRESENT:
        raise WireFault("nobody touched the security key")
    if flags & ~_KNOWN_FLAGS:
        raise WireFault("the security key set flags that have no meaning here")
    digest = hashlib.sha256(message).digest()
    return application + bytes([flags]) + uint32(counter) + digest
