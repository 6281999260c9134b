"""A person at a terminal of 80 columns: waits for words on the screen, then types."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 30.0
_CLAIM = (  # the first terminal that a session's leader claims is the one behind /dev/tty
    "import fcntl, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    "from commscli.__main__ import main; sys.exit(main())"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """Everything that was on the screen, and how it ended."""

    screen: str
    code: int


def talk(
    *argv: str, cwd: Path, environ: Mapping[str, str], lines: Sequence[tuple[str, str]] = ()
) -> Talk:
    """Run ``comms`` on a terminal; for each of ``lines`` wait for the first, type the second."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    environ = {"TERM": "xterm-256color", **environ}
    command = [sys.executable, "-c", _CLAIM, *argv]
    with subprocess.Popen(
        command, cwd=cwd, env=dict(environ), stdin=theirs, stdout=theirs, stderr=theirs,
        start_new_session=True,
    ) as process:  # fmt: skip
        os.close(theirs)
        seen = b""
        done = 0
        try:
            for wanted, typed in lines:
                seen = _until(ours, seen, done, wanted.encode(), process)
                done = seen.index(wanted.encode(), done) + len(wanted.encode())
                time.sleep(0.05)  # the program turns the echo off after it asked
                os.write(ours, typed.encode())
            seen = _until(ours, seen, done, b"", process)
        finally:
            process.kill()
            os.close(ours)
        return Talk(screen=seen.decode().replace("\r\n", "\n"), code=process.wait())


def _until(
    terminal: int, seen: bytes, done: int, wanted: bytes, process: "subprocess.Popen[bytes]"
) -> bytes:
    """Read until the words are there; until the end, where there are none to wait for."""
    deadline = time.monotonic() + PATIENCE
    while not wanted or wanted not in seen[done:]:
        ready, _, _ = select.select([terminal], [], [], max(0.0, deadline - time.monotonic()))
        assert ready, f"never said {wanted!r}, only {seen.decode()!r}"
        try:
            data = os.read(terminal, 4096)
        except OSError:  # Linux says so when the other side is closed
            data = b""
        if not data:
            assert not wanted, f"ended before {wanted!r}: {seen.decode()!r}"
            process.wait(PATIENCE)
            return seen
        seen += data
    return seen
