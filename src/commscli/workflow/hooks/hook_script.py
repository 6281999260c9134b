"""The small sh scripts that git starts. They find ``comms``, and say no where they cannot."""

import shlex
from collections.abc import Sequence

from commscli.workflow.hooks.refusing import Hook

MARK = "# comms-hook:"
"""The second line of every script that is ours begins with this."""
KEPT = ".before-comms"
"""What is added to the name of a hook that was there before."""

_SCRIPT = """\
#!/bin/sh
{mark} {name}
# Written by `comms hook install`; `comms hook install --uninstall` takes it away again.
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd) || exit 1
theirs=$here/{name}{kept}

own() {{
  if [ -x {program} ]; then
    {command} "$@"
    status=$?
  elif command -v comms >/dev/null 2>&1; then
    comms "$@"
    status=$?
  else
    status=127
  fi
  case $status in
  126 | 127)
    echo "comms is not found, or cannot be started: this {what} is refused." >&2
    echo "  It was {program_shown}," >&2
    echo "  and there is none on the PATH that can." >&2
    echo "next: {mend}" >&2
    ;;
  esac
  return "$status"
}}

{order}
"""

_THEIRS_FIRST = """\
if [ -x "$theirs" ]; then
  "$theirs" "$@" || exit
fi
own hook run {name} --hooks "$here" -- "$@"
"""
_OURS_FIRST = """\
if [ ! -x "$theirs" ]; then
  own hook run {name} --hooks "$here" -- "$@"
  exit
fi
# Both read what git says: it is kept, to the last line feed, and given to each.
said=$(cat; echo .) || exit 1
said=${{said%.}}
printf %s "$said" | own hook run {name} --hooks "$here" -- "$@" || exit
printf %s "$said" | "$theirs" "$@"
"""
_WHAT = {Hook.PRE_COMMIT: "commit", Hook.PRE_PUSH: "push", Hook.PRE_RECEIVE: "push"}
_MEND = {
    Hook.PRE_COMMIT: "install comms again, then: comms hook install",
    Hook.PRE_PUSH: "install comms again, then: comms hook install",
    Hook.PRE_RECEIVE: "ask the admin of this server to install comms, "
    "then: comms hook install pre-receive",
}


def script(hook: Hook, program: Sequence[str]) -> bytes:
    """Return the script of a hook; ``program`` is how this ``comms`` was started.

    A formatter that was there before runs first, since what it stages is what is committed;
    of the others ours does, since theirs may act on what it lets through.
    """
    order = _THEIRS_FIRST if hook is Hook.PRE_COMMIT else _OURS_FIRST
    shown = program[0].replace("\\", "?").replace('"', "?").replace("$", "?").replace("`", "?")
    text = _SCRIPT.format(
        mark=MARK,
        name=hook,
        kept=KEPT,
        program=shlex.quote(program[0]),
        command=shlex.join(program),
        program_shown=shown,
        what=_WHAT[hook],
        mend=_MEND[hook],
        order=order.format(name=hook).rstrip("\n"),
    )
    return text.encode("utf-8", "surrogateescape")


def is_ours(data: bytes) -> bool:
    """Whether a hook's bytes are a script of ours, of this version or another."""
    lines = data.split(b"\n", 2)
    return len(lines) > 1 and lines[1].startswith(MARK.encode())
