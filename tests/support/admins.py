"""Several admins, each in a clone of their own: who proposes, who signs, what is in force then."""

from collections.abc import Sequence
from typing import Any

from tests.support.cast import Cast, Clone
from tests.support.keys import sign
from tests.support.runner import Ran

FOLDER = "proposals/trust"
NAMESPACE = "comms-trust@v1"


def clone_of(cast: Cast, person: str) -> Clone:
    """Somebody's clone, with everything that the others have shared."""
    clone: Clone = getattr(cast, person)
    clone.done("sync")
    return clone


def trust_of(cast: Cast, person: str = "ana") -> Any:
    """What somebody's clone says is in force, after a sync."""
    return clone_of(cast, person).done("trust", "show", "--json").json


def version(cast: Cast, person: str = "ana") -> int:
    return int(trust_of(cast, person)["version"])


def proposals(clone: Clone) -> list[Any]:
    return list(clone.done("trust", "propose", "--json").json["proposals"])


def only_proposal(clone: Clone) -> Any:
    (proposal,) = proposals(clone)
    return proposal


def signs(cast: Cast, person: str, id_: str) -> Ran:
    """Let somebody sign a proposal in their own clone, which has not seen it yet."""
    clone: Clone = getattr(cast, person)
    return clone("trust", "sign", id_)


def let_admins_be(cast: Cast, admins: Sequence[str], quorum: int) -> None:
    """Make these the admins, from Ana alone; everybody who must signs."""
    if (list(admins), quorum) == (["ana"], 1):
        return
    words = [w for p in admins if p != "ana" for w in ("--add", p)]
    words += [] if "ana" in admins else ["--drop", "ana"]
    words += ["--quorum", str(quorum)]
    done = cast.ana.done("trust", "admins", *words, "--json").json
    for person in admins:
        if done["state"] == "proposed":
            done = clone_of(cast, person).done("trust", "sign", done["proposal"], "--json").json
    assert done["state"] == "in-force", done


def checks(cast: Cast, person: str = "ana") -> Any:
    """What a check of somebody's clone finds, after a sync."""
    clone = clone_of(cast, person)
    return clone("check", "--json").json


def hand_signed(cast: Cast, key: str, data: bytes) -> bytes:
    """A signature of a version as plain ssh-keygen makes it."""
    return sign(cast.key(key), data, NAMESPACE)


def version_files(clone: Clone) -> list[str]:
    return clone.git("ls-tree", "-r", "--name-only", "HEAD", "trust", "proposals").split()


def landed_by(clone: Clone, path: str) -> tuple[str, list[str], list[str]]:
    """The commit that brought a path, its parents, and every path that it changed."""
    commit = clone.git("log", "--format=%H", "--diff-filter=A", "--", path).strip()
    parents = clone.git("show", "-s", "--format=%P", commit).split()
    changed = clone.git("show", "--format=", "--name-status", "--no-renames", commit).splitlines()
    return commit, parents, sorted(changed)
