"""Where the demo plays: a folder with a bare hub, one desk, throwaway keys, and its own home.

Nothing of the user's is touched: pins and remembered tips go into the demo's folder too.
"""

import io
import os
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from shutil import rmtree, which

from commscli.domain.moments import stamp
from commscli.errors import BadInput
from commscli.ledger import git
from commscli.ledger.signing import make_key

MARK = ".comms-demo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Player:
    """Somebody in the story."""

    id: str
    name: str
    roles: tuple[str, ...]


CAST: tuple[Player, ...] = (
    Player(id="ana", name="Ana Alder", roles=("business-lead",)),
    Player(id="tess", name="Tess Thorn", roles=("technical-slt",)),
    Player(id="cleo", name="Cleo Clover", roles=("customer-liaison",)),
    Player(id="mo", name="Mo Maple", roles=("messaging-officer",)),
    Player(id="lea", name="Lea Laurel", roles=("legal-officer",)),
    Player(id="eli", name="Eli Elm", roles=("elt-approver",)),
    Player(id="ivy", name="Ivy Iris", roles=("incident-commander",)),
    Player(id="rob", name="Rob Rowan", roles=("business-responder",)),
    Player(id="bea", name="Bea Birch", roles=("admin", "business-lead")),
    Player(id="tom", name="Tom Thyme", roles=("technical-slt",)),
    Player(id="cai", name="Cai Cedar", roles=("customer-liaison",)),
    Player(id="mia", name="Mia Myrtle", roles=("messaging-officer",)),
    Player(id="leo", name="Leo Larch", roles=("legal-officer",)),
    Player(id="eve", name="Eve Elder", roles=("elt-approver",)),
    Player(id="ian", name="Ian Ivory", roles=("incident-commander",)),
    Player(id="rae", name="Rae Reed", roles=("business-responder",)),
)
"""Every role, and for every role a backup."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """One command as somebody typed it, and what came back."""

    person: str
    argv: tuple[str, ...]
    out: str
    err: str
    status: int

    @property
    def typed(self) -> str:
        """The command line."""
        return f"{self.person}$ comms {shlex.join(self.argv)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One demo folder."""

    folder: Path
    start: datetime

    @property
    def desk(self) -> Path:
        """The clone in which the story is played."""
        return self.folder / "messages"

    @property
    def hub(self) -> Path:
        """The bare repository that everybody shares."""
        return self.folder / "hub.git"

    @property
    def pin(self) -> Path:
        """The pin, outside every repository."""
        return self.folder / "pin"

    def key(self, person: str) -> Path:
        """The throwaway key of somebody."""
        return self.folder / "keys" / person

    def comms(
        self, person: str, *argv: str, minute: float | None = None, folder: Path | None = None
    ) -> Ran:
        """Run a command as somebody, at a minute of the story; just what a terminal would run."""
        from commscli.cli.app import state  # noqa: PLC0415 - the command table imports this
        from commscli.cli.boundary import run  # noqa: PLC0415 - as above

        now = {} if minute is None else {
            "COMMS_NOW": stamp(self.start + timedelta(minutes=minute))
        }  # fmt: skip
        out, err = io.StringIO(), io.StringIO()
        own = state.current
        where = ["-C", str(folder or self.desk)]
        with (
            _environment({**self.environment(person), **now}),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            status = run([*where, *argv])
        state.current = own
        return Ran(person=person, argv=argv, out=out.getvalue(), err=err.getvalue(), status=status)

    def environment(self, person: str) -> dict[str, str]:
        """Return the variables that make a command somebody's."""
        return {
            "COMMS_KEY": str(self.key(person)),
            "COMMS_PIN": str(self.pin) if self.pin.exists() else "",
            "COMMS_INCIDENT": "",
            "COMMS_RECIPIENTS": str(self.desk / "recipients"),
            "XDG_CONFIG_HOME": str(self.folder / "home" / "config"),
            "XDG_STATE_HOME": str(self.folder / "home" / "state"),
            "COMMS_NO_INPUT": "1",
        }


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def set_up(folder: Path, start: datetime) -> Stage:
    """Make the folder, the hub and a key for everybody.

    Raises:
        BadInput: if the folder holds anything but an earlier demo.
    """
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).exists():
            raise BadInput(
                f"{folder} is there, and is no demo",
                remedy="comms demo ANOTHER-FOLDER",
                code="no-demo",
            )
        rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).write_text(stamp(start))
    stage = Stage(folder=folder, start=start)
    for player in CAST:
        make_key(stage.key(player.id), comment=player.id, passphrase=False)
    git.run(["init", "--quiet", "--bare", "--initial-branch=main", "hub.git"], cwd=folder)
    return stage


def find(folder: Path) -> Stage:
    """Return an earlier demo.

    Raises:
        BadInput: if there is none.
    """
    try:
        start = datetime.fromisoformat((folder / MARK).read_text())
    except (OSError, ValueError):
        raise BadInput(f"there is no demo in {folder}", remedy=f"comms demo {folder}") from None
    return Stage(folder=folder, start=start)


def copy_of(stage: Stage, name: str) -> Path:
    """Return a fresh clone of the hub, as a stranger would make it."""
    folder = stage.folder / name
    rmtree(folder, ignore_errors=True)
    git.run(
        ["clone", "--quiet", str(stage.hub), str(folder)],
        cwd=stage.folder,
        env=git.network_environment(interactive=False),
    )
    return folder


def program() -> str:
    """Return how a shell here starts this very program: by name, or by path where it must."""
    own = Path(sys.argv[0]).absolute()
    named = which("comms")
    if own.name != "comms" or (named and Path(named).resolve() == own.resolve()):
        return "comms"
    return shlex.quote(str(own))


def people_file(stage: Stage, players: Sequence[Player]) -> Path:
    """Write the roster as an admin would collect it."""
    from commscli.documents.writing import plain_yaml  # noqa: PLC0415 - only here

    people = {
        player.id: {
            "name": player.name,
            "email": f"{player.id}@example.com",
            "public_key": str(stage.key(player.id)) + ".pub",
            "roles": list(player.roles),
        }
        for player in players
    }
    path = stage.folder / "people.yaml"
    path.write_text(plain_yaml({"people": people}))
    return path
