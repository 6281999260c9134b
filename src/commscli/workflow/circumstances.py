"""What a command knows before it looks at anything: who runs it, where, when, and how."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """One run. ``now`` is read once; ``interactive`` says that a person can be asked."""

    folder: Path
    now: datetime
    key: str = ""
    pin: str = ""
    incident: str = ""
    offline: bool = False
    interactive: bool = False
    recipients: tuple[Path, ...] = ()
    environ: Mapping[str, str]
