"""A client of one's own, which sends what git's would refuse to send."""

import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tests.hooks.hub import Pushed
from tests.support.repos import ENVIRONMENT, Repo

FLUSH = b"0000"


def packet(data: bytes) -> bytes:
    return b"%04x" % (len(data) + 4) + data


def pack(repo: Repo, names: Iterable[str]) -> bytes:
    """A pack of just these objects, whatever they say and whatever they lack."""
    done = subprocess.run(
        ["git", "pack-objects", "--stdout", "-q"], cwd=repo.path, env=ENVIRONMENT,
        input="".join(f"{name}\n" for name in names).encode(), capture_output=True, check=True,
    )  # fmt: skip
    return done.stdout


Asked = tuple[bytes, str, str]
"""A ref as bytes, and its id before and after."""


def send(hub: Path, updates: Mapping[bytes, tuple[str, str]], packed: bytes) -> Pushed:
    """Speak to ``git receive-pack``: refs as bytes, each with its id before and after."""
    return send_list(hub, [(ref, old, new) for ref, (old, new) in updates.items()], packed)


def send_list(hub: Path, updates: Sequence[Asked], packed: bytes) -> Pushed:
    """The same with a list, in which a ref may stand twice, sent in just this order."""
    process = subprocess.Popen(
        ["git", "receive-pack", str(hub)], env=ENVIRONMENT, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    while (length := int(process.stdout.read(4), 16)) != 0:
        process.stdout.read(length - 4)
    lines = [b"%s %s %s" % (o.encode(), n.encode(), ref) for ref, o, n in updates]
    lines[0] += b"\0report-status"
    asked = b"".join(packet(line + b"\n") for line in lines) + FLUSH
    report, errors = process.communicate(asked + packed, timeout=120)
    said = errors.decode("utf-8", "backslashreplace")
    answers = report.decode("utf-8", "backslashreplace")
    taken = "unpack ok" in answers and "ng " not in answers
    return Pushed(status=0 if taken else 1, output=answers + said, said=said)
