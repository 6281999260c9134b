"""A message, a difference, a preview, as text."""

from collections.abc import Iterator

from commscli.domain.records import Verdict
from commscli.render.escaping import one_line, safe
from commscli.render.human import Paint, gate_words, paragraph
from commscli.workflow.showing import Compared, Previewed, Seen


def message_text(seen: Seen, paint: Paint) -> str:
    """Return a message with all that belongs to it."""
    return "\n".join(_message(seen, paint)) + "\n"


def _message(seen: Seen, paint: Paint) -> Iterator[str]:
    name = one_line(f"{seen.incident}/{seen.message}")
    old = "" if seen.newest else "  (not the newest)"
    yield f"{paint(name, 'bold')}  revision {seen.revision} ({seen.digest[:8]}){old}"
    count = seen.body.recipients["count"]
    to = (
        f"{count} recipients ({seen.body.recipients['digest'][:8]})" if count else "everybody there"
    )
    yield f"{paint.state(seen.state)}; over {', '.join(seen.body.channels)} to {to}"
    yield "  ".join(gate_words(v, paint) for v in seen.gates)
    for placed in seen.opinions:
        body = placed.record.body
        if isinstance(body, Verdict):
            stands = placed.digest in seen.standing
            word = "OBJECTS" if stands else placed.record.kind
            text = f"{placed.record.person} ({placed.record.gate}) {word}: {body.text}"
            if body.edit:
                text += f" [wording: comms revise {seen.message} --take {placed.record.person}]"
            first, *more = paragraph(text, "", "    ")
            yield paint(first, "red") if stands else first
            yield from more
    yield paint("-" * 72, "dim")
    yield paint(f"Subject: {one_line(seen.subject)}", "bold")
    yield ""
    yield safe(seen.words.rstrip("\n"))


def diff_text(compared: Compared, paint: Paint) -> str:
    """Return what changed, or that nothing did."""
    if not compared.lines:
        return f"nothing changed since revision {compared.old}\n"
    colours = {"+": "green", "-": "red", "@": "cyan"}
    lines = (
        paint(one_line(line), colours[line[0]]) if line[:1] in colours else one_line(line)
        for line in compared.lines
    )
    return "\n".join(lines) + "\n"


def preview_text(previewed: Previewed, paint: Paint) -> str:
    """Return what would leave over each channel."""
    parts = []
    for payload in previewed.payloads:
        to = one_line(f"{payload.name} <{payload.to}>" if payload.to else "everybody there")
        parts.append(
            f"{paint(payload.channel, 'bold')} to {to}\n"
            f"Subject: {one_line(payload.subject)}\n\n{safe(payload.text)}"
        )
    shown = len(previewed.payloads)
    if not previewed.complete:
        parts.append(f"the list of {previewed.recipients} recipients is not here\n")
    elif previewed.recipients > shown:
        parts.append(f"and {previewed.recipients - shown} more like these\n")
    return f"{'-' * 72}\n".join(parts)
