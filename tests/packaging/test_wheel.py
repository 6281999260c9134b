"""The wheel is what people install: it carries the library, no tests, and runs on its own.

Nothing here reaches a network. hatchling builds with the packages that are already installed,
and the clean environment borrows the dependencies from them: a ``.pth`` line puts this
environment's site-packages behind its own. A line in a ``.pth`` file does not make Python read
the ``.pth`` files of that folder, so the editable install of ``comms`` stays out of sight and
what runs is what the wheel brought; one test says so.
"""

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from commscli import __version__

ROOT = Path(__file__).resolve().parents[2]

SHIPPED = {
    "templates": "commscli/library/templates",
    "playbooks": "commscli/library/playbooks",
    "docs/rules": "commscli/library/rules",
    "docs/warnings": "commscli/library/warnings",
}


def run(*command: str | Path, cwd: Path) -> str:
    """Run with nothing inherited but the way to ``git`` and ``ssh-keygen``; return stdout."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env={"PATH": os.environ["PATH"], "HOME": str(cwd), "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def members(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ``bin`` folder of a clean environment with the wheel in it."""
    folder = tmp_path_factory.mktemp("clean environment")
    run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder)
    python = folder / "bin" / "python"
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    own = Path(run(python, "-c", ask, cwd=folder).strip())
    borrowed = dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib"))
    (own / "borrowed.pth").write_text("\n".join(borrowed) + "\n", encoding="utf-8")
    run(python, "-m", "installer", wheel, cwd=folder)
    return folder / "bin"


def files(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.mark.parametrize("source", SHIPPED)
def test_the_shipped_library_is_inside(source: str, members: set[str]) -> None:
    expected = {f"{SHIPPED[source]}/{name}" for name in files(ROOT / source)}
    found = {name for name in members if name.startswith(f"{SHIPPED[source]}/")}

    assert expected
    assert found == expected


def test_every_module_is_inside(members: set[str]) -> None:
    modules = {f"commscli/{name}" for name in files(ROOT / "src" / "commscli")}

    assert modules - members == set()


def test_nothing_else_is_inside(members: set[str]) -> None:
    information = f"commscli-{__version__}.dist-info"

    assert {name.split("/")[0] for name in members} == {"commscli", information}
    assert f"{information}/licenses/LICENSE" in members
    assert [
        name
        for name in members
        if {"tests", "bench", "conftest.py"} & set(name.split("/")) or "/test_" in name
    ] == []


def test_the_clean_environment_runs_the_wheel(environment: Path, tmp_path: Path) -> None:
    ask = "import commscli; print(commscli.__file__)"
    place = Path(run(environment / "python", "-I", "-c", ask, cwd=tmp_path).strip())

    assert environment.parent in place.parents


def test_version_from_an_empty_folder(environment: Path, tmp_path: Path) -> None:
    """Needs: ``comms --version``."""
    assert __version__ in run(environment / "comms", "--version", cwd=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_shipped_templates_are_found_from_an_empty_folder(
    environment: Path, tmp_path: Path
) -> None:
    """Needs: ``comms template list``, which outside a repository lists the shipped templates."""
    listed = run(environment / "comms", "template", "list", cwd=tmp_path)

    assert [path.stem for path in (ROOT / "templates").rglob("*.md") if path.stem in listed]
    assert str(ROOT) not in listed
    assert list(tmp_path.iterdir()) == []
