"""``comms report``, ``comms metrics``: how it went, and what is still open."""

from typing import Annotated

import typer

from commscli.cli.app import app, state
from commscli.errors import BadInput

PANEL = "Business Lead"


@app.command(rich_help_panel=PANEL)
def metrics(
    every: Annotated[
        bool, typer.Option("--all", help="All incidents together, closed ones too.")
    ] = False,
    drills: Annotated[bool, typer.Option("--drills", help="With --all: drills too.")] = False,
    form: Annotated[
        str, typer.Option("--format", metavar="text|json|csv", help="How to print it.")
    ] = "text",
) -> None:
    """Measure how communication went: gates, promises, sends."""
    from commscli.render.metrics_documents import metrics_csv, metrics_document  # noqa: PLC0415 - lazy, with the rest
    from commscli.render.metrics_text import metrics_text  # noqa: PLC0415 - lazy
    from commscli.workflow.afterwards.measuring import metrics_of_all, metrics_of_one  # noqa: PLC0415 - lazy, with the rest

    run = state.current
    require_form(form, ("text", "json", "csv"))
    session = run.session()
    found = metrics_of_all(session, drills=drills) if every else metrics_of_one(session)
    text = metrics_csv if form == "csv" else lambda one: metrics_text(one, run.paint())
    run.answer(lambda: metrics_document(found), lambda: text(found))
    for note in session.notes:
        run.tell(f"note: {note}")


def require_form(form: str, known: tuple[str, ...]) -> None:
    """Refuse a format that this command does not have.

    Raises:
        BadInput: naming those that it has.
    """
    if form not in known:
        raise BadInput(
            f"{form!r} is no format of this command: expected {', '.join(known)}",
            remedy=f"--format {known[0]}",
            code="usage",
        )
