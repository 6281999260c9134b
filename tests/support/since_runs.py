"""A check since a commit beside the whole checks that it must agree with."""

from collections.abc import Mapping
from dataclasses import dataclass

from commscli.domain.history import Pin
from commscli.domain.ids import CommitId
from commscli.domain.part import Unsettled, Whole
from commscli.domain.report import Finding, Level, Outcome, Report
from commscli.gates.engine import check, finding_id
from commscli.gates.since import check_since
from commscli.ledger.reader import read_history
from commscli.ledger.repository import discover
from commscli.ledger.settling import settled
from commscli.ledger.since import contains, read_since
from tests.support.repos import Repo

Told = Mapping[tuple[str, Level], Finding]


def told(report: Report) -> Told:
    """What a report says, by what stays the same from run to run."""
    return {(finding_id(finding), finding.level): finding for finding in report.findings}


def whole(repo: Repo, commit: str, pin: Pin) -> Report:
    """What a check of everything up to a commit says."""
    return check(read_history(discover(repo.path), CommitId(commit)), pin)


def since(repo: Repo, commit: str, base: str, pin: Pin) -> Report | Whole:
    """What a check of what came after a commit says by itself, as the workflow puts it together."""
    repository = discover(repo.path)
    part = read_since(repository, CommitId(commit), CommitId(base))
    if isinstance(part, Whole):
        return part
    asked = [c for c in (pin.checkpoint, pin.seen) if c is not None]
    there = [c for c in asked if contains(repository, part, c)]
    found = check_since(part, pin, there)
    if isinstance(found, Unsettled):
        part = settled(repository, part, found.first)
        found = part if isinstance(part, Whole) else check_since(part, pin, there)
    assert not isinstance(found, Unsettled)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Two whole checks and one since the first of them."""

    base: Report
    tip: Report
    since: Report | Whole

    @classmethod
    def of(cls, repo: Repo, base: str, tip: str, pin: Pin) -> "Compared":
        return cls(
            base=whole(repo, base, pin),
            tip=whole(repo, tip, pin),
            since=since(repo, tip, base, pin),
        )

    @property
    def faults(self) -> list[str]:
        """What the check since the commit says wrongly; nothing, if it is right."""
        if isinstance(self.since, Whole):
            return []
        if self.base.outcome is not Outcome.PASS:
            return []  # nothing is promised then
        base, tip, found = told(self.base), told(self.tip), told(self.since)
        wrong = [f"says, and the whole does not: {found[k]}" for k in found.keys() - tip.keys()]
        wrong += [f"misses: {tip[k]}" for k in tip.keys() - base.keys() - found.keys()]
        both = [(found[k], tip[k]) for k in found.keys() & tip.keys()]
        wrong += [f"says otherwise: {mine}, {whole}" for mine, whole in both if mine != whole]
        if self.since.outcome is not self.tip.outcome:
            wrong.append(f"says {self.since.outcome}, and the whole {self.tip.outcome}")
        return wrong
