"""``comms bundle``: the evidence of an incident in one file, for a stranger."""

from pathlib import Path
from typing import Annotated

import typer

from commscli.cli.app import app, state


@app.command(rich_help_panel="Proof")
def bundle(
    incident: Annotated[str, typer.Argument(metavar="INCIDENT")],
    out: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Where to write it.")
    ] = None,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Even if the check does not pass.")
    ] = False,
) -> None:
    """Write the evidence of an incident into one file."""
    from commscli.render.bundle_text import bundle_document, bundle_text  # noqa: PLC0415 - lazy
    from commscli.render.verify_page import verify_page  # noqa: PLC0415 - lazy
    from commscli.workflow.proof.bundling import bundle as bundle_  # noqa: PLC0415 - lazy

    run = state.current
    where = out.expanduser().absolute() if out else None
    made = bundle_(run.session(), incident, where, verify_page, anyway=anyway)
    run.answer(lambda: bundle_document(made), lambda: f"{made.path}\n")
    run.tell(bundle_text(made))
