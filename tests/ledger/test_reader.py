"""A history is the same however it is read: in what batches, from what git, on how many cores."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import sleep
from typing import Any

import pytest

from commscli.domain.history import History
from commscli.domain.records import Fact
from commscli.errors import Undecided
from commscli.ledger import (
    both_ends,
    cat_file,
    commits,
    files,
    forked,
    gathering,
    git,
    objects,
    signature_checks,
)
from commscli.ledger.repository import Reading
from tests.support.repos import Repo
from tests.support.story import File, Story, passed, sent, with_role

Patch = Callable[[pytest.MonkeyPatch], None]


def busy() -> Story:
    """Two messages, branches, a change of trust, a merge that brings something, strays."""
    story = sent()
    with story.branch() as side:
        side.fact("start", "09:14")
        side.commit({"docs/notes.md": b"hello\n"})
    story.change_trust(lambda trust: with_role(trust, "max", "legal-officer"))
    with story.branch() as side:
        side.fact("end", "09:50")
        side.commit({f"{side.folder}/draft.md": b"too late\n"})
    story.commit({f"{story.folder}/records/README": b"x", "trust/x.sig": b"y"})
    story.commit({story.path(story.newest): None})
    return story


def no_hint(_: Reading, __: str) -> list[str]:
    return []


def wrong_hint(reading: Reading, tip: str) -> list[str]:
    listed = git.run(["rev-list", tip, "--"], cwd=reading.git_dir, env=reading.env)
    return listed.decode().split()[2::2]


def signatures_elsewhere(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(forked, "cores", lambda: 2)
    patch.setattr(signature_checks, "WORTH_A_PROCESS", 1)
    patch.setattr(signature_checks, "AT_ONCE", 1)


def both_ends_at_once(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(forked, "cores", lambda: 2)
    patch.setattr(both_ends, "WORTH_A_PROCESS", 1)
    patch.setattr(both_ends, "COMMITS_AT_ONCE", 3)


def both_ends_commit_by_commit(patch: pytest.MonkeyPatch) -> None:
    both_ends_at_once(patch)
    signatures_elsewhere(patch)
    patch.setattr(both_ends, "COMMITS_AT_ONCE", 1)


def a_copy_that_dies(patch: pytest.MonkeyPatch) -> None:
    """Each takes its turns; what the copy took is read again."""
    both_ends_at_once(patch)
    here, read = os.getpid(), both_ends._read

    def dies(*words: Any) -> both_ends.Read:
        if os.getpid() != here:
            os._exit(7)
        sleep(0.1)
        return read(*words)

    patch.setattr(both_ends, "_read", dies)


def a_copy_that_is_late(patch: pytest.MonkeyPatch) -> None:
    """All was read when it comes."""
    both_ends_at_once(patch)
    here, read = os.getpid(), both_ends._read

    def waits(*words: Any) -> both_ends.Read:
        if os.getpid() != here:
            sleep(0.3)
        return read(*words)

    patch.setattr(both_ends, "_read", waits)


WAYS: dict[str, Patch] = {
    "small-batches": lambda patch: patch.setattr(both_ends, "COMMITS_AT_ONCE", 2),
    "one-file-at-a-time": lambda patch: patch.setattr(files, "FILES_AT_ONCE", 1),
    "forgetful": lambda patch: patch.setattr(objects, "TREE_ROOM", 0),
    "old-git": lambda patch: patch.setattr(cat_file, "_version", lambda: (2, 34, 1)),
    "narrow-pipe": lambda patch: patch.setattr(cat_file, "PIPE_ROOM", 2),
    "no-hint": lambda patch: patch.setattr(commits, "_hint", no_hint),
    "half-a-hint": lambda patch: patch.setattr(commits, "_hint", wrong_hint),
    "one-core": lambda patch: patch.setattr(forked, "cores", lambda: 1),
    "signatures-elsewhere": signatures_elsewhere,
    "both-ends": both_ends_at_once,
    "both-ends-commit-by-commit": both_ends_commit_by_commit,
    "a-copy-that-dies": a_copy_that_dies,
    "a-copy-that-is-late": a_copy_that_is_late,
}


def comparable(history: History) -> History:
    """What does not depend on the order in which trees were compared."""
    return replace(
        history,
        edge_faults=tuple(sorted(history.edge_faults, key=repr)),
        strays=tuple(sorted(history.strays, key=repr)),
        records=tuple(sorted(history.records, key=repr)),
        drafts_at=dict(sorted(history.drafts_at.items())),
    )


@pytest.mark.parametrize("way", WAYS)
def test_every_way_of_reading_gives_the_same(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = busy()
    repo = Repo.make(tmp_path / "repo").write(story)
    before = repo.history()
    assert before.edge_faults
    assert before.strays

    WAYS[way](monkeypatch)

    assert comparable(repo.history()) == comparable(before)


def test_a_packed_repository_reads_the_same(tmp_path: Path) -> None:
    repo = Repo.make(tmp_path / "repo").write(busy())
    before = repo.history()

    repo.git("repack", "-a", "-d", "-f", "-q", "--depth=50", "--window=50")
    repo.git("prune-packed")

    assert repo.history() == before


def test_commits_are_numbered_parents_first(tmp_path: Path) -> None:
    history = Repo.make(tmp_path / "repo").write(busy()).history()

    assert history.commits[-1].id == history.head
    assert all(p < n for n, commit in enumerate(history.commits) for p in commit.parents)


def test_only_commits_that_bring_something_have_signatures(tmp_path: Path) -> None:
    story = sent()
    plain = story.commit({"docs/notes.md": b"hello\n"}, by="ana")
    stray = story.commit({f"{story.folder}/records/README": b"x"}, by="ana")
    history = Repo.make(tmp_path / "repo").write(story).history()

    signed = {history.commits[number].id for number in history.commit_signatures}

    bringing = {c for record in history.records for c in record.introduced}
    bringing |= {c for trust in history.trusts for c in trust.introduced}
    assert set(history.commit_signatures) == bringing
    assert not signed & {plain, stray}


# -- limits


@pytest.mark.parametrize("size", [64 * 1024, 64 * 1024 + 1, 300_000])
def test_a_file_that_is_too_long_for_a_record(size: int, tmp_path: Path) -> None:
    story = passed()
    name = "20261122T091400Z-ok-0123abcd.yaml"
    story.commit({f"{story.folder}/records/{name}": b"x" * size})
    history = Repo.make(tmp_path / "repo").write(story).history()

    (found,) = (r for r in history.records if r.path.endswith(name))

    assert found.record is None
    said = f"{size} bytes: expected at most 65536"
    assert found.fault == (said if size > 64 * 1024 else "the last line does not end")


def test_a_signature_that_is_too_long_is_none(tmp_path: Path) -> None:
    story = passed()
    path = f"{story.path(story.newest)}.sig"
    long = story.tree[path].data + b"\n" * 70_000
    whole = story.commit({path: long})
    history = Repo.make(tmp_path / "repo").write(story).history()

    assert [f.what for f in history.edge_faults if f.path == path] == ["changed"]
    assert history.head == whole


def test_the_signature_of_a_record_is_too_long(tmp_path: Path) -> None:
    story = passed()
    fact = story.written("fact", Fact(key="start", value="09:14"), "bea", message="")
    story.commit({fact.path: fact.data, f"{fact.path}.sig": b"\n" * 70_000})
    history = Repo.make(tmp_path / "repo").write(story).history()

    (found,) = (r for r in history.records if r.path == fact.path)

    assert found.signature.key is None
    assert found.signature.fault == "the signature is longer than 16384 bytes"


def test_a_trust_version_that_is_too_long(tmp_path: Path) -> None:
    story = passed()
    signature = b"\n" * 70_000
    story.commit({"trust/0002.yaml": b"x" * 70_000, "trust/0002.ada.sig": signature})
    story.commit(
        {"trust/0003.yaml": story.tree["trust/0001.yaml"], "trust/0003.ada.sig": signature}
    )
    history = Repo.make(tmp_path / "repo").write(story).history()

    found = {trust.path: trust for trust in history.trusts}

    assert found["trust/0002.yaml"].fault == "70000 bytes: expected at most 65536"
    for path in ("trust/0002.yaml", "trust/0003.yaml"):
        assert found[path].entries[0].signatures["ada"].key is None


@pytest.mark.parametrize("size", [0, 1, 70_000, 3_000_000])
def test_words_and_attachments_of_any_size(size: int, tmp_path: Path) -> None:
    story = passed()
    data = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    story.draft("Words.\n", attachments={"big.bin": data})
    history = Repo.make(tmp_path / "repo").write(story).history()

    assert comparable(history).drafts_at == comparable(story.history()).drafts_at


def test_there_is_an_end_to_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "MOST_CHANGES", 30)
    story = passed()
    repo = Repo.make(tmp_path / "repo").write(story)
    repo.history()
    many = {f"{story.folder}/records/{n}": File(b"x") for n in range(30)}
    story.commit(many)
    repo.write(story)

    with pytest.raises(Undecided, match="larger than any"):
        repo.history()
