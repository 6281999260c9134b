"""Where a message's words are from: grey what others have read before, marked what is new.

A mark stands at the beginning of each line that is shown, so that it is there without colours
too; no word is changed, and none of a message's own can stand where the marks do.
"""

from collections.abc import Iterator
from textwrap import wrap

from commscli.compose.origins import Line, Origin, Span
from commscli.render.documents import Document
from commscli.render.escaping import clipped, one_line, safe
from commscli.render.human import WIDTH, Paint, flowing, labelled, paragraph
from commscli.workflow.messages.word_origins import Approved, Differs, Origins

_MARKS = {Origin.WRITTEN: "|", Origin.FILLED: ":"}
_LONGEST = 120


def origin_lines(origins: Origins, paint: Paint) -> Iterator[str]:
    """Return what was approved beforehand, what was not and why, and what the marks mean."""
    if origins.approved:
        yield from labelled("approved beforehand", _approved(origins.approved), paint, "green")
    for each in origins.differs:
        yield from labelled("not as approved", _differs(each), paint, "yellow")
    if origins.unknown:
        yield from paragraph(f"nothing is marked: {origins.unknown}", "", "    ")
        return
    own = "grey" if paint.colour else "no mark"
    template = one_line(f"{own}: as in {origins.template}")
    yield from flowing([template, ": its gaps filled in", "| written for this message"], "")


def _approved(approved: tuple[Approved, ...]) -> str:
    said = ", ".join(f"{each.gate} by {' and '.join(each.people)}" for each in approved)
    template = next((each.template for each in approved if each.template), "")
    until = min((each.until for each in approved if each.until), default="")
    said += f", from {template}" if template else ""
    return said + (f", until {until[:10]}" if until else "")


def _differs(each: Differs) -> str:
    said = f"{', '.join(each.gates)}, beforehand by {' and '.join(each.people)}: {each.why}"
    if each.line is None:
        return said
    return f"{said}, first here: {clipped(each.line, _LONGEST) or '(an empty line)'}"


def marked_words(origins: Origins, paint: Paint) -> Iterator[str]:
    """Return subject and body at 80 columns, each line with its mark."""
    told = not origins.unknown
    subject = Span("Subject: ", Origin.TEMPLATE), *origins.subject
    yield from _marked(subject, paint, told=told)
    yield ""
    for line in origins.lines:
        yield from _marked(line, paint, told=told)


def _marked(line: Line, paint: Paint, *, told: bool) -> Iterator[str]:
    for shown in _wrapped(line):
        found = {span.origin for span in shown} if told else set()
        mark = next((mark for origin, mark in _MARKS.items() if origin in found), " ")
        words = "".join(_painted(span, paint) if told else span.text for span in shown)
        yield f"{paint(mark, 'cyan') if mark != ' ' else mark} {words}" if words else ""


def _painted(span: Span, paint: Paint) -> str:
    return paint(span.text, "dim" if span.origin is Origin.TEMPLATE else "bold")


def _wrapped(line: Line) -> Iterator[Line]:
    """Yield a line in parts that fit beside the mark, each still with its origins."""
    spans = [Span(safe(span.text).replace("\t", "    "), span.origin) for span in line]
    text = "".join(span.text for span in spans)
    at = 0
    width = WIDTH - 2
    for part in wrap(text, width, break_long_words=False, break_on_hyphens=False) or [""]:
        start = text.index(part, at)
        at = start + len(part)
        yield tuple(_cut(spans, start, at))


def _cut(spans: list[Span], start: int, end: int) -> Iterator[Span]:
    """Yield what of some spans lies between two places of their text."""
    at = 0
    for span in spans:
        text = span.text[max(0, start - at) : max(0, end - at)]
        at += len(span.text)
        if text:
            yield Span(text, span.origin)


def origin_document(origins: Origins) -> Document:
    """Return what ``comms/message@1`` says of where the words are from."""
    return {
        "template": origins.template,
        "origins": {
            "unknown": origins.unknown,
            "subject": _spans(origins.subject),
            "lines": [_spans(line) for line in origins.lines],
        },
        "approved_beforehand": [
            {"gate": a.gate, "people": list(a.people), "template": a.template, "until": a.until}
            for a in origins.approved
        ],
        "not_as_approved": [
            {"gates": list(d.gates), "people": list(d.people), "why": d.why,
             "line": d.line}
            for d in origins.differs
        ],
    }  # fmt: skip


def _spans(line: Line) -> list[Document]:
    return [{"text": span.text, "from": str(span.origin)} for span in line]
