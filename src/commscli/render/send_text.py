"""What a send will do, said before it does it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from commscli.delivery.ledger import Step
from commscli.domain.records import Sent
from commscli.render.documents import Document
from commscli.render.escaping import one_line
from commscli.render.human import Paint, drilled, paragraph
from commscli.workflow.recording import Recorded
from commscli.workflow.sends.delivering import Standing, counts
from commscli.workflow.sends.resolving import Progress
from commscli.workflow.sends.send_plan import Plan

_SLOTS = {"send.time": "at", "send.next_update": "promising the next update by"}


def plan_text(plan: Plan) -> str:
    """Return the plan of a send: which words, to how many, how, and what it promises."""
    people = f"{plan.size} recipient{'' if plan.size == 1 else 's'}"
    to = people if plan.recipients else "everybody there"
    over = ", ".join(
        f"{name} ({'outbox' if plan.drill else s['adapter']})"
        for name, s in plan.body.channels.items()
    )
    slots = (f"{_SLOTS[name]} {value}" for name, value in plan.spoken.items() if name in _SLOTS)
    said = [f"to {to} over {over}", *slots]
    head = drilled(f"{plan.message} revision {plan.body.revision}", drill=plan.drill)
    return "\n".join([head, *(line for text in said for line in paragraph(text, "    "))]) + "\n"


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
    if progress.in_doubt:
        command = f"comms resolve {progress.plan.message} --recipient R --sent (or --not-sent)"
        lines += paragraph(f"next: {command} --why TEXT", "", "    ")
    return "".join(f"{line}\n" for line in lines)


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
