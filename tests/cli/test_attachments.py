"""Files that go with a message: recorded, bound by verdicts, shown, sent as they are, frozen."""

import os
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path

import pytest

from commscli.errors import BadInput
from commscli.workflow.messages.attaching import taken_in
from tests.cli.test_json import fits
from tests.support.cast import Cast
from tests.support.sends import lead_to, many
from tests.support.servers import mail_server

pytest_plugins = ["tests.support.cast_fixtures"]
PLAN, OTHER = b"%PDF-1.7\nthe plan\n", b"%PDF-1.7\nanother plan\n"
EML, TXT = "{adapter: file, as: eml}", "{adapter: file, as: txt}"
MESSAGE = "investigation-strategic-customers-1"


def by_mail(cast: Cast, mail: str = EML) -> None:
    lead_to(cast, {"mail": mail, "intranet": TXT, "status-page": TXT})
    many(cast, 2)
    cast.declare()


def file(cast: Cast, name: str, data: bytes = PLAN) -> str:
    path = cast.root / name
    path.write_bytes(data)
    return str(path)


def folder(cast: Cast) -> Path:
    (found,) = cast.ana.folder.glob(f"incidents/*/messages/{MESSAGE}")
    return found / "attachments"


def drafted(cast: Cast) -> None:
    by_mail(cast)
    cast.ana.done("draft", "strategic", "--attach", file(cast, "plan.pdf"),
                  "--attach", file(cast, "größe.csv", b"a;b\n"))  # fmt: skip


def shown(cast: Cast) -> dict[str, str]:
    document = cast.ana.done("show", MESSAGE, "--json").json
    assert fits(document) == "message"
    return {one["name"]: one["sha256"] for one in document["attachments"]}


def digest(data: bytes) -> str:
    return sha256(data).hexdigest()


def test_they_are_taken_in_recorded_and_shown(small: Cast) -> None:
    drafted(small)
    assert sorted(p.name for p in folder(small).iterdir()) == ["größe.csv", "plan.pdf"]
    assert shown(small) == {"größe.csv": digest(b"a;b\n"), "plan.pdf": digest(PLAN)}
    said = " ".join(small.ana.done("show", MESSAGE).out.split())
    previewed = small.ana.done("preview", MESSAGE)
    assert "attached: größe.csv (4 bytes), plan.pdf (18 bytes)" in previewed.out
    assert fits(small.ana.done("preview", MESSAGE, "--json").json) == "preview"
    assert f"attached: plan.pdf (18 bytes, {digest(PLAN)[:16]})" in said
    assert small.ana.done("check").code == 0


def test_a_revision_keeps_them_replaces_one_or_keeps_none(small: Cast) -> None:
    drafted(small)
    ana = small.ana
    ana.done("revise", MESSAGE, "--file", "-", stdin=b"Other words.\n")
    assert len(shown(small)) == 2
    ana.done("revise", MESSAGE, "--attach", file(small, "plan.pdf", OTHER))
    assert shown(small) == {"größe.csv": digest(b"a;b\n"), "plan.pdf": digest(OTHER)}
    ana.done("revise", MESSAGE, "--no-attachments", "--attach", file(small, "new.txt", b"n\n"))
    assert shown(small) == {"new.txt": digest(b"n\n")}
    assert [p.name for p in folder(small).iterdir()] == ["new.txt"]
    ana.done("revise", MESSAGE, "--no-attachments")
    assert (shown(small), folder(small).exists()) == ({}, False)
    assert ana("revise", MESSAGE, "--no-attachments").code == 1, "nothing is changed by it"
    assert ana.done("check").code == 0


def test_what_one_takes_away_or_changes_by_hand_is_recorded_as_it_lies(small: Cast) -> None:
    drafted(small)
    ana = small.ana
    ana.clean = False
    (folder(small) / "größe.csv").unlink()
    (folder(small) / "plan.pdf").write_bytes(OTHER)
    ana.done("revise", MESSAGE, "--file", "-", stdin=b"Other words.\n")
    assert shown(small) == {"plan.pdf": digest(OTHER)}
    assert ana.git("status", "--porcelain") == ""
    assert ana.done("check").code == 0


