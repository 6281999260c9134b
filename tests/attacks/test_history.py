"""History rewritten, hidden, cut; merges that drop or bring; trust that promotes itself."""

import struct
import zlib
from dataclasses import replace
from hashlib import sha1
from pathlib import Path

import pytest

from commscli.domain.records import Reasoned
from commscli.domain.report import Outcome
from commscli.ledger import objects, pins, record_files
from tests.attacks.staging import Stage, two_sent
from tests.support.repos import ENVIRONMENT, Desk, Repo, git
from tests.support.story import Story, first_trust, passed, sign, with_role, without_role


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    monkeypatch.setattr(objects, "SECONDS", 3.0)  # what is damaged may keep us waiting
    return Stage.of(tmp_path)


# -- merges


def objecting() -> Story:
    story = passed()
    story.object("legal", by="leo")
    return story


def test_a_merge_that_drops_an_objection(tmp_path: Path) -> None:
    """``-s ours``, or a conflict brought together by hand."""
    story = passed()
    stage = Stage.of(tmp_path, two_sent(story))
    side = stage.story.aside()
    objection = side.object("legal", by="leo")
    stage.story.send()
    path = side.path(objection)
    stage.story.merge(side, put={path: None, f"{path}.sig": None})

    stage.fails("append-only", "unheard-objection", says=["objected", "removed"])


def test_a_merge_that_brings_a_record_of_its_own(stage: Stage) -> None:
    side = stage.story.aside()
    side.commit({"notes.md": b"nothing\n"})
    written = stage.story.written("hold", Reasoned(why="wait"), "lea")
    armored = sign("lea", written.data, record_files.NAMESPACE)
    stage.story.merge(side, put={written.path: written.data, f"{written.path}.sig": armored})

    stage.fails("merged-record", says=["none of its parents has"])


def test_a_merge_that_brings_a_trust_version(stage: Stage) -> None:
    side = stage.story.aside()
    other = stage.story.aside()
    side.commit({"notes.md": b"nothing\n"})
    other.change_trust(lambda trust: with_role(trust, "max", "legal-officer"))
    stage.story.merge(side, put={p: f for p, f in other.tree.items() if p.startswith("trust/0002")})

    stage.fails("merged-record", "trust-chain")


def test_an_octopus_that_drops_one_arm(stage: Stage) -> None:
    arms = [stage.story.aside() for _ in range(4)]
    facts = [arm.fact(f"fact-{n}", "so it is") for n, arm in enumerate(arms)]
    path = arms[2].path(facts[2])
    stage.story.merge(*arms, put={path: None, f"{path}.sig": None})

    stage.fails("append-only", says=["removed"])


def test_an_octopus_that_keeps_them_all(stage: Stage) -> None:
    arms = [stage.story.aside() for _ in range(4)]
    for number, arm in enumerate(arms):
        arm.fact(f"fact-{number}", "so it is")
    stage.story.merge(*arms)
    stage.repo.write(stage.story)

    stage.passes()


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


def test_a_root_that_genesis_does_not_know(stage: Stage) -> None:
    stranger = Story.__new__(Story)
    stranger.shelf, stranger.head, stranger.genesis = stage.story.shelf, -1, stage.story.genesis
    stranger.incident, stranger.message, stranger.drill = "other", "other", False  # type: ignore[assignment]  # ids
    root = stranger.commit({"notes.md": b"nothing\n"})
    stage.story.merge(stranger)

    found = stage.fails("pinned-root", says=["begins a history"])
    assert found[0]["commit"] == root


# -- trust


def test_self_promotion_in_the_same_commit(stage: Stage) -> None:
    old = stage.story.in_force
    new = replace(with_role(old.trust, "tom", "legal-officer"), version=2, previous=old.digest)
    body = stage.story.shelf.records[stage.story.of_kind("ok")[0].digest].record.body
    promoted = stage.story.written(
        "ok", body, "max", gate="legal", trust=record_files.digest_of(b"")
    )
    armored = sign("max", promoted.data, record_files.NAMESPACE)
    put = {promoted.path: promoted.data, f"{promoted.path}.sig": armored}
    stage.story.introduce(new, signers=("tom",), put=put)

    stage.fails("trust-chain", "record-writer", says=["0 of 1", "never in force"])


