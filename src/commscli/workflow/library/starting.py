"""A scenario of one's own, begun as a copy of one that was thought through."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from commscli.compose.choose import BASE
from commscli.documents.models.playbook import Playbook
from commscli.documents.placing import place
from commscli.documents.validate import read_document
from commscli.domain.ids import is_folder, slug
from commscli.errors import BadInput, Refused
from commscli.workflow.library.checking_playbooks import read_playbook
from commscli.workflow.library.shelf import Shelf

_TITLE = re.compile(r"^title:.*$", re.MULTILINE)
_TEMPLATES = re.compile(r"^templates:.*$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A new playbook and the files that were written for it, none of them committed yet."""

    id: str
    origin: str
    files: tuple[str, ...]


def start_playbook(shelf: Shelf, id_: str, *, origin: str, title: str = "") -> Started:
    """Write a playbook and its templates as copies, in the work tree.

    Raises:
        BadInput: if the id cannot be one, there is no such origin, or no work tree.
        Refused: if there is a playbook or a folder of templates of this id already.
    """
    if not is_folder(id_) or id_ == BASE:
        raise BadInput(
            f"{id_!r} cannot be the id of a playbook: expected small letters, digits and hyphens",
            remedy=f"another id, such as {slug(id_) or 'checkout-outage'}",
            code="bad-id",
        )
    root = _work_tree(shelf)
    _, book = read_playbook(shelf, origin)
    if f"playbooks/{id_}.yaml" in shelf.files or _below(shelf, id_):
        raise Refused(
            f"there is a playbook, or a folder of templates, called {id_} already",
            remedy=f"comms playbook show {id_}; or choose another id",
            code="playbook-exists",
        )
    files = _copies(shelf, book, id_)
    said = title or id_.replace("-", " ").capitalize()
    text = _TITLE.sub(lambda _: f"title: {json.dumps(said, ensure_ascii=False)}",
                      shelf.playbooks[origin], count=1)  # fmt: skip
    if files:
        text = _TEMPLATES.sub(f"templates: {id_}", text, count=1)
    files = {f"playbooks/{id_}.yaml": text, **files}
    read_document(Playbook, text.encode(), path=f"playbooks/{id_}.yaml")
    for path, copied in files.items():
        place(root, root / path, copied.encode())
    return Started(id=id_, origin=origin, files=tuple(files))


def _work_tree(shelf: Shelf) -> Path:
    if shelf.repository is None or shelf.repository.work_tree is None:
        raise BadInput(
            "there is no repository here to write a playbook into",
            remedy="comms init, or -C DIR",
            code="no-repository",
        )
    return shelf.repository.work_tree


def _below(shelf: Shelf, folder: str) -> list[str]:
    return [name for name in shelf.templates if name.startswith(f"{folder}/")]


def _copies(shelf: Shelf, book: Playbook, id_: str) -> dict[str, str]:
    """Return copies of what the origin overrides; they name each other under the new folder."""
    if book.templates == BASE:
        return {}
    return {
        f"templates/{id_}/{name.partition('/')[2]}.md": shelf.templates[name].replace(
            f'"{book.templates}/', f'"{id_}/'
        )
        for name in _below(shelf, book.templates)
    }
