"""Which commits a receiving hook has found good: kept beside the hook, for speed alone.

That a commit passed, held against this pin by this version, stays true whatever becomes of the
push that brought it. With another pin or version, or where the file is damaged, nothing is
taken for granted and the next push is checked whole.
"""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from commscli import __version__
from commscli.ledger import pins
from commscli.ledger.journal import place_file
from commscli.workflow.session import Session

NAME = "comms-passed.json"
_COMMIT = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(slots=True, kw_only=True)
class PassedTips:
    """The last tip of each ref that passed. Without a file nothing is remembered."""

    file: Path | None
    pin: str
    tips: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path | None, pin: Path) -> "PassedTips":
        """Read what is known of tips, held against the pin in a file."""
        found = cls(
            file=folder / NAME if folder is not None else None,
            pin=sha256(pin.read_bytes()).hexdigest(),
        )
        with suppress(OSError, ValueError, AttributeError, TypeError):
            content = json.loads(found.file.read_bytes()) if found.file is not None else {}
            if (content.get("tool"), content.get("pin")) == (__version__, found.pin):
                found.tips = {r: c for r, c in content["tips"].items() if _COMMIT.fullmatch(c)}
        return found

    def knows(self, commit: str | None) -> bool:
        """Whether a commit is known to pass."""
        return commit is not None and commit in self.tips.values()

    def keep(self, tips: Mapping[str, str]) -> None:
        """Remember these tips, and no others. A folder that is not ours to write costs speed."""
        self.tips = dict(tips)
        if self.file is not None:
            content = {"tool": __version__, "pin": self.pin, "tips": self.tips}
            with suppress(OSError):
                text = json.dumps(content, sort_keys=True, indent=1)
                place_file(self.file, text.encode("utf-8", "surrogateescape") + b"\n")


def passed_here(session: Session, pin: Path) -> PassedTips:
    """Return what this user's machine knows of tips of this clone that passed; for looking only."""
    folder = pins.state_of(session.repository, session.circumstances.environ)
    return PassedTips.read(folder, pin)
