"""The check of what came after a commit that is taken as checked.

If that commit passes, the tip passes exactly if this says so: every error of a whole check of
the tip that is not one of the commit's own is found here, and nothing that is none.

The rules judge a `History` as ever. Of an older record its tree tells that it was there, not
which commit brought it, so that which later trust versions had been made without it is open;
a version that had it before it also gave it to all that follow. So there are as many possible
answers as versions up to which they could have lacked it. If these differ, somebody must look
for the commits that brought the versions; and if a finding would have to name a commit that
nobody looked for, the whole history decides.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from commscli.domain.history import History, Pin
from commscli.domain.ids import CommitId
from commscli.domain.part import SHAPING, Part, Unsettled, Whole
from commscli.domain.report import Report, Since
from commscli.domain.trust import Accepted, Trust
from commscli.gates.case import Case, build
from commscli.gates.engine import report
from commscli.gates.rule import place
from commscli.gates.stand_ins import Layout, is_stand_in


def check_since(
    part: Part, pin: Pin | None, contained: Sequence[CommitId] = ()
) -> Report | Whole | Unsettled:
    """Judge a part of a history. ``contained`` are commits that are known to be in it."""
    layout = Layout.of(part, contained)
    if isinstance(layout, Whole):
        return layout
    first, *others = layout.possible
    found = _answer(part, layout.history(first), pin)
    for lacking in reversed(others):
        if _answer(part, layout.history(lacking), pin) != found:
            return Unsettled(first=first + 1)
    return found.report


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What would be so: what each record is worth, and what the rules say."""

    worth: tuple[tuple[object, ...], ...]
    report: Report | Whole


def _answer(part: Part, history: History, pin: Pin | None) -> _Answer:
    case = build(history, pin)
    found = report(case)
    why = _open(part, case, found)
    commits = len(part.history.commits) - len(part.seams)
    return _Answer(
        worth=tuple((s.file.path, s.worth, s.rule, s.why, s.lost) for s in case.standings),
        report=Whole(why=why)
        if why
        else replace(
            found,
            since=Since(commit=part.base),
            checked=replace(found.checked, commits=commits),
        ),
    )


def _open(part: Part, case: Case, found: Report) -> str:
    """Say what only the whole history can tell; nothing, if that is not so."""
    links = case.chain.links
    if tuple(link.digest for link in links[: part.versions]) != part.roster:
        return "what was in force there is not in force here in the same way"
    before, now = links[part.versions - 1].trust, links[-1].trust
    if any(is_stand_in(finding.commit) for finding in found.findings):
        return "something is to be said of an older record, which an older commit brought"
    return _changed(before, now) or _told_less(part, (before, now))


def _changed(before: Trust, now: Trust) -> str:
    """Say what a new trust version decides about everything before it."""
    if before.compromised != now.compromised:
        return "other keys are compromised now"
    if before.commits != now.commits:
        return "commit signatures count otherwise now"
    if set(before.accepted) - set(now.accepted):
        return "a fault is not accepted any more"
    junk = any(accepted.rule == "record-grammar" for accepted in now.accepted)
    return "accepted junk may be somebody's now" if junk and before != now else ""


def _told_less(part: Part, trusts: Sequence[Trust]) -> str:
    """Say whether a fault was accepted after which a tree tells less than its history."""
    digests = {file.digest for file in part.history.records}
    for accepted in {a for trust in trusts for a in trust.accepted}:
        if accepted.rule == "trust-chain" or (
            accepted.rule in SHAPING and _concerns(accepted, part, digests)
        ):
            return f"a fault was accepted that may matter here ({accepted.rule})"
    return ""


def _concerns(accepted: Accepted, part: Part, digests: Collection[str]) -> bool:
    """Whether an accepted fault is in what is judged, or it cannot be told where it is."""
    subject = accepted.subject
    if subject in part.shaken:
        return not part.loaded.isdisjoint(part.shaken[subject])
    if "/" in subject:
        return place(subject)[0] in part.loaded
    return subject in digests or accepted.rule == "record-place"
