"""How long each step has been waited for, how long it was to take, and who has it in hand."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from commscli.domain.ids import PersonId, RoleId
from commscli.domain.moments import moment, stamp
from commscli.domain.order import Placed
from commscli.domain.records import Assigned, Estimated, Verdict
from commscli.domain.report import GateVerdict
from commscli.gates.case import IncidentCase
from commscli.gates.message import MessageCase
from commscli.gates.standing import Worth
from commscli.workflow.incident.matrix import DRAFT, TURNS, Cell, drafting_turn, objections_to

if TYPE_CHECKING:  # only its estimates are asked for
    from commscli.documents.models.playbook import Playbook

LEAD = RoleId("business-lead")
"""The role that leads an incident; ``assigned`` to it, the lead moves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """One step that somebody has to take now.

    ``estimate`` is in whole minutes, ``None`` where nobody gave one; ``due`` is when it has
    elapsed, ``since`` when the step could begin: UTC, as the writers of records claim.
    """

    cell: Cell
    verdict: GateVerdict
    since: str
    estimate: int | None
    due: str
    late: int
    """Minutes over the estimate, at least one; zero where it is not over."""
    assigned: str

    @property
    def people(self) -> tuple[str, ...]:
        """Who could do it, the one who has it in hand first."""
        others = (p for p in self.verdict.could if p != self.assigned)
        first = (self.assigned,) if self.assigned in self.verdict.could else ()
        return (*first, *others)


def waits(
    case: IncidentCase,
    cells: Iterable[Cell],
    playbook: "Playbook",
    drafters: tuple[PersonId, ...],
    now: datetime,
) -> Iterator[Wait]:
    """Yield every step that is waited for, cell by cell."""
    for cell in cells:
        turns = (drafting_turn(drafters),) if cell.state == "due" else cell.waiting
        for verdict in turns:
            yield _wait(case, cell, verdict, playbook, now)


def _wait(
    case: IncidentCase, cell: Cell, verdict: GateVerdict, playbook: "Playbook", now: datetime
) -> Wait:
    since = _since(case, cell, verdict)
    usual = playbook.estimates.get(verdict.gate)
    given = _estimated(case, cell, verdict)
    length = timedelta(minutes=given.record.body.minutes) if given and isinstance(
        given.record.body, Estimated) else usual  # fmt: skip
    due = moment(given.record.at if given else since) + length if length else None
    over = -((due - now) // timedelta(minutes=1)) if due and now > due else 0
    return Wait(
        cell=cell,
        verdict=verdict,
        since=since,
        estimate=max(1, int(length.total_seconds() // 60)) if length else None,
        due=stamp(due) if due else "",
        late=over,
        assigned=in_hand(case, cell.message, cell.audience, verdict),
    )


def _since(case: IncidentCase, cell: Cell, verdict: GateVerdict) -> str:
    """Return when a step could begin: the newest of what it had to wait for."""
    message = cell.message
    if message is None or message.verdict.subject is None:
        return case.incident.phase_since if case.incident else ""
    subject = message.verdict.subject
    times = [message.revisions.drafts[subject].at]
    if message.sends and message.sends[-1].sent:
        times.append(message.sends[-1].sent.record.at)
    if verdict.gate == DRAFT:
        times += [objection.record.at for objection in objections_to(message)]
    gates = {gate.id: gate for gate in message.now.gates(subject)}
    before = gates[verdict.gate].after if verdict.gate in gates else tuple(gates)
    times += [
        placed.record.at
        for placed in message.ordered.of_kind("ok", message.ordered.everything)
        if isinstance(placed.record.body, Verdict)
        and placed.record.body.subject == subject
        and placed.record.gate in before
        and verdict.gate != DRAFT
    ]
    return max(times)


def valid_of_kind(about: IncidentCase | MessageCase, kind: str) -> list[Placed]:
    """Return the records of a kind that count, in order."""
    return [
        placed
        for placed in about.ordered.of_kind(kind, about.ordered.everything)
        if about.standings[placed.digest].worth is Worth.VALID
    ]


def _estimated(case: IncidentCase, cell: Cell, verdict: GateVerdict) -> Placed | None:
    """Return the estimate that was given last for a step, for the newest words."""
    gate = "" if verdict.gate in TURNS else verdict.gate
    message = cell.message
    if message is None:
        since = case.incident.phase_since if case.incident else ""
        found = [
            placed
            for placed in valid_of_kind(case, "estimated")
            if getattr(placed.record.body, "subject", "") == cell.audience
            and placed.record.at >= since
        ]
        return found[-1] if found else None
    subject = message.verdict.subject
    found = [
        placed
        for placed in valid_of_kind(message, "estimated")
        if placed.record.gate == gate
        and subject is not None
        and message.ordered.has(message.ordered.before(placed.digest), subject)
    ]
    return found[-1] if found else None


def in_hand(
    case: IncidentCase, message: MessageCase | None, audience: str, verdict: GateVerdict
) -> str:
    """Return who was given a step by name, the message's own word before the incident's."""
    is_turn = verdict.gate in TURNS
    gate, subject = ("", audience) if is_turn else (verdict.gate, str(verdict.gate))
    own = valid_of_kind(message, "assigned") if message else []
    found = [p for p in own if p.record.gate == gate] or [
        p
        for p in valid_of_kind(case, "assigned")
        if getattr(p.record.body, "subject", "") == subject
    ]
    body = found[-1].record.body if found else None
    return body.to if isinstance(body, Assigned) else ""


def handed_over(case: IncidentCase) -> Placed | None:
    """Return the record by which the lead of an incident moved last, if it did."""
    found = [
        placed
        for placed in valid_of_kind(case, "assigned")
        if getattr(placed.record.body, "subject", "") == LEAD
    ]
    return found[-1] if found else None
