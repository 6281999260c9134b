"""What a verifier keeps outside every repository: pins, and the tips it has seen."""

import json
import os
import re
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path

from commscli.domain.history import Pin
from commscli.domain.ids import CommitId, Digest, is_digest
from commscli.errors import BadInput, Place, Problem
from commscli.ledger import line_grammar
from commscli.ledger.journal import place_file
from commscli.ledger.line_grammar import GrammarFault
from commscli.ledger.repository import Repository

SCHEMA = "comms/pin@1"
LONGEST = 64
"""How long the name of a repository may be for its pin to be called like it."""
_COMMIT = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")
_FITS: Mapping[str, Callable[[object], bool]] = {
    "schema": lambda value: value == SCHEMA,
    "repository": lambda value: isinstance(value, str) and value != "",
    "genesis": is_digest,
    "trust": lambda value: value == "" or is_digest(value),
    "checkpoint": lambda value: (
        value == "" or (isinstance(value, str) and _COMMIT.fullmatch(value) is not None)
    ),
}
_KEYS = list(_FITS)


def write(pin: Pin) -> bytes:
    """Return a pin as the small file to keep outside."""
    return line_grammar.write({
        "schema": SCHEMA,
        "repository": pin.repository,
        "genesis": pin.genesis,
        "trust": pin.trust or "",
        "checkpoint": pin.checkpoint or "",
    })  # fmt: skip


def read(path: Path) -> Pin:
    """Return the pin in a file.

    Raises:
        BadInput: if there is none.
    """
    try:
        pairs = line_grammar.read(path.read_bytes())
    except FileNotFoundError:
        raise BadInput(f"there is no pin at {path}", remedy="comms trust pin > FILE") from None
    except GrammarFault as fault:
        raise _no_pin(path, str(fault), fault.line) from None
    except IsADirectoryError:
        raise _no_pin(path, "it is a folder", None) from None
    if list(pairs) != _KEYS or not all(_FITS[key](value) for key, value in pairs.items()):
        raise _no_pin(path, f"expected schema {SCHEMA} and {' '.join(_KEYS[1:])}", 1)
    return Pin(
        repository=pairs["repository"],
        genesis=Digest(pairs["genesis"]),
        trust=Digest(pairs["trust"]) if pairs["trust"] else None,
        checkpoint=CommitId(pairs["checkpoint"]) if pairs["checkpoint"] else None,
        source=str(path),
    )


def _no_pin(path: Path, why: str, line: int | None) -> BadInput:
    place = Place(path=str(path), line=line)
    return BadInput(
        f"{path} is no pin",
        remedy="ask somebody you trust for theirs: comms trust pin",
        problems=[Problem(text=why, place=place)],
        code="bad-pin",
    )


def _folder(variable: str, fallback: str, environ: Mapping[str, str]) -> Path:
    base = environ.get(variable) or str(Path(environ.get("HOME", "~")).expanduser() / fallback)
    return Path(base) / "comms"


def stored(repository_id: str, environ: Mapping[str, str] = os.environ) -> Path:
    """Return where this user's pin of a repository lies."""
    name = sha256(repository_id.encode()).hexdigest()[:32]
    plain = len(repository_id) <= LONGEST and repository_id.replace("-", "").isalnum()
    safe = repository_id if plain else name
    return _folder("XDG_CONFIG_HOME", ".config", environ) / "pins" / f"{safe}.pin"


def all_stored(environ: Mapping[str, str] = os.environ) -> list[Path]:
    """Return where this user's pins of all repositories lie."""
    return sorted((_folder("XDG_CONFIG_HOME", ".config", environ) / "pins").glob("*.pin"))


def store(pin: Pin, environ: Mapping[str, str] = os.environ) -> Path:
    """Keep a pin for this user; return where."""
    path = stored(pin.repository, environ)
    place_file(path, write(pin))
    return path


def state_of(repository: Repository, environ: Mapping[str, str] = os.environ) -> Path:
    """Return the folder where this user's machine keeps what it knows of one clone."""
    name = sha256(str(repository.common_dir).encode()).hexdigest()[:32]
    return _folder("XDG_STATE_HOME", ".local/state", environ) / "clones" / name


def _tips_file(repository: Repository, environ: Mapping[str, str]) -> Path:
    name = sha256(str(repository.common_dir).encode()).hexdigest()[:32]
    return _folder("XDG_STATE_HOME", ".local/state", environ) / "tips" / f"{name}.json"


def remembered_tip(
    repository: Repository, branch: str, environ: Mapping[str, str] = os.environ
) -> CommitId | None:
    """Return the last tip of a branch of this clone that was checked, fetched or pushed."""
    try:
        tips = json.loads(_tips_file(repository, environ).read_text())
    except (OSError, ValueError):
        return None
    found = tips.get(branch) if isinstance(tips, dict) else None
    return CommitId(found) if isinstance(found, str) else None


def remember_tip(
    repository: Repository, branch: str, tip: CommitId, environ: Mapping[str, str] = os.environ
) -> None:
    """Remember that a history up to here has been seen; it can never honestly get shorter."""
    path = _tips_file(repository, environ)
    try:
        tips = json.loads(path.read_text())
    except (OSError, ValueError):
        tips = {}
    place_file(path, json.dumps({**tips, branch: tip}, sort_keys=True).encode())
