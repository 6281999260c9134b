"""Templates, playbooks and who they are for, as they lie in the folder one works in.

A draft is made of what is committed. Whoever writes a template wants to hear about the file as
it is now, so here the files of the work tree count; in no repository, what is shipped.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from commscli.compose.library import shipped
from commscli.documents.characters import read_text
from commscli.documents.models.audiences import Audience, Audiences
from commscli.documents.models.organisation import Organisation
from commscli.documents.validate import read_document
from commscli.domain.presets import ROLES
from commscli.errors import BadInput
from commscli.ledger.repository import Repository, tip
from commscli.ledger.snapshot import snapshot
from commscli.workflow.circumstances import Circumstances
from commscli.workflow.session import Session
from commscli.workflow.setup.starting_files import starting_files

FOLDERS = ("templates", "playbooks")
SETTINGS = ("comms.yaml", "audiences.yaml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """``templates`` and ``playbooks`` are exact texts by name; ``files`` all that was read.

    ``faults`` are files that are no text. ``repository`` is ``None`` outside of any.
    """

    repository: Repository | None
    files: Mapping[str, bytes]
    templates: Mapping[str, str]
    playbooks: Mapping[str, str]
    organisation: Organisation
    audiences: Mapping[str, Audience]
    faults: tuple[BadInput, ...] = ()
    uncommitted: tuple[str, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which people read times."""
        return ZoneInfo(str(self.organisation.timezone))

    @property
    def roles(self) -> frozenset[str]:
        """The roles of the process, and those that the organisation names."""
        return frozenset({*ROLES, *self.organisation.roles, "admin"})


def open_shelf(circumstances: Circumstances) -> Shelf:
    """Read everything.

    Raises:
        BadInput: if the organisation or its audiences cannot be used.
    """
    repository = _repository(circumstances)
    committed = {} if repository is None else _committed(repository)
    own = committed
    if repository is not None and repository.work_tree is not None:
        own = dict(_in_work_tree(repository.work_tree))
    files = dict(sorted({**_lacking(own), **own}.items()))
    faults: list[BadInput] = []
    organisation = read_document(Organisation, files["comms.yaml"], path="comms.yaml")
    audiences = read_document(Audiences, files["audiences.yaml"], path="audiences.yaml")
    return Shelf(
        repository=repository,
        files=files,
        templates=dict(_texts(files, "templates/", ".md", faults)),
        playbooks={
            name: text
            for name, text in _texts(files, "playbooks/", ".yaml", faults)
            if "/" not in name  # clocks lie in a folder below
        },
        organisation=organisation,
        audiences=audiences.audiences,
        faults=tuple(faults),
        uncommitted=tuple(path for path, data in own.items() if committed.get(path) != data),
    )


def _repository(circumstances: Circumstances) -> Repository | None:
    try:
        return Session.open(circumstances).repository
    except BadInput as fault:
        if fault.code != "no-repository":
            raise
        return None


def _lacking(own: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return what is shipped of each kind of which there is nothing at all."""
    start = starting_files(organisation="Example Ltd", timezone="UTC", domain="example.com")
    library = {f"templates/{name}": data for name, data in shipped("templates").items()}
    library |= {f"playbooks/{name}": data for name, data in shipped("playbooks").items()}
    kinds = {path.partition("/")[0] for path in own}
    return {
        path: data for path, data in {**start, **library}.items()
        if path.partition("/")[0] not in kinds
    }  # fmt: skip


def _in_work_tree(root: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the files, sorted; a link leads elsewhere, and is none of them."""
    for name in SETTINGS:
        if (root / name).is_file() and not (root / name).is_symlink():
            yield name, (root / name).read_bytes()
    for folder in FOLDERS:
        if (root / folder).is_symlink():
            continue
        for place, folders, names in os.walk(root / folder, followlinks=False):
            folders[:] = sorted(n for n in folders if not (Path(place) / n).is_symlink())
            for file in (Path(place) / name for name in sorted(names)):
                if file.is_file() and not file.is_symlink():
                    yield file.relative_to(root).as_posix(), file.read_bytes()


def _committed(repository: Repository) -> dict[str, bytes]:
    if repository.resolve("HEAD") is None:
        return {}
    with snapshot(repository, tip(repository)) as files:
        found = {name: data for name in SETTINGS if (data := files.read(name)) is not None}
        for folder in FOLDERS:
            found |= {f"{folder}/{name}": data for name, data in files.files(folder)}
    return found


def _texts(
    files: Mapping[str, bytes], folder: str, ending: str, faults: list[BadInput]
) -> Iterator[tuple[str, str]]:
    for path, data in files.items():
        if path.startswith(folder) and path.endswith(ending):
            try:
                yield path.removeprefix(folder).removesuffix(ending), read_text(data, path)
            except BadInput as fault:
                faults.append(fault)
