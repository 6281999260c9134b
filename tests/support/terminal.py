"""Run Python with a terminal of its own and type when it asks, as a person would."""

import os
import select
import subprocess
import sys
from dataclasses import dataclass

# The first terminal that a session's leader claims is the one behind /dev/tty.
CLAIM = "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"
PATIENCE = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What was on the screen, and what the process said and wrote elsewhere."""

    screen: bytes
    output: bytes
    errors: bytes
    status: int


def run(script: str, *arguments: str, question: bytes = b"", answer: bytes = b"") -> Session:
    """Run ``script``; where there is a ``question``, wait for it and type ``answer``."""
    ours, theirs = os.openpty()
    command = [sys.executable, "-c", CLAIM + script, *arguments]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        command,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        start_new_session=True,
    ) as process:
        try:
            screen = _until(ours, question) if question else b""
            os.write(ours, answer + b"\n" if question else b"")
            output, errors = process.communicate(timeout=PATIENCE)
            screen += _rest(ours)
        finally:
            process.kill()
            os.close(ours)
            os.close(theirs)
    return Session(screen=screen, output=output, errors=errors, status=process.returncode)


def _until(terminal: int, question: bytes) -> bytes:
    seen = b""
    while question not in seen:
        ready, _, _ = select.select([terminal], [], [], PATIENCE)
        assert ready, f"never asked {question!r}, only {seen!r}"
        seen += os.read(terminal, 1024)
    return seen


def _rest(terminal: int) -> bytes:
    seen = b""
    while select.select([terminal], [], [], 0)[0]:
        seen += os.read(terminal, 1024)
    return seen
