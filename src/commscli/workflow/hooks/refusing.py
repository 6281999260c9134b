"""What a hook says no to, as values: where, by which rule, why, and the way out."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from commscli.domain.report import Finding, Level, Report
from commscli.errors import CommsError

UNDECIDED = "undecided"


class Hook(StrEnum):
    """The moments at which git asks."""

    PRE_COMMIT = "pre-commit"
    PRE_PUSH = "pre-push"
    PRE_RECEIVE = "pre-receive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One reason for a no. ``rule`` is one of the check's, or of `docs/ci.md`'s own."""

    rule: str
    text: str
    remedy: str
    ref: str = ""
    path: str = ""
    commit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a hook came to; no refusals is a yes. ``warnings`` counts what the check warns of."""

    hook: Hook
    refusals: tuple[Refusal, ...]
    warnings: int = 0

    @property
    def outcome(self) -> str:
        """``pass``, ``refused`` or ``undecided``: what could not be decided outranks a no."""
        if any(refusal.rule == UNDECIDED for refusal in self.refusals):
            return UNDECIDED
        return "refused" if self.refusals else "pass"


def of_report(report: Report, ref: str, undecided_remedy: str) -> list[Refusal]:
    """Return what a check finds against a ref: each error, and each reason for no answer."""
    undecided = [
        Refusal(ref=ref, rule=UNDECIDED, text=reason, remedy=undecided_remedy)
        for reason in report.reasons
    ]
    return undecided + of_findings(ref, (f for f in report.findings if f.level is Level.ERROR))


def of_findings(ref: str, findings: Iterable[Finding]) -> list[Refusal]:
    """Return findings as refusals of a ref."""
    return [
        Refusal(ref=ref, rule=f.rule, text=f.text, remedy=f.remedy, path=f.path,
                commit=f.commit or "")
        for f in findings
    ]  # fmt: skip


def of_failure(fault: CommsError, ref: str = "") -> Refusal:
    """Return a failure as a refusal: what could not be looked at does not pass."""
    problems = "".join(f"; {problem}" for problem in fault.problems)
    return Refusal(ref=ref, rule=UNDECIDED, text=f"{fault.text}{problems}", remedy=fault.remedy)
