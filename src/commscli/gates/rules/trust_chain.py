"""Every trust version follows the one in force, signed by its quorum, introduced once."""

from collections.abc import Iterator

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
        yield Finding(
            rule=ID,
            level=Level.ERROR,
            text=f"{twin.path} entered history {len(twin.introduced)} times: it is in force, and "
            "judges all that its makers did not have before them each time",
            remedy="find out who copied it, and accept the fault",
            path=twin.path,
            commit=entered(case.history, twin.introduced),
            digest=twin.digest,
            key="twin",
            who=admins(case),
            accept=admins(case),
        )


RULE = Rule(id=ID, title="The roster is the one that its admins signed", judge=judge)
