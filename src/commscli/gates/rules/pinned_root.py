"""The history is the one that was pinned: same beginning, and nothing cut off since."""

from collections.abc import Iterator, Sequence
from functools import reduce
from operator import and_

from commscli.domain.history import Commit
from commscli.domain.report import Finding, Level
from commscli.gates.case import Case
from commscli.gates.rule import Rule

ID = "pinned-root"
_REMEDY = "compare with the person who gave you the pin before you trust either"


def judge(case: Case) -> Iterator[Finding]:
    """Find where the history is not the pinned one."""
    pin, links = case.pin, case.chain.links
    if pin is None or not links:
        return
    if links[0].trust.repository != pin.repository:
        yield _finding("the pin is for another repository", "repository")
    if pin.trust is not None and case.chain.number(pin.trust) is None:
        yield _finding(f"the pinned trust version {pin.trust[:8]} is not in force here", "trust")
    known = {commit.id for commit in case.history.commits}
    if pin.checkpoint is not None and pin.checkpoint not in known:
        yield _finding(
            f"the history does not contain the pinned commit {pin.checkpoint[:12]}: it was "
            "rewritten, or rolled back",
            "checkpoint",
        )
    if pin.seen is not None and pin.seen not in known:
        yield _finding(
            f"the history does not contain {pin.seen[:12]}, which this machine has seen here: "
            "it went back",
            "seen",
        )
    yield from _foreign_roots(case)


def _foreign_roots(case: Case) -> Iterator[Finding]:
    """A root that genesis does not reach is somebody else's history merged in."""
    commits = case.history.commits
    known = reduce(and_, (_past(commits, n) for n in case.chain.links[0].introduced))
    for number, commit in enumerate(commits):
        if not commit.parents and number not in known:
            yield Finding(
                rule=ID,
                level=Level.ERROR,
                text=f"commit {commit.id[:12]} begins a history that the first trust version "
                "does not know",
                remedy=_REMEDY,
                commit=commit.id,
            )


def _past(commits: Sequence[Commit], number: int) -> set[int]:
    waiting, before = [number], set()
    while waiting:
        one = waiting.pop()
        if one not in before:
            before.add(one)
            waiting.extend(commits[one].parents)
    return before


def _finding(text: str, key: str) -> Finding:
    return Finding(rule=ID, level=Level.ERROR, text=text, remedy=_REMEDY, key=key)


RULE = Rule(id=ID, title="The history is the pinned one, whole", judge=judge)
