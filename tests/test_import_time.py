"""A hook, a prompt and a TAB run ``comms`` all day: what they do not need, they do not import."""

import os
import re
import subprocess
import sys

import pytest

from commscli import __version__

HEAVY = (
    "cryptography",
    "email.message",
    "git",
    "holidays",
    "jinja2",
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

IMPORTED = re.compile(r"^import time:\s+\d+ \|\s+\d+ \|\s+(?P<module>\S+)$", re.MULTILINE)

COMPLETION = {
    "_COMMS_COMPLETE": "complete_bash",
    "COMP_WORDS": "comms dra",
    "COMP_CWORD": "1",
}


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-X", "importtime", "-c", CONSOLE_SCRIPT, *arguments],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    )


def is_heavy(module: str) -> bool:
    return any(module == heavy or module.startswith(f"{heavy}.") for heavy in HEAVY)


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
    done = run(*arguments, **environment)
    modules = IMPORTED.findall(done.stderr)

    assert printed in done.stdout
    assert "commscli.__main__" in modules, "the import times were not read"
    assert sorted(set(filter(is_heavy, modules)) - tolerated) == []
