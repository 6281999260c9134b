"""Findings about records that are not valid, one rule at a time."""

from collections.abc import Iterator

from commscli.domain.ids import PersonId
from commscli.domain.records import Record
from commscli.domain.report import Finding, Level
from commscli.gates.case import Case
from commscli.gates.mending import admins, here, holders
from commscli.gates.rule import entered, place
from commscli.gates.standing import Standing, Worth


def faulty(case: Case, rule: str, *, by_role: bool = False) -> Iterator[Finding]:
    """Yield a finding for every record that fails by this rule.

    Its writer does it again; with ``by_role``, whoever holds the role that it needs does.
    """
    for standing in case.standings:
        if standing.rule != rule or standing.worth is Worth.NEWER:
            continue
        file = standing.file
        incident, message = place(file.path)
        kind = file.record.kind if file.record else "record"
        whose = f"{file.record.person}'s " if file.record else "a "
        who = _again(case, file.record, by_role=by_role)
        void = _only_counts_for_nothing(standing)
        writer = "" if who else "have whoever wrote it "
        yield Finding(
            rule=rule,
            level=Level.WARNING if void else Level.ERROR,
            text=f"{whose}{kind} {standing.why}",
            remedy=f"{writer}do it again with comms{'' if void else ', and accept the fault'}",
            incident=incident,
            message=message,
            path=file.path,
            commit=entered(case.history, file.introduced),
            digest=file.digest,
            who=who if void else who or admins(case),
            accept=() if void else admins(case),
        )


def _again(case: Case, record: Record | None, *, by_role: bool) -> tuple[PersonId, ...]:
    if record is None:
        return ()
    return holders(case, record.kind, record.gate) if by_role else here(case, record.person)


def _only_counts_for_nothing(standing: Standing) -> bool:
    """A verdict that was overtaken counts for nothing; what was sent was sent all the same."""
    record = standing.file.record
    sent = record is not None and record.kind in {"send-intent", "sent"}
    return standing.worth is Worth.VOID and not sent
