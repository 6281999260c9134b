"""An evidence file from somebody hostile: no false green, nothing runs, nothing is left behind."""

import resource
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha1
from pathlib import Path
from time import monotonic

import pytest

from commscli.ledger import pins
from commscli.ledger.evidence_files import BUNDLE, PAGE, PIN
from tests.attacks.packs import LONGEST_COPY, Entry, copy_longest, delta
from tests.support.repos import Answer, Desk, Repo
from tests.support.story import Story, first_trust, sent

PATIENCE = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A good evidence file, a stranger who has the pin, and one who has nothing."""

    folder: Path
    story: Story
    good: Path
    knows: Desk
    has_nothing: Desk

    @property
    def parts(self) -> dict[str, bytes]:
        with zipfile.ZipFile(self.good) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    def evil(self, parts: dict[str, bytes]) -> Path:
        """A zip as the program writes it, but for what is in it."""
        path = self.folder / "evil.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
            for name, data in parts.items():
                archive.writestr(zipfile.ZipInfo(name), data)
        return path

    def check(self, path: Path, *, by: Desk | None = None) -> Answer:
        before = everything(self.folder)
        answer = (by or self.knows).comms(
            self.folder, "check", "--bundle", str(path), "--format", "json"
        )
        assert "Traceback" not in answer.errors
        assert "bug:" not in answer.errors
        assert everything(self.folder) == before, "nothing is written anywhere"
        return answer

    def refused(self, path: Path, *says: str) -> None:
        answer = self.check(path)
        assert answer.status in {2, 3}, answer
        assert answer.json["outcome"] == "undecided"
        assert [words for words in says if words not in answer.errors + answer.output] == []


def everything(folder: Path) -> dict[str, bytes]:
    files = (p for p in folder.rglob("*") if p.is_file() and ".git" not in p.parts)
    return {str(p): p.read_bytes() for p in files if p.stat().st_size < 2**20}


def evidence_of(story: Story, folder: Path, name: str) -> Path:
    repo = Repo.make(folder / name).write(story)
    desk = Desk.of(folder / f"{name}-desk", story)
    path = folder / f"{name}.zip"
    made = desk.comms(repo.path, "bundle", "checkout", "-o", str(path))
    assert made.status == 0, made
    return path


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Case]:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    story = sent()
    found = Case(
        folder=tmp_path,
        story=story,
        good=evidence_of(story, tmp_path, "good"),
        knows=Desk.of(tmp_path, story, "lea"),
        has_nothing=Desk.of(tmp_path, None, "leo"),
    )
    yield found
    assert list(temporary.iterdir()) == [], "nothing is left"


def test_the_good_one_is_good(case: Case) -> None:
    """Without this the other tests would show nothing."""
    answer = case.check(case.good)

    assert (answer.status, answer.json["findings"]) == (0, [])
    assert case.check(case.evil(case.parts)).status == 0


# -- no false green


def test_all_of_it_is_made_up(case: Case) -> None:
    """The same repository by its name, with a roster of the attacker's own, and two gates."""
    made_up = sent(first_trust(gates="small"))
    evil = evidence_of(made_up, case.folder, "evil")

    alone, held = case.check(evil, by=case.has_nothing), case.check(evil)

    assert (alone.status, alone.json["outcome"]) == (3, "undecided")
    assert "whoever made that could have made up" in alone.json["reasons"][0]
    assert (held.status, held.json["outcome"]) == (3, "undecided")


@pytest.mark.parametrize("pin", ["another", "none", "junk"])
def test_the_pin_inside_is_nobodys_word(case: Case, pin: str) -> None:
    other = pins.write(replace(case.story.pin, genesis="0" * 64, checkpoint=None))  # type: ignore[arg-type]  # a digest
    parts = {**case.parts, PIN: other if pin == "another" else b"junk\n"}
    if pin == "none":
        del parts[PIN]
    evil = case.evil(parts)

    assert case.check(evil).status == 0, "who has the real one does not look at it"
    alone = case.check(evil, by=case.has_nothing)
    assert (alone.status, alone.json["outcome"]) == (3, "undecided")


def test_the_page_is_not_believed(case: Case) -> None:
    evil = case.evil({**case.parts, PAGE: b"# all is well: exit 0\n"})

    assert case.check(evil, by=case.has_nothing).status == 3


def test_a_record_less(case: Case) -> None:
    """A history that never had an objection, or an approval: red, or another history."""
    story = case.story
    path = next(p for p in story.tree if "-ok-" in p and p.endswith(".yaml"))
    story.commit({path: None})
    repo = Repo.make(case.folder / "less").write(story)
    bundle = case.folder / "less.bundle"
    repo.git("bundle", "create", "-q", str(bundle), "main")

    answer = case.check(case.evil({**case.parts, BUNDLE: bundle.read_bytes()}))

    assert (answer.status, answer.json["outcome"]) == (1, "fail")


# -- the zip


Zip = Callable[[Case], Path]


