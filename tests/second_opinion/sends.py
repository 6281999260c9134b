"""Section 7 of how it is decided: what was sent, and whether it might have been."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from tests.second_opinion import lines
from tests.second_opinion.emergencies import SKIPPED, ratified, skipped_gates
from tests.second_opinion.passing import Message, Standing, gates_that_apply
from tests.second_opinion.records import Record
from tests.second_opinion.rosters import Roster
from tests.second_opinion.walking import Finding
from tests.second_opinion.worth import LOST, VALID, VOID, Records, about, warning

Gates = Mapping[str, Standing]


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


def judge_sends(message: Message, records: Records) -> Iterator[Finding]:
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
    yield from _evidence(message, records, begun)


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
    message: Message, records: Records, begun: Mapping[str, Record]
) -> Iterator[Finding]:  # fmt: skip
    for intent in begun:
        if not _end(message, intent):
            yield warning("unfinished-send", records, intent)
    for digest, end in message.kind("sent", VALID, VOID):
        intent = end["intent"]
        right = intent in begun and intent in message.past[digest]
        right = right and _end(message, intent) == digest
        if not right or not _end_fits(end, message.records[begun[intent]["subject"]]):
            yield about("sent-evidence", records, digest)


def _end_fits(end: Record, revision: Record) -> bool:
    most = revision["recipients"]["count"] if revision["recipients"]["digest"] else 1
    slots, promise = dict(end["slots"]), revision["next_update"]
    if "send.time" not in slots:
        return False
    expected = {"send.time": slots["send.time"]}
    if promise:
        expected["send.next_update"] = lines.later(slots["send.time"], promise)
    return (
        {*end["counts"]} == {*end["payloads"]} == {*revision["channels"]}
        and all(sum(counts.values()) <= most for counts in end["counts"].values())
        and slots == expected
    )
