"""An objection whose words stay off the record, and can be shown to be the words later."""

import re
import stat
import subprocess
import zlib
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from commscli.domain.private_words import told, withheld
from tests.cli.test_json import fits
from tests.support.admins import clone_of
from tests.support.cast import Cast, Clone
from tests.support.runner import Ran

pytest_plugins = ["tests.support.cast_fixtures"]
WORDS = "The contract with Quuxbank forbids that we name them."
SECRET = b"Quuxbank"


@pytest.fixture
def drafted(full: Cast) -> Cast:
    full.declare("customers")
    clone_of(full, "lea")
    return full


def objected(cast: Cast, *more: str) -> Ran:
    return cast.lea.done(
        "review", "customers", "--object", WORDS, "--private", "--category", "contract", *more
    )


def kept(clone: Clone) -> Path:
    (path,) = (clone.folder / ".git" / "comms" / "private").iterdir()
    return path


def everything(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below a folder, and every git object in it however it is packed."""
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            yield str(path), data
            if re.search(r"/objects/[0-9a-f]{2}/[0-9a-f]+$", str(path)):
                yield str(path), zlib.decompress(data)
    for repository in (p.parent for p in folder.rglob("HEAD") if (p.parent / "objects").is_dir()):
        yield str(repository), subprocess.run(
            ["git", "--git-dir", str(repository), "cat-file", "--batch-all-objects", "--batch"],
            stdin=subprocess.DEVNULL, capture_output=True, check=True,
        ).stdout  # fmt: skip


def test_what_is_on_record_is_a_category_and_a_digest(drafted: Cast) -> None:
    ran = objected(drafted)

    path = kept(drafted.lea)
    assert str(path) in ran.err
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    salt, _, words = path.read_bytes().partition(b"\n")
    assert re.fullmatch(rb"[0-9a-f]{32}", salt)
    assert words == WORDS.encode() + b"\n"
    digest = sha256(path.read_bytes()).hexdigest()
    assert path.name == f"{digest}.txt"
    record = drafted.lea.git("ls-files", "*-objected-*.yaml").strip()
    text = (drafted.lea.folder / record).read_text(encoding="utf-8")
    assert f'text: "private: contract {digest}"\n' in text


def test_the_words_are_in_no_other_place(drafted: Cast) -> None:
    """Not in a record, an object, a commit's message, a log, a document or what is printed."""
    lea = drafted.lea
    made = objected(drafted, "--json")
    words = str(kept(lea))
    said = [
        made,
        *(lea(*command) for command in (
            ["show", "customers"], ["show", "customers", "--json"], ["log"], ["log", "--json"],
            ["check", "--json"], ["status", "--json"], ["next", "--list"],
            ["show", "customers", "--private", words],
            ["show", "customers", "--private", words, "--json"],
        )),
        clone_of(drafted, "ana")("show", "customers"),
    ]  # fmt: skip

    leaks = {place for place, data in everything(drafted.root) if SECRET in data}

    assert leaks == {str(kept(lea))}
    assert [ran.argv for ran in said if SECRET.decode() in ran.out + ran.err] == []


@pytest.mark.parametrize("how", ["quiet", "debug"])
def test_nor_when_it_fails(drafted: Cast, how: str) -> None:
    """Refused at the end: no file and no word stays behind, and none is printed."""
    lea = drafted.lea
    words = ["review", "customers", "--object", WORDS, "--private", "--gate", "accuracy"]
    debug = "1" if how == "debug" else ""

    ran = lea(*words, COMMS_DEBUG=debug)

    assert ran.code == 4
    assert SECRET.decode() not in ran.out + ran.err
    assert {place for place, data in everything(drafted.root) if SECRET in data} == set()


def test_people_read_that_there_is_one_and_of_what_kind(drafted: Cast) -> None:
    objected(drafted)
    ana = clone_of(drafted, "ana")

    shown = " ".join(ana.done("show", "customers").out.split())
    opinion = ana.done("show", "customers", "--json").json["opinions"][0]
    log = ana.done("log").out

    assert "OBJECTS: a private objection (contract); its words are not on record" in shown
    assert opinion["private"] == "contract"
    assert re.fullmatch(r"private: contract [0-9a-f]{64}", opinion["text"])
    assert "a private objection (contract)" in " ".join(log.split())


def test_it_blocks_and_is_settled_like_any_other(drafted: Cast) -> None:
    objected(drafted)
    for person in ("cleo", "mia"):
        clone_of(drafted, person).done("review", "customers", "--ok")

    refused = clone_of(drafted, "eve")("approve", "customers")
    assert refused.code == 1
    drafted.lea.done("sync")
    drafted.lea.done("review", "customers", "--ok")

    clone_of(drafted, "eve").done("approve", "customers")
    assert drafted.eve("check", "--json").json["outcome"] == "pass"


class TestTheFile:
    def test_whoever_is_given_it_can_verify_it(self, drafted: Cast, tmp_path: Path) -> None:
        objected(drafted)
        handed = tmp_path / "words.txt"
        handed.write_bytes(kept(drafted.lea).read_bytes())

        ran = clone_of(drafted, "ana").done("show", "customers", "--private", str(handed), "--json")

        assert fits(ran.json) == "private"
        assert (ran.json["person"], ran.json["gate"]) == ("lea", "legal")
        assert ran.json["category"] == "contract"
        text = drafted.ana.done("show", "customers", "--private", str(handed)).out
        assert "lea's private objection (contract)" in text

    @pytest.mark.parametrize("change", ["a word", "no salt", "another salt", "nothing", "folder"])
    def test_other_words_are_refused(self, drafted: Cast, tmp_path: Path, change: str) -> None:
        objected(drafted)
        data = kept(drafted.lea).read_bytes()
        handed = tmp_path / "words.txt"
        if change == "folder":
            handed.mkdir()
        else:
            handed.write_bytes({
                "a word": data.replace(b"forbids", b"allows"),
                "no salt": data.partition(b"\n")[2],
                "another salt": b"0" * 32 + data[32:],
                "nothing": b"",
            }[change])  # fmt: skip

        ran = clone_of(drafted, "ana")("show", "customers", "--private", str(handed))

        assert ran.code == (2 if change == "folder" else 1), ran

    def test_the_same_words_twice_have_nothing_in_common(self, drafted: Cast) -> None:
        drafted.ana.done("draft", "internal")
        drafted.lea.done("sync")

        made = drafted.lea.done("review", "customers", "internal", "--object", WORDS, "--private",
                                "--json").json  # fmt: skip

        assert fits(made) == "recorded"
        digests = {one["digest"] for one in made["private"]}
        assert len(digests) == 2
        assert {one["category"] for one in made["private"]} == {"unstated"}
        for one in made["private"]:
            message = one["message"]
            found = drafted.lea.done("show", message, "--private", one["file"], "--json").json
            assert (found["message"], found["digest"]) == (message, one["digest"])

    def test_words_from_stdin_are_in_no_shells_history(self, drafted: Cast) -> None:
        drafted.lea.done(
            "review", "customers", "--object", "-", "--private", stdin=f"{WORDS}\n".encode()
        )

        assert kept(drafted.lea).read_bytes().partition(b"\n")[2] == f"{WORDS}\n".encode()


@pytest.mark.parametrize(
    "words",
    [
        ["--ok", "--private"],
        ["--suggest", "x", "--private"],
        ["--object", "x", "--category", "legal"],
        ["--object", "x", "--private", "--category", "Two Words"],
        ["--object", "private: legal " + "0" * 64],
        ["--object", "-", "--private"],
    ],
    ids=str,
)
def test_wrong_usage(drafted: Cast, words: list[str]) -> None:
    before = drafted.lea.state()

    ran = drafted.lea("review", "customers", *words)

    assert ran.code == 2, ran
    assert drafted.lea.state() == before


def test_what_somebody_writes_as_if_it_were_one_is_nothing_but_words() -> None:
    for text in ("private: legal", "private: legal " + "g" * 64, "Private: legal " + "0" * 64,
                 "private: null " + "0" * 64, "private: a b " + "0" * 64, ""):  # fmt: skip
        assert withheld(text) is None
        assert told(text) == text
    found = withheld("private: legal " + "0" * 64)
    assert found is not None
    assert found.text == "private: legal " + "0" * 64
