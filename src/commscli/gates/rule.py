"""What a rule is: an id, a sentence, and a function from the case to findings."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from commscli.domain.history import History
from commscli.domain.ids import CommitId
from commscli.domain.report import Finding
from commscli.gates.case import Case

_PLACE = re.compile(
    r"incidents/(?P<incident>[^/]+)(?:/messages/(?P<message>[^/]+))?(?:/.*)?", re.DOTALL
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule. Its id is the name of its module, its page and its test, with hyphens."""

    id: str
    title: str
    judge: Callable[[Case], Iterable[Finding]]


def place(path: str) -> tuple[str, str]:
    """Return the incident and the message that a path belongs to, as far as it does."""
    match = _PLACE.fullmatch(path)
    return (match["incident"], match["message"] or "") if match else ("", "")


def name_in(path: str) -> str:
    """Return a file's name for a sentence: its folder, if it is a record's, stands beside it."""
    return path.rpartition("/records/")[2]


def entered(history: History, introduced: Iterable[int]) -> CommitId | None:
    """Return the commit that brought a file; of several the same one for every reader."""
    return min((history.commits[number].id for number in introduced), default=None)


def commit_id(history: History, number: int) -> CommitId | None:
    """Return the id of a commit by its place; ``None`` for a place that is none."""
    return history.commits[number].id if 0 <= number < len(history.commits) else None
