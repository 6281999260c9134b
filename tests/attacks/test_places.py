"""Names and places: what lies where records belong, under names that mean something elsewhere."""

from pathlib import Path

import pytest

from commscli.domain.ids import MessageId
from commscli.ledger.record_files import folder_of
from tests.attacks.staging import Stage, declared, in_review
from tests.support.story import File, Put, Story


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage.of(tmp_path)


SOMEWHERE = b"../elsewhere"
A_COMMIT = b"b" * 40


def as_(mode: str) -> File:
    """A link, or a submodule."""
    return File(A_COMMIT if mode == "160000" else SOMEWHERE, mode)


# -- links and submodules


FOLDERS = (
    "incidents/2026-11-23-one",
    "incidents/2026-11-23-two/records",
    "incidents/2026-11-23-two/messages",
    "incidents/2026-11-23-three/messages/another-1",
    "incidents/2026-11-23-three/messages/another-2/records",
    "incidents/2026-11-23-three/messages/another-2/attachments",
    "templates/records",
)


@pytest.mark.row(33)
@pytest.mark.parametrize("mode", ["120000", "160000"])
def test_protected_folders_are_somewhere_else(stage: Stage, mode: str) -> None:
    stage.story.commit({path: as_(mode) for path in FOLDERS})

    found = stage.fails("stray-file", says=[f"mode {mode}"])
    assert {f["path"] for f in found} == {*FOLDERS}


@pytest.mark.row(33)
@pytest.mark.parametrize("mode", ["120000", "160000"])
@pytest.mark.parametrize("folder", ["trust", "incidents"])
def test_everything_protected_is_exchanged_for_something_elsewhere(
    stage: Stage, folder: str, mode: str
) -> None:
    stage.story.commit({**taken(stage.story, f"{folder}/"), folder: as_(mode)})

    stage.repo.write(stage.story)
    answer = stage.check()
    found = {(f["rule"], f["level"]) for f in answer.json["findings"]}
    frozen = {("frozen-draft", "error")} if folder == "incidents" else set()
    assert found == {("append-only", "error"), ("stray-file", "error")} | frozen
    assert answer.status == 1
    stage.others_are_as_before(answer)


def taken(story: Story, under: str) -> dict[str, File | bytes | None]:
    """What takes all of a folder away."""
    return {path: None for path in story.tree if path.startswith(under)}


@pytest.mark.row(33)
@pytest.mark.parametrize("mode", ["120000", "160000", "100644"])
def test_the_folder_of_a_messages_records_is_exchanged(stage: Stage, mode: str) -> None:
    folder = f"{stage.story.folder}/records"
    stage.story.commit({**taken(stage.story, f"{folder}/"), folder: as_(mode)})

    stray = [] if mode == "100644" else ["stray-file"]
    stage.fails("append-only", *stray, says=["removed"])


@pytest.mark.row(29)
@pytest.mark.parametrize("mode", ["100755", "120000", "160000"])
@pytest.mark.parametrize("suffix", ["", ".sig"])
def test_a_record_becomes_something_else(stage: Stage, mode: str, suffix: str) -> None:
    path = stage.story.path(stage.story.newest) + suffix
    file = stage.story.tree[path]
    stage.story.commit({path: File(file.data, mode) if mode == "100755" else as_(mode)})

    stage.fails("append-only", says=["changed"])


@pytest.mark.row(29)
@pytest.mark.parametrize("mode", ["100755", "120000", "160000"])
def test_a_roster_that_is_no_plain_file(stage: Stage, mode: str) -> None:
    stage.story.commit({"trust/0002.yaml": as_(mode)})

    stage.fails("stray-file", says=[f"mode {mode}"])