def test_self_promotion_in_an_earlier_commit_of_the_branch(stage: Stage) -> None:
    side = stage.story.aside()
    old = side.in_force
    new = replace(with_role(old.trust, "max", "legal-officer"), version=2, previous=old.digest)
    promoted = side.introduce(new, signers=("max",))
    body = side.shelf.records[side.of_kind("ok")[0].digest].record.body
    side.record("ok", body, by="max", gate="legal", trust=promoted)
    stage.story.merge(side)

    stage.fails("trust-chain", "record-writer", says=["0 of 1", "never in force"])


def test_a_quorum_that_is_short_by_one(tmp_path: Path) -> None:
    stage = Stage.of(tmp_path, two_sent(sent_by_two()))
    stage.story.change_trust(lambda t: with_role(t, "max", "legal-officer"), signers=("ada",))

    stage.fails("trust-chain", says=["1 of 2 admins", "ada, alf"])


def sent_by_two() -> Story:
    story = passed(first_trust(quorum=2))
    story.send()
    return story


def test_one_admin_signs_for_both(tmp_path: Path) -> None:
    stage = Stage.of(tmp_path, two_sent(sent_by_two()))
    stage.story.change_trust(lambda t: with_role(t, "max", "legal-officer"), signers=("ada",))
    signature = stage.story.tree["trust/0002.ada.sig"]
    side = stage.story.aside()
    side.head = stage.story.shelf.nodes[stage.story.head].parents[0]
    files = {p: f for p, f in stage.story.tree.items() if p.startswith("trust/0002")}
    side.commit({**files, "trust/0002.alf.sig": signature}, by="ada")
    stage.story.head = side.head

    stage.fails("trust-chain", says=["1 of 2"])


def test_a_trust_version_removed(stage: Stage) -> None:
    stage.story.change_trust(lambda trust: without_role(trust, "leo"))
    stage.story.commit({"trust/0002.yaml": None, "trust/0002.ada.sig": None})

    stage.fails("append-only", says=["trust/0002.yaml was removed"])
    assert stage.check().json["trust"]["version"] == 2


def test_a_trust_version_edited(stage: Stage) -> None:
    data = stage.story.tree["trust/0001.yaml"].data
    stage.story.commit({"trust/0001.yaml": data.replace(b'"quorum": 1', b'"quorum": 2') + b" "})

    stage.fails("append-only", says=["trust/0001.yaml was changed"])


def test_two_successors(stage: Stage) -> None:
    with stage.story.branch() as side:
        old = side.in_force
        side.change_trust(lambda trust: without_role(trust, "leo"))
        lax = replace(with_role(old.trust, "max", "legal-officer"), version=3, previous=old.digest)
        stage.story.introduce(lax, signers=("alf",))

    stage.fails("trust-chain", says=["forks the trust"])
    assert stage.check().json["trust"]["version"] == 1


def test_an_old_version_made_new_again(stage: Stage) -> None:
    old = stage.story.in_force.trust
    stage.story.change_trust(lambda trust: without_role(trust, "leo"))
    stage.story.introduce(replace(old, version=3), signers=("ada",))

    stage.fails("trust-chain", says=["another first version than the pin's"])


def test_a_version_that_jumps_ahead_is_in_force_and_leaves_the_next_one_free(stage: Stage) -> None:
    old = stage.story.in_force
    far = replace(without_role(old.trust, "leo"), version=9998, previous=old.digest)
    stage.story.introduce(far, signers=("ada",))
    stage.repo.write(stage.story)

    stage.passes()


def test_back_dated_commits_grant_nothing(stage: Stage) -> None:
    stage.story.change_trust(lambda trust: without_role(trust, "leo"))
    ticks, stage.story.shelf.ticks = stage.story.shelf.ticks, 3
    body = stage.story.shelf.records[stage.story.of_kind("ok")[0].digest].record.body
    stage.story.record("ok", body, by="leo", gate="legal")
    stage.story.shelf.ticks = ticks

    stage.fails("record-writer", says=["leo does not hold in version 2"])


# -- what a verifier keeps outside


