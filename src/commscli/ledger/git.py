"""The one door to git.

Everything that git does for this program goes through here, by GitPython, with an argument
list, a cleared environment and a time limit. GitPython hands on the environment of its
caller, so that is cleaned once, when this module loads: of the ``GIT_*`` variables only the
quarantine of a receiving hook survives (its objects are not in the repository yet), and the
user's own way to the network is kept aside for fetch and push.
"""

import os
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from subprocess import PIPE, Popen, TimeoutExpired
from threading import Thread
from typing import IO, cast

QUARANTINE = ("GIT_QUARANTINE_PATH", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES")
NETWORK = ("GIT_SSH", "GIT_SSH_COMMAND", "GIT_ASKPASS", "GIT_HTTP_PROXY_AUTHMETHOD")
LOCAL_SECONDS = 60.0


def _take_environment() -> tuple[dict[str, str], dict[str, str]]:
    """Remove every ``GIT_*`` variable of the caller; return the two sets that are put to use."""
    found = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("GIT_")}
    quarantined = "GIT_QUARANTINE_PATH" in found
    quarantine = {n: v for n, v in found.items() if n in QUARANTINE and quarantined}
    return quarantine, {n: v for n, v in found.items() if n in NETWORK}


_quarantine, _network = _take_environment()
os.environ["GIT_PYTHON_REFRESH"] = "quiet"  # a missing git is our error to tell, not an ImportError
os.environ["GIT_PYTHON_GIT_EXECUTABLE"] = os.devnull  # else it asks git for its version, twice
from git.cmd import Git as _Git  # noqa: E402 - GitPython may only load in the cleaned environment
from git.exc import GitCommandNotFound  # noqa: E402 - as above

from commscli.errors import BadInput, CommsError  # noqa: E402 - as above

del os.environ["GIT_PYTHON_REFRESH"], os.environ["GIT_PYTHON_GIT_EXECUTABLE"]

HERMETIC: Mapping[str, str] = {
    "LC_ALL": "C",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,  # nothing of the user's may colour what is read
    "GIT_NO_REPLACE_OBJECTS": "1",  # a replace ref shows another object under a good name
    "GIT_GRAFT_FILE": os.devnull,  # a graft hides parents, and replace-blindness does not help
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_LAZY_FETCH": "1",  # a promisor remote names a program; older gits need the next line
    "GIT_ALLOW_PROTOCOL": "none",  # so that not even a missing object goes to the network
    "GIT_ALLOC_LIMIT": "1g",  # a few bytes of a pack can tell git to make any number of them
}
QUIET_CONFIG = (
    *("-c", "core.hooksPath=/dev/null"),  # update-ref runs reference-transaction hooks
    *("-c", "core.fsmonitor=false"),  # names a program
    *("-c", "core.commitGraph=false"),  # a poisoned graph cuts history
    *("-c", "gc.auto=0"),
    *("-c", "maintenance.auto=false"),
    *("-c", "advice.graftFileDeprecated=false"),  # git hints at our own empty graft file
)


class GitFailed(CommsError):
    """Git said no. ``said`` is its own words."""

    code = "git"

    def __init__(self, argv: Sequence[str], status: int, said: str) -> None:
        super().__init__(
            f"git {_verb(argv)} failed ({status}): {said.strip() or 'no reason given'}"
        )
        self.status = status
        self.said = said


class GitTimeout(GitFailed):
    """Git did not come back in time."""

    code = "git-timeout"


def _verb(argv: Sequence[str]) -> str:
    words = iter(argv)
    for word in words:
        if word == "-c":
            next(words, None)
        elif not word.startswith("-"):
            return word
    return ""


def start(
    argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], own_session: bool = False
) -> Popen[bytes]:
    """Start git with pipes for all three streams and return the process.

    Raises:
        BadInput: if there is no git on this machine.
    """
    git = _Git(str(cwd))
    try:
        process = git.execute(
            ["git", *argv],
            istream=PIPE,
            as_process=True,
            env=dict(env),
            start_new_session=own_session,
        )
    except GitCommandNotFound:
        raise BadInput(
            "git is not installed, or not on the PATH",
            remedy="install git 2.34 or newer",
            code="no-git",
        ) from None
    popen = cast("Popen[bytes]", process.proc)
    process.proc = None  # the process is ours to end
    return popen


def run(
    argv: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str] = HERMETIC,
    stdin: bytes = b"",
    seconds: float = LOCAL_SECONDS,
) -> bytes:
    """Run git to its end and return what it printed.

    Raises:
        GitFailed: if it fails, `GitTimeout` if it takes longer than ``seconds``.
    """
    process = start([*QUIET_CONFIG, *argv], cwd=cwd, env=env, own_session=True)
    try:
        out, err = process.communicate(stdin, timeout=seconds)
    except TimeoutExpired:
        _end(process)
        raise GitTimeout(argv, -1, f"no answer within {seconds:.0f} seconds") from None
    except BaseException:
        _end(process)
        raise
    if process.returncode != 0:
        raise GitFailed(argv, process.returncode, err.decode(errors="replace"))
    return out


def _end(process: Popen[bytes]) -> None:
    """End git and the transports that it started (they share its session)."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def quarantine() -> Mapping[str, str]:
    """Return the object directories that a receiving hook was given, or nothing."""
    return _quarantine


def network_environment(*, interactive: bool) -> dict[str, str]:
    """Return the environment for fetch and push: the user's own configuration and transports."""
    env = {"LC_ALL": "C", **_network}
    if not interactive:
        env["GIT_TERMINAL_PROMPT"] = "0"
        env.setdefault("GIT_SSH_COMMAND", "ssh -o BatchMode=yes")
    return env


def pipes(process: Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    """Return where to write to git and where to read from it.

    What it complains about is passed over: unread, it would keep git waiting once it is long.
    """
    if process.stdin is None or process.stdout is None:
        raise BadInput("git was started without pipes")
    if process.stderr is not None:
        Thread(target=_pass_over, args=(process.stderr,), daemon=True).start()
        process.stderr = None  # the thread's alone, and it ends with git
    return process.stdin, process.stdout


def _pass_over(said: IO[bytes]) -> None:
    with said:
        while said.read(65536):
            pass
