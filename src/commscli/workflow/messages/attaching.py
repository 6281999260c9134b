"""Files that go with a message: taken in, kept from revision to revision, and read for a send."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from commscli.delivery.attachments import Attachments, require_fit
from commscli.documents.placing import require_no_links
from commscli.domain.ids import Digest
from commscli.errors import BadInput, Refused
from commscli.gates.message import MessageCase
from commscli.ledger.record_files import folder_of
from commscli.ledger.snapshot import snapshot
from commscli.workflow.messages.reading import drafted
from commscli.workflow.session import Session

FOLDER = "attachments"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attaching:
    """What somebody says of attachments: files to add, or to put in place of those so called.

    ``keep`` is whether those that are there already stay.
    """

    files: Mapping[str, bytes] = field(default_factory=dict)
    keep: bool = True

    @property
    def says_something(self) -> bool:
        """Whether anything is asked for."""
        return bool(self.files) or not self.keep


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A file that goes with a revision, as it is shown. ``size`` in bytes."""

    name: str
    size: int
    digest: str


def taken_in(paths: Iterable[str]) -> dict[str, bytes]:
    """Return files by their names, as a message takes them.

    Raises:
        BadInput: if one cannot be read, or they are none that a message takes.
    """
    from unicodedata import normalize  # noqa: PLC0415 - only where something is attached

    named: dict[str, Path] = {}
    for text in paths:
        path = Path(text).expanduser()
        name = normalize("NFC", path.name)
        if named.setdefault(name, path) is not path:
            raise BadInput(
                f"two files are called {name}", remedy="give one another name", code="usage"
            )
    for path in named.values():
        if path.exists() and not path.is_file():  # a pipe, or a device, may never end
            raise BadInput(
                f"{path} is no plain file, so it cannot be attached",
                remedy="write what it has into a file, and attach that",
                code="bad-attachment",
            )
    try:
        require_fit({name: path.stat().st_size for name, path in named.items()})
        found = {name: path.read_bytes() for name, path in named.items()}
    except OSError as fault:
        raise BadInput(f"{fault.filename}: {fault.strerror}", remedy="--attach FILE") from None
    require_fit({name: len(data) for name, data in found.items()})
    return found


def next_files(session: Session, folder: str, attaching: Attaching) -> dict[str, bytes]:
    """Return what a message's next revision has attached, by what lies in its folder now.

    Raises:
        BadInput: if something there is no plain file, or no message takes them.
        Refused: if a folder on the way is a link.
    """
    kept = _lying(session, folder) if attaching.keep else {}
    found = {**kept, **attaching.files}
    require_fit({name: len(data) for name, data in found.items()})
    return found


def _lying(session: Session, folder: str) -> dict[str, bytes]:
    """Return the files in the work tree; not those that file managers hide in every folder.

    A link there may lead to any file of this machine, and is not read.
    """
    home = session.repository.home
    place = home / folder / FOLDER
    require_no_links(home, place)
    paths = [p for p in place.iterdir() if p.name[0] != "."] if place.is_dir() else []
    for path in paths:
        if path.is_symlink() or not path.is_file():
            raise BadInput(
                f"{path.relative_to(home)} is no plain file, so it cannot be attached",
                remedy="git log -- that path says who put it there; take it away",
                code="bad-attachment",
            )
    require_fit({path.name: path.stat().st_size for path in paths})
    return {path.name: path.read_bytes() for path in paths}


def attached(session: Session, message: MessageCase, digest: Digest) -> Attachments:
    """Return the attachments of a revision, from the commit that brought it.

    Raises:
        Refused: if one is not what the revision names.
        BadInput: if they are none that a message takes.
    """
    wanted = {name: str(blob) for name, blob in drafted(message, digest).attachments}
    if not wanted:
        return ()
    folder = f"{folder_of(message.incident, message.message)}/{FOLDER}"
    for number in message.standings[digest].file.introduced:
        commit = session.case.history.commits[number].id
        with snapshot(session.repository, commit) as files:
            there = {name: files.read(f"{folder}/{name}") or b"" for name in wanted}
        if {name: sha256(data).hexdigest() for name, data in there.items()} == wanted:
            require_fit({name: len(data) for name, data in there.items()})
            return tuple(sorted(there.items()))
    raise Refused(
        f"the attachments of revision {message.revisions.number(digest)} of {message.message} "
        "are not in the commit that brought it",
        remedy="comms check; the spokesperson records them again: comms revise",
        code="words-missing",
    )


def attached_as_shown(
    session: Session, message: MessageCase, digest: Digest
) -> tuple[Attached, ...]:
    """Return the attachments of a revision, as they are shown."""
    return tuple(
        Attached(name=name, size=len(data), digest=sha256(data).hexdigest())
        for name, data in attached(session, message, digest)
    )
