"""Records in the order that ``after`` gives them.

X is before Y if Y reaches X; nothing else is order. Where two are concurrent a fixed,
meaningless rule (claimed time, then digest) makes the list the same for everybody.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from commscli.domain.ids import Digest
from commscli.domain.records import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A record with its identity."""

    digest: Digest
    record: Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """Records, each before those that reach it, with the past of each as a bit mask.

    Bit n of a mask stands for the nth record. A record is not in its own past.
    """

    records: tuple[Placed, ...]
    position: Mapping[Digest, int]
    past: tuple[int, ...]
    everything: int
    kinds: Mapping[str, tuple[tuple[int, Placed], ...]]
    """Kind → the records of it, each with its bit, in order."""

    def of_kind(self, kind: str, mask: int) -> Iterator[Placed]:
        """Yield the records of a kind in a mask, in order."""
        return (placed for bit, placed in self.kinds.get(kind, ()) if mask & bit)

    def before(self, digest: Digest) -> int:
        """Return the mask of all that a record reaches."""
        return self.past[self.position[digest]]

    def has(self, mask: int, digest: Digest) -> bool:
        """Whether a record is in a mask."""
        return digest in self.position and bool(mask >> self.position[digest] & 1)

    def heads(self) -> list[Digest]:
        """Return the records that no other reaches, sorted: what the next ``after`` lists."""
        reached = 0
        for past in self.past:
            reached |= past
        return sorted(p.digest for i, p in enumerate(self.records) if not reached >> i & 1)


def order(records: Iterable[Placed]) -> Ordered:
    """Put records in order. Digests in ``after`` that are not among them are passed over."""
    by_digest = {placed.digest: placed for placed in records}
    children: dict[Digest, list[Digest]] = {digest: [] for digest in by_digest}
    waits: dict[Digest, int] = {}
    for digest, placed in by_digest.items():
        known = [parent for parent in placed.record.after if parent in by_digest]
        waits[digest] = len(known)
        for parent in known:
            children[parent].append(digest)
    ready = [(by_digest[d].record.at, d) for d, count in waits.items() if count == 0]
    heapify(ready)
    listed: list[Placed] = []
    while ready:
        _, digest = heappop(ready)
        listed.append(by_digest[digest])
        for child in children[digest]:
            waits[child] -= 1
            if waits[child] == 0:
                heappush(ready, (by_digest[child].record.at, child))
    return _with_pasts(tuple(listed))


def _with_pasts(listed: tuple[Placed, ...]) -> Ordered:
    position = {placed.digest: number for number, placed in enumerate(listed)}
    past: list[int] = []
    for placed in listed:
        mask = 0
        for parent in placed.record.after:
            if parent in position:
                mask |= past[position[parent]] | 1 << position[parent]
        past.append(mask)
    kinds: dict[str, list[tuple[int, Placed]]] = {}
    for number, placed in enumerate(listed):
        kinds.setdefault(placed.record.kind, []).append((1 << number, placed))
    return Ordered(
        records=listed,
        position=position,
        past=tuple(past),
        everything=(1 << len(listed)) - 1,
        kinds={kind: tuple(found) for kind, found in kinds.items()},
    )
