"""Signatures, checked on a second core while their reader reads on.

Checking one takes longer than reading it, and Python runs on one core at a time; so of many a
copy of this process (`forked`) checks as many as it can take, and their reader the others. A
result that is missing is an error: nothing counts as checked that was not.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from struct import Struct
from types import TracebackType
from typing import BinaryIO, Self

from commscli.domain.history import Signature
from commscli.ledger import forked
from commscli.ledger.forked import Forked
from commscli.ledger.public_keys import verifier_of
from commscli.ledger.signed import signature_of

WORTH_A_PROCESS = 512
"""Signatures; fewer are checked sooner than a process gets going."""
AT_ONCE = 16
"""Signatures that go to the other process together."""
MOST_OCTETS = 128 * 1024
"""What is longer does not wait: it would have to be kept."""
_FRAME = Struct(">IIII")
"""How long they are: number among the results, namespace, signature and data."""

_Job = tuple[int, bytes, bytes, str]


class SignatureChecks:
    """Takes signatures one after the other, and in the end says who made each."""

    def __init__(self, *, alone: bool = False) -> None:
        """Get ready. ``alone``: no other process may help, as long as that is said."""
        self._alone = alone
        self._found: list[Signature | None] = []
        self._waiting: list[_Job] = []
        self._taken = 0
        self._process: Forked | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._process is not None:
            self._process.end()
            self._process = None

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Check here what comes meanwhile: the other core has something to do."""
        self._alone = True
        try:
            yield
        finally:
            self._alone = False

    def add(self, data: bytes, armored: bytes | None, namespace: str) -> int:
        """Take a signature to check; return its place among the results.

        Raises:
            Undecided: if the process that should check it has ended.
        """
        number = len(self._found)
        if not armored or len(data) + len(armored) > MOST_OCTETS:
            return self.add_found(signature_of(data, armored, namespace))
        self._found.append(None)
        self._waiting.append((number, data, armored, namespace))
        self._taken += 1
        if len(self._waiting) >= AT_ONCE:
            self._pass_on()
        return number

    def add_found(self, signature: Signature) -> int:
        """Take what needs no check any more; return its place among the results."""
        self._found.append(signature)
        return len(self._found) - 1

    def results(self) -> list[Signature]:
        """Return who made each signature that was taken, in that order; wait for the last.

        Raises:
            Undecided: if the process that checks some of them did not end well.
        """
        self._check_waiting()
        if self._process is not None:
            process, self._process = self._process, None
            self._take(process.answer())
        found = [signature for signature in self._found if signature is not None]
        if len(found) != len(self._found):
            raise AssertionError("a signature was not checked")
        return found

    def _pass_on(self) -> None:
        worth = self._taken >= WORTH_A_PROCESS and not self._alone and forked.can_fork()
        if self._process is None and worth:
            self._process = Forked(_check_all)
        if self._process is None or not self._process.has_room:
            self._check_waiting()
            return
        self._process.give(b"".join(map(_framed, self._waiting)))
        self._waiting.clear()

    def _check_waiting(self) -> None:
        for number, data, armored, namespace in self._waiting:
            self._found[number] = signature_of(data, armored, namespace)
        self._waiting.clear()

    def _take(self, answer: bytes) -> None:
        said = json.loads(answer)
        known = [verifier_of(bytes.fromhex(blob)).public for blob in said["keys"]]
        signatures = [Signature(key=key) for key in known]
        for number, made in said["found"]:
            whole = isinstance(made, int)
            self._found[number] = signatures[made] if whole else Signature(key=None, fault=made)


def _framed(job: _Job) -> bytes:
    number, data, armored, namespace = job
    name = namespace.encode()
    return b"".join((_FRAME.pack(number, len(name), len(armored), len(data)), name, armored, data))


def _check_all(given: BinaryIO, answer: BinaryIO) -> None:
    """Check what comes in; say of each by which key it was made, or why by none."""
    keys: dict[bytes, int] = {}
    found: list[tuple[int, int | str]] = []
    while head := given.read(_FRAME.size):
        number, *sizes = _FRAME.unpack(head)
        name, armored, data = map(given.read, sizes)
        signature = signature_of(data, armored, name.decode())
        if signature.key is None:
            found.append((number, signature.fault))
        else:
            found.append((number, keys.setdefault(signature.key.blob, len(keys))))
    blobs = [blob.hex() for blob in keys]
    answer.write(json.dumps({"keys": blobs, "found": found}).encode())
