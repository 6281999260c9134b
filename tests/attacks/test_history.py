"""History rewritten, hidden, cut, dated: merges that drop or bring, refs, roots, order."""

import os
import struct
from dataclasses import replace
from hashlib import sha1
from pathlib import Path

import pytest

from commscli.domain.records import Reasoned, Verdict
from commscli.domain.report import Outcome
from commscli.ledger import pins, record_files
from tests.attacks.raw import WHO, header, put_commit
from tests.attacks.staging import Stage, in_review, to_send
from tests.support.repos import Desk
from tests.support.story import JUDGES, Story, sign, with_role, without_role

PGP = b"-----BEGIN PGP SIGNATURE-----\n\niHUEABYKAB0WIQ==\n=abcd\n-----END PGP SIGNATURE-----\n"


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage.of(tmp_path)


def apart(story: Story) -> Story:
    """A branch of the same people's that begins with nothing."""
    alone = story.aside()
    alone.head = -1
    return alone


# -- merges


@pytest.mark.row(47)
def test_a_merge_that_drops_an_objection(tmp_path: Path) -> None:
    """``-s ours``, or a conflict brought together by hand."""
    stage = Stage.of(tmp_path, to_send)
    side = stage.story.aside()
    objection = side.object("legal", by="leo")
    stage.story.send()
    path = side.path(objection)
    stage.story.merge(side, put={path: None, f"{path}.sig": None})

    stage.fails("append-only", "unheard-objection", says=["objected", "removed"])


@pytest.mark.row(46)
def test_a_merge_that_brings_a_record_of_its_own(stage: Stage) -> None:
    side = stage.story.aside()
    side.commit({"notes.md": b"nothing\n"})
    written = stage.story.written("hold", Reasoned(why="wait"), "lea")
    armored = sign("lea", written.data, record_files.NAMESPACE)
    stage.story.merge(side, put={written.path: written.data, f"{written.path}.sig": armored})

    stage.fails("merged-record", says=["none of its parents has"])


@pytest.mark.row(46)
def test_a_merge_that_brings_a_trust_version(stage: Stage) -> None:
    side = stage.story.aside()
    other = stage.story.aside()
    side.commit({"notes.md": b"nothing\n"})
    other.change_trust(lambda trust: with_role(trust, "max", "legal-officer"))
    stage.story.merge(side, put={p: f for p, f in other.tree.items() if p.startswith("trust/0002")})

    stage.fails("merged-record", "trust-chain")


@pytest.mark.row(48)
def test_an_octopus_that_drops_one_arm(stage: Stage) -> None:
    arms = [stage.story.aside() for _ in range(4)]
    facts = [arm.fact(f"fact-{n}", "so it is") for n, arm in enumerate(arms)]
    path = arms[2].path(facts[2])
    stage.story.merge(*arms, put={path: None, f"{path}.sig": None})

    stage.fails("append-only", says=["removed"])


@pytest.mark.row(48)
def test_an_octopus_that_keeps_them_all(stage: Stage) -> None:
    arms = [stage.story.aside() for _ in range(4)]
    for number, arm in enumerate(arms):
        arm.fact(f"fact-{number}", "so it is")
    stage.story.merge(*arms)
    stage.repo.write(stage.story)

    stage.passes()


@pytest.mark.row(48)
def test_a_merge_with_more_parents_than_anybody_makes(stage: Stage) -> None:
    arms = [stage.story.aside() for _ in range(65)]
    for number, arm in enumerate(arms):
        arm.commit({f"notes-{number}.md": b"nothing\n"})
    stage.story.merge(*arms)
    stage.repo.write(stage.story)

    stage.is_undecided("66 parents")


def test_a_parent_named_twice(stage: Stage) -> None:
    side = stage.story.aside()
    stage.story.commit({"notes.md": b"nothing\n"}, also=[side.head])
    stage.repo.write(stage.story)

    stage.passes()


