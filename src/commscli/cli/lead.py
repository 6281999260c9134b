"""``comms phase``, ``severity``, ``fact``, ``skip``: what the Business Lead records."""

from typing import TYPE_CHECKING, Annotated

import typer

from commscli.cli.app import app, group, state
from commscli.cli.incident import pairs
from commscli.cli.telling import tell_recorded
from commscli.errors import BadInput, Refused

if TYPE_CHECKING:
    from commscli.workflow.recording import Recorded

PANEL = "Business Lead"
_Why = Annotated[str, typer.Option(metavar="TEXT", help="Why.")]
facts = group("fact", "Record what is known (fact KEY=VALUE...), and list it.", PANEL)


def say_why(command: str, why: str) -> None:
    """Refuse what needs a reason and has none.

    Raises:
        BadInput: with the command as it would be right.
    """
    if not why.strip():
        raise BadInput("say why", remedy=f"comms {command} --why TEXT", code="usage")


def _told(recorded: "Recorded", text: str) -> None:
    tell_recorded(state.current, recorded, lambda: f"{text}\n")


@app.command(rich_help_panel=PANEL)
def phase(value: Annotated[str, typer.Argument(metavar="PHASE")], why: _Why = "") -> None:
    """Record that the incident is in another phase."""
    from commscli.workflow.incident.declaring import move_phase  # noqa: PLC0415 - lazy

    recorded = move_phase(state.current.session(), value, why)
    _told(recorded, getattr(recorded.first.body, "value", ""))


@app.command(rich_help_panel=PANEL)
def severity(value: Annotated[str, typer.Argument(metavar="SEVERITY")], why: _Why = "") -> None:
    """Record another severity."""
    from commscli.workflow.incident.declaring import change_severity  # noqa: PLC0415 - lazy

    recorded = change_severity(state.current.session(), value, why)
    _told(recorded, getattr(recorded.first.body, "value", ""))


@app.command(rich_help_panel=PANEL)
def skip(
    audience: Annotated[str, typer.Argument()],
    why: _Why = "",
    phase: Annotated[str, typer.Option(metavar="P", help="Another phase than now.")] = "",
) -> None:
    """Record that an audience gets no message in this phase, and why."""
    from commscli.workflow.incident.declaring import skip as skip_  # noqa: PLC0415 - lazy

    say_why(f"skip {audience}", why)
    recorded = skip_(state.current.session(), audience, why, phase)
    _told(recorded, f"skipped {getattr(recorded.first.body, 'audience', audience)}")


@facts.command("set")
def fact_set(facts: Annotated[list[str], typer.Argument(metavar="KEY=VALUE...")]) -> None:
    """Record facts; KEY= takes one back."""
    _set(pairs(facts))


@facts.command("import")
def fact_import(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="YAML, or a tool's JSON.")],
    form: Annotated[
        str, typer.Option("--from", metavar="NAME", help="pagerduty, alertmanager, your own.")
    ] = "",
    agreed: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Record facts from a file: YAML, or what an alerting tool sent."""
    from commscli.cli.asking import given_text, yes  # noqa: PLC0415 - lazy
    from commscli.render.import_text import import_text  # noqa: PLC0415 - lazy
    from commscli.workflow.incident.fact_files import look_into  # noqa: PLC0415 - lazy

    run = state.current
    name = "stdin" if file == "-" else file
    wanted = look_into(run.session(), given_text(file), name, form=form)
    run.tell(import_text(wanted))
    if not wanted.changed:
        raise Refused("all of it is recorded already", code="nothing-changed")
    if run.interactive and not agreed and not yes("record these facts?"):
        raise Refused("nothing was recorded", code="not-agreed")
    _set(wanted.changed)


def _set(values: dict[str, str]) -> None:
    from commscli.domain.records import Fact  # noqa: PLC0415 - lazy
    from commscli.render.story_text import facts_text  # noqa: PLC0415 - lazy
    from commscli.workflow.incident.declaring import set_facts  # noqa: PLC0415 - lazy

    recorded = set_facts(state.current.session(), values)
    said = [r.record.body for r in recorded.records]
    given = {body.key: body.value for body in said if isinstance(body, Fact)}
    tell_recorded(state.current, recorded, lambda: facts_text(given))


@facts.command("list")
def fact_list() -> None:
    """List the facts of the incident."""
    from commscli.render.documents import plain_document  # noqa: PLC0415 - lazy
    from commscli.render.story_text import facts_text  # noqa: PLC0415 - lazy
    from commscli.workflow.incident.declaring import active  # noqa: PLC0415 - lazy

    run = state.current
    _, incident = active(run.session())
    found = dict(incident.facts)
    if incident.drill:
        run.tell(f"DRILL: {incident.id} is an exercise, and these are none of the real thing")
    run.answer(
        lambda: plain_document("facts", {"facts": found}),
        lambda: facts_text(dict(sorted(found.items()))),
    )
