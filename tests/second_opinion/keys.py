"""Public keys and SSHSIG blocks: which are acceptable, and what ``ssh-keygen`` says to them."""

import base64
import binascii
import hashlib
import subprocess
import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from tests.second_opinion.lines import NotThisFormat, need

Verifier = Callable[[bytes, bytes, str], str]
"""Data, signature block and namespace → the key that made it, or nobody's (empty)."""

ED25519_PRIME = 2**255 - 19
ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493
ED25519_D = -121665 * pow(121666, -1, ED25519_PRIME) % ED25519_PRIME
CURVES = ("nistp256", "nistp384", "nistp521")
PLAIN = ("ssh-ed25519", "ssh-rsa", *(f"ecdsa-sha2-{curve}" for curve in CURVES))
TOKENS = ("sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com")
MIN_RSA, MAX_RSA = 3072, 16384
MAX_BLOCK = 16 * 1024
BEGIN, END = b"-----BEGIN SSH SIGNATURE-----\n", b"-----END SSH SIGNATURE-----\n"
COLUMNS = 70
USER_PRESENT = 1


def strings(blob: bytes) -> list[bytes]:
    """Split a blob into its length-prefixed strings, all of it."""
    found, at = [], 0
    while at < len(blob):
        need(at + 4 <= len(blob), "a length is cut off")
        end = at + 4 + int.from_bytes(blob[at : at + 4], "big")
        need(end <= len(blob), "a string is cut off")
        found.append(blob[at + 4 : end])
        at = end
    return found


@lru_cache(maxsize=1000)
def acceptable(algorithm: str, blob: bytes) -> bool:
    """Whether a public key is of a kind and size that may sign."""
    try:
        parts = strings(blob)
    except NotThisFormat:
        return False
    if not parts or parts[0] != algorithm.encode() or algorithm not in (*PLAIN, *TOKENS):
        return False
    if algorithm in TOKENS and not parts.pop().startswith(b"ssh:"):
        return False
    if "ed25519" in algorithm:
        return len(parts) == 2 and _good_point(parts[1])
    if "ecdsa" in algorithm:
        curve = algorithm.removeprefix("sk-").removeprefix("ecdsa-sha2-")[:8].encode()
        # Whether the point lies on the curve, ssh-keygen says when it verifies.
        return len(parts) == 3 and parts[1] == curve and parts[2][:1] == b"\x04"
    return len(parts) == 3 and MIN_RSA <= int.from_bytes(parts[2], "big").bit_length() <= MAX_RSA


def _good_point(octets: bytes) -> bool:
    """Canonical, on the curve, and not of small order (multiplied by eight it is not zero)."""
    if len(octets) != 32:
        return False
    y = int.from_bytes(octets, "little") & (2**255 - 1)
    p, d = ED25519_PRIME, ED25519_D
    x_squared = (y * y - 1) * pow(d * y * y + 1, -1, p) % p
    on_curve = x_squared == 0 or pow(x_squared, (p - 1) // 2, p) == 1
    if y >= p or not on_curve or (x_squared == 0 and octets[31] >> 7):
        return False
    for _ in range(3):  # doubled thrice; for y alone the sign of x does not matter
        xx_yy = d * x_squared * y * y % p
        doubled_x2 = 4 * x_squared * y * y * pow((1 + xx_yy) ** 2, -1, p) % p
        y = (y * y + x_squared) * pow(1 - xx_yy, -1, p) % p
        x_squared = doubled_x2
    return not (x_squared == 0 and y == 1)


def unarmored(block: bytes) -> bytes:
    return base64.b64decode(block.removeprefix(BEGIN).removesuffix(END))


def signed_part(parts: list[bytes], data: bytes) -> bytes:
    """What is really signed, given the five parts of a block."""
    _, namespace, reserved, hashed, _ = parts
    content = hashlib.new(hashed.decode(), data).digest()
    packed = (namespace, reserved, hashed, content)
    return b"SSHSIG" + b"".join(len(part).to_bytes(4, "big") + part for part in packed)


def signing_key(block: bytes, namespace: str) -> str:
    """The key that a strict block names, as ``algorithm base64``; raise `NotThisFormat`."""
    need(len(block) <= MAX_BLOCK and block.startswith(BEGIN) and block.endswith(END), "no block")
    try:
        blob = unarmored(block)
    except binascii.Error as wrong:
        raise NotThisFormat(str(wrong)) from None
    encoded = base64.b64encode(blob)
    rows = [encoded[at : at + COLUMNS] + b"\n" for at in range(0, len(encoded), COLUMNS)]
    need(block == BEGIN + b"".join(rows) + END, "the block has another spelling")
    need(blob.startswith(b"SSHSIG\0\0\0\1"), "is no SSHSIG of version 1")
    parts = strings(blob[10:])
    need(len(parts) == 5, "other parts than those of an SSHSIG")
    key, named, reserved, hashed, signature = parts
    need(named == namespace.encode() and reserved == b"", "another namespace, or reserved is set")
    need(hashed in (b"sha256", b"sha512"), "another hash")
    algorithm = strings(key)[0].decode("ascii", "replace")
    need(acceptable(algorithm, key), "a key that may not sign")
    _check_signature(algorithm, signature)
    return f"{algorithm} {base64.b64encode(key).decode()}"


def _check_signature(algorithm: str, signature: bytes) -> None:
    if algorithm in TOKENS:
        flags, signature = signature[-5], signature[:-5]
        need(flags & USER_PRESENT, "nobody touched the token")
    parts = strings(signature)
    need(len(parts) == 2, "other parts than those of a signature")
    made = ("rsa-sha2-256", "rsa-sha2-512") if algorithm == "ssh-rsa" else (algorithm,)
    need(parts[0].decode("ascii", "replace") in made, "another algorithm than the key's")
    if "ed25519" in algorithm:
        s = int.from_bytes(parts[1][32:], "little")
        need(len(parts[1]) == 64 and s < ED25519_ORDER, "S is not less than the order")


def by_ssh_keygen() -> Verifier:
    """Verify with ``ssh-keygen -Y check-novalidate``; the same question is asked once."""
    known: dict[tuple[bytes, bytes, str], str] = {}

    def verify(data: bytes, block: bytes, namespace: str) -> str:
        question = (data, block, namespace)
        if question not in known:
            known[question] = _ask(data, block, namespace)
        return known[question]

    return verify


def _ask(data: bytes, block: bytes, namespace: str) -> str:
    try:
        key = signing_key(block, namespace)
    except (NotThisFormat, IndexError):
        return ""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "signature")
        file.write_bytes(block)
        command = ["ssh-keygen", "-Y", "check-novalidate", "-n", namespace, "-s", str(file)]
        done = subprocess.run(command, input=data, capture_output=True, check=False)
    return key if done.returncode == 0 else ""