@pytest.mark.row(29)
def test_a_new_record_that_is_a_program(tmp_path: Path) -> None:
    stage = Stage.of(tmp_path, in_review)
    probe = stage.story.aside()
    path = probe.path(probe.ok("legal"))
    entering = {p: File(f.data, "100755") for p, f in probe.tree.items() if p.startswith(path)}
    stage.story.commit({**entering}, by="lea")

    stage.fails("stray-file", says=["mode 100755"])


# -- names


STRANGE = (
    "..", ".", ".git", ".GIT", "git~1", ".g\u200cit", "CON", "NUL.yaml", "aux", "a\\b", "a:b",
    "a b", "dot.", "-rf", "$(true)", "new\nline", "tab\t", "\x01", "caf\u00e9", "\udcff\udcfe",
    "space ", "x" * 300,
    "20261122T090700Z-ok-6d09041c.yaml.bak", "20261122T090700Z-ok-6d09041c.yaml.",
    "20261122T090700Z-ok-6D09041C.yaml", "20261122t090700z-ok-6d09041c.yaml",
)  # fmt: skip


@pytest.mark.row(32)
@pytest.mark.parametrize("where", ["message", "incident", "trust", "templates"])
def test_names_that_no_record_has(stage: Stage, where: str) -> None:
    folder = {
        "message": f"{stage.story.folder}/records",
        "incident": f"{folder_of(stage.story.incident)}/records",
        "trust": "trust",
        "templates": "templates/records",
    }[where]
    stage.story.commit({f"{folder}/{name}": b"x\n" for name in STRANGE})

    found = stage.fails("stray-file")
    assert {f["path"] for f in found} == {f"{folder}/{escaped(name)}" for name in STRANGE}


def escaped(name: str) -> str:
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


@pytest.mark.row(32)
def test_names_beside_rosters(stage: Stage) -> None:
    names = ("0001.ymal", "0002.yaml~", "..yaml", "0001.ada.sig.bak", "1.yaml", "0002.yml", "sub")
    stage.story.commit(
        {f"trust/{n}": b"x\n" for n in names if n != "sub"} | {"trust/sub/x": b"x\n"}
    )

    found = stage.fails("stray-file")
    assert {f["path"] for f in found} == {f"trust/{name}" for name in names}


@pytest.mark.row(32)
@pytest.mark.parametrize(
    "where", ["incidents/{}", "incidents/{}/messages/m-1", "incidents/i/messages/{}"]
)
def test_a_record_in_folders_with_names_that_none_has(stage: Stage, where: str) -> None:
    record = stage.story.path(stage.story.newest)
    file = record.rpartition("/")[2]
    names = ("..", ".", ".git", "git~1", "CON", "a\\b", "new\nline", "Another")
    folders = [f"{where.format(name)}/records" for name in names]
    stage.story.commit({
        f"{folder}/{file}{suffix}": stage.story.tree[f"{record}{suffix}"]
        for folder in folders
        for suffix in ("", ".sig")
    }, by="tom")  # fmt: skip

    stage.repo.write(stage.story)
    answer = stage.check()
    found = answer.json["findings"]

    assert {f["level"] for f in found} == {"error"}
    assert {f["rule"] for f in found} == {"stray-file", "record-place"}
    assert {f["path"].removesuffix(".sig") for f in found} == {f"{f}/{file}" for f in folders}
    assert answer.status == 1
    stage.others_are_as_before(answer)


@pytest.mark.row(32)
@pytest.mark.parametrize("name", [b"a/b", b"/etc", b""])
def test_a_name_that_is_a_path_is_undecided(stage: Stage, name: bytes) -> None:
    shelf = stage.story.shelf
    blob = bytes.fromhex(shelf.add("blob", b"x\n"))
    tree = shelf.add("tree", b"100644 " + name + b"\0" + blob)
    who = "Xan <xan@example.com> 1795000000 +0000"
    head = f"tree {tree}\nparent {stage.story.tip}\nauthor {who}\ncommitter {who}\n\nraw\n"
    made = shelf.add("commit", head.encode())
    stage.repo.write(stage.story).point(made)

    stage.is_undecided("malformed")


