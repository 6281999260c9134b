"""What ``template`` and ``playbook`` say: lists, remarks, trials, dry runs."""

from collections.abc import Iterable, Iterator, Mapping

from commscli.domain.durations import format_duration
from commscli.domain.phases import PHASES
from commscli.render.documents import Document, plain_document
from commscli.render.escaping import one_line, safe
from commscli.render.human import Paint, paragraph, words_of_body
from commscli.workflow.library.dry_run import DryRun, PlannedCell
from commscli.workflow.library.remarks import Looked, Remark
from commscli.workflow.library.trying import Tried

_STYLES = {"error": "red", "warning": "yellow"}


def listing_text(titles: Mapping[str, str]) -> str:
    """Return names with their titles, a line each; titles are whatever a repository says."""
    width = max(map(len, titles), default=0)
    lines = (f"{name:<{width}}  {title}" for name, title in titles.items())
    return "".join(f"{one_line(line).rstrip()}\n" for line in lines)


def looked_text(looked: Looked, what: str, paint: Paint) -> str:
    """Return what was found, a paragraph each, and a count at the end."""
    lines: list[str] = []
    for remark in looked.remarks:
        lines += _remark_lines(remark, paint)
    errors, others = looked.errors, len(looked.remarks) - looked.errors
    count = len(looked.names)
    lines.append(
        f"{count} {what}{'' if count == 1 else 's'}: "
        f"{errors} error{'' if errors == 1 else 's'}, {others} warning{'' if others == 1 else 's'}"
    )
    return "".join(f"{line}\n" for line in lines)


def _remark_lines(remark: Remark, paint: Paint) -> Iterator[str]:
    first, *more = paragraph(f"{remark.level}: {remark.place}: {remark.text}", "", "    ")
    yield first.replace(remark.level, paint(remark.level, _STYLES[remark.level]), 1)
    yield from more
    if remark.remedy:
        yield from paragraph(f"next: {remark.remedy}", "    ", "          ")


def looked_document(looked: Looked, schema: str) -> Document:
    """Return ``comms/template-check@1`` or ``comms/playbook-check@1``."""
    return plain_document(schema, {
        "checked": list(looked.names),
        "errors": looked.errors,
        "remarks": [
            {"what": r.what, "level": r.level, "path": r.place.path, "line": r.place.line,
             "text": r.text, "remedy": r.remedy}
            for r in looked.remarks
        ],
    })  # fmt: skip


def tried_text(tried: Tried) -> str:
    """Return a draft that nobody made, as a terminal shows it."""
    lines = [f"Subject: {one_line(tried.draft.subject)}", "", *words_of_body(tried.draft.body)]
    return "".join(f"{line}\n" for line in lines)


def tried_document(tried: Tried) -> Document:
    """Return ``comms/template-preview@1``."""
    return plain_document("template-preview", {
        "id": tried.trial.template,
        "summary": tried.summary,
        "subject": tried.draft.subject,
        "text": tried.draft.body,
        "needs": list(tried.needs),
        "made_of": [name for name, _ in tried.draft.chain],
    })  # fmt: skip


def dry_run_text(run: DryRun, paint: Paint) -> str:
    """Return a whole incident on paper: phases with their cells, then what goes with them."""
    book = run.book
    lines = [paint(f"{one_line(book.title)} ({run.id})", "bold"), *paragraph(book.summary), ""]
    for phase in PHASES:
        cells = [cell for cell in run.cells if cell.phase == phase]
        if cells:
            lines += [_phase_line(run, phase, paint)]
            for cell in cells:
                lines += _cell_lines(cell, paint)
            lines.append("")
    lines += _beside(run)
    return "".join(f"{line}\n" for line in lines)


def _phase_line(run: DryRun, phase: str, paint: Paint) -> str:
    paces = [
        f"{by}: {format_duration(pace)}" if by else f"an update every {format_duration(pace)}"
        for by, pace in run.paces(phase).items()
    ]
    if phase == "detection":
        paces.insert(0, f"out within {format_duration(run.book.acknowledge)}")
    said = f" · {', '.join(paces)}" if paces else ""
    return paint(phase, "bold") + said


