"""A message, a difference, a preview, as text."""

from collections.abc import Iterator, Mapping, Sequence

from commscli.domain.private_words import told
from commscli.domain.records import Verdict
from commscli.render.escaping import one_line
from commscli.render.human import (
    Paint,
    drilled,
    flowing,
    gate_words,
    labelled,
    paragraph,
    words_of_body,
)
from commscli.render.origin_text import marked_words, origin_lines
from commscli.workflow.messages.showing import Compared, Previewed, Seen


def message_text(seen: Seen, paint: Paint) -> str:
    """Return a message with all that belongs to it."""
    return "\n".join(_message(seen, paint)) + "\n"


def _message(seen: Seen, paint: Paint) -> Iterator[str]:
    name = one_line(f"{seen.incident}/{seen.message}")
    yield paint(drilled(name, drill=seen.drill), "bold")
    if seen.drill:
        yield "each delivery begins with DRILL and goes to the outbox, over every channel"
    old = "" if seen.newest else ", not the newest"
    count = seen.body.recipients["count"]
    people = "1 recipient" if count == 1 else f"{count} recipients"
    to = f"{people} ({seen.body.recipients['digest'][:8]})" if count else "everybody there"
    revision = f"revision {seen.revision} ({seen.digest[:8]}){old}"
    over = f"over {', '.join(seen.body.channels)} to {to}"
    yield from flowing([revision, paint.state(seen.state, seen.state.replace("-", " ")), over], "")
    yield from flowing((gate_words(v, paint) for v in seen.gates), "")
    if seen.stale:
        yield from labelled("stale facts", f"{seen.stale.text}{_values(seen)}", paint, "red")
    for placed in seen.opinions:
        body = placed.record.body
        if isinstance(body, Verdict):
            stands = placed.digest in seen.standing
            word = "OBJECTS" if stands else placed.record.kind
            text = f"{placed.record.person} ({placed.record.gate}) {word}: {told(body.text)}"
            if body.edit:
                text += f" [wording: comms revise {seen.message} --take {placed.record.person}]"
            first, *more = paragraph(text, "", "    ")
            yield paint(first, "red") if stands else first
            yield from more
    for question, answer in seen.size_up:
        yield from labelled("size-up", f"{question} {one_line(answer)}", paint, "dim")
    for file in seen.attachments:
        text = f"{one_line(file.name)} ({file.size:,} bytes, {file.digest[:16]})"
        yield from labelled("attached", text, paint, "bold")
    yield from origin_lines(seen.origins, paint)
    yield paint("-" * 72, "dim")
    yield from marked_words(seen.origins, paint)


def questions_text(asked: Mapping[str, Sequence[str]]) -> str:
    """Return what is asked before a word is written, numbered as the answers name them."""
    lines: list[str] = []
    for audience, questions in asked.items():
        lines.append(audience)
        for number, question in enumerate(questions, 1):
            lines += paragraph(f"{number}. {question}", "  ", "     ")
    return "".join(f"{line}\n" for line in lines) or "nothing is asked\n"


def _values(seen: Seen) -> str:
    """Return what the facts were that changed, and what they are now."""
    changed = seen.stale.changed if seen.stale else ()
    said = ", ".join(f"{key} was {old}, is {new or 'not known'}" for key, old, new in changed)
    return f" ({said})" if said else ""


def diff_text(compared: Compared, paint: Paint) -> str:
    """Return what changed, or that nothing did."""
    if not compared.lines:
        return f"nothing changed since revision {compared.old}\n"
    colours = {"+": "green", "-": "red", "@": "cyan"}
    lines: list[str] = []
    for line in map(one_line, compared.lines):
        mark = line[:1]
        wrapped = paragraph(line, "", f"{mark}   " if mark in "+- " else "    ")
        lines += [paint(part, colours[mark]) if mark in colours else part for part in wrapped]
    return "\n".join(lines) + "\n"


def preview_text(previewed: Previewed, paint: Paint) -> str:
    """Return what would leave over each channel."""
    parts = []
    count = previewed.recipients
    everybody = f"each of {count} recipients" if count else "everybody there"
    for payload in previewed.payloads:
        to = one_line(f"{payload.name} <{payload.to}>" if payload.to else everybody)
        parts.append(
            f"{paint(payload.channel, 'bold')} to {to}\n"
            f"Subject: {one_line(payload.subject)}\n\n"
            + "".join(f"{line}\n" for line in words_of_body(payload.text))
        )
    if previewed.attachments:
        listed = ", ".join(f"{one_line(a.name)} ({a.size:,} bytes)" for a in previewed.attachments)
        parts.append("".join(f"{line}\n" for line in paragraph(f"attached: {listed}", "", "    ")))
    shown = len(previewed.payloads)
    if not previewed.complete:
        parts.append("their list is not here: what is personal stays a placeholder\n")
    elif previewed.recipients > shown:
        parts.append(f"and {previewed.recipients - shown} more like these\n")
    return f"{'-' * 72}\n".join(parts)
