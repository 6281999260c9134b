"""The facts of an incident: the words that templates, playbooks and consistency share.

A fact is one line of text under a key. The published keys have a meaning and a kind;
an organisation adds its own keys, which are text. A value is stored in one spelling, so
that two messages which state the same fact state it with the same words.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import partial
from types import MappingProxyType
from typing import Literal

from commscli.domain.fact_times import parse_time
from commscli.domain.ids import is_id
from commscli.domain.severity import parse_severity
from commscli.domain.urgency import BLOCKED, parse_urgency, parse_yes_or_no
from commscli.errors import BadInput

Kind = Literal["text", "time", "number"]
MAX_BYTES = 4 * 1024

RESERVED = frozenset({
    "words", "send", "recipient",
    "self", "super", "loop", "caller", "varargs", "kwargs", "range",
    "and", "or", "not", "in", "is", "if", "elif", "else", "none", "import", "as", "with",
})  # fmt: skip
"""Names that mean something else in a template."""

_KEY = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_FORBIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff"
    "\ufffe\uffff\ud800-\udfff]"
)
_TEMPLATE_MARKS = ("{{", "{%", "{#")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?%?")
_SEPARATORS = re.compile(r"(?<=[0-9])[ ,_'](?=[0-9]{3}(?![0-9]))")


@dataclass(frozen=True, slots=True, kw_only=True)
class FactKey:
    """A published key: what it means, and an example in the form that templates expect."""

    key: str
    kind: Kind
    meaning: str
    example: str


def _fact(key: str, meaning: str, example: str, kind: Kind = "text") -> FactKey:
    return FactKey(key=key, kind=kind, meaning=meaning, example=example)


PUBLISHED = (
    _fact("start", "when the first effect was there", "2026-11-22 09:14", "time"),
    _fact("end", "when the last effect was gone", "2026-11-22 11:05", "time"),
    _fact("services", "what is affected, by the name readers know", "card payments"),
    _fact("symptoms", "what somebody sees, and recognises it by", "payments end in a time-out"),
    _fact("impact", "what people cannot do", "customers cannot pay by card"),
    _fact("customers_affected", "how many customers, or which share", "1200", "number"),
    _fact("regions", "where it is felt", "Europe"),
    _fact("severity", "how bad it is", "SEV-2"),
    _fact("cause", "the suspected contributing factor", "a full connection pool"),
    _fact("remedy", "what removes the effect", "a move of payments to the standby gateway"),
    _fact("remedy_applied", "when the remedy was applied", "2026-11-22 10:20", "time"),
    _fact("expected_outcome", "what the remedy should bring", "payments succeed again"),
    _fact("workaround", "what helps until then", "pay by bank transfer"),
    _fact("next_step", "what happens next", "a comparison of both payment gateways"),
    _fact("resolution", "what ended the incident for good", "all nodes have a new certificate"),
    _fact("prevention", "what keeps it from coming back", "an alert before a certificate expires"),
    _fact("data_loss", "what was lost, or that nothing was", "no payment data was lost"),
    _fact("reporter", "who noticed it", "the support desk"),
    _fact("ticket", "where it is tracked", "OPS-4711"),
    _fact("bridge", "where responders talk", "https://meet.example.com/bridge"),
    _fact("owner", "who answers for the technical incident", "Ines Duarte"),
    _fact("status_page", "where readers look", "https://status.example.com"),
    _fact("postmortem_due", "when the postmortem is expected", "2026-11-25 17:00", "time"),
    _fact("postmortem", "where the postmortem is", "https://example.com/postmortems/12"),
    _fact("summary", "what happened, in a sentence or two", "Card payments failed for two hours."),
    _fact("actions", "what is done so that it stays away", "We doubled the connection pool."),
    _fact("detected", "when somebody noticed it", "2026-11-22 09:18", "time"),
    _fact("progress", "what was found or done since the last update", "one gateway is ruled out"),
    _fact("request", "what the client asked for or reported", "the import does not end"),
    _fact("urgency", "how pressing the request is: urgent, high or medium", "urgent"),
    _fact("customers_blocked", "whether customers are blocked or dissatisfied: yes or no", "yes"),
    _fact("deadline_blocked", "whether a deadline of ours is blocked: yes or no", "no"),
    _fact("escalation", "why more people are brought in", "an hour has passed without a remedy"),
    _fact("decision", "what the reader has to decide", "whether to stop the sale until noon"),
    _fact("mistaken", "what an earlier message said that is not so", "it began at 09:40"),
    _fact("correction", "what is so instead", "it began at 09:14"),
    _fact("dependency", "what is disturbed at a supplier", "the payment network"),
    _fact("data_scope", "which data are concerned, and of which time", "orders of 22 November"),
    _fact("recovery", "how data are brought back", "a restore from the copy of 08:00"),
    _fact("breach", "what happened to personal data", "addresses could be read by others"),
    _fact("aware", "when a breach of personal data was certain", "2026-11-22 12:30", "time"),
    _fact("data_categories", "which kinds of personal data", "names and postal addresses"),
    _fact("people_affected", "how many people, or about how many", "350", "number"),
    _fact("records_affected", "how many records, or about how many", "410", "number"),
    _fact("consequences", "what may follow for those concerned", "unwanted letters"),
    _fact("measures", "what was done or is proposed against it", "the page was taken offline"),
    _fact("contact_point", "who answers questions about it", "privacy@example.com"),
    _fact("delay_reason", "why a notice comes late", "the extent was known only on the third day"),
)
KEYS = {fact.key: fact for fact in PUBLISHED}
_WORDS: Mapping[str, Callable[[str], str]] = MappingProxyType({
    "severity": parse_severity,
    "urgency": parse_urgency,
    **{key: partial(parse_yes_or_no, key) for key in BLOCKED},
})  # fmt: skip
"""The facts that are one of a few words, and what reads each."""


def is_key(text: str) -> bool:
    """Whether this can be the key of a fact, published or an organisation's own."""
    return _KEY.fullmatch(text) is not None and is_id(text) and text not in RESERVED


