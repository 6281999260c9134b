"""A check's report as GitLab reads code quality: a list, each entry with its own fingerprint."""

from hashlib import sha256

from commscli.domain.report import Finding, Level, Report
from commscli.gates.engine import finding_id
from commscli.render.check_groups import ORGANISATION, location, next_step, shown, worst_first
from commscli.render.documents import Document
from commscli.render.escaping import one_line

_SEVERITIES = {Level.ERROR: "critical", Level.WARNING: "minor", Level.ACCEPTED: "info"}


def code_quality(report: Report) -> list[Document]:
    """Return the entries: why it is undecided, then errors, warnings, and what was accepted."""
    undecided = [
        _entry(
            f"undecided: {shown(reason)}",
            name="undecided",
            fingerprint=sha256(f"undecided\x1f{reason}".encode("utf-8", "replace")).hexdigest(),
            severity="blocker",
            path=ORGANISATION,
        )
        for reason in report.reasons
    ]
    found = {finding_id(finding): finding for finding in worst_first(report.findings)}
    return [*undecided, *(_finding(finding, id_) for id_, finding in found.items())]


def _finding(finding: Finding, id_: str) -> Document:
    return _entry(
        ". ".join(filter(None, (shown(finding.text), next_step(finding)))),
        name=one_line(finding.rule),
        fingerprint=id_,
        severity=_SEVERITIES[finding.level],
        path=one_line(location(finding)),
        line=finding.line or 1,
    )


def _entry(
    description: str, *, name: str, fingerprint: str, severity: str, path: str, line: int = 1
) -> Document:
    return {
        "description": description,
        "check_name": name,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {"path": path, "lines": {"begin": line}},
    }