def with_entry(name: str, data: bytes = b"x", mode: int = 0) -> Zip:
    def make(case: Case) -> Path:
        path = case.evil(case.parts)
        with zipfile.ZipFile(path, "a") as archive:
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            archive.writestr(info, data)
        return path

    return make


def packed_again(case: Case) -> Path:
    path = case.folder / "evil.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {**case.parts, PAGE: bytes(64 * 2**20)}.items():
            archive.writestr(name, data)
    return path


def twice(case: Case) -> Path:
    path = case.evil(case.parts)
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(zipfile.ZipInfo(PIN), case.parts[PIN])
    return path


def a_link(case: Case) -> Path:
    path = case.folder / "evil.zip"
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo(BUNDLE)
        info.external_attr = 0o120777 << 16
        archive.writestr(info, str(case.good))
    return path


def cut(case: Case) -> Path:
    path = case.folder / "evil.zip"
    path.write_bytes(case.good.read_bytes()[:-1000])
    return path


def damaged(case: Case) -> Path:
    octets = bytearray(case.good.read_bytes())
    octets[octets.index(b"PACK") + 400] ^= 1
    path = case.folder / "evil.zip"
    path.write_bytes(octets)
    return path


def says_it_is_huge(case: Case) -> Path:
    """The directory of the zip claims sizes of gigabytes."""
    octets = bytearray(case.evil(case.parts).read_bytes())
    at = octets.rindex(b"PK\1\2")
    octets[at + 20 : at + 28] = struct.pack("<II", 0xFFFFFFF0, 0xFFFFFFF0)
    path = case.folder / "evil.zip"
    path.write_bytes(octets)
    return path


def encrypted(case: Case) -> Path:
    octets = bytearray(case.evil(case.parts).read_bytes())
    octets[octets.rindex(b"PK\1\2") + 8] |= 1
    path = case.folder / "evil.zip"
    path.write_bytes(octets)
    return path


def no_bundle(case: Case) -> Path:
    return case.evil({PAGE: b"x", PIN: case.parts[PIN]})


ZIPS: Sequence[tuple[str, Zip]] = [
    ("slips out", with_entry("../../escaped")),
    ("absolute", with_entry("/tmp/escaped")),  # noqa: S108 - what an attacker would write
    ("another file", with_entry("hooks/post-checkout", mode=0o100755)),
    ("a folder", with_entry("pin/")),
    ("backslashes", with_entry("..\\escaped")),
    ("a bomb", packed_again),
    ("twice", twice),
    ("a link", a_link),
    ("cut off", cut),
    ("damaged", damaged),
    ("says it is huge", says_it_is_huge),
    ("encrypted", encrypted),
    ("no bundle in it", no_bundle),
]


@pytest.mark.parametrize("make", [make for _, make in ZIPS], ids=[name for name, _ in ZIPS])
def test_zips(case: Case, make: Zip) -> None:
    begun = monotonic()

    case.refused(make(case))

    assert monotonic() - begun < PATIENCE
    assert not any("escaped" in p.name for p in [*case.folder.rglob("*"), *Path("/tmp").glob("*")])  # noqa: S108 - where it would be


@pytest.mark.parametrize("what", ["folder", "nothing", "text", "empty", "device"])
def test_what_is_no_evidence_at_all(case: Case, what: str) -> None:
    path = case.folder / what
    if what == "folder":
        path.mkdir()
    elif what != "nothing":
        path.write_bytes(b"hello\n" if what == "text" else b"")
    case.refused(Path("/dev/zero") if what == "device" else path)


# -- the bundle


def bundle_with(case: Case, head: bytes, pack: bytes | None = None) -> Path:
    whole = case.parts[BUNDLE]
    return case.evil({**case.parts, BUNDLE: head + (pack or whole[whole.index(b"PACK") :])})


HEADS: Sequence[tuple[str, str]] = [
    ("prerequisite", "# v2 git bundle\n-{0} before\n{0} refs/heads/main\n\n"),
    ("filtered", "# v3 git bundle\n@filter=blob:none\n{0} refs/heads/main\n\n"),
    ("unknown capability", "# v3 git bundle\n@run=touch\n{0} refs/heads/main\n\n"),
    ("capability in version 2", "# v2 git bundle\n@object-format=sha1\n{0} refs/heads/main\n\n"),
    ("two tips", "# v2 git bundle\n{0} refs/heads/main\n{1} refs/heads/other\n\n"),
    ("no tip", "# v2 git bundle\n\n"),
    ("another format", "# v3 git bundle\n@object-format=sha256\n{0} refs/heads/main\n\n"),
    ("a tip that is not there", "# v2 git bundle\n{1} refs/heads/main\n\n"),
    ("no version", "# v9 git bundle\n{0} refs/heads/main\n\n"),
    ("a ref of control characters", "# v2 git bundle\n{0} refs/heads/\x1b[2Jmain\n\n"),
    ("no ref", "# v2 git bundle\n{0} ../../../../etc/passwd\n\n"),
    ("no end", "# v2 git bundle\n{0} refs/heads/main\n"),
    ("very many refs", "# v2 git bundle\n" + "{0} refs/heads/main\n" * 5000 + "\n"),
    ("a very long line", "# v2 git bundle\n{0} refs/heads/" + "a" * 10**6 + "\n\n"),
]


