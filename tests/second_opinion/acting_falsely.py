"""Records that are not what they say: forged, replayed, unsigned, of no known kind."""

from dataclasses import replace
from typing import Any

from commscli.domain.ids import Digest, MessageId
from commscli.domain.records import Fact
from commscli.ledger.record_files import digest_of
from tests.second_opinion.acting_well import WRITERS, gate_of, judge_of, revisions, subject_of
from tests.second_opinion.histories import (
    MESSAGES,
    STRANGER,
    Act,
    LeftOut,
    Tale,
    can_happen,
    pick,
    rarely,
)
from tests.support.story import Story, sign

RECORD = "comms-record@v1"


def protected(story: Story) -> list[str]:
    return sorted(p for p in story.tree if p.startswith("trust/") or "/records/" in p)


def records(story: Story) -> list[str]:
    return [path for path in protected(story) if path.endswith(".yaml") and "/records/" in path]


@can_happen
def draft_with_other_words(_: Tale, story: Story, act: Act) -> None:
    """A revision that names other words or attachments than those beside it."""
    ghost = f"{story.folder}/attachments/ghost.txt"
    if act.a % 2:
        story.draft(by=pick(WRITERS, act.who), draft="d" * 64)
    else:
        put = {ghost: None} if act.b % 2 else {ghost: b"another"}
        story.draft(by=pick(WRITERS, act.who), attachments={"ghost.txt": b"boo"}, put=put)


@can_happen
def forge(_: Tale, story: Story, act: Act) -> None:
    """A verdict in somebody's name, signed by another, or by nobody, or for something else."""
    gate = gate_of(story, act.a)
    by = judge_of(story, gate, act.who % 6)
    if act.b < 4:
        story.ok(gate, by=by, subject=subject_of(story, 0), key=("tom", STRANGER, "eva")[act.b % 3])
        return
    body = replace(_verdict(story, gate, by), text="forged")
    written = story.written("ok", body, by, gate=gate)
    story.shelf.records[written.digest] = written
    files: dict[str, bytes | None] = {written.path: written.data}
    if act.b == 5:
        files[f"{written.path}.sig"] = sign(by, written.data, "git")
    elif act.b == 6:
        files[f"{written.path}.sig"] = sign(by, written.data + b" ", RECORD)
    elif rarely(act.b):
        files[f"{written.path}.sig"] = sign(by, written.data, RECORD).replace(b"\n", b"\r\n")
    story.commit(files, by=by)
    if act.a > 5:
        story.commit({f"{written.path}.sig": sign(by, written.data, RECORD)}, by=by)


def _verdict(story: Story, gate: str, by: str) -> Any:
    side = story.aside()
    return side.shelf.records[side.ok(gate, by=by, subject=subject_of(story, 0))].record.body


@can_happen
def write_oddly(_: Tale, story: Story, act: Act) -> None:
    """A verdict with one field that is not as it should be."""
    gate = gate_of(story, act.a)
    by = judge_of(story, gate, act.who % 6)
    body = _verdict(story, gate, by)
    versions = sorted(story.shelf.trusts)
    incident = [placed.digest for placed in story.placed("")]
    changed: dict[str, Any] = pick([
        {"repository": "another"},
        {"drill": not story.drill},
        {"trust": Digest(pick(versions, act.who))},
        {"trust": Digest("9" * 64)},
        {"after": [Digest("9" * 64)]},
        {"after": []},
        {"after": sorted({*story.heads(story.message), pick(incident, act.who)})},
        {"person": STRANGER},
    ], act.b)  # fmt: skip
    written = story.written("ok", body, by, gate=gate, **changed)
    story.enter(written, key=by)


@can_happen
def replay(_: Tale, story: Story, act: Act) -> None:
    """The bytes of a verdict with the name of another message, signed again by its writer."""
    oks = story.of_kind("ok")
    one = pick(oks, act.a).record
    moved = MESSAGES[one.message == MESSAGES[0]]
    written = story.written(
        "ok", one.body, one.person, gate=one.gate, message=MessageId(moved), after=one.after
    )
    story.enter(written, key=one.person)


@can_happen
def write_what_nobody_knows(_: Tale, story: Story, act: Act) -> None:
    """A record of a kind, or of a schema, that this format does not have."""
    by = STRANGER if act.who < 4 else "bea"
    written = story.written("fact", Fact(key="start", value=str(act.a)), by, message="")
    data = written.data.replace(b'kind: "fact"', b'kind: "novelty"')
    if act.b > 4:
        data = written.data.replace(b"record@1", b"record@2")
    if act.b == 4:
        data = written.data.replace(b'key: "start"\n', b"")
    name = f"{written.path.rpartition('Z-')[0]}Z-novelty-{digest_of(data)[:8]}.yaml"
    signed = sign(STRANGER if act.who < 2 else by, data, RECORD)
    story.commit({name: data, f"{name}.sig": signed}, by=by)


@can_happen
def drop_the_commits_signature(_: Tale, story: Story, act: Act) -> None:
    gate = gate_of(story, act.a)
    by = judge_of(story, gate, act.who % 6)
    body = _verdict(story, gate, by)
    story.record("ok", body, by=by, gate=gate, committer=pick(("", "tom", ""), act.b))


@can_happen
def sign_the_same_again(tale: Tale, story: Story, act: Act) -> None:
    """One record on two branches with two signatures, of which one is somebody else's."""
    other = pick([other for other in tale.branches if other is not story], act.who)
    path = pick([p for p in records(other) if p not in story.tree], act.a)
    data = other.tree[path].data
    story.commit({path: data, f"{path}.sig": sign("tom", data, RECORD)}, by="tom")


@can_happen
def send_what_is_none(_: Tale, story: Story, act: Act) -> None:
    """Begin to send an ok instead of a revision, or end a send that nobody began."""
    oks = story.of_kind("ok")
    if act.a % 2:
        story.begin_send(subject=pick(oks, act.who).digest)
        return
    named = pick(oks, act.b).digest if act.who % 2 else Digest("9" * 64)
    if not revisions(story):
        raise LeftOut
    story.end_send(named)


NAMES = (
    "draft with other words", "forge", "forge", "write oddly", "write oddly", "replay",
    "write what nobody knows", "drop the commits signature", "sign the same again",
    "send what is none", "declare again",
)  # fmt: skip
