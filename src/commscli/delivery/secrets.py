"""Secrets, by name: what they are, only the configuration of whoever sends says.

``git config --global comms.secret.NAME.from env:VARIABLE`` (or ``file:PATH``), and
``comms.secret.NAME.host`` for the hosts that it may go to. A repository's own configuration is
not asked: it would name what is to be read on somebody else's machine.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from commscli.errors import MissingSecret

MOST = 16 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """Where secrets are looked for: git's configuration but for the repository's own."""

    settings: Mapping[str, str]
    environ: Mapping[str, str]

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
                remedy=f"git config --global {key}.from env:VARIABLE (or file:PATH)",
            )
        if host:
            self._require_host(name, key, host)
        return self._read(name, source)

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
        if kind == "env" and self.environ.get(where):
            return self.environ[where]
        if kind == "file":
            try:
                return Path(where).expanduser().read_bytes()[:MOST].decode().rstrip("\r\n")
            except (OSError, UnicodeDecodeError):
                pass
        raise MissingSecret(
            f"the secret {name} is not to be had from {source}",
            remedy="env:VARIABLE must be set, file:PATH must be there",
        )
