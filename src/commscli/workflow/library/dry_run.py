"""A whole incident on paper: which cells a playbook would fill, and with which templates."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from commscli.compose.choose import choose
from commscli.compose.sources import gather
from commscli.documents.models.playbook import Playbook
from commscli.domain.phases import PHASES
from commscli.errors import BadInput
from commscli.workflow.library.checking_playbooks import read_playbook
from commscli.workflow.library.shelf import Shelf
from commscli.workflow.library.trying import Trial, needs, words_of

Need = Literal["required", "optional", "acknowledgement"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCell:
    """One cell. ``template`` is empty where none serves, and ``fault`` says what is wrong then.

    ``needs`` are the facts without which no draft can be made.
    """

    phase: str
    audience: str
    need: Need
    template: str
    needs: tuple[str, ...] = ()
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """A playbook, and the incident that it would make, in the order of phases and audiences."""

    id: str
    book: Playbook
    cells: tuple[PlannedCell, ...]

    def paces(self, phase: str) -> Mapping[str, timedelta]:
        """Return how long people wait in a phase, by what shortens it; ``""`` is the rule."""
        pace = self.book.pace(phase)
        found = {} if pace is None else {"": pace}
        for severity, by_phase in self.book.cadence_by_severity.items():
            if phase in by_phase:
                found[severity] = by_phase[phase]
        return found


def dry_run(shelf: Shelf, id_: str) -> DryRun:
    """Work out the matrix of a playbook for the audiences there are.

    Raises:
        BadInput: if there is no such playbook, or it cannot be used.
    """
    _, book = read_playbook(shelf, id_)
    cells = [
        _cell(shelf, book, phase, audience, need)
        for phase in PHASES
        for audience in shelf.audiences
        if (need := _need(book, phase, audience)) is not None
    ]
    return DryRun(id=id_, book=book, cells=tuple(cells))


def _need(book: Playbook, phase: str, audience: str) -> Need | None:
    if book.requires(phase, audience):
        return "required"
    if phase == "detection" and any(book.requires(p, audience) for p in PHASES):
        return "acknowledgement"  # whoever is told at all is told first that we know
    return "optional" if book.allows(phase, audience) else None


def _cell(shelf: Shelf, book: Playbook, phase: str, audience: str, need: Need) -> PlannedCell:
    try:
        name = choose(
            folder=book.templates,
            phase=phase,
            audience=audience,
            detail=shelf.audiences[audience].detail,
            existing=shelf.templates.keys(),
        )
    except BadInput as fault:
        return PlannedCell(phase=phase, audience=audience, need=need, template="", fault=fault.text)
    try:
        source = gather(name, shelf.templates)[0]
        trial = Trial(template=name, audience=audience, phase=phase)
        wanted, fault_text = needs(shelf, name, words_of(shelf, trial, source)), ""
    except BadInput as fault:
        wanted, fault_text = (), fault.text
    return PlannedCell(
        phase=phase, audience=audience, need=need, template=name, needs=wanted, fault=fault_text
    )
