"""What all commits changed, and who signed them: a long history is read from both ends at once.

A copy of this process begins with the newest commits, and the two take turns until they meet;
what they found is put together as if one had read it all. If the copy fails, for whatever
reason, its part is read here: then the same reason is met again, and told.
"""

import os
import pickle
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, Self

from commscli.domain.history import Signature
from commscli.errors import Undecided
from commscli.ledger.changes import Edge, changes
from commscli.ledger.commit_bytes import parse_commit
from commscli.ledger.commits import Node
from commscli.ledger.forked import Forked, can_fork
from commscli.ledger.gathering import Gathered, Gathering
from commscli.ledger.objects import Objects
from commscli.ledger.repository import Reading
from commscli.ledger.signature_checks import SignatureChecks
from commscli.ledger.words import word_files

COMMITS_AT_ONCE = 256
MOST_TURNS = 4096
"""More parts than this are read by one process: the turns wait in a pipe, which may hold a page."""
WORTH_A_PROCESS = 2048
"""Commits; fewer are read sooner than a process gets going."""


@dataclass(slots=True)
class Read:
    """What the walk over the commits gives: the changes sorted, and what was begun on the way.

    ``signed``: commit → where its signature is among the checks. ``drafts``: the blobs of the
    words, by commit, incident and message.
    """

    gathered: Gathered
    signed: dict[int, int] = field(default_factory=dict)
    faults: dict[int, str] = field(default_factory=dict)
    drafts: dict[tuple[int, str, str], dict[str, str]] = field(default_factory=dict)


def read_changes(
    reading: Reading, objects: Objects, checks: SignatureChecks, nodes: Sequence[Node]
) -> Read:
    """Return what every commit changed. ``checks``: where the signatures join others.

    Raises:
        Undecided: if any of it cannot be read.
    """
    position = {node.id: number for number, node in enumerate(nodes)}
    parts = [
        range(first, min(first + COMMITS_AT_ONCE, len(nodes)))
        for first in range(0, len(nodes), COMMITS_AT_ONCE)
    ]
    if len(nodes) < WORTH_A_PROCESS or len(parts) > MOST_TURNS or not can_fork():
        return _read(objects, checks, nodes, position, parts)

    def from_the_end(_: BinaryIO, answer: BinaryIO) -> None:
        with Objects(reading) as own, SignatureChecks(alone=True) as mine:
            read = [_read(own, mine, nodes, position, [p]) for p in turns.take(reversed(parts))]
            pickle.dump((read, mine.results()), answer, pickle.HIGHEST_PROTOCOL)

    with _Turns(len(parts)) as turns:
        other = Forked(from_the_end, keep=turns.ends)
        try:
            with checks.alone():
                read = _read(objects, checks, nodes, position, turns.take(parts))
            left = parts[turns.taken :]
            try:
                more, signatures = pickle.loads(other.answer())  # noqa: S301 - our own copy wrote it
            except Undecided:
                more, signatures = [_read(objects, checks, nodes, position, left)], None
        finally:
            other.end()
    for found in reversed(more):
        _join(read, found, signatures, checks)
    return read


class _Turns:
    """One turn for each part, in a pipe: whoever takes a turn reads the next part at its end."""

    def __init__(self, count: int) -> None:
        self.ends = os.pipe()
        self.taken = 0
        os.set_blocking(self.ends[0], False)
        os.write(self.ends[1], bytes(count))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for end in self.ends:
            os.close(end)

    def take(self, parts: Iterable[range]) -> Iterator[range]:
        """Yield parts as long as there are turns."""
        for part in parts:
            try:
                os.read(self.ends[0], 1)
            except BlockingIOError:
                return
            self.taken += 1
            yield part


def _join(
    read: Read, more: Read, signatures: Sequence[Signature] | None, checks: SignatureChecks
) -> None:
    """Put what comes later behind it, and its ``signatures`` among the checks, if any."""
    read.gathered.take_in(more.gathered)
    read.faults |= more.faults
    read.drafts |= more.drafts
    for commit, place in more.signed.items():
        read.signed[commit] = place if signatures is None else checks.add_found(signatures[place])


def _read(
    objects: Objects,
    checks: SignatureChecks,
    nodes: Sequence[Node],
    position: dict[str, int],
    parts: Iterable[range],
) -> Read:
    gathering = Gathering(objects)
    read = Read(gathering.gathered)
    for part in parts:
        edges = [edge for number in part for edge in _edges(nodes, number, position)]
        gathering.take(changes(objects, edges), {n: len(nodes[n].parents) for n in part})
        _begin(objects, checks, nodes, read)
    return read


def _begin(objects: Objects, checks: SignatureChecks, nodes: Sequence[Node], read: Read) -> None:
    """Have the signatures of new commits checked, and look up the words while trees are near."""
    gathered = read.gathered
    numbers, gathered.introducing = gathered.introducing, {}
    raw = objects.read_many("commit", (nodes[number].id for number in numbers))
    for number, (object_id, data) in zip(numbers, raw, strict=True):
        commit = parse_commit(object_id, data)
        if commit.fault:
            read.faults[number] = commit.fault
        read.signed[number] = checks.add(commit.payload, commit.signature, "git")
    folders, gathered.message_trees = gathered.message_trees, {}
    for key, tree_id in folders.items():
        read.drafts[key] = word_files(objects, tree_id)


def _edges(nodes: Sequence[Node], number: int, position: dict[str, int]) -> Iterator[Edge]:
    node = nodes[number]
    if not node.parents:
        yield Edge(number, None, None, node.tree)
    for parent in node.parents:
        yield Edge(number, position[parent], nodes[position[parent]].tree, node.tree)
