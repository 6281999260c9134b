"""Outputs compared with files: what differs from run to run is replaced, width and all.

``COMMS_UPDATE_GOLDENS=1`` writes the files anew; then read the difference.
"""

import os
import re
from pathlib import Path

from commscli import __version__
from tests.support.runner import Ran

GOLDENS = Path(__file__).resolve().parents[1] / "goldens" / "cli"

_HEX = re.compile(r"\b(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{16}|[0-9a-f]{12}|[0-9a-f]{8})\b")
_UUID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
_FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")
_GIT = re.compile(r"git \d+\.[\d.]+\w*")
_COMMAND = re.compile(r"^ {3,}comms |ROOT|: comms |^ {6}at ")
"""What stays whole on its line, so that it can be copied."""
_KEY = re.compile(r"ssh-ed25519 [A-Za-z0-9+/]{68}")


def scrubbed(text: str, root: Path) -> str:
    """The text without what is this run's own; every replacement is as wide as what it was.

    Paths are the exception: they are put last on their lines by whoever prints them.
    """
    text = text.replace(str(root), "ROOT").replace(__version__, "VERSION")
    text = _GIT.sub("git VERSION", text)
    text = _UUID.sub("00000000-0000-0000-0000-000000000000", text)
    text = _FINGERPRINT.sub("SHA256:" + "F" * 43, text)
    text = _KEY.sub("ssh-ed25519 " + "K" * 68, text)
    return _HEX.sub(lambda found: "d" * len(found[0]), text)


def assert_shown(name: str, ran: Ran, root: Path) -> None:
    """Compare what a command printed with its file, and hold it against a terminal's width."""
    text = f"$ comms {' '.join(ran.argv)}\n{ran.out}"
    if ran.err:
        text += f"--- stderr ---\n{ran.err}"
    lines = scrubbed(ran.out, root).splitlines()
    too_long = [line for line in lines if len(line) > 80 and not _COMMAND.search(line)]
    assert too_long == [], "a terminal has 80 columns"
    assert_golden(f"{name}.txt", scrubbed(text + f"--- exit {ran.code} ---\n", root))


def assert_golden(name: str, text: str) -> None:
    """Compare with the file of that name, or write it where that was asked for."""
    path = GOLDENS / name
    if os.environ.get("COMMS_UPDATE_GOLDENS") == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.exists(), f"COMMS_UPDATE_GOLDENS=1 writes {path.name}"
    assert text == path.read_text(encoding="utf-8")
