"""What a send will do, said before it does it."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from textwrap import TextWrapper

from commscli.delivery.ledger import Step
from commscli.domain.records import Sent
from commscli.render.documents import Document
from commscli.render.escaping import one_line, safe
from commscli.render.human import Paint, drilled, paragraph
from commscli.workflow.recording import Recorded
from commscli.workflow.sends.preview import Over, Preview
from commscli.workflow.sends.resolving import Progress
from commscli.workflow.sends.send_plan import Plan
from commscli.workflow.sends.standings import Standing, counts

_MOMENT, _LONG = 2, 90
_MOST_LINES = 45
"""Lines of a request that are shown to a person: the words, and not the page behind them."""
_WRAP = TextWrapper(
    width=70, drop_whitespace=False, replace_whitespace=False, break_on_hyphens=False
)
_SLOTS = {"send.time": "at", "send.next_update": "promising the next update by"}


def plan_text(plan: Plan, preview: Preview) -> str:
    """Return the plan of a send: which words, to how many, how, and what it promises."""
    size = plan.size - len(plan.withheld)
    people = f"{size} recipient{'' if size == 1 else 's'}"
    to = people if plan.recipients else "everybody there"
    over = ", ".join(f"{over.channel} ({_adapter(over)})" for over in preview.channels)
    slots = (f"{_SLOTS[name]} {value}" for name, value in plan.spoken.items() if name in _SLOTS)
    files = ", ".join(name for name, _ in plan.body.attachments)
    said = [f"to {to} over {over}", *([f"with {one_line(files)}"] if files else []), *slots]
    if plan.withheld:
        said.append(f"without {len(plan.withheld)} of the approved list")
    for one in preview.channels:
        said += [f"{one.channel}: {text}" for text in _over(one)]
    said.append(f"plan {plan.digest[:12]}, {_about(preview.seconds)}")
    head = drilled(f"{plan.message} revision {plan.body.revision}", drill=plan.drill)
    return "\n".join([head, *(line for text in said for line in paragraph(text, "    "))]) + "\n"


def _adapter(over: Over) -> str:
    return "outbox" if over.adapter == "file" else over.adapter


def _over(over: Over) -> Iterator[str]:
    """Yield what there is to know of one channel beyond its name."""
    if over.copies:
        yield f"{over.copies} of {over.count} are copies"
    for name, value in over.flags.items():
        yield f"{name} {value}"
    for text, count in over.remarks.items():
        yield text if count == over.count else f"{text}, {count} of {over.count}"
    if over.connections > 1:
        yield f"{over.connections} connections"
    if over.per_second:
        yield f"at most {over.per_second:g} a second"


def _about(seconds: float) -> str:
    if seconds < _MOMENT:
        return "a moment"
    minutes = round(seconds / 60)
    return f"about {round(seconds)} s" if seconds < _LONG else f"about {minutes} min"


def first_requests(preview: Preview) -> str:
    """Return the first request of each channel as it goes over the wire, folded at 80 columns."""
    parts = []
    for over in preview.channels:
        if over.first:
            parts += [f"\nfirst over {over.channel}:", *_folded(over.first)]
    return "\n".join(parts) + "\n" if parts else ""


def _folded(request: str) -> Iterator[str]:
    lines = safe(request).rstrip("\n").split("\n")
    for line in lines[:_MOST_LINES]:
        for number, part in enumerate(_WRAP.wrap(line) or [""]):
            yield f"{'        ' if number else '    '}{part}".rstrip()
    if len(lines) > _MOST_LINES:
        yield f"    … and {len(lines) - _MOST_LINES} lines more, which --json has"


def plan_document(plan: Plan, preview: Preview) -> Document:
    """Return the plan of a send."""
    return {
        "digest": plan.digest,
        "seconds": round(preview.seconds, 1),
        "withheld": list(plan.withheld),
        "channels": [
            {
                "channel": over.channel, "adapter": over.adapter, "count": over.count,
                "copies": over.copies, "seconds": round(over.seconds, 1),
                "per_second": over.per_second, "connections": over.connections,
                "on_unknown": over.on_unknown, "flags": dict(over.flags),
                "remarks": dict(over.remarks), "first": over.first,
            }
            for over in preview.channels
        ],
    }  # fmt: skip


def sent_text(plan: Plan, recorded: Recorded, files: Sequence[Path]) -> str:
    """Say what left: files by their folder, everything else by how many each channel took."""
    did = "rehearsed, not sent:" if plan.drill else "sent"
    if files:
        count = "1 file" if len(files) == 1 else f"{len(files)} files"
        parts = [f"{count} in {files[0].parent.parent}"]
    else:
        parts = []
    body = recorded.first.body
    for channel, came_to in body.counts.items() if isinstance(body, Sent) else ():
        if plan.body.channels[channel]["adapter"] != "file" and not plan.drill:
            parts.append(f"{_counted(came_to)} over {channel}")
    return f"{did} {plan.message}: {', '.join(parts)}"


def _counted(came_to: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {step}" for step, count in came_to.items())


def progress_text(progress: Progress, paint: Paint) -> str:
    """Return how a send stands: counts a channel, then each delivery that is not accepted."""
    lines = [paint(one_line(progress.plan.message), "bold")]
    lines += [f"    {channel}: {_counted(c)}" for channel, c in counts(progress.standings).items()]
    for one in progress.standings:
        if one.line.step is not Step.ACCEPTED:
            style = "red" if one.line.step.is_in_doubt else "yellow"
            first, *more = paragraph(standing_text(one), "    ", "        ")
            lines += [paint(first, style), *more]
    for text in _later(progress):
        lines += paragraph(text, "    ", "        ")
    if progress.in_doubt:
        command = f"comms resolve {progress.plan.message} --recipient R --sent (or --not-sent)"
        lines += paragraph(f"next: {command} --why TEXT", "", "    ")
    return "".join(f"{line}\n" for line in lines)


def _later(progress: Progress) -> Iterator[str]:
    """Yield what was said later of deliveries: by servers, or by whoever wrote as one."""
    payloads = (one.delivery for one in progress.standings if progress.late)
    people = {(one.payload.channel, one.row): one.payload.to for one in payloads}
    for late in progress.late:
        to = people.get(late.of[:2]) or "everybody there"
        said = f"later: {late.what} {late.status}".rstrip()
        yield one_line(f"{said}  {late.channel} to {to} ({late.row[:16]})")


def standing_text(one: Standing) -> str:
    """Return a delivery in a line: how far it came, over what, to whom."""
    payload, line = one.delivery.payload, one.line
    to = payload.to or "everybody there"
    detail = f": {line.detail}" if line.detail else ""
    return one_line(f"{line.step}  {payload.channel} to {to} ({one.delivery.row[:16]}){detail}")


def progress_document(progress: Progress) -> Document:
    """Return a send as it stands."""
    return {
        "incident": progress.plan.incident,
        "message": progress.plan.message,
        "counts": counts(progress.standings),
        "deliveries": [standing_document(one) for one in progress.standings],
        "late": [
            {"channel": one.channel, "row": one.row, "what": one.what, "status": one.status}
            for one in progress.late
        ],
    }


def standing_document(one: Standing) -> Document:
    """Return a delivery as it stands: ``accepted`` is not yet delivered."""
    return {
        "channel": one.delivery.payload.channel,
        "to": one.delivery.payload.to,
        "row": one.delivery.row,
        "step": str(one.line.step),
        "detail": one.line.detail,
        "id": one.line.id,
    }