@pytest.mark.row(70)
@pytest.mark.parametrize("foxtrot", [False, True])
def test_a_merge_that_makes_a_side_line_of_the_main_one(tmp_path: Path, *, foxtrot: bool) -> None:
    """Who merges into whom says nothing: an objection of the other side stands all the same."""
    stage = Stage.of(tmp_path, to_send)
    side = stage.story.aside()
    stage.story.object("legal", by="leo")
    side.commit({"notes.md": b"nothing\n"})
    first, second = (side, stage.story) if foxtrot else (stage.story, side)
    first.merge(second)
    first.send()
    stage.story.head = first.head

    found = stage.fails("standing-objection", says=["leo objected"])
    assert len(found) == 1


@pytest.mark.row(70)
def test_a_foxtrot_outruns_no_roster(stage: Stage) -> None:
    """A retired person merges the main line into their own, so that theirs comes first."""
    side = stage.story.aside()
    stage.story.change_trust(lambda trust: without_role(trust, "leo"))
    side.ok("legal", by="leo")
    side.merge(stage.story)
    side.ok("legal", by="lea")
    stage.story.head = side.head

    stage.warns("overtaken-record", says=["leo's ok"])


# -- roots


@pytest.mark.row(73)
def test_a_root_that_genesis_does_not_know(stage: Stage) -> None:
    stranger = apart(stage.story)
    root = stranger.commit({"notes.md": b"nothing\n"})
    stage.story.merge(stranger)

    found = stage.fails("pinned-root", says=["begins a history"])
    assert found[0]["commit"] == root


@pytest.mark.row(73)
def test_a_root_that_brings_records_made_elsewhere(stage: Stage) -> None:
    """A verdict without any past beneath it, carried in by a merge."""
    stranger = apart(stage.story)
    written = stage.story.written("hold", Reasoned(why="wait"), "lea")
    stranger.enter(written, key="lea")
    stage.story.merge(stranger)

    stage.fails("pinned-root", "record-writer", says=["begins a history", "which its commit lacks"])


@pytest.mark.row(73)
def test_a_second_root_that_brings_the_roster_again(stage: Stage) -> None:
    """A copy of the first version neither ends the trust nor begins another."""
    stranger = apart(stage.story)
    stranger.commit({p: f for p, f in stage.story.tree.items() if p.startswith("trust/")})
    stage.story.merge(stranger)

    stage.fails("trust-chain", "pinned-root", says=["2 times", "begins a history"])
    assert stage.check().json["trust"]["version"] == 1


# -- what a verifier keeps outside


def pinned_at(stage: Stage, commit: str) -> None:
    pin = replace(stage.story.pin, checkpoint=commit)  # type: ignore[arg-type]  # ids are strings
    stage.desk.pin.write_bytes(pins.write(pin))


@pytest.mark.row(69)
def test_a_rollback_past_the_checkpoint(stage: Stage, tmp_path: Path) -> None:
    early = stage.story.shelf.nodes[stage.story.head].parents[0]
    pinned_at(stage, stage.story.tip)
    stage.passes()

    stage.repo.point(stage.story.shelf.nodes[early].id)
    stranger = Desk.of(tmp_path / "new", stage.story)
    stranger.pin.write_bytes(stage.desk.pin.read_bytes())
    answer = stranger.checked(stage.repo.path)

    assert (answer.status, answer.json["outcome"]) == (1, "fail")
    assert {f["rule"] for f in answer.json["findings"] if f["level"] == "error"} == {"pinned-root"}
    assert "rewritten, or rolled back" in answer.json["findings"][0]["text"]


@pytest.mark.row(69)
def test_a_rollback_past_the_tip_that_this_machine_saw(stage: Stage) -> None:
    early = stage.story.shelf.nodes[stage.story.head].parents[0]
    stage.repo.point(stage.story.shelf.nodes[early].id)

    answer = stage.check()

    errors = [f for f in answer.json["findings"] if f["level"] == "error"]
    assert [f["rule"] for f in errors] == ["pinned-root"]
    assert "which this machine has seen" in errors[0]["text"]
    assert answer.status == 1


