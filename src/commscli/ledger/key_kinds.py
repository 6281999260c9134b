"""The kinds of key that may sign: how each is read, and how its signatures are checked.

Everything here is at least as strict as ssh-keygen (the differential tests say so), and
stricter where a second encoding or a weak key would let a verdict mean less than it says.
RFC 5656, 8017, 8332, 8709 and OpenSSH's PROTOCOL and PROTOCOL.u2f describe the bytes.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError

from commscli.ledger import edwards
from commscli.ledger.wire import Reader, WireFault

RSA_LEAST_BITS, RSA_MOST_BITS = 3072, 16384
_RSA_LEAST_EXPONENT = 3
_RSA_EXPONENT_BITS = 64  # OpenSSL does not verify with longer ones
_ED25519_KEY, _ED25519_SIGNATURE = 32, 64
_UNCOMPRESSED = 4

# Takes a signature and a message; raises WireFault for the form of the signature and
# cryptography's InvalidSignature for its content.
Check: TypeAlias = Callable[[bytes, bytes], None]


class KeyFault(ValueError):
    """A key that must not sign; the text goes on after "the key cannot be used: "."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a key can check: one ``Check`` for each signature algorithm that fits it."""

    checks: Mapping[bytes, Check]
    application: bytes = b""  # SHA-256 of the FIDO application; empty: not in a token


@dataclass(frozen=True, slots=True, kw_only=True)
class _Curve:
    name: bytes
    curve: ec.EllipticCurve
    digest: hashes.HashAlgorithm
    order: int

    @property
    def octets(self) -> int:
        return (self.curve.key_size + 7) // 8


_P256 = _Curve(
    name=b"nistp256",
    curve=ec.SECP256R1(),
    digest=hashes.SHA256(),
    order=0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
)
_P384 = _Curve(
    name=b"nistp384",
    curve=ec.SECP384R1(),
    digest=hashes.SHA384(),
    order=2**384 - 0x389CB27E0BC8D220A7E5F24DB74F58851313E695333AD68D,
)
_P521 = _Curve(
    name=b"nistp521",
    curve=ec.SECP521R1(),
    digest=hashes.SHA512(),
    order=2**521 - 0x5AE79787C40D069948033FEB708F65A2FC44A36477663B851449048E16EC79BF7,
)


def _read_ed25519(fields: Reader) -> Kind:
    return Kind(checks={b"ssh-ed25519": _ed25519(fields)})


def _read_sk_ed25519(fields: Reader) -> Kind:
    check = _ed25519(fields)
    return Kind(checks={b"sk-ssh-ed25519@openssh.com": check}, application=_application(fields))


def _read_ecdsa(curve: _Curve) -> Callable[[Reader], Kind]:
    def read(fields: Reader) -> Kind:
        return Kind(checks={b"ecdsa-sha2-" + curve.name: _ecdsa(fields, curve)})

    return read


def _read_sk_ecdsa(fields: Reader) -> Kind:
    # Its other algorithm, webauthn-sk-…, signs what a web page chose: never ours.
    check = _ecdsa(fields, _P256)
    return Kind(
        checks={b"sk-ecdsa-sha2-nistp256@openssh.com": check}, application=_application(fields)
    )


def _read_rsa(fields: Reader) -> Kind:
    exponent, modulus = fields.mpint(), fields.mpint()
    bits = modulus.bit_length()
    if not RSA_LEAST_BITS <= bits <= RSA_MOST_BITS:
        raise KeyFault(f"RSA keys have {RSA_LEAST_BITS} to {RSA_MOST_BITS} bits, this has {bits}")
    if modulus % 2 == 0:
        raise KeyFault("the RSA modulus is even")
    if exponent < _RSA_LEAST_EXPONENT or exponent % 2 == 0:
        raise KeyFault("the RSA exponent is even or less than 3")
    if exponent.bit_length() > _RSA_EXPONENT_BITS:
        raise KeyFault(f"the RSA exponent has more than {_RSA_EXPONENT_BITS} bits")
    try:
        key = rsa.RSAPublicNumbers(exponent, modulus).public_key()
    except ValueError as fault:
        raise KeyFault(f"OpenSSL refuses it ({fault})") from None
    return Kind(
        checks={
            b"rsa-sha2-256": _rsa(key, hashes.SHA256()),
            b"rsa-sha2-512": _rsa(key, hashes.SHA512()),
        }
    )


