"""Public keys as values: who may sign is decided by comparing these, never by names.

Whether a key is fit to sign at all is decided where keys are read
(``ledger/public_keys.py``); a value of this type says nothing about that.
"""

import base64
import hashlib
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """One SSH public key: ``blob`` is its whole identity, comments and file names are not."""

    algorithm: str = field(compare=False)  # the blob begins with it: comparing it again is waste
    blob: bytes = field(repr=False)

    @property
    def line(self) -> str:
        """The key as rosters write it: algorithm and base64, no comment."""
        return f"{self.algorithm} {base64.b64encode(self.blob).decode()}"

    @property
    def fingerprint(self) -> str:
        """``SHA256:…`` as ``ssh-keygen -l`` prints it, for people to compare."""
        digest = hashlib.sha256(self.blob).digest()
        return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")

    def __str__(self) -> str:
        return f"{self.algorithm} {self.fingerprint}"
