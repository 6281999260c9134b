"""Objects as bytes: read in one stream, hashed again, and parsed by one strict grammar.

Git itself hands out a damaged loose object under a good name, so every object is hashed
here and must have the name under which it was asked for.
"""

import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha1, sha256
from math import inf
from threading import Event, Thread
from time import monotonic
from types import TracebackType
from typing import Self

from commscli.errors import Undecided
from commscli.ledger import git
from commscli.ledger.repository import Reading
from commscli.ledger.tree_bytes import ParsedTree, Tree, parsed_tree

PIPE_ROOM = 400
"""Requests that surely fit into a pipe at once (41 or 65 bytes each, 64 KiB of pipe)."""
SECONDS = 60.0
"""How long git may take for as many objects as go through the pipe at once."""
MAX_OBJECT = 64 * 1024 * 1024
CACHED_TREES = 2048


class ObjectFault(ValueError):
    """An object that is not what it should be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawCommit:
    """A commit as its bytes say it. ``payload`` is what the signature covers.

    ``fault`` says why it is not in the strict form that commits of this program have; such
    a commit may still be anybody's honest work on other files.
    """

    id: str
    tree: str
    parents: tuple[str, ...]
    payload: bytes
    signature: bytes
    fault: str


class Objects:
    """A stream of objects from ``git cat-file --batch``."""

    def __init__(self, reading: Reading) -> None:
        self._process = git.start(
            [*git.QUIET_CONFIG, "cat-file", "--batch"], cwd=reading.git_dir, env=reading.env
        )
        self._in, self._out = git.pipes(self._process)
        self._hash = sha256 if reading.object_format == "sha256" else sha1
        self._trees: OrderedDict[str, ParsedTree] = OrderedDict()
        self._since = inf
        self._done = Event()
        Thread(target=self._watch, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._done.set()
        self._process.kill()
        self._process.communicate()

    def read(self, kind: str, object_id: str) -> bytes:
        """Return one object.

        Raises:
            Undecided: if it is not there, or is not what its name says.
        """
        return next(self.read_many(kind, (object_id,)))[1]

    def read_many(self, kind: str, ids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Yield objects in the order asked for, many requests on the way at once."""
        waiting = list(ids)
        for first in range(0, len(waiting), PIPE_ROOM):
            batch = waiting[first : first + PIPE_ROOM]
            self._since = monotonic()
            answers = self._ask(kind, batch)
            self._since = inf
            yield from zip(batch, answers, strict=True)

    def _watch(self) -> None:
        """End a git that keeps us waiting: of a damaged object it announces more than it gives."""
        while not self._done.wait(min(1.0, SECONDS / 4)):
            if monotonic() - self._since > SECONDS:
                self._process.kill()

    def _ask(self, kind: str, batch: list[str]) -> list[bytes]:
        try:
            self._in.write("".join(f"{object_id}\n" for object_id in batch).encode())
            self._in.flush()
        except OSError:
            raise _broken(batch[0], "git ended before it read this") from None
        return [self._answer(kind, object_id) for object_id in batch]

    def _answer(self, kind: str, object_id: str) -> bytes:
        header = self._out.readline().split()
        if len(header) != 3:  # noqa: PLR2004 - id, kind, size
            raise _missing(object_id)
        found, size = header[1].decode(), int(header[2])
        if size > MAX_OBJECT:
            raise _broken(object_id, f"{size} bytes, more than any message has")
        data = self._out.read(size)
        if len(data) != size or self._out.read(1) != b"\n":
            raise _broken(object_id, "git does not hand all of it out")
        if found != kind:
            raise _broken(object_id, f"a {found} where a {kind} should be")
        if self._hash(b"%s %d\0" % (kind.encode(), size) + data).hexdigest() != object_id:
            raise _broken(object_id, "its content does not have this name")
        return data

    def tree(self, object_id: str) -> Tree:
        """Return a tree; recently used ones come from memory."""
        if object_id not in self._trees:
            self.load_trees({object_id: None})
        self._trees.move_to_end(object_id)
        return self._trees[object_id].entries

    def differing(self, old: str, new: str) -> Iterable[str]:
        """Return the names on which two trees differ."""
        before, after = self.tree(old), self.tree(new)
        parsed = self._trees[new]
        if parsed.differs is not None and parsed.like == old:
            return parsed.differs
        return {name for name, _ in before.items() ^ after.items()}

    def load_trees(self, wanted: Mapping[str, str | None]) -> None:
        """Bring trees into memory in one go, each read by what differs from one much like it."""
        absent = [object_id for object_id in wanted if object_id not in self._trees]
        size = self._hash().digest_size
        for object_id, data in self.read_many("tree", absent):
            like = wanted[object_id]
            known = self._trees.get(like) if like else None
            self._trees[object_id] = parsed_tree(data, size, like or "", known)
        while len(self._trees) > max(CACHED_TREES, len(wanted)):
            self._trees.popitem(last=False)


