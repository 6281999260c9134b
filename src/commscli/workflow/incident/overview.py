"""How an incident stands: the matrix, and who is waited for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from commscli.domain.clocks.clock import Clock
from commscli.domain.ids import GateId, MessageId, PersonId
from commscli.domain.incident import Incident
from commscli.domain.moments import moment, stamp
from commscli.domain.order import Placed
from commscli.domain.phases import LAST_WORDS
from commscli.gates.aftercare import left_hanging
from commscli.gates.case import IncidentCase
from commscli.workflow.incident.clocks import every_clock, open_clocks
from commscli.workflow.incident.closing import Ending, missing
from commscli.workflow.incident.declaring import active
from commscli.workflow.incident.escalating import Escalated
from commscli.workflow.incident.freshness import StaleFacts, stale_facts
from commscli.workflow.incident.holding import all_holds, lifters
from commscli.workflow.incident.matrix import OPEN_STATES, Cell
from commscli.workflow.incident.pacing import Wait, handed_over, waits
from commscli.workflow.incident.renewing import matrix
from commscli.workflow.session import Session
from commscli.workflow.settings import Settings, load_settings

_NO_GATE = GateId("")
STAGES = ("active", "aftercare", "closed")
"""What people look at first."""
TOLERANCE = timedelta(minutes=5)
"""How far two machines' clocks may be apart before anybody is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One incident, as a Business Lead asks for it."""

    case: IncidentCase
    incident: Incident
    cells: tuple[Cell, ...]
    clocks: tuple[Clock, ...]
    """Those that ask somebody for something now, the most urgent first."""
    settings: Settings
    now: datetime
    alone: bool = True
    """Whether no other incident is active: then nobody needs to name it."""
    drafters: tuple[PersonId, ...] = ()
    senders: tuple[PersonId, ...] = ()
    waits: tuple[Wait, ...] = ()
    holds: tuple[Placed, ...] = ()
    lifters: tuple[str, ...] = ()
    """Who may lift the holds."""
    stale: Mapping[MessageId, StaleFacts] = field(default_factory=dict)
    """The unsent messages whose facts have changed since they were written."""
    left_hanging: tuple[str, ...] = ()
    """The audiences that were told of it and not that it is over, once it is."""
    to_close: tuple[str, ...] = ()
    """In aftercare, what is missing before it can be closed."""
    handed_over: Placed | None = None
    escalations: tuple[Escalated, ...] = ()
    """Those that were set off and that nobody has carried out."""

    @property
    def where(self) -> str:
        """What a command needs to be about this incident."""
        return "" if self.alone else f"-i {self.incident.id} "

    @property
    def to_tell(self) -> tuple[str, ...]:
        """The audiences left hanging for whom no message is due or in work."""
        busy = {
            cell.audience
            for cell in self.cells
            if cell.phase in LAST_WORDS and (cell.state == "due" or cell.state in OPEN_STATES)
        }
        return tuple(audience for audience in self.left_hanging if audience not in busy)

    @property
    def lead(self) -> str:
        """Who the lead was handed to; nobody, where it was not."""
        return getattr(self.handed_over.record.body, "to", "") if self.handed_over else ""

    def is_held(self, message: str) -> bool:
        """Whether somebody says that a message may not be sent."""
        return any(hold.record.message in {"", message} for hold in self.holds)


def status(session: Session, *, every: bool = False) -> tuple[Standing, ...]:
    """Return the incident that is meant, or every open one where none is named.

    Raises:
        BadInput: if a named incident is not there.
    """
    settings = load_settings(session)
    if session.circumstances.incident:
        chosen = [active(session)]
    else:
        chosen = [
            (case, case.incident)
            for case in session.case.incidents
            if case.incident is not None and (every or case.incident.stage != "closed")
        ]
        chosen.sort(key=lambda pair: STAGES.index(pair[1].stage))
    return tuple(_standing(session, settings, case, incident) for case, incident in chosen)


def _standing(
    session: Session, settings: Settings, case: IncidentCase, incident: Incident
) -> Standing:
    playbook, now = settings.playbook(incident.playbook), session.circumstances.now
    asked, escalated = matrix(session, settings, case, incident)
    drafters = _who_may(session, "drafted")
    ended = incident.stage == "closed"
    stale = ((m.message, stale_facts(case, m)) for m in case.messages)
    return Standing(
        case=case,
        incident=incident,
        cells=asked,
        clocks=open_clocks(every_clock(session, settings, case, incident), incident),
        settings=settings,
        now=now,
        alone=_is_meant_alone(session, incident),
        drafters=drafters,
        senders=_who_may(session, "send-intent"),
        waits=() if ended else tuple(waits(case, asked, playbook, drafters, now)),
        holds=() if ended else all_holds(case),
        lifters=lifters(session),
        stale={} if ended else {name: found for name, found in stale if found},
        left_hanging=left_hanging(case.messages)
        if not ended and incident.phase in LAST_WORDS
        else (),
        to_close=tuple(missing(case, asked, Ending())) if incident.stage == "aftercare" else (),
        handed_over=handed_over(case),
        escalations=() if ended else tuple(one for one in escalated if one.is_open),
    )


def _is_meant_alone(session: Session, incident: Incident) -> bool:
    """Whether a command that names no incident is about this one."""
    open_now = [i.incident for i in session.case.incidents if i.incident]
    for stage in STAGES[:2]:
        found = [i.id for i in open_now if i.stage == stage]
        if found:
            return found == [incident.id]
    return False


def _who_may(session: Session, kind: str) -> tuple[PersonId, ...]:
    trust = session.trust
    return tuple(person for person in trust.people if trust.may_write(person, kind, _NO_GATE))


def minutes_since(text: str, now: datetime) -> int:
    """Return whole minutes since a stamped time; the future counts as none."""
    return max(0, int((now - moment(text)).total_seconds() // 60))


def clock_is_wrong(session: Session) -> str:
    """Say that this machine's clock is behind what others recorded, or nothing."""
    latest = max(
        (file.record.at for file in session.case.history.records if file.record), default=""
    )
    now = session.circumstances.now
    if latest and moment(latest) > now + TOLERANCE:
        return f"the last record says {latest}, and this machine's clock says {stamp(now)}"
    return ""
