"""``comms bounces``: what mail servers say later of what was sent."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from commscli.cli.app import app, state
from commscli.cli.telling import tell_sharing


@app.command(rich_help_panel="Every incident")
def bounces(
    files: Annotated[list[str], typer.Argument(metavar="FILES")],
) -> None:
    """Record what mail servers say later: bounces and delays.

    Each is a mail, an mbox, a Maildir, or - for stdin.
    """
    from commscli.render.bounce_text import (  # noqa: PLC0415 - lazy
        bounces_document,
        bounces_text,
        passed_over,
    )
    from commscli.workflow.sends.bouncing import bounced  # noqa: PLC0415 - lazy

    run = state.current
    session = run.session()
    imported = bounced(session, _mails(files))
    run.answer(lambda: bounces_document(imported), lambda: bounces_text(imported))
    run.tell(passed_over(imported))
    if imported.recorded is not None:
        tell_sharing(run, imported.recorded.written, imported.recorded.notes)
    else:
        for note in dict.fromkeys(session.notes):
            run.tell(f"note: {note}")


def _mails(files: list[str]) -> Iterator[bytes]:
    from commscli.delivery.mailboxes import mails_in, mails_of  # noqa: PLC0415 - lazy

    for file in files:
        if file == "-":
            yield from mails_in(sys.stdin.buffer)
        else:
            yield from mails_of(Path(file).expanduser())
