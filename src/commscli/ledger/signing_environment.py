"""What ``ssh-keygen`` gets to see of our environment, and whether anybody can answer it.

It reads a passphrase from the terminal, from a program that asks on a screen, or, where
there is neither, from standard input, which is where the data is. So who is there decides.
"""

import os
from pathlib import Path

_KEPT = ("HOME", "TMPDIR", "SSH_AUTH_SOCK", "SSH_SK_PROVIDER")
_ASKING = (
    *("SSH_ASKPASS", "SSH_ASKPASS_REQUIRE", "DISPLAY", "WAYLAND_DISPLAY"),
    *("XAUTHORITY", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"),
)
# DISPLAY is for OpenSSH before 8.4, which asks by a program only where it sees a screen.
# Where there is no /bin/false, starting it fails, which says the same.
_NOBODY_THERE = {
    "SSH_ASKPASS": "/bin/false",
    "SSH_ASKPASS_REQUIRE": "force",
    "DISPLAY": "none",
}


def environment(*, interactive: bool) -> dict[str, str]:
    """Choose the variables for one run; whatever is not named here is left out."""
    chosen = _taken(_KEPT) | {"PATH": search_path(), "LC_ALL": "C"}
    if not interactive:
        return chosen | _NOBODY_THERE
    if _has_terminal() and "SSH_ASKPASS_REQUIRE" not in os.environ:
        return chosen  # with no screen in sight it asks on the terminal
    return chosen | _taken(_ASKING)


def search_path() -> str:
    """Leave relative entries out: they would let the work tree name the program."""
    entries = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return os.pathsep.join(entry for entry in entries if Path(entry).is_absolute())


def somebody_can_answer() -> bool:
    """Whether a question would reach a person rather than read the data as its answer."""
    wish = os.environ.get("SSH_ASKPASS_REQUIRE", "").lower()
    screen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return wish == "force" or (bool(screen) and wish != "never") or _has_terminal()


def _taken(names: tuple[str, ...]) -> dict[str, str]:
    return {name: os.environ[name] for name in names if name in os.environ}


def _has_terminal() -> bool:
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True
