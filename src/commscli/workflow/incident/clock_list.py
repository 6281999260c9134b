"""What clocks there are: those of the incidents that are meant, and those that can be started."""

from dataclasses import dataclass

from commscli.domain.clocks.clock import Clock
from commscli.errors import BadInput
from commscli.workflow.circumstances import Circumstances
from commscli.workflow.incident.clock_files import (
    Entry,
    clocks_of_repository,
    shipped_clocks,
)
from commscli.workflow.incident.clocks import every_clock, open_clocks
from commscli.workflow.incident.courses import marks_of
from commscli.workflow.incident.overview import Standing, status
from commscli.workflow.session import Session
from commscli.workflow.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One clock: as it runs in an incident, as a law sets it, or both."""

    id: str
    incident: str = ""
    drill: bool = False
    clock: Clock | None = None
    entry: Entry | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Clocks, the running ones of each incident first. ``settings`` say how to show times.

    ``drills`` are those of the incidents that are none.
    """

    listed: tuple[Listed, ...]
    settings: Settings | None
    incidents: tuple[str, ...] = ()
    named: frozenset[str] = frozenset()
    """Those that a playbook of these incidents says to look at, and that nobody started."""
    drills: frozenset[str] = frozenset()


def list_clocks(circumstances: Circumstances, *, every: bool) -> Listing:
    """Return the clocks of the active incidents, or of the named one, then all that there are.

    With ``every`` also those that were met, and those that were broken. Outside of any
    repository: the shipped ones.

    Raises:
        BadInput: if an incident that is named is not there.
    """
    try:
        session = Session.open(circumstances)
    except BadInput as fault:
        if fault.code != "no-repository" or circumstances.incident:
            raise
        return Listing(listed=_unused(shipped_clocks(), set()), settings=None)
    entries = clocks_of_repository(session)
    standings = status(session)
    running: list[Listed] = []
    for standing in standings:
        clocks = standing.clocks
        if every:
            all_ = every_clock(session, standing.settings, standing.case, standing.incident)
            shown = open_clocks(all_, standing.incident)
            clocks = (*shown, *(clock for clock in all_ if not clock.state.is_open))
        running += [
            Listed(
                id=c.id,
                incident=standing.incident.id,
                drill=standing.incident.drill,
                clock=c,
                entry=entries.get(c.id),
            )
            for c in clocks
        ]
    rest = _unused(entries, {one.id for one in running})
    return Listing(
        listed=(*running, *rest),
        settings=standings[0].settings if standings else None,
        incidents=tuple(standing.incident.id for standing in standings),
        named=frozenset(id_ for standing in standings for id_ in _to_look_at(standing)),
        drills=frozenset(s.incident.id for s in standings if s.incident.drill),
    )


def _to_look_at(standing: Standing) -> set[str]:
    playbook = standing.settings.playbook(standing.incident.playbook)
    return {*playbook.clocks} - {mark.clock for mark in marks_of(standing.case)}


def _unused(entries: dict[str, Entry], used: set[str]) -> tuple[Listed, ...]:
    return tuple(Listed(id=id_, entry=entry) for id_, entry in entries.items() if id_ not in used)
