"""Every record lists what its writer saw, and all of that is still there."""

from collections.abc import Collection, Iterator, Mapping

from commscli.domain.history import RecordFile
from commscli.domain.ids import Digest
from commscli.domain.order import Ordered
from commscli.domain.records import Record
from commscli.domain.report import Finding, Level
from commscli.gates.case import Case
from commscli.gates.mending import admins, here
from commscli.gates.message import MessageCase
from commscli.gates.rule import Rule, entered
from commscli.gates.standing import Standing

ID = "missing-past"


def judge(case: Case) -> Iterator[Finding]:
    """Find digests in ``after`` that no record of the message or incident has."""
    yield from _findings(case, _absent(case.templates.ordered), case.templates.standings)
    for incident in case.incidents:
        yield from _findings(case, _absent(incident.ordered), incident.standings)
        declared = _declared(incident.ordered)
        for message in incident.messages:
            missing = _undeclared(message, declared)
            missing |= _absent(message.ordered, incident.standings)
            yield from _findings(case, missing, message.standings)


def _absent(ordered: Ordered, known: Collection[Digest] = ()) -> dict[Digest, str]:
    """Return the records that come after one which is neither here nor known besides."""
    found = {}
    for placed in ordered.records:
        for digest in placed.record.after:
            if digest not in ordered.position and digest not in known:
                found[placed.digest] = f"a record that is not here: {digest[:8]}"
                break
    return found


def _declared(ordered: Ordered) -> frozenset[Digest]:
    """Return the records of an incident that declare it, or come after one that does."""
    declarations = 0
    for number, placed in enumerate(ordered.records):
        if placed.record.kind == "declared":
            declarations |= 1 << number
    return frozenset(
        placed.digest
        for number, (placed, past) in enumerate(zip(ordered.records, ordered.past, strict=True))
        if (past | 1 << number) & declarations
    )


def _undeclared(message: MessageCase, declared: Collection[Digest]) -> dict[Digest, str]:
    """Return the first revisions that were written before their incident was declared."""
    found = {}
    drafts = 0
    for number, placed in enumerate(message.ordered.records):
        record = placed.record
        if record.kind == "drafted":
            is_first = not message.ordered.past[number] & drafts
            drafts |= 1 << number
            if is_first and not any(digest in declared for digest in record.after):
                found[placed.digest] = (
                    "no declaration of its incident" if record.after else "nothing at all"
                )
    return found


def _findings(
    case: Case, missing: Mapping[Digest, str], standings: Mapping[Digest, Standing]
) -> Iterator[Finding]:
    for digest, what in missing.items():
        file = standings[digest].file
        if file.record is not None:
            yield _finding(case, file, file.record, what)


def _finding(case: Case, file: RecordFile, record: Record, what: str) -> Finding:
    return Finding(
        rule=ID,
        level=Level.ERROR,
        text=f"{record.person}'s {record.kind} comes after {what}",
        remedy=f"run comms sync in the clone that has it, first {record.person}'s; "
        "if it was removed, put it back",
        incident=record.incident,
        message=record.message,
        path=file.path,
        commit=entered(case.history, file.introduced),
        digest=file.digest,
        who=here(case, record.person),
        accept=admins(case),
    )


RULE = Rule(id=ID, title="Nothing that a record rests on is missing", judge=judge)
