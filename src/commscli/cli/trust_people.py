"""``comms trust add``, ``role``, ``remove``, ``admins``, ``key``: who is on the roster."""

from pathlib import Path
from typing import Annotated

import typer

from commscli.cli.app import state
from commscli.cli.trust import trust
from commscli.cli.trust_telling import tell_changed
from commscli.errors import BadInput

_Roles = Annotated[list[str], typer.Option("--role", metavar="R", help="A role; repeat it.")]
_Key = Annotated[Path | None, typer.Option(metavar="FILE", help="The public key.")]
keys = typer.Typer(
    help="Keys of people: another one, the end of one, one's own anew.",
    rich_markup_mode=None,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


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
    from commscli.workflow.roster.newcomers import NewPerson, key_file, people_from  # noqa: PLC0415 - lazy
    from commscli.workflow.roster.people import add_people  # noqa: PLC0415 - lazy

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
    tell_changed(add_people(state.current.session(), people))


@trust.command()
def role(
    id_: Annotated[str, typer.Argument(metavar="ID")],
    role: _Roles = [],  # noqa: B006 - typer's form
    drop: Annotated[list[str], typer.Option(metavar="R", help="Take a role away.")] = [],  # noqa: B006 - typer's form
) -> None:
    """Give somebody roles, or take some away."""
    from commscli.workflow.roster.people import change_roles  # noqa: PLC0415 - lazy

    if not role and not drop:
        raise BadInput("name a role", remedy=f"comms trust role {id_} --role R", code="usage")
    tell_changed(change_roles(state.current.session(), id_, add=role, drop=drop))


@trust.command()
def remove(id_: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """End somebody; what they signed before stays."""
    from commscli.workflow.roster.people import remove_person  # noqa: PLC0415 - lazy

    tell_changed(remove_person(state.current.session(), id_))


@trust.command()
def admins(
    add: Annotated[list[str], typer.Option(metavar="P", help="Make somebody an admin.")] = [],  # noqa: B006 - typer's form
    drop: Annotated[list[str], typer.Option(metavar="P", help="An admin no more.")] = [],  # noqa: B006 - typer's form
    quorum: Annotated[int, typer.Option(metavar="N", help="How many must sign.", min=0)] = 0,
) -> None:
    """Show or change the admins, and how many must sign."""
    from commscli.render.trust_text import admins_document, admins_text  # noqa: PLC0415 - lazy
    from commscli.workflow.roster.people import change_admins  # noqa: PLC0415 - lazy

    run = state.current
    session = run.session()
    if not add and not drop and not quorum:
        found = session.trust
        run.answer(lambda: admins_document(found), lambda: admins_text(found))
        return
    tell_changed(change_admins(session, add=add, drop=drop, quorum=quorum or None))


@keys.command("add")
def key_add(id_: Annotated[str, typer.Argument(metavar="PERSON")], public_key: _Key = None) -> None:
    """Give somebody another key; the ones that they have go on."""
    from commscli.workflow.roster.newcomers import key_file  # noqa: PLC0415 - lazy
    from commscli.workflow.roster.people import add_key  # noqa: PLC0415 - lazy

    if public_key is None:
        raise BadInput(
            "name the key", remedy=f"comms trust key add {id_} --public-key FILE", code="usage"
        )
    tell_changed(add_key(state.current.session(), id_, key_file(public_key)))


@keys.command("end")
def key_end(
    id_: Annotated[str, typer.Argument(metavar="PERSON")],
    public_key: _Key = None,
    fingerprint: Annotated[str, typer.Option(metavar="SHA256:…", help="Which, of several.")] = "",
) -> None:
    """End a key: what it signed before stays, and it signs nothing from now on."""
    from commscli.workflow.roster.newcomers import key_file  # noqa: PLC0415 - lazy
    from commscli.workflow.roster.people import end_key  # noqa: PLC0415 - lazy

    which = key_file(public_key) if public_key else fingerprint
    tell_changed(end_key(state.current.session(), id_, which))


@keys.command("rotate")
def key_rotate(
    new_key: Annotated[
        str, typer.Option("--new-key", metavar="FILE", help="The new key; it must be able to sign.")
    ] = "",
) -> None:
    """Put a new key of mine in the place of the one that I act with; the admins sign it."""
    from commscli.workflow.roster.people import rotate_key  # noqa: PLC0415 - lazy

    if not new_key:
        raise BadInput(
            "name the new key", remedy="comms trust key rotate --new-key FILE", code="usage"
        )
    run = state.current
    changed = rotate_key(run.session(), new_key)
    tell_changed(changed)
    when = "from now on" if changed.in_force else "as soon as that is in force"
    run.tell(f"act with the new key {when}: comms --key {new_key}, or git config user.signingkey")


trust.add_typer(keys, name="key")
