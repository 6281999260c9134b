"""What the global options say, and where output goes: data on stdout, all else on stderr."""

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commscli.errors import BadInput

if TYPE_CHECKING:
    from commscli.render.human import Paint
    from commscli.workflow.circumstances import Circumstances
    from commscli.workflow.session import Session


@dataclass(slots=True)
class State:
    """One run of the program."""

    folder: Path = field(default_factory=Path.cwd)
    incident: str = ""
    key: str = ""
    pin: str = ""
    as_json: bool = False
    color: str = "auto"
    no_input: bool = False
    offline: bool = False
    exit_code: int = 0
    sessions: list["Session"] = field(default_factory=list)
    """What this run opened: what was written there has consequences."""

    @property
    def interactive(self) -> bool:
        """Whether a person is there to be asked."""
        never = self.no_input or _says_yes("COMMS_NO_INPUT") or _says_yes("CI")
        return not never and sys.stdin.isatty() and sys.stderr.isatty()

    def circumstances(self) -> "Circumstances":
        """Return what the workflow needs to know. The clock is read here, once."""
        from commscli.workflow.circumstances import Circumstances  # noqa: PLC0415 - lazy

        return Circumstances(
            folder=self.folder.absolute(),
            now=_now(os.environ),
            key=self.key or os.environ.get("COMMS_KEY", ""),
            pin=self.pin or os.environ.get("COMMS_PIN", ""),
            incident=self.incident or os.environ.get("COMMS_INCIDENT", ""),
            offline=self.offline or _says_yes("COMMS_OFFLINE"),
            interactive=self.interactive,
            recipients=tuple(
                Path(p) for p in os.environ.get("COMMS_RECIPIENTS", "").split(os.pathsep) if p
            ),
            environ=os.environ,
        )

    def session(self) -> "Session":
        """Open the repository."""
        from commscli.workflow.session import Session  # noqa: PLC0415 - lazy: loads git

        opened = Session.open(self.circumstances())
        self.sessions.append(opened)
        return opened

    def paint(self, stream: Any = None) -> "Paint":
        """Return the colours for a stream: none in a pipe, or where the user wants none."""
        from commscli.render.human import Paint  # noqa: PLC0415 - lazy

        out = stream or sys.stdout
        plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
        wanted = self.color == "always" or (self.color == "auto" and not plain and out.isatty())
        return Paint(colour=wanted)

    def tell(self, text: str) -> None:
        """Say something beside the data."""
        from commscli.render.escaping import inert, safe  # noqa: PLC0415 - lazy

        sys.stderr.write(inert(safe(text)).rstrip("\n") + "\n")

    def answer(self, document: Callable[[], Mapping[str, Any]], text: Callable[[], str]) -> None:
        """Print the data: the document with ``--json``, the text without."""
        if self.as_json:
            from commscli.render.documents import written  # noqa: PLC0415 - lazy

            sys.stdout.write(written(document()))
        else:
            sys.stdout.write(text())
        sys.stdout.flush()

    def as_is(self, text: str) -> str:
        """Return a file's text for stdout: exact into a pipe, safe on a terminal."""
        from commscli.render.escaping import safe  # noqa: PLC0415 - lazy

        return safe(text) if sys.stdout.isatty() else text


def _says_yes(name: str) -> bool:
    return os.environ.get(name, "").lower() in {"1", "true", "yes"}


def _now(environ: Mapping[str, str]) -> datetime:
    """Read the clock. ``COMMS_NOW`` states another time, for drills, demos and tests.

    A time in a record is its writer's claim in any case, and no gate rests on one.
    """
    stated = environ.get("COMMS_NOW", "")
    if not stated:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(stated)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise BadInput(f"COMMS_NOW is {stated!r}: expected 2026-11-22T09:14:00Z")
    return moment.astimezone(UTC)
