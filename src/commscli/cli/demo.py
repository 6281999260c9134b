"""``comms demo``: the whole thing in a minute, and then a chair to sit in."""

import os
import shlex
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree
from typing import TYPE_CHECKING, Annotated

import typer

from commscli.cli.app import app, state
from commscli.errors import BadInput

if TYPE_CHECKING:
    from commscli.cli.demo_stage import Ran, Stage
    from commscli.cli.demo_story import Moment

BREAKS = ("comma", "drop-objection", "fake-approver", "self-promotion", "squash")
"""The ways to tamper; their code is only read when somebody does."""


@app.command(rich_help_panel="Peace time")
def demo(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]")] = Path("comms-demo"),
    as_: Annotated[
        str, typer.Option("--as", metavar="ROLE", help="Sit in a chair, such as legal.")
    ] = "",
    break_: Annotated[
        str,
        typer.Option(
            "--break", metavar="HOW", help="Tamper, then check: " + ", ".join(BREAKS) + "."
        ),
    ] = "",
    all_: Annotated[bool, typer.Option("--all", help="Show every command.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Show none.")] = False,
    smtp: Annotated[
        bool, typer.Option("--smtp", help="Mail to a real server on this machine.")
    ] = False,
) -> None:
    """Play a payment outage with throwaway keys, and prove it."""
    from commscli.cli.demo_stage import find  # noqa: PLC0415 - lazy

    run = state.current
    where = (run.folder / folder).absolute()
    if break_ and break_ not in BREAKS:
        raise BadInput(
            f"--break {break_}: expected one of {', '.join(BREAKS)}",
            remedy="comms demo --break comma",
            code="usage",
        )
    if not (as_ or break_):
        played = _play_by_mail if smtp else _play
        _tell(played(where, every=all_, silent=quiet), silent=quiet)
        return
    stage = find(where) if where.exists() else _play(where, every=False, silent=True)
    if as_:
        from commscli.cli.demo_chair import sit  # noqa: PLC0415 - lazy

        sit(stage, as_)
    else:
        from commscli.cli.demo_breaking import break_it  # noqa: PLC0415 - lazy

        break_it(stage, break_)


def _play_by_mail(where: Path, *, every: bool, silent: bool) -> "Stage":
    """Play it with a mail server on this machine, and say what that took."""
    from tempfile import TemporaryDirectory  # noqa: PLC0415 - lazy

    from commscli.cli.demo_mail import mail_server  # noqa: PLC0415 - lazy

    with TemporaryDirectory(prefix="comms-demo-") as folder, mail_server(Path(folder)) as box:
        stage = _play(where, every=every, silent=silent, port=box.port)
        kept = stage.folder / "mailbox"
        copytree(folder, kept)
        if not silent:
            paint = state.current.paint()
            people = len(set(box.recipients))
            count = len(box.recipients)
            text = f"{count} mails came to the mail server, {people} people had one each time."
            lines = ["", paint(text, "bold"), f"  They lie in {kept}; the first of them:",
                     *(f"    {line}".rstrip() for line in box.first().splitlines())]  # fmt: skip
            sys.stdout.write("\n".join(lines).replace(str(Path.cwd()) + "/", "") + "\n")
    return stage


def _play(where: Path, *, every: bool, silent: bool, port: int = 0) -> "Stage":
    from commscli.cli.demo_stage import set_up  # noqa: PLC0415 - lazy
    from commscli.cli.demo_story import Telling, play  # noqa: PLC0415 - lazy

    stated = os.environ.get("COMMS_NOW", "")
    now = datetime.fromisoformat(stated) if stated else datetime.now(UTC)
    stage = set_up(where, now.replace(microsecond=0) - timedelta(minutes=45))

    def listen(moment: "Moment") -> None:
        if not silent:
            sys.stdout.write("\n".join(_moment(moment, every=every)) + "\n")
            sys.stdout.flush()

    play(Telling(stage=stage, listen=listen, port=port))
    return stage


def _moment(moment: "Moment", *, every: bool) -> list[str]:
    paint = state.current.paint()
    lines = ["", paint(moment.caption, "bold")]
    for ran in moment.all if every else moment.told:
        lines += [f"  {paint(line, 'cyan')}" for line in _typed(ran)]
        lines += [f"    {line}" for line in _came_back(ran)]
    return lines


def _typed(ran: "Ran") -> list[str]:
    from textwrap import wrap  # noqa: PLC0415 - lazy

    text = ran.typed.replace(str(Path.cwd()) + "/", "")
    return wrap(text, 76, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)


def _came_back(ran: "Ran") -> list[str]:
    from commscli.render.escaping import safe  # noqa: PLC0415 - lazy

    shown = ran.out if ran.out.strip() and ran.status == 0 else ran.err
    stale = [line for line in ran.err.splitlines() if line.startswith("stale:")]
    lines = [line for line in safe(shown).rstrip().splitlines() if line.strip()] + stale
    return [line.replace(str(Path.cwd()) + "/", "") for line in lines]


def _tell(stage: "Stage", *, silent: bool) -> None:
    from commscli.cli.demo_chair import verify_line  # noqa: PLC0415 - lazy
    from commscli.cli.demo_stage import program  # noqa: PLC0415 - lazy

    if silent:
        sys.stdout.write(f"{stage.folder}\n")
        return
    folder = shlex.quote(os.path.relpath(stage.folder))
    name = program()
    chosen = "" if folder == "comms-demo" else f" {folder}"
    sys.stdout.write(
        "\nNow you:\n"
        f"  1. Sit in Legal's chair, with one message waiting:\n"
        f'       eval "$({name} demo{chosen} --as legal)"\n'
        f"  2. Change one comma in what was sent, and see the check name whose approval died:\n"
        f"       {name} demo{chosen} --break comma\n"
        f"     (or drop-objection, fake-approver, self-promotion, squash)\n"
        f"  3. Verify one approval without this tool:\n"
        f"       {verify_line(stage, 'lea')}\n"
    )
