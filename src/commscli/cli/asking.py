"""Asking a person: an editor, a yes, one key. Only ever on a terminal."""

import os
import shlex
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import typer

from commscli.errors import BadInput, Refused


def edit(text: bytes) -> bytes:
    """Open the user's editor on a text; return what they left.

    Raises:
        BadInput: if there is no editor, or it failed; the text is kept then.
    """
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    with TemporaryDirectory(prefix="comms-") as folder:
        file = Path(folder) / "draft.md"
        file.write_bytes(text)
        words = [*shlex.split(editor), str(file)]
        try:
            status = os.spawnvp(os.P_WAIT, words[0], words)  # noqa: S606 - the user's own editor
        except OSError as fault:
            raise BadInput(f"{editor}: {fault.strerror}", remedy="set EDITOR") from None
        if status != 0:
            raise BadInput(f"{editor} ended with {status}; nothing was recorded", code="editor")
        edited = file.read_bytes()
    if edited == text:
        raise Refused("nothing was changed in the editor", code="nothing-changed")
    return edited


def yes(question: str) -> bool:
    """Ask for a yes; anything else is a no."""
    return typer.confirm(question, default=False, err=True)


def one_key(question: str) -> str:
    """Ask for one key, and return it."""
    sys.stderr.write(question)
    sys.stderr.flush()
    key = typer.getchar()
    sys.stderr.write(f"{key if key.isprintable() else ''}\n")
    if key in {"\x03", "\x04"}:
        raise KeyboardInterrupt
    return key


def given_text(file: str) -> bytes:
    """Return the bytes of a file, or of stdin for ``-``.

    Raises:
        BadInput: if it cannot be read.
    """
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as fault:
        raise BadInput(f"{file}: {fault.strerror}", remedy="--file FILE, or - for stdin") from None
