"""Where shipped templates, playbooks and pages are: in the wheel, or in the checkout."""

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal

Kind = Literal["templates", "playbooks", "rules", "warnings"]
_IN_CHECKOUT = {
    "templates": "templates",
    "playbooks": "playbooks",
    "rules": "docs/rules",
    "warnings": "docs/warnings",
}


def shipped(kind: Kind) -> dict[str, bytes]:
    """Return the shipped files of a kind by their relative path, with ``/``, sorted.

    Raises:
        FileNotFoundError: if this installation lacks them, which is a bug of the package.
    """
    found = dict(_walk(_folder(kind), ""))
    if not found:
        raise FileNotFoundError(f"this installation of comms has no {kind}")
    return dict(sorted(found.items()))


def _folder(kind: Kind) -> Traversable:
    packaged = files("commscli").joinpath("library", kind)
    if packaged.is_dir():
        return packaged
    return Path(__file__).parents[3].joinpath(_IN_CHECKOUT[kind])


def _walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    if not folder.is_dir():
        return
    for entry in folder.iterdir():
        if entry.name.startswith((".", "__")):
            continue
        if entry.is_dir():
            yield from _walk(entry, f"{prefix}{entry.name}/")
        else:
            yield f"{prefix}{entry.name}", entry.read_bytes()