def _missing(object_id: str) -> Undecided:
    return Undecided(
        f"object {object_id[:12]} is not here: the history is not complete",
        remedy="fetch all of it: git fetch --unshallow (in a workflow: fetch-depth: 0)",
        code="incomplete-history",
    )


def _broken(object_id: str, why: str) -> Undecided:
    return Undecided(
        f"object {object_id[:12]} cannot be used: {why}",
        remedy="git fsck --full, then clone afresh",
        code="broken-object",
    )


_IDENTITY = rb"[^\n\0<>]* <[^\n\0<>]*> -?\d+ [+-]\d{4}"
_STRICT = re.compile(
    rb"tree (?P<tree>[0-9a-f]{40}|[0-9a-f]{64})\n"
    rb"(?P<parents>(?:parent (?:[0-9a-f]{64}|[0-9a-f]{40})\n)*)"
    rb"author " + _IDENTITY + rb"\ncommitter " + _IDENTITY + rb"\n"
    rb"(?P<signed>gpgsig(?:-sha256)? (?P<first>[^\n]*)\n(?P<rest>(?: [^\n]*\n)*))?"
    rb"\n[^\0]*",
    re.DOTALL,
)
_LOOSE = re.compile(
    rb"tree ([0-9a-f]{40}|[0-9a-f]{64})\n((?:parent (?:[0-9a-f]{64}|[0-9a-f]{40})\n)*)"
)


def parse_commit(object_id: str, data: bytes) -> RawCommit:
    """Return a commit with its parents as its own bytes state them.

    Raises:
        Undecided: if it does not even begin as commits do.
    """
    strict = _STRICT.fullmatch(data)
    loose = strict or _LOOSE.match(data)
    if loose is None:
        raise _broken(object_id, "not the beginning of a commit")
    tree, parents = loose[1].decode(), tuple(loose[2].decode().replace("parent ", "").split())
    if strict is None:
        late = re.search(
            rb"^(?:tree|parent) ", data[loose.end() :].split(b"\n\n", 1)[0], re.MULTILINE
        )
        if late:
            raise _broken(object_id, "a parent or tree is stated in the wrong place")
        fault = "has headers that a commit of this program never has"
        return RawCommit(
            id=object_id, tree=tree, parents=parents, payload=b"", signature=b"", fault=fault
        )
    if strict["signed"] is None:
        return RawCommit(
            id=object_id, tree=tree, parents=parents, payload=data, signature=b"", fault=""
        )
    start, end = strict.span("signed")
    lines = [strict["first"], *(line[1:] for line in strict["rest"].split(b"\n")[:-1])]
    return RawCommit(
        id=object_id,
        tree=tree,
        parents=parents,
        payload=data[:start] + data[end:],
        signature=b"".join(line + b"\n" for line in lines),
        fault="",
    )
