"""Texts that were passed beforehand: what fills them, and whether a revision is one of them."""

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod

from tests.second_opinion.lines import digest_of
from tests.second_opinion.records import Record
from tests.second_opinion.worth import VALID, Records

MOST_WAYS = 1000
LONGEST_VALUE = 80
PLACEHOLDER = re.compile(r"\{\{ ([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?) \}\}")
SLOT = re.compile(r"send\.time|send\.next_update|recipient\..+")
SAME = ("audience", "phase", "channels", "next_update")
NEVER = re.compile('[\u0000-\u001f\u007f-\u009f\u2028\u2029"\\\\\\[\\]<>{}`*#|!?@]|//|www')
ENDS_A_SENTENCE = re.compile(r"[.!?;:]\s|\.\Z")
DOT_IN_A_WORD = re.compile(r"[^\W\d]\.[^\W\d]")
SEVEN_DIGITS = re.compile(r"(\d[ ()+/.-]*){7}")


@dataclass(slots=True, kw_only=True)
class Stated:
    """What the valid records of an incident state, and the valid approvals of templates."""

    facts: dict[str, set[str]] = field(default_factory=dict)
    titles: set[str] = field(default_factory=set)
    severities: set[str] = field(default_factory=set)
    approvals: dict[str, Record] = field(default_factory=dict)


def stated(records: Records, incident: str) -> Stated:
    found = Stated()
    for digest, record in records.of((incident, "")).items():
        if records.worth(digest) != VALID:
            continue
        if record.kind == "fact":
            found.facts.setdefault(record["key"], set()).add(record["value"])
        if record.kind == "declared":
            found.titles.add(record["title"])
            found.severities.add(record["severity"])
        if record.kind == "severity":
            found.severities.add(record["value"])
    for digest, record in records.of(("", "")).items():
        if records.worth(digest) == VALID:
            found.approvals[digest] = record
    return found


def is_one_of(revision: Record, approval: Record, known: Stated) -> bool:
    """Whether a revision is just what was approved, with plain values put in."""
    return (
        all(
            revision[name] == approval[name]
            for name in ("audience", "phase", "channels", "next_update")
        )
        and revision["attachments"] == []
        and revision["draft"] in filled(approval["text"], _values(revision, known))
    )


def _values(revision: Record, known: Stated) -> Mapping[str, set[str]]:
    return {
        **known.facts,
        "incident.title": known.titles,
        "incident.severity": {revision["severity"]} & known.severities,
    }


def plain(value: str) -> bool:
    """Whether a value may be put in: a name or a time, and nothing that says more."""
    wrong = (NEVER, ENDS_A_SENTENCE, DOT_IN_A_WORD, SEVEN_DIGITS)
    return (
        1 <= len(value) <= LONGEST_VALUE
        and value == value.strip()
        and not any(form.search(value) for form in wrong)
    )


def filled(text: str, values: Mapping[str, set[str]]) -> set[str]:
    """The digests of all that a text can become; none if it is no text of this kind."""
    if "{{" in PLACEHOLDER.sub("", text) or "{%" in text or "{#" in text:
        return set()
    asked = sorted({name for name in PLACEHOLDER.findall(text) if not SLOT.fullmatch(name)})
    choices = [sorted(filter(plain, values.get(name, ()))) for name in asked]
    if prod(map(len, choices)) > MOST_WAYS:
        return set()
    ways = [dict(zip(asked, way, strict=True)) for way in itertools.product(*choices)]
    return {
        digest_of(PLACEHOLDER.sub(lambda m, way=way: way.get(m[1], m[0]), text).encode())  # type: ignore[misc] # the wrong type is the point
        for way in ways
    }
