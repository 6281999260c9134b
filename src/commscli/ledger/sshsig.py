"""Check SSHSIG signatures in this process: OpenSSH's PROTOCOL.sshsig, read in one way only.

ssh-keygen would take two processes a signature, and it skips what it does not know. Here
every byte is read or refused. Even so a signature is no identity: whoever sees an ECDSA
one can write it in a second way (r, n - s). Whose key it is, is for others to decide.
"""

import base64
import binascii
import hashlib

from cryptography.exceptions import InvalidSignature

from commscli.domain.keys import PublicKey
from commscli.ledger.key_kinds import KeyFault
from commscli.ledger.public_keys import Verifier, verifier_of
from commscli.ledger.wire import Reader, WireFault, string

MOST_OCTETS = 16 * 1024

_MAGIC = b"SSHSIG"
_VERSION = 1
_BEGIN = b"-----BEGIN SSH SIGNATURE-----\n"
_END = b"-----END SSH SIGNATURE-----\n"
_COLUMNS = 70
_DIGESTS = {b"sha256": hashlib.sha256, b"sha512": hashlib.sha512}


class SignatureFault(ValueError):
    """The signature does not hold; the text says why in words for people."""


def verify(data: bytes, armored: bytes, *, namespace: str, in_header: bool = False) -> PublicKey:
    """Check one armored signature over ``data`` and return the key that made it.

    ``in_header``: ``armored`` is the value of a commit's ``gpgsig`` header with the leading
    spaces taken off. There git lets the header's own line feed stand for the block's last
    one, so the value must come without it; everywhere else it must be there.

    Raises SignatureFault, and nothing else, whatever the bytes are.
    """
    if len(armored) > MOST_OCTETS:
        raise SignatureFault(f"the signature is longer than {MOST_OCTETS} bytes")
    try:
        blob = _unarmored(armored + b"\n" if in_header else armored)
        verifier, digest_name, inner = _read(Reader(blob), namespace.encode())
        verifier.check(inner, _signed(data, namespace.encode(), digest_name))
    except SignatureFault:
        raise
    except KeyFault as fault:
        raise SignatureFault(f"the key cannot be used: {fault}") from None
    except WireFault as fault:
        raise SignatureFault(f"the signature is malformed: {fault}") from None
    except InvalidSignature:
        raise SignatureFault("the signature was not made over these bytes with this key") from None
    except Exception as fault:  # whatever a library throws at hostile bytes: a refusal
        raise SignatureFault(f"the check broke off ({type(fault).__name__})") from fault
    return verifier.public


def armor(blob: bytes) -> bytes:
    """Write ``blob`` as ``ssh-keygen -Y sign`` does: 70 columns, line feeds."""
    encoded = base64.b64encode(blob)
    lines = [encoded[at : at + _COLUMNS] + b"\n" for at in range(0, len(encoded), _COLUMNS)]
    return _BEGIN + b"".join(lines) + _END


def _unarmored(armored: bytes) -> bytes:
    """Take the blob out of exactly one block; writing it again must give the same bytes."""
    if not (armored.startswith(_BEGIN) and armored.endswith(_END)):
        raise SignatureFault("exactly one SSH SIGNATURE block and nothing else is expected")
    try:
        blob = binascii.a2b_base64(armored[len(_BEGIN) : -len(_END)])
    except binascii.Error:
        raise SignatureFault("what stands in the SSH SIGNATURE block is not base64") from None
    if armor(blob) != armored:
        raise SignatureFault("the SSH SIGNATURE block is not written as ssh-keygen writes it")
    return blob


def _read(fields: Reader, namespace: bytes) -> tuple[Verifier, bytes, bytes]:
    """Read the blob to its end: who can check it, by which digest, and the inner signature."""
    if fields.take(len(_MAGIC)) != _MAGIC:
        raise WireFault("it does not begin with SSHSIG")
    if fields.uint32() != _VERSION:
        raise WireFault("its version is not 1")
    key, claimed, reserved = fields.string(), fields.string(), fields.string()
    digest_name, inner = fields.string(), fields.string()
    fields.end()
    if not claimed or claimed != namespace:
        raise SignatureFault("the signature was made for another purpose (namespace)")
    if reserved:
        raise WireFault("its reserved field is not empty")
    if digest_name not in _DIGESTS:
        raise WireFault("its digest is neither sha256 nor sha512")
    return verifier_of(key), digest_name, inner


def _signed(data: bytes, namespace: bytes, digest_name: bytes) -> bytes:
    """Put together what the key signed; the reserved field is empty in it too."""
    digest = _DIGESTS[digest_name](data).digest()
    return _MAGIC + string(namespace) + string(b"") + string(digest_name) + string(digest)
