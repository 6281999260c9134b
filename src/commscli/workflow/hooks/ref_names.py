"""Which names a push may use. A name that two tools read as two refs is refused."""

import re
import unicodedata
from collections.abc import Iterable

from commscli.workflow.hooks.refusing import Refusal

BRANCHES, TAGS, NOTES, REPLACED = "refs/heads/", "refs/tags/", "refs/notes/", "refs/replace/"
_LOCK = re.compile("refs/comms/send/[0-9a-f]{16}")
"""The ref that says which machine is sending: `ledger.send_locks`."""
_OBJECT_ID = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")
_GIT_REFUSES = re.compile(
    r"""[\x00-\x20\x7f~^:?*\[\\]   # characters
    |\.\.|@\{|//|^/|/$|\.$|^@$     # pairs of them, and where they stand
    |(?:^|/)\.|\.lock(?:/|$)        # parts of a path
    """,
    re.VERBOSE,
)
"""What ``git check-ref-format`` says of the part behind ``refs/heads/``."""
_LONGEST = 250
"""Bytes of one part; file systems take 255, and git adds ``.lock`` for a while."""
_PRETENDS = re.compile(r"(?:refs|heads|tags|remotes|notes)/.*|(?:.*/)?(?:HEAD|[A-Z_]+_HEAD)")


def fault_of_name(ref: str, others: Iterable[str]) -> Refusal | None:
    """Return why a ref may not be made or moved, by its name and those of the others there."""
    if ref.startswith(REPLACED):
        return Refusal(
            ref=ref,
            rule="replace-ref",
            text="a replace ref makes git show one object under the name of another",
            remedy="leave it out of the push: git push origin BRANCH",
        )
    if not ref.startswith((BRANCHES, TAGS, NOTES)) and not _LOCK.fullmatch(ref):
        return Refusal(
            ref=ref,
            rule="other-ref",
            text="this repository takes branches, tags and notes, and no other refs",
            remedy="push a branch: git push origin BRANCH",
        )
    if _is_odd(ref.split("/", 2)[2]):
        return _odd(
            ref,
            "the name has characters that do not show, begins like an option, is what git calls "
            "something else by, or what git itself does not take",
        )
    for other in others:
        if _is_inside(ref, other):
            return _odd(
                ref, f"git keeps no ref beside {other}, of which one is a folder of the other"
            )
        if _are_twins(ref, other):
            return _odd(
                ref,
                f"some systems, or git itself, take this name for {other}, which is there already",
            )
    return None


def _odd(ref: str, text: str) -> Refusal:
    return Refusal(ref=ref, rule="odd-name", text=text, remedy="rename it: git branch -m NEW-NAME")


def _is_odd(name: str) -> bool:
    return (
        not name.isprintable()
        or any(part.startswith("-") for part in name.split("/"))
        or _OBJECT_ID.fullmatch(name) is not None
        or _PRETENDS.fullmatch(name) is not None
        or _GIT_REFUSES.search(name) is not None
        or any(len(part.encode("utf-8", "surrogateescape")) > _LONGEST for part in name.split("/"))
    )


def _is_inside(one: str, other: str) -> bool:
    """Whether one ref would have to be a folder for the other to lie in."""
    return one.startswith(f"{other}/") or other.startswith(f"{one}/")


def _are_twins(one: str, other: str) -> bool:
    """Whether two refs differ only in case or form, or are a branch and a tag of one name."""
    return one != other and _short(one) == _short(other) and NOTES not in one + other


def _short(ref: str) -> str:
    name = ref.removeprefix(BRANCHES).removeprefix(TAGS)
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