def checked_key(key: str) -> str:
    """Return the key of a fact, published or an organisation's own.

    Raises:
        BadInput: if it cannot be one.
    """
    if is_key(key):
        return key
    reserved = " (the name has another meaning in templates)" if key in RESERVED else ""
    raise _refused(
        f"{key!r} cannot be the key of a fact{reserved}: expected small letters, digits and "
        "single underscores, beginning with a letter",
        remedy="choose a published key (`comms fact list`) or another name",
    )


def normalise(key: str, value: str, *, zone: tzinfo, now: datetime) -> str:
    """Return the value in the one spelling in which it is recorded.

    Times become UTC (``2026-11-22T09:14:00Z``), numbers lose their separators, a severity
    becomes ``SEV-n``, and an urgency is one of its three words. An empty value takes a fact
    back and stays empty.

    Raises:
        BadInput: naming the key, what was expected and what was found.
    """
    kind = KEYS[key].kind if checked_key(key) in KEYS else "text"
    text = value.strip()
    _check_text(key, text)
    if not text:
        return ""
    if kind == "time":
        return parse_time(key, text, zone=zone, now=now)
    if kind == "number":
        return _number(key, text)
    return _WORDS[key](text) if key in _WORDS else text


def check_value(key: str, value: str) -> None:
    """Refuse a value that a draft must not carry: invisible characters or template marks.

    Raises:
        BadInput: naming the key and the first such thing.
    """
    found = _FORBIDDEN.search(value)
    if found:
        raise _refused(
            f"{key}: the character U+{ord(found[0]):04X} is not allowed: expected one line of text",
            remedy=f"write {key} without line breaks, control or direction characters",
        )
    mark = next((mark for mark in _TEMPLATE_MARKS if mark in value), None)
    if mark:
        raise _refused(
            f"{key}: {mark!r} is a mark of templates, and not allowed in a value",
            remedy=f"write {key} without {mark}",
        )


def _check_text(key: str, text: str) -> None:
    check_value(key, text)
    size = len(text.encode())
    if size > MAX_BYTES:
        raise _refused(
            f"{key}: {size} bytes: expected at most {MAX_BYTES}",
            remedy=f"shorten {key}; a fact is a line, not a report",
        )


def _number(key: str, text: str) -> str:
    number = _SEPARATORS.sub("", text).replace(" %", "%")
    if not _NUMBER.fullmatch(number):
        raise _refused(
            f"{key}: {text!r} is no number: expected one such as 1200 or 12%",
            remedy=f"give {key} as a number, and put the words into `impact`",
        )
    return number


def _refused(text: str, *, remedy: str) -> BadInput:
    return BadInput(text, remedy=remedy, code="bad-fact")
