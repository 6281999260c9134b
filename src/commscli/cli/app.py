"""The command table and the global options. Commands are thin: words in, workflow, words out."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from commscli import __version__
from commscli.cli.state import State

PANELS = ("Every incident", "Business Lead", "Proof", "Peace time")


class Sections(TyperGroup):
    """Help with the commands under the occasions on which people need them."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - the parser's form
        """Write the commands, a section an occasion."""
        rows: dict[str, list[tuple[str, str]]] = {}
        width = formatter.width - 6 - max((len(name) for name in self.commands), default=0)
        for name, command in self.commands.items():
            if not command.hidden:
                panel = str(getattr(command, "rich_help_panel", None) or "Commands")
                rows.setdefault(panel, []).append((name, command.get_short_help_str(width)))
        for panel in (*PANELS, *(p for p in rows if p not in PANELS)):
            if panel in rows:
                with formatter.section(panel):
                    formatter.write_dl(rows[panel])


class _Current:
    """The state of this run; reset at its beginning, since tests run many in one process."""

    def __init__(self) -> None:
        self.current = State()

    def reset(self) -> None:
        """Forget the last run."""
        self.current = State()


state = _Current()

app = typer.Typer(
    cls=Sections,
    name="comms",
    help="Incident communications as code: drafts, gates and sends as signed records in git.",
    rich_markup_mode=None,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
)


def group(name: str, text: str, panel: str) -> typer.Typer:
    """Add a group of commands, such as ``comms trust``."""
    sub = typer.Typer(
        help=text, rich_markup_mode=None, no_args_is_help=True, pretty_exceptions_enable=False
    )
    app.add_typer(sub, name=name, rich_help_panel=panel)
    return sub


def _version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"comms {__version__}\n")
        raise typer.Exit


@app.callback()
def _globals(  # noqa: PLR0917 - typer's form
    folder: Annotated[
        Path, typer.Option("-C", metavar="DIR", help="Work in this folder.", show_default=False)
    ] = Path(),
    incident: Annotated[  # noqa: F811 - the module below is imported for what it registers
        str, typer.Option("-i", "--incident", metavar="INCIDENT", help="Which incident.")
    ] = "",
    key: Annotated[
        str, typer.Option(metavar="FILE", help="The SSH key to act with (COMMS_KEY).")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    color: Annotated[str, typer.Option(metavar="auto|always|never", help="Colours.")] = "auto",
    no_input: Annotated[bool, typer.Option("--no-input", help="Never ask.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Do not ask the remote.")] = False,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Set up the run."""
    del version
    if color not in {"auto", "always", "never"}:
        raise typer.BadParameter(f"{color!r}: expected auto, always or never")
    state.current = State(
        folder=folder,
        incident=incident,
        key=key,
        as_json=as_json,
        color=color,
        no_input=no_input,
        offline=offline,
    )


# The order here is the order of the help.
from commscli.cli import incident, messages, verdicts, sending, resolving, bounces, watching  # noqa: E402, F401, I001 - they register themselves
from commscli.cli import lead, mending, pacing, ending, clocks, afterwards, proof, bundle  # noqa: E402, F401 - as above
from commscli.cli import trust, peace, templates, playbooks, hook, demo  # noqa: E402, F401 - as above
from commscli.cli import trust_people, trust_terms, trust_proposals  # noqa: E402, F401 - as above
