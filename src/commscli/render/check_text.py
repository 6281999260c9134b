"""A check's report, grouped by message, for a person."""

import re
from collections.abc import Iterator

from commscli.domain.report import Finding, Level, Report
from commscli.render.check_groups import (
    Group,
    acceptance,
    basis,
    counted,
    groups,
    next_step,
    scope,
    shown,
    who,
)
from commscli.render.escaping import inert, one_line
from commscli.render.human import Paint, flowing, gate_words, paragraph, whole

_MARKS = {Level.ERROR: ("error", "red"), Level.WARNING: ("warning", "yellow"),
          Level.ACCEPTED: ("accepted", "dim")}  # fmt: skip
_COMMAND = re.compile(r"(?<=: )(?:comms|git) .*")


def check_text(report: Report, paint: Paint, *, every: bool = False, strict: bool = False) -> str:
    """Return the report: what something was found of, or with ``every`` each message."""
    parts = [
        [*group_lines(group, paint)]
        for group in groups(report)
        if group.findings or (every and group.verdict is not None)
    ]
    parts.append([*summary_lines(report, paint, strict=strict)])
    return inert("\n\n".join("\n".join(part) for part in parts)) + "\n"


def group_lines(group: Group, paint: Paint) -> Iterator[str]:
    """Yield a message with its gates, or what else it is, and its findings."""
    yield paint(group.name, "bold")
    verdict = group.verdict
    if verdict is not None:
        revision = f", revision {verdict.revision}" if verdict.revision else ""
        yield f"    {paint.state(verdict.state, verdict.state.replace('-', ' '))}{revision}"
        yield from flowing((gate_words(v, paint) for v in verdict.gates), "    ")
    for finding in group.findings:
        yield from _finding(finding, paint)


def _finding(finding: Finding, paint: Paint) -> Iterator[str]:
    word, style = _MARKS[finding.level]
    title = f"{word}[{finding.rule}]: {shown(finding.text)}"
    first, *more = paragraph(title, "  ", "      ")
    yield first.replace(word, paint(word, style), 1)
    yield from more
    if finding.path:
        line = f":{finding.line}" if finding.line else ""
        yield f"      at {one_line(finding.path)}{line}"
    if finding.commit:
        yield f"      in commit {one_line(finding.commit[:12])}"
    if next_step(finding):
        if finding.who:
            yield from paragraph(f"who: {who(finding)}", "      ", "           ")
        first, *more = map(_copied, shown(finding.remedy).split("; "))
        yield from paragraph(f"mend: {first}", "      ", "            ")
        for step in more:
            yield from paragraph(step, "            ")
        if acceptance(finding):
            accept = _copied(f"accept: {acceptance(finding)}")
            yield from paragraph(accept, "      ", "              ")


def _copied(step: str) -> str:
    """Return a step with the command that ends it in one piece: it is there to be copied."""
    found = _COMMAND.search(step)
    return f"{step[: found.start()]}{whole(found[0])}" if found else step


def summary_lines(report: Report, paint: Paint, *, strict: bool = False) -> Iterator[str]:
    """Yield why it is undecided, the answer, what it rests on, and where to read more."""
    for reason in report.reasons:
        yield from paragraph(f"undecided: {reason}", "", "    ")
    yield f"{paint.state(report.outcome)}: {scope(report)}"
    if report.since is not None:
        yield from paragraph(_since(report.since.commit, report.since.whole), "    ")
    yield f"    {counted(report)}; {basis(report)}"
    if strict and any(finding.level is Level.WARNING for finding in report.findings):
        yield "    --strict: the warnings count as errors"
    rules = dict.fromkeys(f.rule for g in groups(report) for f in g.findings if next_step(f))
    if rules:
        yield f"    comms explain {one_line(next(iter(rules)))} says more of that rule"


def _since(commit: str, whole: str) -> str:
    if whole:
        return f"all was judged, although {commit[:12]} was said to be checked: {whole}"
    return f"what came after {commit[:12]} was judged, which is taken as checked"