def test_a_rollback_past_the_checkpoint(stage: Stage) -> None:
    early = stage.story.shelf.nodes[stage.story.head].parents[0]
    pin = replace(stage.story.pin, checkpoint=stage.story.tip)  # type: ignore[arg-type]  # ids are strings
    stage.desk.pin.write_bytes(pins.write(pin))
    stage.passes()

    stage.repo.point(stage.story.shelf.nodes[early].id)
    answer = Desk.of(stage.desk.home / "new", stage.story)
    answer.pin.write_bytes(pins.write(pin))
    document = answer.checked(stage.repo.path)

    assert document.status == 1
    assert "rewritten, or rolled back" in document.json["findings"][0]["text"]


def test_a_rollback_past_the_tip_that_this_machine_saw(stage: Stage) -> None:
    early = stage.story.shelf.nodes[stage.story.head].parents[0]
    stage.repo.point(stage.story.shelf.nodes[early].id)

    answer = stage.check()

    errors = [f for f in answer.json["findings"] if f["level"] == "error"]
    assert [f["rule"] for f in errors] == ["pinned-root"]
    assert "which this machine has seen" in errors[0]["text"]
    assert answer.status == 1


def test_squashed_whole(stage: Stage) -> None:
    """All of it in one commit: every record is still signed, and the checkpoint is gone."""
    pin = replace(stage.story.pin, checkpoint=stage.story.tip)  # type: ignore[arg-type]  # ids are strings
    stage.desk.pin.write_bytes(pins.write(pin))
    squashed = Story.__new__(Story)
    squashed.shelf, squashed.head, squashed.genesis = stage.story.shelf, -1, stage.story.genesis
    squashed.commit(dict(stage.story.tree), by="xan")
    stage.repo.write(stage.story).point(squashed.tip)

    answer = stage.check()

    assert answer.status == 1
    assert {f["rule"] for f in answer.json["findings"] if f["level"] == "error"} == {"pinned-root"}
    assert {f["rule"] for f in answer.json["findings"]} == {"pinned-root", "commit-signature-lost"}


def test_a_history_with_another_genesis(stage: Stage) -> None:
    other = two_sent(passed_under(replace(first_trust(), commits="signed")))
    stage.repo.write(other)

    stage.is_undecided("no trust in force that the pin begins")


def passed_under(trust: object) -> Story:
    story = passed(trust)  # type: ignore[arg-type]  # a trust
    story.send()
    return story


# -- objects and refs


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


def test_a_replace_ref_hides_no_attack(stage: Stage) -> None:
    good = stage.story.tip
    stage.story.commit({f"{stage.story.folder}/draft.md": b"Other words.\n"})
    stage.repo.write(stage.story)
    stage.repo.git("replace", stage.story.tip, good)

    stage.fails("frozen-draft", write=False)


def test_grafts_hide_no_attack(stage: Stage) -> None:
    stage.story.commit({f"{stage.story.folder}/draft.md": b"Other words.\n"})
    clean = stage.story.commit({"notes.md": b"nothing\n"})
    stage.repo.write(stage.story)
    (stage.repo.git_dir / "info").mkdir(exist_ok=True)
    (stage.repo.git_dir / "info" / "grafts").write_text(f"{clean}\n")

    stage.fails("frozen-draft", write=False)


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


def test_alternates_are_read_like_the_rest(stage: Stage, tmp_path: Path) -> None:
    git("clone", "-q", "--shared", str(stage.repo.path), str(tmp_path / "shared"), cwd=tmp_path)

    answer = stage.desk.checked(tmp_path / "shared")

    assert (answer.status, answer.json["findings"]) == (0, [])


def test_a_shallow_clone_is_undecided_and_says_what_to_set(stage: Stage, tmp_path: Path) -> None:
    url = stage.repo.path.as_uri()
    git("clone", "-q", "--depth", "1", url, str(tmp_path / "shallow"), cwd=tmp_path)

    answer = stage.desk.checked(tmp_path / "shallow")

    assert answer.status == 3
    assert "fetch-depth: 0" in " ".join(answer.json["reasons"])


def test_a_clone_without_blobs_is_undecided(stage: Stage, tmp_path: Path) -> None:
    stage.repo.git("config", "uploadpack.allowFilter", "true")
    url = stage.repo.path.as_uri()
    words = ["clone", "-q", "--no-checkout", "--filter=blob:none", url, str(tmp_path / "partial")]
    git(*words, cwd=tmp_path)

    answer = stage.desk.checked(tmp_path / "partial")

    assert answer.status == 3
    assert "not complete" in " ".join(answer.json["reasons"])


