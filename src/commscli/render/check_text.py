"""A check's report, grouped by message, for a person."""

from collections.abc import Iterator

from commscli.domain.report import Finding, Level, MessageVerdict, Report
from commscli.render.escaping import one_line
from commscli.render.human import Paint, flowing, gate_words, paragraph

_MARKS = {Level.ERROR: ("error", "red"), Level.WARNING: ("warning", "yellow"),
          Level.ACCEPTED: ("accepted", "dim")}  # fmt: skip


def check_text(report: Report, paint: Paint) -> str:
    """Return the report."""
    lines: list[str] = []
    for message in report.messages:
        lines += _message(message, report, paint)
    rest = [f for f in report.findings if not _has_message(f, report)]
    if rest:
        lines += [paint("the repository", "bold"), *_findings(rest, paint)]
    return "\n".join([*lines, *_summary(report, paint)]) + "\n"


def _has_message(finding: Finding, report: Report) -> bool:
    return any(
        (m.incident, m.message) == (finding.incident, finding.message) for m in report.messages
    )


def _message(message: MessageVerdict, report: Report, paint: Paint) -> Iterator[str]:
    name = one_line(f"{message.incident}/{message.message}")
    yield paint(name, "bold")
    revision = f", revision {message.revision}" if message.revision else ""
    yield f"    {paint.state(message.state, message.state.replace('-', ' '))}{revision}"
    own = [
        f for f in report.findings if (f.incident, f.message) == (message.incident, message.message)
    ]
    yield from flowing((gate_words(v, paint) for v in message.gates), "    ")
    yield from _findings(own, paint)


def _findings(findings: list[Finding], paint: Paint) -> Iterator[str]:
    for finding in findings:
        word, style = _MARKS[finding.level]
        first, *more = paragraph(f"{word}[{finding.rule}]: {finding.text}", "  ", "      ")
        yield first.replace(word, paint(word, style), 1)
        yield from more
        place = finding.path or (f"commit {finding.commit[:12]}" if finding.commit else "")
        if place:
            yield f"      at {one_line(place)}"
        yield from paragraph(f"mend: {finding.remedy}", "      ", "            ")


def _summary(report: Report, paint: Paint) -> Iterator[str]:
    for reason in report.reasons:
        yield from paragraph(f"undecided: {reason}", "", "    ")
    checked = report.checked
    yield (
        f"{paint.state(report.outcome)}: {checked.sent} sent of "
        f"{_many(checked.messages, 'message')} in {_many(checked.incidents, 'incident')}; "
        f"{_many(checked.records, 'record')}, {_many(checked.commits, 'commit')}"
    )
    counts = {level: sum(f.level is level for f in report.findings) for level in Level}
    said = [_many(count, level.value) for level, count in counts.items() if count]
    pin = f"pin {report.pin.digest[:12]}" if report.pin else "no pin"
    trust = f"trust {report.trust_version}" if report.trust_version else "no trust"
    yield f"    {', '.join(said) or 'nothing to report'}; {trust}, {pin}, head {report.head[:12]}"


def _many(count: int, word: str) -> str:
    if word == "accepted":
        return f"{count} accepted"
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