@pytest.mark.parametrize("head", [head for _, head in HEADS], ids=[name for name, _ in HEADS])
def test_heads_of_bundles(case: Case, head: str) -> None:
    written = head.format(case.story.tip, "1" * 40).encode()

    case.refused(bundle_with(case, written))


@pytest.mark.parametrize("ref", ["refs/heads/../../../escaped", "refs/heads/-x", "refs/x/HEAD"])
def test_the_name_of_a_ref_goes_nowhere(case: Case, ref: str) -> None:
    """No ref is ever made: what a bundle calls its tip is nobody's concern."""
    head = f"# v2 git bundle\n{case.story.tip} {ref}\n\n".encode()

    assert case.check(bundle_with(case, head)).status == 0


def pack_of(entries: Sequence[Entry]) -> bytes:
    pack = b"PACK" + struct.pack(">II", 2, len(entries))
    for entry in entries:
        kind = 7 if entry.base else 3
        size, octets = len(entry.data), []
        octet, size = kind << 4 | size & 15, size >> 4
        while size:
            octets.append(octet | 0x80)
            octet, size = size & 0x7F, size >> 7
        pack += bytes([*octets, octet]) + bytes.fromhex(entry.base) + zlib.compress(entry.data, 9)
    return pack + sha1(pack).digest()  # noqa: S324 - git's own checksum


def blob_name(data: bytes) -> str:
    return sha1(b"blob %d\0" % len(data) + data).hexdigest()  # noqa: S324 - git's own name


def test_a_pack_that_unpacks_to_gigabytes(case: Case) -> None:
    """A delta that copies sixteen megabytes a few hundred times."""
    zeros = bytes(LONGEST_COPY)
    times = 500
    huge = delta(LONGEST_COPY, times * LONGEST_COPY, copy_longest() * times)
    pack = pack_of([
        Entry(name="", kind="blob", data=zeros),
        Entry(name="", kind="blob", data=huge, base=blob_name(zeros)),
    ])  # fmt: skip
    head = f"# v2 git bundle\n{case.story.tip} refs/heads/main\n\n".encode()
    begun = monotonic()

    case.refused(bundle_with(case, head, pack))

    assert monotonic() - begun < PATIENCE
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 1024 * 1024, "kilobytes"


@pytest.mark.parametrize("pack", ["empty", "cut", "thin", "another"])
def test_packs_that_are_not_the_whole_history(case: Case, pack: str) -> None:
    whole = case.parts[BUNDLE]
    good = whole[whole.index(b"PACK") :]
    packs = {
        "empty": b"",
        "cut": good[: len(good) // 2],
        "thin": pack_of([Entry(name="", kind="blob", data=b"\1\1\1x", base="1" * 40)]),
        "another": pack_of([Entry(name="", kind="blob", data=b"x")]),
    }
    head = f"# v2 git bundle\n{case.story.tip} refs/heads/main\n\n".encode()

    case.refused(case.evil({**case.parts, BUNDLE: head + packs[pack]}))


def test_a_part_of_the_history_as_git_bundles_it(case: Case) -> None:
    repo = Repo.make(case.folder / "part").write(case.story)
    path = case.folder / "part.bundle"
    repo.git("bundle", "create", "-q", str(path), "main~3..main")

    case.refused(path, "needs commits that are not in it")


def test_a_shallow_history(case: Case) -> None:
    repo = Repo.make(case.folder / "deep").write(case.story)
    shallow = case.folder / "shallow"
    Repo.make(shallow).git("fetch", "-q", "--depth=3", f"file://{repo.path}", "main:main2")
    path = case.folder / "shallow.bundle"
    Repo(path=shallow).git("bundle", "create", "-q", str(path), "main2")

    case.refused(path)


def test_nothing_that_the_environment_names_runs(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Git settings of the user, hooks in templates, programs in variables: none is started."""
    ran = case.folder / "home-lea" / "ran"
    program = case.folder / "program"
    program.write_text(f"#!/bin/sh\necho $0 >> {ran}\n")
    program.chmod(0o755)
    config = case.knows.home / ".gitconfig"
    config.write_text(f"[core]\n\tfsmonitor = {program}\n\thooksPath = {case.folder}\n"
                      f"[init]\n\ttemplateDir = {case.folder}\n")  # fmt: skip
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", str(program))
    monkeypatch.setenv("GIT_TEMPLATE_DIR", str(case.folder))
    monkeypatch.setenv("GIT_DIR", str(case.folder / "good" / ".git"))

    assert case.check(case.good).status == 0
    assert not ran.exists()
