"""A command that prints a secret, as git's credential helpers do: a password manager, as a rule.

Only the user's own configuration names one: `secrets`.
"""

import subprocess
from collections.abc import Mapping

SECONDS = 60.0
"""Long enough to touch a token, or to type a passphrase into a window."""
MOST = 16 * 1024


def printed(command: str, environ: Mapping[str, str]) -> str | None:
    """Run a command by the shell; return the first line that it prints, or nothing if it fails.

    What it says beside that is for whoever sits there, and goes straight to them.
    """
    try:
        done = subprocess.run(
            ["sh", "-c", command],
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            timeout=SECONDS,
            check=False,
        )
        lines = done.stdout[:MOST].decode().splitlines()
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return None
    return lines[0] if done.returncode == 0 and lines else None
