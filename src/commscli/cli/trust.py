"""``comms trust``: people, keys, roles and gates."""

from typing import Annotated

import typer

from commscli.cli.app import group, state
from commscli.cli.trust_telling import tell_changed
from commscli.errors import BadInput

trust = group("trust", "The roster: people, keys, roles and gates.", "Proof")


@trust.command()
def show() -> None:
    """Show who is on the roster, and which gates a message passes."""
    from commscli.render.trust_text import trust_document, trust_text  # noqa: PLC0415 - lazy

    run = state.current
    session = run.session()
    found, current = session.trust, session.case.chain.current
    digest = current.digest if current else ""
    run.answer(
        lambda: trust_document(found, digest), lambda: trust_text(found, digest, run.paint())
    )


@trust.command()
def log() -> None:
    """List the versions of the trust, and what is wrong with any."""
    from commscli.render.trust_text import chain_document, chain_text  # noqa: PLC0415 - lazy

    run = state.current
    case = run.session().case
    run.answer(lambda: chain_document(case), lambda: chain_text(case, run.paint()))


@trust.command()
def pin() -> None:
    """Print the pin: the small file that a verifier keeps outside."""
    from commscli.ledger.pins import write  # noqa: PLC0415 - lazy
    from commscli.render.documents import plain_document  # noqa: PLC0415 - lazy
    from commscli.workflow.roster.trusting import pin_of  # noqa: PLC0415 - lazy

    run = state.current
    found = pin_of(run.session())
    document = {
        "repository": found.repository, "genesis": found.genesis, "trust": found.trust or "",
        "checkpoint": found.checkpoint or "",
    }  # fmt: skip
    run.answer(lambda: plain_document("pin", document), lambda: write(found).decode())


@trust.command()
def gates(
    preset: Annotated[str, typer.Option(metavar="full|small", help="Take a preset.")] = "",
    needs: Annotated[list[str], typer.Option(metavar="GATE=N", help="How many people.")] = [],  # noqa: B006 - typer's form
    after: Annotated[list[str], typer.Option(metavar="GATE=A,B", help="What it comes after.")] = [],  # noqa: B006 - typer's form
    add: Annotated[list[str], typer.Option(metavar="GATE=ROLE", help="One more review.")] = [],  # noqa: B006 - typer's form
    remove: Annotated[list[str], typer.Option(metavar="GATE", help="One fewer.")] = [],  # noqa: B006 - typer's form
) -> None:
    """Show the gates, and if they can be passed; or change them."""
    from commscli.cli.incident import pairs  # noqa: PLC0415 - lazy
    from commscli.domain.trust_lint import worries  # noqa: PLC0415 - lazy
    from commscli.render.trust_text import gates_document, gates_text  # noqa: PLC0415 - lazy
    from commscli.workflow.roster.terms import change_gates  # noqa: PLC0415 - lazy

    run = state.current
    session = run.session()
    if not any((preset, needs, after, add, remove)):
        found = session.trust
        warned = worries(found)
        run.answer(
            lambda: gates_document(found, warned), lambda: gates_text(found, warned, run.paint())
        )
        return
    if preset not in {"", "full", "small"}:
        raise BadInput(f"--preset {preset}: expected full or small", code="usage")
    counts = {gate: _number(gate, text) for gate, text in pairs(needs).items()}
    before = {g: [p for p in text.split(",") if p] for g, text in pairs(after).items()}
    tell_changed(
        change_gates(
            session, preset=preset, needs=counts, after=before, add=pairs(add), remove=remove
        )
    )


def _number(gate: str, text: str) -> int:
    if text.isdigit():
        return int(text)
    raise BadInput(f"--needs {gate}={text}: expected a whole number", code="usage")
