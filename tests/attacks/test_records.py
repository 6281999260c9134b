"""Records edited, removed, moved, copied, forged, unsigned."""

from dataclasses import replace
from pathlib import Path

import pytest

from commscli.domain.records import Reasoned, Verdict
from commscli.ledger import record_files
from commscli.ledger.line_grammar import GrammarFault
from commscli.ledger.record_files import RecordBytes
from tests.attacks.staging import OTHER, Stage, in_review
from tests.support.signatures import armored, unarmored
from tests.support.story import File, Story, passed, sign, without_role


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage.of(tmp_path)


def legal_ok(story: Story) -> RecordBytes:
    found = next(p for p in story.of_kind("ok") if p.record.gate == "legal")
    return story.shelf.records[found.digest]


@pytest.mark.row(28)
def test_a_record_edited(stage: Stage) -> None:
    written = legal_ok(stage.story)
    stage.story.commit({written.path: written.data.replace(b'text: ""', b'text: "fine"')})

    stage.fails("append-only", says=["changed"])


@pytest.mark.row(28)
def test_a_record_removed(stage: Stage) -> None:
    written = legal_ok(stage.story)
    stage.story.commit({written.path: None, f"{written.path}.sig": None})

    stage.fails("append-only", says=["removed"])


@pytest.mark.row(28)
def test_a_record_renamed(stage: Stage) -> None:
    written = legal_ok(stage.story)
    moved = written.path.replace("T09", "T10")
    stage.story.commit({
        written.path: None,
        f"{written.path}.sig": None,
        moved: written.data,
        f"{moved}.sig": stage.story.tree[f"{written.path}.sig"],
    })  # fmt: skip

    stage.fails("append-only", "record-place", says=["removed", "another place"])


@pytest.mark.row(28)
def test_a_record_left_out_when_its_branch_is_written_again(stage: Stage) -> None:
    """Nothing disappears along any edge then; what was written after it still names it."""
    side = stage.story.aside()
    dropped = side.record("hold", Reasoned(why="wait for the bank"), by="lea")
    note = side.record("hold", Reasoned(why="still waiting"), by="lea")
    kept = side.shelf.records[note]
    stage.story.commit(
        {kept.path: kept.data, f"{kept.path}.sig": side.tree[f"{kept.path}.sig"]}, by="lea"
    )

    stage.fails("missing-past", says=[f"a record that is not here: {dropped[:8]}"])


@pytest.mark.row(49)
def test_a_record_removed_and_put_back(stage: Stage) -> None:
    written = legal_ok(stage.story)
    whole = dict(stage.story.tree)
    stage.story.commit({written.path: None, f"{written.path}.sig": None})
    stage.story.commit({p: whole[p] for p in (written.path, f"{written.path}.sig")}, by="lea")

    stage.fails("append-only", says=["removed"])


@pytest.mark.row(29)
def test_a_record_made_executable(stage: Stage) -> None:
    written = legal_ok(stage.story)
    stage.story.commit({written.path: File(written.data, "100755")})

    stage.fails("append-only", says=["changed"])


@pytest.mark.row(29)
@pytest.mark.parametrize("mode", ["100755", "120000", "160000"])
def test_a_record_that_is_no_plain_file(stage: Stage, mode: str) -> None:
    data = b"b" * 40 if mode == "160000" else b"../../draft.md"
    path = f"{stage.story.folder}/records/20261122T100000Z-ok-00000000.yaml"
    stage.story.commit({path: File(data, mode)})

    stage.fails("stray-file", says=[f"mode {mode}"])


@pytest.mark.row(33)
def test_the_folder_of_records_is_a_link(stage: Stage) -> None:
    path = f"incidents/{stage.story.incident}/messages/another-one-1/records"
    stage.story.commit({path: File(b"../../elsewhere", "120000")})

    stage.fails("stray-file", says=["mode 120000"])


@pytest.mark.row(33)
def test_an_incident_is_a_submodule(stage: Stage) -> None:
    stage.story.commit({"incidents/2026-11-23-another": File(b"b" * 40, "160000")})

    stage.fails("stray-file", says=["mode 160000"])


