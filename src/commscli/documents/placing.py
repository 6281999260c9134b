"""Files of this machine inside a work tree: written whole or not at all, and never elsewhere.

What lies in a work tree is anybody's who may push. A link there can lead to any file of
whoever runs the program, so nothing is written through one.
"""

import os
from pathlib import Path

from commscli.errors import Refused


def require_no_links(root: Path, path: Path) -> None:
    """Refuse a path under a folder, if it or a folder on the way is a symbolic link.

    Raises:
        Refused: naming the link.
    """
    if not path.is_relative_to(root):
        return
    place = root
    for name in path.relative_to(root).parts:
        place /= name
        if place.is_symlink():
            raise Refused(
                f"{place.relative_to(root)} is a symbolic link where comms writes",
                remedy="git log -- that path says who put it there; remove it, then comms check",
                code="link",
            )


def place(root: Path, path: Path, data: bytes) -> None:
    """Write a file under a folder, whole or not at all.

    Raises:
        Refused: if that would write through a link.
        OSError: if it cannot be written.
    """
    part = path.with_name(f".{path.name}.part")
    require_no_links(root, path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
