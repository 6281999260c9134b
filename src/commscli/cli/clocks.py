"""``comms clock list``, ``start``, ``met``: by when something has to be said, and to whom."""

from typing import TYPE_CHECKING, Annotated

import typer

from commscli.cli.app import group, state
from commscli.errors import BadInput

if TYPE_CHECKING:
    from commscli.workflow.incident.clocking import Clocked

PANEL = "Business Lead"
clocks = group("clock", "By when something has to be said, and to whom.", PANEL)
_Id = Annotated[str, typer.Argument(metavar="ID")]
_At = Annotated[str, typer.Option(metavar="TIME", help="When it happened; otherwise now.")]
_Why = Annotated[str, typer.Option(metavar="TEXT", help="Why, for the record.")]


@clocks.command("list")
def clock_list(
    every: Annotated[bool, typer.Option("--all", help="Also those that are over.")] = False,
) -> None:
    """List the clocks: running ones first, then what can be started."""
    from commscli.render.clock_text import listing_document, listing_text  # noqa: PLC0415 - lazy
    from commscli.workflow.incident.clock_list import list_clocks  # noqa: PLC0415 - lazy

    run = state.current
    circumstances = run.circumstances()
    found = list_clocks(circumstances, every=every)
    run.answer(
        lambda: listing_document(found),
        lambda: listing_text(found, circumstances.now, run.paint()),
    )


@clocks.command("start")
def clock_start(
    id_: _Id,
    at: _At = "",
    why: _Why = "",
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Although the clock is not enabled.")
    ] = False,
) -> None:
    """Record the event from which a clock of a law runs."""
    from commscli.workflow.incident.clocking import start_clock  # noqa: PLC0415 - lazy

    _require_why(why, f"comms clock start {id_} --why TEXT")
    _tell(start_clock(state.current.session(), id_, at=at, why=why, anyway=anyway))


@clocks.command("met")
def clock_met(
    id_: _Id,
    at: _At = "",
    message: Annotated[str, typer.Option(metavar="M", help="The message that met it.")] = "",
    why: _Why = "",
) -> None:
    """Record that what a clock asked for was done."""
    from commscli.workflow.incident.clocking import meet_clock  # noqa: PLC0415 - lazy

    _require_why(why, f"comms clock met {id_} --why TEXT")
    _tell(meet_clock(state.current.session(), id_, at=at, message=message, why=why))


def _require_why(why: str, remedy: str) -> None:
    if not why.strip():
        raise BadInput("say why: it is what a regulator asks first", remedy=remedy, code="usage")


def _tell(clocked: "Clocked") -> None:
    from commscli.cli.telling import tell_recorded  # noqa: PLC0415 - lazy
    from commscli.render.clock_text import (  # noqa: PLC0415 - lazy
        clocked_documents,
        clocked_text,
        told_by,
    )
    from commscli.workflow.incident.clock_files import NOT_ADVICE  # noqa: PLC0415 - lazy

    run = state.current
    now = run.circumstances().now
    tell_recorded(
        run,
        clocked.recorded,
        lambda: clocked_text(clocked, now),
        clocks=clocked_documents(clocked),
        note=NOT_ADVICE,
    )
    if not run.as_json:
        run.tell(told_by(clocked))
