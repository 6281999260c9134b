"""What hooks say. Git shows it, or hands it on behind ``remote:``: short lines, no colour."""

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from commscli.render.escaping import inert, one_line
from commscli.workflow.hooks.refusing import Hook, Judged, Refusal

if TYPE_CHECKING:  # a commit waits for this, and not for what an installation needs
    from commscli.workflow.hooks.hooking import Hooked

Document = dict[str, Any]

WIDTH = 70
"""Eighty, less what git puts before it."""
MOST = 10
_SAYS_NO = {
    Hook.PRE_COMMIT: "comms refuses this commit; nothing has changed.",
    Hook.PRE_PUSH: "comms refuses this push; nothing has left.",
    Hook.PRE_RECEIVE: "comms refuses this push; no ref has changed.",
}
_LONGEST = 600


def judged_text(judged: Judged) -> str:
    """Return why a hook says no; nothing, where it says yes and there is nothing to tell."""
    return inert("".join(f"{line}\n" for line in _lines(judged)))


def _lines(judged: Judged) -> Iterator[str]:
    if not judged.refusals:
        if judged.warnings:
            many = "warning" if judged.warnings == 1 else "warnings"
            yield f"comms: passed, with {judged.warnings} {many}: comms check"
        return
    yield _SAYS_NO[judged.hook]
    told: tuple[str, ...] = ()
    for refusal in _telling(judged.refusals)[:MOST]:
        yield from _refusal(refusal, told)
        told = _about(refusal)
    left = len(judged.refusals) - MOST
    if left > 0:
        yield f"and {left} more: comms check shows all of it"


def _telling(refusals: Sequence[Refusal]) -> list[Refusal]:
    """Return refusals so that the first few name every ref and every rule, before they repeat."""
    seen: set[tuple[str, str]] = set()
    first: list[Refusal] = []
    again: list[Refusal] = []
    for refusal in refusals:
        key = refusal.ref, refusal.rule
        (again if key in seen else first).append(refusal)
        seen.add(key)
    chosen = [*first, *again][:MOST]
    return [refusal for refusal in refusals if refusal in chosen]


def _about(refusal: Refusal) -> tuple[str, ...]:
    return refusal.ref, refusal.rule, refusal.commit, refusal.remedy


def _refusal(refusal: Refusal, told: tuple[str, ...]) -> Iterator[str]:
    """Yield the lines of one; what was told of the one before it is not told again."""
    if refusal.ref and (refusal.ref,) != told[:1]:
        yield _shown(refusal.ref)
    yield from _wrapped(f"{refusal.rule}: {refusal.text}", "  ")
    if refusal.path and refusal.path not in refusal.text:
        yield f"    at {_shown(refusal.path)}"
    if _about(refusal) == told:
        return
    if refusal.commit:
        yield f"    in commit {refusal.commit[:12]}"
    if refusal.remedy:
        yield from _wrapped(f"next: {refusal.remedy}", "    ")


def _shown(name: str) -> str:
    text = one_line(name)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _wrapped(text: str, indent: str) -> list[str]:
    return wrap(
        _shown(text),
        WIDTH,
        initial_indent=indent,
        subsequent_indent=f"{indent}    ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def judged_document(judged: Judged) -> Document:
    """Return ``comms/hook@1``."""
    return {
        "schema": "comms/hook@1",
        "hook": str(judged.hook),
        "outcome": judged.outcome,
        "warnings": judged.warnings,
        "refusals": [
            {"ref": r.ref, "path": r.path, "commit": r.commit, "rule": r.rule, "text": r.text,
             "remedy": r.remedy}
            for r in judged.refusals
        ],
    }  # fmt: skip


def hooked_text(hooked: "Hooked") -> str:
    """Return what was done to each hook, a line each, and what to know."""
    words = {
        "installed": "installed", "renewed": "was there already",
        "chained": "installed; what was there runs too", "removed": "removed",
        "restored": "removed; what was there before is back", "absent": "was not there",
        "theirs": "left alone",
    }  # fmt: skip
    lines = [f"{p.hook}: {words[p.what]}" for p in hooked.placed]
    return "\n".join([*lines, *(f"note: {one_line(note)}" for note in hooked.notes)])


def hooked_paths(hooked: "Hooked") -> str:
    """Return the paths of the hooks that are there now, a line each."""
    there = [p.path for p in hooked.placed if p.what not in {"removed", "absent"}]
    return "".join(f"{one_line(str(path))}\n" for path in there)


def hooked_document(hooked: "Hooked") -> Document:
    """Return ``comms/hooks@1``."""
    return {
        "schema": "comms/hooks@1",
        "folder": str(hooked.folder),
        "hooks": [
            {"hook": str(p.hook), "path": str(p.path), "state": p.what} for p in hooked.placed
        ],
        "pin": str(hooked.pin) if hooked.pin else "",
        "notes": list(hooked.notes),
    }  # fmt: skip
