"""What the tests of templates share: the shipped texts, example facts, one way to render."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from commscli.compose.library import shipped
from commscli.compose.render import Draft, render
from commscli.compose.sources import template_texts
from commscli.compose.words import Words
from commscli.domain.facts import PUBLISHED, normalise
from commscli.errors import BadInput

SHIPPED = template_texts(shipped("templates"))
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
FACTS = {
    fact.key: normalise(fact.key, fact.example, zone=ZoneInfo("Europe/London"), now=NOON)
    for fact in PUBLISHED
}


def words(
    *, phase: str = "investigation", one_to_one: bool = False, next_update: str = ""
) -> Words:
    return Words(
        organisation="Example Ltd",
        timezone="Europe/London",
        incident="Checkout outage",
        severity="SEV-1",
        phase=phase,
        audience="Readers",
        detail="simple",
        one_to_one=one_to_one,
        next_update=next_update,
    )


def rendered(
    name: str, facts: Mapping[str, str] = FACTS, *, personal: bool | None = None,
    next_update: str = "+30m",
) -> Draft:  # fmt: skip
    """Render a shipped template as its phase and audience want it."""
    _, phase, audience = name.split("/")
    one_to_one = audience == "strategic-customers" if personal is None else personal
    said = words(phase=phase, one_to_one=one_to_one, next_update=next_update)
    return render(name=name, sources=SHIPPED, facts=facts, words=said)


def serving(folder: str) -> list[str]:
    """Return the templates of a scenario that serve a cell."""
    return [
        name for name in SHIPPED
        if name.startswith(f"{folder}/") and name.count("/") == 2 and "/parts/" not in name
    ]  # fmt: skip


def needed(name: str, draw: Callable[..., Draft]) -> tuple[str, ...]:
    """Return the facts that a template cannot do without, as it says itself."""
    try:
        draw(name, {})
    except BadInput as fault:
        keys = dict.fromkeys(p.text.split("`")[1] for p in fault.problems)
        return tuple(sorted(keys))
    return ()


def template(body: str, **head: str) -> str:
    """Return the text of a template file; its body begins on line 9."""
    known = {"title": "T", "owner": "technical-slt", "last_reviewed": "2026-11-22",
             "review_interval": "180d", "subject": "S"} | head  # fmt: skip
    lines = "".join(f"{key}: {json.dumps(value)}\n" for key, value in known.items())
    return f"---\n{lines}---\n\n{body}"
