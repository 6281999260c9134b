"""``comms drop``, ``correct``, ``said``: what is not sent, was wrong, or was said elsewhere."""

from typing import Annotated

import typer

from commscli.cli.app import app, state
from commscli.cli.lead import PANEL, say_why
from commscli.cli.telling import tell_meant, tell_recorded
from commscli.errors import BadInput


@app.command(rich_help_panel=PANEL)
def drop(
    message: Annotated[str, typer.Argument()],
    why: Annotated[str, typer.Option(metavar="TEXT", help="Why.")] = "",
) -> None:
    """Record that an unsent message is not going to be sent."""
    from commscli.workflow.messages.dropping import drop as drop_  # noqa: PLC0415 - lazy

    say_why(f"drop {message}", why)
    recorded = drop_(state.current.session(), message, why)
    tell_recorded(state.current, recorded, lambda: f"dropped {recorded.first.message}\n")


@app.command(rich_help_panel=PANEL)
def correct(
    message: Annotated[str, typer.Argument()],
    why: Annotated[
        str, typer.Option(metavar="TEXT", help="What was wrong; the readers read it.")
    ] = "",
    file: Annotated[str, typer.Option(metavar="F|-", help="The right words.")] = "",
) -> None:
    """Draft the correction of a sent message, to the same people."""
    from commscli.cli.asking import given_text  # noqa: PLC0415 - lazy
    from commscli.workflow.messages.correcting import correct as correct_  # noqa: PLC0415 - lazy

    say_why(f"correct {message}", why)
    run = state.current
    given = given_text(file) if file else None
    recorded = correct_(run.session(), message, why, given)
    record = recorded.first
    tell_recorded(run, recorded, lambda: f"{record.message}\n")
    tell_meant(run, record.incident, record.message, 1, drill=record.drill)
    if not file:
        run.tell(f"put the words right: comms revise {record.message}")


@app.command(rich_help_panel=PANEL)
def said(
    where: Annotated[str, typer.Option(metavar="W", help="Where, and by whom.")] = "",
    text: Annotated[str, typer.Option(metavar="T|-", help="The words; - for stdin.")] = "",
) -> None:
    """Record what was said outside comms, word by word."""
    from commscli.cli.asking import given_text  # noqa: PLC0415 - lazy
    from commscli.workflow.incident.saying import say  # noqa: PLC0415 - lazy

    if not where.strip() or not text:
        remedy = 'comms said --where "the CEO, on LinkedIn" --text TEXT'
        raise BadInput("say where, and what was said", remedy=remedy, code="usage")
    given = given_text("-") if text == "-" else text.encode()
    recorded = say(state.current.session(), where.strip(), given)
    digest = str(getattr(recorded.first.body, "digest", ""))
    tell_recorded(
        state.current,
        recorded,
        lambda: f"incidents/{recorded.first.incident}/said/{digest[:16]}.md\n",
    )