@pytest.mark.row(69, 71)
def test_a_roster_older_than_the_pinned_one(stage: Stage) -> None:
    """A mirror that stopped before the roster that a verifier pinned."""
    early = stage.story.tip
    newer = stage.story.change_trust(lambda trust: without_role(trust, "leo"))
    stage.desk.pin.write_bytes(pins.write(replace(stage.story.pin, trust=newer)))
    stage.repo.write(stage.story)
    stage.passes()

    stage.repo.point(early)
    answer = stage.check()

    texts = [f["text"] for f in answer.json["findings"] if f["rule"] == "pinned-root"]
    assert answer.status == 1
    assert any("the pinned trust version" in text for text in texts), texts


@pytest.mark.row(71)
def test_an_old_mirror_is_old_news_and_still_says_so(stage: Stage) -> None:
    """To somebody who has seen no more it is good; the commit that was checked is named."""
    early = stage.story.tip
    stage.story.object("legal", by="leo")
    stage.repo.write(stage.story).point(early)

    stage.passes()
    assert stage.check().json["head"] == early


@pytest.mark.row(69, 77)
@pytest.mark.parametrize("pinned", [True, False])
def test_squashed_whole(stage: Stage, *, pinned: bool) -> None:
    """All of it in one commit: every record is still signed, and the checkpoint is gone."""
    if pinned:
        pinned_at(stage, stage.story.tip)
    squashed = apart(stage.story)
    squashed.commit(dict(stage.story.tree), by="xan")
    stage.repo.write(stage.story).point(squashed.tip)

    answer = stage.check()

    assert answer.status == 1
    assert {f["rule"] for f in answer.json["findings"] if f["level"] == "error"} == {"pinned-root"}
    assert {f["rule"] for f in answer.json["findings"]} == {"pinned-root", "commit-signature-lost"}


@pytest.mark.row(69)
def test_a_rewritten_history_that_names_the_checkpoint_as_a_parent(stage: Stage) -> None:
    """It holds the pinned commit, and has lost what lay in it."""
    pinned_at(stage, stage.story.tip)
    rewritten = apart(stage.story)
    kept = {p: f for p, f in stage.story.tree.items() if "-objected-" not in p and "-ok-" not in p}
    rewritten.commit(kept, by="xan")
    rewritten.commit({}, also=[stage.story.head])
    stage.story.head = rewritten.head

    stage.fails(
        "append-only", "trust-chain", "pinned-root",
        says=["was removed", "2 times", "begins a history"], warns=["commit-signature-lost"],
    )  # fmt: skip


# -- refs


@pytest.mark.row(64)
def test_replace_refs_show_nothing_else(stage: Stage) -> None:
    path = f"{stage.story.folder}/draft.md"
    old = stage.repo.git("rev-parse", f"HEAD:{path}").strip()
    new = stage.repo.git("hash-object", "-w", "--stdin", data=b"Other words.\n").strip()
    stage.repo.git("replace", old, new)
    side = stage.story.aside()
    side.object("legal", by="leo")
    stage.repo.write(side, "other")
    stage.repo.git("replace", stage.story.tip, side.tip)

    stage.passes()


@pytest.mark.row(64)
def test_a_replace_ref_hides_no_attack(stage: Stage) -> None:
    good = stage.story.tip
    stage.story.commit({f"{stage.story.folder}/draft.md": b"Other words.\n"})
    stage.repo.write(stage.story)
    stage.repo.git("replace", stage.story.tip, good)

    stage.fails("frozen-draft", write=False)


@pytest.mark.row(65)
def test_grafts_hide_no_attack(stage: Stage) -> None:
    stage.story.commit({f"{stage.story.folder}/draft.md": b"Other words.\n"})
    clean = stage.story.commit({"notes.md": b"nothing\n"})
    stage.repo.write(stage.story)
    (stage.repo.git_dir / "info").mkdir(exist_ok=True)
    (stage.repo.git_dir / "info" / "grafts").write_text(f"{clean}\n")
    assert stage.repo.git("rev-list", "--count", "HEAD").strip() == "1", "the graft does not work"

    stage.fails("frozen-draft", write=False)