@pytest.mark.parametrize("how", ["changed", "added", "taken away"])
def test_another_attachment_makes_the_verdicts_stale(small: Cast, how: str) -> None:
    drafted(small)
    small.passed(MESSAGE, "approval", "release")
    ana = small.ana
    ana.done("sync")
    argv = {
        "changed": ["--attach", file(small, "plan.pdf", OTHER)],
        "added": ["--attach", file(small, "more.pdf")],
        "taken away": ["--no-attachments"],
    }[how]
    ran = ana.done("revise", MESSAGE, *argv, "--json")
    assert {one["gate"] for one in ran.json["stale"]} == {"approval", "release"}
    assert ana("send", MESSAGE).code == 1
    small.bo.done("sync")
    changed = small.bo.done("diff", MESSAGE).out
    assert {"changed": "+attached: plan.pdf", "added": "+attached: more.pdf",
            "taken away": "-attached: plan.pdf"}[how] in changed  # fmt: skip


def attached(mail: EmailMessage) -> dict[str | None, bytes]:
    files = [one for one in mail.walk() if one.get_content_disposition() == "attachment"]
    found = {}
    for one in files:
        data = one.get_payload(decode=True)
        assert isinstance(data, bytes)
        found[one.get_filename()] = data
    return found


def test_they_arrive_as_they_were_approved(small: Cast) -> None:
    with mail_server() as box:
        by_mail(small, f"{{adapter: smtp, host: {box.host}, port: {box.port}}}")
        ana = small.ana
        ana.done("draft", "strategic", "--attach", file(small, "plan.pdf"))
        small.passed(MESSAGE, "approval", "release")
        ana.done("sync")
        assert "with plan.pdf" in ana.done("send", MESSAGE, "--dry-run").out
        ana.done("send", MESSAGE)
        assert len(box.mails) == 2
        for _, mail in box.mails:
            assert attached(mail) == {"plan.pdf": PLAN}
    assert ana.done("check").code == 0


def test_a_drill_writes_them_to_the_outbox(small: Cast) -> None:
    by_mail(small, "{adapter: smtp, host: mail.example.com}")
    ana = small.ana
    ana.done("new", "Drill", "--severity", "3", "--drill", "--fact", "start=09:14",
             "--fact", "services=c", "--fact", "impact=i")  # fmt: skip
    ana.done("-i", "drill", "draft", "strategic", "--attach", file(small, "plan.pdf"))
    message = f"2026-11-22-drill/{MESSAGE}"
    small.passed(message, "approval", "release")
    ana.done("sync")
    ana.done("send", message)
    written = [*ana.folder.glob("outbox/drills/**/*.eml")]
    assert len(written) == 2
    assert all(b'filename="plan.pdf"' in path.read_bytes() for path in written)


def test_other_bytes_than_those_that_were_passed_do_not_leave(small: Cast) -> None:
    drafted(small)
    small.passed(MESSAGE, "approval", "release")
    ana = small.ana
    ana.done("sync")
    path = (folder(small) / "plan.pdf").relative_to(ana.folder)
    ana.edit(str(path), OTHER)
    refused = ana("send", MESSAGE)
    assert refused.code == 1
    assert "plan.pdf changed since revision 1 was recorded" in " ".join(refused.err.split())
    assert not (ana.folder / "outbox").exists()


def test_after_a_send_they_are_frozen(small: Cast) -> None:
    drafted(small)
    small.passed(MESSAGE, "approval", "release")
    ana = small.ana
    ana.done("sync")
    ana.done("send", MESSAGE)
    path = (folder(small) / "plan.pdf").relative_to(ana.folder)
    ana.edit(str(path), OTHER)
    found = ana("check", "--json")
    (finding,) = [f for f in found.json["findings"] if f["rule"] == "frozen-draft"]
    assert "the attachment plan.pdf was changed after it was sent" in finding["text"]


