"""The matrix of an incident: every audience in every phase so far, and where each stands."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from commscli.domain.ids import AudienceId, GateId, PersonId
from commscli.domain.incident import Incident, is_superseded
from commscli.domain.order import Placed
from commscli.domain.phases import PHASES
from commscli.domain.records import Drafted, Verdict
from commscli.domain.report import GateState, GateVerdict, MessageState
from commscli.domain.trust import Trust
from commscli.gates.message import MessageCase

if TYPE_CHECKING:  # a verdict does not wait for the models of settings
    from commscli.documents.models.audiences import Audience
    from commscli.documents.models.playbook import Playbook

OPEN_STATES = frozenset({
    MessageState.DRAFTING, MessageState.IN_REVIEW, MessageState.APPROVED, MessageState.RELEASED,
    MessageState.SENDING,
})  # fmt: skip

DRAFT, SEND = GateId("draft"), GateId("send")
TURNS = frozenset({DRAFT, SEND})
"""What waits for a person and is no gate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One audience in one phase. ``state`` is a word of the published list."""

    phase: str
    audience: str
    required: bool
    state: str
    message: MessageCase | None = None
    waiting: tuple[GateVerdict, ...] = ()
    why: str = ""
    corrects: str = ""
    """The sent message that the shown one corrects, if it does."""
    again: tuple[str, ...] = ()
    """Why the audience is due words, though the matrix alone would not ask for any (more)."""


def cells(
    incident: Incident,
    messages: Sequence[MessageCase],
    audiences: Mapping[str, "Audience"],
    playbook: "Playbook",
    again: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
) -> tuple[Cell, ...]:
    """Return the cells of every phase that was reached or written for, in the set order.

    ``again`` says which audiences are due further words in the phase of now, and why.
    """
    by_cell: dict[tuple[str, str], list[MessageCase]] = {}
    for message in messages:
        place = cell_of(message)
        if place is not None and message.verdict.state is not MessageState.DROPPED:
            by_cell.setdefault(place, []).append(message)
    order = [*audiences, *sorted({a for _, a in by_cell} - set(audiences))]
    found = (
        _cell(incident, phase, audience, by_cell.get((phase, audience), []), playbook)
        if phase != incident.phase or audience not in again
        else _again(
            _cell(incident, phase, audience, by_cell.get((phase, audience), []), playbook),
            Cell(phase=phase, audience=audience, required=True, state="due"),
            again[audience],
        )
        for phase in PHASES
        for audience in order
    )
    return tuple(cell for cell in found if cell is not None)


def _again(cell: Cell | None, due: Cell, reasons: tuple[str, ...]) -> Cell:
    """Return a cell of which more is asked than that it was filled once."""
    if cell is not None and cell.state == "due":
        return cell
    if cell is not None and cell.message and cell.message.verdict.state in OPEN_STATES:
        return replace(cell, required=True, again=reasons)
    return replace(due, again=reasons)


def cell_of(message: MessageCase) -> tuple[str, str] | None:
    """Return the phase and the audience of a message, by its newest revision."""
    drafts = message.revisions.drafts
    body = list(drafts.values())[-1].body if drafts else None
    return (body.phase, body.audience) if isinstance(body, Drafted) else None


def corrected_by(message: MessageCase) -> str:
    """Return the digest of the record that a message corrects, if it corrects any."""
    drafts = list(message.revisions.drafts.values())
    body = drafts[-1].body if drafts else None
    return body.corrects if isinstance(body, Drafted) else ""


def in_order(
    messages: Iterable[MessageCase], audiences: Mapping[str, "Audience"]
) -> list[MessageCase]:
    """Return messages in the order of the process: phases, then audiences as configured."""
    known = list(audiences)

    def place(message: MessageCase) -> tuple[int, int, int]:
        phase, audience = cell_of(message) or ("", "")
        return (
            PHASES.index(phase) if phase in PHASES else len(PHASES),
            known.index(audience) if audience in known else len(known),
            _number(message.message),
        )

    return sorted(messages, key=place)


def _cell(
    incident: Incident,
    phase: str,
    audience: str,
    messages: Sequence[MessageCase],
    playbook: "Playbook",
) -> Cell | None:
    required = phase in incident.phases and playbook.requires(phase, audience)
    skipped = incident.skipped.get((phase, AudienceId(audience)), "")
    if messages:
        shown = _shown(messages)
        state = str(shown.verdict.state)
        return Cell(
            phase=phase,
            audience=audience,
            required=required,
            state=state,
            message=shown,
            waiting=(*waited_for(shown), *others_turn(shown)),
            corrects=_corrected(shown, messages),
        )
    if skipped:
        return Cell(phase=phase, audience=audience, required=required, state="skipped", why=skipped)
    if not required:
        return None
    over = bool(incident.closed) or is_superseded(incident, phase)
    state = "superseded" if over else "due"
    return Cell(phase=phase, audience=audience, required=True, state=state)


def _shown(messages: Sequence[MessageCase]) -> MessageCase:
    """Return the message that a cell shows: one in work, else the last sent, else the last."""
    numbered = sorted(messages, key=lambda m: _number(m.message))
    for wanted in (OPEN_STATES, {MessageState.SENT}):
        some = [m for m in numbered if m.verdict.state in wanted]
        if some:
            return some[-1]
    return numbered[-1]


def _corrected(shown: MessageCase, messages: Sequence[MessageCase]) -> str:
    digest = corrected_by(shown)
    of = (m for m in messages for send in m.sends if send.sent and send.sent.digest == digest)
    wrong = next(of, None)
    return wrong.message if wrong is not None else ""


def _number(message: str) -> int:
    return int(message.rpartition("-")[2])


def waited_for(message: MessageCase) -> Iterator[GateVerdict]:
    """Yield the gates that could be passed next: open, with everything before them standing."""
    subject = message.verdict.subject
    if subject is None or message.sends or message.verdict.state not in OPEN_STATES:
        return
    gates = {gate.id: gate for gate in message.now.gates(subject)}
    everything = message.ordered.everything
    revise = {o.record.gate for o in objections_to(message)}
    for verdict in message.verdict.gates:
        before = [g for g in gates[verdict.gate].after if g in gates]
        ready = all(message.now.stands(g, subject, everything) for g in before)
        skipped = verdict.state is GateState.EMERGENCY
        blocked = verdict.gate in revise or verdict.rule == "forked-draft" or skipped
        if (verdict.missing or verdict.state is GateState.OBJECTED) and ready and not blocked:
            yield verdict


def others_turn(message: MessageCase) -> Iterator[GateVerdict]:
    """Yield the turns that are no gate's: the drafter's, after an objection; the sender's."""
    trust = message.now.trust
    state = message.verdict.state
    if state is MessageState.RELEASED:
        yield _turn(SEND, _holders(trust, "send-intent"), "")
    elif message.sends and message.sends[-1].sent is not None:
        for verdict in message.verdict.gates:
            if verdict.state is GateState.EMERGENCY:
                yield replace(verdict, reason="to ratify")
    elif state in OPEN_STATES and not message.sends:
        objectors = sorted({o.record.person for o in objections_to(message)})
        forked = any(verdict.rule == "forked-draft" for verdict in message.verdict.gates)
        reason = f"{', '.join(objectors)} objected" if objectors else "two revisions to join"
        if objectors or forked:
            yield _turn(DRAFT, _holders(trust, "drafted"), reason)


def drafting_turn(people: tuple[PersonId, ...]) -> GateVerdict:
    """Return the turn of those who draft, where there is no message yet."""
    return _turn(DRAFT, people, "")


def _turn(what: GateId, people: tuple[PersonId, ...], reason: str) -> GateVerdict:
    return GateVerdict(
        gate=what, state=GateState.OPEN, by=(), missing=1, could=people, reason=reason
    )


def _holders(trust: Trust, kind: str) -> tuple[PersonId, ...]:
    return tuple(dict.fromkeys(p for role in trust.may.get(kind, ()) for p in trust.holders(role)))


def objections_to(message: MessageCase) -> list[Placed]:
    """Return the objections to the newest words themselves: the drafter's turn, not the gate's."""
    subject = message.verdict.subject
    return [
        objection
        for objection in message.now.objections(message.ordered.everything)
        if isinstance(objection.record.body, Verdict) and objection.record.body.subject == subject
    ]


def due(all_cells: Sequence[Cell], phase: str) -> list[str]:
    """Return the audiences that are due a message in a phase."""
    return [cell.audience for cell in all_cells if cell.phase == phase and cell.state == "due"]
