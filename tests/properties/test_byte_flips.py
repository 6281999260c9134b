"""Any single byte of a sent chain that is another one makes the check fail."""

import random
import zlib
from dataclasses import replace
from functools import cache
from hashlib import sha1
from pathlib import Path

import pytest

from commscli.domain.report import Outcome
from commscli.errors import Undecided
from commscli.gates.engine import check
from tests.support.repos import Repo
from tests.support.story import File, Shelf, Story

PER_FILE = 24
"""Places of each file that are flipped, besides its first and its last byte."""


@cache
def whole() -> Story:
    """A message with an attachment, sent, that rests on every kind of proof there is."""
    story = Story()
    story.declare()
    story.draft(attachments={"terms.txt": b"Terms apply.\n"})
    story.pass_gates()
    story.send()
    assert story.report().outcome is Outcome.PASS
    assert story.report().findings == ()
    return story


def evidence(story: Story) -> list[str]:
    return sorted(path for path in story.tree if path.startswith(("trust/", "incidents/")))


def flipped(story: Story, path: str, at: int, bit: int) -> Story:
    """The same story, had this byte been another one from the beginning."""
    shelf = Shelf(object_format=story.shelf.object_format, ticks=story.shelf.ticks)
    for node in story.shelf.nodes:
        file = node.tree.get(path)
        tree = dict(node.tree)
        if file is not None:
            data = bytearray(file.data)
            data[at] ^= 1 << bit
            tree[path] = File(bytes(data), file.mode)
        shelf.nodes.append(replace(node, tree=tree))
    other = Story.__new__(Story)
    other.shelf, other.head = shelf, story.head
    other.genesis = story.genesis
    return other


@pytest.mark.parametrize("path", evidence(whole()))
def test_a_byte_that_is_flipped_fails_the_check(path: str) -> None:
    story = whole()
    size = len(story.tree[path].data)
    chosen = random.Random(path)  # noqa: S311 - for places, not for secrets
    places = {0, size - 1, *(chosen.randrange(size) for _ in range(PER_FILE))}
    for at in sorted(places):
        bit = chosen.randrange(8)
        report = check(flipped(story, path, at, bit).history(), story.pin)
        assert report.outcome is not Outcome.PASS, f"{path}: byte {at}, bit {bit}"


def test_an_object_with_a_flipped_byte_is_never_judged(tmp_path: Path) -> None:
    story = whole()
    repo = Repo.make(tmp_path / "repo").write(story)
    unread = repo.git("rev-parse", f"{story.tip}:comms.yaml").strip()
    loose = sorted(p for p in repo.git_dir.glob("objects/??/*") if p.parent.name + p.name != unread)
    chosen = random.Random(7)  # noqa: S311 - for places, not for secrets
    for path in chosen.sample(loose, 40):
        before = path.read_bytes()
        at = chosen.randrange(len(before))
        path.chmod(0o644)
        path.write_bytes(before[:at] + bytes([before[at] ^ 0x10]) + before[at + 1 :])
        try:
            report = repo.report(story.pin)
        except Undecided:
            decided = None
        else:
            decided = report.outcome
        assert decided is None or is_what_its_name_says(path), path
        path.write_bytes(before)


def is_what_its_name_says(path: Path) -> bool:
    """Whether a loose object still unpacks to what its name is the hash of."""
    try:
        data = zlib.decompress(path.read_bytes())
    except zlib.error:
        return False
    return sha1(data).hexdigest() == path.parent.name + path.name  # noqa: S324 - git's own names
