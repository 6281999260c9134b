"""Records: their kinds, their fields, their places. Written from ``docs/format.md`` alone."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.second_opinion import lines
from tests.second_opinion.lines import Form, NotThisFormat, need

SCHEMA = "comms/record@1"
VERDICTS = ("ok", "suggested", "objected")
BY_GATE = (*VERDICTS, "template-ok", "ratified")
"""Kinds that speak for a gate: they follow its role and never look at ``may``."""
GATE_ALLOWED = (*BY_GATE, "withdrawn", "estimated", "assigned", "witnessed")
EITHER = ("assigned", "estimated", "hold", "lifted")
OF_A_MESSAGE = (
    "dropped", "drafted", *VERDICTS, "withdrawn", "send-intent", "sent", "delivered-late",
    "witnessed", "ratified",
)  # fmt: skip
FILE_NAME = re.compile(r"[0-9]{8}T[0-9]{6}Z-[a-z-]+-[0-9a-f]{8}\.yaml")

_digest, _text, _some, _id = lines.digest, lines.text, lines.some_text, lines.id_
_digest_or_empty = lines.or_empty(_digest)
_digests = lines.list_of(_digest, different=True, ordered=True)
_counts = lines.map_of(_id, lines.map_of(_id, lines.count))


def _named_digests(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(pair, list)
        and len(pair) == 2
        and _text(pair[0])
        and not {*pair[0]} & {"\n", "\t"}
        and _digest(pair[1])
        for pair in value
    )


def _recipients(value: Any) -> bool:
    form = lines.object_of(digest=_digest_or_empty, count=lines.count)
    return form(value) and bool(value["digest"]) == bool(value["count"])


def _slots(value: Any) -> bool:
    return lines.map_of(lambda key: key in ("send.time", "send.next_update"), lines.time)(value)


COMMON: Mapping[str, Form] = {
    "schema": lambda value: value == SCHEMA,
    "repository": _some,
    "incident": lines.or_empty(lines.folder),
    "message": lines.or_empty(lines.folder),
    "kind": _some,
    "gate": lines.or_empty(_id),
    "person": _id,
    "trust": _digest,
    "drill": lines.flag,
    "at": lines.time,
    "after": _digests,
}
_WHY = {"why": _some}
_NEW_VALUE = {"value": _some, "why": _text}
_CLOCK = {"clock": _id, "time": lines.time, "why": _text, "met_by": lines.or_empty(lines.folder)}
_VERDICT = {"subject": _digest, "text": _text, "settles": _digests, "edit": _digest_or_empty}
KINDS: Mapping[str, Mapping[str, Form]] = {
    "declared": {
        "title": _some,
        "playbook": _id,
        "severity": _some,
        "phase": _id,
        "reporter": _text,
        "references": lines.list_of(_text),
    },
    "fact": {"key": _id, "value": _text},
    "phase": _NEW_VALUE,
    "severity": _NEW_VALUE,
    "skipped": {"phase": _id, "audience": _id, "why": _some},
    "dropped": _WHY,
    "assigned": {"subject": _some, "to": _id, "why": _text},
    "closed": _WHY,
    "reopened": _WHY,
    "estimated": {"subject": _text, "for": _id, "minutes": lines.count},
    "hold": _WHY,
    "lifted": _WHY,
    "said": {"where": _some, "digest": _digest},
    "clock-started": _CLOCK,
    "clock-met": _CLOCK,
    "drafted": {
        "revision": lines.number,
        "audience": _id,
        "phase": _id,
        "severity": _some,
        "draft": _digest,
        "attachments": _named_digests,
        "template": _named_digests,
        "recipients": _recipients,
        "channels": lines.map_of(_id, lines.map_of(_text, _text)),
        "rendered": lines.map_of(_id, _digest),
        "facts": _digest,
        "next_update": lines.or_empty(lines.offset),
        "corrects": _digest_or_empty,
    },
    "ok": _VERDICT,
    "suggested": _VERDICT,
    "objected": _VERDICT,
    "withdrawn": {"of": _digest, "text": _text},
    "send-intent": {"subject": _digest, "plan": _digest, "why": _text, "offline": lines.flag},
    "sent": {
        "intent": _digest,
        "slots": _slots,
        "counts": _counts,
        "payloads": lines.map_of(_id, _digest),
        "evidence": _digest_or_empty,
    },
    "delivered-late": {"intent": _digest, "counts": _counts, "evidence": _digest_or_empty},
    "witnessed": {
        "forge": _id,
        "account": _some,
        "commit": _some,
        "payload": _digest,
        "verdict": _id,
    },
    "template-ok": {
        "template": _some,
        "audience": _id,
        "phase": _id,
        "channels": lines.map_of(_id, lines.map_of(_text, _text)),
        "next_update": lines.or_empty(lines.offset),
        "text": _some,
        "until": lines.or_empty(lines.time),
    },
    "ratified": {"of": _digest},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record that is well formed. ``values`` are its fields, the common ones included."""

    digest: str
    values: Mapping[str, Any]

    def __getitem__(self, field: str) -> Any:
        return self.values[field]

    @property
    def kind(self) -> str:
        return str(self.values["kind"])

    @property
    def person(self) -> str:
        return str(self.values["person"])

    @property
    def message(self) -> tuple[str, str]:
        """Incident and message; the message is empty for a record of the incident."""
        return self.values["incident"], self.values["message"]

    @property
    def path(self) -> str:
        """The only place where this record may lie."""
        incident, message = self.message
        place = f"incidents/{incident}" if incident else "templates"
        place += f"/messages/{message}" if message else ""
        at = self.values["at"].replace("-", "").replace(":", "")
        return f"{place}/records/{at}-{self.kind}-{self.digest[:8]}.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownKind:
    """A record of a kind that this format does not know: perhaps a newer version's."""

    kind: str


def read_record(data: bytes) -> Record | UnknownKind:
    """Return the record, or raise `NotThisFormat`."""
    values = lines.read(data)
    need(values.get("schema") == SCHEMA, "another schema")
    need(isinstance(values.get("kind"), str), "names no kind")
    if values["kind"] not in KINDS:
        return UnknownKind(kind=values["kind"])
    head = dict(list(values.items())[: len(COMMON)])
    if not lines.object_of(**COMMON)(head):
        raise NotThisFormat("a common field is missing, misplaced or of another form")
    forms = KINDS[head["kind"]]
    body = dict(list(values.items())[len(COMMON) :])
    need([*body] == [*forms], "other fields than those of its kind")
    for field, form in forms.items():
        need(form(body[field]), f"{field} has another form")
    _check_place(head)
    return Record(digest=lines.digest_of(data), values=values)


def _check_place(head: Mapping[str, Any]) -> None:
    kind = head["kind"]
    need(bool(head["incident"]) != (kind == "template-ok"), "names an incident, or none")
    need(head["gate"] or kind not in BY_GATE, "names no gate")
    need(not head["gate"] or kind in GATE_ALLOWED, "names a gate")
    need(head["message"] or kind not in OF_A_MESSAGE, "names no message")
    need(not head["message"] or kind in OF_A_MESSAGE or kind in EITHER, "names a message")
