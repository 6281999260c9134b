"""SSHSIG blobs built field by field, with keys held here, so that any field can be wrong.

Written from PROTOCOL.sshsig and PROTOCOL.u2f with helpers of its own, not with the code
under test: a shared mistake would otherwise stay unseen.
"""

import base64
import hashlib
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

BEGIN = b"-----BEGIN SSH SIGNATURE-----\n"
END = b"-----END SSH SIGNATURE-----\n"
CURVE_HASHES: dict[str, hashes.HashAlgorithm] = {
    "secp256r1": hashes.SHA256(),
    "secp384r1": hashes.SHA384(),
    "secp521r1": hashes.SHA512(),
}
SK_ED25519 = b"sk-ssh-ed25519@openssh.com"
SK_ECDSA = b"sk-ecdsa-sha2-nistp256@openssh.com"
APPLICATION = b"ssh:"


def pack(*values: bytes) -> bytes:
    return b"".join(struct.pack(">I", len(value)) + value for value in values)


def number(value: int) -> bytes:
    return value.to_bytes(value.bit_length() // 8 + 1, "big")


def armored(blob: bytes, columns: int = 70, end_of_line: bytes = b"\n") -> bytes:
    text = base64.b64encode(blob)
    lines = [text[at : at + columns] for at in range(0, len(text), columns)]
    return end_of_line.join([BEGIN.strip(), *lines, END.strip(), b""])


def unarmored(block: bytes) -> bytes:
    return base64.b64decode(block.removeprefix(BEGIN).removesuffix(END))


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What a FIDO token adds to a signature: it signs these along with the message."""

    application: bytes = APPLICATION
    flags: int = 1
    counter: int = 7

    def message(self, message: bytes) -> bytes:
        digests = [hashlib.sha256(part).digest() for part in (self.application, message)]
        return digests[0] + self.tail + digests[1]

    @property
    def tail(self) -> bytes:
        return struct.pack(">BI", self.flags, self.counter)


PrivateKey = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A private key that signs whatever it is given, in a token or not."""

    private: PrivateKey
    token: Token | None = None

    @property
    def blob(self) -> bytes:
        line = self.private.public_key().public_bytes(
            serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
        )
        plain = base64.b64decode(line.split()[1])
        if self.token is None:
            return plain
        name = plain[4 : 4 + plain[3]]
        rest = plain[4 + plain[3] :]
        return pack(b"sk-" + name + b"@openssh.com") + rest + pack(self.token.application)

    @property
    def algorithm(self) -> bytes:
        if isinstance(self.private, rsa.RSAPrivateKey):
            return b"rsa-sha2-512"
        return self.blob[4 : 4 + self.blob[3]]

    @property
    def line(self) -> str:
        name = self.blob[4 : 4 + self.blob[3]].decode()
        return f"{name} {base64.b64encode(self.blob).decode()}"

    def raw(self, message: bytes) -> bytes:
        """The innermost signature, in its wire form."""
        if self.token is not None:
            message = self.token.message(message)
        match self.private:
            case ed25519.Ed25519PrivateKey():
                return self.private.sign(message)
            case rsa.RSAPrivateKey():
                digest = hashes.SHA256() if self.algorithm.endswith(b"256") else hashes.SHA512()
                return self.private.sign(message, padding.PKCS1v15(), digest)
            case _:
                return self._ecdsa(self.private, message)

    @staticmethod
    def _ecdsa(private: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
        scheme = ec.ECDSA(CURVE_HASHES[private.curve.name])
        return pack(*(number(n) for n in decode_dss_signature(private.sign(message, scheme))))

    @property
    def tail(self) -> bytes:
        return self.token.tail if self.token else b""


def from_file(path: Path) -> SigningKey:
    private = serialization.load_ssh_private_key(path.read_bytes(), None)
    assert isinstance(private, PrivateKey)
    return SigningKey(private=private)


def software_token(kind: str, token: Token | None = None) -> SigningKey:
    """A key "in a token" of kind ``sk-ed25519`` or ``sk-ecdsa``."""
    private: PrivateKey
    if kind == "sk-ed25519":
        private = ed25519.Ed25519PrivateKey.generate()
    else:
        private = ec.generate_private_key(ec.SECP256R1())
    return SigningKey(private=private, token=token or Token())


def same(raw: bytes) -> bytes:
    return raw


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Every field of a signature. What the key signs follows the fields, right or wrong."""

    key: SigningKey
    data: bytes = b"data"
    magic: bytes = b"SSHSIG"
    version: int = 1
    shown_key: bytes | None = None
    namespace: bytes = b"git"
    reserved: bytes = b""
    digest: bytes = b"sha512"
    algorithm: bytes | None = None
    raw: Callable[[bytes], bytes] = field(default=same)
    tail: bytes | None = None
    after_inner: bytes = b""
    after: bytes = b""

    @property
    def signed(self) -> bytes:
        name = self.digest.decode().lower().rstrip("\0")
        digest = hashlib.new(name, self.data).digest()
        return b"SSHSIG" + pack(self.namespace, self.reserved, self.digest, digest)

    @property
    def blob(self) -> bytes:
        tail = self.key.tail if self.tail is None else self.tail
        algorithm = self.key.algorithm if self.algorithm is None else self.algorithm
        inner = pack(algorithm, self.raw(self.key.raw(self.signed))) + tail + self.after_inner
        shown = self.key.blob if self.shown_key is None else self.shown_key
        head = self.magic + struct.pack(">I", self.version)
        return head + pack(shown, self.namespace, self.reserved, self.digest, inner) + self.after

    @property
    def armored(self) -> bytes:
        return armored(self.blob)
