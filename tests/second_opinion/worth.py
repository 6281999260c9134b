"""Sections 3 and 4 of how it is decided: what each record is worth, and what is before what."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tests.second_opinion.chain import Chain, Version
from tests.second_opinion.keys import Verifier
from tests.second_opinion.lines import NotThisFormat, digest_of
from tests.second_opinion.records import Record, UnknownKind, read_record
from tests.second_opinion.walking import FileAt, Finding, Walk, commit_signature, fault

NAMESPACE = "comms-record@v1"
VALID, VOID, LOST, ERROR = "valid", "void", "lost", "error"
WORTH_MOST_FIRST = (VALID, VOID, LOST, ERROR)
SENDS = ("send-intent", "sent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One record in one place with one signature, and what it is worth there."""

    file: FileAt
    digest: str
    worth: str
    record: Record | None = None
    commits: frozenset[str] = frozenset()
    """Those that introduce it and have the version that it names."""
    judges: Sequence[Version] = ()
    """The version that it names, and the later ones whose makers had not seen it."""


@dataclass(slots=True, kw_only=True)
class Records:
    """All records of a history by digest. ``undecided``: reasons why nothing is certain."""

    best: dict[str, Judged] = field(default_factory=dict)
    findings: set[Finding] = field(default_factory=set)
    undecided: list[str] = field(default_factory=list)

    def of(self, message: tuple[str, str]) -> dict[str, Record]:
        """The readable records of a message (or of an incident, whose message is empty)."""
        return {
            digest: judged.record
            for digest, judged in self.best.items()
            if judged.record is not None and judged.record.message == message
        }

    def worth(self, digest: str) -> str:
        return self.best[digest].worth

    def counts(self, digest: str) -> bool:
        """Valid or void; a lost record is a void one."""
        return self.worth(digest) != ERROR


def about(rule: str, records: Records, digest: str) -> Finding:
    """An error about a record, which may be accepted by its digest, path or commit."""
    file = records.best[digest].file
    return fault(rule, file.commits, path=file.path, digest=digest)


def warning(rule: str, records: Records, digest: str) -> Finding:
    return replace(about(rule, records, digest), level="warning")


def judge_records(walk: Walk, chain: Chain, verify: Verifier) -> Records:
    """Say what every record is worth; where one lies twice, the better place counts."""
    found, everything = Records(), []
    for file in walk.records:
        judged, rule = _judge(file, walk, chain, verify)
        if rule == "undecided":
            found.undecided.append(f"{file.path} is of a kind that this checker does not know")
        elif judged.worth == ERROR and rule != "merged-record":  # the walk has told of that
            found.findings.add(fault(rule, file.commits, path=file.path, digest=judged.digest))
        elif judged.worth in (VOID, LOST):
            found.findings.add(_overtaken(judged))
        everything.append(judged)
        known = found.best.get(judged.digest)
        if known is None or _rank(judged) < _rank(known):
            found.best[judged.digest] = judged
    found.findings |= set(_commit_signatures(everything, walk, chain, verify))
    return found


def _rank(judged: Judged) -> int:
    return WORTH_MOST_FIRST.index(judged.worth)


def _overtaken(judged: Judged) -> Finding:
    assert judged.record
    found = fault(
        "overtaken-record", judged.file.commits, path=judged.file.path, digest=judged.digest
    )
    return found if judged.record.kind in SENDS else replace(found, level="warning")


def _judge(file: FileAt, walk: Walk, chain: Chain, verify: Verifier) -> tuple[Judged, str]:
    """Return the record with its worth, and the rule that it breaks."""
    digest = digest_of(file.data)
    key = verify(file.data, file.signature, NAMESPACE)
    try:
        record = read_record(file.data)
    except NotThisFormat:
        return Judged(file=file, digest=digest, worth=ERROR), "record-grammar"
    if isinstance(record, UnknownKind):
        everybody = {
            k for v in chain for who in v.roster["people"].values() for k in who["keys"]
        }  # fmt: skip
        rule = "undecided" if key in everybody else "record-grammar"
        return Judged(file=file, digest=digest, worth=ERROR), rule
    rule = _fault(record, file, key, chain)
    named = next((n for n, v in enumerate(chain) if v.roster.digest == record["trust"]), -1)
    commits = {one for one in file.commits if named >= 0 and walk.holds(one, chain[named].commits)}
    if not rule and not (commits and _accepts(chain[named], key, record)):
        rule = "record-writer"
    if rule:
        return Judged(file=file, digest=digest, worth=ERROR, record=record), rule
    later = [v for v in chain[named + 1 :] if not _seen(v, commits, walk)]
    worth = VALID if all(_accepts(v, key, record) for v in later) else VOID
    if any(
        key == lost["key"] and digest not in lost["keep"]
        for lost in chain[-1].roster["compromised"]
    ):
        worth = LOST
    return Judged(
        file=file,
        digest=digest,
        worth=worth,
        record=record,
        commits=frozenset(commits),
        judges=(chain[named], *later),
    ), ""


def _fault(record: Record, file: FileAt, key: str, chain: Chain) -> str:
    """The rule by which a well-formed record is an error whoever wrote it, or nothing."""
    if file.path != record.path:
        return "record-place"
    if not file.commits:
        return "merged-record"
    if not key:
        return "record-signature"
    return "" if record["repository"] == chain[0].roster["repository"] else "record-place"


def _seen(version: Version, introduced: Collection[str], walk: Walk) -> bool:
    """Whether those who made a version had a record."""
    return all(
        any(walk.holds(parent, introduced) for parent in walk.commits[one].parents)
        for one in version.commits
    )


def _accepts(version: Version, key: str, record: Record) -> bool:
    return version.roster.accepts_writer(key, record.person, record.kind, record["gate"])


def _commit_signatures(
    judged: Sequence[Judged], walk: Walk, chain: Chain, verify: Verifier
) -> Iterator[Finding]:
    """A finding for each commit that brings records and that their writer did not sign."""
    lost: dict[str, set[str]] = {}
    for one in judged:
        if one.record is None or one.worth == ERROR:
            continue
        for commit in one.file.commits:
            signed, block = commit_signature(walk.commits[commit].raw)
            key = verify(signed, block, "git") if block else ""
            if one.judges[0].roster.owner(key) != one.record.person:
                lost.setdefault(commit, set()).update((one.file.path, one.digest))
    must = chain[-1].roster["commits"] == "signed"
    for commit, names in lost.items():
        found = fault("commit-signature-lost", names, commit=commit)
        yield found if must else replace(found, level="warning")


# -- order


Past = Mapping[str, frozenset[str]]
"""A record's digest → the digests of the records before it."""


def order(records: Mapping[str, Record]) -> Past:
    """Everything that each record reaches by ``after``, and nothing else."""
    past: dict[str, frozenset[str]] = {}

    def reach(digest: str) -> frozenset[str]:
        if digest not in past:
            above = [one for one in records[digest]["after"] if one in records]
            past[digest] = frozenset(above).union(*map(reach, above))
        return past[digest]

    for digest in records:
        reach(digest)
    return past


def listed(records: Mapping[str, Record]) -> dict[str, Record]:
    """The records, each after its past; of those that may come next, the earliest claim first.

    No verdict hangs on this: it says which of several records a fault is told of.
    """
    past, left, found = order(records), {**records}, dict[str, Record]()
    while left:
        ready = [digest for digest in left if past[digest] <= {*found}]
        first = min(ready, key=lambda digest: (left[digest]["at"], digest))
        found[first] = left.pop(first)
    return found
