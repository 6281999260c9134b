"""``comms draft``, ``revise``, ``show``, ``diff``, ``preview``: the words."""

from typing import TYPE_CHECKING, Annotated

import typer

from commscli.cli.app import app, state
from commscli.cli.telling import tell_meant, tell_recorded, tell_resolved
from commscli.errors import BadInput

if TYPE_CHECKING:
    from commscli.workflow.messages.drafting import Wanted
    from commscli.workflow.recording import Recorded
    from commscli.workflow.session import Session

PANEL = "Every incident"


@app.command(rich_help_panel=PANEL)
def draft(  # noqa: PLR0917 - typer's form
    audiences: Annotated[list[str], typer.Argument(metavar="[AUDIENCE]...")] = [],  # noqa: B006 - typer's form
    audience: Annotated[list[str], typer.Option(metavar="A", help="The same, as an option.")] = [],  # noqa: B006 - typer's form
    phase: Annotated[
        str, typer.Option(metavar="P", help="Ahead of, or behind, the incident.")
    ] = "",
    template: Annotated[str, typer.Option(metavar="T", help="Another template.")] = "",
    due: Annotated[bool, typer.Option("--due", help="All that is due (the default).")] = False,
    answer: Annotated[
        list[str], typer.Option(metavar="[A:]N=TEXT", help="Answer to a question of the playbook.")
    ] = [],  # noqa: B006 - typer's form
    ask: Annotated[
        bool, typer.Option("--ask/--no-ask", help="Ask the playbook's questions (on a terminal).")
    ] = True,
    questions: Annotated[
        bool, typer.Option("--questions", help="List the questions; draft nothing.")
    ] = False,
    from_report: Annotated[
        bool, typer.Option("--from-report", help="The report's summary, for colleagues.")
    ] = False,
    attach: Annotated[
        list[str], typer.Option(metavar="FILE", help="Send this file along; may be repeated.")
    ] = [],  # noqa: B006 - typer's form
) -> None:
    """Render messages from their templates; print the id of each."""
    from commscli.cli.sizing import sized_up  # noqa: PLC0415 - lazy
    from commscli.workflow.messages.drafting import Wanted  # noqa: PLC0415 - lazy
    from commscli.workflow.messages.drafting import draft as draft_  # noqa: PLC0415 - lazy

    run = state.current
    chosen = () if due else (*audiences, *audience)
    wanted = Wanted(audiences=chosen, phase=phase, template=template, attachments=_files(attach))
    session = run.session()
    if questions:
        _list_questions(session, wanted)
        return
    if not from_report:
        wanted = sized_up(run, session, wanted, answer, ask=ask)
    recorded = _from_report(session, wanted) if from_report else draft_(session, wanted)
    tell_recorded(run, recorded, lambda: "".join(f"{r.record.message}\n" for r in recorded.records))
    tell_resolved(run, recorded)


def _list_questions(session: "Session", wanted: "Wanted") -> None:
    from commscli.render.documents import plain_document  # noqa: PLC0415 - lazy
    from commscli.render.message_text import questions_text  # noqa: PLC0415 - lazy
    from commscli.workflow.messages.drafting import questions  # noqa: PLC0415 - lazy

    asked = questions(session, wanted)
    listed = [{"audience": a, "questions": list(some)} for a, some in asked.items()]
    state.current.answer(
        lambda: plain_document("questions", {"messages": listed}), lambda: questions_text(asked)
    )


def _files(paths: list[str]) -> dict[str, bytes]:
    if not paths:
        return {}
    from commscli.workflow.messages.attaching import taken_in  # noqa: PLC0415 - lazy

    return taken_in(paths)


def _from_report(session: "Session", wanted: "Wanted") -> "Recorded":
    from commscli.render.report_message import report_message  # noqa: PLC0415 - lazy
    from commscli.workflow.afterwards.telling import draft_summary  # noqa: PLC0415 - lazy

    if wanted.phase or wanted.template or wanted.attachments:
        raise BadInput(
            "--from-report has its own phase and words",
            remedy="comms draft --from-report, without --phase, --template and --attach",
            code="usage",
        )
    return draft_summary(session, wanted.audiences, report_message)


