"""Objects as bytes: read in one stream and hashed again.

Git itself hands out a damaged loose object under a good name, so every object is hashed
here and must have the name under which it was asked for. Never is more held in memory than
one object, what its reader keeps, and some recent trees.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha1, sha256
from sys import intern
from types import TracebackType
from typing import Self

from commscli.errors import Undecided
from commscli.ledger.cat_file import CatFile, broken
from commscli.ledger.repository import Reading
from commscli.ledger.tree_bytes import (
    Differences,
    ParsedTree,
    Tree,
    compared,
    parsed_tree,
    text_of,
)

SECONDS = 60.0
"""How long git may take for as many objects as go through the pipe at once."""
MAX_OBJECT = 64 * 1024 * 1024
MAX_HELD = {"commit": MAX_OBJECT, "tree": 16 * 1024 * 1024, "blob": MAX_OBJECT}
"""Octets of an object that is held whole; only of blobs is more read than held (`contents`)."""
TREE_ROOM = 16 * 1024 * 1024
"""Octets of trees that stay in memory."""
MOST_COMPARED = 10_000_000
"""Pairs of trees in a check; a hundred thousand records take one in sixteen of them."""
_TREE_COST = 512
_PIECE = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a blob holds: its size, its SHA-256, and its bytes unless they were too many."""

    size: int
    digest: str
    data: bytes | None


