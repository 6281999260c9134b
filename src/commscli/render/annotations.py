"""A check's report as GitHub workflow commands, which annotate files in a pull request.

A runner reads a command off any line that begins with ``::``; what others wrote is data in it
and never ends it.
"""

from collections.abc import Iterator, Sequence

from commscli.domain.report import Finding, Level, Report
from commscli.render.check_groups import location, many, next_step, shown, worst_first
from commscli.render.check_text import summary_lines
from commscli.render.escaping import clipped, inert, one_line
from commscli.render.human import Paint

MOST = 10
"""So many annotations of one kind GitHub shows for one step; the rest it drops in silence."""
_LONGEST_TITLE = 200
_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.ACCEPTED: "notice"}


def annotations(report: Report, *, strict: bool = False) -> str:
    """Return the commands, errors first, and the answer as a plain line below them."""
    lines: list[str] = []
    for level, command in _COMMANDS.items():
        reasons = report.reasons if level is Level.ERROR else ()
        found = [f for f in worst_first(report.findings) if f.level is level]
        lines += _limited([*map(_undecided, reasons), *map(_annotation, found)], command)
    lines.append(inert("\n".join(summary_lines(report, Paint(colour=False), strict=strict))))
    return "\n".join(lines) + "\n"


def _limited(lines: Sequence[str], command: str) -> Iterator[str]:
    if len(lines) <= MOST:
        yield from lines
        return
    yield from lines[: MOST - 1]
    more = f"{many(len(lines) - MOST + 1, command)} more: see the summary of this step"
    yield _command(command, {"title": "comms check"}, more)


def _undecided(reason: str) -> str:
    return _command("error", {"title": "comms check: undecided"}, shown(reason))


def _annotation(finding: Finding) -> str:
    place = {"file": one_line(location(finding)), "line": str(finding.line or 1)}
    about = one_line(" ".join(filter(None, (finding.rule, finding.message))))
    title = {"title": clipped(f"comms {about}", _LONGEST_TITLE)}
    text = "\n".join(filter(None, (shown(finding.text), next_step(finding))))
    return _command(_COMMANDS[finding.level], {**place, **title}, text)


def _command(name: str, properties: dict[str, str], data: str) -> str:
    shown_ = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {shown_}::{_data(data)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
