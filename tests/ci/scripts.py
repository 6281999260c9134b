"""The scripts of an action or a workflow, run as a runner runs them: bash, files, variables."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.support.repos import ENVIRONMENT

ROOT = Path(__file__).resolve().parents[2]
COMMS = Path(sys.executable).with_name("comms")
_EXPRESSION = re.compile(r"\$\{\{ ([a-z-]+)\.([\w.-]+) \}\}")

# What stands for Python on the runner: it makes an environment with this comms in it, keeps
# what pip is asked for, and is the real one for everything else.
_PYTHON = """\
#!/bin/sh
echo "$@" >> '{log}'
case "$2 $3" in
"-m venv")
  mkdir -p "$4/bin"
  ln -sf "$0" "$4/bin/python"
  ln -sf '{comms}' "$4/bin/comms"
  ;;
"-m pip") ;;
*) exec '{python}' "$@" ;;
esac
"""


def document(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """One script that ended."""

    status: int
    output: str


@dataclass(slots=True)
class Runner:
    """A machine of a forge: a workspace, a folder for temporary files, and files to answer in."""

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("workspace", "temp", "bin", "home"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        python = self.folder / "bin" / "python3"
        python.write_text(_PYTHON.format(log=self.log, comms=COMMS, python=sys.executable))
        python.chmod(0o755)
        self.log.touch()
        self.output.touch()
        self.summary.touch()

    @property
    def workspace(self) -> Path:
        return self.folder / "workspace"

    @property
    def log(self) -> Path:
        """What Python was asked for."""
        return self.folder / "python.log"

    @property
    def output(self) -> Path:
        return self.folder / "output"

    @property
    def summary(self) -> Path:
        return self.folder / "summary.md"

    def environment(self, **more: str) -> dict[str, str]:
        found = {n: v for n, v in ENVIRONMENT.items() if n.startswith(("GIT_CONFIG", "LC_"))}
        return {
            **found,
            "PATH": f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.folder / "home"),
            "CI": "true",
            **self.variables,
            **more,
        }

    def bash(self, script: str, **more: str) -> Ran:
        """Run a script as GitHub's runner runs one with ``shell: bash``."""
        path = self.folder / "script.sh"
        path.write_text(script, encoding="utf-8")
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(path)], cwd=self.workspace,
            env=self.environment(**more), capture_output=True, check=False, timeout=120,
        )  # fmt: skip
        text = (done.stdout + done.stderr).decode("utf-8", "backslashreplace")
        return Ran(status=done.returncode, output=text)


def resolved(text: str, known: Mapping[str, str]) -> str:
    """Put values in place of expressions; whatever is not just a name is no expression of ours."""
    assert "${{" not in _EXPRESSION.sub("", text), text
    return _EXPRESSION.sub(lambda match: known[f"{match[1]}.{match[2]}"], text)


def outputs(path: Path) -> dict[str, str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines)
