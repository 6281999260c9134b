"""The findings of a check by what they are about, and what every format says of one."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from commscli.domain.report import Finding, Level, MessageVerdict, Report
from commscli.gates.engine import finding_id
from commscli.gates.mending import named
from commscli.render.escaping import clipped, one_line
from commscli.render.human import drilled

LONGEST = 2000
"""Characters of a text that others may have written; the JSON document has all of it."""
ORGANISATION = "comms.yaml"
_ORDER = tuple(Level)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What was found of one message, of one incident, or of the repository; the worst first."""

    incident: str
    message: str
    verdict: MessageVerdict | None
    findings: tuple[Finding, ...]
    drill: bool = False

    @property
    def name(self) -> str:
        """Return what it is about, on one line."""
        parts = [part for part in (self.incident, self.message) if part]
        return drilled(shown("/".join(parts)).strip() or "the repository", drill=self.drill)

    @property
    def worst(self) -> Level | None:
        """Return the gravest level; nothing, where nothing was found."""
        return self.findings[0].level if self.findings else None


def groups(report: Report) -> list[Group]:
    """Return every message, then what else something was found of, and the repository last."""
    found: defaultdict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in report.findings:
        found[finding.incident, finding.message].append(finding)
    verdicts: dict[tuple[str, str], MessageVerdict] = {
        (m.incident, m.message): m for m in report.messages
    }
    drills = {m.incident for m in report.messages if m.drill}
    others = sorted(found.keys() - verdicts.keys() - {("", "")})
    return [
        Group(
            incident=incident,
            message=message,
            verdict=verdicts.get((incident, message)),
            findings=worst_first(found[incident, message]),
            drill=incident in drills,
        )
        for incident, message in (*verdicts, *others, ("", ""))
    ]


def worst_first(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return findings with the errors first, otherwise as they were told."""
    return tuple(sorted(findings, key=lambda finding: _ORDER.index(finding.level)))


def location(finding: Finding) -> str:
    """Return the file that a finding is shown at: its own, or what it is about."""
    if finding.path:
        return finding.path
    if finding.message:
        return f"incidents/{finding.incident}/messages/{finding.message}/draft.md"
    return f"incidents/{finding.incident}" if finding.incident else ORGANISATION


def who(finding: Finding) -> str:
    """Return who can mend it, in words; nothing, where that is nobody's on the roster."""
    return one_line(named(finding.who)) if finding.who else ""


def next_step(finding: Finding) -> str:
    """Return what mends it and who can, on one line; nothing, once the admins accepted it."""
    if finding.level is Level.ACCEPTED:
        return ""
    mender = f" ({who(finding)})" if finding.who else ""
    mend = f"mend{mender}: {shown(finding.remedy)}"
    return f"{mend}. accept: {acceptance(finding)}" if acceptance(finding) else mend


def acceptance(finding: Finding) -> str:
    """Return who can live with an error and how; nothing, where nobody can."""
    if finding.level is not Level.ERROR or not (finding.accept and finding.subject):
        return ""
    command = f"comms trust accept {finding.rule} {finding_id(finding)} --why TEXT"
    return one_line(f"{named(finding.accept)}: {command}")


def shown(text: str) -> str:
    """Return a text as a finding shows it: on one line, safe, and not endless."""
    return one_line(clipped(text, LONGEST))


def many(count: int, word: str) -> str:
    """Return a count with its noun."""
    plural = "" if count == 1 or word == "accepted" else "s"
    return f"{count} {word}{plural}"


def counted(report: Report) -> str:
    """Return how many findings of each level there are."""
    counts = {level: sum(f.level is level for f in report.findings) for level in Level}
    said = [many(count, level.value) for level, count in counts.items() if count]
    return ", ".join(said) or "nothing to report"


def scope(report: Report) -> str:
    """Return how much was looked at."""
    checked = report.checked
    drills = f", and {checked.drills} sent in drills" if checked.drills else ""
    return (
        f"{checked.sent} sent of {many(checked.messages, 'message')} in "
        f"{many(checked.incidents, 'incident')}{drills}; {many(checked.records, 'record')}, "
        f"{many(checked.commits, 'commit')}"
    )


def basis(report: Report) -> str:
    """Return what it was judged by: the trust, the pin, the commit."""
    pin = f"pin {report.pin.digest[:12]}" if report.pin else "no pin"
    trust = f"trust {report.trust_version}" if report.trust_version else "no trust"
    head = f"head {report.head[:12]}" if report.head else "no commit"
    return f"{trust}, {pin}, {head}"
