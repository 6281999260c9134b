"""Put hooks into a repository, beside what others have put there, and take them out again."""

import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from commscli.errors import BadInput, Refused
from commscli.ledger import git, pins
from commscli.ledger.git import GitFailed
from commscli.ledger.journal import place_file
from commscli.ledger.repository import Repository, set_setting
from commscli.workflow.hooks.hook_script import KEPT, is_ours, script
from commscli.workflow.hooks.refusing import Hook
from commscli.workflow.proof import passed_tips

PIN = "comms-pin"
"""The pin that hooks hold a history against: a file beside them, outside of what is pushed."""
_SHARED = {"global", "system"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """One hook and what was done: installed, renewed, chained, removed, restored, or absent."""

    hook: Hook
    path: Path
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooked:
    """Where the hooks of a repository are now. ``notes`` are what the user should hear."""

    folder: Path
    placed: tuple[Placed, ...]
    pin: Path | None
    notes: tuple[str, ...]


def defaults(repository: Repository) -> tuple[Hook, ...]:
    """Return the hooks that make sense here: of a person's clone, or of the shared repository."""
    own = repository.work_tree is not None
    return (Hook.PRE_COMMIT, Hook.PRE_PUSH) if own else (Hook.PRE_RECEIVE,)


def install(
    repository: Repository, hooks: Sequence[Hook], *, force: bool, pin: Path | None, trunk: str = ""
) -> Hooked:
    """Install hooks; what somebody else has there stays, and runs too, if ``force`` allows it.

    Raises:
        Refused: if somebody else's hook is there; nothing is changed then.
        BadInput: if the pin is none, or the hooks of all repositories are in one folder.
    """
    given = pins.write(pins.read(pin)) if pin is not None else None
    folder, notes = _folder(repository)
    wanted = tuple(dict.fromkeys(hooks)) or defaults(repository)
    _require_free(folder, wanted, force=force)
    if given is not None:
        place_file(folder / PIN, given)
    if trunk:
        set_setting(repository, "comms.trunk", trunk)
    program = _program()
    placed = tuple(_put(folder, hook, program) for hook in wanted)
    kept = folder / PIN
    if Hook.PRE_RECEIVE in wanted:
        notes += _notes_of_receiver(repository, kept, trunk)
    return Hooked(
        folder=folder, placed=placed, pin=kept if kept.exists() else None, notes=tuple(notes)
    )


def uninstall(repository: Repository, hooks: Sequence[Hook]) -> Hooked:
    """Take our hooks out, and put back what was there before them."""
    folder, notes = _folder(repository)
    placed = tuple(_take_out(folder, hook) for hook in dict.fromkeys(hooks) or Hook)
    if not any(_is_ours(folder / hook) for hook in Hook):
        for name in (PIN, passed_tips.NAME):
            (folder / name).unlink(missing_ok=True)
    notes += [f"{p.path} is somebody else's, and stays" for p in placed if p.what == "theirs"]
    kept = folder / PIN
    return Hooked(
        folder=folder, placed=placed, pin=kept if kept.exists() else None, notes=tuple(notes)
    )


# -- where


def _folder(repository: Repository) -> tuple[Path, list[str]]:
    """Return where git looks for hooks: for all work trees of a repository in one place.

    Raises:
        BadInput: if that is the one folder of all repositories of this user.
    """
    words = ("config", "--type=path", "--show-scope", "-z", "--get-all", "core.hooksPath")
    try:
        listed = git.run(words, cwd=repository.home, env={"LC_ALL": "C"})
    except GitFailed:
        listed = b""
    parts = os.fsdecode(listed).split("\0")
    # "command" is what this program itself says, so that no hook acts while it reads.
    said = [(s, p) for s, p in zip(parts[::2], parts[1::2], strict=False) if s != "command"]
    if not said:
        return repository.common_dir / "hooks", []
    scope, path = said[-1]
    folder = (repository.home / path).absolute()
    if scope in _SHARED:
        raise BadInput(
            f"core.hooksPath is {path} for all repositories ({scope}): a hook there would run in "
            "each of them",
            remedy="git config --local core.hooksPath .git/hooks, then again; or call "
            '`comms hook run NAME -- "$@"` from your own hook',
            code="shared-hooks",
        )
    return folder, [f"core.hooksPath is {path}: the hooks are in {folder}"]


def _program() -> list[str]:
    """Return how to start this program again, from any folder and with any PATH."""
    beside = Path(sys.executable).with_name("comms")
    started = shutil.which(sys.argv[0]) if Path(sys.argv[0]).name == "comms" else None
    found = next((p for p in (started, str(beside)) if p and os.access(p, os.X_OK)), None)
    if found:
        return [str(Path(found).absolute())]
    # -P: a hook runs among files of others, and Python would import from there.
    return [sys.executable, "-P", "-m", "commscli"]


# -- what is there


def _is_ours(path: Path) -> bool:
    try:
        return not path.is_symlink() and is_ours(path.read_bytes())
    except OSError:
        return False


def _is_theirs(path: Path) -> bool:
    return (path.exists() or path.is_symlink()) and not _is_ours(path)


def _require_free(folder: Path, hooks: Sequence[Hook], *, force: bool) -> None:
    """Refuse what cannot be done beside what is there, before anything is written."""
    theirs = [folder / hook for hook in hooks if _is_theirs(folder / hook)]
    if theirs and not force:
        raise Refused(
            f"somebody else's hook is there: {', '.join(map(str, theirs))}",
            remedy=f"--force keeps it as NAME{KEPT} and runs both; or call "
            '`comms hook run NAME -- "$@"` from it',
            code="hook-there",
        )
    both = next((path for path in theirs if os.path.lexists(f"{path}{KEPT}")), None)
    if both is not None:
        raise Refused(
            f"{both} and {both}{KEPT} are both somebody else's",
            remedy=f"put together what they do, or remove one: rm {both}{KEPT}",
            code="hook-there",
        )


def _put(folder: Path, hook: Hook, program: Sequence[str]) -> Placed:
    path, kept = folder / hook, folder / f"{hook}{KEPT}"
    what = "renewed" if _is_ours(path) else "installed"
    if _is_theirs(path):
        path.rename(kept)
        what = "chained"
    data = script(hook, program)
    if not (path.exists() and path.read_bytes() == data and os.access(path, os.X_OK)):
        _place_program(path, data)
    return Placed(hook=hook, path=path, what=what)


def _place_program(path: Path, data: bytes) -> None:
    """Put a program in place whole: git never finds one that it may not start."""
    part = path.with_name(f".{path.name}.comms-new")
    place_file(part, data)
    part.chmod(0o755)
    part.replace(path)


def _take_out(folder: Path, hook: Hook) -> Placed:
    path, kept = folder / hook, folder / f"{hook}{KEPT}"
    if _is_theirs(path):
        return Placed(hook=hook, path=path, what="theirs")
    if not path.exists():
        return Placed(hook=hook, path=path, what="absent")
    if kept.exists() or kept.is_symlink():
        kept.replace(path)
        return Placed(hook=hook, path=path, what="restored")
    path.unlink()
    return Placed(hook=hook, path=path, what="removed")


def _notes_of_receiver(repository: Repository, pin: Path, trunk: str) -> list[str]:
    """Say what would refuse every push, before somebody pushes."""
    notes = []
    if not pin.exists():
        notes.append(
            "no pin: every push is refused until there is one. comms trust pin > FILE in a "
            "clone that you trust, then: comms hook install pre-receive --pin FILE"
        )
    head = trunk or repository.config("comms.trunk") or repository.branch() or ""
    name = head.removeprefix("refs/heads/")
    others = repository.run("for-each-ref", "--format=%(refname:short)", "refs/heads/").decode()
    if not name or (others and repository.resolve(f"refs/heads/{name}") is None):
        notes.append(
            f"the trunk is {name or 'not named'}, which is not there: name it, --trunk main, or "
            "git symbolic-ref HEAD refs/heads/main"
        )
    return notes
