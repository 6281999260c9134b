"""The demo does what it says: nine messages, one story, and three things to try."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from commscli.cli.demo_stage import CAST
from commscli.domain.presets import ROLES
from tests.support.scrub import assert_golden, scrubbed

COMMS = Path(sys.executable).with_name("comms")


class Told:
    """A demo that was played once, and what it printed."""

    def __init__(self, folder: Path, out: str) -> None:
        self.folder = folder
        self.out = out
        self.desk = folder / "comms-demo" / "messages"

    def comms(self, *words: str) -> subprocess.CompletedProcess[str]:
        return run([str(COMMS), *words], self.folder)


def run(argv: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    path = f"{COMMS.parent}:{os.environ['PATH']}"
    return subprocess.run(
        argv,
        cwd=folder,
        env={"PATH": path, "HOME": str(folder / "home"), "COLUMNS": "80"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    folder = tmp_path_factory.mktemp("demo")
    done = run([str(COMMS), "demo"], folder)
    assert done.returncode == 0, done.stderr
    return Told(folder, done.stdout)


def test_everybody_has_a_backup() -> None:
    for role in ROLES:
        assert sum(role in player.roles for player in CAST) > 1


def test_it_is_told_in_about_twelve_moments(told: Told) -> None:
    captions = re.findall(r"^(?:In peace time|Minute \d+\.|A stranger)", told.out, re.MULTILINE)
    assert 12 <= len(captions) <= 15
    assert len(re.findall(r"^  [a-z]+\$ comms ", told.out, re.MULTILINE)) >= 12
    assert "Now you:" in told.out


def test_nine_messages_were_sent_one_cell_skipped_one_update_superseded(told: Told) -> None:
    report = json.loads(
        run(
            [str(COMMS), "-C", "verify", "--json", "check", "--pin", "pin"],
            told.folder / "comms-demo",
        ).stdout
    )
    states = [message["state"] for message in report["messages"]]
    assert report["outcome"] == "pass"
    assert states.count("sent") == 9
    assert states.count("superseded") == 1
    status = told.comms("-C", str(told.desk), "--json", "status").stdout
    cells = json.loads(status)["incidents"][0]["cells"]
    assert {"phase": "monitoring", "audience": "all-customers", "state": "skipped"}.items() <= next(
        cell for cell in cells if cell["state"] == "skipped"
    ).items()


def test_twelve_customers_got_a_mail_of_their_own(told: Told) -> None:
    for phase in ("investigation", "identification", "resolution"):
        folder = f"outbox/*/{phase}-strategic-customers-1/mail/*.eml"
        mails = [path.read_text() for path in told.desk.glob(folder)]
        assert len(mails) == 12
        assert len({re.findall(r"^To: (.*)$", mail, re.MULTILINE)[0] for mail in mails}) == 12
        assert not any("{{" in mail for mail in mails)


def test_it_mails_to_a_real_server_where_somebody_wants_that(tmp_path: Path) -> None:
    done = run([str(COMMS), "demo", "--smtp"], tmp_path)
    assert done.returncode == 0, done.stderr
    assert "36 mails came to the mail server, 12 people" in done.stdout
    mails = sorted((tmp_path / "comms-demo" / "mailbox").glob("*.eml"))
    assert len(mails) == 36
    ids = {re.findall(r"^Message-ID: (.*)$", m.read_text(), re.MULTILINE)[0] for m in mails}
    assert len(ids) == 36
    report = run([str(COMMS), "-C", "verify", "--json", "check", "--pin", "pin"],
                 tmp_path / "comms-demo")  # fmt: skip
    assert json.loads(report.stdout)["outcome"] == "pass"


def test_the_record_verifies_without_this_tool(told: Told) -> None:
    command = told.out[told.out.index("ssh-keygen -Y verify") :]
    done = run(["bash", "-c", command], told.folder)
    assert "Good" in done.stdout, done.stderr
    assert "signature for lea" in done.stdout


def test_a_comma_names_whose_approval_died(told: Told) -> None:
    done = told.comms("demo", "--break", "comma")
    assert done.returncode == 0, done.stderr
    said = " ".join(done.stdout.split())
    assert "error[frozen-draft]" in said
    for person in ("cleo", "mo", "lea", "eli", "ivy"):
        assert person in said[said.index("error[frozen-draft]") :]
    assert "comms check ended with 1" in said


BROKEN = {
    "drop-objection": ("append-only", "objected", "Records only grow"),
    "fake-approver": (
        "record-writer",
        "nobody's in trust version 2",
        "A name in a file is a claim",
    ),
    "self-promotion": ("trust-chain", "signed by 0 of 1", "Hers is no admin's"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_each_way_to_tamper_is_seen_and_told(told: Told, how: str) -> None:
    rule, seen, ending = BROKEN[how]
    for _ in range(2):
        done = told.comms("demo", "--break", how)
        assert done.returncode == 0, done.stderr
    said = " ".join(done.stdout.split())
    assert f"error[{rule}]" in said
    assert seen in said
    assert ending in said
    assert {*re.findall(r"error\[([a-z-]+)\]", said)} == {rule}
    assert "comms check ended with 1; the real repository is untouched." in said
    check = told.comms("-C", str(told.desk), "check", "--pin", str(told.desk.parent / "pin"))
    assert check.returncode == 0, check.stdout


@pytest.mark.parametrize("how", ["comma", *BROKEN, "squash"])
def test_what_somebody_reads_of_each(told: Told, how: str) -> None:
    done = told.comms("demo", "--break", how)
    text = re.sub(r"\d{8}T\d{6}Z", "YYYYMMDDTHHMMSSZ", done.stdout)
    text = re.sub(r"\d{4}-\d{2}-\d{2}(?=-card)", "YYYY-MM-DD", text)
    assert_golden(f"demo/{how}.txt", scrubbed(text, told.folder))


def test_a_squash_costs_the_commits_signature_and_not_the_proof(told: Told) -> None:
    done = told.comms("demo", "--break", "squash")
    assert done.returncode == 0, done.stderr
    assert "warning[commit-signature-lost]" in done.stdout
    assert "error[" not in done.stdout
    assert "comms check ended with 0" in done.stdout


def test_what_cannot_be_broken_is_refused_by_name(told: Told) -> None:
    done = told.comms("demo", "--break", "dishes")
    assert done.returncode == 2
    assert "comma, drop-objection, fake-approver, self-promotion, squash" in done.stderr


def test_legals_chair_has_one_message_waiting(told: Told) -> None:
    line = told.comms("demo", "--as", "legal").stdout
    assert len(line.splitlines()) == 1
    done = run(["bash", "-c", line.replace("next", "next --list")], told.folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("review  ") == 1
    assert "waits for legal" in done.stdout
    assert "2. " not in done.stdout


def test_another_folder_is_not_overwritten(told: Told) -> None:
    (told.folder / "precious").mkdir()
    (told.folder / "precious" / "file").write_text("kept")
    done = told.comms("demo", "precious")
    assert done.returncode == 2
    assert "is no demo" in done.stderr
    assert (told.folder / "precious" / "file").read_text() == "kept"
