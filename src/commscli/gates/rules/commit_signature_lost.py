"""Every record enters in a commit signed by the person who wrote it."""

from collections.abc import Iterator

from commscli.domain.history import RecordFile
from commscli.domain.report import Finding, Level
from commscli.gates.case import Case
from commscli.gates.mending import admins
from commscli.gates.rule import Rule, commit_id, place
from commscli.gates.standing import Worth

ID = "commit-signature-lost"


def judge(case: Case) -> Iterator[Finding]:
    """Find record commits without the signature of the record's own writer.

    The record's own signature is the proof, so a squash or a rebase that loses the commit's
    is a warning, unless trust says ``commits: signed``.
    """
    current = case.chain.current
    strict = current is not None and current.trust.commits == "signed"
    told: set[int] = set()
    for standing in case.standings:
        if standing.worth is Worth.ERROR:
            continue
        for commit in standing.file.introduced:
            if commit not in told and not _signed(case, standing.file, commit):
                told.add(commit)
                incident, message = place(standing.file.path)
                entry = commit_id(case.history, commit)
                yield Finding(
                    rule=ID,
                    level=Level.ERROR if strict else Level.WARNING,
                    text="a record came in a commit that its writer did not sign (a squash, or "
                    "a rebase by somebody else); the record's own signature holds",
                    remedy="next time merge with a merge commit, or rebase with comms sync",
                    incident=incident,
                    message=message,
                    path=standing.file.path,
                    commit=entry,
                    who=admins(case) if strict else (),
                    accept=admins(case) if strict else (),
                )


def _signed(case: Case, file: RecordFile, commit: int) -> bool:
    signature = case.history.commit_signatures.get(commit)
    if signature is None or signature.key is None or file.record is None:
        return False
    number = case.chain.number(file.record.trust)
    trust = case.chain.links[number].trust if number is not None else None
    return trust is not None and trust.owner_of(signature.key) == file.record.person


RULE = Rule(id=ID, title="Record commits are signed by their writer", judge=judge)