@app.command(rich_help_panel=PANEL)
def revise(
    message: Annotated[str, typer.Argument()],
    file: Annotated[str, typer.Option(metavar="F|-", help="The new words.")] = "",
    take: Annotated[str, typer.Option(metavar="PERSON", help="Take a reviewer's wording.")] = "",
    attach: Annotated[
        list[str], typer.Option(metavar="FILE", help="Send this file along; may be repeated.")
    ] = [],  # noqa: B006 - typer's form
    no_attachments: Annotated[
        bool, typer.Option("--no-attachments", help="Keep none of those there were.")
    ] = False,
) -> None:
    """Record the next revision: edited, from a file, or proposed."""
    from commscli.cli.asking import edit, given_text  # noqa: PLC0415 - lazy
    from commscli.workflow.messages.attaching import Attaching  # noqa: PLC0415 - lazy
    from commscli.workflow.messages.revising import Source  # noqa: PLC0415 - lazy
    from commscli.workflow.messages.revising import revise as revise_  # noqa: PLC0415 - lazy

    run = state.current
    source = Source(
        given=given_text(file) if file else None,
        take=take,
        edit=edit if run.interactive else None,
        attaching=Attaching(files=_files(attach), keep=not no_attachments),
    )
    revised = revise_(run.session(), message, source)
    record = revised.recorded.first
    number = getattr(record.body, "revision", 0)
    stale = [{"gate": gate, "person": person} for gate, person in revised.stale]
    text = f"{record.message}@{number}\n"
    tell_recorded(run, revised.recorded, lambda: text, stale=stale)
    tell_meant(run, record.incident, record.message, number, drill=record.drill)
    other = "recipients" if revised.same_words else "words"
    for gate, person in revised.stale:
        run.tell(f"stale: {person}'s verdict in {gate} was on other {other}")


@app.command(rich_help_panel=PANEL)
def show(
    message: Annotated[str, typer.Argument()],
    private: Annotated[
        str, typer.Option(metavar="FILE", help="Whether FILE has a private objection's words.")
    ] = "",
) -> None:
    """Show a message: its words, its gates, what was said about it."""
    from commscli.render.message_documents import show_document  # noqa: PLC0415 - lazy
    from commscli.render.message_text import message_text  # noqa: PLC0415 - lazy
    from commscli.workflow.messages.showing import look  # noqa: PLC0415 - lazy

    run = state.current
    if private:
        _show_private(message, private)
        return
    seen = look(run.session(), message)
    tell_meant(run, seen.incident, seen.message, seen.revision, drill=seen.drill)
    run.answer(lambda: show_document(seen), lambda: message_text(seen, run.paint()))


def _show_private(message: str, file: str) -> None:
    from pathlib import Path  # noqa: PLC0415 - lazy

    from commscli.render.message_documents import private_document  # noqa: PLC0415 - lazy
    from commscli.workflow.messages.showing import find  # noqa: PLC0415 - lazy
    from commscli.workflow.verdicts.withholding import fitting  # noqa: PLC0415 - lazy

    run = state.current
    found = fitting(find(run.session(), message).message, Path(file).expanduser())
    run.answer(
        lambda: private_document(found),
        lambda: (
            f"these are the words of {found.person}'s private objection "
            f"({found.withheld.category}) in {found.gate},\nrecord {found.record[:16]} "
            f"of {found.at}, byte for byte\n"
        ),
    )


@app.command(rich_help_panel=PANEL)
def diff(
    message: Annotated[str, typer.Argument()],
    since: Annotated[str, typer.Option(metavar="GATE", help="Since this gate's verdict.")] = "",
) -> None:
    """Show what changed in a message since you looked."""
    from commscli.render.message_documents import diff_document  # noqa: PLC0415 - lazy
    from commscli.render.message_text import diff_text  # noqa: PLC0415 - lazy
    from commscli.workflow.messages.showing import compare  # noqa: PLC0415 - lazy

    run = state.current
    seen = compare(run.session(), message, since)
    tell_meant(run, seen.incident, seen.message, seen.new, drill=seen.drill)
    run.answer(lambda: diff_document(seen), lambda: diff_text(seen, run.paint()))


@app.command(rich_help_panel=PANEL)
def preview(message: Annotated[str, typer.Argument()]) -> None:
    """Show a message as each channel would deliver it."""
    from commscli.render.message_documents import preview_document  # noqa: PLC0415 - lazy
    from commscli.render.message_text import preview_text  # noqa: PLC0415 - lazy
    from commscli.workflow.messages.showing import preview as preview_  # noqa: PLC0415 - lazy

    run = state.current
    seen = preview_(run.session(), message)
    tell_meant(run, seen.incident, seen.message, seen.revision, drill=seen.drill)
    run.answer(lambda: preview_document(seen), lambda: preview_text(seen, run.paint()))
