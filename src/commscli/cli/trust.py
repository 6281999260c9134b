"""``comms trust``: people, keys, roles and gates."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commscli.cli.app import group, state
from commscli.cli.telling import tell_sharing
from commscli.errors import BadInput

if TYPE_CHECKING:
    from commscli.workflow.trusting import Changed

trust = group("trust", "The roster: people, keys, roles and gates.", "Proof")
_Roles = Annotated[list[str], typer.Option("--role", metavar="R", help="A role; repeat it.")]


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
    from commscli.workflow.trusting import pin_of  # noqa: PLC0415 - lazy

    run = state.current
    found = pin_of(run.session())
    document = {
        "repository": found.repository, "genesis": found.genesis, "trust": found.trust or "",
        "checkpoint": found.checkpoint or "",
    }  # fmt: skip
    run.answer(lambda: plain_document("pin", document), lambda: write(found).decode())


@trust.command()
def add(  # noqa: PLR0917 - typer's form
    id_: Annotated[str, typer.Argument(metavar="[ID]")] = "",
    name: Annotated[str, typer.Option(metavar="N", help="Their name.")] = "",
    email: Annotated[str, typer.Option(metavar="E", help="Their mail address.")] = "",
    public_key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Their public key.")
    ] = None,
    role: _Roles = [],  # noqa: B006 - typer's form
    service: Annotated[
        bool, typer.Option("--service", help="A service: it sends, never judges.")
    ] = False,
    contact: Annotated[str, typer.Option(metavar="TEXT", help="How to reach them.")] = "",
    from_: Annotated[
        Path | None, typer.Option("--from", metavar="people.yaml", help="Many at once.")
    ] = None,
) -> None:
    """Put people on the roster."""
    from commscli.workflow.newcomers import NewPerson, key_file, people_from  # noqa: PLC0415 - lazy
    from commscli.workflow.trusting import add_people  # noqa: PLC0415 - lazy

    if from_ is not None:
        people = people_from(from_)
    elif id_ and name and email and public_key:
        kind = "service" if service else "person"
        people = [NewPerson(id=id_, name=name, email=email, key=key_file(public_key), roles=role,
                            kind=kind, contact=contact)]  # fmt: skip
    else:
        raise BadInput(
            "an id, --name, --email and --public-key are needed; or --from people.yaml",
            remedy="comms trust add lea --name Lea --email lea@example.com --public-key lea.pub "
            "--role legal-officer",
            code="usage",
        )
    _told(add_people(state.current.session(), people))


@trust.command()
def role(
    id_: Annotated[str, typer.Argument(metavar="ID")],
    role: _Roles = [],  # noqa: B006 - typer's form
    drop: Annotated[list[str], typer.Option(metavar="R", help="Take a role away.")] = [],  # noqa: B006 - typer's form
) -> None:
    """Give somebody roles, or take some away."""
    from commscli.workflow.trusting import change_roles  # noqa: PLC0415 - lazy

    if not role and not drop:
        raise BadInput("name a role", remedy=f"comms trust role {id_} --role R", code="usage")
    _told(change_roles(state.current.session(), id_, add=role, drop=drop))


@trust.command()
def remove(id_: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """End somebody: no roles, no keys; what they signed before stays."""
    from commscli.workflow.trusting import remove_person  # noqa: PLC0415 - lazy

    _told(remove_person(state.current.session(), id_))


@trust.command()
def gates(
    preset: Annotated[str, typer.Option(metavar="full|small", help="Take a preset.")] = "",
    needs: Annotated[list[str], typer.Option(metavar="GATE=N", help="How many people.")] = [],  # noqa: B006 - typer's form
    after: Annotated[list[str], typer.Option(metavar="GATE=A,B", help="What it comes after.")] = [],  # noqa: B006 - typer's form
) -> None:
    """Show the gates and whether they can be passed; or change them."""
    from commscli.cli.incident import pairs  # noqa: PLC0415 - lazy
    from commscli.domain.trust_lint import worries  # noqa: PLC0415 - lazy
    from commscli.render.trust_text import gates_document, gates_text  # noqa: PLC0415 - lazy
    from commscli.workflow.trusting import change_gates  # noqa: PLC0415 - lazy

    run = state.current
    session = run.session()
    if not preset and not needs and not after:
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
    _told(change_gates(session, preset=preset, needs=counts, after=before))


def _number(gate: str, text: str) -> int:
    if text.isdigit():
        return int(text)
    raise BadInput(f"--needs {gate}={text}: expected a whole number", code="usage")


def _told(changed: "Changed") -> None:
    from commscli.render.documents import plain_document  # noqa: PLC0415 - lazy

    run = state.current
    version = changed.trust.trust.version
    run.answer(
        lambda: plain_document("trust-recorded", {
            "version": version, "digest": changed.trust.digest, "commit": changed.written.commit,
            "shared": changed.written.shared, "worries": list(changed.worries),
        }),
        lambda: f"trust version {version}\n",
    )  # fmt: skip
    tell_sharing(run, changed.written, changed.notes)
    for worry in changed.worries:
        run.tell(f"warning: {worry}")
    sys.stderr.flush()
