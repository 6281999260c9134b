"""What stands in the way of an ok or a send: said before it is signed, not after."""

from collections.abc import Sequence

from commscli.delivery.payload import OPEN, rendered
from commscli.delivery.recipients import find_by_digest
from commscli.domain.ids import Digest, RoleId
from commscli.domain.incident import is_overtaken
from commscli.domain.report import GateState, GateVerdict
from commscli.domain.trust import EMERGENCY, Gate
from commscli.errors import Missing, Refused
from commscli.gates.case import IncidentCase
from commscli.gates.emergency import is_listed, verdicts
from commscli.gates.message import MessageCase
from commscli.workflow.messages.reading import drafted
from commscli.workflow.messages.recorded_words import recipient_folders, recorded_words
from commscli.workflow.session import Session


def require_ok_counts(
    session: Session,
    case: IncidentCase,
    message: MessageCase,
    gate: Gate,
    subject: Digest,
    *,
    why: str,
) -> None:
    """Refuse an ok that would not count.

    Raises:
        Refused: saying what is missing and who can give it.
    """
    session.require_sound(message.incident, message.message)
    me = session.actor.person.id
    everything = message.ordered.everything
    if me in message.now.authors(everything):
        raise _cannot(
            session, message, gate, f"{me} wrote some of it, and nobody judges their own words"
        )
    early = [
        v
        for v in message.verdict.gates
        if v.gate in gate.after and not message.now.stands(v.gate, subject, everything)
    ]
    if early:
        raise _open_gates(message, gate, early)
    earlier = message.now.counts_earlier(me, gate, subject, everything)
    if earlier and gate.id != EMERGENCY:
        raise _cannot(session, message, gate, f"{me} counts in {earlier}, and in one gate only")
    settled = any(o.record.gate == gate.id for o in message.now.objections(everything))
    done = next((v for v in message.verdict.gates if v.gate == gate.id), None)
    if done is not None and me in done.by and not settled:
        raise Refused(f"{me} has passed {gate.id} of {message.message} already", code="already")
    body = drafted(message, subject)
    if case.incident and is_overtaken(case.incident, body) and not why:
        raise Refused(
            f"{message.message} is superseded: the incident is in {case.incident.phase} now",
            remedy="draft for that phase, or say why this one still goes: --why TEXT",
            code="superseded",
        )
    _require_true_rendering(session, message, subject, gate)


def require_emergency(message: MessageCase, subject: Digest, why: str) -> Gate:
    """Return the emergency as the gate that it is, where trust allows one.

    Raises:
        Refused: if trust allows none here, or nobody says why it cannot wait.
    """
    emergency = message.now.trust.emergency
    if emergency is None or not is_listed(message.now, subject):
        raise Refused(
            f"the roster allows no emergency for {message.message}"
            + ("" if emergency is None else ": its template or its audience is not listed"),
            remedy="comms status says who is waited for; comms trust show says what is allowed",
            code="no-emergency",
        )
    if not why:
        raise Refused(
            "say why it cannot wait for the gates",
            remedy=f"comms approve {message.message} --gate emergency --why TEXT",
            code="why",
        )
    return Gate(
        id=EMERGENCY,
        role=RoleId(EMERGENCY),
        needs=emergency.needs,
        after=(),
        recipients=True,
    )


def _cannot(session: Session, message: MessageCase, gate: Gate, why: str) -> Refused:
    verdict = next((v for v in message.verdict.gates if v.gate == gate.id), None)
    could = verdict.could if verdict else session.trust.judges_of(gate.id)
    return Refused(
        f"{gate.id} of {message.message} cannot be passed so: {why}",
        remedy=f"{', '.join(could) or 'nobody on the roster'} can",
        missing=[_missing(verdict)] if verdict else [],
        code="cannot-judge",
    )


def _missing(verdict: GateVerdict) -> Missing:
    return Missing(
        gate=verdict.gate,
        state=str(verdict.state),
        count=max(1, verdict.missing),
        could=tuple(verdict.could),
    )


def _open_gates(message: MessageCase, gate: Gate, early: Sequence[GateVerdict]) -> Refused:
    listed = "; ".join(sentence(v) for v in early)
    return Refused(
        f"{gate.id} of {message.message} comes after {', '.join(v.gate for v in early)}: {listed}",
        remedy="comms status says who is waited for",
        missing=[_missing(v) for v in early],
        code="gate-open",
    )


def sentence(verdict: GateVerdict) -> str:
    """Say how a gate stands, and who could pass it."""
    could = " or ".join(verdict.could) or "nobody on the roster"
    if verdict.state is GateState.OBJECTED:
        return f"{verdict.gate} has an objection ({verdict.reason}); {could} can settle it"
    why = f" ({verdict.reason})" if verdict.reason else ""
    return f"{verdict.gate} is {verdict.state}{why}; {could} can pass it"


def require_passed(message: MessageCase) -> None:
    """Refuse to send what has not passed every gate; of what was sent, as they stand by now.

    Raises:
        Refused: naming each gate that is open and who can give it.
    """
    subject = message.verdict.subject
    again = bool(message.sends) and subject is not None
    everything = message.ordered.everything
    gates = verdicts(message.now, subject or Digest(""), everything) if again else (
        message.verdict.gates)  # fmt: skip
    left = [v for v in gates if not v.state.lets_go]
    if left or not gates:
        listed = "; ".join(sentence(v) for v in left) or "it has no gate"
        raise Refused(
            f"{message.message} may not be sent: {listed}",
            remedy="comms status says who is waited for",
            missing=[_missing(v) for v in left],
            code="gate-open",
        )


def _require_true_rendering(
    session: Session, message: MessageCase, subject: Digest, gate: Gate
) -> None:
    """A hostile drafter could state the digests of other payloads than the words make."""
    body = drafted(message, subject)
    one_to_one = bool(body.recipients["count"])
    found = None
    if one_to_one:
        found = find_by_digest(body.recipients["digest"], recipient_folders(session))
        if found is None:
            if gate.recipients:
                session.notes.append(
                    f"the list of the {body.recipients['count']} recipients is not here: you "
                    f"approve it by its digest {body.recipients['digest'][:8]} alone"
                )
            return
    words = recorded_words(session, message, subject)
    if rendered(words, body.channels, found, OPEN) != body.rendered:
        raise Refused(
            f"revision {body.revision} of {message.message} states other payloads than its words "
            "make",
            remedy=f"the spokesperson records it again: comms revise {message.message}",
            code="rendered",
        )
