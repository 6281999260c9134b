"""The clocks of laws: of the repository at HEAD, or the shipped ones where it has none."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from commscli.domain.clocks.regulatory import Duty
from commscli.domain.escalations import escalation_named
from commscli.errors import BadInput
from commscli.ledger.repository import tip
from commscli.ledger.snapshot import snapshot
from commscli.workflow.session import Session

if TYPE_CHECKING:  # most incidents have no clock of a law
    from commscli.documents.models.clocks import RegulatoryClock

FOLDER = "clocks/"
NOT_ADVICE = "not legal advice; docs/clocks.md says who reviewed these clocks, and when"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One clock of a file, with who last held it against the law."""

    id: str
    clock: "RegulatoryClock"
    reviewed: str
    reviewed_by: str

    @property
    def duty(self) -> Duty:
        """Return what the clocks of an incident need to know of it."""
        return self.clock.duty(self.id)


def clocks_of_repository(session: Session) -> dict[str, Entry]:
    """Return the clocks that can be started here, by id.

    Raises:
        BadInput: with every problem of the first file that cannot be used.
    """
    with snapshot(session.repository, tip(session.repository)) as files:
        found = dict(clock_files(files.files("playbooks")))
    return read_clocks(found) if found else shipped_clocks()


def shipped_clocks() -> dict[str, Entry]:
    """Return the clocks that come with this version."""
    from commscli.compose.library import shipped  # noqa: PLC0415 - lazy

    return read_clocks(dict(clock_files(shipped("playbooks").items())))


def clock_files(files: Iterable[tuple[str, bytes]]) -> Iterable[tuple[str, bytes]]:
    """Return those of the files of a playbooks folder that hold clocks."""
    return (
        (name, data)
        for name, data in files
        if name.startswith(FOLDER) and name.endswith(".yaml")
    )  # fmt: skip


def read_clocks(files: Mapping[str, bytes]) -> dict[str, Entry]:
    """Return the clocks of some files, by id.

    Raises:
        BadInput: if a file cannot be used, or two define the same clock.
    """
    from commscli.documents.models.clocks import RegulatoryClocks  # noqa: PLC0415 - lazy
    from commscli.documents.validate import read_document  # noqa: PLC0415 - lazy

    entries: dict[str, Entry] = {}
    for name, data in sorted(files.items()):
        path = f"playbooks/{name}"
        document = read_document(RegulatoryClocks, data, path=path)
        for id_, clock in document.clocks.items():
            if id_ in entries:
                raise BadInput(
                    f"{path}: the clock {id_} is in another file, too",
                    remedy=f"take one of the two out: git grep -n '  {id_}:' playbooks/clocks",
                    code="bad-document",
                )
            if escalation_named(id_):
                raise BadInput(
                    f"{path}: {id_}: names of this kind are those of escalations",
                    remedy=f"call the clock {escalation_named(id_)}",
                    code="bad-document",
                )
            entries[id_] = Entry(
                id=id_,
                clock=clock,
                reviewed=clock.reviewed or document.reviewed,
                reviewed_by=clock.reviewed_by or document.reviewed_by,
            )
    return entries


def find_entry(entries: Mapping[str, Entry], text: str) -> Entry:
    """Return the clock that an id, or an unambiguous beginning of one, names.

    Raises:
        BadInput: naming what is near.
    """
    if text in entries:
        return entries[text]
    found = [id_ for id_ in entries if text and id_.startswith(text.lower())]
    if len(found) == 1:
        return entries[found[0]]
    near = found[:5] or get_close_matches(text, entries, n=3)
    what = "more than one clock begins with" if found else "no clock is called"
    raise BadInput(
        f"{what} {text!r}",
        remedy=f"{', '.join(near)}: comms clock list" if near else "comms clock list",
        code="no-clock",
    )
