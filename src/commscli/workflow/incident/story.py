"""The story of an incident, from its records alone, in the order that they give."""

from collections.abc import Iterator
from dataclasses import dataclass

from commscli.domain.order import Placed, order
from commscli.domain.private_words import told as told_words
from commscli.domain.records import (
    Declared,
    Drafted,
    Fact,
    Moved,
    Reasoned,
    Record,
    SendIntent,
    Sent,
    Skipped,
    Verdict,
    Withdrawn,
)
from commscli.gates.case import IncidentCase
from commscli.gates.standing import Worth


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One record, told. ``at`` is what its writer claims."""

    at: str
    person: str
    kind: str
    message: str
    text: str
    digest: str
    valid: bool


def story(case: IncidentCase) -> tuple[Event, ...]:
    """Return what happened, each record once, in an order that never contradicts ``after``."""
    standings = {**case.standings}
    for message in case.messages:
        standings |= message.standings
    ordered = order(
        Placed(digest=d, record=s.file.record) for d, s in standings.items() if s.file.record
    )
    return tuple(
        Event(
            at=placed.record.at,
            person=placed.record.person,
            kind=placed.record.kind,
            message=placed.record.message,
            text=told(placed.record),
            digest=placed.digest,
            valid=standings[placed.digest].worth is Worth.VALID,
        )
        for placed in ordered.records
    )


def told(record: Record) -> str:
    """Say what a record says, in a few words."""
    return " ".join(_parts(record)).strip()


def _parts(record: Record) -> Iterator[str]:
    body = record.body
    if isinstance(body, Declared):
        yield f"declared {body.title!r}, {body.severity}, in {body.phase}"
    elif isinstance(body, Fact):
        yield f"{body.key} = {body.value}" if body.value else f"took back {body.key}"
    elif isinstance(body, Moved):
        yield f"{record.kind} is {body.value}" + (f" ({body.why})" if body.why else "")
    elif isinstance(body, Skipped):
        yield f"skipped {body.phase} for {body.audience}: {body.why}"
    elif isinstance(body, Drafted):
        yield f"wrote revision {body.revision}"
    elif isinstance(body, Verdict):
        yield _verdict(record, body)
    elif isinstance(body, Withdrawn):
        yield f"took back a verdict in {record.gate}: {body.text}"
    elif isinstance(body, Sent):
        yield _sent(body)
    else:
        yield _reasoned(record)


def _verdict(record: Record, body: Verdict) -> str:
    words = {"ok": "passed", "suggested": "suggested for", "objected": "objected in"}
    settled = f", settling {len(body.settles)}" if body.settles else ""
    text = f": {told_words(body.text)}" if body.text else ""
    edit = " with other words" if body.edit else ""
    return f"{words[record.kind]} {record.gate}{settled}{edit}{text}"


def _sent(body: Sent) -> str:
    total = sum(sum(counts.values()) for counts in body.counts.values())
    return f"sent it: {total} accepted over {', '.join(body.counts)}"


def _reasoned(record: Record) -> str:
    body = record.body
    if isinstance(body, SendIntent):
        return "began to send it" + (f" ({body.why})" if body.why else "")
    if isinstance(body, Reasoned):
        return f"{record.kind}: {body.why}"
    return record.kind
