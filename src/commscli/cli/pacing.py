"""``comms estimate``, ``assign``, ``handover``, ``nudge``: who does it, and how long it takes."""

from typing import Annotated

import typer

from commscli.cli.app import app, state
from commscli.cli.lead import PANEL, say_why
from commscli.cli.telling import tell_recorded, tell_sharing

_To = Annotated[str, typer.Option("--to", metavar="PERSON", help="Who, by id.", show_default=False)]
_Gate = Annotated[str, typer.Option(metavar="G", help="This gate of the message.")]


@app.command(rich_help_panel=PANEL)
def estimate(
    about: Annotated[str, typer.Argument(metavar="MESSAGE|AUDIENCE")],
    length: Annotated[str, typer.Argument(metavar="TIME", help="Such as 10m.")],
    gate: _Gate = "",
    person: Annotated[
        str, typer.Option("--for", metavar="PERSON", help="Who needs the time, if not me.")
    ] = "",
) -> None:
    """Record how long a step takes; once elapsed, it is overdue."""
    from commscli.workflow.incident.estimating import estimate as estimate_  # noqa: PLC0415 - lazy

    recorded = estimate_(state.current.session(), about, length, gate, person)
    record = recorded.first
    step = f" {record.gate}" if record.gate else ""
    text = f"{getattr(record.body, 'subject', '')}{step} {length}\n"
    tell_recorded(state.current, recorded, lambda: text)


@app.command(rich_help_panel=PANEL)
def assign(
    subject: Annotated[str, typer.Argument(metavar="SUBJECT", help="Message, audience or gate.")],
    to: _To,
    gate: _Gate = "",
    why: Annotated[str, typer.Option(metavar="TEXT", help="Why.")] = "",
) -> None:
    """Give work to somebody by name: a message, an audience, a gate."""
    from commscli.workflow.incident.estimating import assign as assign_  # noqa: PLC0415 - lazy

    recorded = assign_(state.current.session(), subject, to, gate=gate, why=why)
    body = recorded.first.body
    text = f"{getattr(body, 'subject', '')} {getattr(body, 'to', '')}\n"
    tell_recorded(state.current, recorded, lambda: text)


@app.command(rich_help_panel=PANEL)
def handover(to: _To, why: Annotated[str, typer.Option(metavar="TEXT", help="Why.")] = "") -> None:
    """Hand the lead of the incident to somebody else."""
    from commscli.workflow.incident.estimating import hand_over  # noqa: PLC0415 - lazy

    say_why(f"handover --to {to}", why)
    recorded = hand_over(state.current.session(), to, why)
    text = f"{getattr(recorded.first.body, 'to', '')} leads {recorded.first.incident}\n"
    tell_recorded(state.current, recorded, lambda: text)


@app.command(rich_help_panel=PANEL)
def nudge(
    message: Annotated[str, typer.Argument(metavar="[MESSAGE]")] = "",
    silent: Annotated[bool, typer.Option("--print", help="Only print it.")] = False,
) -> None:
    """Remind those who are waited for; print how to reach them."""
    from commscli.render.status_documents import nudges_document  # noqa: PLC0415 - lazy
    from commscli.render.tasks_text import nudges_text  # noqa: PLC0415 - lazy
    from commscli.render.turns_text import turns_lines  # noqa: PLC0415 - lazy
    from commscli.workflow.incident.nudging import nudges  # noqa: PLC0415 - lazy
    from commscli.workflow.turns.following import remind  # noqa: PLC0415 - lazy

    run = state.current
    session = run.session()
    found = nudges(session, message)
    told = remind(session, [] if silent else found)
    run.answer(lambda: nudges_document(found), lambda: nudges_text(found, run.paint()))
    reached = [one for one in told if one.how or one.fault]
    for line in turns_lines(reached):
        run.tell(line)
    if found and not any(one.how for one in told):
        run.tell("nobody was told of this: call them, or write to them")


@app.command(rich_help_panel=PANEL)
def escalate() -> None:
    """Record the escalations that were set off; tell whom they name."""
    from commscli.domain.escalations import record_name  # noqa: PLC0415 - lazy
    from commscli.render.status_documents import escalations_document  # noqa: PLC0415 - lazy
    from commscli.render.tasks_text import escalations_text  # noqa: PLC0415 - lazy
    from commscli.workflow.incident.declaring import active  # noqa: PLC0415 - lazy
    from commscli.workflow.incident.escalating import escalate as escalate_  # noqa: PLC0415 - lazy
    from commscli.workflow.incident.escalating import open_escalations  # noqa: PLC0415 - lazy

    run = state.current
    session = run.session()
    session.refresh()
    case, _ = active(session)
    recorded = escalate_(session, case.id)
    done = {getattr(r.record.body, "clock", "") for r in recorded.records}
    found = [one for one in open_escalations(session, case) if record_name(one.id) in done]
    run.answer(lambda: escalations_document(found), lambda: escalations_text(found))
    tell_sharing(run, recorded.written, recorded.notes)
