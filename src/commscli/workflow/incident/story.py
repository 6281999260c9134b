"""The story of an incident, from its records alone, in the order that they give."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from commscli.domain.escalations import escalation_named
from commscli.domain.order import Placed, order
from commscli.domain.private_words import told as told_words
from commscli.domain.records import (
    Assigned,
    Clock,
    Declared,
    DeliveredLate,
    Drafted,
    Estimated,
    Fact,
    Moved,
    Ratified,
    Reasoned,
    Record,
    Said,
    SendIntent,
    Sent,
    Skipped,
    Verdict,
    Withdrawn,
    Witnessed,
)
from commscli.gates.case import IncidentCase
from commscli.gates.standing import Worth
from commscli.workflow.incident.matrix import in_order
from commscli.workflow.incident.pacing import LEAD

if TYPE_CHECKING:  # told of by name alone
    from commscli.documents.models.audiences import Audience


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


def story(
    case: IncidentCase, said: Mapping[str, str], audiences: Mapping[str, "Audience"]
) -> tuple[Event, ...]:
    """Return what happened, each record once, in an order that never contradicts ``after``.

    ``said`` has the words that were spoken outside the tool, by their digest. What was recorded
    of several messages within a second is told in the order of the process.
    """
    standings = {**case.standings}
    for message in case.messages:
        standings |= message.standings
    ordered = order(
        Placed(digest=d, record=s.file.record) for d, s in standings.items() if s.file.record
    )
    names = [message.message for message in in_order(case.messages, audiences)]
    return tuple(
        Event(
            at=placed.record.at,
            person=placed.record.person,
            kind=placed.record.kind,
            message=placed.record.message,
            text=told(placed.record, said),
            digest=placed.digest,
            valid=standings[placed.digest].worth is Worth.VALID,
        )
        for placed in _message_by_message(ordered.records, names)
    )


def _message_by_message(records: Sequence[Placed], names: Sequence[str]) -> Iterator[Placed]:
    """Yield records in order; of those within a second, each message's together.

    Records of two messages reach each other only where one corrects the other, and that one has
    the higher number. What is about the incident stays where it is.
    """
    place = {name: number for number, name in enumerate(names)}
    for (_, named), some in groupby(records, key=lambda p: (p.record.at, p.record.message != "")):
        if named:
            yield from sorted(some, key=lambda p: place.get(p.record.message, len(place)))
        else:
            yield from some


def told(record: Record, said: Mapping[str, str]) -> str:
    """Say what a record says, in a few words."""
    return " ".join(_parts(record, said)).strip()


def _parts(record: Record, said: Mapping[str, str]) -> Iterator[str]:
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
        corrects = ", a correction" if body.corrects else ""
        yield f"wrote revision {body.revision}{corrects}"
    elif isinstance(body, Verdict):
        yield _verdict(record, body)
    elif isinstance(body, Withdrawn):
        yield f"took back a verdict in {record.gate}: {body.text}"
    elif isinstance(body, Sent):
        yield _sent(body)
    elif isinstance(body, Said):
        lost = "the words are not here, or are not those that were recorded"
        yield f"noted what was said ({body.where}): {said.get(body.digest, lost)}"
    else:
        yield _reasoned(record)


def _verdict(record: Record, body: Verdict) -> str:
    words = {"ok": "passed", "suggested": "suggested for", "objected": "objected in"}
    settled = f", settling {_objections(len(body.settles))}" if body.settles else ""
    text = f": {told_words(body.text)}" if body.text else ""
    edit = " with other words" if body.edit else ""
    return f"{words[record.kind]} {record.gate}{settled}{edit}{text}"


def _objections(count: int) -> str:
    return "the objection" if count == 1 else f"{count} objections"


def _sent(body: Sent) -> str:
    total = sum(sum(counts.values()) for counts in body.counts.values())
    return f"sent it: {total} accepted over {', '.join(body.counts)}"


def _reasoned(record: Record) -> str:
    body = record.body
    if isinstance(body, SendIntent):
        return "began to send it" + (f" ({body.why})" if body.why else "")
    if isinstance(body, Reasoned):
        return f"{_REASONED.get(record.kind, record.kind)}: {body.why}"
    if isinstance(body, Assigned):
        return _assigned(record, body)
    if isinstance(body, Estimated):
        about = record.gate or ("" if record.message else body.subject)
        who = "needs" if body.for_ == record.person else f"gave {body.for_}"
        return f"{who} {body.minutes} min" + (f" for {about}" if about else "")
    if isinstance(body, Clock) and escalation_named(body.clock):
        return f"escalated {escalation_named(body.clock)}: {body.why}"
    if isinstance(body, Clock):
        did = "started the clock" if record.kind == "clock-started" else "met the clock"
        by = f" by {body.met_by}" if body.met_by else ""
        return f"{did} {body.clock}{by}, as of {body.time}" + (f": {body.why}" if body.why else "")
    return _afterwards(record)


_REASONED = {
    "dropped": "dropped it", "closed": "closed it", "reopened": "opened it again",
    "hold": "says stop", "lifted": "lets it go on",
}  # fmt: skip


def _assigned(record: Record, body: Assigned) -> str:
    why = f" ({body.why})" if body.why else ""
    if body.subject == LEAD:
        return f"handed the lead to {body.to}{why}"
    about = record.gate or ("it" if record.message else body.subject)
    return f"gave {about} to {body.to}{why}"


def _afterwards(record: Record) -> str:
    body = record.body
    if isinstance(body, Ratified):
        return f"ratified it for {record.gate}"
    if isinstance(body, DeliveredLate):
        counts = (
            f"{n} {what} over {c}" for c, some in body.counts.items() for what, n in some.items()
        )
        return f"later news of the send: {', '.join(counts)}"
    if isinstance(body, Witnessed):
        return f"saw {body.account} say {body.verdict} on {body.forge}"
    return record.kind
