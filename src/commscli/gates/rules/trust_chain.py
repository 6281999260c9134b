"""Every trust version follows the one in force, signed by its quorum, introduced once."""

from collections.abc import Iterator

from commscli.domain.history import TrustFile
from commscli.domain.report import Finding, Level
from commscli.gates.case import Case
from commscli.gates.mending import admins
from commscli.gates.rule import Rule, entered

ID = "trust-chain"


def judge(case: Case) -> Iterator[Finding]:
    """Find trust versions that are not in force, and those that came in twice."""
    for refusal in case.chain.refusals:
        yield Finding(
            rule=ID,
            level=Level.ERROR,
            text=f"{refusal.file.path} is not in force: it {refusal.why}",
            remedy="make the change again on the version in force (comms trust show), and accept "
            "the fault, for the file cannot go",
            path=refusal.file.path,
            commit=entered(case.history, refusal.file.introduced),
            digest=refusal.file.digest,
            who=admins(case),
            accept=admins(case),
        )
    for twin in case.chain.twins:
        yield from _entries(case, twin)


def _entries(case: Case, twin: TrustFile) -> Iterator[Finding]:
    """Tell of each time that a version came in; of what is left alone once others are accepted."""
    accepted = case.chain.current.trust.accepted if case.chain.current else ()
    names = {a.subject for a in accepted if a.rule == ID}
    commits = {commit: case.history.commits[commit].id for commit in twin.introduced}
    left = [commit for commit, name in commits.items() if name not in names]
    for number, name in commits.items():
        if number in left and len(left) == 1:
            continue
        yield Finding(
            rule=ID,
            level=Level.ERROR,
            text=f"{twin.path} entered history {len(commits)} times: it is in force, and judges "
            "all that its makers did not have before them each time",
            remedy="find out which commit is the copy, and accept the fault by that commit, which "
            "then counts no more",
            path=twin.path,
            commit=name,
            key="twin",
            who=admins(case),
            accept=admins(case),
        )


RULE = Rule(id=ID, title="The roster is the one that its admins signed", judge=judge)
