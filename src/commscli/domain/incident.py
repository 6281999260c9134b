"""An incident as its records tell it: facts, severity and phase are what was recorded last."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from json import dumps

from commscli.domain.ids import AudienceId, Digest, IncidentId
from commscli.domain.order import Placed
from commscli.domain.phases import LAST_WORDS
from commscli.domain.records import Declared, Drafted, Fact, Moved, Reasoned, Record, Skipped


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """What is so about an incident now."""

    id: IncidentId
    title: str
    playbook: str
    severity: str
    phase: str
    phases: tuple[str, ...]
    """Every phase that the incident was in, in order; the last is the current one."""
    phase_since: str
    declared_at: str
    declared_by: str
    reporter: str
    references: tuple[str, ...]
    drill: bool
    facts: Mapping[str, str]
    skipped: Mapping[tuple[str, AudienceId], str]
    closed: str
    all_know: bool = False
    """Whether everybody who was told of the problem was told that it is over."""

    @property
    def stage(self) -> str:
        """Whether people still work on it: ``active``, ``aftercare``, or ``closed``.

        Aftercare is when it is over for everybody outside: what is left is the postmortem,
        follow-ups and promises.
        """
        if self.closed:
            return "closed"
        over = self.phase in LAST_WORDS[1:] or (self.phase == LAST_WORDS[0] and self.all_know)
        return "aftercare" if over else "active"


def fold(incident: IncidentId, records: Iterable[Placed]) -> Incident | None:
    """Return the incident that these records, in order, tell of; ``None`` if none declares it."""
    now: Incident | None = None
    for placed in records:
        record = placed.record
        now = _declare(incident, record) if now is None else _apply(now, record)
    return now


def _declare(incident: IncidentId, record: Record) -> Incident | None:
    body = record.body
    if not isinstance(body, Declared):
        return None
    return Incident(
        id=incident,
        title=body.title,
        playbook=body.playbook,
        severity=body.severity,
        phase=body.phase,
        phases=(body.phase,),
        phase_since=record.at,
        declared_at=record.at,
        declared_by=record.person,
        reporter=body.reporter,
        references=tuple(body.references),
        drill=record.drill,
        facts={},
        skipped={},
        closed="",
    )


def _apply(now: Incident, record: Record) -> Incident:
    body = record.body
    if isinstance(body, Fact):
        facts = {k: v for k, v in now.facts.items() if k != body.key}
        return replace(now, facts=facts | ({body.key: body.value} if body.value else {}))
    if isinstance(body, Moved) and record.kind == "severity":
        return replace(now, severity=body.value)
    if isinstance(body, Moved) and body.value != now.phase:
        phases = (*now.phases, body.value)
        return replace(now, phase=body.value, phases=phases, phase_since=record.at)
    if isinstance(body, Skipped):
        cell = (body.phase, AudienceId(body.audience))
        return replace(now, skipped={**now.skipped, cell: body.why})
    if isinstance(body, Reasoned) and record.kind in {"closed", "reopened"}:
        return replace(now, closed=body.why if record.kind == "closed" else "")
    return now


def facts_digest(facts: Mapping[str, str]) -> Digest:
    """Return the digest by which a revision says which facts it was written from."""
    lines = (f"{key}: {dumps(facts[key], ensure_ascii=False)}\n" for key in sorted(facts))
    return Digest(sha256("".join(lines).encode()).hexdigest())


def is_superseded(incident: Incident, phase: str) -> bool:
    """Whether the incident was in this phase and has moved on.

    The resolution stays open to the end: whoever was told of the problem must still be told
    that it is over.
    """
    if phase == LAST_WORDS[0] and incident.phase in LAST_WORDS:
        return False
    return phase in incident.phases and phase != incident.phase


def is_overtaken(incident: Incident, body: Drafted) -> bool:
    """Whether a message is of a phase that is over; a correction is never too late for one."""
    return not body.corrects and is_superseded(incident, body.phase)
