"""What is still to do after an incident, as people write it down: what, who, until when.

One line each, in a fact (``follow_up_1``) or in the section "Follow-ups" of the report:
``- [ ] Watch the certificates (owner: Ines, due: 2026-12-04)``. ``[x]`` says that it is done.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

_KEY = re.compile(r"follow_up_(?P<number>[0-9]{1,4})")
_HEADING = re.compile(r"#{1,6}[ \t]+(?P<title>.*?)[ \t#]*")
_SECTION = re.compile(r"follow[- ]?ups?", re.IGNORECASE)
_ITEM = re.compile(r"[ \t]{0,3}(?:[-*+]|[0-9]{1,9}[.)])[ \t]+(?P<text>\S.*)")
_DONE = re.compile(r"\[(?P<mark>[ xX])\][ \t]+")
_TERMS = re.compile(r"[ \t]*\((?P<terms>[^()]*)\)[ \t]*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """One thing to do. ``owner`` and ``due`` (a day, ISO 8601) are empty where nobody said."""

    what: str
    owner: str
    due: str
    done: bool
    source: str


def of_facts(facts: Mapping[str, str]) -> Iterator[FollowUp]:
    """Yield those that are recorded as facts, in the order of their numbers."""
    numbered = {int(found["number"]): key for key in facts if (found := _KEY.fullmatch(key))}
    for _, key in sorted(numbered.items()):
        yield parse(facts[key], source=key)


def of_page(page: str, *, name: str) -> Iterator[FollowUp]:
    """Yield those in the section that a person wrote, each with its line as the source."""
    inside = False
    for number, line in enumerate(page.split("\n"), 1):
        heading = _HEADING.fullmatch(line.rstrip())
        if heading:
            inside = _SECTION.fullmatch(heading["title"]) is not None
            continue
        item = _ITEM.fullmatch(line.rstrip()) if inside else None
        if item:
            yield parse(item["text"], source=f"{name}:{number}")


def parse(text: str, *, source: str) -> FollowUp:
    """Read one line. What is in brackets at its end and is no owner and no day stays words."""
    mark = _DONE.match(text)
    words = text[mark.end() :] if mark else text
    found = _TERMS.search(words)
    terms = _terms(found["terms"]) if found else None
    if found and terms is not None:
        words = words[: found.start()]
    terms = terms or {}
    return FollowUp(
        what=words.strip(),
        owner=terms.get("owner", ""),
        due=terms.get("due", ""),
        done=bool(mark and mark["mark"] in "xX"),
        source=source,
    )


def _terms(text: str) -> dict[str, str] | None:
    found: dict[str, str] = {}
    for part in text.split(","):
        name, colon, value = part.partition(":")
        name, value = name.strip().lower(), value.strip()
        if not colon or name not in {"owner", "due"} or not value or name in found:
            return None
        if name == "due" and not _is_day(value):
            return None
        found[name] = value
    return found


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
