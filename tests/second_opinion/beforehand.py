"""Texts that were passed beforehand: what fills them, and whether a revision is one of them."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from tests.second_opinion.lines import digest_of
from tests.second_opinion.records import Record
from tests.second_opinion.worth import VALID, Records, listed, order

LONGEST_VALUE = 80
PLACEHOLDER = re.compile(r"\{\{ ([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?) \}\}")
SLOT = re.compile(r"send\.time|send\.next_update|recipient\..+")
SAME = ("audience", "phase", "channels", "next_update")
MARKS = "-\u2013'\u2019&,()+%$\u20ac\u00a3\u00a5./: "


@dataclass(slots=True, kw_only=True)
class Stated:
    """The records of an incident, the valid ones among them, and the valid approvals."""

    records: dict[str, Record] = field(default_factory=dict)
    valid: set[str] = field(default_factory=set)
    approvals: dict[str, Record] = field(default_factory=dict)


def stated(records: Records, incident: str) -> Stated:
    own, templates = dict(records.of((incident, ""))), records.of(("", ""))
    return Stated(
        records=own,
        valid={digest for digest in own if records.worth(digest) == VALID},
        approvals={d: r for d, r in templates.items() if records.worth(d) == VALID},
    )


def values(known: Stated, named: Collection[str]) -> Mapping[str, str]:
    """What the incident's valid records say that are named, or before one that is."""
    past = order(known.records)
    reached = {d for one in named if one in known.records for d in (one, *past[one])}
    found: dict[str, str] = {}
    declared = False
    for record in listed({d: known.records[d] for d in reached & known.valid}).values():
        if not declared:
            if record.kind == "declared":
                declared = True
                found |= {
                    "incident.title": record["title"],
                    "incident.severity": record["severity"],
                }
        elif record.kind == "fact":
            found[record["key"]] = record["value"]
        elif record.kind == "severity":
            found["incident.severity"] = record["value"]
    return found


def is_one_of(revision: Record, approval: Record, stated: Mapping[str, str]) -> bool:
    """Whether a revision is just what was approved, with plain values put in."""
    known = {**stated}
    if known.get("incident.severity") != revision["severity"]:
        known.pop("incident.severity", None)
    return (
        all(revision[name] == approval[name] for name in SAME)
        and revision["attachments"] == []
        and revision["draft"] == filled(approval["text"], known)
    )


def plain(value: str) -> bool:
    """Whether a value may be put in: a name or a time, and nothing that says more."""
    if not 1 <= len(value) <= LONGEST_VALUE or value != value.strip():
        return False
    if unicodedata.normalize("NFKC", value) != value:
        return False
    digits = 0
    for at, char in enumerate(value):
        before, behind = value[at - 1] if at else "", value[at + 1 : at + 2]
        if not _may_stand(char, before, behind):
            return False
        if _digit(char):
            digits += 1
        elif _letter(char) or char == ":":
            digits = 0
        if digits == 7:
            return False
    return True


def _may_stand(char: str, before: str, behind: str) -> bool:
    if char in ".:":
        return _digit(before) and _digit(behind)
    if char == "/":
        return _letter(before) and _letter(behind)
    return char in MARKS or _letter(char) or unicodedata.category(char) in ("Mn", "Mc")


def _digit(char: str) -> bool:
    return char != "" and unicodedata.category(char) == "Nd"


def _letter(char: str) -> bool:
    return char != "" and (unicodedata.category(char)[0] == "L" or _digit(char))


def filled(text: str, values: Mapping[str, str]) -> str:
    """The digest of what a text becomes; nothing if a value lacks, or it is no such text."""
    if "{{" in PLACEHOLDER.sub("", text) or "{%" in text or "{#" in text:
        return ""
    asked = {name for name in PLACEHOLDER.findall(text) if not SLOT.fullmatch(name)}
    if not all(plain(values.get(name, "")) for name in asked):
        return ""
    return digest_of(
        PLACEHOLDER.sub(lambda m: values[m[1]] if m[1] in asked else m[0], text).encode()
    )
