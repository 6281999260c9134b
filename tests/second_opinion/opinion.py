"""The whole second opinion: sections 4, 5 and 8 of how it is decided, and the answer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.second_opinion.chain import Pin, check_pin, find_chain
from tests.second_opinion.keys import Verifier, by_ssh_keygen
from tests.second_opinion.lines import digest_of
from tests.second_opinion.passing import Message
from tests.second_opinion.reading import Unreadable, read_commits
from tests.second_opinion.records import Record
from tests.second_opinion.rosters import Roster
from tests.second_opinion.sends import Gates, gates_now, judge_sends
from tests.second_opinion.walking import REGULAR, Commit, Files, Finding, Walk, fault, walk
from tests.second_opinion.worth import (
    LOST,
    VALID,
    VOID,
    Records,
    about,
    judge_records,
    listed,
    order,
)


@dataclass(slots=True, kw_only=True)
class Opinion:
    """What this checker says of a history."""

    outcome: str = "pass"
    reasons: list[str] = field(default_factory=list)
    chain: list[str] = field(default_factory=list)
    worth: dict[str, str] = field(default_factory=dict)
    findings: set[Finding] = field(default_factory=set)
    gates: dict[tuple[str, str], Gates] = field(default_factory=dict)
    """Incident and message → how the gates stood for its last send, or stand now."""


def opinion_on(repository: Path, tip: str, pin: Pin | None) -> Opinion:
    """Judge a real repository with ``git`` and ``ssh-keygen``."""
    try:
        commits = read_commits(repository, tip)
    except Unreadable as why:
        return Opinion(outcome="undecided", reasons=[str(why)])
    return judge(commits, pin, by_ssh_keygen())


def judge(commits: Sequence[Commit], pin: Pin | None, verify: Verifier) -> Opinion:
    """Judge plain data. ``commits``: all that the last one reaches, parents first."""
    if pin is None:
        return Opinion(outcome="undecided", reasons=["no pin"])
    walked = walk(commits)
    chain, faults = find_chain(walked, pin, verify)
    opinion = Opinion(chain=[version.roster.digest for version in chain])
    if not chain:
        return replace(opinion, outcome="undecided", reasons=["no trust"])
    records = judge_records(walked, chain, verify)
    opinion.worth = {digest: judged.worth for digest, judged in records.best.items()}
    opinion.findings = walked.findings | faults | records.findings
    opinion.findings |= {f for f, intents in walked.frozen if intents & _begun(records)}
    opinion.findings |= check_pin(walked, pin, chain, commits[-1].id)
    opinion.findings |= set(_order_and_incidents(records))
    names = {j.record.message for j in records.best.values() if j.record and j.record.message[1]}
    for name in sorted(names):
        message = Message(records, name)
        opinion.findings |= set(_words(message, records, walked))
        opinion.findings |= set(judge_sends(message, records, walked))
        opinion.gates[name] = gates_now(message, records, chain[-1].roster)
    opinion.findings = {_accepted(f, chain[-1].roster) for f in opinion.findings}
    opinion.reasons = records.undecided
    levels = {finding.level for finding in opinion.findings}
    opinion.outcome = (
        "undecided" if opinion.reasons else "fail" if "error" in levels else "pass"
    )  # fmt: skip
    return opinion


def _begun(records: Records) -> set[str]:
    """The paths of the send-intents that were surely their writers', even if overtaken."""
    return {
        judged.file.path
        for digest, judged in records.best.items()
        if judged.record is not None
        and judged.record.kind == "send-intent"
        and records.worth(digest) in (VALID, VOID, LOST)
    }


def _accepted(finding: Finding, roster: Roster) -> Finding:
    listed = {(entry["rule"], entry["subject"]) for entry in roster["accepted"]}
    if finding.level == "error" and any((finding.rule, n) in listed for n in finding.names):
        return replace(finding, level="accepted")
    return finding


# -- 4. order


