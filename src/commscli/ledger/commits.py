"""The graph of commits, from their own bytes."""

from dataclasses import dataclass

from commscli.errors import Undecided
from commscli.ledger import git
from commscli.ledger.cat_file import LITTLE_MEMORY
from commscli.ledger.commit_bytes import RawCommit, parse_commit, parse_graph
from commscli.ledger.objects import Objects
from commscli.ledger.repository import Reading

MAX_PARENTS = 64


@dataclass(frozen=True, slots=True)
class Node:
    """What of a commit is kept for the whole walk."""

    id: str
    tree: str
    parents: tuple[str, ...]


def walk(objects: Objects, reading: Reading, tip: str) -> list[Node]:
    """Return every commit that the tip reaches, parents before children.

    ``git rev-list`` only says which objects to ask for early; which commit has which
    parents is read from the raw commits.

    Raises:
        Undecided: if a parent is not there (a shallow or partial clone).
    """
    known: dict[str, Node] = {}
    _read(objects, _hint(reading, tip), known)
    if tip not in known:
        _read(objects, [tip], known)
    _complete(objects, known)
    return _parents_first(known, tip)


def _hint(reading: Reading, tip: str) -> list[str]:
    try:
        listed = git.run(
            [*LITTLE_MEMORY, "rev-list", tip, "--"], cwd=reading.git_dir, env=reading.env
        )
    except git.GitTimeout:
        raise Undecided(
            "git does not tell of the history within its time",
            remedy="git fsck --full, then clone afresh",
            code="git-timeout",
        ) from None
    except git.GitFailed:
        return []
    return listed.decode().split()


def _read(objects: Objects, ids: list[str], known: dict[str, Node]) -> None:
    for object_id, data in objects.read_many("commit", ids):
        tree, parents = parse_graph(object_id, data)
        if len(parents) > MAX_PARENTS:
            raise Undecided(f"commit {object_id[:12]} has {len(parents)} parents")
        known[object_id] = Node(object_id, tree, parents)


def _complete(objects: Objects, known: dict[str, Node]) -> None:
    """Ask for parents that the hint did not name; a shallow clone ends here."""
    reached = list(known)
    while reached:
        absent = sorted({p for i in reached for p in known[i].parents if p not in known})
        _read(objects, absent, known)
        reached = absent


def _parents_first(known: dict[str, Node], tip: str) -> list[Node]:
    order: list[Node] = []
    done: set[str] = set()
    stack = [tip]
    while stack:
        node = known[stack[-1]]
        ahead = [parent for parent in node.parents if parent not in done]
        if ahead:
            stack.extend(ahead)
            continue
        stack.pop()
        if node.id not in done:
            done.add(node.id)
            order.append(node)
    return order


def raw(objects: Objects, ids: list[str]) -> list[RawCommit]:
    """Return commits whole, for their signatures."""
    return [parse_commit(object_id, data) for object_id, data in objects.read_many("commit", ids)]
