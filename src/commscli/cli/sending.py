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
    from commscli.workflow.session import Session


@app.command(rich_help_panel="Every incident")
def send(
    messages: Annotated[list[str], typer.Argument(metavar="[MESSAGE]...")] = [],  # noqa: B006 - typer's form
    released: Annotated[bool, typer.Option("--released", help="All that is released.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the plan; send nothing.")
    ] = False,
    why: Annotated[str, typer.Option(metavar="TEXT", help="Why, for a superseded message.")] = "",
    status: Annotated[
        bool, typer.Option("--status", help="Who got it, and who is in doubt; send nothing.")
    ] = False,
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
    if status:
        _tell_progress(run, session, messages)
        return
    outcomes = []
    stop = _Stop()
    for message in messages:
        confirm = (lambda plan: confirmed(run, plan)) if run.interactive else None
        with stop:
            outcome = send_(session, message, why=why, dry_run=dry_run, confirm=confirm,
                            stopped=lambda: stop.said)  # fmt: skip
        outcomes.append(outcome)
        tell_sent(run, outcome)
    run.answer(
        lambda: {"schema": "comms/sent@1", "messages": [_document(o) for o in outcomes]},
        lambda: "".join(_text(o, dry_run=dry_run) for o in outcomes),
    )


class _Stop:
    """Ctrl-C while something is sent: the current delivery is finished; a second one is at once."""

    def __init__(self) -> None:
        self.said = False
        self._before: Any = None

    def __enter__(self) -> None:
        import signal  # noqa: PLC0415 - only where something is sent
        import threading  # noqa: PLC0415 - as above

        if threading.current_thread() is threading.main_thread():  # no other may set a handler
            self._before = signal.signal(signal.SIGINT, self._stop)

    def __exit__(self, *_fault: object) -> None:
        import signal  # noqa: PLC0415 - only where something is sent

        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def _stop(self, *_signal: object) -> None:
        if self.said:
            raise KeyboardInterrupt
        self.said = True


def _tell_progress(run: "State", session: "Session", messages: list[str]) -> None:
    from commscli.render.send_text import progress_document, progress_text  # noqa: PLC0415 - lazy
    from commscli.workflow.sends.resolving import progress  # noqa: PLC0415 - lazy

    found = [progress(session, message) for message in messages]
    run.answer(
        lambda: {"schema": "comms/progress@1", "messages": [progress_document(p) for p in found]},
        lambda: "".join(progress_text(p, run.paint()) for p in found),
    )
    run.exit_code = 6 if any(p.in_doubt for p in found) else 0


@app.command(rich_help_panel="Every incident")
def resolve(
    message: Annotated[str, typer.Argument()],
    recipient: Annotated[
        str, typer.Option(metavar="R", help="A row's digest, an address, or all.")
    ] = "all",
    sent: Annotated[
        bool | None, typer.Option("--sent/--not-sent", help="Whether it arrived.")
    ] = None,
    why: Annotated[str, typer.Option(metavar="TEXT", help="How you know.")] = "",
) -> None:
    """Decide about deliveries of which nobody knows if they arrived."""
    from commscli.render.send_text import standing_document, standing_text  # noqa: PLC0415 - lazy
    from commscli.workflow.sends.resolving import resolve as resolve_  # noqa: PLC0415 - lazy

    run = state.current
    if not why.strip() or sent is None:
        raise BadInput(
            "say whether it arrived, and how you know",
            remedy=f"comms resolve {message} --sent (or --not-sent) --why TEXT",
            code="usage",
        )
    found = resolve_(run.session(), message, recipient, arrived=sent, why=why)
    run.answer(
        lambda: {"schema": "comms/resolved@1", "deliveries": [standing_document(s) for s in found]},
        lambda: "".join(f"{standing_text(s)}\n" for s in found),
    )
    run.tell(f"next: comms send {message}")


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
        from commscli.render.send_text import sent_text  # noqa: PLC0415 - lazy

        run.tell(sent_text(plan, outcome.recorded, outcome.files))
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
