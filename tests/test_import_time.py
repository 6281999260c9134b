"""A hook, a prompt and a TAB run ``comms`` all day: what they do not need, they do not import."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench import history
from commscli import __version__
from commscli.compose.library import shipped
from commscli.workflow.setup.starting_files import starting_files

HEAVY = (
    "cryptography",
    "email.message",
    "git",
    "holidays",
    "jinja2",
    "markdown_it",
    "rich.table",
    "ruamel",
    "ssl",
)

# What the installed console script does; the name decides the completion variable.
CONSOLE_SCRIPT = (
    "import sys; sys.argv[0] = 'comms'; from commscli.__main__ import main; sys.exit(main())"
)
# As soon as typer converts one option, pydantic looks for plugins through importlib.metadata,
# and that is built on email.message. ``--version`` and ``--help`` end before; completion parses.
BY_PYDANTIC = {"email.message"}

# What a look at the open incidents does without, once it knows the files of settings.
NEEDLESS = (
    "commscli.documents.validate",
    "commscli.gates.engine",
    "commscli.ledger.syncing",
    "commscli.ledger.writer",
    "email.message",
    "holidays",
    "jinja2",
    "markdown_it",
    "pydantic",
    "rich",
    "ruamel",
)
INCIDENTS = 60
MOST_STARTS = 6.0
"""How many times as long as ``--version`` a look may take; it takes four, and took seven once."""

IMPORTED = re.compile(r"^import time:\s+\d+ \|\s+\d+ \|\s+(?P<module>\S+)$", re.MULTILINE)

COMPLETION = {
    "_COMMS_COMPLETE": "complete_bash",
    "COMP_WORDS": "comms dra",
    "COMP_CWORD": "1",
}


def run(
    *arguments: str, cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-X", "importtime", "-c", CONSOLE_SCRIPT, *arguments],
        cwd=cwd,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    )


def is_among(module: str, known: tuple[str, ...]) -> bool:
    return any(module == heavy or module.startswith(f"{heavy}.") for heavy in known)


def is_heavy(module: str) -> bool:
    return is_among(module, HEAVY)


@dataclass(frozen=True, slots=True, kw_only=True)
class LivedIn:
    """A repository with incidents, nearly all closed, that somebody has looked at once."""

    folder: Path
    environment: Mapping[str, str]

    def seconds(self, *words: str) -> float:
        begun = time.perf_counter()
        run(*words, cwd=self.folder, **self.environment)
        return time.perf_counter() - begun


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> LivedIn:
    folder = tmp_path_factory.mktemp("lived-in")
    files = starting_files(organisation="Bench", timezone="Europe/London", domain="example.com")
    files |= {f"playbooks/{name}": data for name, data in shipped("playbooks").items()}
    pin = history.write(folder / "it", INCIDENTS * history.RECORDS_PER_INCIDENT, files)
    environment = {"XDG_STATE_HOME": str(folder / "state"), "COMMS_PIN": str(pin)}
    found = LivedIn(folder=folder / "it", environment=environment)
    found.seconds("--offline", "status")
    return found


@pytest.mark.parametrize(
    ("arguments", "environment", "printed", "tolerated"),
    [
        (["--version"], {}, __version__, set()),
        (["--help"], {}, "draft", set()),
        ([], COMPLETION, "draft", BY_PYDANTIC),
    ],
    ids=["version", "help", "completion"],
)
def test_start_up_imports_nothing_heavy(
    arguments: list[str], environment: dict[str, str], printed: str, tolerated: set[str]
) -> None:
    done = run(*arguments, cwd=None, **environment)
    modules = IMPORTED.findall(done.stderr)

    assert printed in done.stdout
    assert "commscli.__main__" in modules, "the import times were not read"
    assert sorted(set(filter(is_heavy, modules)) - tolerated) == []


def test_a_look_loads_nothing_that_it_does_not_need(lived_in: LivedIn) -> None:
    done = run("--offline", "status", cwd=lived_in.folder, **lived_in.environment)
    modules = set(IMPORTED.findall(done.stderr))

    assert "SEV-1, in investigation" in done.stdout
    assert "commscli.workflow.proof.glancing" in modules, "the import times were not read"
    assert sorted(m for m in modules if is_among(m, NEEDLESS)) == []


def test_a_look_takes_a_few_starts_of_the_program(lived_in: LivedIn) -> None:
    """Measured against the start of the same program, so that a slow machine is slow in both."""
    pairs = [
        (lived_in.seconds("--offline", "status"), lived_in.seconds("--version")) for _ in range(5)
    ]

    assert min(look for look, _ in pairs) / min(start for _, start in pairs) < MOST_STARTS
