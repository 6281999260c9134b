"""One thing that waits on somebody, and the incident as they look at it."""

from dataclasses import dataclass
from enum import IntEnum

from commscli.domain.ids import GateId
from commscli.domain.incident import Incident
from commscli.gates.message import MessageCase
from commscli.workflow.incident.overview import Standing
from commscli.workflow.incident.pacing import LEAD
from commscli.workflow.session import Session

_NO_GATE = GateId("")


class Urgency(IntEnum):
    """What comes first; within one, the order of the process."""

    OVERDUE = 0
    HELD = 1
    OBJECTED = 2
    IN_ORDER = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One thing that waits on somebody: what to do, and the command that does it."""

    incident: Incident
    verb: str
    what: str
    command: str
    message: MessageCase | None = None
    gate: str = ""
    audiences: tuple[str, ...] = ()
    phase: str = ""
    urgency: Urgency = Urgency.IN_ORDER

    @property
    def key(self) -> tuple[str, ...]:
        """What tells it from every other, whatever the minutes say by now."""
        return (self.incident.id, self.verb, self.gate, self.command)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One incident, as somebody looks at it who may do these things."""

    session: Session
    standing: Standing
    me: str
    drafts: bool
    sends: bool
    lifts: bool
    leads: bool
    keeps_clocks: bool
    """Whether they may record that a clock was met."""


def desk_of(session: Session, standing: Standing) -> Desk:
    """Return an incident as the person who acts looks at it."""
    trust, me = session.trust, session.actor.person.id
    leads = standing.lead == me if standing.lead else LEAD in trust.roles_of(me)
    return Desk(
        session=session,
        standing=standing,
        me=me,
        drafts=trust.may_write(me, "drafted", _NO_GATE),
        sends=trust.may_write(me, "send-intent", _NO_GATE),
        lifts=trust.may_write(me, "lifted", _NO_GATE),
        leads=leads,
        keeps_clocks=trust.may_write(me, "clock-met", _NO_GATE),
    )
