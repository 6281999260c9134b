"""Findings about records that are not valid, one rule at a time."""

from collections.abc import Iterator

from commscli.domain.report import Finding, Level
from commscli.gates.case import Case
from commscli.gates.rule import entered, place
from commscli.gates.standing import Standing, Worth


def faulty(case: Case, rule: str, remedy: str) -> Iterator[Finding]:
    """Yield a finding for every record that fails by this rule."""
    for standing in case.standings:
        if standing.rule != rule or standing.worth is Worth.NEWER:
            continue
        file = standing.file
        incident, message = place(file.path)
        kind = file.record.kind if file.record else "record"
        who = f"{file.record.person}'s " if file.record else "a "
        yield Finding(
            rule=rule,
            level=Level.WARNING if _only_counts_for_nothing(standing) else Level.ERROR,
            text=f"{who}{kind} {standing.why}",
            remedy=remedy,
            incident=incident,
            message=message,
            path=file.path,
            commit=entered(case.history, file.introduced),
            digest=file.digest,
        )


def _only_counts_for_nothing(standing: Standing) -> bool:
    """A verdict that was overtaken counts for nothing; what was sent was sent all the same."""
    record = standing.file.record
    sent = record is not None and record.kind in {"send-intent", "sent"}
    return standing.worth is Worth.VOID and not sent
