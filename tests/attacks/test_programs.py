"""A repository whose settings name programs: none of them runs, whatever command is given."""

import shutil
from pathlib import Path

import pytest

from commscli.ledger import syncing
from tests.attacks.staging import canaries
from tests.support.repos import Answer, Desk, Repo, git

HOOKS = (
    "pre-commit", "prepare-commit-msg", "commit-msg", "post-commit", "post-checkout",
    "post-merge", "pre-push", "post-rewrite", "reference-transaction", "post-index-change",
    "pre-auto-gc", "fsmonitor-watchman", "pre-merge-commit", "pre-rebase", "sendemail-validate",
)  # fmt: skip


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    """Where a program that ran leaves its name."""
    return tmp_path / "ran"


def program(folder: Path, marker: Path) -> Path:
    path = folder / "evil"
    path.write_text(f'#!/bin/sh\necho "$0 $@" >> {marker}\nexec cat\n')
    path.chmod(0o755)
    return path


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hub, a clone of it, and two people: Tom drafts, Lea approves and releases."""
    folder = tmp_path_factory.mktemp("office")
    tom, lea = Desk.of(folder, None, "tom"), Desk.of(folder, None, "lea")
    hub = Repo.make(folder / "hub.git", bare=True)
    clone = folder / "clone"
    who = ["--organisation", "Example Ltd", "--person", "tom", "--name", "Tom", "--email",
           "tom@example.com", "--gates", "small", "--timezone", "UTC"]  # fmt: skip
    roles = ["technical-slt", "business-lead", "business-responder"]
    done(tom.comms(folder, "init", str(clone), *who, *(w for r in roles for w in ("--role", r))))
    git("remote", "add", "origin", "../hub.git", cwd=clone)
    lea_is = ["--name", "Lea", "--email", "lea@example.com", "--public-key", f"{lea.key}.pub",
              "--role", "elt-approver", "--role", "incident-commander"]  # fmt: skip
    done(tom.comms(clone, "trust", "add", "lea", *lea_is))
    (clone / ".gitattributes").write_text("*.md filter=evil diff=evil\n* filter=a=b\n")
    git("add", ".gitattributes", cwd=clone)
    git("commit", "-q", "--no-gpg-sign", "-m", "attributes", cwd=clone)
    facts = ["start=09:14", "services=payments", "impact=no cards"]
    done(
        tom.comms(
            clone, "new", "Outage", "--severity", "1", *(w for f in facts for w in ("--fact", f))
        )
    )
    done(tom.comms(clone, "draft", "all-customers"))
    pin = done(tom.comms(clone, "trust", "pin")).output
    tom.pin.write_text(pin)
    lea.pin.write_text(pin)
    assert hub.head
    return folder


def done(answer: Answer) -> Answer:
    assert answer.status == 0, answer
    return answer


class Clone:
    """A clone of a hub, made hostile afterwards."""

    def __init__(self, folder: Path, office: Path, marker: Path) -> None:
        shutil.copytree(office, folder / "office", symlinks=True)
        here = folder / "office"
        self.hub, self.repo = Repo(path=here / "hub.git"), Repo(path=here / "clone")
        self.desk, self.tom = (
            Desk(home=here / f"home-{n}", key=here / f"home-{n}" / f"{n}.key",
                 pin=here / f"home-{n}" / "pin")
            for n in ("lea", "tom")
        )  # fmt: skip
        self.folder = next((self.repo.path / "incidents").glob("*/messages/*")).relative_to(
            self.repo.path
        )
        self.evil = program(folder, marker)
        self.hooks()

    def hooks(self) -> None:
        for name in HOOKS:
            hook = self.repo.git_dir / "hooks" / name
            hook.parent.mkdir(exist_ok=True)
            hook.write_bytes(self.evil.read_bytes())
            hook.chmod(0o755)

    def set(self, key: str, value: str) -> None:
        self.repo.git("config", key, value)

    def hostile(self) -> None:
        """Settings that git would obey, and that do not stop a fetch from being tried."""
        for key in (
            "core.fsmonitor", "gpg.program", "gpg.x509.program", "filter.evil.smudge",
            "filter.evil.clean", "filter.evil.process", "filter.a=b.smudge", "filter.a=b.process",
            "diff.evil.textconv", "diff.evil.command", "diff.external", "merge.evil.driver",
            "core.editor", "core.pager", "sequence.editor", "init.templateDir",
            "gpg.ssh.defaultKeyCommand", "uploadpack.packObjectsHook",
        ):  # fmt: skip
            self.set(key, str(self.evil))
        self.set("filter.evil.required", "true")
        self.set("gpg.format", "openpgp")
        self.set("commit.gpgsign", "true")
        self.set("push.gpgSign", "if-asked")
        self.set("core.hooksPath", str(self.repo.git_dir / "hooks"))
        self.set("submodule.recurse", "true")

    def promising(self) -> None:
        """A promisor remote, which git asks for what is missing."""
        self.set("extensions.partialClone", "evil")
        self.set("core.repositoryFormatVersion", "1")
        self.set("remote.evil.url", "ssh://nowhere/repo")
        self.set("remote.evil.promisor", "true")
        self.set("core.sshCommand", str(self.evil))


@pytest.fixture
def clone(tmp_path: Path, office: Path, marker: Path) -> Clone:
    return Clone(tmp_path, office, marker)


def newer(clone: Clone) -> None:
    """Somebody else shares something, so that a fetch brings it and files are written."""
    other = clone.repo.path.parent / "other"
    git("clone", "-q", str(clone.hub.path), str(other), cwd=other.parent)
    words = other / "words.md"
    words.write_text("Card payments fail. We are on it.\n")
    done(clone.tom.comms(other, "revise", "all-customers", "--file", str(words)))


def test_the_canaries_of_every_other_attack_would_run(tmp_path: Path) -> None:
    """They are planted before each check of a stage."""
    repo = Repo.make(tmp_path / "repo")
    (repo.path / "a.md").write_text("x\n")
    repo.commit()
    with canaries(repo) as marker:
        repo.git("status", ok=False)
        repo.git("update-ref", "refs/heads/other", "HEAD", ok=False)
        repo.git("cat-file", "-e", "1" * 40, ok=False)
        ran = marker.read_text()
    assert "canary" in ran
    assert "reference-transaction" in ran
    assert "git-upload-pack" in ran, "the promised remote was not asked"


def test_the_programs_would_run(clone: Clone, marker: Path) -> None:
    """Without this the other tests would show nothing."""
    clone.hostile()
    clone.repo.git("config", "--unset-all", "gpg.program")
    (clone.repo.path / "a.md").write_text("x\n")
    clone.repo.git("add", "a.md", ok=False)
    clone.repo.git("update-ref", "refs/heads/other", clone.repo.head)

    assert "evil" in marker.read_text()
    assert "reference-transaction" in marker.read_text()


@pytest.mark.row(60)
@pytest.mark.parametrize(
    "command", ["check", "status", "log", "show", "--offline next", "trust show"]
)
def test_reading_runs_nothing(clone: Clone, marker: Path, command: str) -> None:
    clone.hostile()
    clone.promising()
    words = [*command.split(), "all-customers"] if command == "show" else command.split()

    answer = clone.desk.comms(clone.repo.path, *words)

    assert not marker.exists(), marker.read_text()
    assert answer.status in {0, 1}, answer


@pytest.mark.row(60, 66)
@pytest.mark.parametrize("what", ["blob", "tree", "commit", "tip"])
def test_a_missing_object_is_not_asked_for(clone: Clone, marker: Path, what: str) -> None:
    clone.hostile()
    clone.promising()
    name = {"blob": f"HEAD:{clone.folder}/draft.md", "tree": "HEAD^{tree}",
            "commit": "HEAD~1", "tip": "HEAD"}[what]  # fmt: skip
    path = clone.hub.git("rev-parse", name).strip()
    missing = clone.repo.git_dir / "objects" / path[:2] / path[2:]
    if not missing.exists():
        pytest.skip("this git packs what it clones from a folder")
    missing.unlink()

    answer = clone.desk.checked(clone.repo.path)

    assert not marker.exists(), marker.read_text()
    assert answer.status == 3, answer


@pytest.mark.row(60)
def test_reviewing_runs_nothing(clone: Clone, marker: Path) -> None:
    clone.hostile()
    newer(clone)

    synced = clone.desk.comms(clone.repo.path, "sync")
    reviewed = clone.desk.comms(clone.repo.path, "review", "all-customers@2", "--ok")

    assert not marker.exists(), marker.read_text()
    assert (synced.status, reviewed.status) == (0, 0), (synced, reviewed)
    assert clone.hub.head == clone.repo.head


@pytest.mark.row(60)
def test_a_merge_runs_nothing(clone: Clone, marker: Path) -> None:
    alone = clone.desk.comms(clone.repo.path, "--offline", "review", "all-customers", "--ok")
    assert alone.status == 0, alone
    clone.hostile()
    newer(clone)

    answer = clone.desk.comms(clone.repo.path, "sync")

    assert not marker.exists(), marker.read_text()
    assert answer.status == 0, answer
    assert len(clone.repo.git("log", "-1", "--format=%P").split()) == 2


@pytest.mark.row(60)
@pytest.mark.parametrize(
    ("key", "where"),
    [
        *((key, "config") for key in (
            "core.sshCommand", "core.gitProxy", "core.askPass", "credential.helper",
            "credential.https://example.com.helper", "remote.origin.uploadpack",
            "remote.origin.receivepack", "remote.origin.vcs", "core.alternateRefsCommand",
        )),
        *((key, where) for where in ("included", "worktree")
          for key in ("core.sshCommand", "remote.origin.uploadpack")),
    ],
)  # fmt: skip
def test_a_transport_that_the_repository_names_is_refused(
    clone: Clone, marker: Path, key: str, where: str
) -> None:
    value = str(clone.evil)
    if where == "config":
        clone.set(key, value)
    elif where == "included":
        other = clone.repo.git_dir / "more"
        git("config", "-f", str(other), key, value, cwd=clone.repo.path)
        clone.set("include.path", "more")
    else:
        clone.set("extensions.worktreeConfig", "true")
        clone.repo.git("config", "--worktree", key, value)
    newer(clone)

    answer = clone.desk.comms(clone.repo.path, "sync")

    assert not marker.exists(), marker.read_text()
    assert answer.status == 2, answer
    assert key.rpartition(".")[2].lower() in answer.errors.lower()


@pytest.mark.row(60)
@pytest.mark.parametrize("how", ["url", "insteadOf", "pushurl"])
def test_an_external_transport_is_not_started(clone: Clone, marker: Path, how: str) -> None:
    evil = f"ext::{clone.evil} %S"
    if how == "insteadOf":
        clone.set(f"url.{evil}.insteadOf", str(clone.hub.path))
    else:
        clone.set(f"remote.origin.{how}", evil)
    clone.set("protocol.ext.allow", "always")
    clone.set("protocol.allow", "always")

    clone.desk.comms(clone.repo.path, "review", "all-customers", "--ok")
    clone.desk.comms(clone.repo.path, "sync")

    assert not marker.exists(), marker.read_text()


@pytest.mark.row(33)
def test_records_are_not_written_through_a_link(clone: Clone, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    records = clone.repo.path / clone.folder / "records"
    for file in records.iterdir():
        file.unlink()
    records.rmdir()
    records.symlink_to(outside)

    answer = clone.desk.comms(clone.repo.path, "--offline", "review", "all-customers", "--ok")

    assert list(outside.iterdir()) == []
    assert answer.status == 1, answer
    assert "symbolic link" in answer.errors


@pytest.mark.row(69)
def test_a_rollback_of_the_remote_is_refused(clone: Clone) -> None:
    early = clone.hub.git("rev-parse", "HEAD~1").strip()
    clone.hub.point(early)

    answer = clone.desk.comms(clone.repo.path, "sync")

    assert answer.status == 1, answer
    assert "went back" in answer.errors
    assert clone.repo.git("rev-parse", "refs/remotes/origin/main").strip() != early
    assert syncing.INCOMING.startswith("refs/comms/")


@pytest.mark.row(72)
def test_a_branch_with_the_name_of_head_changes_nothing(clone: Clone) -> None:
    head = clone.repo.head
    clone.repo.git("update-ref", "refs/heads/HEAD", "HEAD~2")
    clone.repo.git("update-ref", "refs/tags/main", "HEAD~2")

    assert clone.desk.checked(clone.repo.path).json["head"] == head
