"""``comms bundle``: one file for a stranger, who checks it with the tool and without."""

import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from commscli.ledger.evidence_files import BUNDLE, PAGE, PIN
from tests.cli.test_json import fits
from tests.support.cast import Cast
from tests.support.runner import Ran, comms, environment

pytest_plugins = ["tests.support.cast_fixtures"]
TOOLS = ("git", "ssh-keygen", "sh", "cat", "grep", "sha256sum")


@pytest.fixture
def sent(small: Cast) -> Cast:
    """One message to customers was sent, past an objection and a change of the roster."""
    (message,) = small.declare("customers")
    small.bo.done("sync")
    small.bo.done("approve", message, "--object", "too long")
    small.ana.done("sync")
    small.ana.done("revise", message, "--file", "-", stdin=b"We look into failing payments.\n")
    small.ana.done("trust", "role", "bo", "--role", "legal-officer")
    small.passed(message, "approval", "release")
    small.ana.done("sync")
    small.ana.done("send", message)
    return small


def stranger(cast: Cast, *words: str, folder: Path, **env: str) -> Ran:
    """Run a command as somebody with an empty home, in a folder that is no repository."""
    home = cast.root / "homes" / "stranger"
    home.mkdir(exist_ok=True)
    return comms(*words, cwd=folder, environ=environment(home, **env))


def genesis(cast: Cast) -> str:
    return str(cast.ana.done("trust", "pin", "--json").json["genesis"])


class TestForAStranger:
    def test_with_the_digest_that_they_were_told_it_is_decided(
        self, sent: Cast, tmp_path: Path
    ) -> None:
        file = tmp_path / "evidence.zip"
        made = sent.ana.done("bundle", "checkout", "-o", str(file), "--json")
        assert fits(made.json) == "bundle"
        assert (made.json["outcome"], made.json["sent"]) == ("pass", 1)

        told = genesis(sent)
        checked = stranger(sent, "check", "--bundle", str(file), "--genesis", told, "--json",
                           folder=tmp_path)  # fmt: skip

        assert checked.code == 0, checked.err
        assert fits(checked.json) == "check"
        assert checked.json["pin"] == {"source": "--genesis", "digest": told}
        assert checked.json["checked"]["sent"] == 1
        assert checked.json["head"] == made.json["head"]

    def test_with_a_pin_of_their_own(self, sent: Cast, tmp_path: Path) -> None:
        file = tmp_path / "evidence.zip"
        sent.ana.done("bundle", "checkout", "-o", str(file))

        checked = stranger(sent, "check", "--bundle", str(file), "--pin", str(sent.pin),
                           folder=tmp_path)  # fmt: skip

        assert checked.code == 0, checked.err
        assert "pass: 1 sent" in checked.out

    def test_with_nothing_but_the_file_nothing_is_decided(self, sent: Cast, tmp_path: Path) -> None:
        file = tmp_path / "evidence.zip"
        sent.ana.done("bundle", "checkout", "-o", str(file))

        checked = stranger(sent, "check", "--bundle", str(file), "--json", folder=tmp_path)
        text = stranger(sent, "check", "--bundle", str(file), folder=tmp_path)

        assert (checked.code, checked.json["outcome"]) == (3, "undecided")
        assert checked.json["pin"]["source"] == "the evidence itself"
        assert genesis(sent) in checked.json["reasons"][0]
        assert "the pin came with evidence.zip itself" in " ".join(text.out.split())

    @pytest.mark.parametrize("how", ["capitals in groups", "another"])
    def test_the_digest_is_compared(self, sent: Cast, tmp_path: Path, how: str) -> None:
        file = tmp_path / "evidence.zip"
        sent.ana.done("bundle", "checkout", "-o", str(file))
        told = genesis(sent)
        groups = " ".join(told[n : n + 8] for n in range(0, 64, 8)).upper()

        said = groups if how == "capitals in groups" else "0" * 64
        checked = stranger(sent, "check", "--bundle", str(file), "--genesis", said, folder=tmp_path)

        assert checked.code == (0 if how == "capitals in groups" else 3), checked.out

    def test_nothing_is_left_or_remembered(self, sent: Cast, tmp_path: Path) -> None:
        file = tmp_path / "evidence.zip"
        sent.ana.done("bundle", "checkout", "-o", str(file))
        temporary = tmp_path / "temporary"
        temporary.mkdir()
        bytes_before = file.read_bytes()

        stranger(sent, "check", "--bundle", str(file), "--genesis", genesis(sent),
                 folder=tmp_path, TMPDIR=str(temporary))  # fmt: skip

        assert list(temporary.iterdir()) == []
        assert list((sent.root / "homes" / "stranger").rglob("*")) == []
        assert file.read_bytes() == bytes_before


def shell(page: str) -> str:
    """Every command of the page, in order."""
    return "set -eu\n" + "".join(re.findall(r"^```sh\n(.*?)^```$", page, re.DOTALL | re.MULTILINE))


