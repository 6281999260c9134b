"""``comms trust relax``, ``preapprove``, ``emergency``, ``accept``, ``compromised``."""

from pathlib import Path
from typing import Annotated

import typer

from commscli.cli.app import state
from commscli.cli.trust import trust
from commscli.cli.trust_telling import tell_changed
from commscli.errors import BadInput

_Why = Annotated[str, typer.Option(metavar="TEXT", help="Why; it is shown for ever.")]


@trust.command()
def relax(
    audience: Annotated[str, typer.Argument(metavar="AUDIENCE")],
    gates: Annotated[str, typer.Option(metavar="GATE,GATE", help="The gates that remain.")] = "",
    channel: Annotated[
        list[str], typer.Option("--channel", metavar="NAME", help="Over which; repeat it.")
    ] = [],  # noqa: B006 - typer's form
    recipients: Annotated[
        list[str], typer.Option("--recipients", metavar="LIST", help="To which lists only.")
    ] = [],  # noqa: B006 - typer's form
    off: Annotated[bool, typer.Option("--off", help="All gates apply again.")] = False,
) -> None:
    """Let an audience's messages pass fewer gates."""
    from commscli.workflow.roster.terms import relax as relax_  # noqa: PLC0415 - lazy
    from commscli.workflow.roster.terms import unrelax  # noqa: PLC0415 - lazy

    session = state.current.session()
    if off:
        tell_changed(unrelax(session, audience), changes=True)
        return
    kept = [gate for gate in gates.split(",") if gate]
    if not kept or not channel:
        raise BadInput(
            "say which gates remain, and over which channels",
            remedy=f"comms trust relax {audience} --gates approval,release --channel NAME",
            code="usage",
        )
    changed = relax_(session, audience, gates=kept, channels=channel, lists=recipients)
    tell_changed(changed, changes=True)


@trust.command()
def preapprove(
    record: Annotated[list[str], typer.Argument(metavar="[RECORD]...")] = [],  # noqa: B006 - typer's form
    drop: Annotated[list[str], typer.Option(metavar="RECORD", help="Counts no more.")] = [],  # noqa: B006 - typer's form
) -> None:
    """Let an approval of a template count beforehand.

    RECORD is the digest of its record, or an unambiguous beginning.
    """
    from commscli.workflow.roster.terms import preapprove as preapprove_  # noqa: PLC0415 - lazy

    if not record and not drop:
        raise BadInput(
            "name the record of an approval",
            remedy="comms trust preapprove DIGEST, or --drop DIGEST",
            code="usage",
        )
    tell_changed(preapprove_(state.current.session(), add=record, drop=drop), changes=True)


@trust.command()
def emergency(
    person: Annotated[list[str], typer.Option(metavar="P", help="Who may; repeat it.")] = [],  # noqa: B006 - typer's form
    needs: Annotated[int, typer.Option(metavar="N", help="How many of them, together.")] = 2,
    template: Annotated[list[str], typer.Option(metavar="T", help="With which templates.")] = [],  # noqa: B006 - typer's form
    audience: Annotated[list[str], typer.Option(metavar="A", help="For which audiences.")] = [],  # noqa: B006 - typer's form
    off: Annotated[bool, typer.Option("--off", help="Nobody may any more.")] = False,
) -> None:
    """Say who may skip gates in an emergency, together."""
    from commscli.workflow.roster.terms import end_emergency, set_emergency  # noqa: PLC0415 - lazy

    session = state.current.session()
    if off:
        tell_changed(end_emergency(session), changes=True)
        return
    if not person or not template or not audience:
        raise BadInput(
            "say who, with which templates, for which audiences",
            remedy="comms trust emergency --person P --person P --needs 2 --template T "
            "--audience A",
            code="usage",
        )
    changed = set_emergency(
        session, people=person, needs=needs, templates=template, audiences=audience
    )
    tell_changed(changed, changes=True)


@trust.command()
def accept(
    rule: Annotated[str, typer.Argument(metavar="RULE")],
    subject: Annotated[str, typer.Argument(metavar="SUBJECT")],
    why: _Why = "",
) -> None:
    """Live with an error that the check finds now.

    SUBJECT is a finding's id (comms check --json), a commit, a record's digest or a path.
    """
    from commscli.workflow.roster.faults import accept as accept_  # noqa: PLC0415 - lazy

    if not why.strip():
        raise BadInput(
            "say why", remedy=f"comms trust accept {rule} {subject} --why TEXT", code="usage"
        )
    run = state.current
    accepted = accept_(run.session(), rule, subject, why)
    tell_changed(accepted.changed, changes=True)
    for finding in accepted.findings:
        run.tell(f"accepts: {finding.text}")


@trust.command()
def compromised(
    whose: Annotated[str, typer.Argument(metavar="KEY|PERSON")],
    keep: Annotated[
        list[str], typer.Option(metavar="DIGEST", help="A record that counts all the same.")
    ] = [],  # noqa: B006 - typer's form
    why: _Why = "",
) -> None:
    """Void what a key in wrong hands signed, and end it.

    KEY is a .pub file or a fingerprint; PERSON means all their keys.
    """
    from commscli.workflow.roster.faults import compromised as compromised_  # noqa: PLC0415 - lazy
    from commscli.workflow.roster.newcomers import key_file  # noqa: PLC0415 - lazy

    if not why.strip():
        raise BadInput(
            "say why", remedy=f"comms trust compromised {whose} --why TEXT", code="usage"
        )
    named = key_file(Path(whose)) if Path(whose).is_file() else whose
    tell_changed(compromised_(state.current.session(), named, keep, why), changes=True)
