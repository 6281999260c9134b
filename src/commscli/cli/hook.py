"""``comms hook install`` and ``comms hook run``: the check where commits and pushes happen."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commscli.cli.app import group, state
from commscli.cli.exits import Exit
from commscli.errors import BadInput, CommsError, Undecided

if TYPE_CHECKING:
    from commscli.cli.state import State
    from commscli.workflow.hooks.refusing import Hook, Judged

hooks = group("hook", "The check where commits and pushes happen.", "Peace time")
_MOST = 16 * 1024 * 1024
"""Bytes that git says of a push; what is longer is refused, for nothing may stand behind it."""
_NAMES = ("pre-commit", "pre-push", "pre-receive")


@hooks.command("install")
def hook_install(
    names: Annotated[list[str], typer.Argument(metavar="[HOOK]...")] = [],  # noqa: B006 - typer's form
    force: Annotated[
        bool, typer.Option("--force", help="Keep a hook that is there, and run both.")
    ] = False,
    pin: Annotated[str, typer.Option(metavar="FILE", help="The pin to keep beside them.")] = "",
    trunk: Annotated[
        str, typer.Option(metavar="BRANCH", help="Never rewritten (default: HEAD's).")
    ] = "",
    remove: Annotated[
        bool, typer.Option("--uninstall", help="Take them out; put back what was there.")
    ] = False,
) -> None:
    """Install the hooks of a clone, or of a bare repository.

    By default pre-commit and pre-push in a clone, pre-receive in a bare repository.
    """
    from commscli.ledger.repository import discover  # noqa: PLC0415 - lazy
    from commscli.render.hook_text import (  # noqa: PLC0415 - lazy
        hooked_document,
        hooked_paths,
        hooked_text,
    )
    from commscli.workflow.hooks.hooking import defaults, install, uninstall  # noqa: PLC0415 - lazy
    from commscli.workflow.hooks.refusing import Hook  # noqa: PLC0415 - lazy

    run = state.current
    wanted = [_hook(name) for name in names]
    repository = discover(run.folder.absolute())
    if remove:
        hooked = uninstall(repository, wanted)
    else:
        receives = Hook.PRE_RECEIVE in (wanted or defaults(repository))
        file = _pin_file(run, pin or (os.environ.get("COMMS_PIN", "") if receives else ""))
        hooked = install(repository, wanted, force=force, pin=file, trunk=trunk)
    run.answer(lambda: hooked_document(hooked), lambda: hooked_paths(hooked))
    run.tell(hooked_text(hooked))


def _hook(name: str) -> "Hook":
    from commscli.workflow.hooks.refusing import Hook  # noqa: PLC0415 - lazy

    if name not in _NAMES:
        raise BadInput(f"{name!r} is no hook of ours: {', '.join(_NAMES)}", code="usage")
    return Hook(name)


def _pin_file(run: "State", named: str) -> Path | None:
    """Return the pin that the user names, from where they are."""
    return (run.folder.absolute() / Path(named).expanduser()) if named else None


@hooks.command("run")
def hook_run(
    name: Annotated[str, typer.Argument(metavar="HOOK")],
    given: Annotated[list[str], typer.Argument(metavar="[ARGUMENT]...")] = [],  # noqa: B006 - typer's form
    pin: Annotated[str, typer.Option(metavar="FILE", help="The pin to hold it against.")] = "",
    trunk: Annotated[str, typer.Option(metavar="BRANCH", help="Never rewritten.")] = "",
    beside: Annotated[
        Path | None, typer.Option("--hooks", metavar="DIR", help="Where the pin is kept.")
    ] = None,
) -> None:
    """Judge what git asks its hook about.

    What git says to its hook is read from stdin.
    """
    # Git names the index that it commits in its environment, which is cleaned when git is loaded.
    index = os.environ.get("GIT_INDEX_FILE", "")
    from commscli.render.hook_text import judged_document, judged_text  # noqa: PLC0415 - lazy
    from commscli.workflow.hooks.refusing import Judged, of_failure  # noqa: PLC0415 - lazy

    run, hook = state.current, _hook(name)
    run.pin = pin or _pin_beside(beside) or run.pin
    try:
        judged = _judged(run, hook, given, index=index, trunk=trunk, beside=beside)
    except CommsError as fault:
        judged = Judged(hook=hook, refusals=(of_failure(fault),))
    if run.as_json:
        run.answer(lambda: judged_document(judged), str)
    sys.stderr.write(judged_text(judged))
    run.exit_code = {"pass": Exit.DONE, "refused": Exit.REFUSED}.get(judged.outcome, Exit.UNDECIDED)


def _pin_beside(folder: Path | None) -> str:
    from commscli.workflow.hooks.hooking import PIN  # noqa: PLC0415 - lazy

    return str(folder / PIN) if folder is not None and (folder / PIN).exists() else ""


def _judged(
    run: "State", hook: "Hook", given: list[str], *, index: str, trunk: str, beside: Path | None
) -> "Judged":
    from commscli.workflow.hooks.refusing import Hook  # noqa: PLC0415 - lazy

    if hook is Hook.PRE_COMMIT:
        from commscli.ledger.repository import discover  # noqa: PLC0415 - lazy
        from commscli.workflow.hooks.committing import judge_staged  # noqa: PLC0415 - lazy

        folder = run.folder.absolute()
        return judge_staged(discover(folder), folder / index if index else None)
    said = _said()
    if hook is Hook.PRE_PUSH:
        from commscli.workflow.hooks.pushing import judge_push, updates_of  # noqa: PLC0415 - lazy

        session = run.session()
        updates, remote = updates_of(session.repository, said, given, os.environ)
        return judge_push(session, updates, remote)
    return _received(run, said, trunk=trunk, beside=beside)


def _said() -> bytes:
    """Return what git says to its hook, all of it.

    Raises:
        Undecided: if it is longer than any list of refs that people push.
    """
    said = sys.stdin.buffer.read(_MOST + 1)
    if len(said) > _MOST:
        raise Undecided(
            f"git lists more than {_MOST // 1024 // 1024} MiB of refs to its hook",
            remedy="push fewer refs at a time, with shorter names",
            code="too-large",
        )
    return said


def _received(run: "State", said: bytes, *, trunk: str, beside: Path | None) -> "Judged":
    """Judge what anybody may have sent, in less time and room than a check by hand may take."""
    from commscli.cli.limits import MEGABYTES, SECONDS, limited  # noqa: PLC0415 - lazy
    from commscli.ledger.repository import discover  # noqa: PLC0415 - lazy
    from commscli.workflow.hooks.receiving import receive, seconds_of  # noqa: PLC0415 - lazy

    limits = {
        SECONDS: seconds_of(discover(run.folder.absolute())) or os.environ.get(SECONDS, "120"),
        MEGABYTES: os.environ.get(MEGABYTES, "2048"),
    }
    with limited(limits):
        return receive(run.circumstances(), said, trunk=trunk, beside=beside)
