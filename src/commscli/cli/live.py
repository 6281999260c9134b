"""``comms status --watch``: one screen, drawn again when something happens here or elsewhere."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Never

from commscli.cli.watching import looking
from commscli.errors import CommsError
from commscli.render.status_text import status_text
from commscli.workflow.incident.overview import status

if TYPE_CHECKING:
    from commscli.cli.state import State
    from commscli.workflow.session import Session

REMOTE_SECONDS = 5.0
"""How often the remote is asked; time passes on the screen as often."""
LOCAL_SECONDS = 0.5
"""How often somebody looks whether this very clone has something new."""


def watch(run: "State") -> Never:
    """Show the status until Ctrl-C, with what others do meanwhile."""
    with _screen() as draw:
        while True:
            session = looking(run)
            run.sessions.clear()  # nothing is written here, so nothing follows from it
            draw(_drawn(run, session))
            _wait(session)


def _drawn(run: "State", session: "Session") -> str:
    """Return the screen. What cannot be had just now is said, and tried again."""
    try:
        session.refresh()
        text = status_text(status(session), run.paint())
        verified = session.case.pin is not None
    except CommsError as fault:
        return f"{fault.text}\n{f'next: {fault.remedy}' if fault.remedy else ''}\n"
    notes = [] if verified else ["not verified: no pin (comms trust pin, from an admin)"]
    notes += [f"note: {note}" for note in session.notes]
    return text + "".join(f"{note}\n" for note in notes)


def _wait(session: "Session") -> None:
    """Wait for a change in this clone, or until the remote is to be asked again."""
    home, branch = session.repository.common_dir, session.repository.branch() or ""
    files = [home / name for name in ("HEAD", "packed-refs", branch) if name]
    before, until = [*map(_stamp, files)], monotonic() + REMOTE_SECONDS
    while monotonic() < until and [*map(_stamp, files)] == before:
        sleep(LOCAL_SECONDS)


def _stamp(file: Path) -> object:
    """Return what differs once a file was written; no git is started for it."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino


@contextmanager
def _screen() -> Iterator[Callable[[str], None]]:
    """Give what draws: on a terminal a screen of its own, elsewhere one text after the other."""
    if not sys.stdout.isatty():

        def write(text: str) -> None:
            sys.stdout.write(f"{text}\n")
            sys.stdout.flush()

        yield write
        return
    from rich.console import Console  # noqa: PLC0415 - only on a terminal
    from rich.live import Live  # noqa: PLC0415 - only on a terminal
    from rich.text import Text  # noqa: PLC0415 - only on a terminal

    console = Console(highlight=False, soft_wrap=True)
    with Live(console=console, screen=True, auto_refresh=False) as live:

        def draw(text: str) -> None:
            live.update(Text.from_ansi(text), refresh=True)

        yield draw
