"""``comms send``: distribute what was released."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from commscli.cli.app import app, state
from commscli.cli.telling import tell_meant, tell_sharing
from commscli.errors import BadInput, CommsError, Problem, Refused, UnknownOutcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from commscli.cli.state import State
    from commscli.workflow.sends.preview import Preview
    from commscli.workflow.sends.send_plan import Plan
    from commscli.workflow.sends.sending import Outcome
    from commscli.workflow.sends.wishes import Wishes
    from commscli.workflow.session import Session


_Plan = Annotated[
    str, typer.Option(metavar="DIGEST", help="Only by the plan that --dry-run showed.")
]
_Canary = Annotated[
    str, typer.Option(metavar="ADDRESS", help="Only one mail, to somebody on the roster.")
]
_Without = Annotated[
    list[str], typer.Option(metavar="R", help="Leave a recipient out; with --why.")
]
_Why = Annotated[str, typer.Option(metavar="TEXT", help="Why: for --without, or overtaken words.")]


@app.command(rich_help_panel="Every incident")
def send(
    messages: Annotated[list[str], typer.Argument(metavar="[MESSAGE]...")] = [],  # noqa: B006 - typer's form
    *,
    released: Annotated[bool, typer.Option("--released", help="All that is released.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the plan; send nothing.")
    ] = False,
    plan: _Plan = "",
    canary: _Canary = "",
    without: _Without = [],  # noqa: B006 - typer's form
    partial: Annotated[
        bool, typer.Option("--partial", help="Begin although a channel is down.")
    ] = False,
    why: _Why = "",
    again: Annotated[str, typer.Option(metavar="WHY", help="Send once more what was sent.")] = "",
    take_over: Annotated[
        str, typer.Option(metavar="WHY", help="Go on for a machine that is gone.")
    ] = "",
    status: Annotated[
        bool, typer.Option("--status", help="Who got it, and who is in doubt; send nothing.")
    ] = False,
    done: Annotated[str, typer.Option(metavar="R", help="A call was made; with --why.")] = "",
    failed: Annotated[str, typer.Option(metavar="R", help="A call failed; with --why.")] = "",
) -> None:
    """Send released messages; run it again to go on where it stopped."""
    from commscli.workflow.sends.wishes import Wishes  # noqa: PLC0415 - lazy

    run = state.current
    wishes = Wishes(
        why=why, again=again, take_over=take_over, plan=plan, partial=partial,
        without=tuple(without), dry_run=dry_run,
    )  # fmt: skip
    instead = {"--dry-run": dry_run, "--canary": canary, "--status": status, "--done": done,
               "--failed": failed}  # fmt: skip
    _require_one_thing(instead, wishes, is_one=len(messages) == 1 and not released)
    if done or failed:
        from commscli.cli.resolving import hand_back  # noqa: PLC0415 - lazy

        hand_back(run, messages[0], done=done, failed=failed, note=why)
        return
    session = run.session()
    if canary:
        _send_canary(run, session, messages[0], canary, why)
        return
    messages = _meant(session, messages, released=released)
    if status:
        _tell_progress(run, session, messages)
        return
    _send(run, session, messages, wishes)


def _require_one_thing(instead: "Mapping[str, object]", wishes: "Wishes", *, is_one: bool) -> None:
    """Refuse options that do not go together: one of them would be passed over without a word.

    ``instead`` is what is done instead of sending; ``is_one`` whether it is about one message.

    Raises:
        BadInput: naming the first two that do not go together, or asking for the message.
    """
    told = [name for name, value in instead.items() if value]
    how = {"--take-over": wishes.take_over, "--again": wishes.again, "--plan": wishes.plan,
           "--without": wishes.without, "--partial": wishes.partial}  # fmt: skip
    # Many a wish changes the plan, which is then shown; but to take a send over is no mere look.
    apart = [name for name, value in how.items()
             if value and told and (told[0] != "--dry-run" or name == "--take-over")]  # fmt: skip
    both = [*told, *apart]
    if len(both) > 1:
        raise BadInput(
            f"{both[0]} and {both[1]} do not go together",
            remedy=f"run comms send twice: once with {both[0]}, once with {both[1]}",
            code="usage",
        )
    named = {**instead, **how, "--dry-run": False, "--status": False, "--partial": False}
    if any(named.values()) and not is_one:
        raise BadInput("name one message for this", remedy="comms status", code="usage")


def _meant(session: "Session", messages: list[str], *, released: bool) -> list[str]:
    from commscli.workflow.sends.finding import released as released_  # noqa: PLC0415 - lazy

    if released:
        session.refresh(required=True)
        messages = released_(session)
        if not messages:
            raise Refused("nothing is released", remedy="comms status", code="nothing-released")
    if not messages:
        raise BadInput("name a message, or --released", remedy="comms next", code="usage")
    return messages


def _send(run: "State", session: "Session", messages: list[str], wishes: "Wishes") -> None:
    outcomes = []
    faults: dict[str, CommsError] = {}
    stop = Stop()
    for message in dict.fromkeys(messages):
        try:
            outcome = send_one(run, session, message, wishes, stop)
        except CommsError as fault:
            for note in dict.fromkeys(session.notes):  # that nobody can take it over, say
                run.tell(f"note: {note}")
            session.notes.clear()
            if stop.said or fault.code in _ENDS_ALL:
                raise
            faults[message] = fault
            continue
        outcomes.append(outcome)
        tell_sent(run, outcome)
    if faults:
        raise _not_all(faults, outcomes)
    run.answer(
        lambda: {"schema": "comms/sent@1", "messages": [_document(o) for o in outcomes]},
        lambda: "".join(_text(o) for o in outcomes),
    )


def send_one(
    run: "State", session: "Session", message: str, wishes: "Wishes", stop: "Stop"
) -> "Outcome":
    """Send a message: ask somebody who is there, say how it goes on, end where they say stop."""
    from commscli.cli.send_progress import Progress  # noqa: PLC0415 - lazy
    from commscli.workflow.sends.sending import send as send_  # noqa: PLC0415 - lazy

    confirm = (lambda plan, preview: confirmed(run, plan, preview)) if run.interactive else None
    with stop, Progress() as progress:
        return send_(session, message, wishes, confirm=confirm, stopped=lambda: stop.said,
                     told=progress.of)  # fmt: skip


_ENDS_ALL = frozenset({"declined", "remote", "behind", "interrupted", "not-entitled"})
"""What is so of the next message as well, or is meant so."""


def _not_all(faults: "Mapping[str, CommsError]", outcomes: "Sequence[Outcome]") -> CommsError:
    """Return why not all of several messages were sent, the gravest first.

    One that cannot be sent must not keep back those to others.
    """
    worst, *_ = sorted(faults.values(), key=lambda fault: not isinstance(fault, UnknownOutcome))
    others = [Problem(text=f"{message}: {fault.text}; next: {fault.remedy}")
              for message, fault in faults.items() if fault.text != worst.text]  # fmt: skip
    worst.problems = (*worst.problems, *others)
    done = [outcome.plan.message for outcome in outcomes]
    if done:
        worst.text += f" (this did not keep back {', '.join(done)})"
    return worst


def _send_canary(run: "State", session: "Session", message: str, address: str, why: str) -> None:
    from commscli.workflow.sends.canary import send_canary  # noqa: PLC0415 - lazy

    found = send_canary(session, message, address, why)
    run.answer(
        lambda: {"schema": "comms/canary@1", "message": message, "to": address,
                 "channels": {name: str(one.step) for name, one in found.items()}},
        lambda: "".join(
            f"{one.step}  {name} to {address}{one.detail and f': {one.detail}'}\n"
            for name, one in found.items()
        ),
    )  # fmt: skip
    run.exit_code = 0 if all(one.step.is_final for one in found.values()) else 5
    run.tell(f"nothing else was sent; next: look at it, then comms send {message}")


class Stop:
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


def confirmed(run: "State", plan: "Plan", preview: "Preview") -> bool:
    """Ask for the size of the audience: a yes is typed too fast for what cannot be undone."""
    from commscli.render.send_text import plan_text  # noqa: PLC0415 - lazy

    run.tell(plan_text(plan, preview))
    size = str(plan.size - len(plan.withheld))
    typed = typer.prompt(f"Type {size} to send it", err=True, default="", show_default=False)
    return str(typed).strip() == size


def _text(outcome: "Outcome") -> str:
    if outcome.preview is not None:
        from commscli.render.send_text import first_requests, plan_text  # noqa: PLC0415 - lazy

        return plan_text(outcome.plan, outcome.preview) + first_requests(outcome.preview)
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
    from commscli.render.send_text import plan_document  # noqa: PLC0415 - lazy

    written = outcome.recorded.written if outcome.recorded else None
    preview = outcome.preview
    return {
        "incident": outcome.plan.incident,
        "message": outcome.plan.message,
        "drill": outcome.plan.drill,
        "revision": outcome.plan.body.revision,
        "sent": outcome.recorded is not None,
        "note": outcome.note,
        "plan": plan_document(outcome.plan, preview) if preview else None,
        "slots": dict(outcome.plan.slots),
        "recipients": outcome.plan.size,
        "channels": list(outcome.plan.body.channels),
        "files": [str(path) for path in outcome.files],
        "commit": written.commit if written else "",
        "shared": written.shared if written else False,
    }