@pytest.mark.parametrize("what", ["record", "tree", "commit", "words"])
def test_an_object_that_is_gone_is_undecided(stage: Stage, what: str) -> None:
    path = stage.story.path(stage.story.newest)
    name = {
        "record": f"HEAD:{path}",
        "tree": f"HEAD:{stage.story.folder}/records",
        "commit": "HEAD~3",
        "words": f"HEAD:{stage.story.folder}/draft.md",
    }[what]
    found = stage.repo.git("rev-parse", name).strip()
    (stage.repo.git_dir / "objects" / found[:2] / found[2:]).unlink()

    stage.is_undecided("not here")


@pytest.mark.parametrize("what", ["record", "tree", "commit"])
def test_other_content_under_a_good_name_is_undecided(stage: Stage, what: str) -> None:
    path = stage.story.path(stage.story.newest)
    name = {"record": f"HEAD:{path}", "tree": "HEAD^{tree}", "commit": "HEAD~3"}[what]
    found = stage.repo.git("rev-parse", name).strip()
    kind, data = stage.story.shelf.objects[found]
    stage.repo.put_object(found, kind, data.replace(b"a", b"b", 1))

    stage.is_undecided("")


@pytest.mark.parametrize(
    "octets",
    [
        b"", b"\0" * 30, b"not zlib", zlib.compress(b"blob 5\0abc"), zlib.compress(b"blob"),
        zlib.compress(b"blob 99999999999999999999\0"), zlib.compress(b"tree 3\0abc"),
        zlib.compress(b"quux 3\0abc"), zlib.compress(b"commit 0\0"), zlib.compress(b"x" * 5000),
    ],
)  # fmt: skip
@pytest.mark.parametrize("what", ["record", "tree", "commit"])
def test_a_damaged_object_is_undecided_never_a_crash(
    stage: Stage, octets: bytes, what: str
) -> None:
    path = stage.story.path(stage.story.newest)
    name = {"record": f"HEAD:{path}", "tree": "HEAD^{tree}", "commit": "HEAD~2"}[what]
    found = stage.repo.git("rev-parse", name).strip()
    (stage.repo.git_dir / "objects" / found[:2] / found[2:]).write_bytes(octets)

    stage.is_undecided("")


def test_a_tree_that_lists_a_name_twice(stage: Stage) -> None:
    shelf = stage.story.shelf
    blob, other = shelf.add("blob", b"one\n"), shelf.add("blob", b"two\n")
    tree = shelf.raw_tree([("100644", "draft.md", blob), ("100644", "draft.md", other)])
    commit_tree(stage, tree)

    stage.is_undecided("'draft.md' twice")


def commit_tree(stage: Stage, tree: str) -> str:
    """Put a commit of a raw tree on top, without any check of git's."""
    who = "Xan <xan@example.com> 1795000000 +0000"
    head = f"tree {tree}\nparent {stage.story.tip}\nauthor {who}\ncommitter {who}\n\nraw\n"
    return put_commit(stage, head.encode())


def put_commit(stage: Stage, data: bytes) -> str:
    made = stage.story.shelf.add("commit", data)
    stage.repo.write(stage.story).point(made)
    return made


@pytest.mark.parametrize(
    "tree",
    [b"100644", b"100644 \0" + b"a" * 20, b"100644 a\0" + b"a" * 19, b"999999 a\0" + b"a" * 20,
     b"100644 a/b\0" + b"a" * 20, b"\xff" * 60, b"100644 a" + b"b" * 4000],
)  # fmt: skip
def test_a_tree_that_is_malformed(stage: Stage, tree: bytes) -> None:
    commit_tree(stage, stage.story.shelf.add("tree", tree))

    stage.is_undecided("malformed")


@pytest.mark.parametrize(
    "name",
    ["..", ".git", "a\\b", "incidents ", "caf\u00e9", "\udcff\udcfe", "x" * 5000, "new\nline"],
)
def test_strange_names_elsewhere_are_read_and_left_alone(stage: Stage, name: str) -> None:
    shelf = stage.story.shelf
    whole = dict(stage.story.tree)
    root = shelf.objects[shelf.tree(whole)][1]
    entry = b"100644 " + name.encode("utf-8", "surrogateescape") + b"\0"
    blob = bytes.fromhex(shelf.add("blob", b"x\n"))
    commit_tree(stage, shelf.add("tree", root + entry + blob))

    stage.passes()


