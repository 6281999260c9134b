"""Which words were approved beforehand, as text and as documents."""

from collections.abc import Iterable, Iterator, Mapping

from commscli.render.documents import Document, plain_document
from commscli.render.escaping import one_line
from commscli.render.human import Paint, flowing, paragraph, whole
from commscli.render.library_text import listing_text
from commscli.workflow.library.passed import Beforehand, Pass

_INDENT, _HANGING = "    ", "        "


def templates_text(titles: Mapping[str, str], found: Iterable[Beforehand], paint: Paint) -> str:
    """Return the templates with their titles, and below each what was approved of it."""
    lines = dict(zip(titles, listing_text(titles).splitlines(), strict=True))
    for text in found:
        title = lines.get(text.template, f"{one_line(text.template)}  (no such template any more)")
        lines[text.template] = "\n".join([title, *_lines(text, paint)])
    return "".join(f"{line}\n" for line in lines.values())


def beforehand_text(found: Iterable[Beforehand], paint: Paint) -> str:
    """Return what was approved of one template beforehand, and what is missing."""
    return "".join(f"{line}\n" for text in found for line in _lines(text, paint))


def _lines(text: Beforehand, paint: Paint) -> Iterator[str]:
    state = paint("approved beforehand", "green") if _complete(text) else "beforehand"
    yield f"{_INDENT}{state}, for {one_line(text.audience)} in {one_line(text.phase)}"
    yield from flowing((_pass(each, paint) for each in text.passes), _INDENT)
    if text.outdated:
        yield from (paint(line, "yellow") for line in paragraph(text.outdated, _INDENT))
    for each in text.passes:
        if not each.listed:
            yield from _next(f"{each.gate} counts once an admin lists it",
                             f"comms trust preapprove {each.record[:12]}")  # fmt: skip
    for gate in text.lacking:
        more = f" ({gate.missing} more)" if gate.missing > 1 else ""
        could = " or ".join(gate.could) or "nobody can"
        yield from _next(f"{gate.gate} is missing{more} → {could}", gate.command)


def _complete(text: Beforehand) -> bool:
    return not text.lacking and all(each.listed for each in text.passes)


def _next(what: str, command: str) -> Iterator[str]:
    yield from paragraph(f"{what}: {whole(one_line(command))}", _INDENT, _HANGING)


def _pass(each: Pass, paint: Paint) -> str:
    until = f" until {each.until[:10]}" if each.until else ""
    shown = paint.state("passed", f"ok {each.person}{until}") if each.listed else (
        f"signed by {each.person}{until}"
    )  # fmt: skip
    overdue = paint(", to be looked at again", "red") if each.overdue else ""
    return f"{one_line(each.gate)} {shown}{overdue}"


def templates_document(titles: Mapping[str, str], found: Iterable[Beforehand]) -> Document:
    """Return ``comms/templates@1``."""
    texts = tuple(found)
    listed = [
        {
            "id": name,
            "title": title,
            "beforehand": beforehand_document(t for t in texts if t.template == name),
        }
        for name, title in titles.items()
    ]
    return plain_document("templates", {"templates": listed})


def beforehand_document(found: Iterable[Beforehand]) -> list[Document]:
    """Return the texts of a template that were approved beforehand, as documents show them."""
    return [
        {
            "audience": text.audience,
            "phase": text.phase,
            "passed": [
                {"gate": p.gate, "person": p.person, "until": p.until, "record": p.record,
                 "listed": p.listed, "overdue": p.overdue}
                for p in text.passes
            ],
            "missing": [
                {"gate": g.gate, "missing": g.missing, "could": list(g.could),
                 "command": g.command}
                for g in text.lacking
            ],
            "later": list(text.later),
            "outdated": text.outdated,
        }
        for text in found
    ]  # fmt: skip
