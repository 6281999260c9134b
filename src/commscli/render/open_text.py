"""What is still open, on one screen; and as a document."""

from collections.abc import Iterator

from commscli.domain.clocks.clock import State
from commscli.domain.follow_ups import FollowUp
from commscli.domain.metrics.promises import BROKEN, Promise
from commscli.domain.moments import stamp
from commscli.domain.wall_time import when
from commscli.render.documents import Document, stamped
from commscli.render.human import Paint, drilled, labelled, paragraph
from commscli.render.measure_words import lasted
from commscli.render.report_documents import follow_up_document
from commscli.workflow.afterwards.open_matters import InWork, OpenMatters, StillOpen


def open_text(still: StillOpen, paint: Paint, today: str) -> str:
    """Return the list; ``today`` is a day, ISO 8601, in the organisation's zone."""
    lines = [line for one in still.incidents for line in _incident(one, still, paint, today)]
    if not lines:
        lines = ["nothing is open"]
    for incident, count in still.quiet:
        text = f"and {count} open in {incident}, where nothing was recorded of late"
        lines += [paint(line, "dim") for line in paragraph(text, "", "    ")]
    return "\n".join(lines) + "\n"


def _incident(one: OpenMatters, still: StillOpen, paint: Paint, today: str) -> Iterator[str]:
    incident = one.incident
    state = f"{incident.severity}, {incident.phase}, {incident.stage}"
    name = drilled(f"{incident.id}: {incident.title} ({state})", drill=incident.drill)
    for line in paragraph(name, "", "    "):
        yield paint(line, "bold")
    for message in one.messages:
        yield from labelled("message", _message(message), paint, "yellow")
    for promise in one.promises:
        late = promise.state == BROKEN
        text = _promise(promise, still)
        yield from labelled("LATE" if late else "promised", text, paint, "red" if late else "dim")
    for clock in one.laws:
        late = clock.state is State.OVERDUE
        by = f" by {when(stamp(clock.due), still.settings.zone)}" if clock.due else ""
        text = f"{clock.id}{by}: comms -i {incident.id} clock met {clock.id} --why TEXT"
        yield from labelled("LATE" if late else "clock", text, paint, "red" if late else "dim")
    for follow_up in one.follow_ups:
        late = bool(follow_up.due) and follow_up.due < today
        text = _follow_up(follow_up)
        yield from labelled("LATE" if late else "to do", text, paint, "red" if late else "cyan")


def _message(message: InWork) -> str:
    waits = f", waits for {', '.join(message.gates)}" if message.gates else ""
    people = f" ({' or '.join(message.people)})" if message.people else ""
    return f"{message.message} is {message.state.replace('-', ' ')}{waits}{people}"


def _promise(promise: Promise, still: StillOpen) -> str:
    known = still.settings.audiences.get(promise.audience)
    name = known.name if known else promise.audience
    ago = f", {lasted(promise.late)} ago" if promise.late else ""
    return f"next update to {name} by {when(stamp(promise.due), still.settings.zone)}{ago}"


def _follow_up(one: FollowUp) -> str:
    owner = one.owner or "nobody"
    return f"{one.what}: {owner}, {f'by {one.due}' if one.due else 'no day'} ({one.source})"


def open_document(still: StillOpen) -> Document:
    """Return ``comms/open@1``."""
    return {
        "schema": "comms/open@1",
        "incidents": [_document(one) for one in still.incidents],
        "quiet": [{"incident": incident, "open": count} for incident, count in still.quiet],
    }


def _document(one: OpenMatters) -> Document:
    return {
        "id": one.incident.id,
        "title": one.incident.title,
        "severity": one.incident.severity,
        "phase": one.incident.phase,
        "stage": one.incident.stage,
        "drill": one.incident.drill,
        "messages": [
            {"message": m.message, "state": m.state, "gates": list(m.gates),
             "people": list(m.people)}
            for m in one.messages
        ],
        "promises": [
            {"audience": p.audience, "message": p.message, "due": stamp(p.due),
             "state": p.state, "late": p.late}
            for p in one.promises
        ],
        "clocks": [
            {"clock": c.id, "due": stamped(c.due), "state": str(c.state)} for c in one.laws
        ],
        "follow_ups": [follow_up_document(f) for f in one.follow_ups],
    }  # fmt: skip
