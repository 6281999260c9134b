"""A check's report as SARIF 2.1.0, as code scanning takes it: every result has a place.

A string in a SARIF message may hold placeholders and links; ours hold neither, whatever
others have written into a name.
"""

from collections.abc import Mapping
from urllib.parse import quote

from commscli import __version__
from commscli.domain.report import Finding, Level, Outcome, Report
from commscli.gates.catalog import RULES
from commscli.gates.engine import finding_id
from commscli.gates.rule import Rule
from commscli.render.check_groups import location, next_step, shown, worst_first
from commscli.render.documents import Document
from commscli.render.escaping import safe

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_ROOT = "%SRCROOT%"
_LONGEST_DESCRIPTION = 1024
_LEVELS = {Level.ERROR: "error", Level.WARNING: "warning", Level.ACCEPTED: "note"}
_NUMBERS = {rule.id: number for number, rule in enumerate(RULES)}


def sarif_document(report: Report, pages: Mapping[str, str]) -> Document:
    """Return a SARIF log of one run. ``pages`` are the rules' pages by rule."""
    run = {
        "tool": {
            "driver": {
                "name": "comms",
                "fullName": f"comms {__version__}",
                "semanticVersion": __version__,
                "rules": [_rule(rule, pages[rule.id]) for rule in RULES],
            }
        },
        "automationDetails": {"id": "comms/check/"},
        "invocations": [
            {
                "executionSuccessful": report.outcome is not Outcome.UNDECIDED,
                "toolExecutionNotifications": [_notification(r) for r in report.reasons],
            }
        ],
        "originalUriBaseIds": {
            _ROOT: {"description": {"text": "The root of the repository that was checked."}}
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding) for finding in worst_first(report.findings)],
        "properties": {
            "outcome": str(report.outcome),
            "head": report.head,
            "trustVersion": report.trust_version,
        },
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: Rule, page: str) -> Document:
    _, _, checks = page.partition("## What it checks\n\n")
    full = " ".join(checks.partition("\n\n## ")[0].split())
    if len(full) > _LONGEST_DESCRIPTION:
        full = f"{full[: _LONGEST_DESCRIPTION - 1]}…"
    return {
        "id": rule.id,
        "name": "".join(word.title() for word in rule.id.split("-")),
        "shortDescription": {"text": _string(f"{rule.title}.")},
        "fullDescription": {"text": _string(full)},
        "help": {"text": _string(page), "markdown": _string(page)},
        "properties": {"tags": ["comms", "audit"], "precision": "very-high"},
    }


def _notification(reason: str) -> Document:
    return {
        "level": "error",
        "descriptor": {"id": "undecided"},
        "message": {"text": _string(f"undecided: {shown(reason)}")},
    }


def _result(finding: Finding) -> Document:
    steps = next_step(finding)
    text = f"{shown(finding.text)}. {steps}" if steps else shown(finding.text)
    known = {"ruleIndex": _NUMBERS[finding.rule]} if finding.rule in _NUMBERS else {}
    accepted = finding.level is Level.ACCEPTED
    return {
        "ruleId": safe(finding.rule),
        **known,
        "level": _LEVELS[finding.level],
        "message": {"text": _string(text)},
        "locations": [{"physicalLocation": _place(finding)}],
        "partialFingerprints": {
            "primaryLocationLineHash": finding_id(finding),
            "commsFinding/v1": finding_id(finding),
        },
        **({"suppressions": [_suppression(finding)]} if accepted else {}),
    }


def _place(finding: Finding) -> Document:
    uri = quote(location(finding), safe="/", errors="replace")
    line = finding.line or 1
    return {
        "artifactLocation": {"uri": uri, "uriBaseId": _ROOT},
        "region": {"startLine": line, "startColumn": 1, "endLine": line, "endColumn": 1},
    }


def _suppression(finding: Finding) -> Document:
    """Return what says that the admins live with it; their reason ends the finding's text."""
    return {
        "kind": "external",
        "status": "accepted",
        "justification": _string(shown(finding.text)),
    }


def _string(text: str) -> str:
    doubled = safe(text).replace("{", "{{").replace("}", "}}")
    return doubled.replace("](", "] (")
