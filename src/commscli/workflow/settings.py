"""The documents that people edit, as the commit at HEAD has them."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from commscli.documents.characters import read_text
from commscli.documents.plain import from_json, models_stamp, to_json
from commscli.errors import BadInput
from commscli.ledger.snapshot import Snapshot, snapshot
from commscli.workflow.session import Session

if TYPE_CHECKING:  # a look that knows the files needs no models
    from commscli.documents.models.audiences import Audience
    from commscli.documents.models.channels import Channel
    from commscli.documents.models.organisation import Organisation
    from commscli.documents.models.playbook import Playbook


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the organisation has set up."""

    organisation: "Organisation"
    audiences: Mapping[str, "Audience"]
    channels: Mapping[str, "Channel"]
    playbooks: Mapping[str, "Playbook"]
    templates: Mapping[str, str]

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which people read times."""
        return ZoneInfo(str(self.organisation.timezone))

    def audience(self, text: str) -> str:
        """Return the audience that an id, an alias or the beginning of an id names.

        Raises:
            BadInput: if none fits, or several do.
        """
        names = self.audience_names()
        exact = names.get(text.casefold())
        found = [exact] if exact else [a for a in self.audiences if a.startswith(text.lower())]
        if len(found) == 1:
            return found[0]
        raise BadInput(
            f"{'no' if not found else 'more than one'} audience is called {text!r}",
            remedy=f"there are {', '.join(self.audiences)} (audiences.yaml)",
            code="no-audience",
        )

    def audience_names(self) -> dict[str, str]:
        """Return every name and alias of an audience, folded, with the audience's id."""
        return {
            name.casefold(): id_
            for id_, audience in self.audiences.items()
            for name in (id_, audience.name, *audience.aliases)
        }

    def playbook(self, id_: str) -> "Playbook":
        """Return a playbook.

        Raises:
            BadInput: if there is none of that name.
        """
        if id_ in self.playbooks:
            return self.playbooks[id_]
        raise BadInput(
            f"no playbook is called {id_!r}",
            remedy=f"there are {', '.join(self.playbooks) or 'none'} (comms playbook list)",
            code="no-playbook",
        )

    def role_name(self, role: str) -> str:
        """Return what this organisation calls a role."""
        named = self.organisation.roles.get(role)
        return named.name if named else role

    def role_id(self, text: str) -> str:
        """Return the role that an id, a name or an alias means; an unknown text stays itself."""
        for id_, named in self.organisation.roles.items():
            if text.casefold() in {n.casefold() for n in (id_, named.name, *named.aliases)}:
                return id_
        return text


def load_settings(session: Session) -> Settings:
    """Return the settings at HEAD; edits that are not committed are told, not used.

    Raises:
        BadInput: with every problem of every file; of a playbook, once it is asked for.
    """
    with snapshot(session.repository, session.head) as files:
        reading = _Reading(session=session, files=files)
        organisation = reading.document("comms.yaml")
        audiences = reading.document("audiences.yaml")
        channels = reading.document("channels.yaml")
        playbooks = {
            name.removesuffix(".yaml"): data
            for name, data in files.files("playbooks")
            if name.endswith(".yaml") and "/" not in name  # clocks lie in a folder below
        }
        templates = {
            name.removesuffix(".md"): read_text(data, f"templates/{name}")
            for name, data in files.files("templates")
            if name.endswith(".md")
        }
    if organisation is None or audiences is None or channels is None or reading.faults:
        raise _all_of(reading.faults)
    _require_channels(audiences.audiences, channels.channels)
    return Settings(
        organisation=organisation,
        audiences=audiences.audiences,
        channels=channels.channels,
        playbooks=_Playbooks(session, playbooks),
        templates=templates,
    )


@dataclass(slots=True)
class _Reading:
    """Reads one file after the other, and keeps what is wrong with each."""

    session: Session
    files: Snapshot
    faults: list[BadInput] = field(default_factory=list)

    def document(self, path: str) -> Any:
        """Return a file as its model has it; ``None`` where it cannot be used."""
        try:
            return _document(self.session, self.files, path)
        except BadInput as fault:
            self.faults.append(fault)
            return None


class _Playbooks(Mapping[str, "Playbook"]):
    """Playbooks, each read when it is asked for.

    An incident has one of them: a mistake in another is no reason to stop its messages, and
    reading all of them costs more than the rest of a command. ``doctor`` reads every one.
    """

    def __init__(self, session: Session, texts: Mapping[str, bytes]) -> None:
        self._session = session
        self._texts = texts
        self._read: dict[str, Playbook] = {}

    def __getitem__(self, id_: str) -> "Playbook":
        if id_ not in self._read:
            data, path = self._texts[id_], f"playbooks/{id_}.yaml"
            self._read[id_] = _read(self._session, path, data)
        return self._read[id_]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


def _all_of(faults: list[BadInput]) -> BadInput:
    """Return the one error for all files that cannot be used."""
    if len(faults) == 1:
        return faults[0]
    return BadInput(
        "; ".join(fault.text for fault in faults),
        remedy=faults[0].remedy,
        code=faults[0].code,
        place=faults[0].place,
        problems=[problem for fault in faults for problem in fault.problems],
    )


def _document(session: Session, files: Snapshot, path: str) -> Any:
    data = files.read(path)
    if data is None:
        raise BadInput(
            f"{path} is not in the commit at HEAD",
            remedy=f"comms init writes one; or git add {path} && git commit",
            code="no-settings",
        )
    if session.repository.work_tree is not None:
        _tell_edits(session, session.repository.work_tree / path, path, data)
    return _read(session, path, data)


def _read(session: Session, path: str, data: bytes) -> Any:
    """Return a file of settings as its model; for who only looks, as it was read before.

    The models, and what reads YAML, are loaded only where that is not known.
    """
    key = f"{path} {sha256(data).hexdigest()} {models_stamp()}"
    if session.memory is not None and key in session.memory.known:
        with suppress(KeyError, TypeError, AttributeError):  # else it was not written by us
            return from_json(session.memory.known[key])
    from commscli.workflow.setting_files import read_setting  # noqa: PLC0415 - lazy

    found = read_setting(path, data)
    if session.memory is not None:
        session.memory.keep(key, to_json(found))
    return found


def _tell_edits(session: Session, file: Path, path: str, data: bytes) -> None:
    note = f"{path} has edits that are not committed; the committed one is used"
    try:
        edited = file.read_bytes() != data
    except OSError:
        edited = False
    if edited and note not in session.notes:
        session.notes.append(note)


def _require_channels(
    audiences: Mapping[str, "Audience"], channels: Mapping[str, "Channel"]
) -> None:
    for id_, audience in audiences.items():
        unknown = [name for name in audience.channels if name not in channels]
        if unknown:
            raise BadInput(
                f"audiences.yaml: {id_} uses the channel {unknown[0]}, which channels.yaml lacks",
                remedy=f"channels.yaml has {', '.join(channels)}",
                code="no-channel",
            )
