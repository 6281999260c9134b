"""``comms status``, ``next``, ``log``, ``sync``: how it stands, and what waits on me."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commscli.cli.app import app, state
from commscli.errors import BadInput

if TYPE_CHECKING:
    from commscli.cli.state import State
    from commscli.workflow.session import Session

PANEL = "Every incident"


@app.command(rich_help_panel=PANEL)
def status(
    watch: Annotated[
        bool, typer.Option("--watch", help="Show it anew every few seconds, until Ctrl-C.")
    ] = False,
) -> None:
    """Show the matrix, and who is waited for."""
    from commscli.render.status_text import status_text  # noqa: PLC0415 - lazy
    from commscli.workflow.incident.overview import status as status_  # noqa: PLC0415 - lazy

    def document() -> Mapping[str, Any]:
        from commscli.render.status_documents import status_document  # noqa: PLC0415 - lazy

        return status_document(found)

    run = state.current
    if watch:
        if run.as_json:
            raise BadInput(
                "--watch shows and --json prints once", remedy="one of them", code="usage"
            )
        from commscli.cli.live import watch as watch_  # noqa: PLC0415 - it draws, and we print

        watch_(run)
    session = looking(run)
    _warn(run, session)
    found = status_(session)
    run.answer(document, lambda: status_text(found, run.paint()))


def looking(run: "State") -> "Session":
    """Open the repository for somebody who only looks: the open incidents, and no others."""
    from commscli.workflow.proof.glancing import only_look  # noqa: PLC0415 - lazy, with the rest

    session = run.session()
    only_look(session)
    return session


def _warn(run: "State", session: "Session") -> None:
    if session.case.pin is None:
        run.tell("not verified: no pin (comms trust pin, from an admin)")
    for note in session.notes:
        run.tell(f"note: {note}")


@app.command("next", rich_help_panel=PANEL)
def next_(
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit 1 when something waits on me.")
    ] = False,
    listed: Annotated[bool, typer.Option("--list", help="The list, on a terminal too.")] = False,
) -> None:
    """Show what waits on me; on a terminal, one key for each."""
    from commscli.render.tasks_text import tasks_text  # noqa: PLC0415 - lazy
    from commscli.workflow.incident.tasks import tasks  # noqa: PLC0415 - lazy

    def document() -> Mapping[str, Any]:
        from commscli.render.documents import tasks_document  # noqa: PLC0415 - lazy

        return tasks_document(found, person)

    run = state.current
    steps = run.interactive and not run.as_json and not listed and not exit_code
    session = run.session() if steps else looking(run)
    session.refresh()
    _warn(run, session)
    found = tasks(session)
    person = session.actor.person.id
    if steps:
        from commscli.cli.stepping import step_through  # noqa: PLC0415 - lazy

        step_through(run, session)
        return
    run.answer(document, lambda: tasks_text(found, person, run.paint()))
    run.exit_code = 1 if exit_code and found else 0


@app.command(rich_help_panel=PANEL)
def log() -> None:
    """Tell the story of an incident from its records."""
    from commscli.render.documents import story_document  # noqa: PLC0415 - lazy
    from commscli.render.story_text import story_text  # noqa: PLC0415 - lazy
    from commscli.workflow.incident.declaring import active  # noqa: PLC0415 - lazy
    from commscli.workflow.incident.saying import words_said  # noqa: PLC0415 - lazy
    from commscli.workflow.incident.story import story  # noqa: PLC0415 - lazy
    from commscli.workflow.settings import load_settings  # noqa: PLC0415 - lazy

    run = state.current
    session = run.session()
    _warn(run, session)
    case, incident = active(session)
    settings = load_settings(session)
    events = story(case, words_said(session, case), settings.audiences)
    run.answer(
        lambda: story_document(incident, events),
        lambda: story_text(incident, events, settings.zone, run.paint()),
    )


@app.command(rich_help_panel=PANEL)
def sync() -> None:
    """Fetch, merge and push."""
    from commscli.render.documents import plain_document  # noqa: PLC0415 - lazy
    from commscli.workflow.sharing import share  # noqa: PLC0415 - lazy

    run = state.current
    session = run.session()
    shared = share(session)
    run.answer(
        lambda: plain_document("synced", {"joined": shared.joined, "pushed": shared.pushed,
                                          "head": shared.head}),
        lambda: f"{shared.text}\n",
    )  # fmt: skip
    for note in session.notes:
        run.tell(f"note: {note}")
    if shared.before:
        from commscli.cli.telling import tell_shared  # noqa: PLC0415 - lazy

        tell_shared(run, session, shared)
