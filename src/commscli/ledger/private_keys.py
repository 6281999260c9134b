"""What a private key file says about itself without its passphrase.

Only the public half is of interest: the tool must know who would sign before it asks
anybody for a passphrase or a touch, and it never holds a secret itself.
"""

import binascii
import re

from commscli.domain.keys import PublicKey
from commscli.ledger.key_kinds import KeyFault
from commscli.ledger.public_keys import verifier_of
from commscli.ledger.wire import Reader, WireFault

_OPENSSH = (b"-----BEGIN OPENSSH PRIVATE KEY-----\n", b"\n-----END OPENSSH PRIVATE KEY-----")
_MAGIC = b"openssh-key-v1\0"
_PEM = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----")


def is_private(content: bytes) -> bool:
    """Whether a file looks like a private key of any form that ssh-keygen reads."""
    return _PEM.match(content) is not None


def public_half(content: bytes) -> PublicKey | None:
    """Read the public half that OpenSSH's own form leaves in the clear (PROTOCOL.key).

    ``None`` for the older PEM forms, which have none. Raises KeyFault for a damaged file
    and for a key that must not sign.
    """
    begin, end = _OPENSSH
    content = content.replace(b"\r\n", b"\n")
    if not content.startswith(begin):
        return None
    try:
        fields = Reader(binascii.a2b_base64(content[len(begin) :].partition(end)[0]))
        return verifier_of(_public_blob(fields)).public
    except (WireFault, binascii.Error):
        raise KeyFault("the private key file is damaged") from None


def _public_blob(fields: Reader) -> bytes:
    if fields.take(len(_MAGIC)) != _MAGIC:
        raise WireFault("not openssh-key-v1")
    for _ in ("cipher", "key derivation", "its options"):
        fields.string()
    if fields.uint32() != 1:
        raise WireFault("not exactly one key")
    return fields.string()
