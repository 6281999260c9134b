"""What an incident asks of whom: the turns, and the news, that follow from its records."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from commscli.domain.ids import GateId, PersonId, RoleId
from commscli.domain.moments import stamp
from commscli.domain.records import Assigned, Drafted
from commscli.domain.report import GateVerdict, MessageState
from commscli.domain.trust import Trust
from commscli.gates.case import IncidentCase
from commscli.gates.message import MessageCase
from commscli.workflow.incident.escalating import Escalated
from commscli.workflow.incident.holding import all_holds, reason
from commscli.workflow.incident.matrix import DRAFT, SEND, TURNS, others_turn, waited_for
from commscli.workflow.incident.nudging import Nudge
from commscli.workflow.incident.pacing import LEAD, handed_over, in_hand, valid_of_kind

LIAISON = RoleId("customer-liaison")
_NO_GATE = GateId("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Something that people are told once: that they have to act, or that something happened.

    ``people`` has whoever has it in hand first; ``asks`` says whether they have to act.
    """

    kind: str
    incident: str
    message: str
    subject: str
    people: tuple[str, ...]
    text: str
    asks: bool = True
    drill: bool = False

    @property
    def key(self) -> tuple[str, ...]:
        """What tells it from every other, whoever it is that could do it by now."""
        return (self.kind, self.incident, self.message, self.subject)


def turns(case: IncidentCase, trust: Trust) -> Iterator[Turn]:
    """Yield everything that somebody has to know of an incident as it is now."""
    if case.incident is None or case.incident.closed:
        return
    yield from _holds(case, trust)
    yield from _assignments(case)
    for message in case.messages:
        yield from _steps(case, message)
        yield from _news(case, message, trust)


def new_turns(before: Iterable[Turn], after: Iterable[Turn]) -> tuple[Turn, ...]:
    """Return what became somebody's turn, or news, in between."""
    earlier = tuple(before)
    known = {turn.key for turn in earlier}
    return tuple(_with_workers(turn, earlier) for turn in after if turn.key not in known)


def escalation_turns(
    incident: str, escalated: Iterable[Escalated], *, drill: bool
) -> Iterator[Turn]:
    """Yield what those are told whom an escalation names."""
    for one in escalated:
        yield Turn(
            kind="escalation",
            incident=incident,
            message="",
            subject=one.id,
            people=one.people,
            text=f"escalated ({one.trigger}): {one.why}",
            asks=False,
            drill=drill,
        )


def reminder(case: IncidentCase, nudge: Nudge, now: datetime) -> Turn:
    """Return what those are told who are waited for. The time makes it another than before."""
    late = f", {nudge.late} min over the estimate" if nudge.late else ""
    about = "" if nudge.message else f" of {nudge.phase} for {nudge.audience}"
    return _turn(
        case,
        "step",
        nudge.message,
        f"{nudge.gate} {stamp(now)}",
        [contact.person for contact in nudge.asked],
        f"{nudge.gate}{about} is waited for since {nudge.minutes} min{late}",
    )


def _holds(case: IncidentCase, trust: Trust) -> Iterator[Turn]:
    lifts = [p for p in trust.people if trust.may_write(p, "lifted", _NO_GATE)]
    for hold in all_holds(case):
        record = hold.record
        text = f"{record.person} holds {record.message or 'everything'}: {reason(hold)}"
        yield _turn(case, "hold", record.message, hold.digest, lifts, text)


def _assignments(case: IncidentCase) -> Iterator[Turn]:
    everything: tuple[IncidentCase | MessageCase, ...] = (case, *case.messages)
    for about in everything:
        for placed in valid_of_kind(about, "assigned"):
            record, body = placed.record, placed.record.body
            if isinstance(body, Assigned):
                what = "the lead" if body.subject == LEAD else body.subject
                gate = f" ({record.gate})" if record.gate and record.gate != what else ""
                text = f"{what}{gate} is yours, from {record.person}"
                yield _turn(case, "assigned", record.message, placed.digest, [body.to], text)


def _steps(case: IncidentCase, message: MessageCase) -> Iterator[Turn]:
    """Yield what a message waits for, each step once for every revision."""
    subject = message.verdict.subject or ""
    number = message.verdict.revision
    for verdict in (*waited_for(message), *others_turn(message)):
        what = {DRAFT: "to revise", SEND: "released, to be sent"}.get(
            verdict.gate, f"{verdict.gate} of revision {number}"
        )
        why = f" ({verdict.reason})" if verdict.reason and verdict.gate in TURNS else ""
        step = f"{subject[:16]} {verdict.gate} {verdict.state}"
        people = _first_in_hand(case, message, verdict)
        yield _turn(case, "step", message.message, step, people, f"{what}{why}")


def _first_in_hand(case: IncidentCase, message: MessageCase, verdict: GateVerdict) -> Iterable[str]:
    drafts = list(message.revisions.drafts.values())
    body = drafts[-1].body if drafts else None
    audience = body.audience if isinstance(body, Drafted) else ""
    mine = in_hand(case, message, audience, verdict)
    return (mine, *verdict.could) if mine in verdict.could else verdict.could


def _news(case: IncidentCase, message: MessageCase, trust: Trust) -> Iterator[Turn]:
    """Yield what people hear of a message though they need do nothing, by how far it has come."""
    subject, state = message.verdict.subject or "", message.verdict.state
    liaison, lead = trust.holders(LIAISON), _leads(case, trust)

    def news(kind: str, people: Iterable[PersonId | str], text: str) -> Turn:
        return _turn(case, kind, message.message, subject, people, text, asks=False)

    if state is MessageState.IN_REVIEW and _is_reviewed(message):
        yield news("reviewed", liaison, "every review is in: an approved message is coming")
    elif state is MessageState.APPROVED:
        yield news("approved", liaison, "approved: to the Incident Commander for release")
    elif state is MessageState.RELEASED:
        yield news("released", lead, "released: it is being sent")
    elif state is MessageState.SENT:
        yield news("sent", lead, "sent")
    elif state is MessageState.SUPERSEDED:
        yield news("superseded", _writers(message), "stop work on it: the phase has moved on")


def _is_reviewed(message: MessageCase) -> bool:
    """Whether a gate is waited for that comes after others: those have all passed."""
    subject = message.verdict.subject
    if subject is None:
        return False
    gates = {gate.id: gate for gate in message.now.gates(subject)}
    return any(gates[verdict.gate].after for verdict in waited_for(message))


def _leads(case: IncidentCase, trust: Trust) -> tuple[str, ...]:
    given = handed_over(case)
    body = given.record.body if given else None
    return (body.to,) if isinstance(body, Assigned) else trust.holders(LEAD)


def _writers(message: MessageCase) -> list[str]:
    return [draft.person for draft in message.revisions.drafts.values()]


def _with_workers(turn: Turn, before: Iterable[Turn]) -> Turn:
    """Add to the news that work is over whoever was waited for while it was not."""
    if turn.kind != "superseded":
        return turn
    working = [
        person
        for earlier in before
        if earlier.kind == "step" and earlier.message == turn.message
        for person in earlier.people
    ]
    return replace(turn, people=tuple(dict.fromkeys((*turn.people, *working))))


def _turn(  # noqa: PLR0917 - one place where a turn is made
    case: IncidentCase, kind: str, message: str, subject: str, people: Iterable[str], text: str,
    asks: bool = True,
) -> Turn:  # fmt: skip
    return Turn(
        kind=kind, incident=case.id, message=message, subject=subject,
        people=tuple(dict.fromkeys(people)), text=text, asks=asks,
        drill=bool(case.incident and case.incident.drill),
    )  # fmt: skip
