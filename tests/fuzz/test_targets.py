"""The targets of the fuzzer, with good input, noise, and good input that was mangled."""

import random
import time
from collections.abc import Callable, Iterator

import pytest

from tests.fuzz.targets import TARGETS, seeds

ROUNDS = 1500
SLOWEST = 2.0
"""Seconds that no input may take; they take milliseconds."""


def mangled(chosen: random.Random, good: list[bytes]) -> bytes:
    data = bytearray(chosen.choice(good))
    for _ in range(chosen.randrange(1, 5)):
        at, length = chosen.randrange(len(data) + 1), chosen.choice([1, 2, 8, 64, 4096])
        match chosen.randrange(5):
            case 0:
                data[at : at + length] = b""
            case 1:
                data[at:at] = data[chosen.randrange(len(data) + 1) :][:length]
            case 2:
                data[at:at] = chosen.randbytes(min(length, 64))
            case 3:
                data[at:at] = chosen.choice(PIECES)
            case _:
                if at < len(data):
                    data[at] ^= 1 << chosen.randrange(8)
    return bytes(data)


PIECES = [
    b"\n", b"\0", b"\r\n", b"\xff\xfe", b"\xe2\x80\xae", b'": "', b"[" * 200, b"{" * 200,
    b"&a [*a, *a]", b"<<: *a", b"!!python/object:os.system ", b"{{ ", b" }}", b"{% x %}",
    b"9" * 5000, b"- " * 300, b"parent " + b"0" * 40 + b"\n", b"gpgsig x\n y\n",
    b"-----BEGIN SSH SIGNATURE-----\n", b"40000 a\0" + bytes(20), b"true", b"null", b"1e999",
]  # fmt: skip


def inputs(name: str) -> Iterator[bytes]:
    chosen = random.Random(name)  # noqa: S311 - to be the same each time
    good = seeds(name)
    yield from good
    yield from PIECES
    yield from (chosen.randbytes(chosen.randrange(200)) for _ in range(200))
    yield from (mangled(chosen, good) for _ in range(ROUNDS))


@pytest.mark.parametrize("name", TARGETS)
def test_any_bytes_are_answered_or_refused(name: str) -> None:
    target: Callable[[bytes], None] = TARGETS[name]
    for data in inputs(name):
        begun = time.process_time()
        target(data)
        assert time.process_time() - begun < SLOWEST, data[:200]


def test_the_targets_would_notice() -> None:
    """A target that cannot fail proves nothing: good input is taken by each, as it is."""
    for name in TARGETS:
        assert seeds(name), name
        for seed in seeds(name):
            TARGETS[name](seed)
