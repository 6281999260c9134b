"""Secrets, by name: what they are, only the configuration of whoever sends says.

``git config --global comms.secret.NAME.from env:VARIABLE`` (or ``file:PATH``, ``cmd:COMMAND``,
``keyring:SERVICE/USER``), and ``comms.secret.NAME.host`` for the hosts that it may go to. A
repository's own configuration is not asked: it would name what is to be read, or run, on somebody
else's machine.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from commscli.delivery.secret_commands import printed
from commscli.errors import MissingSecret

MOST = 16 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """Where secrets are looked for: git's configuration but for the repository's own."""

    settings: Mapping[str, str]
    environ: Mapping[str, str]
    _known: dict[str, str] = field(default_factory=dict, repr=False, compare=False)
    """What was asked for once: a command, or a keyring, is not asked for each of a thousand."""

    def get(self, name: str, host: str = "") -> str:
        """Return a secret; with a host, only if it may go there.

        No error contains any of it.

        Raises:
            MissingSecret: if nobody says what it is, or it may not go to that host.
        """
        key = f"comms.secret.{name.lower()}"
        source = self.settings.get(f"{key}.from", "")
        if not source:
            raise MissingSecret(
                f"nothing on this machine says what the secret {name} is",
                remedy=f"git config --global {key}.from env:VARIABLE (or file:, cmd:, keyring:)",
            )
        if host:
            self._require_host(name, key, host)
        if source not in self._known:
            self._known[source] = self._read(name, source)
        return self._known[source]

    def _require_host(self, name: str, key: str, host: str) -> None:
        allowed = self.settings.get(f"{key}.host", "").lower().split()
        if host.lower() not in allowed:
            raise MissingSecret(
                f"the secret {name} may not go to {host}: only to {', '.join(allowed) or 'nobody'}",
                remedy=f"git config --global {key}.host {host}, if it may",
                code="secret-host",
            )

    def _read(self, name: str, source: str) -> str:
        kind, _, where = source.partition(":")
        ways: dict[str, Callable[[str], str | None]] = {
            "env": self.environ.get, "file": _in_file, "keyring": _in_keyring,
            "cmd": lambda command: printed(command, self.environ),
        }  # fmt: skip
        found = ways[kind](where) if kind in ways else None
        if found:
            return found
        shown = "its command" if kind == "cmd" else source  # which may hold more than a name
        raise MissingSecret(
            f"the secret {name} is not to be had from {shown}",
            remedy="env:VARIABLE must be set, file:PATH there, cmd:COMMAND print it, "
            "keyring:SERVICE/USER hold it",
        )


def _in_file(where: str) -> str | None:
    try:
        return Path(where).expanduser().read_bytes()[:MOST].decode().rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        return None


def _in_keyring(where: str) -> str | None:
    service, _, user = where.rpartition("/")
    try:
        import keyring  # noqa: PLC0415 - an extra, and slow to load
        from keyring.errors import KeyringError  # noqa: PLC0415 - as above
    except ImportError:
        raise MissingSecret(
            "keyring: needs an extra that is not installed",
            remedy="pip install 'commscli[keyring]'",
        ) from None
    try:
        return keyring.get_password(service, user)
    except KeyringError:
        return None