@pytest.mark.row(67)
def test_a_poisoned_commit_graph_hides_no_attack(stage: Stage) -> None:
    written = stage.story.commit({f"{stage.story.folder}/draft.md": b"Other words.\n"})
    stage.story.commit({"notes.md": b"nothing\n"})
    stage.repo.write(stage.story)
    stage.repo.git("commit-graph", "write", "--reachable")
    graph = stage.repo.git_dir / "objects" / "info" / "commit-graph"
    graph.chmod(0o644)
    graph.write_bytes(orphaned(graph.read_bytes()))
    shown = stage.repo.git("-c", "core.commitGraph=true", "rev-list", "HEAD", ok=False)
    assert written not in shown.split(), "the poison does not work, and this test shows nothing"

    stage.fails("frozen-draft", write=False)


def orphaned(graph: bytes) -> bytes:
    """A commit-graph in which no commit has a parent."""
    count = graph[6]
    chunks = [struct.unpack(">4sQ", graph[8 + 12 * n : 20 + 12 * n]) for n in range(count + 1)]
    start = next(offset for name, offset in chunks if name == b"CDAT")
    end = min(offset for _, offset in chunks if offset > start)
    data = bytearray(graph[:-20])
    for at in range(start, end, 36):
        data[at + 20 : at + 28] = b"\x70\0\0\0" * 2
    return bytes(data) + sha1(bytes(data)).digest()  # noqa: S324 - git's own checksum


@pytest.mark.row(72)
@pytest.mark.parametrize(
    "name",
    [
        "refs/tags/main",
        "refs/heads/HEAD",
        "refs/tags/HEAD",
        "refs/heads/refs/heads/main",
        "refs/remotes/main",
        "main",
    ],
)
def test_another_ref_with_the_name_of_the_branch(stage: Stage, name: str) -> None:
    """What is checked is where HEAD is, by its full name."""
    early = stage.story.shelf.nodes[3].id
    path = stage.repo.git_dir / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{early}\n")

    stage.passes()
    assert stage.check().json["head"] == stage.story.tip


@pytest.mark.row(72)
@pytest.mark.parametrize("form", ["text", "sarif"])
def test_a_trunk_whose_name_is_no_text(stage: Stage, form: str) -> None:
    """What a forge hands out as HEAD is bytes; they are escaped, and judged like any other."""
    heads = stage.repo.git_dir / "refs/heads"
    (heads / os.fsdecode(b"caf\xe9")).write_text(f"{stage.story.tip}\n")
    (stage.repo.git_dir / "HEAD").write_bytes(b"ref: refs/heads/caf\xe9\n")

    answer = stage.desk.comms(stage.repo.path, "check", "--format", form)

    assert answer.status == 0


@pytest.mark.row(72)
def test_a_branch_that_is_called_like_a_commit(stage: Stage) -> None:
    early = stage.story.shelf.nodes[3].id
    stage.repo.point(early, stage.story.tip)
    stage.repo.git("checkout", "-q", "--detach", stage.story.tip)

    answer = stage.check()

    assert answer.json["head"] in {stage.story.tip, early}
    assert answer.json["head"] == stage.repo.head


# -- time and order


@pytest.mark.row(74)
def test_a_commit_and_a_record_dated_back(stage: Stage) -> None:
    stage.story.change_trust(lambda trust: without_role(trust, "leo"))
    ticks, stage.story.shelf.ticks = stage.story.shelf.ticks, 3
    body = stage.story.shelf.records[stage.story.of_kind("ok")[0].digest].record.body
    stage.story.record("ok", body, by="leo", gate="legal")
    stage.story.shelf.ticks = ticks

    stage.fails("record-writer", says=["leo does not hold in version 2"])


@pytest.mark.row(74, 75)
@pytest.mark.parametrize(
    "at",
    [
        "0001-01-01T00:00:00Z",
        "1969-12-31T23:59:59Z",
        "2999-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
    ],
)
def test_a_verdict_from_another_age(tmp_path: Path, at: str) -> None:
    """It counts where it stands by what it saw, whatever time its writer claims."""
    stage = Stage.of(tmp_path, in_review)
    body = Verdict(subject=stage.story.newest, text="", settles=[], edit="")
    for gate in stage.story.in_force.trust.gates:
        stage.story.record("ok", body, by=JUDGES[gate], gate=gate, at=at)
    stage.story.send()
    stage.repo.write(stage.story)

    stage.passes()