@pytest.mark.row(25)
def test_a_record_copied_to_another_message(stage: Stage) -> None:
    written = legal_ok(stage.story)
    path = written.path.replace(stage.story.message, "investigation-all-customers-2")
    stage.story.enter(written, key="lea", path=path)

    stage.fails("record-place", says=["lea's ok"])


@pytest.mark.row(25)
def test_a_record_copied_to_another_incident(stage: Stage) -> None:
    written = legal_ok(stage.story)
    path = written.path.replace(stage.story.incident, "2026-11-23-another")
    stage.story.enter(written, key="lea", path=path)

    stage.fails("record-place", says=["another place"])


@pytest.mark.row(26)
def test_a_record_of_another_repository(stage: Stage) -> None:
    body = legal_ok(stage.story).record.body
    written = stage.story.written("ok", body, "lea", gate="legal", repository="a-fork-of-it")
    stage.story.enter(written, key="lea")

    stage.fails("record-place", says=["another repository"])


@pytest.mark.row(23)
def test_a_record_without_its_signature(stage: Stage) -> None:
    written = stage.story.written("ok", legal_ok(stage.story).record.body, "leo", gate="legal")
    stage.story.commit({written.path: written.data})

    stage.fails("record-signature", says=["leo's ok", "not signed"])


def unsigned_ok(story: Story) -> RecordBytes:
    """Lea's ok as bytes alone, committed by anybody while she holds her role."""
    body = Verdict(subject=story.newest, text="", settles=[], edit="")
    made = story.written("ok", body, "lea", gate="legal")
    story.shelf.records[made.digest] = made
    story.commit({made.path: made.data}, by="max")
    return made


@pytest.mark.row(23, 84, 92)
@pytest.mark.parametrize("how", ["the signature alone", "all of it on another branch"])
def test_a_record_that_is_signed_when_the_role_has_ended(tmp_path: Path, how: str) -> None:
    """Its bytes were seen by the admins; nobody's word was."""
    stage = Stage.of(tmp_path, in_review)
    story = stage.story
    before = story.aside()
    made = unsigned_ok(story)
    story.change_trust(lambda trust: without_role(trust, "lea", "legal-officer"))
    signature = sign("lea", made.data, record_files.NAMESPACE)
    if how == "the signature alone":
        story.commit({f"{made.path}.sig": signature}, by="lea")
    else:
        before.commit({made.path: made.data, f"{made.path}.sig": signature}, by="lea")
        story.merge(before)
    for gate in ("accuracy", "messaging", "approval", "release"):
        story.ok(gate)
    story.send()

    alone = how == "the signature alone"
    stage.fails(
        "record-signature", "open-gate", "wrong-order", *(["stray-file"] if alone else []),
        warns=[] if alone else ["overtaken-record"],
    )  # fmt: skip


@pytest.mark.row(23)
def test_a_signature_without_its_record(stage: Stage) -> None:
    path = f"{stage.story.folder}/records/20261122T100000Z-ok-00000000.yaml.sig"
    stage.story.commit({path: sign("leo", b"ok\n", record_files.NAMESPACE)})

    stage.fails("stray-file", says=["came without its record"])


def forged(stage: Stage, signature: bytes) -> None:
    body = legal_ok(stage.story).record.body
    written = stage.story.written("ok", body, "leo", gate="legal")
    stage.story.shelf.records[written.digest] = written
    stage.story.commit({written.path: written.data, f"{written.path}.sig": signature})


def leos(stage: Stage) -> bytes:
    body = legal_ok(stage.story).record.body
    return stage.story.written("ok", body, "leo", gate="legal").data


@pytest.mark.row(24)
def test_signed_by_a_key_of_nobody(stage: Stage) -> None:
    forged(stage, sign("stranger", leos(stage), record_files.NAMESPACE))

    stage.fails("record-writer", says=["nobody's in trust version 1"])