def _order_and_incidents(records: Records) -> Iterator[Finding]:
    names = {judged.record.message for judged in records.best.values() if judged.record}
    for name in names:
        own = records.of(name)
        above = dict(records.of((name[0], ""))) if name[1] else {}
        past, past_above = order(own), order(above)
        after_declared = {
            d for d in above if {d, *past_above[d]} & {*_declarations(records, name[0])}
        }
        for digest, record in own.items():
            first = record.kind == "drafted" and not any(
                own[one].kind == "drafted" for one in past[digest]
            )
            alone = first and not {*record["after"]} & after_declared
            if alone or not {*record["after"]} <= {*own, *above}:
                yield about("missing-past", records, digest)
    counted = {
        digest: judged.record
        for digest, judged in records.best.items()
        if judged.record is not None and records.counts(digest)
    }
    for incident in {incident for incident, _ in names if incident}:
        own = {d: r for d, r in counted.items() if r["incident"] == incident}
        declared = [d for d in _declarations(records, incident) if d in own]
        if not declared:
            brought = {c for d in own for c in records.best[d].file.commits}
            everything = {
                c
                for judged in records.best.values()
                if judged.record is not None and judged.record["incident"] == incident
                for c in judged.file.commits
            }
            earliest = min(everything or brought, default="")
            yield fault("second-declaration", path=f"incidents/{incident}", commit=earliest)
        for digest in declared[1:]:
            yield about("second-declaration", records, digest)
        yield from _drills(records, own, declared)


def _drills(
    records: Records, own: Mapping[str, Record], declared: Sequence[str]
) -> Iterator[Finding]:  # fmt: skip
    """Each record says what a declaration in its past says, or if there is none, the first."""
    valid = [digest for digest in declared if records.worth(digest) == VALID]
    for name in {record.message for record in own.values()}:
        past = order({**records.of((name[0], "")), **records.of(name)})
        for digest, record in records.of(name).items():
            if digest not in own or record.kind == "declared":
                continue
            said = {own[one]["drill"] for one in past[digest] if one in declared}
            if not said and declared:
                said = {own[[*valid, *declared][0]]["drill"]}
            if said and record["drill"] not in said:
                yield about("drill-mixed", records, digest)


def _declarations(records: Records, incident: str) -> list[str]:
    """The readable declarations of an incident, in the order of its list."""
    own = listed(records.of((incident, "")))
    return [digest for digest, record in own.items() if record.kind == "declared"]


# -- 5. the words beside a revision


def _words(message: Message, records: Records, walked: Walk) -> Iterator[Finding]:
    """What each commit that brings revisions or sends of them must hold."""
    revisions = message.revisions
    drafted: dict[str, set[str]] = {}
    sent: dict[str, set[str]] = {}
    for digest, record in message.records.items():
        subject = digest if record.kind == "drafted" else record.values.get("subject")
        speaks = record.kind in ("drafted", "send-intent")
        if speaks and subject in revisions and records.counts(digest):
            named = drafted if record.kind == "drafted" else sent
            for commit in records.best[digest].commits:
                named.setdefault(commit, set()).add(subject)
    for commit in {*drafted, *sent}:
        files = walked.commits[commit].files
        for subject in message.newest(drafted.get(commit, ())) | sent.get(commit, set()):
            if not _words_lie_there(files, message.name, revisions[subject]):
                yield replace(about("draft-bytes", records, subject), commit=commit)


def _words_lie_there(files: Files, name: tuple[str, str], revision: Record) -> bool:
    folder = f"incidents/{name[0]}/messages/{name[1]}"
    attached = f"{folder}/attachments/"
    wanted = {f"{folder}/draft.md": revision["draft"]}
    wanted |= {f"{attached}{file}": digest for file, digest in revision["attachments"]}
    there = {
        path: (mode, digest_of(data))
        for path, (mode, data) in files.items()
        if path == f"{folder}/draft.md" or path.startswith(attached) or path == attached[:-1]
    }
    return there == {path: (REGULAR, digest) for path, digest in wanted.items()}
