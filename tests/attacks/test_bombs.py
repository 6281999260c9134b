"""Small repositories that ask for hours, or for more memory than anybody has."""

import os
import resource
import sys
import zlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from subprocess import Popen
from time import monotonic

import pytest

from commscli.cli import limits
from commscli.cli.limits import limited
from commscli.domain.records import Declared, Reasoned, Verdict
from commscli.domain.report import Outcome
from commscli.errors import BadInput, Undecided
from commscli.gates.case import build
from commscli.gates.engine import check
from commscli.ledger import record_files
from tests.attacks.packs import bomb, put_pack
from tests.attacks.raw import WHO, commit_tree, put_commit
from tests.attacks.staging import Stage
from tests.support.repos import Repo
from tests.support.story import File, Story, first_trust, sign, with_role

MEGABYTE = 1 << 20
PATIENCE = 20.0
"""Seconds within which everything here ends, many times over, on a machine that is busy."""


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage.of(tmp_path)


MEASURED = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="how much memory it took is read from /proc"
)


def checked_apart(stage: Stage, **environ: str) -> tuple[int, float, int]:
    """Check in a process of its own: how it ended, after how long, with how many megabytes.

    The megabytes are those of that process, or of the largest git that it started.
    """
    program = (
        "import resource, sys\n"
        "from commscli.cli.boundary import run\n"
        "status = run(sys.argv[1:])\n"
        "own = open('/proc/self/status').read().partition('VmHWM:')[2].split()[0]\n"
        "git = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss\n"
        "sys.stderr.write(f'MB {max(int(own), git) // 1024}\\n')\n"
        "sys.exit(status)\n"
    )
    begun = monotonic()
    process = Popen(
        [sys.executable, "-c", program, "-C", str(stage.repo.path), "check", "--format", "json"],
        stdout=(stage.desk.home / "out").open("wb"),
        stderr=(stage.desk.home / "err").open("wb"),
        env=environment(stage, environ),
    )
    try:
        status = process.wait(timeout=10 * PATIENCE)
    finally:
        process.kill()
    said = (stage.desk.home / "err").read_text()
    assert "MB " in said, said
    return status, monotonic() - begun, int(said.rpartition("MB ")[2])


def environment(stage: Stage, more: Mapping[str, str]) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(sys.path),
        "HOME": str(stage.desk.home),
        "COMMS_PIN": str(stage.desk.pin),
        **more,
    }


# -- what git itself would be made to do


@pytest.mark.row(45, 68)
@pytest.mark.parametrize("what", ["words", "root", "commit", "tip"])
def test_a_good_object_that_is_the_difference_from_gigabytes(stage: Stage, what: str) -> None:
    """Seventeen kilobytes of pack, for which git would ask for eight gigabytes."""
    names = {"words": f"HEAD:{stage.story.folder}/draft.md", "root": "HEAD^{tree}",
             "commit": "HEAD~3", "tip": "HEAD"}  # fmt: skip
    found = stage.repo.git("rev-parse", names[what]).strip()
    kind, data = stage.story.shelf.objects[found]
    stage.repo.loosen(stage.story)
    stage.repo.loose(found).unlink()
    put_pack(stage.repo, bomb(found, kind, data, gigabytes=8))
    begun = monotonic()

    stage.is_undecided("cannot be read" if what == "tip" else "cannot be used")

    assert monotonic() - begun < PATIENCE
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 1024 * 1024, "kilobytes"


@pytest.mark.row(45, 68)
@pytest.mark.parametrize("kind", ["commit", "tree", "blob"])
def test_a_few_kilobytes_that_unpack_to_half_a_gigabyte(stage: Stage, kind: str) -> None:
    names = {"commit": "HEAD~3", "tree": "HEAD^{tree}", "blob": "HEAD:trust/0001.yaml"}
    found = stage.repo.git("rev-parse", names[kind]).strip()
    stage.repo.loosen(stage.story)
    stage.repo.loose(found).write_bytes(zeros(kind, 512 * MEGABYTE))
    begun = monotonic()

    stage.is_undecided("")

    assert monotonic() - begun < PATIENCE