@pytest.mark.row(24)
def test_signed_by_another_person(stage: Stage) -> None:
    forged(stage, sign("max", leos(stage), record_files.NAMESPACE))

    stage.fails("record-writer", says=["says that leo wrote it, and the key is max's"])


@pytest.mark.row(55)
def test_signed_for_another_purpose(stage: Stage) -> None:
    forged(stage, sign("leo", leos(stage), "git"))

    stage.fails("record-signature", says=["another purpose"])


@pytest.mark.row(54)
@pytest.mark.parametrize(
    "spoil",
    [
        lambda s: s + s,
        lambda s: s + b"trailing\n",
        lambda s: s.replace(b"\n", b"\r\n"),
        lambda s: armored(unarmored(s) + b"\0"),
        lambda s: s[:-40],
        lambda _: b"",
        lambda _: b"\xff" * 100,
    ],
    ids=["twice", "trailing", "crlf", "longer", "cut", "empty", "noise"],
)
def test_a_signature_in_another_spelling(stage: Stage, spoil) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - a table of lambdas
    forged(stage, spoil(sign("leo", leos(stage), record_files.NAMESPACE)))

    stage.fails("record-signature")


@pytest.mark.row(24)
def test_by_a_name_that_was_never_on_the_roster(stage: Stage) -> None:
    stage.story.ok("legal", by="xan", key="stranger")

    stage.fails("record-writer")


def test_ordinary_files_beside_incidents_are_nobodys_business(stage: Stage) -> None:
    for content in (b"one\n", b"two\n", None):
        stage.story.commit({
            "incidents/README.md": content,
            "incidents/.gitkeep": content,
            f"incidents/{stage.story.incident}/messages/notes.txt": content,
            f"{stage.story.folder}/proposals/a.md": content,
        })  # fmt: skip
    stage.repo.write(stage.story)

    stage.passes()


@pytest.mark.row(23)
def test_a_copy_with_a_bad_signature_cannot_make_the_record_unsigned(tmp_path: Path) -> None:
    """Whichever of the two branches the merge names first."""
    for order in ("first", "second"):
        story = passed()
        written = legal_ok(story)
        hostile = Story.__new__(Story)
        hostile.shelf, hostile.genesis = story.shelf, story.genesis
        hostile.incident, hostile.message, hostile.drill = story.incident, story.message, False
        hostile.head = 2  # where the incident was declared
        bad = sign("stranger", written.data, record_files.NAMESPACE)
        hostile.commit({written.path: written.data, f"{written.path}.sig": bad})
        if order == "first":
            story.merge(hostile)
        else:
            hostile.merge(story, theirs=True)
            story = hostile
        repo = Stage.of(tmp_path / order).repo.write(story)
        report = repo.report(story.pin)

        assert report.messages[0].gates[2].by == ("lea",)
        assert {f.rule for f in report.findings} == {"append-only", "record-writer"}


def test_a_dropped_incident_record_cannot_be_replaced_by_a_twin(stage: Stage) -> None:
    """The same act written again is another record: it names what it comes after."""
    first = stage.story.fact("start", "09:14")
    second = stage.story.fact("start", "09:14")

    assert first != second
    stage.repo.write(stage.story)
    stage.passes()
    assert OTHER in {m["message"] for m in stage.before["messages"]}


def test_an_unknown_kind_is_undecided(stage: Stage) -> None:
    written = legal_ok(stage.story)
    data = written.data.replace(b'kind: "ok"', b'kind: "blessed"')
    path = f"{stage.story.folder}/records/20261122T100000Z-blessed-00000000.yaml"
    armored_ = sign("lea", data, record_files.NAMESPACE)
    stage.story.commit({path: data, f"{path}.sig": armored_})
    stage.repo.write(stage.story)

    stage.is_undecided("blessed", "newer comms")


def test_a_version_that_names_one_person_twice_is_told_of(stage: Stage) -> None:
    trust = stage.story.in_force.trust
    twice = replace(trust, version=2, previous=stage.story.genesis, admins=("ada", "ada"))  # type: ignore[arg-type]  # ids
    with pytest.raises(GrammarFault):
        stage.story.introduce(twice, signers=("ada",))