# -- names that are one name elsewhere


TWINS = (
    "Incidents/a/b.md", "TRUST/0001.yaml", "inciden\u200bts/x", "trust\u200d/0001.yaml",
    "\uff54rust/0001.yaml", "Templates/records/x", "incident\u017f/x",
    "incidents/{incident}/Records/x", "incidents/{incident}/MESSAGES/x",
    "incidents/{incident}/messages/{message}/Draft.md",
    "incidents/{incident}/messages/{message}/rec\u200cords/x",
    "incidents/{incident}/messages/{MESSAGE}/draft.md",
    "incidents/{INCIDENT}/messages/{message}/draft.md",
)  # fmt: skip


def twin(stage: Stage, path: str) -> str:
    incident, message = stage.story.incident, stage.story.message
    upper = {"INCIDENT": incident.upper(), "MESSAGE": message.title()}
    return path.format(incident=incident, message=message, **upper)


@pytest.mark.row(30)
def test_names_that_some_systems_take_for_protected_ones(stage: Stage) -> None:
    paths = [twin(stage, path) for path in TWINS]
    stage.story.commit(dict.fromkeys(paths, b"Other words.\n"))

    found = stage.fails("stray-file", says=["some systems take for another one"])

    told = {f["path"] for f in found}
    assert [path for path in paths if not any(path.startswith(one) for one in told)] == []
    assert len(told) == len(paths)


@pytest.mark.row(30)
def test_a_letter_that_is_another_one_everywhere(stage: Stage) -> None:
    stage.story.commit({"inc\u0131dents/x": b"other words\n"})  # a dotless i
    stage.repo.write(stage.story)

    stage.passes()


@pytest.mark.row(30)
def test_a_twin_that_was_there_first(tmp_path: Path) -> None:
    """Whoever guesses what a message will be called puts other words where it will lie."""
    stage = Stage.of(tmp_path, declared)
    path = "incidents/{incident}/messages/{MESSAGE}/draft.md"
    stage.story.commit({twin(stage, path): b"Other words.\n"})
    stage.story.draft()

    stage.fails("stray-file", says=["some systems take for another one"])


ACCENTS = {"cafe\u0301.pdf": b"one\n", "caf\u00e9.pdf": b"two\n"}


@pytest.mark.row(30)
@pytest.mark.parametrize(
    "attachments", [{"Plan.pdf": b"one\n", "plan.pdf": b"two\n"}, ACCENTS], ids=["case", "accent"]
)
def test_two_attachments_of_which_a_reviewer_sees_one(
    tmp_path: Path, attachments: dict[str, bytes]
) -> None:
    stage = Stage.of(tmp_path, declared)
    stage.story.draft(attachments=attachments)

    stage.fails("stray-file", says=["some systems take for another one"])


@pytest.mark.row(30, 46)
@pytest.mark.parametrize("where", ["records", "trust"])
def test_a_merge_brings_a_twin(stage: Stage, where: str) -> None:
    path = "trust/0001.yaml" if where == "trust" else stage.story.path(stage.story.newest)
    folder, _, name = path.rpartition("/")
    other = name.replace("drafted", "Drafted") if where == "records" else name.upper()
    side = stage.story.aside()
    side.commit({"notes.md": b"nothing\n"})
    stage.story.merge(side, put={f"{folder}/{other}": b"x\n"})

    stage.fails("merged-record", "stray-file")


@pytest.mark.row(30)
def test_names_that_differ_in_more_than_case_are_two(stage: Stage) -> None:
    files: Put = {f"{stage.story.folder}/proposals/{name}": b"x\n" for name in ("A.md", "b.md")}
    stage.story.commit(files)
    stage.story.message = MessageId("investigation-all-customers-2")
    stage.story.draft()
    stage.repo.write(stage.story)

    stage.passes()
