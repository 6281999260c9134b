"""The one place where failures become words and exit codes.

What a user can mend is a sentence with a place and a next step. What is left is a bug, and
says how to report it.
"""

import os
import sys
from collections.abc import Sequence

import typer

from commscli.cli.exits import Exit, exit_code
from commscli.errors import BadInput, CommsError, Interrupted

BUGS = "comms --version and the lines above, to whoever maintains your comms"


def run(argv: Sequence[str]) -> int:
    """Run one command line and return its exit code; nothing else escapes."""
    as_json = "--json" in argv or _format_is_json(argv)
    try:
        return _run(argv)
    except CommsError as fault:
        return _fail(fault, as_json=as_json)
    except typer.Abort:
        return _fail(Interrupted("interrupted"), as_json=as_json)
    except KeyboardInterrupt:
        return _fail(Interrupted("interrupted"), as_json=as_json)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except typer.TyperException as fault:
        return _usage(fault, as_json=as_json)
    except OSError as fault:
        return _fail(_machine(fault), as_json=as_json)
    except Exception as bug:  # noqa: BLE001 - the last resort: any other failure is our bug
        return _bug(bug)


def _run(argv: Sequence[str]) -> int:
    from commscli.cli.app import app, state  # noqa: PLC0415 - inside the boundary
    from commscli.cli.arguments import globals_first  # noqa: PLC0415 - as above

    state.reset()
    command = typer.main.get_command(app)
    try:
        outcome = command(globals_first(argv), prog_name="comms", standalone_mode=False)
    except typer.Exit as done:
        return int(done.exit_code)
    return int(outcome or state.current.exit_code)


def _format_is_json(argv: Sequence[str]) -> bool:
    pairs = zip(argv, argv[1:], strict=False)
    return "--format=json" in argv or ("--format", "json") in pairs


def _fail(fault: CommsError, *, as_json: bool) -> int:
    code = exit_code(fault)
    if as_json:
        import json  # noqa: PLC0415 - only here

        from commscli.render.documents import error_document  # noqa: PLC0415 - as above

        sys.stdout.write(json.dumps(error_document(fault, code), ensure_ascii=False, indent=2))
        sys.stdout.write("\n")
    sys.stderr.write(error_text(fault))
    return code


def error_text(fault: CommsError) -> str:
    """Return a failure as a person reads it: what, every place, and what to do next."""
    from commscli.render.escaping import safe  # noqa: PLC0415 - only on failure

    lines = [f"error: {fault.text}"]
    lines += [f"  {problem}" for problem in fault.problems]
    for missing in fault.missing:
        could = ", ".join(missing.could) or "nobody on the roster"
        lines.append(f"  {missing.gate} ({missing.state}): {missing.count} missing, could: {could}")
    if fault.remedy:
        lines.append(f"next: {fault.remedy}")
    return safe("\n".join(lines)) + "\n"


def _usage(fault: Exception, *, as_json: bool) -> int:
    shown = getattr(fault, "format_message", lambda: str(fault))()
    context = getattr(fault, "ctx", None)
    path = context.command_path if context is not None else "comms"
    if type(fault).__name__ == "NoArgsIsHelpError":
        sys.stderr.write(f"{shown}\n")
        return Exit.USAGE
    return _fail(
        BadInput(shown.replace("\n", " "), remedy=f"{path} --help", code="usage"), as_json=as_json
    )


def _machine(fault: OSError) -> CommsError:
    where = f"{fault.filename}: " if fault.filename else ""
    return BadInput(
        f"{where}{fault.strerror or fault}",
        remedy="nothing was written; make room or give access, then run it again",
        code="machine",
    )


def _bug(bug: Exception) -> int:
    import traceback  # noqa: PLC0415 - only here

    if os.environ.get("COMMS_DEBUG"):
        traceback.print_exc()
    else:
        last = traceback.extract_tb(bug.__traceback__)[-1]
        sys.stderr.write(f"bug: {type(bug).__name__}: {bug} ({last.name}, line {last.lineno})\n")
    sys.stderr.write(f"next: please report it: {BUGS}; COMMS_DEBUG=1 shows more\n")
    return Exit.BUG
