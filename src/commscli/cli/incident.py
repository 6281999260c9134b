"""``comms new``: declare an incident."""

from pathlib import Path
from typing import Annotated

import typer

from commscli.cli.app import app, state
from commscli.cli.telling import tell_recorded
from commscli.errors import BadInput

PANEL = "Every incident"


def pairs(texts: list[str]) -> dict[str, str]:
    """Return K=V arguments as pairs.

    Raises:
        BadInput: naming the one that is none.
    """
    found: dict[str, str] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise BadInput(
                f"{text!r} is no fact: expected KEY=VALUE",
                remedy='such as impact="customers cannot pay by card"',
                code="bad-fact",
            )
        found[key.strip()] = value.strip()
    return found


@app.command(rich_help_panel=PANEL)
def new(  # noqa: PLR0917 - typer's form
    title: Annotated[str, typer.Argument(help="What people will call it.")] = "",
    severity: Annotated[str, typer.Option(metavar="S", help="1 to 5, or SEV-1, or critical.")] = "",
    playbook: Annotated[str, typer.Option(metavar="P", help="Which scenario.")] = "",
    phase: Annotated[str, typer.Option(help="investigation or identification.")] = "",
    id_: Annotated[str, typer.Option("--id", help="Another id than date and title.")] = "",
    fact: Annotated[list[str], typer.Option(metavar="K=V", help="A fact.")] = [],  # noqa: B006 - typer's form
    reporter: Annotated[str, typer.Option(help="Who noticed it.")] = "",
    reference: Annotated[list[str], typer.Option(metavar="URL", help="Ticket, bridge.")] = [],  # noqa: B006 - typer's form
    drill: Annotated[
        bool, typer.Option("--drill", help="Nothing leaves but to the outbox.")
    ] = False,
    from_: Annotated[
        Path | None, typer.Option("--from", metavar="FILE", help="Facts as YAML.")
    ] = None,
) -> None:
    """Declare an incident; print its id."""
    from commscli.workflow.incident.declaring import Declaration, declare  # noqa: PLC0415 - lazy
    from commscli.workflow.incident.fact_files import facts_from  # noqa: PLC0415 - lazy

    run = state.current
    if not title and run.interactive:
        title = typer.prompt("What happened, in a few words", err=True)
    if not severity and run.interactive:
        severity = typer.prompt("Severity (1 to 5)", err=True)
    if not title or not severity:
        raise BadInput(
            "a title and a severity are needed",
            remedy='comms new "Checkout outage" --severity 1',
            code="usage",
        )
    facts = {**(facts_from(from_) if from_ else {}), **pairs(fact)}
    declaration = Declaration(
        title=title, severity=severity, playbook=playbook, phase=phase, id=id_, facts=facts,
        reporter=reporter, references=reference, drill=drill,
    )  # fmt: skip
    recorded = declare(run.session(), declaration)
    tell_recorded(run, recorded, lambda: f"{recorded.first.incident}\n")
    run.tell("next: comms draft")
