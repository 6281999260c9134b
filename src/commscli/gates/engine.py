"""The check: a history and a pin in, a report out.

1. Is there anything to judge by? A pin, and a trust chain that begins with it. Without
   either the answer is *undecided*, never a pass.
2. What is every record worth by itself? (`standing`)
3. How did the gates of every message stand when it was sent? (`message`, `passing`)
4. Every rule of the catalogue reports everything it finds; what the admins have accepted is
   shown as accepted, and fills no gate.

Not checked here, and said in ``docs/threat-model.md``: what was sent without being recorded,
a tail of history that this verifier never saw, the truth of anybody's clock.
"""

from dataclasses import replace
from hashlib import sha256

from commscli.domain.history import History, Pin
from commscli.domain.report import Checked, Finding, Level, PinUsed, Report
from commscli.domain.trust import Trust
from commscli.gates.case import Case, build
from commscli.gates.catalog import RULES
from commscli.gates.standing import Worth


def check(history: History, pin: Pin | None) -> Report:
    """Judge all of a history."""
    return report(build(history, pin))


def report(case: Case) -> Report:
    """Judge a case that is already worked out."""
    current = case.chain.current
    findings = [finding for rule in RULES for finding in rule.judge(case)]
    if current is not None:
        findings = [_accepted(finding, current.trust) for finding in findings]
    return Report(
        head=case.history.head,
        trust_version=current.trust.version if current else 0,
        trust_digest=current.digest if current else None,
        pin=PinUsed(source=case.pin.source, digest=case.pin.genesis) if case.pin else None,
        reasons=tuple(_reasons(case)),
        checked=_counted(case),
        messages=tuple(message.verdict for message in case.messages),
        findings=tuple(findings),
    )


def _reasons(case: Case) -> list[str]:
    """Say why this cannot be decided; nothing, when it can."""
    reasons = []
    if case.pin is None:
        reasons.append("there is no pin: nothing says which beginning of the trust is the real one")
    if not case.chain.links:
        reasons.append("there is no trust in force that the pin begins")
    newer = sorted({s.why for s in case.standings if s.worth is Worth.NEWER})
    return [*reasons, *(f"a record {why}: a newer comms is needed" for why in newer)]


def _accepted(finding: Finding, trust: Trust) -> Finding:
    if finding.level is not Level.ERROR:
        return finding
    subjects = {s for s in (finding.commit, finding.digest, finding.path) if s}
    for accepted in trust.accepted:
        if accepted.rule == finding.rule and accepted.subject in subjects:
            text = f"{finding.text} (accepted by the admins: {accepted.why})"
            return replace(finding, level=Level.ACCEPTED, text=text)
    return finding


def _counted(case: Case) -> Checked:
    sent = [message for message in case.messages if any(s.sent for s in message.sends)]
    drills = sum(message.verdict.drill for message in sent)
    return Checked(
        incidents=len(case.incidents),
        messages=sum(len(incident.messages) for incident in case.incidents),
        sent=len(sent) - drills,
        drills=drills,
        records=len(case.history.records),
        commits=len(case.history.commits),
    )


def finding_id(finding: Finding) -> str:
    """Return a key that stays the same from run to run while the fault stays the same."""
    parts = (
        finding.rule, finding.incident, finding.message, finding.path,
        finding.digest or "", finding.commit or "", finding.key,
    )  # fmt: skip
    return sha256("\x1f".join(parts).encode()).hexdigest()[:12]