class Objects:
    """Objects from ``git cat-file --batch``."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._started: list[CatFile] = []
        self._idle: list[CatFile] = []
        self._hash = sha256 if reading.object_format == "sha256" else sha1
        self._hash_size = self._hash().digest_size
        self._trees: OrderedDict[str, ParsedTree] = OrderedDict()
        self._tree_octets = 0
        self._compared = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        while self._started:
            self._started.pop().end()

    @contextmanager
    def _stream(self) -> Iterator[CatFile]:
        """Give a git that nobody else reads from; one that was left halfway is of no more use."""
        if not self._idle:
            self._started.append(CatFile(self._reading, seconds=SECONDS))
            self._idle.append(self._started[-1])
        stream = self._idle.pop()
        try:
            yield stream
        finally:
            if stream.is_idle:
                self._idle.append(stream)
            elif stream in self._started:
                self._started.remove(stream)
                stream.end()

    def read(self, kind: str, object_id: str) -> bytes:
        """Return one object.

        Raises:
            Undecided: if it is not there, or is not what its name says.
        """
        return next(self.read_many(kind, (object_id,)))[1]

    def read_many(self, kind: str, ids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Yield objects in the order asked for, many requests on the way at once."""
        word, most = kind.encode(), MAX_HELD[kind]
        new_hash = self._hash
        with self._stream() as stream:
            for object_id, found, size in stream.answers(ids):
                if size > most:
                    raise _too_large(object_id, size)
                data = stream.take_last(object_id, size)
                if size <= _PIECE:
                    hashed = new_hash(b"%s %d\0" % (word, size) + data)
                else:
                    hashed = new_hash(b"%s %d\0" % (word, size))
                    hashed.update(data)
                _require(object_id, found, word, hashed.hexdigest())
                yield object_id, data

    def contents(self, ids: Iterable[str], most: int) -> Iterator[tuple[str, Content]]:
        """Yield what blobs hold, in the order asked for; beyond ``most`` octets only a digest.

        Raises:
            Undecided: as `read` does.
        """
        with self._stream() as stream:
            for object_id, found, size in stream.answers(ids):
                if size > MAX_OBJECT:
                    raise _too_large(object_id, size)
                if size > max(_PIECE, most):
                    yield object_id, self._passed_over(stream, object_id, found, size)
                    continue
                data = stream.take_last(object_id, size)
                hashed = self._hash(b"blob %d\0" % size + data)
                _require(object_id, found, b"blob", hashed.hexdigest())
                kept = data if size <= most else None
                digest = intern(sha256(data).hexdigest())
                yield object_id, Content(size=size, digest=digest, data=kept)

    def _passed_over(self, stream: CatFile, object_id: str, found: bytes, size: int) -> Content:
        """Read a blob piece by piece, and keep none of it."""
        hashed, digest = self._hash(b"blob %d\0" % size), sha256()
        for left in range(size, 0, -_PIECE):
            last = left <= _PIECE
            data = stream.take_last(object_id, left) if last else stream.take(_PIECE)
            hashed.update(data)
            digest.update(data)
        _require(object_id, found, b"blob", hashed.hexdigest())
        return Content(size=size, digest=digest.hexdigest(), data=None)

    def tree(self, object_id: str) -> Tree:
        """Return a tree; recently used ones come from memory."""
        return self._tree(object_id, iter(()), {}).entries

    def trees(self, ids: Iterable[str]) -> dict[str, Tree]:
        """Return many trees by their ids, asked for together."""
        wanted = dict.fromkeys(ids)
        return {
            object_id: parsed_tree(data, self._hash_size).entries
            for object_id, data in self.read_many("tree", wanted)
        }

    def odd_names(self, object_id: str) -> frozenset[str]:
        """Return the names in a tree that some system could take for others."""
        return frozenset(map(text_of, self._tree(object_id, iter(()), {}).odd))

    def differences(self, pairs: Sequence[tuple[str | None, str | None]]) -> Iterator[Differences]:
        """Yield on what trees differ, pair by pair; ``None`` has no entries.

        Raises:
            Undecided: as `read` does, if one is malformed, or if there are far too many.
        """
        self._compared += len(pairs)
        if self._compared > MOST_COMPARED:
            raise too_many(f"more than {MOST_COMPARED} folders are to be compared")
        wanted = dict.fromkeys(i for pair in pairs for i in pair if i and i not in self._trees)
        coming = self.read_many("tree", tuple(wanted))  # a copy: what has come is taken out
        for old, new in pairs:
            if old is None or new is None:
                whole = self._tree(old or new or "", coming, wanted).entries
                yield {n: (e, None) if old else (None, e) for n, e in whole.items()}
                continue
            before = self._tree(old, coming, wanted)
            known = self._trees.get(new)
            if known is not None:
                yield compared(before, known.data)[1]
            else:
                tree, found = compared(before, self._bytes(new, coming, wanted))
                self._keep(new, tree)
                yield found

    def _tree(
        self, object_id: str, coming: Iterator[tuple[str, bytes]], wanted: dict[str, None]
    ) -> ParsedTree:
        tree = self._trees.get(object_id)
        if tree is None:
            tree = parsed_tree(self._bytes(object_id, coming, wanted), self._hash_size)
            self._keep(object_id, tree)
        else:
            self._trees.move_to_end(object_id)
        return tree

    def _bytes(
        self, object_id: str, coming: Iterator[tuple[str, bytes]], wanted: dict[str, None]
    ) -> bytes:
        """Return a tree from the stream it is wanted from; else read it by itself."""
        if object_id in wanted:
            for one, data in coming:
                del wanted[one]
                if one == object_id:
                    return data
        return self.read("tree", object_id)

    def _keep(self, object_id: str, tree: ParsedTree) -> None:
        self._trees[object_id] = tree
        self._tree_octets += _cost(tree)
        while self._tree_octets > TREE_ROOM and len(self._trees) > 1:
            self._tree_octets -= _cost(self._trees.popitem(last=False)[1])


def _cost(tree: ParsedTree) -> int:
    return _TREE_COST + len(tree.data) + tree.starts.itemsize * len(tree.starts)


def _require(object_id: str, found: bytes, kind: bytes, hashed: str) -> None:
    if found != kind:
        raise broken(object_id, f"a {found.decode()} where a {kind.decode()} should be")
    if hashed != object_id:
        raise broken(object_id, "its content does not have this name")


def too_many(what: str) -> Undecided:
    """Return the error for a history that folds in on itself: few objects, no end of paths."""
    return Undecided(
        f"the history is larger than any: {what}",
        remedy="look for the commit that did it: git log --stat -- incidents templates trust",
        code="too-large",
    )


def _too_large(object_id: str, size: int) -> Undecided:
    return broken(object_id, f"{size} bytes, more than any message has")
