"""``comms init``, ``join``, ``doctor``: in peace time."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commscli.cli.app import app, state
from commscli.cli.exits import Exit
from commscli.errors import BadInput

if TYPE_CHECKING:
    from commscli.domain.history import Pin
    from commscli.workflow.setup.doctoring import Answer
    from commscli.workflow.setup.joining import Joined

PANEL = "Peace time"


@app.command(rich_help_panel=PANEL)
def init(  # noqa: PLR0917 - typer's form
    folder: Annotated[Path, typer.Argument(metavar="[DIR]")] = Path(),
    organisation: Annotated[str, typer.Option(metavar="N", help="Who speaks.")] = "",
    person: Annotated[str, typer.Option(metavar="ID", help="Your id, such as ana.")] = "",
    name: Annotated[str, typer.Option(metavar="N", help="Your name.")] = "",
    email: Annotated[str, typer.Option(metavar="E", help="Your mail address.")] = "",
    role: Annotated[list[str], typer.Option(metavar="R", help="A role of yours; repeat it.")] = [],  # noqa: B006 - typer's form
    gates: Annotated[str, typer.Option(metavar="full|small", help="Which gates.")] = "full",
    timezone: Annotated[str, typer.Option(metavar="ZONE", help="Where people read times.")] = "UTC",
    domain: Annotated[str, typer.Option(metavar="DOMAIN", help="Of your mail.")] = "",
    ci: Annotated[
        str, typer.Option(metavar="github|gitlab|none", help="Where the check runs too.")
    ] = "github",
) -> None:
    """Make a repository for messages, or adopt one."""
    from commscli.render.peace_text import begun_document, begun_text  # noqa: PLC0415 - lazy
    from commscli.workflow.setup.initialising import Beginning, begin  # noqa: PLC0415 - lazy
    from commscli.workflow.setup.starting_ci import starting_ci  # noqa: PLC0415 - lazy

    run = state.current
    missing = [n for n, v in (("--organisation", organisation), ("--person", person),
                              ("--name", name), ("--email", email)) if not v]  # fmt: skip
    if missing:
        raise BadInput(f"{', '.join(missing)} missing", remedy="comms init --help", code="usage")
    if gates not in {"full", "small"}:
        raise BadInput(f"--gates {gates}: expected full or small", code="usage")
    starting_ci(ci, branch="")  # says which there are, before anything is written
    where = (run.folder / folder).absolute()
    beginning = Beginning(
        organisation=organisation, person=person, name=name, email=email, roles=role, gates=gates,
        timezone=timezone, domain=domain or email.rpartition("@")[2], ci=ci,
    )  # fmt: skip
    begun = begin(run.circumstances(), where, beginning)
    run.answer(lambda: begun_document(begun), lambda: f"{begun.repository.home}\n")
    run.tell(begun_text(begun))


@app.command(rich_help_panel=PANEL)
def join(
    url: Annotated[str, typer.Argument(metavar="URL")],
    folder: Annotated[Path | None, typer.Argument(metavar="[DIR]")] = None,
    pin: Annotated[str, typer.Option(metavar="FILE", help="The pin that you were given.")] = "",
    no_passphrase: Annotated[bool, typer.Option("--no-passphrase", help="For a new key.")] = False,
) -> None:
    """Clone somebody's repository and set it up for you."""
    from commscli.workflow.setup.joining import join as join_  # noqa: PLC0415 - lazy

    run = state.current
    run.pin = pin
    where = folder or Path(url.rstrip("/").rpartition("/")[2].removesuffix(".git") or "messages")
    joined = join_(
        run.circumstances(),
        url,
        (run.folder / where).absolute(),
        accept=_accept if run.interactive else None,
        passphrase=False if no_passphrase else None,
    )
    _tell_joined(joined)


def _accept(pin: "Pin") -> bool:
    from commscli.cli.asking import yes  # noqa: PLC0415 - lazy

    state.current.tell(f"The first trust of this repository is\n    {pin.genesis}")
    return yes("Has an admin told you just this, by another way?")


def _tell_joined(joined: "Joined") -> None:
    from commscli.render.peace_text import answers_text, joined_document  # noqa: PLC0415 - lazy
    from commscli.workflow.setup.doctoring import examine  # noqa: PLC0415 - lazy

    run = state.current
    if not joined.person:
        run.answer(lambda: joined_document(joined, ()), lambda: f"{joined.key_line}\n")
        run.tell(
            "you are not on the roster yet. Send the line above to an admin, who runs\n"
            "    comms trust add ID --name … --email … --public-key FILE --role …\n"
            f"then: comms -C {joined.folder} doctor"
        )
        run.exit_code = Exit.NOT_ENTITLED
        return
    answers = examine(joined.session)
    run.answer(lambda: joined_document(joined, answers), lambda: f"{joined.folder}\n")
    run.tell(f"you are {joined.person}; pin {joined.pin.genesis[:16]} kept in {joined.pin_file}")
    sys.stderr.write(answers_text(answers, run.paint(sys.stderr)))
    run.exit_code = _worst(answers)


@app.command(rich_help_panel=PANEL)
def doctor(
    channels: Annotated[
        bool, typer.Option("--channels", help="Let each channel log in, too; nothing is sent.")
    ] = False,
) -> None:
    """Look whether this clone, key and roster are fit for an incident."""
    from commscli.render.peace_text import answers_document, answers_text  # noqa: PLC0415 - lazy
    from commscli.workflow.setup.doctoring import examine  # noqa: PLC0415 - lazy

    run = state.current
    session = run.session()
    answers = examine(session)
    if channels:
        from commscli.workflow.setup.probing import probed  # noqa: PLC0415 - lazy

        answers = (*answers, *probed(session))
    run.answer(lambda: answers_document(answers), lambda: answers_text(answers, run.paint()))
    run.exit_code = _worst(answers)


def _worst(answers: "Iterable[Answer]") -> Exit:
    return Exit.REFUSED if any(a.level == "error" for a in answers) else Exit.DONE
