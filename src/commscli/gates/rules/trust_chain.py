"""Every trust version follows the one in force, signed by its quorum, introduced once."""

from collections.abc import Iterator

from commscli.domain.report import Finding, Level
from commscli.gates.case import Case
from commscli.gates.rule import Rule, entered

ID = "trust-chain"


def judge(case: Case) -> Iterator[Finding]:
    """Find trust versions that are not in force."""
    for refusal in case.chain.refusals:
        yield Finding(
            rule=ID,
            level=Level.ERROR,
            text=f"{refusal.file.path} is not in force: it {refusal.why}",
            remedy="an admin makes the next version again: comms trust show, then comms trust add",
            path=refusal.file.path,
            commit=entered(case.history, refusal.file.introduced),
            digest=refusal.file.digest,
        )


RULE = Rule(id=ID, title="The roster is the one that its admins signed", judge=judge)