@pytest.mark.row(75)
@pytest.mark.parametrize(
    "date",
    ["99999999999 +0000", "-1 +0000", "0 -9999", "18446744073709551615 +0000", "1795000000 +2359"],
)
def test_a_commit_from_another_age(stage: Stage, date: str) -> None:
    who = WHO.rsplit(" ", 2)[0]
    tree = stage.story.shelf.tree(stage.story.tree)
    head = f"tree {tree}\nparent {stage.story.tip}\nauthor {who} {date}\ncommitter {who} {date}\n"
    put_commit(stage, f"{head}\nlater, or before\n".encode())

    stage.passes()


@pytest.mark.row(76)
def test_verdicts_of_parallel_branches_in_the_order_of_a_merge(tmp_path: Path) -> None:
    """The merge that brings the approval comes last; what was approved had not been reviewed."""
    stage = Stage.of(tmp_path, in_review)
    early = stage.story.aside()
    early.ok("approval")
    for gate in ("accuracy", "messaging", "legal"):
        stage.story.ok(gate)
    stage.story.merge(early)
    stage.story.ok("release")
    stage.story.send()

    stage.fails("wrong-order", says=["eli gave approval before accuracy, messaging, legal stood"])


@pytest.mark.row(76)
def test_an_order_that_only_commits_have(tmp_path: Path) -> None:
    """Committed on top of the reviews, and written without having seen them."""
    stage = Stage.of(tmp_path, in_review)
    seen = stage.story.heads(stage.story.message)
    for gate in ("accuracy", "messaging", "legal"):
        stage.story.ok(gate)
    stage.story.ok("approval", after=seen)
    stage.story.ok("release")
    stage.story.send()

    stage.fails("wrong-order", says=["eli gave approval before"])


# -- squashed, rebased


@pytest.mark.row(77, 78)
@pytest.mark.parametrize("by", ["", "xan", "lea", "PGP"])
def test_several_peoples_records_in_one_commit(tmp_path: Path, by: str) -> None:
    """A forge's squash button: each record still says who wrote it."""
    stage = Stage.of(tmp_path, in_review)
    branch = stage.story.aside()
    branch.pass_gates()
    branch.begin_send()
    if by == "PGP":
        squash_by_forge(stage, branch)
    else:
        stage.story.commit(dict(branch.tree), by=by)
        stage.warns("commit-signature-lost", "unfinished-send")
    assert stage.repo.report(stage.story.pin).outcome is Outcome.PASS
    whole = next(m for m in stage.check().json["messages"] if m["message"] == stage.story.message)
    assert [gate["state"] for gate in whole["gates"]] == ["passed"] * 5


def squash_by_forge(stage: Stage, branch: Story) -> None:
    """As a forge makes it: another committer, and a signature of the forge's own."""
    tree = stage.story.shelf.tree(branch.tree)
    forge = "Forge <noreply@forge.example> 1795000000 +0000"
    head = f"tree {tree}\nparent {stage.story.tip}\nauthor {WHO}\ncommitter {forge}\n"
    put_commit(stage, head.encode() + header("gpgsig", PGP) + b"\nSquash (#7)\n")


@pytest.mark.row(77, 78)
def test_a_squash_that_hides_another_revision(tmp_path: Path) -> None:
    """Two revisions in one commit: the words there are those of the newest, or none."""
    stage = Stage.of(tmp_path, in_review)
    branch = stage.story.aside()
    branch.draft("Better words.\n")
    branch.draft("The best words.\n")
    stage.story.commit(dict(branch.tree))
    stage.warns("commit-signature-lost")

    stage.story.commit({f"{stage.story.folder}/draft.md": b"What nobody revised.\n"})
    stage.story.begin_send()
    stage.fails("draft-bytes", "open-gate", warns=["commit-signature-lost", "unfinished-send"])
