"""``comms hold``, ``lift``, ``close``, ``reopen``: stop, go on, and the end."""

from typing import Annotated

import typer

from commscli.cli.app import app, state
from commscli.cli.lead import PANEL, say_why
from commscli.cli.telling import tell_recorded
from commscli.errors import BadInput

_Why = Annotated[str, typer.Option(metavar="TEXT", help="Why.")]
_Message = Annotated[
    str, typer.Option("-m", "--message", metavar="MESSAGE", help="This message alone.")
]


@app.command(rich_help_panel=PANEL)
def hold(why: _Why = "", message: _Message = "") -> None:
    """Say stop: while it stands, nothing is sent. Anybody may."""
    from commscli.workflow.incident.holding import hold as hold_  # noqa: PLC0415 - lazy

    say_why("hold", why)
    recorded = hold_(state.current.session(), message, why)
    about = recorded.first.message or recorded.first.incident
    tell_recorded(state.current, recorded, lambda: f"held {about}\n")


@app.command(rich_help_panel=PANEL)
def lift(why: _Why = "", message: _Message = "") -> None:
    """Lift the holds: the Business Lead or the Incident Commander."""
    from commscli.workflow.incident.holding import lift as lift_  # noqa: PLC0415 - lazy

    say_why("lift", why)
    recorded = lift_(state.current.session(), message, why)
    about = recorded.first.message or recorded.first.incident
    tell_recorded(state.current, recorded, lambda: f"lifted {about}\n")


@app.command(rich_help_panel=PANEL)
def close(
    why: _Why = "",
    false_alarm: Annotated[
        bool, typer.Option("--false-alarm", help="There was no incident.")
    ] = False,
    duplicate_of: Annotated[
        str, typer.Option(metavar="I", help="The incident that goes on instead.")
    ] = "",
) -> None:
    """Close the incident, or name what is missing for that."""
    from commscli.workflow.incident.closing import Ending  # noqa: PLC0415 - lazy
    from commscli.workflow.incident.closing import close as close_  # noqa: PLC0415 - lazy

    if false_alarm and duplicate_of:
        raise BadInput("--false-alarm or --duplicate-of: one of them", code="usage")
    if false_alarm or duplicate_of:
        option = "--false-alarm" if false_alarm else f"--duplicate-of {duplicate_of}"
        say_why(f"close {option}", why)
    ending = Ending(why=why, false_alarm=false_alarm, duplicate_of=duplicate_of)
    recorded = close_(state.current.session(), ending)
    tell_recorded(state.current, recorded, lambda: f"closed {recorded.first.incident}\n")


@app.command(rich_help_panel=PANEL)
def reopen(why: _Why = "") -> None:
    """Open a closed incident again."""
    from commscli.workflow.incident.closing import reopen as reopen_  # noqa: PLC0415 - lazy

    say_why("reopen", why)
    recorded = reopen_(state.current.session(), why)
    tell_recorded(state.current, recorded, lambda: f"reopened {recorded.first.incident}\n")
