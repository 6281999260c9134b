"""Why ``ssh-keygen`` did not sign, in words that name the next command.

It says it in English on standard error (we run it with ``LC_ALL=C``) and has one exit
status for everything. What it does not say, whether an agent is there at all, we look up.
"""

import os
import shlex
import socket
from dataclasses import dataclass
from pathlib import Path

from commscli.domain.keys import PublicKey
from commscli.errors import NotEntitled

_UNREADABLE = ("No private key found", "Couldn't load public key")
_MOST_SHOWN = 200  # characters of a complaint that we do not know


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One finished run of ssh-keygen. ``seconds`` is set when it was stopped for its delay."""

    status: int
    output: bytes
    complaint: str
    seconds: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cause:
    """A complaint that we know. In text and remedy ``{file}`` is the key as a shell reads it."""

    words: str
    code: str
    text: str
    remedy: str


_CAUSES = (
    _Cause(
        words="are too open",
        code="key-permissions",
        text="other users may read the private key {file}, so ssh-keygen does not use it",
        remedy="`chmod 600 {file}`",
    ),
    _Cause(
        words="incorrect passphrase",
        code="key-locked",
        text="the key {file} is locked, and neither an agent nor a passphrase unlocked it",
        remedy="`ssh-add {file}`",
    ),
    _Cause(
        words="doesn't match private",
        code="key-mismatch",
        text="the .pub file beside {file} belongs to another key",
        remedy="`ssh-keygen -y -f {file} > {file}.pub`",
    ),
    _Cause(
        words="device not found",
        code="token",
        text="the security key of {file} is not plugged in",
        remedy="plug it in and run this again",
    ),
    _Cause(
        words="agent refused operation",
        code="agent",
        text="the ssh-agent refused to sign with {file}",
        remedy="plug the token in, confirm when the agent asks, or `ssh-add` the key again",
    ),
)


def explained(attempt: Attempt, *, key: PublicKey | None, private: Path | None) -> NotEntitled:
    """Turn a failed attempt into an error with a code and a remedy."""
    file = str(key) if private is None else shlex.quote(str(private))
    if attempt.seconds:
        return _too_slow(file, attempt.seconds)
    for cause in _CAUSES:
        if cause.words in attempt.complaint:
            return _known(cause, file)
    if private is None:
        return _not_in_agent(file)
    if any(words in attempt.complaint for words in _UNREADABLE):
        return NotEntitled(
            f"{file} does not hold a private key that ssh-keygen can read",
            code="bad-key",
            remedy=f"`ssh-keygen -y -f {file}` says what is wrong with it",
        )
    return NotEntitled(
        f"ssh-keygen did not sign with {file}: {_shown(attempt.complaint)}",
        code="ssh-keygen",
        remedy="`ssh-keygen -Y sign` needs OpenSSH 8.2 or newer; `ssh -V` prints the version",
    )


def _known(cause: _Cause, file: str) -> NotEntitled:
    remedy = cause.remedy.format(file=file)
    if cause.code == "key-locked" and _agent_silence():
        remedy = f'`eval "$(ssh-agent)"` and {remedy}'
    return NotEntitled(cause.text.format(file=file), code=cause.code, remedy=remedy)


def _too_slow(file: str, seconds: float) -> NotEntitled:
    return NotEntitled(
        f"nothing signed with {file} in {seconds:g} seconds: it may wait for a touch, a"
        " confirmation or an ssh-agent that hangs",
        code="timeout",
        remedy="run this where you can answer, or use a key that signs without you",
    )


def _not_in_agent(key: str) -> NotEntitled:
    silence = _agent_silence()
    if silence:
        return NotEntitled(
            f"only the public half of {key} is here, and {silence}",
            code="agent",
            remedy='start an agent with `eval "$(ssh-agent)"` and `ssh-add` the private key',
        )
    return NotEntitled(
        f"only the public half of {key} is here, and the ssh-agent does not hold the other",
        code="agent",
        remedy="`ssh-add` the private key; `ssh-add -l` lists what the agent holds",
    )


def _agent_silence() -> str:
    """Say why no agent answers, or ``""`` where one accepts a connection."""
    place = os.environ.get("SSH_AUTH_SOCK")
    if not place:
        return "no ssh-agent is running (SSH_AUTH_SOCK is not set)"
    try:
        with socket.socket(socket.AF_UNIX) as agent:
            agent.settimeout(1)
            agent.connect(place)
    except OSError:
        return f"no ssh-agent answers at {place}"
    return ""


def _shown(complaint: str) -> str:
    """Take the last line, without what could speak to a terminal: it may quote a comment."""
    last = complaint.strip().rpartition("\n")[2]
    return "".join(char if char.isprintable() else "?" for char in last)[:_MOST_SHOWN]
