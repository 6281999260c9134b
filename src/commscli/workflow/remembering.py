"""What this machine made of contents before: for who only looks, and for speed alone.

What a content says is always the same; so each thing is kept under the digest of what it was made
of, and holds for one version of this program. Whoever can write the file can mislead a look, as
with the tips that passed; ``check``, hooks and whatever writes or sends never open it.
"""

import json
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from commscli import __version__
from commscli.ledger.journal import place_file

NAME = "comms-looked.json"
MOST = 64
"""How many things are kept, the ones that were made last."""
OWNERS_ALONE = 0o600


@dataclass(slots=True, kw_only=True)
class Memory:
    """Things by their key, as JSON has them. A damaged file is one without anything in it."""

    file: Path
    known: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> "Memory":
        """Read what is known."""
        found = cls(file=folder / NAME)
        with suppress(OSError, ValueError, AttributeError, TypeError):
            content = json.loads(found.file.read_bytes())
            if content.get("tool") == __version__:
                found.known = dict(content["known"])
        return found

    def keep(self, key: str, value: Any) -> None:
        """Remember a thing. A folder that is not ours to write costs speed."""
        self.known.pop(key, None)
        self.known[key] = value
        self.known = dict(list(self.known.items())[-MOST:])
        with suppress(OSError):
            content = {"tool": __version__, "known": self.known}
            place_file(self.file, json.dumps(content).encode() + b"\n", OWNERS_ALONE)