def only_tools(folder: Path) -> Path:
    """A folder with git, ssh-keygen and a few commands that every machine has; no comms."""
    folder.mkdir()
    for name in TOOLS:
        (folder / name).symlink_to(shutil.which(name) or name)
    return folder


def run_page(evidence: Path, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Unpack the evidence and do what its page says, with git and ssh-keygen only."""
    here = folder / "unpacked"
    with zipfile.ZipFile(evidence) as archive:
        archive.extractall(here)
    path = only_tools(folder / "bin")
    return subprocess.run(
        [str(path / "sh"), "-c", shell((here / PAGE).read_text(encoding="utf-8"))],
        cwd=here,
        env={"PATH": str(path), "HOME": str(folder), "GIT_CONFIG_GLOBAL": os.devnull},
        capture_output=True,
        text=True,
        check=False,
    )


class TestThePage:
    def test_its_commands_verify_everything_without_this_tool(
        self, sent: Cast, tmp_path: Path
    ) -> None:
        file = tmp_path / "evidence.zip"
        made = sent.ana.done("bundle", "checkout", "-o", str(file), "--json").json

        done = run_page(file, tmp_path)

        assert done.returncode == 0, done.stderr
        records = [f for f in sent.ana.git("ls-files", "incidents").split() if "/records/" in f]
        assert made["records"] == len([f for f in records if f.endswith(".yaml")]) > 8
        assert done.stdout.count('Good "comms-record@v1" signature') == made["records"]
        assert done.stdout.count('Good "comms-trust@v1" signature') == 3
        assert done.stdout.count(": OK") == 3, "each version has the digest that the page says"

    def test_its_commands_find_a_record_that_was_changed(self, sent: Cast, tmp_path: Path) -> None:
        path = next(f for f in sent.ana.git("ls-files", "*-ok-*.yaml").split())
        text = (sent.ana.folder / path).read_text(encoding="utf-8")
        sent.ana.edit(path, text.replace('text: ""', 'text: "fine"'))
        file = tmp_path / "evidence.zip"
        sent.ana.done("bundle", "checkout", "-o", str(file), "--anyway")

        page = zipfile.ZipFile(file).read(PAGE).decode()
        done = run_page(file, tmp_path)

        assert "**fail**" in page
        assert "append-only" in page
        assert done.returncode != 0 or path in page.partition("no signature that counts")[2]

    def test_it_says_what_it_proves_and_what_not(self, sent: Cast, tmp_path: Path) -> None:
        file = tmp_path / "evidence.zip"
        sent.ana.done("bundle", "checkout", "-o", str(file))

        page = " ".join(zipfile.ZipFile(file).read(PAGE).decode().split())

        for words in ("Ask somebody of that organisation", "It does not prove that the words are",
                      "lists of recipients are not in this file", genesis(sent),
                      "investigation-all-customers-1, revision 2"):  # fmt: skip
            assert words in page
        assert str(sent.root) not in page

    def test_words_of_others_are_no_commands_in_it(self, small: Cast, tmp_path: Path) -> None:
        title = "Outage ``` ```sh $(touch gone) `touch gone` <script>"
        small.ana.done("new", title, "--severity", "1")
        file = tmp_path / "evidence.zip"
        small.ana.done("bundle", "outage", "-o", str(file))

        page = zipfile.ZipFile(file).read(PAGE).decode()

        assert "touch gone" not in shell(page)
        assert "<script>" not in page.replace(f"`{title.replace('`', chr(39))}`", "")
        assert page.count("```sh") == page.count("\n```sh\n")


class TestMaking:
    def test_it_is_the_same_from_every_clone(self, sent: Cast, tmp_path: Path) -> None:
        """However a clone has packed its objects: the same history, the same bytes."""
        sent.bo.done("sync")
        sent.bo.git("repack", "-q", "-a", "-d", "-f", "--depth=3", "--window=2")
        sent.ana.done("bundle", "checkout", "-o", str(tmp_path / "one" / "e.zip"))
        sent.bo.done("bundle", "checkout", "-o", str(tmp_path / "two" / "e.zip"))
        sent.later(600)
        sent.ana.done("bundle", "checkout", "-o", str(tmp_path / "three" / "e.zip"))

        one, two, three = ((tmp_path / n / "e.zip").read_bytes() for n in ("one", "two", "three"))
        assert one == two == three

    def test_what_is_in_it(self, sent: Cast, tmp_path: Path) -> None:
        file = tmp_path / "evidence.zip"
        sent.ana.done("bundle", "checkout", "-o", str(file))

        with zipfile.ZipFile(file) as archive:
            assert archive.namelist() == [PAGE, PIN, BUNDLE]
            pin = archive.read(PIN).decode()
            archive.extract(BUNDLE, tmp_path)
        head = sent.ana.git("rev-parse", "HEAD").strip()
        assert f'checkpoint: "{head}"' in pin
        listed = sent.ana.git("bundle", "list-heads", str(tmp_path / BUNDLE))
        assert listed == f"{head} refs/heads/main\n{head} HEAD\n"
        octets = file.read_bytes()
        assert b"kim@customer.example" not in octets, "no list of recipients travels"

    def test_where_nothing_is_said_it_lies_where_git_does_not_look(self, sent: Cast) -> None:
        made = sent.ana.done("bundle", "checkout").out.strip()

        assert Path(made).parent == sent.ana.folder / "outbox"

    def test_words_of_others_are_no_links_or_pictures_in_it(
        self, small: Cast, tmp_path: Path
    ) -> None:
        from markdown_it import MarkdownIt  # noqa: PLC0415 - beside its only use

        title = "![x](https://evil.example/x.png) [the digest](https://evil.example) **green** <b>"
        small.ana.done("new", title, "--severity", "1", "--id", "outage")
        file = tmp_path / "evidence.zip"
        small.ana.done("bundle", "outage", "-o", str(file))

        page = zipfile.ZipFile(file).read(PAGE).decode()
        shown = MarkdownIt("commonmark").render(page)

        assert "<img" not in shown
        assert 'evil.example"' not in shown
        assert "<strong>green" not in shown

    def test_nothing_is_written_through_a_link(self, sent: Cast, tmp_path: Path) -> None:
        outbox = sent.ana.folder / "outbox"
        if outbox.exists():
            outbox.rename(tmp_path / "kept")
        outside = tmp_path / "outside"
        outside.mkdir()
        outbox.symlink_to(outside)

        ana = sent.ana
        ana.clean = False  # git sees the link

        ran = ana("bundle", "checkout")

        assert ran.code == 1
        assert "outbox is a symbolic link" in ran.err
        assert list(outside.iterdir()) == []

    def test_nothing_is_overwritten(self, sent: Cast, tmp_path: Path) -> None:
        file = tmp_path / "evidence.zip"
        file.write_text("mine")

        ran = sent.ana("bundle", "checkout", "-o", str(file))

        assert ran.code == 2
        assert file.read_text() == "mine"

    def test_red_is_refused_and_told_when_wanted(self, sent: Cast, tmp_path: Path) -> None:
        path = sent.ana.git("ls-files", "*-objected-*.yaml").split()[0]
        sent.ana.git("rm", "-q", path)
        sent.ana.git("-c", "user.name=x", "-c", "user.email=x@example.com", "-c",
                     "commit.gpgsign=false", "commit", "-qm", "tidy up")  # fmt: skip
        file = tmp_path / "evidence.zip"

        refused = sent.ana("bundle", "checkout", "-o", str(file))
        assert refused.code == 1
        assert "append-only" in refused.err
        assert not file.exists()
        made = sent.ana.done("bundle", "checkout", "-o", str(file), "--anyway", "--json").json
        assert made["outcome"] == "fail"
        assert any("append-only" in red for red in made["red"])
        checked = stranger(sent, "check", "--bundle", str(file), "--genesis", genesis(sent),
                           folder=tmp_path)  # fmt: skip
        assert checked.code == 1

    def test_without_a_pin_it_is_undecided(self, sent: Cast, tmp_path: Path) -> None:
        shutil.rmtree(sent.root / "homes" / "ana" / "config")

        ran = sent.ana("bundle", "checkout", "-o", str(tmp_path / "e.zip"))

        assert ran.code == 3
        assert "there is no pin" in ran.err

    @pytest.mark.parametrize(
        "words",
        [
            ["--bundle", "FILE", "incidents"], ["--bundle", "FILE", "--since", "HEAD~1"],
            ["--genesis", "0" * 64], ["--bundle", "FILE", "--genesis", "abc"],
            ["--bundle", "FILE", "--genesis", "0" * 64, "--pin", "FILE"],
            ["--bundle", "nowhere"],
        ],
        ids=str,
    )  # fmt: skip
    def test_wrong_usage(self, sent: Cast, tmp_path: Path, words: list[str]) -> None:
        file = tmp_path / "evidence.zip"
        sent.ana.done("bundle", "checkout", "-o", str(file))
        words = [str(file) if word == "FILE" else word for word in words]

        assert stranger(sent, "check", *words, folder=tmp_path).code == 2

    def test_a_git_bundle_by_itself_is_checked_too(self, sent: Cast, tmp_path: Path) -> None:
        """Whoever got the zip packed again by a mail system unpacks it, and goes on."""
        file = tmp_path / "plain.bundle"
        sent.ana.git("bundle", "create", "-q", str(file), "main", "HEAD")

        told = stranger(sent, "check", "--bundle", str(file), "--genesis", genesis(sent),
                        folder=tmp_path)  # fmt: skip
        alone = stranger(sent, "check", "--bundle", str(file), folder=tmp_path)

        assert (told.code, alone.code) == (0, 3)
