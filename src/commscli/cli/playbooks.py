"""``comms playbook``: list, show, check, play through on paper, begin a new one."""

from typing import Annotated

import typer

from commscli.cli.app import group, state
from commscli.cli.exits import Exit
from commscli.cli.peace import PANEL
from commscli.cli.templates import shelf, show_text

playbooks = group("playbook", "The scenarios that were thought through before.", PANEL)
Id = Annotated[str, typer.Argument(metavar="ID")]


@playbooks.command("list")
def playbook_list() -> None:
    """List the playbooks: of this repository, or the shipped ones."""
    from commscli.render.documents import plain_document  # noqa: PLC0415 - lazy
    from commscli.render.library_text import listing_text  # noqa: PLC0415 - lazy
    from commscli.workflow.setup.library_of import playbook_titles  # noqa: PLC0415 - lazy

    run = state.current
    found = playbook_titles(run.circumstances())
    listed = [{"id": name, "title": title} for name, title in found.items()]
    run.answer(
        lambda: plain_document("playbooks", {"playbooks": listed}),
        lambda: listing_text(found),
    )


@playbooks.command("show")
def playbook_show(name: Id) -> None:
    """Print a playbook."""
    from commscli.workflow.setup.library_of import playbooks as playbooks_  # noqa: PLC0415 - lazy

    show_text("playbook", name, playbooks_(state.current.circumstances()), "comms playbook list")


@playbooks.command("check")
def playbook_check(
    names: Annotated[list[str] | None, typer.Argument(metavar="[ID]...")] = None,
) -> None:
    """Look whether an incident could rely on the playbooks."""
    from commscli.render.library_text import looked_document, looked_text  # noqa: PLC0415 - lazy
    from commscli.workflow.library.checking_playbooks import check_playbooks  # noqa: PLC0415 - lazy

    run = state.current
    looked = check_playbooks(shelf(run.circumstances()), names or ())
    run.answer(
        lambda: looked_document(looked, "playbook-check"),
        lambda: looked_text(looked, "playbook", run.paint()),
    )
    run.exit_code = Exit.REFUSED if looked.errors else Exit.DONE


@playbooks.command("preview")
def playbook_preview(name: Id) -> None:
    """Play a whole incident through on paper."""
    from commscli.render.library_text import dry_run_document, dry_run_text  # noqa: PLC0415 - lazy
    from commscli.workflow.library.dry_run import dry_run  # noqa: PLC0415 - lazy

    run = state.current
    planned = dry_run(shelf(run.circumstances()), name)
    run.answer(lambda: dry_run_document(planned), lambda: dry_run_text(planned, run.paint()))


@playbooks.command("new")
def playbook_new(
    id_: Annotated[str, typer.Argument(metavar="ID")],
    from_: Annotated[
        str, typer.Option("--from", metavar="ID", help="Which one to begin with.")
    ] = "service-outage",
    title: Annotated[str, typer.Option(metavar="TEXT", help="What people call it.")] = "",
) -> None:
    """Begin a scenario of your own as a copy of another."""
    from commscli.render.documents import plain_document  # noqa: PLC0415 - lazy
    from commscli.workflow.library.starting import start_playbook  # noqa: PLC0415 - lazy

    run = state.current
    started = start_playbook(shelf(run.circumstances()), id_, origin=from_, title=title)
    document = {"id": started.id, "from": started.origin, "files": list(started.files)}
    run.answer(
        lambda: plain_document("playbook-new", document),
        lambda: "".join(f"{path}\n" for path in started.files),
    )
    run.tell(f"edit them, comms playbook check {id_}, then git add them and git commit")
