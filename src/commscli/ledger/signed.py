"""Who signed these bytes, as a value that says what is wrong where nobody did."""

from commscli.domain.history import Signature
from commscli.ledger.sshsig import SignatureFault, verify

_UNSIGNED = Signature(key=None, fault="it is not signed")


def signature_of(data: bytes, armored: bytes | None, namespace: str) -> Signature:
    """Return the key that signed the data. Whose key that is, is for trust to say."""
    if not armored:
        return _UNSIGNED
    try:
        return Signature(key=verify(data, armored, namespace=namespace))
    except SignatureFault as fault:
        return Signature(key=None, fault=str(fault))
