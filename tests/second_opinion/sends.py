"""Section 7 of how it is decided: what was sent, and whether it might have been."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from tests.second_opinion import lines
from tests.second_opinion.emergencies import SKIPPED, ratified, skipped_gates
from tests.second_opinion.passing import Message, Standing, gates_that_apply
from tests.second_opinion.records import Record
from tests.second_opinion.rosters import Roster
from tests.second_opinion.walking import REGULAR, Finding, Walk
from tests.second_opinion.worth import LOST, VALID, VOID, Records, about, warning

Gates = Mapping[str, Standing]
_IS_ROW = re.compile(rb"[0-9a-f]{64}|-|copy")
_IS_WORD = re.compile(rb"[a-z0-9-]+")
_IS_SAID = re.compile(rb"(?: [ -~]*)?")


def sends_of(message: Message) -> dict[str, Record]:
    """The sends of a message, the first first."""
    return {
        digest: record
        for digest, record in message.kind("send-intent", VALID, VOID)
        if record["subject"] in message.revisions
    }


def gates_now(message: Message, records: Records, roster: Roster) -> Gates:
    """How the gates stood for the last send, or stand for what could be sent next."""
    if begun := [*sends_of(message)]:
        return gates_of(message, records, begun[-1])
    newest = message.newest(message.revisions)
    if len(newest) != 1:
        return {}
    return _under(roster, message, newest.pop(), frozenset(message.records))


def judge_sends(message: Message, records: Records, walked: Walk) -> Iterator[Finding]:
    """Find what is wrong with the sends of a message."""
    revisions, begun = message.revisions, sends_of(message)
    for digest, record in message.kind("send-intent", VALID, VOID, LOST):
        if record["subject"] not in revisions:
            yield about("open-gate", records, digest)
    for digest, record in begun.items():
        for gate, standing in gates_of(message, records, digest).items():
            if not standing.passed:
                yield replace(about(standing.rule, records, digest), key=gate)
        if message.newest({*revisions} & message.past[digest]) != {record["subject"]}:
            yield about("forked-draft", records, digest)
        yield from _unheard(message, records, digest)
        yield from _taken_back(message, records, digest)
    yield from _repeats(message, records, begun)
    yield from _evidence(message, records, begun, walked)


def gates_of(message: Message, records: Records, intent: str) -> Gates:
    """How every gate stood for a send, under all the versions that judge it."""
    revision, seen = message.records[intent]["subject"], message.past[intent]
    found: dict[str, Standing] = {}
    for version in records.best[intent].judges:
        for gate, standing in _under(version.roster, message, revision, seen, intent).items():
            known = found.get(gate)
            if known is None or known.passed or (known.rule == SKIPPED and not standing.passed):
                found[gate] = standing
    return found


def _under(
    roster: Roster, message: Message, revision: str, seen: frozenset[str], intent: str = ""
) -> Gates:
    """How the gates stand that must: those that apply, and those that are objected to."""
    asked = {*gates_that_apply(roster, message.records[revision])}
    asked |= message.objected(roster, seen)
    found = {gate: message.stands(gate, roster, revision, seen) for gate in asked}
    for gate in skipped_gates(message, roster, revision, seen, found):
        agreed = intent and ratified(message, intent, gate, roster)
        found[gate] = Standing(by=found[gate].by, rule="" if agreed else SKIPPED)
    return found


def _unheard(message: Message, records: Records, intent: str) -> Iterator[Finding]:
    for objection in message.standing_objections({*message.records}):
        if objection not in message.past[intent]:
            if intent in message.past[objection]:
                yield warning("late-objection", records, objection)
            else:
                yield about("unheard-objection", records, objection)


def _taken_back(message: Message, records: Records, intent: str) -> Iterator[Finding]:
    """Oks that the sender relied on, and that had been withdrawn without the sender knowing."""
    seen, everything = message.past[intent], {*message.records}
    authors = message.authors(everything)
    for digest, record in message.kind("withdrawn", VALID):
        given = message.records.get(record["of"])
        if digest in seen or record["of"] not in seen & message.past[digest] or given is None:
            continue
        if given.kind != "ok" or records.worth(given.digest) != VALID:
            continue
        answered = any(
            digest in message.past[one] and ok.person not in authors
            for one, ok in message.oks(given["gate"], everything).items()
        ) and not any(
            objection in given["settles"] and one["gate"] == given["gate"]
            for objection, one in message.standing_objections(everything).items()
        )
        if given.person == record.person and not answered:
            if intent in message.past[digest]:
                yield warning("late-objection", records, digest)
            else:
                yield about("unheard-objection", records, digest)


def _repeats(
    message: Message, records: Records, begun: Mapping[str, Record]
) -> Iterator[Finding]:  # fmt: skip
    """A send with others listed before it needs a reason, and to have seen how they ended."""
    for number, (digest, record) in enumerate(begun.items()):
        ended = [_end(message, earlier) for earlier in [*begun][:number]]
        seen = all(end in message.past[digest] for end in ended)
        if ended and not (record["why"].strip() and seen):
            yield about("second-send", records, digest)


def _end(message: Message, intent: str) -> str:
    """The first ``sent`` of a send, or nothing."""
    ends = message.kind("sent", VALID, VOID)
    return next((digest for digest, end in ends if end["intent"] == intent), "")


def _evidence(
    message: Message, records: Records, begun: Mapping[str, Record], walked: Walk
) -> Iterator[Finding]:
    for intent in begun:
        if not _end(message, intent):
            yield warning("unfinished-send", records, intent)
    for digest, end in message.kind("sent", VALID, VOID):
        intent = end["intent"]
        right = intent in begun and intent in message.past[digest]
        right = right and _end(message, intent) == digest
        revision = message.records[begun[intent]["subject"]] if right else None
        fits = revision is not None and _end_fits(end, revision)
        if not fits or not _lines_fit(message, records, digest, walked, revision):
            yield about("sent-evidence", records, digest)
    for digest, _ in message.kind("delivered-late", VALID, VOID):
        if not _lines_fit(message, records, digest, walked, None):
            yield about("sent-evidence", records, digest)


def _lines_fit(
    message: Message, records: Records, digest: str, walked: Walk, revision: Record | None
) -> bool:
    """Whether the file that a record names lies with it, and says what it and the revision say."""
    record, name = message.records[digest], message.name
    wanted = record["evidence"]
    if not wanted or not records.best[digest].commits:
        return True
    path = f"incidents/{name[0]}/messages/{name[1]}/evidence/{wanted[:16]}.txt"
    for commit in records.best[digest].commits:
        mode, data = walked.commits[commit].files.get(path, ("", b""))
        if mode == REGULAR and lines.digest_of(data) == wanted:
            return revision is None or _says(data, record["counts"], revision)
    return False


def _says(data: bytes, counts: Mapping[str, Mapping[str, int]], revision: Record) -> bool:
    told: list[tuple[str, str, str]] = []
    for line in data.removesuffix(b"\n").split(b"\n") if data else []:
        if line.startswith(b"#"):
            continue
        channel, row, outcome, *_ = [*line.split(b" ", 3), b"", b"", b""]
        whole = b" ".join((channel, row, outcome))
        behind = line.removeprefix(whole)
        if not _IS_ROW.fullmatch(row) or not _IS_WORD.fullmatch(channel + outcome):
            return False
        if not channel or not outcome or not _IS_SAID.fullmatch(behind):
            return False
        told.append((channel.decode(), row.decode(), outcome.decode()))
    counted: dict[str, dict[str, int]] = {}
    for name, _, came_to in told:
        own = counted.setdefault(name, {})
        own[came_to] = own.get(came_to, 0) + 1
    approved = revision["recipients"]["digest"]
    about_them = all(
        lines.digest_of("".join(
            f"{row}\n" for row in sorted(r for c, r, _ in told if c == over and len(r) == 64)
        ).encode()) == approved
        for over in revision["channels"]
    )  # fmt: skip
    return counted == counts and (not approved or about_them)


def _end_fits(end: Record, revision: Record) -> bool:
    people = revision["recipients"]["count"] if revision["recipients"]["digest"] else 1
    most = {c: people + len(s.get("copy", "").split()) for c, s in revision["channels"].items()}
    slots, promise = dict(end["slots"]), revision["next_update"]
    if "send.time" not in slots:
        return False
    expected = {"send.time": slots["send.time"]}
    if promise:
        expected["send.next_update"] = lines.later(slots["send.time"], promise)
    return (
        {*end["counts"]} == {*end["payloads"]} == {*revision["channels"]}
        and all(sum(counts.values()) <= most[c] for c, counts in end["counts"].items())
        and slots == expected
    )
