"""The one place where failures become words and exit codes.

What a user can mend is a sentence with a place and a next step. What is left is a bug, and
says how to report it.
"""

import os
import sys
from collections.abc import Sequence

import typer

from commscli.cli.arguments import split_globals
from commscli.cli.exits import Exit, exit_code
from commscli.errors import BadInput, CommsError, Interrupted

BUGS = "comms --version and the lines above, to whoever maintains your comms"


def run(argv: Sequence[str]) -> int:
    """Run one command line and return its exit code; nothing else escapes."""
    code = _guarded(argv)
    return _followed() or code if code not in {Exit.BUG, Exit.INTERRUPTED} else code


def _followed() -> int:
    """Do what follows from what was written; return a code only where that is a bug of ours."""
    try:
        from commscli.cli.app import state  # noqa: PLC0415 - inside the boundary
    except OSError:  # nothing ran: the folder is gone
        return 0
    try:
        for session in state.current.sessions:
            if session.made:
                from commscli.cli.telling import tell_turns  # noqa: PLC0415 - where there is something

                tell_turns(state.current, session)
    except (KeyboardInterrupt, BrokenPipeError, OSError) as fault:
        sys.stderr.write(f"note: not everybody was told: {type(fault).__name__}\n")
    except Exception as bug:  # noqa: BLE001 - the last resort: any other failure is our bug
        return _bug(bug, as_json=False)
    return 0


def _guarded(argv: Sequence[str]) -> int:
    front, rest = split_globals(argv)
    as_json = "--json" in front
    try:
        return _run([*front, *rest])
    except CommsError as fault:
        return _fail(fault, as_json=as_json, command=rest)
    except (typer.Abort, KeyboardInterrupt):
        return _fail(Interrupted("interrupted"), as_json=as_json)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except typer.TyperException as fault:
        return _usage(fault, as_json=as_json)
    except OSError as fault:
        return _fail(_machine(fault), as_json=as_json)
    except Exception as bug:  # noqa: BLE001 - the last resort: any other failure is our bug
        return _bug(bug, as_json=as_json)


def _run(argv: Sequence[str]) -> int:
    from commscli.cli.app import app, state  # noqa: PLC0415 - inside the boundary

    state.reset()
    command = typer.main.get_command(app)
    try:
        outcome = command(list(argv), prog_name="comms", standalone_mode=False)
    except typer.Exit as done:
        return int(done.exit_code)
    except SystemExit as end:  # typer ends the program itself when a pipe breaks
        if isinstance(end.__context__, BrokenPipeError):
            raise BrokenPipeError from end
        raise
    if outcome == Exit.INTERRUPTED:  # typer makes a code of a Ctrl-C, and says nothing
        raise KeyboardInterrupt
    return int(outcome or state.current.exit_code)


def _fail(fault: CommsError, *, as_json: bool, command: Sequence[str] = ()) -> int:
    code = exit_code(fault)
    fault.remedy = fault.remedy or _help_for(fault, command)
    if as_json:
        _print_document(fault, code)
    sys.stderr.write(error_text(fault))
    return code


def _help_for(fault: CommsError, command: Sequence[str]) -> str:
    """Return a next step for a failure that names none: no failure leaves anybody alone."""
    if isinstance(fault, Interrupted):
        return ""
    if fault.code == "usage":
        return " ".join(["comms", *command[:1], "--help"])
    return "comms doctor looks at this clone, your key and the remote"


def _print_document(fault: CommsError, code: int) -> None:
    from commscli.render.documents import error_document, written  # noqa: PLC0415 - only here

    sys.stdout.write(written(error_document(fault, code)))


def error_text(fault: CommsError) -> str:
    """Return a failure as a person reads it: what, every place, and what to do next."""
    from commscli.render.escaping import inert, safe  # noqa: PLC0415 - only on failure

    lines = [f"error: {fault.text}"]
    if fault.place and not fault.problems:
        lines.append(f"  at {fault.place}")
    lines += [f"  {problem}" for problem in fault.problems]
    for missing in fault.missing:
        could = ", ".join(missing.could) or "nobody on the roster"
        lines.append(f"  {missing.gate} ({missing.state}): {missing.count} missing, could: {could}")
    if fault.remedy:
        lines.append(f"next: {fault.remedy}")
    return inert(safe("\n".join(lines))) + "\n"


def _usage(fault: Exception, *, as_json: bool) -> int:
    shown = getattr(fault, "format_message", lambda: str(fault))()
    context = getattr(fault, "ctx", None)
    path = context.command_path if context is not None else "comms"
    if type(fault).__name__ == "NoArgsIsHelpError" and not as_json:
        sys.stderr.write(f"{shown}\n")
        return Exit.USAGE
    text = shown.replace("\n", " ") if "Usage:" not in shown else f"{path} needs a command"
    return _fail(BadInput(text, remedy=f"{path} --help", code="usage"), as_json=as_json)


def _machine(fault: OSError) -> CommsError:
    if isinstance(fault, FileNotFoundError) and not fault.filename and not _is_somewhere():
        return BadInput("the folder that you are in is gone", remedy="cd to one that is there")
    where = f"{fault.filename}: " if fault.filename else ""
    return BadInput(
        f"{where}{fault.strerror or fault}",
        remedy="nothing was written; make room or give access, then run it again",
        code="machine",
    )


def _is_somewhere() -> bool:
    try:
        os.getcwd()  # noqa: PTH109 - what is asked is just whether this fails
    except OSError:
        return False
    return True


def _bug(bug: Exception, *, as_json: bool) -> int:
    import traceback  # noqa: PLC0415 - only here

    if as_json:
        shown = CommsError(f"{type(bug).__name__}: {bug}", remedy=BUGS, code="bug")
        _print_document(shown, Exit.BUG)
    if os.environ.get("COMMS_DEBUG"):
        traceback.print_exc()
    else:
        last = traceback.extract_tb(bug.__traceback__)[-1]
        sys.stderr.write(f"bug: {type(bug).__name__}: {bug} ({last.name}, line {last.lineno})\n")
    sys.stderr.write(f"next: please report it: {BUGS}; COMMS_DEBUG=1 shows more\n")
    return Exit.BUG
