"""``comms report``, ``comms metrics``: how it went, and what is still open."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commscli.cli.app import app, state
from commscli.errors import BadInput

if TYPE_CHECKING:
    from commscli.cli.state import State
    from commscli.workflow.afterwards.reporting import IncidentReport
    from commscli.workflow.session import Session

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
    _warn(run, session)


def _warn(run: "State", session: "Session") -> None:
    """Say beside the data what it may not be good for."""
    if session.case.pin is None:
        run.tell("not verified: no pin (comms trust pin, from an admin)")
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


@app.command(rich_help_panel=PANEL)
def report(
    out: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write it there.")
    ] = None,
    form: Annotated[
        str, typer.Option("--format", metavar="md|html|json", help="How to write it.")
    ] = "md",
    save: Annotated[
        bool, typer.Option("--save", help="Commit it as report.md of the incident.")
    ] = False,
    still: Annotated[
        bool, typer.Option("--open", help="What is still open, over all incidents.")
    ] = False,
    since: Annotated[
        str, typer.Option(metavar="7d", help="With --open: where something happened since.")
    ] = "",
    drills: Annotated[bool, typer.Option("--drills", help="With --open: drills too.")] = False,
) -> None:
    """Write the report on an incident, from its records and facts."""
    from commscli.render.report_documents import report_document  # noqa: PLC0415 - lazy
    from commscli.workflow.afterwards.reporting import report_on  # noqa: PLC0415 - lazy

    run = state.current
    require_form(form, ("md", "html", "json"))
    session = run.session()
    if still or since or drills:
        _still_open(run, session, since, drills=drills)
        return
    if save:
        _save(run, session)
        return
    found = report_on(session)
    file = out.expanduser().absolute() if out else None
    if file is not None:
        _write(found, file, form)
    path = str(file) if file else ""
    run.answer(
        lambda: report_document(found, path),
        lambda: f"{path}\n" if path else run.as_is(_report_text(found, form)),
    )
    _warn(run, session)


def _report_text(found: "IncidentReport", form: str) -> str:
    from commscli.render.report_markdown import first_page, report_part  # noqa: PLC0415 - lazy
    from commscli.render.report_page import report_page  # noqa: PLC0415 - lazy
    from commscli.workflow.afterwards.writing import whole_page  # noqa: PLC0415 - lazy

    if form == "html":
        return report_page(found)
    return whole_page(found, report_part(found), first_page(found)).decode(errors="replace")


def _write(found: "IncidentReport", file: Path, form: str) -> None:
    from commscli.render.report_markdown import first_page, report_part  # noqa: PLC0415 - lazy
    from commscli.render.report_page import GENERATOR, report_page  # noqa: PLC0415 - lazy
    from commscli.workflow.afterwards.writing import write_markdown, write_page  # noqa: PLC0415 - lazy, with the rest

    if form == "html" or file.suffix == ".html":
        write_page(file, report_page(found), generator=GENERATOR)
    else:
        write_markdown(found, file, report_part(found), first_page(found))


def _save(run: "State", session: "Session") -> None:
    from commscli.cli.telling import tell_sharing  # noqa: PLC0415 - lazy
    from commscli.render.report_documents import report_document  # noqa: PLC0415 - lazy
    from commscli.render.report_markdown import first_page, report_part  # noqa: PLC0415 - lazy
    from commscli.workflow.afterwards.writing import save  # noqa: PLC0415 - lazy

    found, written = save(session, report_part, first_page)
    run.answer(lambda: report_document(found, found.path), lambda: f"{found.path}\n")
    tell_sharing(run, written, tuple(session.notes))


def _still_open(run: "State", session: "Session", since: str, *, drills: bool) -> None:
    from commscli.domain.durations import parse_duration  # noqa: PLC0415 - lazy
    from commscli.render.open_text import open_document, open_text  # noqa: PLC0415 - lazy
    from commscli.workflow.afterwards.open_matters import still_open  # noqa: PLC0415 - lazy

    length = parse_duration(since) if since else None
    found = still_open(session, since=length, drills=drills)
    today = session.circumstances.now.astimezone(found.settings.zone).date().isoformat()
    run.answer(lambda: open_document(found), lambda: open_text(found, run.paint(), today))
    _warn(run, session)
