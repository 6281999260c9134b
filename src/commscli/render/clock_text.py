"""Clocks as a person reads them, and as a document."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from commscli.domain.clocks.clock import Clock, State
from commscli.domain.moments import stamp
from commscli.domain.wall_time import near, when
from commscli.render.documents import Document, plain_document, stamped
from commscli.render.escaping import one_line
from commscli.render.human import Paint, drilled, flowing, paragraph, span
from commscli.workflow.incident.clock_files import NOT_ADVICE
from commscli.workflow.incident.clock_list import Listed, Listing
from commscli.workflow.incident.clocking import Clocked

STYLES = {State.OVERDUE: "red", State.BROKEN: "red", State.RUNNING: "yellow", State.MET: "green"}
_UTC = ZoneInfo("UTC")
_STARTABLE = {
    "enabled": "can be started",
    "proposed": "proposed, and started with --anyway alone",
    "not-in-force": "not in force, and started with --anyway alone",
}


def listing_text(listing: Listing, now: datetime, paint: Paint) -> str:
    """Return the clocks that run, then the ids of those that can be started."""
    zone = listing.settings.zone if listing.settings else _UTC
    lines: list[str] = []
    for incident in listing.incidents:
        own = [one for one in listing.listed if one.incident == incident]
        name = drilled(one_line(incident), drill=incident in listing.drills)
        lines.append(paint(name, "bold"))
        for one in own:
            lines += _running(one, zone, now, paint)
        if not own:
            lines.append("  no clock runs")
    unused = [one for one in listing.listed if one.clock is None]
    lines += _unused(unused, listing.named) if listing.incidents else _catalogue(unused, paint)
    lines.append(paint(NOT_ADVICE, "dim"))
    return "\n".join(lines) + "\n"


def _running(one: Listed, zone: ZoneInfo, now: datetime, paint: Paint) -> Iterator[str]:
    clock = one.clock
    if clock is None:
        return
    word = str(clock.state)
    text = f"{word}  {clock.id}  {due_words(clock, zone, now)}"
    first, *more = paragraph(text, "  ", "      ")
    yield first.replace(word, paint(word, STYLES[clock.state]), 1)
    yield from more
    yield from paragraph(clock.reason, "      ")


def due_words(clock: Clock, zone: ZoneInfo, now: datetime) -> str:
    """Say by when, and how long that is from now or was missed by."""
    if clock.met is not None:
        kept = "too late" if clock.state is State.BROKEN else "in time"
        return f"met {kept}, {when(stamp(clock.met), zone)}"
    if clock.due is None:
        return "without undue delay"
    minutes = int((clock.due - now) / timedelta(minutes=1))
    ago = f"{span(-minutes)} ago" if clock.state is State.OVERDUE else f"in {span(minutes)}"
    return f"by {near(clock.due, now, zone)}, {ago}"


def _unused(unused: Sequence[Listed], named: Collection[str]) -> Iterator[str]:
    """Name what can be started, what the playbook names first: the rest is seldom meant."""
    first = [one.id for one in unused if one.id in named]
    if first:
        yield "the playbook says to look at these with Legal:"
        yield from flowing(first, "    ")
    for status, words in _STARTABLE.items():
        rest = [one for one in unused if one.entry and one.id not in named]
        ids = [one.id for one in rest if one.entry and one.entry.clock.status == status]
        if ids:
            yield f"{words}:"
            yield from flowing(ids, "    ")


def _catalogue(unused: Sequence[Listed], paint: Paint) -> Iterator[str]:
    for one in unused:
        entry = one.entry
        if entry is None:
            continue
        clock = entry.clock
        length = str(clock.period) if clock.period else "without undue delay"
        mark = "" if clock.status == "enabled" else f", {clock.status}"
        first, *more = paragraph(
            f"{one.id}  {clock.regime}: {length} from {clock.chained_from}{mark}", "", "    "
        )
        yield first.replace(one.id, paint(one.id, "bold"), 1)
        yield from more


def clocked_text(clocked: Clocked, now: datetime) -> str:
    """Return the clock that was started or met, and what runs from it, a line each."""
    zone = clocked.settings.zone
    return "".join(f"{one_line(c.id)}  {due_words(c, zone, now)}\n" for c in clocked.clocks)


def told_by(clocked: Clocked) -> str:
    """Return whom a running clock is about, and what they have to be told, for the person."""
    clock = clocked.clocks[0] if clocked.clocks else None
    lines = paragraph(clock.reason, "", "    ") if clock and clock.state.is_open else []
    return "\n".join([*lines, NOT_ADVICE])


def listing_document(listing: Listing) -> Document:
    """Return ``comms/clocks@1``."""
    return plain_document(
        "clocks", {"note": NOT_ADVICE, "clocks": [_listed(one) for one in listing.listed]}
    )


def _listed(one: Listed) -> Document:
    clock, entry = one.clock, one.entry
    law = entry.clock if entry else None
    return {
        "id": one.id,
        "regime": law.regime if law else "",
        "status": law.status if law else "enabled",
        "state": str(clock.state) if clock else "not-started",
        "due": stamped(clock.due) if clock else None,
        "incident": one.incident,
        "drill": one.drill,
        "kind": str(clock.kind) if clock else "regulatory",
        "audience": clock.audience if clock else "",
        "message": clock.message if clock else "",
        "started": stamped(clock.started) if clock else None,
        "met": stamped(clock.met) if clock else None,
        "reason": clock.reason if clock else "",
        "trigger": law.trigger if law else "",
        "duration": law.duration if law else None,
        "unit": str(law.unit) if law and law.unit else None,
        "calendar": law.calendar if law else "",
        "chained_from": law.chained_from if law else "",
        "weekend": str(law.weekend) if law else "",
        "tell": list(law.tell) if law else [],
        "content": list(law.content) if law else [],
        "source": law.source if law else "",
        "read": law.read if law else "",
        "reviewed": entry.reviewed if entry else "",
        "reviewed_by": entry.reviewed_by if entry else "",
        "note": (law.note or "") if law else "",
    }


def clocked_documents(clocked: Clocked) -> list[Document]:
    """Return what ``comms/recorded@1`` says of clocks."""
    return [{"id": c.id, "state": str(c.state), "due": stamped(c.due)} for c in clocked.clocks]
