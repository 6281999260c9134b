"""Ask how long a step takes, and give it to somebody by name."""

from dataclasses import dataclass
from datetime import timedelta

from commscli.domain.durations import parse_duration
from commscli.domain.ids import GateId, MessageId, PersonId
from commscli.domain.records import Assigned, Body, Estimated
from commscli.domain.report import GateVerdict
from commscli.errors import BadInput, CommsError, Refused
from commscli.gates.case import IncidentCase
from commscli.gates.message import MessageCase
from commscli.workflow.incident.declaring import active
from commscli.workflow.incident.matrix import OPEN_STATES, TURNS, cell_of, others_turn, waited_for
from commscli.workflow.incident.pacing import LEAD
from commscli.workflow.messages.picking import pick
from commscli.workflow.recording import NO_GATE, NO_MESSAGE, Act, Recorded, record_acts
from commscli.workflow.session import Session
from commscli.workflow.settings import load_settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What work is about: a message in work, or an audience that has none yet."""

    case: IncidentCase
    name: str
    message: MessageCase | None = None


def estimate(session: Session, about: str, length: str, gate: str, person: str) -> Recorded:
    """Record how long somebody says, or is asked, to need for a step.

    Raises:
        BadInput: if the length, the gate or the person is none.
    """
    session.refresh()
    minutes = -(-parse_duration(length) // timedelta(minutes=1))
    subject = subject_of(session, about)
    who = known_person(session, person or session.actor.person.id)
    step = _gate(session, subject, gate, who)
    body = Estimated(subject=subject.name, for_=who, minutes=minutes)
    return record_acts(
        session,
        [_act(subject, "estimated", body, step)],
        subject=f"Estimate {length} for {subject.name}",
    )


def assign(session: Session, about: str, to: str, *, gate: str = "", why: str = "") -> Recorded:
    """Record who has a message, an audience or a gate in hand.

    Raises:
        BadInput: if there is no such thing, or no such person.
        Refused: if that person could not do it.
    """
    session.refresh()
    who = known_person(session, to)
    if about in session.trust.gates:
        subject, step = Subject(case=active(session)[0], name=about), GateId(about)
    else:
        subject, step = subject_of(session, about), _known_gate(session, gate)
    _require_able(session, who, step)
    body = Assigned(subject=subject.name, to=who, why=why)
    return record_acts(
        session,
        [_act(subject, "assigned", body, step)],
        subject=f"Assign {subject.name} to {who}",
    )


def hand_over(session: Session, to: str, why: str) -> Recorded:
    """Record that somebody else leads the incident from now on.

    Raises:
        Refused: if they do not hold the role.
    """
    session.refresh()
    who = known_person(session, to)
    if LEAD not in session.trust.roles_of(who):
        holders = session.trust.holders(LEAD)
        raise Refused(
            f"{who} is no {LEAD}",
            remedy=f"{', '.join(holders)} can; or an admin: comms trust role {who} --role {LEAD}",
            code="no-role",
        )
    subject = Subject(case=active(session)[0], name=LEAD)
    body = Assigned(subject=LEAD, to=who, why=why)
    act = _act(subject, "assigned", body, NO_GATE)
    return record_acts(session, [act], subject=f"Hand {subject.case.id} over to {who}")


def subject_of(session: Session, text: str) -> Subject:
    """Return the message in work that a text means, or else the audience.

    Raises:
        BadInput: if it means neither, or several messages.
        Refused: if the message that it means is not in work any more.
    """
    fault: CommsError
    try:
        named = pick(session, text, in_work)
        message = named.message
        if in_work(message):
            return Subject(case=named.incident, name=message.message, message=message)
        fault = Refused(
            f"{message.message} is {message.verdict.state}: nobody's time is needed for it",
            remedy="comms status",
            code="not-in-work",
        )
    except BadInput as failure:
        fault = failure
    case = active(session)[0]
    try:
        audience = load_settings(session).audience(text)
    except BadInput:
        raise fault from None
    if fault.code == "which-message" and any(
        in_work(message) and (cell_of(message) or ("", ""))[1] == audience
        for message in case.messages
    ):
        raise fault
    return Subject(case=case, name=audience)


def in_work(message: MessageCase) -> bool:
    """Whether somebody still has something to do for a message."""
    return message.verdict.state in OPEN_STATES


def known_person(session: Session, text: str) -> PersonId:
    """Return somebody on the roster.

    Raises:
        BadInput: if they are not, or not any more.
    """
    trust = session.trust
    person = PersonId(text)
    if person in trust.people and person not in trust.ended.people:
        return person
    raise BadInput(
        f"{text!r} is nobody on the roster",
        remedy=f"one of {', '.join(p for p in trust.people if p not in trust.ended.people)}",
        code="no-person",
    )


def _gate(session: Session, subject: Subject, text: str, person: PersonId) -> GateId:
    """Return the gate that an estimate is for; none for drafting, revising and sending."""
    if text or subject.message is None:
        return _known_gate(session, text)
    steps: list[GateVerdict] = [*waited_for(subject.message), *others_turn(subject.message)]
    mine = [v.gate for v in steps if person in v.could] or [v.gate for v in steps]
    if len(mine) == 1:
        return NO_GATE if mine[0] in TURNS else mine[0]
    raise BadInput(
        f"{subject.name} waits for {', '.join(mine) or 'nothing'}",
        remedy="say which: --gate " + (mine[0] if mine else "GATE"),
        code="which-gate",
    )


def _known_gate(session: Session, text: str) -> GateId:
    if not text or text in TURNS:
        return NO_GATE
    if text in session.trust.gates:
        return GateId(text)
    raise BadInput(
        f"there is no gate {text!r}",
        remedy=f"one of {', '.join((*session.trust.gates, *sorted(TURNS)))}",
        code="no-gate",
    )


def _require_able(session: Session, person: PersonId, gate: GateId) -> None:
    trust = session.trust
    kinds = ("drafted", "send-intent")
    if gate:
        able = person in trust.judges_of(gate)
        could = trust.judges_of(gate)
    else:
        could = tuple(p for p in trust.people if any(trust.may_write(p, k, NO_GATE) for k in kinds))
        able = person in could
    if not able:
        raise Refused(
            f"{person} cannot do that: it takes somebody who "
            + (f"judges {gate}" if gate else "drafts or sends"),
            remedy=f"one of {', '.join(could) or 'nobody on the roster'}",
            code="no-role",
        )


def _act(subject: Subject, kind: str, body: Body, gate: GateId) -> Act:
    incident = subject.case.incident
    message: MessageId = subject.message.message if subject.message else NO_MESSAGE
    return Act(
        kind=kind,
        body=body,
        incident=subject.case.id,
        message=message,
        gate=gate,
        drill=bool(incident and incident.drill),
    )