READERS: Mapping[bytes, Callable[[Reader], Kind]] = {
    b"ssh-ed25519": _read_ed25519,
    b"ecdsa-sha2-nistp256": _read_ecdsa(_P256),
    b"ecdsa-sha2-nistp384": _read_ecdsa(_P384),
    b"ecdsa-sha2-nistp521": _read_ecdsa(_P521),
    b"ssh-rsa": _read_rsa,
    b"sk-ssh-ed25519@openssh.com": _read_sk_ed25519,
    b"sk-ecdsa-sha2-nistp256@openssh.com": _read_sk_ecdsa,
}


def _ed25519(fields: Reader) -> Check:
    point = fields.string()
    if len(point) != _ED25519_KEY:
        raise KeyFault(f"an Ed25519 key has {_ED25519_KEY} bytes, this has {len(point)}")
    if fault := edwards.point_fault(point):
        raise KeyFault(fault)

    def check(signature: bytes, message: bytes) -> None:
        if len(signature) != _ED25519_SIGNATURE:
            raise WireFault(f"an Ed25519 signature has {_ED25519_SIGNATURE} bytes")
        # libsodium refuses this too, ssh-keygen does not: it must not depend on a library.
        if int.from_bytes(signature[32:], "little") >= edwards.ORDER:
            raise WireFault("S of the Ed25519 signature is not in its canonical range")
        try:
            crypto_sign_open(signature + message, point)
        except BadSignatureError:
            raise InvalidSignature from None

    return check


def _ecdsa(fields: Reader, curve: _Curve) -> Check:
    if fields.string() != curve.name:
        raise KeyFault(f"the curve is not {curve.name.decode()}, as the algorithm says")
    verify = _ecdsa_point(fields.string(), curve).verify
    scheme = ec.ECDSA(curve.digest)

    def check(signature: bytes, message: bytes) -> None:
        numbers = Reader(signature)
        r, s = numbers.mpint(), numbers.mpint()
        numbers.end()
        if r >= curve.order or s >= curve.order:
            raise WireFault("r or s of the ECDSA signature is not less than the group's order")
        verify(encode_dss_signature(r, s), message, scheme)

    return check


def _ecdsa_point(point: bytes, curve: _Curve) -> ec.EllipticCurvePublicKey:
    if len(point) != 1 + 2 * curve.octets or point[0] != _UNCOMPRESSED:
        raise KeyFault("the point is not written in its uncompressed form")
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(curve.curve, point)
    except ValueError:
        raise KeyFault("the point is not on the curve") from None
    numbers = key.public_numbers()
    # SEC 1 does not ask for this, OpenSSH does (sshkey_ec_validate_public): never laxer.
    least = 1 << (curve.order.bit_length() // 2)
    if not all(least <= n < curve.order - 1 for n in (numbers.x, numbers.y)):
        raise KeyFault("a coordinate of the point is out of the range that OpenSSH takes")
    return key


def _rsa(key: rsa.RSAPublicKey, digest: hashes.HashAlgorithm) -> Check:
    octets = (key.key_size + 7) // 8
    scheme = padding.PKCS1v15()

    def check(signature: bytes, message: bytes) -> None:
        if len(signature) != octets:
            raise WireFault(f"an RSA signature is as long as its modulus: {octets} bytes")
        key.verify(signature, message, scheme, digest)

    return check


def _application(fields: Reader) -> bytes:
    """Read the FIDO application and digest it, as a token does before it signs.

    ``ssh:`` is what ``ssh-keygen -O application=`` insists on: a key made for a web site
    must not speak here. OpenSSH digests up to a NUL, so there must be none.
    """
    application = fields.string()
    printable = application.isascii() and application.decode().isprintable()
    if not printable or not application.startswith(b"ssh:"):
        raise KeyFault('the FIDO application is not printable text that begins with "ssh:"')
    return hashlib.sha256(application).digest()
