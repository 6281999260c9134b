"""The floor: read just what a check reads from git, verify the same signatures, judge nothing.

``python -m bench.floor REPOSITORY`` streams the objects that ``plan`` lists through one
``git cat-file``, and checks every signature of a commit and of a record, in the shortest way that
is still right. What a check costs above that is its own.
"""

import base64
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha512
from pathlib import Path
from threading import Thread

from nacl.bindings import crypto_sign_open

_KEY = slice(33, 65)
"""Where the public key lies in the blob of an Ed25519 signature; the signature is its end."""


def answers(repository: Path, ids: list[str]) -> Iterator[bytes]:
    """Yield the objects, in order."""
    with subprocess.Popen(
        ["git", "cat-file", "--batch", "--buffer"],
        cwd=repository,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise AssertionError("both are pipes")
        out, feed = process.stdout, process.stdin

        def ask() -> None:
            feed.write("".join(f"{one}\n" for one in ids).encode())
            feed.close()

        Thread(target=ask).start()
        for _ in ids:
            size = int(out.readline().split()[2])
            yield out.read(size + 1)[:-1]


def verify(armored: bytes, data: bytes, namespace: bytes) -> None:
    """Check one signature.

    Raises:
        BadSignatureError: if it does not hold.
    """
    blob = base64.b64decode(b"".join(armored.split(b"\n")[1:-1]))
    inner = b"SSHSIG" + b"".join(
        len(part).to_bytes(4, "big") + part
        for part in (namespace, b"", b"sha512", sha512(data).digest())
    )
    crypto_sign_open(blob[-64:] + inner, blob[_KEY])


def main(repository: Path) -> int:
    """Read and verify everything; print how many signatures there were."""
    uses, ids = zip(*map(str.split, (repository / "plan").read_text().splitlines()), strict=True)
    count, record = 0, b""
    for use, data in zip(uses, answers(repository, list(ids)), strict=True):
        if use == "record":
            record = data
        elif use == "signature":
            verify(data.strip(), record, b"comms-record@v1")
            count += 1
        elif use == "commit":
            head, _, rest = data.partition(b"gpgsig ")
            block, _, after = rest.partition(b"-----END SSH SIGNATURE-----\n")
            armored = (block + b"-----END SSH SIGNATURE-----").replace(b"\n ", b"\n")
            verify(armored, head + after, b"git")
            count += 1
    sys.stdout.write(f"{count} signatures hold\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
