"""What came after a commit is read at its own cost, whatever the size of what came before."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from bench import history
from commscli.domain.ids import CommitId
from commscli.domain.part import Part, Whole
from commscli.errors import Undecided
from commscli.ledger.objects import Objects
from commscli.ledger.repository import Repository, discover, tip
from commscli.ledger.since import read_since
from tests.support.repos import Repo
from tests.support.story import Story, sent, without_role

INCIDENT = history.RECORDS_PER_INCIDENT


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How many objects of each kind are asked of git."""
    counted: Counter[str] = Counter()
    plain = Objects.read_many

    def read_many(self: Objects, kind: str, ids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        wanted = list(ids)
        counted[kind] += len(wanted)
        return plain(self, kind, wanted)

    monkeypatch.setattr(Objects, "read_many", read_many)
    return counted


def test_the_cost_is_that_of_the_change(tmp_path: Path, asked: Counter[str]) -> None:
    """Twenty records of one incident, on top of ten others and of a hundred."""
    costs = []
    for incidents in (10, 100):
        folder = tmp_path / str(incidents)
        history.write(folder, incidents * INCIDENT)
        repository = discover(folder)
        head = tip(repository)
        base = repository.resolve("HEAD~20")
        assert base is not None
        asked.clear()

        part = read_since(repository, head, base)

        assert isinstance(part, Part)
        assert len(part.history.records) == INCIDENT
        assert len(part.history.commits) == 20 + 1
        costs.append(dict(asked))
    assert costs[0] == costs[1]
    assert costs[0]["commit"] < 3 * 21 + 5
    assert costs[0]["tree"] < 10 * 21
    assert costs[0].get("blob", 0) < 3 * INCIDENT


def read(repo: Repo, base: str) -> Part | Whole:
    repository = discover(repo.path)
    return read_since(repository, tip(repository), CommitId(base))


def part_of(found: Part | Whole) -> Part:
    assert isinstance(found, Part), found
    return found


def test_an_older_record_lies_in_every_seam_that_has_it(tmp_path: Path) -> None:
    story = sent()
    side = story.aside()
    late = story.fact("start", "09:02")
    base = story.tip
    early = side.fact("impact", "cards")
    story.merge(side)

    part = part_of(read(Repo.make(tmp_path / "repo").write(story), base))

    seams = {seam.id: number for number, seam in enumerate(part.seams)}
    both, one = frozenset(seams.values()), frozenset({seams[CommitId(base)]})
    within = {old.path: old.within for old in part.older}
    assert within[story.path(late)] == one
    assert {seams for path, seams in within.items() if path != story.path(late)} == {both}
    assert story.path(early) not in within


def test_what_a_roster_was_made_without_is_touched(tmp_path: Path) -> None:
    """The incident went on while the roster was made elsewhere: no new commit is in it."""
    story = sent()
    side = story.aside()
    story.fact("start", "09:02")
    base = story.tip
    side.change_trust(lambda trust: without_role(trust, "max"))
    story.merge(side)

    part = part_of(read(Repo.make(tmp_path / "repo").write(story), base))

    assert part.loaded == {"", story.incident}


def test_a_commit_that_is_nowhere(tmp_path: Path) -> None:
    repo = Repo.make(tmp_path / "repo").write(sent())

    assert isinstance(read(repo, "f" * 40), Whole)


def test_a_new_object_that_is_damaged(tmp_path: Path) -> None:
    story = sent()
    base = story.tip
    story.fact("start", "09:02")
    repo = Repo.make(tmp_path / "repo").write(story)
    blob = next(name for name, (_, data) in story.shelf.objects.items() if b"09:02" in data)
    kind, data = story.shelf.objects[blob]
    repo.put_object(blob, kind, data.replace(b"09:02", b"09:03"))

    with pytest.raises(Undecided, match="does not have this name"):
        read(repo, base)


def test_histories_that_have_nothing_in_common(tmp_path: Path) -> None:
    story = sent()
    stranger = Story.__new__(Story)
    stranger.shelf, stranger.head, stranger.genesis = story.shelf, -1, story.genesis
    root = stranger.commit({"notes.md": b"nothing\n"})
    repo = Repo.make(tmp_path / "repo").write(story)

    assert isinstance(read(repo, root), Whole)


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_a_part_of_a_part_has_the_same_new_commits(tmp_path: Path, object_format: str) -> None:
    story = sent(object_format=object_format)
    base = story.tip
    story.fact("start", "09:02")
    middle = story.tip
    story.fact("impact", "cards")
    repo = Repo.make(tmp_path / "repo", object_format=object_format).write(story)

    whole, last = part_of(read(repo, base)), part_of(read(repo, middle))

    assert [c.id for c in whole.history.commits] == [base, middle, story.tip]
    assert [c.id for c in last.history.commits] == [middle, story.tip]
    assert whole.versions == last.versions == 1


def test_all_of_a_tip_in_the_past_of_the_base(tmp_path: Path) -> None:
    story = sent()
    early = story.tip
    story.fact("start", "09:02")
    repo = Repo.make(tmp_path / "repo").write(story)
    repository: Repository = discover(repo.path)

    part = part_of(read_since(repository, CommitId(early), CommitId(story.tip)))

    assert [c.id for c in part.history.commits] == [early]
    assert part.loaded == {"", story.incident}, "the base has more in it"