def test_a_record_beside_other_bytes_is_found(small: Cast) -> None:
    drafted(small)
    ana = small.ana
    (record,) = ana.folder.rglob("*-drafted-*.yaml")
    assert f'["plan.pdf", "{digest(PLAN)}"]' in record.read_text(encoding="utf-8")
    path = (folder(small) / "plan.pdf").relative_to(ana.folder)
    (ana.folder / path).write_bytes(OTHER)
    ana.clean = False
    ana.git("add", str(path))
    who = ("-c", "user.name=ana", "-c", "user.email=ana@example.com", "-c", "commit.gpgsign=false")
    ana.git(*who, "commit", "--quiet", "--amend", "--no-edit", "--allow-empty")
    found = ana("check", "--json")
    assert "draft-bytes" in {f["rule"] for f in found.json["findings"]}


@pytest.mark.parametrize("settings", [TXT, "{adapter: slack, secret: hook}"])
def test_a_channel_that_carries_none_is_named_before_anything_is_written(
    small: Cast, settings: str
) -> None:
    by_mail(small, settings)
    ana = small.ana
    before = ana.state()
    refused = ana("draft", "strategic", "--attach", file(small, "plan.pdf"))
    assert refused.code == 2
    assert "the channel mail" in refused.err
    assert "carries no attachments" in " ".join(refused.err.split())
    assert ana.state() == before
    ana.done("draft", "strategic")
    assert ana("revise", MESSAGE, "--attach", file(small, "plan.pdf")).code == 2


@pytest.mark.parametrize("name", [".bashrc", "an\u202enexe.pdf", "a\\b", "x" * 101])
def test_a_name_that_is_not_what_it_seems_is_refused(small: Cast, name: str) -> None:
    by_mail(small)
    refused = small.ana("draft", "strategic", "--attach", file(small, name))
    assert refused.code == 2
    assert "cannot be the name of an attachment" in " ".join(refused.err.split())
    assert "\u202e" not in refused.err


def test_what_is_no_file_or_too_much_is_refused(small: Cast) -> None:
    by_mail(small)
    ana = small.ana
    assert ana("draft", "strategic", "--attach", str(small.root)).code == 2
    assert ana("draft", "strategic", "--attach", "nope.pdf").code == 2
    many_files = [w for n in range(11) for w in ("--attach", file(small, f"{n}.txt", b"x"))]
    assert "at most 10" in ana("draft", "strategic", *many_files).err
    large = file(small, "large.bin", b"x" * (10 * 1024 * 1024 + 1))
    assert "10485760" in ana("draft", "strategic", "--attach", large).err


def test_what_a_file_manager_hides_in_the_folder_is_not_taken_for_one(small: Cast) -> None:
    drafted(small)
    ana = small.ana
    hidden = (folder(small) / ".DS_Store").relative_to(ana.folder)
    ana.edit(str(hidden), b"\0\0")
    ana.done("revise", MESSAGE, "--file", "-", stdin=b"Other words.\n")
    assert set(shown(small)) == {"größe.csv", "plan.pdf"}
    assert ana.done("check").code == 0


def test_two_files_of_one_name_are_refused(small: Cast) -> None:
    by_mail(small)
    (small.root / "other").mkdir()
    first, second = file(small, "plan.pdf"), file(small, "other/plan.pdf")
    refused = small.ana("draft", "strategic", "--attach", first, "--attach", second)
    assert (refused.code, "two files are called plan.pdf" in refused.err) == (2, True)


def test_a_link_that_somebody_pushed_is_not_read(small: Cast) -> None:
    drafted(small)
    secret = file(small, "secret.txt", b"not for git\n")
    ana = small.ana
    (folder(small) / "link.txt").symlink_to(secret)
    ana.git("add", "--force", str(folder(small) / "link.txt"))
    ana.clean = False
    refused = ana("revise", MESSAGE, "--file", "-", stdin=b"Other words.\n")
    assert (refused.code, "no plain file" in refused.err) == (2, True)
    assert "not for git" not in ana.git("log", "-p")


def test_what_may_never_end_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.pdf")
    for odd in (tmp_path / "pipe.pdf", tmp_path, Path("/dev/zero")):
        with pytest.raises(BadInput, match="no plain file"):
            taken_in([str(odd)])
