"""Who signed these bytes, as a value that says what is wrong where nobody did."""

from commscli.domain.history import Signature
from commscli.ledger.sshsig import SignatureFault, verify


def signature_of(data: bytes, armored: bytes | None, namespace: str) -> Signature:
    """Return the key that signed the data. Whose key that is, is for trust to say."""
    if not armored:
        return Signature(key=None, fault="it is not signed")
    try:
        return Signature(key=verify(data, armored, namespace=namespace))
    except SignatureFault as fault:
        return Signature(key=None, fault=str(fault))