def _cell_lines(cell: PlannedCell, paint: Paint) -> Iterator[str]:
    need = "first word" if cell.need == "acknowledgement" else cell.need
    marked = paint(f"{need:<10}", "cyan") if cell.need == "required" else f"{need:<10}"
    yield f"  {marked}  {one_line(cell.audience)}"
    if cell.fault:
        yield from paragraph(f"error: {cell.fault}", " " * 14, " " * 16)
        return
    wanted = f"; needs {', '.join(cell.needs)}" if cell.needs else ""
    yield from paragraph(f"{cell.template}{wanted}", " " * 14, " " * 16)


def _beside(run: DryRun) -> Iterator[str]:
    book = run.book
    yield from _section("escalations", (
        f"{e.when.said()}: {_follows(e.due, e.tell)}. {e.why}" for e in book.escalations
    ))  # fmt: skip
    yield from _section("who says what", (
        f"{duty}: {who}" for duty, who in book.responsibilities.items()
    ))  # fmt: skip
    if book.cadence_by_urgency:
        paces = book.cadence_by_urgency.items()
        yield from _section("by urgency", (f"{u}: every {format_duration(d)}" for u, d in paces))
    if book.end_of_day:
        yield from _section("each day", [f"whoever waits has heard from us by {book.end_of_day}"])
    yield from _section("clocks to look at, with Legal", book.clocks)
    estimates = book.estimates.items()
    yield from _section("gates usually take", (f"{g}: {format_duration(d)}" for g, d in estimates))
    for detail, questions in book.questions.items():
        yield from _section(f"before writing for readers who get {detail} detail", questions)
    yield from _section("language", book.language)


def _follows(due: Iterable[str], tell: Iterable[str]) -> str:
    parts = [f"{', '.join(due)} due" if due else "", f"tell {', '.join(tell)}" if tell else ""]
    return "; ".join(part for part in parts if part)


def _section(title: str, entries: Iterable[str]) -> Iterator[str]:
    listed = list(entries)
    if listed:
        yield title
        for entry in listed:
            yield from paragraph(f"- {entry}", "  ", "    ")
        yield ""


def dry_run_document(run: DryRun) -> Document:
    """Return ``comms/playbook-preview@1``. Lengths of time are written as ``30m``."""
    book = run.book
    return plain_document("playbook-preview", {
        "id": run.id,
        "title": book.title,
        "summary": book.summary,
        "acknowledge": format_duration(book.acknowledge),
        "end_of_day": book.end_of_day,
        "cells": [
            {"phase": c.phase, "audience": c.audience, "need": c.need, "template": c.template,
             "needs": list(c.needs), "fault": c.fault}
            for c in run.cells
        ],
        "cadence": [
            {"phase": phase, "by": by, "every": format_duration(pace)}
            for phase in PHASES for by, pace in run.paces(phase).items()
        ],
        "responsibilities": [
            {"duty": duty, "who": who} for duty, who in book.responsibilities.items()
        ],
        "escalations": [
            {"id": e.id, "when": e.when.said(), "due": list(e.due), "tell": list(e.tell),
             "why": e.why}
            for e in book.escalations
        ],
        "clocks": list(book.clocks),
        "questions": [
            {"detail": detail, "questions": list(questions)}
            for detail, questions in book.questions.items()
        ],
        "language": list(book.language),
    })  # fmt: skip


def diff_text(diff: str, paint: Paint) -> str:
    """Return the lines of a difference, what was taken out in red, what was put in in green."""
    return "".join(f"{_painted(safe(line), paint)}\n" for line in diff.splitlines())


def _painted(line: str, paint: Paint) -> str:
    style = {"-": "red", "+": "green", "@": "cyan"}.get(line[:1])
    return paint(line, style) if style else line
