"""Real keys by real ssh-keygen, made once a session, and ssh-keygen as the oracle."""

import os
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

KINDS: Mapping[str, tuple[str, ...]] = {
    "ed25519": ("ed25519",),
    "ecdsa-256": ("ecdsa", "-b", "256"),
    "ecdsa-384": ("ecdsa", "-b", "384"),
    "ecdsa-521": ("ecdsa", "-b", "521"),
    "rsa-3072": ("rsa", "-b", "3072"),
    "rsa-4096": ("rsa", "-b", "4096"),
}
WEAK_KINDS: Mapping[str, tuple[str, ...]] = {
    "dsa": ("dsa",),
    "rsa-1024": ("rsa", "-b", "1024"),
    "rsa-2048": ("rsa", "-b", "2048"),
}

# The developer's own agent must have no part in a test.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("SSH_")}


def make_key(folder: Path, name: str, kind: str = "ed25519", passphrase: str = "") -> Path:
    """Make ``folder/name`` and ``folder/name.pub``; skips the test where the kind is gone."""
    path = folder / name
    options = {**KINDS, **WEAK_KINDS}[kind]
    made = keygen("-q", "-t", *options, "-N", passphrase, "-C", f"{name} {kind}", "-f", str(path))
    if made.returncode != 0 and kind in WEAK_KINDS:
        pytest.skip(f"this ssh-keygen makes no {kind} keys any more")
    assert made.returncode == 0, made.stderr
    return path


def keygen(*arguments: str, data: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        ["ssh-keygen", *arguments], input=data, capture_output=True, check=False, env=ENVIRONMENT
    )


def public_line(path: Path) -> str:
    """The key without its comment, as a roster writes it."""
    words = path.with_name(path.name + ".pub").read_text(encoding="utf-8").split()
    return " ".join(words[:2])


def sign(path: Path, data: bytes, namespace: str = "git") -> bytes:
    made = keygen("-Y", "sign", "-n", namespace, "-f", str(path), data=data)
    assert made.returncode == 0, made.stderr
    return made.stdout


class Oracle:
    """What ``ssh-keygen -Y verify`` says to a signature by a key that it is told to allow."""

    def __init__(self, folder: Path) -> None:
        self._allowed = folder / "allowed"
        self._signature = folder / "signature"

    def accepts(self, data: bytes, armored: bytes, line: str, namespace: str = "git") -> bool:
        self._allowed.write_text(f"signer {line}\n", encoding="utf-8")
        self._signature.write_bytes(armored)
        files = ("-f", str(self._allowed), "-s", str(self._signature))
        return (
            keygen("-Y", "verify", "-I", "signer", "-n", namespace, *files, data=data).returncode
            == 0
        )

    def reads_key(self, line: str) -> bool:
        """Whether ``ssh-keygen -l`` finds a key in the line."""
        self._allowed.write_text(f"{line}\n", encoding="utf-8")
        return keygen("-l", "-f", str(self._allowed)).returncode == 0


class Keyring:
    """One key of each kind, made when first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.path = cache(self._make)

    def _make(self, kind: str) -> Path:
        return make_key(self._folder, kind, kind)
