"""How pressing a client's request is: as somebody says it, or as three questions answer it.

From the consulting guide: customers blocked or dissatisfied, or an internal deadline blocked, is
urgent; where a workaround exists it is high; an inconvenience is medium.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from commscli.errors import BadInput

Urgency = Literal["urgent", "high", "medium"]
MEANING: Mapping[Urgency, str] = MappingProxyType({
    "urgent": "customers or a deadline are blocked",
    "high": "a workaround exists",
    "medium": "an inconvenience",
})  # fmt: skip
BLOCKED = ("customers_blocked", "deadline_blocked")
"""The first two questions, by the keys of their facts; the third is whether ``workaround`` is."""
_YES_OR_NO = {"yes": "yes", "true": "yes", "no": "no", "false": "no"}


def named_urgency(text: str) -> Urgency | None:
    """Return the urgency that a word means, in small or capital letters; ``None`` for others."""
    word = text.strip().lower()
    return next((urgency for urgency in MEANING if urgency == word), None)


def parse_urgency(text: str) -> Urgency:
    """Return the one spelling of an urgency.

    Raises:
        BadInput: listing what is accepted, and what each means.
    """
    found = named_urgency(text)
    if found is not None:
        return found
    known = ", ".join(f"{urgency} ({meaning})" for urgency, meaning in MEANING.items())
    raise BadInput(
        f"urgency: {text!r} is no urgency: expected one of {known}",
        remedy="comms fact set urgency=urgent, or answer what it follows from: comms fact set "
        f"{BLOCKED[0]}=no {BLOCKED[1]}=yes",
        code="bad-fact",
    )


def parse_yes_or_no(key: str, text: str) -> str:
    """Return the one spelling of an answer.

    Raises:
        BadInput: if it is neither.
    """
    answer = _YES_OR_NO.get(text.strip().lower())
    if answer is not None:
        return answer
    raise BadInput(
        f"{key}: {text!r} is no answer: expected yes or no",
        remedy=f"comms fact set {key}=yes",
        code="bad-fact",
    )


def urgency_of(facts: Mapping[str, str]) -> Urgency | None:
    """Return how pressing a request is by what is known of it; ``None`` where nobody said.

    What somebody stated goes before what follows from the answers. A word that is no urgency,
    as older records may have it, is taken for nothing that was said.
    """
    stated = named_urgency(facts.get("urgency", ""))
    if stated is not None:
        return stated
    answers = [facts[key] for key in BLOCKED if facts.get(key)]
    if not answers:
        return None
    if "yes" in answers:
        return "urgent"
    return "high" if facts.get("workaround") else "medium"
