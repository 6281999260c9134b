"""Run ``comms`` as a user does: in a process of its own, or faster in this one.

Either way the environment is made from nothing, so that no key, pin, agent, colour or clock
of whoever runs the tests has a part in them.
"""

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from commscli.cli.boundary import run as run_here

NOW = "2026-11-22T09:20:00Z"
PATIENCE = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What one command line came to."""

    argv: tuple[str, ...]
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on stdout."""
        return json.loads(self.out)

    @property
    def ids(self) -> list[str]:
        """The lines on stdout, for commands that print an id a line."""
        return self.out.split()


def environment(home: Path, **more: str) -> dict[str, str]:
    """A whole environment: a home of its own, a clock that stands still, and little else."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_STATE_HOME": str(home / "state"),
        "COMMS_NOW": NOW,
        "COLUMNS": "80",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        **more,
    }


def comms(
    *argv: str, cwd: Path, environ: Mapping[str, str], stdin: bytes = b"", real: bool = False
) -> Ran:
    """Run one command line; ``real`` starts the program as a user would."""
    run = _in_a_process if real else _in_this_process
    ran = run(argv, cwd, environ, stdin)
    assert "Traceback" not in ran.err, ran.err
    return ran


def program(*argv: str) -> list[str]:
    """The command line of the real program, as it is installed beside this Python."""
    return [str(Path(sys.executable).with_name("comms")), *argv]


def _in_a_process(argv: tuple[str, ...], cwd: Path, environ: Mapping[str, str], text: bytes) -> Ran:
    done = subprocess.run(
        program(*argv), cwd=cwd, env=dict(environ), input=text, capture_output=True,
        check=False, timeout=PATIENCE,
    )  # fmt: skip
    return Ran(argv=argv, code=done.returncode, out=done.stdout.decode(), err=done.stderr.decode())


def _in_this_process(
    argv: tuple[str, ...], cwd: Path, environ: Mapping[str, str], text: bytes
) -> Ran:
    with patch.dict(os.environ, environ, clear=True), chdir(cwd), _streams(text) as (out, err):
        code = run_here(list(argv))
    return Ran(argv=argv, code=int(code), out=_text(out), err=_text(err))


@contextmanager
def _streams(text: bytes) -> Iterator[tuple[io.TextIOWrapper, io.TextIOWrapper]]:
    given = io.TextIOWrapper(io.BytesIO(text), encoding="utf-8")
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with (
        patch.object(sys, "stdin", given),
        patch.object(sys, "stdout", out),
        patch.object(sys, "stderr", err),
    ):
        yield out, err


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    held = stream.buffer
    assert isinstance(held, io.BytesIO)
    return held.getvalue().decode()
