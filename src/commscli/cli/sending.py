"""``comms send``: distribute what was released."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from commscli.cli.app import app, state
from commscli.cli.telling import tell_meant, tell_sharing
from commscli.errors import BadInput, Refused

if TYPE_CHECKING:
    from commscli.cli.state import State
    from commscli.workflow.sends.send_plan import Plan
    from commscli.workflow.sends.sending import Outcome


@app.command(rich_help_panel="Every incident")
def send(
    messages: Annotated[list[str], typer.Argument(metavar="[MESSAGE]...")] = [],  # noqa: B006 - typer's form
    released: Annotated[bool, typer.Option("--released", help="All that is released.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the plan; send nothing.")
    ] = False,
    why: Annotated[str, typer.Option(metavar="TEXT", help="Why, for a superseded message.")] = "",
) -> None:
    """Send released messages; run it again to go on where it stopped."""
    from commscli.workflow.sends.sending import released as released_  # noqa: PLC0415 - lazy
    from commscli.workflow.sends.sending import send as send_  # noqa: PLC0415 - lazy

    run = state.current
    session = run.session()
    if released:
        session.refresh(required=True)
        messages = released_(session)
        if not messages:
            raise Refused("nothing is released", remedy="comms status", code="nothing-released")
    if not messages:
        raise BadInput("name a message, or --released", remedy="comms next", code="usage")
    outcomes = []
    for message in messages:
        confirm = (lambda plan: confirmed(run, plan)) if run.interactive else None
        outcome = send_(session, message, why=why, dry_run=dry_run, confirm=confirm)
        outcomes.append(outcome)
        tell_sent(run, outcome)
    run.answer(
        lambda: {"schema": "comms/sent@1", "messages": [_document(o) for o in outcomes]},
        lambda: "".join(_text(o, dry_run=dry_run) for o in outcomes),
    )


def confirmed(run: "State", plan: "Plan") -> bool:
    """Ask for the size of the audience: a yes is typed too fast for what cannot be undone."""
    from commscli.render.send_text import plan_text  # noqa: PLC0415 - lazy

    run.tell(plan_text(plan))
    typed = typer.prompt(f"Type {plan.size} to send it", err=True, default="", show_default=False)
    return str(typed).strip() == str(plan.size)


def _text(outcome: "Outcome", *, dry_run: bool) -> str:
    if dry_run:
        from commscli.render.send_text import plan_text  # noqa: PLC0415 - lazy

        return plan_text(outcome.plan)
    return f"{outcome.plan.message}\n" if outcome.recorded else ""


def tell_sent(run: "State", outcome: "Outcome") -> None:
    """Say what a send did, and where that is."""
    plan = outcome.plan
    tell_meant(run, plan.incident, plan.message, plan.body.revision, drill=plan.drill)
    if outcome.note:
        run.tell(outcome.note)
    if outcome.recorded is not None:
        count = len(outcome.files)
        folder = outcome.files[0].parent.parent if outcome.files else ""
        files = "file" if count == 1 else "files"
        did = "rehearsed, not sent:" if plan.drill else "sent"
        run.tell(f"{did} {plan.message}: {count} {files} in {folder}")
        tell_sharing(run, outcome.recorded.written, outcome.recorded.notes)


def _document(outcome: "Outcome") -> dict[str, Any]:
    written = outcome.recorded.written if outcome.recorded else None
    return {
        "incident": outcome.plan.incident,
        "message": outcome.plan.message,
        "drill": outcome.plan.drill,
        "revision": outcome.plan.body.revision,
        "sent": outcome.recorded is not None,
        "note": outcome.note,
        "slots": dict(outcome.plan.slots),
        "recipients": outcome.plan.size,
        "channels": list(outcome.plan.body.channels),
        "files": [str(path) for path in outcome.files],
        "commit": written.commit if written else "",
        "shared": written.shared if written else False,
    }