def zeros(kind: str, size: int) -> bytes:
    """A loose object of nothing but zeros, made without having so much memory."""
    packer = zlib.compressobj(1)
    parts = [packer.compress(f"{kind} {size}\0".encode())]
    parts += [packer.compress(bytes(MEGABYTE)) for _ in range(size // MEGABYTE)]
    return b"".join([*parts, packer.flush()])


@pytest.mark.row(45)
def test_a_blob_larger_than_any_message_elsewhere_is_never_read(stage: Stage) -> None:
    name = "ab" * 20
    stage.repo.loosen(stage.story)
    stage.repo.loose(name).parent.mkdir(exist_ok=True)
    stage.repo.loose(name).write_bytes(zeros("blob", 128 * MEGABYTE))
    shelf = stage.story.shelf
    root = shelf.objects[shelf.tree(stage.story.tree)][1] + b"100644 video.mp4\0"
    commit_tree(stage, shelf.add("tree", root + bytes.fromhex(name)))

    stage.passes()


# -- commits


@MEASURED
@pytest.mark.row(45)
def test_commit_messages_of_many_megabytes(stage: Stage) -> None:
    """They are read one after the other, and not kept."""
    tree = stage.story.shelf.tree(stage.story.tree)
    tip = stage.story.tip
    for number in range(24):
        head = f"tree {tree}\nparent {tip}\nauthor {WHO}\ncommitter {WHO}\n\n{number}\n"
        tip = stage.story.shelf.add("commit", head.encode() + b"long " * (2 * MEGABYTE))
    stage.repo.write(stage.story).point(tip)

    status, _, megabytes = checked_apart(stage)

    assert status == 0
    assert megabytes < 200, megabytes


@pytest.mark.row(48)
@pytest.mark.parametrize("parents", [2, 60])
def test_merges_of_merges_of_merges(stage: Stage, parents: int) -> None:
    """A ladder with more paths from end to end than anybody could walk."""
    tree = stage.story.shelf.tree(stage.story.tree)
    level = [stage.story.tip]
    for _ in range(1200 // parents**2 + 20):
        above = "".join(f"parent {commit}\n" for commit in level)
        heads = (
            f"tree {tree}\n{above}author {WHO}\ncommitter {WHO}\n\n{number}\n"
            for number in range(parents)
        )
        level = [stage.story.shelf.add("commit", head.encode()) for head in heads]
    above = "".join(f"parent {commit}\n" for commit in level)
    head = f"tree {tree}\n{above}author {WHO}\ncommitter {WHO}\n\nlast\n"
    put_commit(stage, head.encode())
    begun = monotonic()

    stage.passes()

    assert monotonic() - begun < PATIENCE


@pytest.mark.row(48)
def test_a_ladder_on_which_the_roster_was_changed(stage: Stage) -> None:
    """What its makers had seen is found without going every way."""
    side = stage.story.aside()
    for number in range(40):
        one, other = side.aside(), side.aside()
        one.commit({f"a{number}": b"a\n"})
        other.commit({f"b{number}": b"b\n"})
        one.merge(other)
        side = one
    side.ok("legal", by="leo")
    stage.story.head = side.head
    stage.story.change_trust(lambda trust: trust)
    stage.story.ok("legal", by="leo")
    stage.repo.write(stage.story)
    begun = monotonic()

    stage.passes()

    assert monotonic() - begun < PATIENCE


# -- folders


def folder_bomb(stage: Stage, width: int) -> None:
    """Four small folders, each of which lies in the next one ``width`` times."""
    shelf = stage.story.shelf
    names = [f"{number:x}" for number in range(width)]
    inner = shelf.add("blob", b"x\n")
    files = [("100644", f"20261122T100000Z-ok-{number:08x}.yaml", inner) for number in range(width)]
    message = shelf.raw_tree([("40000", "records", shelf.raw_tree(files))])
    messages = shelf.raw_tree([("40000", f"m-{name}", message) for name in names])
    incident = shelf.raw_tree([("40000", "messages", messages)])
    incidents = shelf.raw_tree([("40000", f"i-{name}", incident) for name in names])
    commit_tree(stage, shelf.raw_tree([("40000", "incidents", incidents)]))


@pytest.mark.row(45)
def test_folders_in_folders_that_name_a_billion_files(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kilobytes of trees; nobody has the time to look at all that they say."""
    folder_bomb(stage, 1000)
    monkeypatch.setitem(limits.DEFAULTS, limits.SECONDS, 1.0)
    begun = monotonic()

    stage.is_undecided("more than 1 seconds to check")

    assert monotonic() - begun < PATIENCE


@MEASURED
@pytest.mark.row(45)
def test_folders_in_folders_that_would_fill_the_memory(stage: Stage) -> None:
    folder_bomb(stage, 1000)

    status, _, megabytes = checked_apart(stage, COMMS_CHECK_MEMORY="120")

    assert status == 3
    assert megabytes < 250
    assert "more than 120 MB of memory" in (stage.desk.home / "err").read_text()


@pytest.mark.row(45)
def test_a_folder_of_records_as_deep_as_the_sea(stage: Stage) -> None:
    path = "/".join([f"{stage.story.folder}/records", *("d" for _ in range(400)), "x.yaml"])
    stage.story.commit({path: b"x\n"})

    stage.fails("stray-file")


# -- records


@pytest.mark.row(45)
def test_one_junk_roster_at_hundreds_of_places(stage: Stage) -> None:
    data = stage.story.tree["trust/0001.yaml"].data
    stage.story.commit({f"trust/{number}.yaml": data for number in range(10_000, 10_300)})
    begun = monotonic()

    stage.fails("trust-chain", says=["says that it is version 1"])

    assert monotonic() - begun < PATIENCE


@MEASURED
@pytest.mark.row(45)
def test_more_findings_than_there_is_room_to_print(stage: Stage) -> None:
    """What is found is little; as a document it would be half a gigabyte."""
    stage.story.commit({f"trust/z{number:06}": b"x" for number in range(20_000)})
    stage.repo.write(stage.story)

    status, _, megabytes = checked_apart(stage, COMMS_CHECK_MEMORY="120")

    assert status == 3
    assert megabytes < 250
    assert "more than 120 MB of memory" in (stage.desk.home / "err").read_text()


@pytest.mark.row(45)
def test_people_who_may_say_hundreds_of_things_in_two_gates(tmp_path: Path) -> None:
    """One person has two roles, objects, settles and approves, over and over."""
    story = Story(with_role(first_trust(), "lea", "elt-approver"))
    story.declare()
    story.draft()
    for gate in ("accuracy", "messaging"):
        story.ok(gate)
    files: dict[str, File | bytes | None] = {}
    seen, objections = story.heads(story.message), list[str]()
    for number in range(900):
        kind, gate = [("objected", "legal"), ("ok", "legal"), ("ok", "approval")][number // 300]
        settles = sorted(objections) if number == 300 else []
        body = Verdict(subject=story.newest, text=str(number), settles=settles, edit="")
        made = story.written(kind, body, "lea", gate=gate, after=seen)
        seen, files[made.path] = [made.digest], made.data
        files[f"{made.path}.sig"] = sign("lea", made.data, record_files.NAMESPACE)
        objections += [made.digest] if kind == "objected" else []
    story.commit(files, by="lea")
    history = Repo.make(tmp_path / "repo").write(story).history()
    begun = monotonic()

    report = check(history, story.pin)

    assert report.outcome is Outcome.PASS
    assert monotonic() - begun < PATIENCE / 4


@pytest.mark.row(45)
def test_a_thousand_records_that_somebody_made_up(stage: Stage) -> None:
    """Each comes after the one before, so that the last has all of them in its past."""
    last = stage.story.heads(stage.story.message)
    files: dict[str, File | bytes | None] = {}
    for number in range(1000):
        made = stage.story.written("hold", Reasoned(why=str(number)), "lea", after=last)
        last, files[made.path] = [made.digest], made.data
    stage.story.commit(files)
    begun = monotonic()

    stage.fails("record-signature", says=["it is not signed"])

    assert monotonic() - begun < PATIENCE


@pytest.mark.row(45)
def test_declarations_that_somebody_made_up_times_messages_likewise(stage: Stage) -> None:
    """A hundred files, and no thousands of pairs of them: a few thousand would fill a machine."""
    declared = next(p for p in stage.story.placed("") if p.record.kind == "declared").record.body
    assert isinstance(declared, Declared)
    files: dict[str, File | bytes | None] = {}
    for number in range(50):
        body = replace(declared, title=str(number))
        made = stage.story.written("declared", body, "bea", message="", after=[])
        files[made.path] = made.data
        message = f"m-{number}"
        made = stage.story.written("hold", Reasoned(why="x"), "bea", message=message, after=[])
        files[made.path] = made.data
    stage.story.commit(files)
    history = stage.repo.write(stage.story).history()

    case = build(history, stage.story.pin)

    assert sum(len(m.standings) for m in case.messages) < 5 * len(history.records)


@pytest.mark.row(45)
def test_hundreds_of_verdicts_by_people_who_may(stage: Stage) -> None:
    """Two in each role say ok over and over, each having seen all before."""
    files: dict[str, File | bytes | None] = {}
    seen = stage.story.heads(stage.story.message)
    body = Verdict(subject=stage.story.newest, text="", settles=[], edit="")
    judges = [("accuracy", "carl"), ("messaging", "max"), ("legal", "leo"), ("approval", "eva"),
              ("release", "ida")]  # fmt: skip
    for number in range(300):
        gate, person = judges[number % 5]
        made = stage.story.written("ok", body, person, gate=gate, after=seen)
        seen = [made.digest]
        files[made.path] = made.data
        files[f"{made.path}.sig"] = sign(person, made.data, record_files.NAMESPACE)
    stage.story.commit(files, by="leo")
    stage.repo.write(stage.story)
    begun = monotonic()

    assert stage.check().status == 0

    assert monotonic() - begun < PATIENCE / 4


# -- the limits themselves


@pytest.mark.parametrize("name", [limits.SECONDS, limits.MEGABYTES])
@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf", "many", "1e999"])
def test_a_limit_that_is_none(name: str, value: str) -> None:
    with pytest.raises(BadInput, match=name), limited({name: value}):
        raise AssertionError("nothing was checked")


def test_no_handler_of_failures_takes_the_end_of_time_for_one() -> None:
    """Some of our own code takes any exception for a bad signature."""

    def busy() -> None:
        try:
            while True:
                pass
        except Exception as fault:
            raise AssertionError("the end of time was taken for a failure") from fault

    with (
        pytest.raises(Undecided, match=r"more than 0\.2 seconds"),
        limited({limits.SECONDS: "0.2"}),
    ):
        busy()


def test_limits_end_with_what_they_limit() -> None:
    before = resource.getrlimit(resource.RLIMIT_DATA)
    with limited({limits.SECONDS: "0.3", limits.MEGABYTES: "3000"}):
        assert resource.getrlimit(resource.RLIMIT_DATA) != before
    assert resource.getrlimit(resource.RLIMIT_DATA) == before
    until = monotonic() + 0.5
    while monotonic() < until:
        pass