@pytest.mark.parametrize(
    "name", ["..", ".git", "caf\u00e9", "\udcff", "a b", "-rf", "CON", "new\nline"]
)
def test_strange_names_among_records_are_told_of(stage: Stage, name: str) -> None:
    stage.story.commit({f"{stage.story.folder}/records/{name}": b"x\n"})

    stage.fails("stray-file")


# -- commits


def head_of(stage: Stage, *, tree: str = "") -> dict[str, str]:
    """The headers of a commit that brings a fact, for writing in another way."""
    stage.story.fact("start", "09:14")
    node = stage.story.shelf.nodes[stage.story.head]
    parent = stage.story.shelf.nodes[node.parents[0]].id
    who = "bea <bea@example.com> 1795000000 +0000"
    found = node.data.split(b"\n", 1)[0].decode().removeprefix("tree ")
    return {"tree": tree or found, "parent": parent, "author": who, "committer": who}


def told(stage: Stage) -> set[tuple[str, str]]:
    return {(f["rule"], f["level"]) for f in stage.check().json["findings"]}


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("tree parent author committer encoding", b"m"),
        ("tree parent author committer xheader", b"m"),
        ("tree parent author author committer", b"m"),
        ("tree parent committer author", b"m"),
        ("tree parent author committer mergetag", b"m"),
        ("tree parent author committer", b"m\0hidden"),
        ("tree parent author committer gpgsig gpgsig", b"m"),
        ("tree parent author committer gpgsig xheader", b"m"),
    ],
)
def test_headers_that_a_commit_of_this_program_never_has(
    stage: Stage, lines: str, message: bytes
) -> None:
    values = head_of(stage) | {
        "encoding": "latin1", "xheader": "junk", "mergetag": "object x\n type commit",
        "gpgsig": "junk\n more junk",
    }  # fmt: skip
    head = "".join(f"{name} {values[name]}\n" for name in lines.split())
    put_commit(stage, head.encode() + b"\n" + message + b"\n")

    assert told(stage) == {("strict-commit", "error"), ("commit-signature-lost", "warning")}


@pytest.mark.parametrize(
    "lines",
    ["tree author parent committer", "parent tree author committer",
     "tree parent author tree committer",
     "tree tree parent author committer", "author committer tree parent"],
)  # fmt: skip
def test_headers_that_hide_a_parent_are_undecided(stage: Stage, lines: str) -> None:
    values = head_of(stage)
    head = "".join(f"{name} {values[name]}\n" for name in lines.split())
    put_commit(stage, f"{head}\nm\n".encode())

    stage.is_undecided("")


@pytest.mark.parametrize("junk", ["junk", "-----BEGIN SSH SIGNATURE-----", "\x01\x02"])
def test_a_junk_signature_on_a_commit_is_a_lost_one(stage: Stage, junk: str) -> None:
    values = head_of(stage)
    head = "".join(f"{name} {values[name]}\n" for name in ("tree", "parent", "author", "committer"))
    put_commit(stage, f"{head}gpgsig {junk}\n {junk}\n\nm\n".encode())

    assert told(stage) == {("commit-signature-lost", "warning")}
    assert stage.check().status == 0


def test_reports_do_not_depend_on_the_name_of_a_commit(stage: Stage) -> None:
    """Junk in the signature gives the same tree another name; nothing that counts has changed."""
    values = head_of(stage)
    head = "".join(f"{name} {values[name]}\n" for name in ("tree", "parent", "author", "committer"))
    for junk in ("one", "two"):
        put_commit(stage, f"{head}gpgsig {junk}\n\nm\n".encode())
        report = stage.repo.report(stage.story.pin)
        assert report.outcome is Outcome.PASS
        assert report.checked.records == stage.before["checked"]["records"] + 1


def test_no_git_variable_of_the_caller_reaches_the_check(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = Repo.make(tmp_path / "empty")
    for name in ("GIT_DIR", "GIT_OBJECT_DIRECTORY", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        assert name not in ENVIRONMENT
    monkeypatch.chdir(empty.path)

    stage.passes()
