"""From the judged records of an incident to its course, and from that to numbers."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from commscli.domain.ids import Digest, GateId
from commscli.domain.incident import Incident
from commscli.domain.metrics.course import Course, Journey, Judged, SentOut
from commscli.domain.metrics.many import Summary, summarise
from commscli.domain.metrics.measures import Measures, measure
from commscli.domain.moments import moment
from commscli.domain.order import Placed
from commscli.domain.records import Sent, Verdict
from commscli.domain.trust import Gate
from commscli.errors import Refused
from commscli.gates.case import IncidentCase
from commscli.gates.message import MessageCase
from commscli.gates.passing import Passing
from commscli.workflow.incident.declaring import active
from commscli.workflow.incident.matrix import cell_of, in_order
from commscli.workflow.session import Session
from commscli.workflow.settings import Settings, load_settings

INSIDE = frozenset({"technical", "operational"})
"""Levels of detail for people who help; an audience of another level is affected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Incidents in numbers. ``summary`` puts them together, where several were asked for."""

    incidents: tuple[Measures, ...]
    summary: Summary | None
    settings: Settings
    left_out: int = 0
    """How many drills are not counted."""


def metrics_of_one(session: Session) -> Measured:
    """Measure the incident that a command is about, a drill too: it was named.

    Raises:
        BadInput: if that is not clear.
    """
    settings = load_settings(session)
    case, incident = active(session)
    found = measures_of(case, incident, settings, session)
    return Measured(incidents=(found,), summary=None, settings=settings)


def metrics_of_all(session: Session, *, drills: bool) -> Measured:
    """Measure every incident, closed ones too, and put them together.

    Raises:
        Refused: if there is none to measure.
    """
    settings = load_settings(session)
    declared = [(c, c.incident) for c in session.case.incidents if c.incident is not None]
    chosen = [(case, incident) for case, incident in declared if drills or not incident.drill]
    left_out = len(declared) - len(chosen)
    if not chosen:
        raise Refused(
            f"there is no incident to measure{', only drills' if left_out else ''}",
            remedy="comms metrics --all --drills" if left_out else "comms status",
            code="nothing-to-measure",
        )
    found = [measures_of(case, incident, settings, session) for case, incident in chosen]
    found.sort(key=lambda one: (one.course.declared, one.course.incident))
    return Measured(
        incidents=tuple(found),
        summary=summarise(found, settings.zone),
        settings=settings,
        left_out=left_out,
    )


def measures_of(
    case: IncidentCase, incident: Incident, settings: Settings, session: Session
) -> Measures:
    """Measure one incident."""
    inside = {id_ for id_, audience in settings.audiences.items() if audience.detail in INSIDE}
    course = Course(
        incident=incident.id,
        title=incident.title,
        severity=incident.severity,
        stage=incident.stage,
        drill=incident.drill,
        declared=moment(incident.declared_at),
        inside=frozenset(inside),
        skipped={
            (phase, str(audience)): why for (phase, audience), why in incident.skipped.items()
        },
        journeys=tuple(_journeys(in_order(case.messages, settings.audiences))),
    )
    return measure(course, session.circumstances.now)


def _journeys(messages: Iterable[MessageCase]) -> Iterator[Journey]:
    for message in messages:
        cell = cell_of(message)
        if cell is None:
            continue
        everything = message.ordered.everything
        yield Journey(
            message=message.message,
            audience=cell[1],
            phase=cell[0],
            state=str(message.verdict.state),
            drafted=moment(next(iter(message.revisions.drafts.values())).at),
            revisions=len(message.revisions.drafts),
            objections=sum(1 for _ in message.now.of_kind(everything, "objected")),
            suggestions=sum(1 for _ in message.now.of_kind(everything, "suggested")),
            gates=tuple(_judged(message)),
            sends=tuple(_sends(message)),
        )


def _sends(message: MessageCase) -> Iterator[SentOut]:
    """Yield the sends that somebody received: an attempt that nobody accepted told nobody."""
    for send in message.sends:
        body = send.sent.record.body if send.sent else None
        if send.sent is None or not isinstance(body, Sent):
            continue
        if any(counts.get("accepted", 0) for counts in body.counts.values()):
            promised = body.slots.get("send.next_update", "")
            yield SentOut(
                at=moment(body.slots.get("send.time", send.sent.record.at)),
                promised=moment(promised) if promised else None,
            )


def _judged(message: MessageCase) -> Iterator[Judged]:
    """Yield the gates of what was sent first, as they stood then; else of the newest words."""
    if message.sends:
        send = message.sends[0]
        passing, subject, scope = send.judges[0], send.subject, send.scope
        verdicts = send.gates
    elif message.verdict.subject is not None:
        passing, subject, scope = (
            message.now,
            message.verdict.subject,
            message.ordered.everything,
        )
        verdicts = message.verdict.gates
    else:
        return
    applying = {gate.id: gate for gate in passing.gates(subject)}
    for verdict in verdicts:
        gate = applying.get(verdict.gate)
        if gate is None:
            continue
        counted = [
            ok
            for ok in passing.oks(gate, subject, scope)
            if ok.record.person in verdict.by and _in_turn(passing, ok, gate, applying)
        ]
        yield Judged(
            gate=verdict.gate,
            how=str(verdict.state),
            after=gate.after,
            written=_written(passing, counted, subject),
            oks=_first_of_each(counted)[: gate.needs] if verdict.state.passes else (),
            by=verdict.by,
        )


def _in_turn(passing: Passing, ok: Placed, gate: Gate, applying: Mapping[GateId, Gate]) -> bool:
    """Whether the gates before stood when it was said: an ok that came too early is no end."""
    body, past = ok.record.body, passing.revisions.ordered.before(ok.digest)
    return isinstance(body, Verdict) and all(
        passing.stands(before, body.subject, past) for before in gate.after if before in applying
    )


def _written(passing: Passing, counted: list[Placed], subject: Digest) -> datetime:
    """Return when the words that were judged were recorded: an ok carries over to the same ones."""
    judged = [p.record.body.subject for p in counted if isinstance(p.record.body, Verdict)]
    drafts = passing.revisions.drafts
    return min(moment(drafts[one].at) for one in (judged or [subject]))


def _first_of_each(counted: list[Placed]) -> tuple[datetime, ...]:
    """Return when each person first said ok: what they repeat later took no time."""
    first: dict[str, str] = {}
    for placed in counted:
        first.setdefault(placed.record.person, placed.record.at)
    return tuple(moment(at) for at in first.values())
