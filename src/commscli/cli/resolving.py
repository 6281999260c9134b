"""What people decide about deliveries: in doubt, or in somebody's hands."""

from typing import TYPE_CHECKING, Annotated

import typer

from commscli.cli.app import app, state
from commscli.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable

    from commscli.cli.state import State
    from commscli.workflow.sends.standings import Standing


@app.command(rich_help_panel="Every incident")
def resolve(
    message: Annotated[str, typer.Argument()],
    recipient: Annotated[
        str, typer.Option(metavar="R", help="A row, an address, CHANNEL/R, or all.")
    ] = "",
    sent: Annotated[
        bool | None, typer.Option("--sent/--not-sent", help="Whether it arrived.")
    ] = None,
    why: Annotated[str, typer.Option(metavar="TEXT", help="How you know.")] = "",
) -> None:
    """Decide about deliveries of which nobody knows if they arrived."""
    from commscli.workflow.sends.resolving import resolve as resolve_  # noqa: PLC0415 - lazy

    run = state.current
    if not why.strip() or sent is None:
        raise BadInput(
            "say whether it arrived, and how you know",
            remedy=f"comms resolve {message} --sent (or --not-sent) --why TEXT",
            code="usage",
        )
    tell_decided(run, resolve_(run.session(), message, recipient, arrived=sent, why=why))
    run.tell(f"next: comms send {message}")


def hand_back(run: "State", message: str, *, done: str, failed: str, note: str) -> None:
    """Record what came of a call, or of whatever somebody had in hand.

    Raises:
        BadInput: if nobody says how it went.
    """
    from commscli.workflow.sends.resolving import hand_back as hand_back_  # noqa: PLC0415 - lazy

    if not note.strip() or (done and failed):
        raise BadInput(
            "say who it was, and how it went",
            remedy=f"comms send {message} --done RECIPIENT (or --failed RECIPIENT) --why NOTE",
            code="usage",
        )
    found = hand_back_(run.session(), message, done or failed, done=bool(done), note=note)
    tell_decided(run, found)
    run.tell(f"next: comms send {message} once all are done")


def tell_decided(run: "State", found: "Iterable[Standing]") -> None:
    """Say how the deliveries stand about which somebody decided."""
    from commscli.render.send_text import standing_document, standing_text  # noqa: PLC0415 - lazy

    run.answer(
        lambda: {"schema": "comms/resolved@1", "deliveries": [standing_document(s) for s in found]},
        lambda: "".join(f"{standing_text(s)}\n" for s in found),
    )
